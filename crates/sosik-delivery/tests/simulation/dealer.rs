//! A dealer that knows exactly what it took, and says so as fate will have it. It shares nothing with a transport of ours.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_channel::{
    Acceptance, Answer, Audience, Capabilities, Found, Idempotency, Media, MediaRef, Message, Outcome, Proof, Receipt,
    ReceiptPage, Route, SendError, SendErrorKind, Submission, Submitted, Transport, Webhook, WebhookReceipts, Won,
};

use crate::fate::Fate;

/// How long a key lives.
pub(crate) const LIFE: Duration = Duration::from_secs(4 * 3_600);

/// What guards against sending twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    Handles,
    Keys,
    None,
}

impl Guard {
    pub(crate) fn idempotency(self) -> Idempotency {
        match self {
            Self::Handles => Idempotency::Prepared,
            Self::Keys => Idempotency::per_recipient(LIFE),
            Self::None => Idempotency::None,
        }
    }
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) reference: String,
    pub(crate) phone: String,
    pub(crate) at: DateTime<Utc>,
    key: String,
    handle: Option<String>,
    pub(crate) outcome: Outcome,
}

#[derive(Debug, PartialEq, Eq)]
enum Group {
    Deleted,
    Open,
    Sent,
}

#[derive(Debug, Default)]
struct State {
    taken: Vec<Taken>,
    /// When keys were first used.
    keys: BTreeMap<String, DateTime<Utc>>,
    groups: BTreeMap<String, Group>,
    /// How many receipts were said to be kept.
    acknowledged: usize,
    finds: u64,
    /// What whoever asks holds for the present, and what it is.
    asked_at: DateTime<Utc>,
    clock: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct Dealer {
    guard: Guard,
    fate: Fate,
    capabilities: Capabilities,
    state: Mutex<State>,
}

impl Dealer {
    pub(crate) fn new(guard: Guard, fate: Fate) -> Arc<Self> {
        let capabilities = Capabilities::named(5, 1_000_000, 1_000_000).with_idempotency(guard.idempotency());
        Arc::new(Self { guard, fate, capabilities, state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What whoever asks now holds for the present, and what it is.
    pub(crate) fn enter(&self, asked_at: DateTime<Utc>, clock: DateTime<Utc>) {
        let mut state = self.lock();
        (state.asked_at, state.clock) = (asked_at, clock);
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.lock().taken.clone()
    }

    pub(crate) fn finds(&self) -> u64 {
        self.lock().finds
    }

    /// Receipts as webhooks bring them: any of those that are to be had.
    pub(crate) fn news(&self, from: usize, count: usize) -> Vec<Receipt> {
        self.lock().taken.iter().skip(from).take(count).map(receipt).collect()
    }

    fn failed(&self, done: bool) -> SendError {
        let kinds: &[SendErrorKind] = if done {
            &[SendErrorKind::OutcomeUnknown]
        } else {
            &[SendErrorKind::Unavailable, SendErrorKind::OutcomeUnknown, SendErrorKind::RateLimited]
        };
        let at = self.fate.below(kinds.len() as u64);
        error(kinds[usize::try_from(at).unwrap()])
    }

    fn take(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let Audience::Named(recipients) = &submission.audience else { panic!("named recipients only") };
        assert!((1..=5).contains(&recipients.len()), "{} recipients", recipients.len());
        let mut state = self.lock();
        let (now, at) = (state.clock, state.asked_at);
        if let Some(handle) = &submission.handle {
            match state.groups.get_mut(handle) {
                Some(group @ Group::Open) => *group = Group::Sent,
                _ => return Err(error(SendErrorKind::Refused)),
            }
        }
        let first = *state.keys.entry(submission.key.clone()).or_insert(now);
        let alive = self.guard == Guard::Keys && (now - first).to_std().is_ok_and(|age| age < LIFE);
        let mut answers = Vec::new();
        for recipient in recipients {
            let known =
                state.taken.iter().any(|taken| taken.key == submission.key && taken.reference == recipient.reference);
            if known && alive {
                answers.push(Acceptance::new(recipient.reference.as_str(), None, Answer::Already));
                continue;
            }
            let phone = recipient.phone.expose().to_owned();
            // By the last digit: some cannot be sent to, some are not reached.
            let outcome = match phone.as_bytes().last() {
                Some(b'7') => {
                    answers.push(Acceptance::new(recipient.reference.as_str(), None, Answer::rejected("3008", false)));
                    continue;
                }
                Some(b'8') => Outcome::failed("3018", false),
                Some(b'9') => Outcome::failed("3019", true),
                _ => Outcome::Delivered,
            };
            state.taken.push(Taken {
                reference: recipient.reference.clone(),
                phone,
                at,
                key: submission.key.clone(),
                handle: submission.handle.clone(),
                outcome,
            });
            answers.push(Acceptance::new(recipient.reference.as_str(), None, Answer::Accepted));
        }
        Ok(Submitted::new(Proof::PerRecipient(answers)))
    }
}

fn error(kind: SendErrorKind) -> SendError {
    SendError::new(kind, "dealer")
}

fn receipt(taken: &Taken) -> Receipt {
    Receipt::new("m", Route::Kakao, taken.outcome.clone()).with_reference(taken.reference.as_str())
}

#[async_trait]
impl Transport for Dealer {
    fn name(&self) -> &'static str {
        "dealer"
    }
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
    async fn upload(&self, _: &Media) -> Result<MediaRef, SendError> {
        Err(error(SendErrorKind::Unsupported))
    }
    async fn prepare(&self, _: &Submission) -> Result<Option<String>, SendError> {
        let prepare = async {
            if self.guard != Guard::Handles {
                return Ok(None);
            }
            let mut state = self.lock();
            let handle = format!("group-{}", state.groups.len());
            state.groups.insert(handle.clone(), Group::Open);
            Ok(Some(handle))
        };
        self.fate.call(prepare, |done| self.failed(done)).await
    }
    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        self.fate.call(async { self.take(submission) }, |done| self.failed(done)).await
    }
    async fn find(&self, submission: &Submission, _: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        let find = async {
            let mut state = self.lock();
            state.finds += 1;
            let is_it = |taken: &&Taken| match &submission.handle {
                Some(handle) => taken.handle.as_ref() == Some(handle),
                None => taken.key == submission.key,
            };
            let found = state.taken.iter().filter(is_it);
            let settled = |taken: &Taken| Some((Route::Kakao, taken.outcome.clone()));
            Ok(found.map(|taken| Found::new(taken.reference.as_str(), settled(taken))).collect())
        };
        self.fate.call(find, |done| self.failed(done)).await
    }
    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        let page = async {
            let state = self.lock();
            let receipts: Vec<Receipt> = state.taken.iter().skip(state.acknowledged).take(7).map(receipt).collect();
            if receipts.is_empty() {
                return Ok(ReceiptPage::default());
            }
            Ok(ReceiptPage::new((state.acknowledged + receipts.len()).to_string(), receipts))
        };
        self.fate.call(page, |done| self.failed(done)).await
    }
    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        let to: usize = page.parse().unwrap();
        let acknowledge = async {
            let mut state = self.lock();
            state.acknowledged = state.acknowledged.max(to);
            Ok(())
        };
        self.fate.call(acknowledge, |done| self.failed(done)).await
    }
    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        let cancel = async {
            match self.lock().groups.get_mut(handle) {
                Some(Group::Sent) | None => Err(error(SendErrorKind::Refused)),
                Some(group) => {
                    *group = Group::Deleted;
                    Ok(())
                }
            }
        };
        self.fate.call(cancel, |done| self.failed(done)).await
    }
    async fn webhook(&self, _: &Webhook) -> Result<WebhookReceipts, SendError> {
        Err(error(SendErrorKind::Unsupported))
    }
    fn price(&self, _: &Message) -> Option<Won> {
        None
    }
}
