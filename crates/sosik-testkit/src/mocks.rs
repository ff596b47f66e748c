use chrono::{DateTime, Utc};
pub use mockall::Sequence;
use sosik_channel::{
    Capabilities, Found, GroupRules, GroupSend, GroupSendState, GroupSender, Media, MediaRef, Message, Outlook,
    ReceiptPage, SendError, Started, Submission, Submitted, TemplateRef, Transport, Webhook, WebhookReceipts, Won,
    async_trait,
};

mockall::mock! {
    /// A transport that does what a test expects of it: to force what a real one cannot do on demand.
    #[derive(Debug)]
    pub Transport {}

    #[async_trait]
    impl Transport for Transport {
        fn name(&self) -> &str;
        fn capabilities(&self) -> &Capabilities;
        async fn upload(&self, media: &Media) -> Result<MediaRef, SendError>;
        async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError>;
        async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError>;
        async fn receipts(&self) -> Result<ReceiptPage, SendError>;
        async fn acknowledge(&self, page: &str) -> Result<(), SendError>;
        async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError>;
        async fn cancel(&self, handle: &str) -> Result<(), SendError>;
        async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError>;
        fn price(&self, message: &Message) -> Option<Won>;
    }
}

mockall::mock! {
    /// A sender to friends that does what a test expects of it.
    #[derive(Debug)]
    pub GroupSender {}

    #[async_trait]
    impl GroupSender for GroupSender {
        fn name(&self) -> &str;
        fn rules(&self) -> &GroupRules;
        async fn outlook(&self, plan: &GroupSend) -> Result<Outlook, SendError>;
        async fn register(&self, name: &str, message: &Message) -> Result<TemplateRef, SendError>;
        async fn start(&self, plan: &GroupSend, template: &TemplateRef) -> Result<Started, SendError>;
        async fn state(&self, handle: &str) -> Result<GroupSendState, SendError>;
        async fn pause(&self, handle: &str) -> Result<GroupSendState, SendError>;
        async fn resume(&self, handle: &str) -> Result<GroupSendState, SendError>;
        async fn terminate(&self, handle: &str) -> Result<GroupSendState, SendError>;
    }
}
