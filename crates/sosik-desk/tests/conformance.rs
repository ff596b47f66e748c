//! The contracts of the desk's ports, kept by what the crate has itself.

use std::sync::Arc;

use sosik_desk::MemoryDesk;

async fn make() -> Arc<MemoryDesk> {
    Arc::new(MemoryDesk::new())
}

sosik_testkit::staff_store_conformance!(make);
sosik_testkit::draft_store_conformance!(make);
