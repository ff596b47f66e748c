//! Group sends (동보): a message for all friends of a channel, whose numbers no one holds.

use std::fmt;
use std::future::Future;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{GroupRules, GroupSend, GroupSendState, Kept, Message, Outlook, SendError, Watch, WatchStep};

/// Whoever sends to the friends of a channel: all of them, or a group.
///
/// It stands beside [`Transport`](crate::Transport): a submission is handed over once and answered for each recipient,
/// but a group send is registered, planned for an instant, watched and stopped, and only counts are known of it.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::group_sender_conformance!`.
///
/// 1. [`outlook`](Self::outlook) and [`register`](Self::register) send nothing.
/// 2. A start that [`GroupRules::check`] refuses is refused as
///    [`InvalidContent`](crate::SendErrorKind::InvalidContent); nothing is sent.
/// 3. A campaign starts once. A second start under its name sends nothing and is answered with
///    [`Started::Before`], also when it comes after the first one is done.
/// 4. What is sent never falls, and is never more than what was expected; fewer is possible, when friends left since.
/// 5. A paused group send sends nothing until it is resumed. Whether a pause by hand outlasts the night is not
///    documented for Bizgo: what must not go on is terminated.
/// 6. A terminated group send stays terminated and never sends again, whatever the hour.
/// 7. Outside the hours of [`GroupRules`] nothing is sent. **The provider resumes by itself when they open again**: a
///    [`Watch`] terminates what is not done at its deadline, where the handle is known. Start only what
///    [fits](Outlook::fits) its deadline: then also a send whose handle was lost ends in time.
/// 8. A message that only named recipients can get (an Alimtalk, a text, one with a fallback, with variables, for others
///    than friends, or without the marks of an advertisement) is refused as
///    [`InvalidContent`](crate::SendErrorKind::InvalidContent) when it is registered.
#[async_trait]
pub trait GroupSender: fmt::Debug + Send + Sync {
    /// What it is called in logs and errors.
    fn name(&self) -> &str;

    /// When and to how many it sends.
    fn rules(&self) -> &GroupRules;

    /// How many would be reached, and when it would be done, if it started as planned.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    async fn outlook(&self, plan: &GroupSend) -> Result<Outlook, SendError>;

    /// Registers a message under a name, to be sent later. Its pictures have to be uploaded before, as those of a
    /// submission: [`Transport::upload`](crate::Transport::upload).
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be registered again: what is registered twice and never sent does no harm.
    async fn register(&self, name: &str, message: &Message) -> Result<TemplateRef, SendError>;

    /// Starts the sending of a registered message at the planned instant: the step that cannot be taken back.
    ///
    /// # Errors
    ///
    /// [`SendError`]; where it [may have arrived](SendError::may_have_arrived), start again under the same campaign, at a
    /// later instant ([`GroupRules::earliest`]) when the first is near: a provider may look at the hour before it looks
    /// at the campaign, so that a repeat refused as [`InvalidContent`](crate::SendErrorKind::InvalidContent) says nothing
    /// of the first one. Never start again under another name.
    async fn start(&self, plan: &GroupSend, template: &TemplateRef) -> Result<Started, SendError>;

    /// How far it is.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    async fn state(&self, handle: &str) -> Result<GroupSendState, SendError>;

    /// Stops it for now.
    ///
    /// # Errors
    ///
    /// [`SendError`]; look at the [`state`](Self::state) and try again.
    async fn pause(&self, handle: &str) -> Result<GroupSendState, SendError>;

    /// Goes on with a paused one.
    ///
    /// # Errors
    ///
    /// [`SendError`]; look at the [`state`](Self::state) and try again.
    async fn resume(&self, handle: &str) -> Result<GroupSendState, SendError>;

    /// Ends it for good, before its start or in its course.
    ///
    /// # Errors
    ///
    /// [`SendError`]; look at the [`state`](Self::state) and try again.
    async fn terminate(&self, handle: &str) -> Result<GroupSendState, SendError>;
}

/// Conveniences for every [`GroupSender`].
pub trait GroupSenderExt: GroupSender {
    /// One round of watching: looks how far a group send is, and terminates it when its deadline has come.
    ///
    /// Never sleeps: call it again at [`Kept::again`], until that is `None`.
    ///
    /// # Errors
    ///
    /// [`SendError`]: nothing is known to have changed, and the deadline stands. Whatever its kind, call it again, and
    /// tell a person when it does not work at the deadline.
    fn keep(
        &self,
        handle: &str,
        watch: &Watch,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Kept, SendError>> + Send {
        async move {
            let mut state = self.state(handle).await?;
            if watch.step(&state, now) == WatchStep::Terminate {
                state = match self.terminate(handle).await {
                    Ok(state) => state,
                    // It may have ended by itself in between.
                    Err(error) => match self.state(handle).await {
                        Ok(state) if state.status.is_final() => state,
                        _ => return Err(error),
                    },
                };
            }
            let again = match watch.step(&state, now) {
                WatchStep::Settled => None,
                WatchStep::Wait(at) => Some(at),
                // It was told to end and has not said that it did.
                WatchStep::Terminate => now.checked_add_signed(watch.every),
            };
            Ok(Kept { state, again })
        }
    }
}

impl<T: GroupSender + ?Sized> GroupSenderExt for T {}

/// The provider's name of a registered message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TemplateRef(String);

impl TemplateRef {
    /// The name that the provider gave.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a start was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Started {
    /// The campaign was started before, and is not sent again.
    #[non_exhaustive]
    Before {
        /// Its handle, where the provider tells it. Without one it can neither be watched nor stopped from here: a
        /// person has to look in the provider's console.
        handle: Option<String>,
    },
    /// It was started now.
    Now(GroupSendState),
}

impl Started {
    /// Started before, under this handle.
    #[must_use]
    pub fn before(handle: Option<String>) -> Self {
        Self::Before { handle }
    }

    /// The handle, where it is known.
    #[must_use]
    pub fn handle(&self) -> Option<&str> {
        match self {
            Self::Before { handle } => handle.as_deref(),
            Self::Now(state) => Some(&state.handle),
        }
    }
}
