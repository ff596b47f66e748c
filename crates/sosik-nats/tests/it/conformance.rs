use sosik_nats::NatsQueue;
use sosik_testkit::queue::HOLD;

/// An empty queue, whatever an earlier run left.
async fn make() -> Option<NatsQueue> {
    let address = crate::address()?;
    crate::builder(&address).hold(HOLD).connect().await.unwrap().remove().await.unwrap();
    Some(crate::builder(&address).hold(HOLD).connect().await.unwrap())
}

sosik_testkit::queue_conformance!(live make);
