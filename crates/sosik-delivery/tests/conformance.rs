//! The memory outbox keeps the port's contract.

mod memory {
    async fn make() -> sosik_delivery::MemoryOutbox {
        sosik_delivery::MemoryOutbox::new()
    }
    sosik_testkit::outbox_conformance!(make);
}
