//! The contract of [`ChatStore`], rule by rule.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_chat::{
    Author, ChatStore, ChatStoreErrorKind, NewTicket, Pending, Session, Ticket, TicketChange, TicketNumber, TicketState,
};
use sosik_core::{ChannelId, Language};
use sosik_registry::Identity;

use crate::noon;

/// One test for each rule of the contract, for what `$make` gives: an async function of an empty [`ChatStore`] in an `Arc`.
/// After `live`, of an empty one or `None` where the server that it needs is not there.
#[macro_export]
macro_rules! chat_store_conformance {
    (live $make:path) => { $crate::chat_store_conformance!(@ live $make); };
    ($make:path) => { $crate::chat_store_conformance!(@ sure $make); };
    (@ $kind:ident $make:path) => {
        $crate::rules!($kind chats, $make:
            rule_1_a_session_is_someone_s_in_a_channel_until_its_end
            rule_2_every_ticket_has_a_number_of_its_own
            rule_3_a_ticket_is_changed_once_by_each_version
            rule_4_the_queue_is_in_the_order_of_what_was_promised
            rule_5_tickets_are_someone_s
            rule_6_what_was_not_understood_is_counted
            rule_7_who_is_forgotten_leaves_nothing_that_they_wrote
            rule_8_what_no_door_has_told_is_found
            rule_9_what_is_old_and_done_is_dropped
        );
    };
}

fn channel(name: &str) -> ChannelId {
    ChannelId::parse(name).unwrap()
}

fn who(key: &str) -> Identity {
    Identity::ChannelUser { channel: channel("city"), key: key.to_owned() }
}

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

fn question(key: &str, text: &str) -> NewTicket {
    NewTicket::new(who(key), channel("city"), text, after(7 * 24 * 60))
}

async fn opened(store: &dyn ChatStore, key: &str, text: &str) -> Ticket {
    store.open(question(key, text), 2026, noon()).await.unwrap()
}

fn answer(text: &str) -> TicketChange {
    TicketChange::Answer { staff: "clerk-1".into(), text: text.into() }
}

/// Rule 1.
pub async fn rule_1_a_session_is_someone_s_in_a_channel_until_its_end(store: Arc<dyn ChatStore>) {
    let mut session = Session::default();
    session.pending = Some(Pending::Send {
        text: "가로등".into(),
        picture: Some("https://example.go.kr/1.jpg".into()),
        ticket: Some(TicketNumber::new(2026, 7)),
    });
    session.language = Some("en".into());
    session.misses = 2;
    let keep = async |session: &Session, until: i64, now: i64| {
        store.keep(&who("a"), &channel("city"), session, after(until), after(now)).await
    };
    keep(&session, 30, 0).await.unwrap();
    let of = async |key: &str, name: &str, minutes: i64| {
        store.session(&who(key), &channel(name), after(minutes)).await.unwrap()
    };
    let read = of("a", "city", 29).await.unwrap();
    session.version = 1;
    assert_eq!(read, session, "as it was kept");
    assert_eq!(of("a", "city", 30).await, None, "until its end");
    assert_eq!((of("b", "city", 1).await, of("a", "hoecheon1", 1).await), (None, None));
    // Of two that read the same the first keeps, also where what it keeps ends sooner.
    let mut empty = Session::default();
    empty.version = 1;
    keep(&empty, 10, 1).await.unwrap();
    for late in [&read, &Session::default()] {
        assert_eq!(keep(late, 30, 1).await.unwrap_err().kind(), ChatStoreErrorKind::Conflict);
    }
    assert_eq!(of("a", "city", 1).await.unwrap().pending, None, "what the first kept stays");
    // What has ended is as what never was.
    assert_eq!(of("a", "city", 11).await, None);
    keep(&Session::default(), 40, 11).await.unwrap();
    // Two at once: one of them.
    let current = of("a", "city", 12).await.unwrap();
    let (one, two) = tokio::join!(keep(&current, 50, 12), keep(&current, 60, 12));
    assert_ne!(one.is_ok(), two.is_ok(), "{one:?}, {two:?}");
}

