//! Conformance suites for every sosik port, and mocks.
//!
//! # What it is for
//!
//! Each port (`Transport`, `GroupSender`, `SubscriberStore`, `Outbox`, `Queue`, `Classifier`, `ChatStore`, `Archive`,
//! `Understanding`, `Notifier`, and the desk's) has a numbered contract. Here each rule is one function, and a
//! macro expands to one test for each, so that whoever writes an implementation cannot forget a rule, and a failure
//! names it.
//!
//! # Where it sits
//!
//! Above the domain crates, below nothing but tests. It knows no adapter.
//!
//! # Quick start
//!
//! In `tests/conformance.rs` of the crate with the implementation (never in a `#[cfg(test)]` module of the crate that
//! owns the port, where the traits would be different types):
//!
//! ```
//! mod memory {
//!     async fn make() -> sosik_registry::MemorySubscriberStore {
//!         sosik_registry::MemorySubscriberStore::new(7)
//!     }
//!     sosik_testkit::subscriber_store_conformance!(make);
//! }
//! ```
//!
//! What a client over HTTP asks and is answered can be [recorded](exchanges) once and played again.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Adapters, and fakes: the memory stores and the recording transport stand beside their ports.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a suite fails by panicking")]

/// One test for each rule of a module, for what an async function gives; after `live`, for what it may give.
#[doc(hidden)]
#[macro_export]
macro_rules! rules {
    (live $of:ident, $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            $crate::on_a_runtime(async {
                match $make().await {
                    Some(made) => $crate::$of::$rule(made).await,
                    None => eprintln!("skipped: {} needs a server that is not there", stringify!($rule)),
                }
            });
        }
    )+};
    (sure $of:ident, $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            $crate::on_a_runtime(async { $crate::$of::$rule($make().await).await });
        }
    )+};
    ($of:ident, $make:path: $($rule:ident)+) => { $crate::rules!(sure $of, $make: $($rule)+); };
}

/// Runs a test on a runtime of its own.
#[doc(hidden)]
pub fn on_a_runtime(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(test);
}

pub mod answers;
pub mod archive;
pub mod chats;
pub mod classifier;
pub mod clicks;
pub mod desk;
pub mod drawn;
pub mod exchanges;
pub mod group_sender;
pub mod journal;
pub mod keys;
pub mod kills;
mod mocks;
pub mod newsroom;
pub mod notifier;
pub mod outbox;
pub mod portable;
pub mod queue;
pub mod subscribers;
pub mod transport;
pub mod understanding;
mod world;

pub use mocks::{MockGroupSender, MockTransport, Sequence};
pub use world::{campaign, campaign_key, citizen, consented, noon, phone};

/// What the macros need.
#[doc(hidden)]
pub mod reexport {
    pub use tokio;
}
