//! The contracts of the window's ports, kept by what the crate has itself.

mod store {
    use std::sync::Arc;

    use sosik_chat::{ChatStore, MemoryChatStore};

    async fn make() -> Arc<dyn ChatStore> {
        Arc::new(MemoryChatStore::new())
    }

    sosik_testkit::chat_store_conformance!(make);
}

mod archive {
    use sosik_chat::{Archive, MemoryArchive};
    use sosik_content::Edition;

    async fn make(editions: Vec<Edition>) -> Box<dyn Archive> {
        let archive = MemoryArchive::new(chrono_tz::Asia::Seoul);
        // One that is published again is the same.
        for edition in editions.iter().chain(&editions[..2]) {
            archive.put(edition);
        }
        Box::new(archive)
    }

    sosik_testkit::archive_conformance!(make);
}

mod matcher {
    use std::sync::Arc;

    use sosik_chat::{Intents, Matcher, Offices, Understanding};
    use sosik_registry::Directory;

    async fn make() -> Box<dyn Understanding> {
        let (districts, offices) = (Directory::default(), Offices::default());
        Box::new(Matcher::new(Intents::sosik(), "양주", Arc::new(districts), Arc::new(offices)))
    }

    sosik_testkit::understanding_conformance!(make);
}