/// Rule 2.
pub async fn rule_2_every_ticket_has_a_number_of_its_own(store: Arc<dyn ChatStore>) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.open(question("a", &format!("질문 {n}")), 2026, noon()).await.unwrap().number });
    }
    let mut numbers = tasks.join_all().await;
    numbers.sort();
    assert_eq!(numbers, (1..=20).map(|serial| TicketNumber::new(2026, serial)).collect::<Vec<_>>());
    let next = store.open(question("a", "새해"), 2027, noon()).await.unwrap();
    assert_eq!(next.number, TicketNumber::new(2027, 1), "a year begins anew");
    // A number that was dropped is given to no other.
    for ticket in store.queue(&TicketState::ALL, None, 100).await.unwrap() {
        store.change(&ticket, &TicketChange::Close, noon()).await.unwrap();
    }
    assert_eq!(store.purge(after(1)).await.unwrap(), 21);
    assert_eq!(opened(&*store, "a", "다음").await.number, TicketNumber::new(2026, 21));
}

/// Rule 3.
pub async fn rule_3_a_ticket_is_changed_once_by_each_version(store: Arc<dyn ChatStore>) {
    let new = question("a", "가로등이 안 켜져요")
        .with_picture(Some("https://example.go.kr/1.jpg".into()))
        .for_office(Some("도로과".into()))
        .in_language(Language::parse("en").unwrap());
    let ticket = store.open(new.clone(), 2026, noon()).await.unwrap();
    assert_eq!(ticket, new.numbered(ticket.number, noon()), "as it was asked");
    assert_eq!(store.ticket(ticket.number).await.unwrap().as_ref(), Some(&ticket), "as it is read again");
    assert_eq!(store.ticket(TicketNumber::new(2026, 99)).await.unwrap(), None);

    let changes = [
        TicketChange::Take { staff: "clerk-1".into() },
        TicketChange::Move { office: "공원과".into() },
        answer("고쳤습니다. 031-8082-0000"),
        answer("한 번 더 보았습니다."),
        TicketChange::Telling { entry: 2 },
        TicketChange::NotTold { entry: 2 },
        TicketChange::Telling { entry: 1 },
        TicketChange::Missed { entry: 1 },
        TicketChange::Delivered { entry: 1 },
        TicketChange::Take { staff: "clerk-2".into() },
        TicketChange::Add { text: "고맙습니다 010-1234-5678".into(), picture: None, due: after(20_000) },
        TicketChange::Close,
    ];
    let (mut known, mut expected) = (ticket.clone(), ticket.clone());
    for (at, change) in changes.iter().enumerate() {
        let at = after(i64::try_from(at).unwrap());
        known = store.change(&known, change, at).await.unwrap();
        expected = expected.after(change, at).unwrap();
        assert_eq!(known, expected, "{change:?}");
        assert_eq!(store.ticket(ticket.number).await.unwrap().as_ref(), Some(&expected), "{change:?}");
    }
    assert!(
        known.entries.iter().any(|entry| entry.text.contains("031-8082-0000")),
        "what staff wrote is as they wrote it"
    );
    assert!(known.entries.iter().any(|entry| entry.text == "고맙습니다 [휴대전화]"), "numbers of citizens are hidden");
    assert!(known.entries.iter().any(|entry| entry.by == Author::Staff("clerk-1".into()) && entry.delivered.is_some()));
    assert_eq!(known.undelivered().count(), 1, "one was delivered, the other waits");
    assert_eq!(known.assignee.as_deref(), Some("clerk-2"));
    assert_eq!(known.due, after(7 * 24 * 60), "who waits already is not promised more time");
    let answered = store.change(&opened(&*store, "a", "답한 것").await, &answer("답"), after(1)).await.unwrap();
    let more = TicketChange::Add { text: "더".into(), picture: None, due: after(20_000) };
    assert_eq!(
        store.change(&answered, &more, after(2)).await.unwrap().due,
        after(20_000),
        "an answer is promised anew"
    );

    for entry in [0, 1, 9] {
        let error = store.change(&known, &TicketChange::Delivered { entry }, after(9)).await.unwrap_err();
        assert_eq!(error.kind(), ChatStoreErrorKind::Refused, "of the citizen, delivered before, or none: {entry}");
    }
    let error = store.change(&ticket, &answer("늦었습니다"), after(9)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ChatStoreErrorKind::Conflict, false));
    let error = store.change(&known, &answer("늦었습니다"), after(9)).await.unwrap_err();
    assert_eq!(error.kind(), ChatStoreErrorKind::Refused, "it is closed");
    assert_eq!(store.ticket(ticket.number).await.unwrap().as_ref(), Some(&known), "nothing of it is kept");
    let unknown = question("a", "").numbered(TicketNumber::new(2026, 99), noon());
    let error = store.change(&unknown, &TicketChange::Close, noon()).await.unwrap_err();
    assert_eq!(error.kind(), ChatStoreErrorKind::Missing);

    // Two at once: one of them.
    let fresh = opened(&*store, "a", "둘이 함께").await;
    let (one, two) = (answer("하나"), answer("둘"));
    let (one, two) = tokio::join!(store.change(&fresh, &one, after(1)), store.change(&fresh, &two, after(1)));
    assert_ne!(one.is_ok(), two.is_ok(), "{one:?}, {two:?}");
}

