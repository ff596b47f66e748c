use chrono::{DateTime, Utc};
pub use mockall::Sequence;
use sosik_channel::{
    Capabilities, Found, Media, MediaRef, ReceiptPage, SendError, Submission, Submitted, Transport, async_trait,
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
    }
}
