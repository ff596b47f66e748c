//! The queue on a real server: its address is in `SOSIK_TEST_NATS_URL`, or the tests say that they were skipped, which
//! `SOSIK_REQUIRE_NATS` makes a failure. Each test has a stream of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests read where the server is")]
#![expect(clippy::print_stderr, reason = "a test says that it was skipped")]

mod conformance;
mod servers;

use sosik_nats::{NatsQueue, NatsQueueBuilder};

fn address() -> Option<String> {
    let address = std::env::var("SOSIK_TEST_NATS_URL").ok();
    assert!(address.is_some() || std::env::var_os("SOSIK_REQUIRE_NATS").is_none(), "SOSIK_TEST_NATS_URL is not set");
    address
}

/// A builder with a stream of the test's own.
fn builder(address: &str) -> NatsQueueBuilder {
    let name = std::thread::current().name().unwrap_or("main").replace("::", "_");
    NatsQueue::builder(address).stream(format!("SOSIK_TEST_{name}"), format!("sosik-test.{name}"))
}
