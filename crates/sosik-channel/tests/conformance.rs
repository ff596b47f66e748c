//! The recording transport and the adaptors keep the port's contract.

use std::sync::Arc;

use sosik_channel::{RecordingTransport, Throttled, Transport};
use sosik_core::ManualClock;

mod recording {
    use super::*;

    async fn make() -> (RecordingTransport, ()) {
        (RecordingTransport::new(), ())
    }
    sosik_testkit::transport_conformance!(make);
}

mod forwarded {
    use super::*;

    async fn make() -> (Arc<dyn Transport>, ()) {
        (Arc::new(Box::new(RecordingTransport::new())), ())
    }
    sosik_testkit::transport_conformance!(make);
}

mod throttled {
    use super::*;

    async fn make() -> (Throttled<RecordingTransport>, ()) {
        let clock = Arc::new(ManualClock::at(sosik_testkit::noon()));
        (Throttled::new(RecordingTransport::new(), clock), ())
    }
    sosik_testkit::transport_conformance!(make);

    #[test]
    fn an_adaptor_names_what_it_wraps() {
        let clock = Arc::new(ManualClock::at(sosik_testkit::noon()));
        assert_eq!(Throttled::new(RecordingTransport::new(), clock).name(), "throttled(recording)");
    }
}
