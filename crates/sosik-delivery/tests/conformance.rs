//! The memory outbox and the memory queue keep their ports' contracts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod memory {
    async fn make() -> sosik_delivery::MemoryOutbox {
        sosik_delivery::MemoryOutbox::new()
    }
    sosik_testkit::outbox_conformance!(make);
}

mod queue {
    async fn make() -> sosik_delivery::MemoryQueue {
        sosik_delivery::MemoryQueue::new(chrono::TimeDelta::from_std(sosik_testkit::queue::HOLD).unwrap())
    }
    sosik_testkit::queue_conformance!(make);
}

mod clicks {
    use std::sync::Arc;

    use sosik_delivery::{ClickStore, MemoryClicks};

    async fn make() -> Arc<dyn ClickStore> {
        Arc::new(MemoryClicks::new())
    }

    sosik_testkit::click_store_conformance!(make);
}
