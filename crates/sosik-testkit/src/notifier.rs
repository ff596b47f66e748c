//! The contract of [`Notifier`], rule by rule.

use std::sync::Arc;

use sosik_chat::{Notice, Notifier, NotifyErrorKind};

/// A door that can speak first, with people behind it.
pub trait NotifierWorld: Send + Sync {
    /// The door.
    fn notifier(&self) -> &dyn Notifier;
    /// Something for someone who can be written to.
    fn known(&self) -> Notice;
    /// Things for people who cannot: they left, are not known to the messenger, or are of another kind than it writes to.
    fn gone(&self) -> Vec<Notice>;
    /// What whoever [can be written to](Self::known) got, as texts.
    fn got(&self) -> Vec<String>;
    /// What anyone got.
    fn got_by_anyone(&self) -> usize;
    /// Lets the next call go wrong.
    fn break_next(&self, how: Breaks);
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Breaks {
    /// It is done, and its answer is lost.
    Answer,
    /// It is refused, for the messenger is not available.
    Down,
    /// It is refused, for there were too many.
    TooFast,
    /// The key is refused.
    Key,
}

/// One test for each rule of the contract, for what `$make` gives: an async function of a [`NotifierWorld`] in an `Arc`.
#[macro_export]
macro_rules! notifier_conformance {
    ($make:path) => {
        $crate::rules!(notifier, $make:
            rule_1_what_is_told_arrives_once
            rule_2_who_cannot_be_written_to_gets_nothing
            rule_3_a_call_writes_once_whatever_is_answered
            rule_4_errors_name_no_one
        );
    };
}

type Made = Arc<dyn NotifierWorld>;

/// Rule 1.
pub async fn rule_1_what_is_told_arrives_once(made: Made) {
    let notice = made.known();
    made.notifier().notify(&notice).await.unwrap();
    assert_eq!(made.got(), [notice.reply.to_text()]);
    made.notifier().notify(&notice).await.unwrap();
    assert_eq!(made.got().len(), 2, "a second time by a second call");
}

/// Rule 2.
pub async fn rule_2_who_cannot_be_written_to_gets_nothing(made: Made) {
    for notice in made.gone() {
        let error = made.notifier().notify(&notice).await.unwrap_err();
        assert_eq!(error.kind(), NotifyErrorKind::Unreachable, "{error}");
        assert!(!error.is_retryable());
    }
    assert_eq!(made.got_by_anyone(), 0);
}

/// Rule 3.
pub async fn rule_3_a_call_writes_once_whatever_is_answered(made: Made) {
    let expected = [
        (Breaks::Answer, NotifyErrorKind::Unknown),
        (Breaks::Down, NotifyErrorKind::Unavailable),
        (Breaks::TooFast, NotifyErrorKind::Unavailable),
        // Someone has to mend it, and what waits waits for that.
        (Breaks::Key, NotifyErrorKind::Unavailable),
    ];
    for (how, kind) in expected {
        let had = made.got().len();
        made.break_next(how);
        let error = made.notifier().notify(&made.known()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_retryable()),
            (kind, kind == NotifyErrorKind::Unavailable),
            "{how:?}: {error}"
        );
        let more = made.got().len() - had;
        assert!(if kind == NotifyErrorKind::Unknown { more <= 1 } else { more == 0 }, "{how:?}: {more} arrived");
    }
    let had = made.got().len();
    made.notifier().notify(&made.known()).await.unwrap();
    assert_eq!(made.got().len(), had + 1, "it goes on as before");
}

/// Rule 4.
pub async fn rule_4_errors_name_no_one(made: Made) {
    for how in [Breaks::Answer, Breaks::Down, Breaks::TooFast, Breaks::Key] {
        made.break_next(how);
        silent(&*made, &made.known()).await;
    }
    for notice in made.gone() {
        silent(&*made, &notice).await;
    }
}

async fn silent(made: &dyn NotifierWorld, notice: &Notice) {
    let error = made.notifier().notify(notice).await.unwrap_err();
    let told = format!("{error:?} {error} {notice:?} {:?}", made.notifier());
    let identity = format!("{:?}", notice.who);
    let said = notice.reply.to_text();
    let names = |name: &str| told.contains(name);
    let key = match &notice.who {
        sosik_registry::Identity::ChannelUser { key, .. } => key.trim_start_matches("bot:"),
        sosik_registry::Identity::AppUser(id) | sosik_registry::Identity::OpenId(id) => id,
        other => panic!("a suite for keys, not for {}: {identity}", other.kind()),
    };
    // `Debug` writes line ends in another way.
    assert!(!names(key) && !said.lines().filter(|line| !line.is_empty()).any(names), "{told}");
}
