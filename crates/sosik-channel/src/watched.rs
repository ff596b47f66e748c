//! What adaptors that only look on share: the names of calls, and the way each call goes by them.

use crate::{Audience, Submission};

/// The calls of a [`Transport`](crate::Transport) that leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// [`acknowledge`](crate::Transport::acknowledge).
    Acknowledge,
    /// [`cancel`](crate::Transport::cancel).
    Cancel,
    /// [`find`](crate::Transport::find).
    Find,
    /// [`prepare`](crate::Transport::prepare).
    Prepare,
    /// [`receipts`](crate::Transport::receipts).
    Receipts,
    /// [`submit`](crate::Transport::submit).
    Submit,
    /// [`upload`](crate::Transport::upload).
    Upload,
    /// [`webhook`](crate::Transport::webhook).
    Webhook,
}

impl Call {
    /// What it is called: `submit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Cancel => "cancel",
            Self::Find => "find",
            Self::Prepare => "prepare",
            Self::Receipts => "receipts",
            Self::Submit => "submit",
            Self::Upload => "upload",
            Self::Webhook => "webhook",
        }
    }
}

/// How many recipients a submission names.
pub(crate) fn named(submission: &Submission) -> usize {
    match &submission.audience {
        Audience::Named(recipients) => recipients.len(),
        Audience::Friends { .. } | Audience::Hands => 0,
    }
}

/// Lets every call of a transport go by a method of the adaptor: which call, of which submission, the call itself, and
/// how many it was about when it went well.
macro_rules! watched {
    ($adaptor:ident.$watch:ident) => {
        #[deny(clippy::missing_trait_methods)]
        #[async_trait::async_trait]
        impl<T: Transport> Transport for $adaptor<T> {
            fn name(&self) -> &str {
                &self.name
            }

            fn capabilities(&self) -> &$crate::Capabilities {
                self.inner.capabilities()
            }

            async fn upload(&self, media: &$crate::Media) -> Result<$crate::MediaRef, SendError> {
                self.$watch(Call::Upload, None, self.inner.upload(media), |_| 0).await
            }

            async fn submit(&self, submission: &Submission) -> Result<$crate::Submitted, SendError> {
                let count = $crate::Submitted::accepted;
                self.$watch(Call::Submit, Some(submission), self.inner.submit(submission), count).await
            }

            async fn find(
                &self,
                submission: &Submission,
                since: chrono::DateTime<chrono::Utc>,
            ) -> Result<Vec<$crate::Found>, SendError> {
                self.$watch(Call::Find, Some(submission), self.inner.find(submission, since), Vec::len).await
            }

            async fn receipts(&self) -> Result<$crate::ReceiptPage, SendError> {
                self.$watch(Call::Receipts, None, self.inner.receipts(), |page| page.receipts.len()).await
            }

            async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
                self.$watch(Call::Acknowledge, None, self.inner.acknowledge(page), |()| 0).await
            }

            async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError> {
                self.$watch(Call::Prepare, Some(submission), self.inner.prepare(submission), |_| 0).await
            }

            async fn cancel(&self, handle: &str) -> Result<(), SendError> {
                self.$watch(Call::Cancel, None, self.inner.cancel(handle), |()| 0).await
            }

            async fn webhook(&self, webhook: &$crate::Webhook) -> Result<$crate::WebhookReceipts, SendError> {
                self.$watch(Call::Webhook, None, self.inner.webhook(webhook), |given| given.receipts.len()).await
            }

            fn price(&self, message: &$crate::Message) -> Option<$crate::Won> {
                self.inner.price(message)
            }
        }
    };
}
pub(crate) use watched;
