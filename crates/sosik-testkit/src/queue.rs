//! The contract of [`Queue`], rule by rule. Time passes in it, some seconds of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::{Clock, SystemClock};
use sosik_delivery::{BatchId, Queue, TakenTicket, Ticket};

use crate::{campaign, noon};

/// For how long a queue that is tested holds what was not answered.
pub const HOLD: Duration = Duration::from_secs(2);

/// One test for each rule of the contract, on what `$make` gives: an async function of an empty queue that gives again
/// after [`HOLD`] what was not answered. After `live`, of such a queue or `None` where the server that it needs is not
/// there.
#[macro_export]
macro_rules! queue_conformance {
    (live $make:path) => {
        $crate::queue_conformance!(@rules live $make);
    };
    ($make:path) => {
        $crate::queue_conformance!(@rules sure $make);
    };
    (@rules $kind:ident $make:path) => {
        $crate::queue_conformance!(@ $kind $make:
            rule_1_what_was_put_is_given_once
            rule_2_the_same_ticket_is_given_once
            rule_3_what_is_urgent_comes_first
            rule_4_what_is_done_is_not_given_again
            rule_5_what_is_put_off_comes_when_its_time_is_over
            rule_6_what_was_not_answered_comes_again
            rule_7_a_late_answer_does_no_harm
        );
    };
    (@ $kind:ident $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                $crate::queue_conformance!(% $kind $make, $rule);
            });
        }
    )+};
    (% sure $make:path, $rule:ident) => {
        $crate::queue::$rule(&$make().await).await
    };
    (% live $make:path, $rule:ident) => {
        match $make().await {
            Some(queue) => $crate::queue::$rule(&queue).await,
            None => eprintln!("skipped: {} needs a server that is not there", stringify!($rule)),
        }
    };
}

fn now() -> DateTime<Utc> {
    SystemClock::new().now()
}

#[expect(clippy::disallowed_methods, reason = "a queue keeps time by itself")]
async fn pass(span: Duration) {
    tokio::time::sleep(span).await;
}

fn ticket(number: u32) -> Ticket {
    let campaign = campaign("w48");
    Ticket::new(BatchId::new(campaign.id, number), campaign.key.channel, noon() + TimeDelta::seconds(number.into()))
}

async fn put(queue: &dyn Queue, tickets: &[Ticket]) {
    queue.put(tickets, now()).await.unwrap();
}

async fn take(queue: &dyn Queue, limit: usize) -> Vec<TakenTicket> {
    queue.take(limit, now()).await.unwrap()
}

/// Takes one ticket within some time.
async fn wait_for(queue: &dyn Queue, most: Duration) -> TakenTicket {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(taken) = take(queue, 1).await.pop() {
            return taken;
        }
        assert!(waited < most, "nothing came within {most:?}");
        pass(Duration::from_millis(50)).await;
        waited += Duration::from_millis(50);
    }
}

/// Rule 1.
pub async fn rule_1_what_was_put_is_given_once(queue: &dyn Queue) {
    assert!(take(queue, 5).await.is_empty(), "it is empty");
    let tickets: Vec<Ticket> = (0..7).map(|number| ticket(number).with_attempts(number)).collect();
    put(queue, &tickets).await;
    put(queue, &[]).await;
    assert!(take(queue, 0).await.is_empty());
    let first = take(queue, 3).await;
    assert_eq!(first.len(), 3);
    let both: Vec<TakenTicket> = first.into_iter().chain(take(queue, 10).await).collect();
    let given: Vec<Ticket> = both.iter().map(|taken| taken.ticket.clone()).collect();
    assert_eq!(given, tickets, "all of them, as they were put");
    assert!(take(queue, 10).await.is_empty());
}

/// Rule 2.
pub async fn rule_2_the_same_ticket_is_given_once(queue: &dyn Queue) {
    put(queue, &[ticket(1)]).await;
    put(queue, &[ticket(1), ticket(1).with_attempts(1), ticket(1).said_again(1)]).await;
    assert_eq!(take(queue, 10).await.len(), 3);
    put(queue, &[ticket(1)]).await;
    assert!(take(queue, 10).await.is_empty());
    // Also when it is done with.
    put(queue, &[ticket(2)]).await;
    queue.done(&take(queue, 1).await.pop().unwrap()).await.unwrap();
    put(queue, &[ticket(2)]).await;
    assert!(take(queue, 10).await.is_empty());
}

/// Rule 3.
pub async fn rule_3_what_is_urgent_comes_first(queue: &dyn Queue) {
    put(queue, &[ticket(1), ticket(2)]).await;
    put(queue, &[ticket(3).with_urgency(true)]).await;
    let given: Vec<u32> = take(queue, 2).await.iter().map(|taken| taken.ticket.batch.number).collect();
    assert_eq!(given, [3, 1]);
}

/// Rule 4.
pub async fn rule_4_what_is_done_is_not_given_again(queue: &dyn Queue) {
    put(queue, &[ticket(1)]).await;
    let taken = take(queue, 1).await.pop().unwrap();
    queue.done(&taken).await.unwrap();
    queue.done(&taken).await.unwrap();
    pass(HOLD + Duration::from_secs(1)).await;
    assert!(take(queue, 1).await.is_empty());
}

/// Rule 5.
pub async fn rule_5_what_is_put_off_comes_when_its_time_is_over(queue: &dyn Queue) {
    put(queue, &[ticket(1), ticket(2)]).await;
    let taken = take(queue, 2).await;
    queue.later(&taken[0], Duration::from_millis(700), now()).await.unwrap();
    queue.later(&taken[1], Duration::ZERO, now()).await.unwrap();
    assert_eq!(wait_for(queue, Duration::from_millis(300)).await.ticket, taken[1].ticket);
    pass(Duration::from_millis(100)).await;
    assert!(take(queue, 1).await.is_empty(), "its time is not over");
    assert_eq!(wait_for(queue, Duration::from_secs(1)).await.ticket, taken[0].ticket);
}

/// Rule 6.
pub async fn rule_6_what_was_not_answered_comes_again(queue: &dyn Queue) {
    put(queue, &[ticket(1)]).await;
    assert_eq!(take(queue, 1).await.len(), 1);
    pass(HOLD / 2).await;
    assert!(take(queue, 1).await.is_empty(), "it is held");
    assert_eq!(wait_for(queue, HOLD).await.ticket, ticket(1));
}

/// Rule 7.
pub async fn rule_7_a_late_answer_does_no_harm(queue: &dyn Queue) {
    put(queue, &[ticket(1)]).await;
    let ghost = take(queue, 1).await.pop().unwrap();
    pass(HOLD).await;
    let heir = wait_for(queue, HOLD).await;
    // Whatever it does to the ticket, the queue goes on.
    queue.later(&ghost, Duration::from_secs(60), now()).await.unwrap();
    queue.done(&ghost).await.unwrap();
    queue.done(&heir).await.unwrap();
    put(queue, &[ticket(2)]).await;
    let given = wait_for(queue, Duration::from_secs(1)).await;
    assert_eq!(given.ticket, ticket(2));
}
