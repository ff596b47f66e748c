//! The recording transport and the adaptors keep the port's contract.

use std::sync::Arc;

use chrono::TimeDelta;
use sosik_channel::{
    Backoff, Breaker, DryRun, FailOver, Fallback, Recorded, RecordingTransport, Retrying, Throttled, Traced, Transport,
};
use sosik_core::{ManualClock, SeededEntropy};

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

mod dry_run {
    use super::*;

    async fn make() -> (DryRun<RecordingTransport>, ()) {
        (DryRun::new(RecordingTransport::new(), |_| Ok(())), ())
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

mod fallback {
    use super::*;

    async fn make() -> (Fallback<RecordingTransport>, ()) {
        (Fallback::new(RecordingTransport::new()), ())
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

mod recorded {
    use super::*;

    async fn make() -> (Recorded<RecordingTransport>, ()) {
        let clock = Arc::new(ManualClock::at(sosik_testkit::noon()));
        (Recorded::new(RecordingTransport::new(), 10, clock), ())
    }
    sosik_testkit::transport_conformance!(make);
}

mod retrying {
    use super::*;

    async fn make() -> (Retrying<RecordingTransport>, ()) {
        (Retrying::new(RecordingTransport::new(), Backoff::new(), Arc::new(SeededEntropy::new(1))), ())
    }
    sosik_testkit::transport_conformance!(make);
}

mod traced {
    use super::*;

    async fn make() -> (Traced<RecordingTransport>, ()) {
        (Traced::new(RecordingTransport::new()), ())
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