/// Rule 4.
pub async fn rule_4_the_queue_is_in_the_order_of_what_was_promised(store: Arc<dyn ChatStore>) {
    let open = async |text: &str, office: Option<&str>, due: i64| {
        let mut new = question("a", text).for_office(office.map(str::to_owned));
        new.due = after(due);
        store.open(new, 2026, noon()).await.unwrap()
    };
    let third = open("셋째", None, 30).await;
    let first = open("첫째", Some("도로과"), 10).await;
    let second = open("둘째", Some("도로과"), 20).await;
    let numbers = async |states: &[TicketState], office: Option<&str>, limit: usize| {
        let found = store.queue(states, office, limit).await.unwrap();
        found.into_iter().map(|ticket| ticket.number).collect::<Vec<_>>()
    };
    let waiting = [TicketState::Waiting];
    assert_eq!(numbers(&waiting, None, 10).await, [first.number, second.number, third.number]);
    assert_eq!(numbers(&waiting, None, 2).await, [first.number, second.number]);
    assert_eq!(numbers(&waiting, Some("도로과"), 10).await, [first.number, second.number]);
    store.change(&first, &answer("고쳤습니다"), after(1)).await.unwrap();
    assert_eq!(numbers(&waiting, None, 10).await, [second.number, third.number]);
    assert_eq!(numbers(&[TicketState::Answered], None, 10).await, [first.number]);
    assert_eq!(numbers(&[], None, 10).await, []);
}

/// Rule 5.
pub async fn rule_5_tickets_are_someone_s(store: Arc<dyn ChatStore>) {
    let first = opened(&*store, "a", "하나").await;
    opened(&*store, "b", "남의 것").await;
    let last = opened(&*store, "a", "둘").await;
    let of = async |key: &str, limit: usize| {
        let found = store.tickets_of(&who(key), limit).await.unwrap();
        found.into_iter().map(|ticket| ticket.number).collect::<Vec<_>>()
    };
    assert_eq!(of("a", 10).await, [last.number, first.number]);
    assert_eq!(of("a", 1).await, [last.number]);
    assert_eq!(of("c", 10).await, []);
}

