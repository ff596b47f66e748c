//! The recording transport and the adaptors keep the port's contract.

use std::sync::Arc;

use chrono::TimeDelta;
use sosik_channel::{Breaker, FailOver, RecordingTransport, Throttled, Transport};
use sosik_core::ManualClock;

mod recording {
    use super::*;

    async fn make() -> (RecordingTransport, ()) {
        (RecordingTransport::new(), ())
    }
    sosik_testkit::transport_conformance!(make);
}

mod breaker {
    use super::*;

    async fn make() -> (Breaker<RecordingTransport>, ()) {
        let clock = Arc::new(ManualClock::at(sosik_testkit::noon()));
        (Breaker::new(RecordingTransport::new(), 3, TimeDelta::seconds(30), clock), ())
    }
    sosik_testkit::transport_conformance!(make);
}

mod fail_over {
    use super::*;

    async fn make() -> (FailOver<RecordingTransport, RecordingTransport>, ()) {
        (FailOver::new(RecordingTransport::new(), RecordingTransport::new()), ())
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
