//! The memory store keeps the port's contract.

mod memory {
    async fn make() -> sosik_registry::MemorySubscriberStore {
        sosik_registry::MemorySubscriberStore::new(7)
    }
    sosik_testkit::subscriber_store_conformance!(make);
}

mod forwarded {
    async fn make() -> std::sync::Arc<dyn sosik_registry::SubscriberStore> {
        std::sync::Arc::new(Box::new(sosik_registry::MemorySubscriberStore::new(7)))
    }
    sosik_testkit::subscriber_store_conformance!(make);
}