/// Rule 6.
pub async fn rule_6_what_was_not_understood_is_counted(store: Arc<dyn ChatStore>) {
    let day = noon().date_naive();
    let earlier = day - TimeDelta::days(1);
    for (said, on) in [("나", day), ("가", day), ("다", day), ("다", day), ("나", earlier), ("나", earlier)] {
        store.miss(said, on).await.unwrap();
    }
    let all = |counts: &[(&str, u64)]| counts.iter().map(|(said, n)| ((*said).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(store.misses(day, 10).await.unwrap(), all(&[("다", 2), ("가", 1), ("나", 1)]));
    assert_eq!(store.misses(earlier, 2).await.unwrap(), all(&[("나", 3), ("다", 2)]));
}

/// Rule 7.
pub async fn rule_7_who_is_forgotten_leaves_nothing_that_they_wrote(store: Arc<dyn ChatStore>) {
    let ticket = opened(&*store, "a", "비밀 이야기").await;
    let ticket = store.change(&ticket, &answer("비밀 답"), after(1)).await.unwrap();
    let others = opened(&*store, "b", "남의 이야기").await;
    store.keep(&who("a"), &channel("city"), &Session::default(), after(30), noon()).await.unwrap();
    store.forget(&who("a")).await.unwrap();
    store.forget(&who("a")).await.unwrap();
    assert_eq!(store.session(&who("a"), &channel("city"), after(1)).await.unwrap(), None);
    assert_eq!(store.tickets_of(&who("a"), 10).await.unwrap(), []);
    let left = store.ticket(ticket.number).await.unwrap().unwrap();
    assert_eq!(left, ticket.clone().forgotten());
    assert!(left.entries.iter().all(|entry| !entry.text.contains("비밀")));
    assert_eq!(store.ticket(others.number).await.unwrap(), Some(others));
}

/// Rule 8.
pub async fn rule_8_what_no_door_has_told_is_found(store: Arc<dyn ChatStore>) {
    let untold = async |limit: usize| {
        let found = store.untold(limit).await.unwrap();
        found.into_iter().map(|ticket| ticket.number).collect::<Vec<_>>()
    };
    let first = opened(&*store, "a", "하나").await;
    let second = opened(&*store, "b", "둘").await;
    assert_eq!(untold(10).await, [], "nobody answered");
    // In the order in which they were answered, and also of what is closed.
    let second = store.change(&second, &answer("답 둘"), after(1)).await.unwrap();
    let first = store.change(&first, &answer("답 하나"), after(2)).await.unwrap();
    assert_eq!((untold(10).await, untold(1).await), (vec![second.number, first.number], vec![second.number]));
    let second = store.change(&second, &TicketChange::Close, after(3)).await.unwrap();
    assert_eq!(untold(10).await, [first.number, second.number]);
    // What a door began to tell no other one tells, until it says that it told nothing.
    let first = store.change(&first, &TicketChange::Telling { entry: 1 }, after(4)).await.unwrap();
    assert_eq!(untold(10).await, [second.number]);
    let again = store.change(&first, &TicketChange::Telling { entry: 1 }, after(5)).await.unwrap_err();
    assert_eq!(again.kind(), ChatStoreErrorKind::Refused);
    let first = store.change(&first, &TicketChange::NotTold { entry: 1 }, after(5)).await.unwrap();
    assert_eq!(untold(10).await, [first.number, second.number]);
    store.change(&first, &TicketChange::Delivered { entry: 1 }, after(6)).await.unwrap();
    assert_eq!(untold(10).await, [second.number]);
    store.forget(&who("b")).await.unwrap();
    assert_eq!(untold(10).await, [], "there is nobody to tell");
}

/// Rule 9.
pub async fn rule_9_what_is_old_and_done_is_dropped(store: Arc<dyn ChatStore>) {
    let open = opened(&*store, "a", "열려 있는 것").await;
    let old = opened(&*store, "a", "오래된 것").await;
    let new = opened(&*store, "a", "새것").await;
    store.change(&old, &TicketChange::Close, after(1)).await.unwrap();
    store.change(&new, &TicketChange::Close, after(100)).await.unwrap();
    store.keep(&who("a"), &channel("city"), &Session::default(), after(5), noon()).await.unwrap();
    let day = noon().date_naive();
    store.miss("옛말", day - TimeDelta::days(1)).await.unwrap();
    store.miss("새말", day).await.unwrap();
    assert_eq!(store.purge(after(50)).await.unwrap(), 1);
    assert_eq!(store.purge(after(50)).await.unwrap(), 0);
    let left: Vec<_> = store.tickets_of(&who("a"), 10).await.unwrap().into_iter().map(|ticket| ticket.number).collect();
    assert_eq!(left, [new.number, open.number]);
    assert_eq!(store.misses(day - TimeDelta::days(9), 10).await.unwrap(), [("새말".to_owned(), 1)]);
}
