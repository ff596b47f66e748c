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
    pub(crate) fn is_done(&self, receipt: &Receipt) -> bool {
        self.done.get(&receipt.message_key).is_some_and(|at| receipt.at.is_none_or(|changed| *at >= changed))
    }

    /// Hands out a page of what was settled when it was asked for; `whole` when it is all that was.
    pub(crate) fn give(&mut self, receipts: Vec<Receipt>, asked: DateTime<Utc>, whole: bool) -> ReceiptPage {
        if receipts.is_empty() {
            self.pass(asked, whole);
            return ReceiptPage::default();
        }
        let keys: Vec<_> = receipts.iter().map(|receipt| (receipt.message_key.clone(), receipt.at)).collect();
        let id = match &self.page {
            Some(page) if page.keys == keys => page.id.clone(),
            _ => {
                self.pages += 1;
                format!("page-{}", self.pages)
            }
        };
        self.page = Some(Page { id: id.clone(), keys, asked, whole });
        ReceiptPage::new(id, receipts)
    }

    /// Says that a page is kept safe. One that was handed out before the last one comes again.
    pub(crate) fn acknowledge(&mut self, id: &str) {
        if let Some(page) = self.page.take_if(|page| page.id == id) {
            self.done.extend(page.keys.into_iter().map(|(id, changed)| (id, changed.unwrap_or(page.asked))));
            self.pass(page.asked, page.whole);
        }
    }

    /// Moves on when all that was listed as changed by then is acknowledged or not settled yet.
    fn pass(&mut self, asked: DateTime<Utc>, whole: bool) {
        let since = asked.checked_sub_signed(OVERLAP).unwrap_or(asked);
        if whole && since > self.since {
            self.since = since;
            self.done.retain(|_, at| *at >= since);
        }
    }
}

/// A page that waits to be acknowledged.
#[derive(Debug)]
struct Page {
    id: String,
    /// Messages by id, and when they changed, where that is told.
    keys: Vec<(String, Option<DateTime<Utc>>)>,
    asked: DateTime<Utc>,
    whole: bool,
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use sosik_channel::{Outcome, Route};

    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 27, 6, minute, 0).unwrap()
    }

    fn receipt(id: &str, minute: u32) -> Receipt {
        Receipt::new(id, Route::Kakao, Outcome::Delivered).at(at(minute))
    }

    #[test]
    fn only_the_page_that_was_handed_out_last_can_be_acknowledged() {
        let mut cursor = Cursor::starting(at(0));
        let first = cursor.give(vec![receipt("a", 1)], at(2), true).id.unwrap();
        assert_eq!(cursor.give(vec![receipt("a", 1)], at(3), true).id.unwrap(), first);
        let second = cursor.give(vec![receipt("a", 1), receipt("b", 1)], at(30), true).id.unwrap();
        cursor.acknowledge(&first);
        assert!(!cursor.is_done(&receipt("a", 1)));
        cursor.acknowledge(&second);
        assert_eq!((cursor.since(), cursor.done.len()), (at(25), 0), "what is before is asked for no more");
    }

    #[test]
    fn what_was_acknowledged_comes_again_only_when_it_changed() {
        let mut cursor = Cursor::starting(at(0));
        let undated = Receipt::new("b", Route::Kakao, Outcome::Delivered);
        let id = cursor.give(vec![receipt("a", 1), undated.clone()], at(30), false).id.unwrap();
        cursor.acknowledge(&id);
        assert!(cursor.is_done(&receipt("a", 1)) && cursor.is_done(&undated));
        assert!(!cursor.is_done(&receipt("a", 2)));
        assert_eq!(cursor.since(), at(0), "more was settled than the page held");
    }
}
