//! Answers that are told without being asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use sosik_chat::{
    ChatStore, ChatStoreErrorKind, Notice, Notifier, NotifyError, NotifyErrorKind, OneOfNotifiers, TicketChange,
    TicketState, async_trait,
};

use crate::world::{World, ask, key, now};

/// A door that answers as it is told to, and keeps what it told.
#[derive(Default)]
struct Door {
    answers: Mutex<VecDeque<NotifyErrorKind>>,
    told: Mutex<Vec<Notice>>,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Door")
    }
}

#[async_trait]
impl Notifier for Door {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let answer = self.answers.lock().unwrap().pop_front();
        if answer.is_none() {
            self.told.lock().unwrap().push(notice.clone());
        }
        answer.map_or(Ok(()), |kind| Err(NotifyError::new(kind, "as it was told")))
    }
}

impl Door {
    fn answering(kinds: impl IntoIterator<Item = NotifyErrorKind>) -> Self {
        Self { answers: Mutex::new(kinds.into_iter().collect()), told: Mutex::default() }
    }

    fn texts(&self) -> Vec<String> {
        self.told.lock().unwrap().iter().map(|notice| notice.reply.to_text()).collect()
    }
}

/// Two people, whose questions are answered.
async fn answered() -> World {
    let world = World::new();
    for (who, question) in [("a", "덕정역 앞 가로등이 안 켜져요"), ("b", "회천1동 놀이터 그네가 부서졌어요")]
    {
        ask(&world, who, question).await;
    }
    for ticket in world.chats.queue(&TicketState::ALL, None, 10).await.unwrap() {
        let text = format!("{}번 답", ticket.number.serial);
        world.window.answer_ticket(&ticket, "clerk-1", &text, now()).await.unwrap();
    }
    world
}

#[tokio::test]
async fn an_answer_is_told_once_and_does_not_come_again() {
    let world = answered().await;
    let door = Door::default();
    let told = world.window.tell_answers(&door, world.at(), 10).await.unwrap();
    assert_eq!((told.reached, told.left, told.postponed, told.problems.len()), (2, 0, 0, 0));
    assert!(door.texts()[0].starts_with("문의 2026-000001의 답변이 왔습니다.\n\n1번 답"), "{:?}", door.texts());
    let notice = door.told.lock().unwrap()[0].clone();
    assert_eq!(notice.who, key("a"));
    assert!(notice.reply.choices[0].says.contains("이어서 묻기"), "one may ask more");
    assert_eq!(format!("{notice:?}"), "Notice(yangju-city, Reply(1 bubbles, 1 choices))", "names no one");
    assert_eq!(world.window.tell_answers(&door, world.at(), 10).await.unwrap().reached, 0);
    assert!(!world.text("a", "안녕").await.contains("1번 답"), "it was told");
    // Each entry for itself.
    let ticket = world.chats.tickets_of(&key("a"), 1).await.unwrap().remove(0);
    world.window.answer_ticket(&ticket, "clerk-1", "덧붙입니다", world.at()).await.unwrap();
    assert_eq!(world.window.tell_answers(&door, world.at(), 10).await.unwrap().reached, 1);
    assert!(door.texts()[2].contains("덧붙입니다"));
}

#[tokio::test]
async fn what_may_have_arrived_is_not_told_twice_and_comes_with_the_next_turn() {
    for kind in [NotifyErrorKind::Unknown, NotifyErrorKind::Unreachable, NotifyErrorKind::Refused] {
        let world = answered().await;
        let door = Door::answering([kind]);
        let told = world.window.tell_answers(&door, world.at(), 10).await.unwrap();
        assert_eq!((told.reached, told.left), (1, 1), "the other one was told");
        assert_eq!(told.problems[0].kind(), kind);
        assert_eq!(world.window.tell_answers(&door, world.at(), 10).await.unwrap().reached, 0, "{kind:?}");
        if kind == NotifyErrorKind::Unknown {
            // They read it perhaps, and answer: it does not come again at once.
            assert!(!world.text("a", "안녕").await.contains("1번 답"));
            world.pass(TimeDelta::minutes(2));
        }
        assert!(world.text("a", "안녕").await.contains("1번 답"), "nothing is lost: {kind:?}");
        assert!(!world.text("a", "안녕").await.contains("1번 답"));
    }
}

