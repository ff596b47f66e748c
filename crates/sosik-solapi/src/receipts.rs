//! Where the reading of receipts stands: SOLAPI lists messages by the time of their last change, and keeps no mark.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::{Receipt, ReceiptPage};

/// How far each question reaches back before the last one: changes may be listed late.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);

/// What was acknowledged so far. It is kept in memory: a transport that starts anew asks further back, and receipts that
/// come again do no harm.
#[derive(Debug)]
pub(crate) struct Cursor {
    /// Everything that changed before was acknowledged.
    since: DateTime<Utc>,
    /// Messages that changed later and were acknowledged: by id, when they had changed.
    done: HashMap<String, DateTime<Utc>>,
    page: Option<Page>,
    pages: u64,
}

impl Cursor {
    pub(crate) fn starting(since: DateTime<Utc>) -> Self {
        Self { since, done: HashMap::new(), page: None, pages: 0 }
    }

    pub(crate) fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// Whether a receipt was acknowledged. Of a message that changed again since, it was not.
    pub(crate) fn is_done(&self, receipt: &Receipt, changed: DateTime<Utc>) -> bool {
        self.done.get(&receipt.message_key).is_some_and(|at| *at >= changed)
    }

    /// Hands out a page; `end` is the time up to which it holds all that is settled, where it holds all.
    pub(crate) fn give(&mut self, receipts: Vec<(Receipt, DateTime<Utc>)>, end: Option<DateTime<Utc>>) -> ReceiptPage {
        if receipts.is_empty() {
            self.pass(end);
            return ReceiptPage::default();
        }
        let keys: Vec<_> = receipts.iter().map(|(receipt, at)| (receipt.message_key.clone(), *at)).collect();
        let id = match &self.page {
            Some(page) if page.keys == keys => page.id.clone(),
            _ => {
                self.pages += 1;
                format!("page-{}", self.pages)
            }
        };
        self.page = Some(Page { id: id.clone(), keys, end });
        ReceiptPage::new(id, receipts.into_iter().map(|(receipt, _)| receipt).collect())
    }

    /// Says that a page is kept safe. One that was handed out before the last one comes again.
    pub(crate) fn acknowledge(&mut self, id: &str) {
        if let Some(page) = self.page.take_if(|page| page.id == id) {
            self.done.extend(page.keys);
            self.pass(page.end);
        }
    }

    /// Moves on: all that was listed as changed before `end` is acknowledged or not settled yet.
    fn pass(&mut self, end: Option<DateTime<Utc>>) {
        let since = end.and_then(|end| end.checked_sub_signed(OVERLAP)).unwrap_or(self.since);
        if since > self.since {
            self.since = since;
            self.done.retain(|_, at| *at >= since);
        }
    }
}

/// A page that waits to be acknowledged.
#[derive(Debug)]
struct Page {
    id: String,
    /// Messages by id, and when they changed.
    keys: Vec<(String, DateTime<Utc>)>,
    end: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use sosik_channel::{Outcome, Route};

    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 27, 6, minute, 0).unwrap()
    }

    #[test]
    fn only_the_page_that_was_handed_out_last_can_be_acknowledged() {
        let receipt = |id: &str| (Receipt::new(id, Route::Kakao, Outcome::Delivered), at(1));
        let mut cursor = Cursor::starting(at(0));
        let first = cursor.give(vec![receipt("a")], None).id.unwrap();
        assert_eq!(cursor.give(vec![receipt("a")], None).id.unwrap(), first);
        let second = cursor.give(vec![receipt("a"), receipt("b")], Some(at(30))).id.unwrap();
        cursor.acknowledge(&first);
        assert!(!cursor.is_done(&receipt("a").0, at(1)));
        let mut other = Cursor::starting(at(0));
        let id = other.give(vec![receipt("b")], None).id.unwrap();
        other.acknowledge(&id);
        assert!(other.is_done(&receipt("b").0, at(1)) && !other.is_done(&receipt("b").0, at(2)));
        cursor.acknowledge(&second);
        assert_eq!((cursor.since(), cursor.done.len()), (at(25), 0));
    }
}