#[tokio::test]
async fn a_door_that_cannot_be_asked_is_asked_again_later() {
    let world = answered().await;
    let door = Door::answering([NotifyErrorKind::Unavailable]);
    let told = world.window.tell_answers(&door, world.at(), 10).await.unwrap();
    assert_eq!((told.reached, told.postponed), (0, 1), "and left alone until then");
    assert_eq!(world.window.tell_answers(&door, world.at(), 1).await.unwrap().reached, 1);
    assert_eq!(world.window.tell_answers(&door, world.at(), 10).await.unwrap().reached, 1);
    assert_eq!(door.texts().len(), 2);
}

#[tokio::test]
async fn what_breaks_off_between_telling_and_noting_is_not_told_again() {
    let world = answered().await;
    let ticket = world.chats.tickets_of(&key("a"), 1).await.unwrap().remove(0);
    // As a server leaves it that stops in the middle.
    world.chats.change(&ticket, &TicketChange::Telling { entry: 1 }, world.at()).await.unwrap();
    let door = Door::default();
    assert_eq!(world.window.tell_answers(&door, world.at(), 10).await.unwrap().reached, 1);
    assert!(door.texts()[0].contains("2번 답"), "the other's");
    world.pass(TimeDelta::minutes(2));
    assert!(world.text("a", "안녕").await.contains("1번 답"), "it comes with their next turn");
}

/// Someone of the city writes while a door tells.
#[derive(Debug)]
struct Meanwhile<'a>(&'a World);

#[async_trait]
impl Notifier for Meanwhile<'_> {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let ticket = self.0.chats.tickets_of(&notice.who, 1).await.unwrap().remove(0);
        self.0.window.answer_ticket(&ticket, "clerk-2", "한 가지 더", now()).await.unwrap();
        Ok(())
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

#[tokio::test]
async fn that_it_was_told_is_kept_also_where_someone_writes_meanwhile() {
    let world = answered().await;
    assert_eq!(world.window.tell_answers(&Meanwhile(&world), world.at(), 1).await.unwrap().reached, 1);
    let ticket = world.chats.tickets_of(&key("a"), 1).await.unwrap().remove(0);
    let waiting: Vec<_> = ticket.undelivered().map(|(at, entry)| (at, entry.text.as_str())).collect();
    assert_eq!(waiting, [(2, "한 가지 더")]);
}

#[tokio::test]
async fn what_is_told_changes_nothing_of_what_staff_looked_at() {
    let world = answered().await;
    let looked_at = world.chats.tickets_of(&key("a"), 1).await.unwrap().remove(0);
    world.window.tell_answers(&Door::answering([NotifyErrorKind::Unavailable]), world.at(), 1).await.unwrap();
    world.window.tell_answers(&Door::default(), world.at(), 9).await.unwrap();
    world.chats.change(&looked_at, &TicketChange::Close, now()).await.expect("as they looked at it");
    // Two doors at once: one of them tells it.
    let world = answered().await;
    let [ticket, _] = &world.chats.untold(9).await.unwrap()[..] else { panic!() };
    let tell = TicketChange::Telling { entry: 1 };
    world.chats.change(ticket, &tell, world.at()).await.unwrap();
    assert_eq!(world.chats.change(ticket, &tell, world.at()).await.unwrap_err().kind(), ChatStoreErrorKind::Refused);
}

#[tokio::test]
async fn another_door_is_asked_only_where_the_first_knows_nobody() {
    let notice = || Notice::new(key("a"), crate::world::channel(), sosik_chat::Reply::text("답"));
    for (answer, reaches) in [
        (NotifyErrorKind::Unreachable, true),
        (NotifyErrorKind::Unknown, false),
        (NotifyErrorKind::Unavailable, false),
        (NotifyErrorKind::Refused, false),
    ] {
        let (first, second) = (Arc::new(Door::answering([answer])), Arc::new(Door::default()));
        let doors = OneOfNotifiers::new(vec![Arc::clone(&first) as _, Arc::clone(&second) as _]);
        let told = doors.notify(&notice()).await;
        assert_eq!(told.is_ok(), reaches, "{answer:?}: {told:?}");
        assert_eq!(second.texts().len(), usize::from(reaches), "it may have arrived, or may later: {answer:?}");
    }
    let none = OneOfNotifiers::new(Vec::new()).notify(&notice()).await.unwrap_err();
    assert_eq!(none.kind(), NotifyErrorKind::Unreachable);
}
