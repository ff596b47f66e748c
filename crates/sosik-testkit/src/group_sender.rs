//! The contract of [`GroupSender`], rule by rule.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use sosik_channel::{
    Advertising, Body, Bubble, GroupSend, GroupSendState, GroupSendStatus, GroupSender, GroupSenderExt, Message,
    Refusal, SendErrorKind, Started, Targeting, TextMessage, Watch,
};
use sosik_core::{Clock, ManualClock, PhoneNumber};

/// One test for each rule of the contract, in what `$make` gives: an async function of a [`World`] in which nothing
/// was sent, and something that has to live as long as it.
#[macro_export]
macro_rules! group_sender_conformance {
    ($make:path) => {
        $crate::group_sender_conformance!(@ $make:
            rule_1_looking_ahead_and_registering_send_nothing
            rule_2_a_start_that_the_rules_refuse_sends_nothing
            rule_3_a_campaign_starts_once
            rule_4_what_is_sent_grows_to_what_was_expected
            rule_5_a_paused_one_waits_to_be_resumed
            rule_6_a_terminated_one_never_sends_again
            rule_7_what_is_late_on_friday_is_not_sent_on_saturday
            rule_8_what_only_named_recipients_can_get_is_refused
        );
    };
    (@ $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let (world, _guard) = $make().await;
                $crate::group_sender::$rule(&world).await;
            });
        }
    )+};
}

/// A sender, the clock by which its provider lives, how many friends the channel has, and how many messages went to them
/// so far, whoever started it.
pub struct World {
    sender: Arc<dyn GroupSender>,
    clock: Arc<ManualClock>,
    friends: u64,
    went: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("sender", &self.sender).field("friends", &self.friends).finish_non_exhaustive()
    }
}

impl World {
    /// A world in which it is what [`friday`] says, with more than 18,000 friends: as many as go in the half hour of
    /// rule 7. `went` counts the messages at the provider.
    #[must_use]
    pub fn new(
        sender: Arc<dyn GroupSender>,
        clock: Arc<ManualClock>,
        friends: u64,
        went: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        assert!(friends > 18_000, "too few friends for rule 7");
        Self { sender, clock, friends, went: Box::new(went) }
    }

    /// Waits a day in which nothing may go.
    fn nothing_goes(&self) {
        self.clock.advance(TimeDelta::days(1));
        assert_eq!((self.went)(), 0, "something went");
        self.clock.set(friday());
    }

    /// A plan of 10 messages a second that starts in this many minutes.
    fn plan(&self, campaign: &str, minutes: i64) -> GroupSend {
        GroupSend::new(campaign, message(), self.clock.now() + TimeDelta::minutes(minutes)).with_rate(10)
    }

    async fn start(&self, plan: &GroupSend) -> Started {
        let template = self.sender.register(&plan.campaign, &plan.message).await.unwrap();
        self.sender.start(plan, &template).await.unwrap()
    }

    async fn started(&self, plan: &GroupSend) -> GroupSendState {
        match self.start(plan).await {
            Started::Now(state) => state,
            other => panic!("it was not started now: {other:?}"),
        }
    }

    async fn after(&self, handle: &str, minutes: i64) -> GroupSendState {
        self.clock.advance(TimeDelta::minutes(minutes));
        self.sender.state(handle).await.unwrap()
    }
}

/// Friday, 2026-11-27, at 15:00 in Seoul: the hour at which a [`World`] begins.
#[must_use]
pub fn friday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap()
}

fn message() -> Message {
    let advertising = Advertising::new("예시시청", Refusal::BlockChannel);
    Message::new(Body::Bubble(Bubble::new("이번 주 소식입니다."))).with_advertising(advertising)
}

/// Rule 1.
pub async fn rule_1_looking_ahead_and_registering_send_nothing(world: &World) {
    let plan = world.plan("rule-1", 60);
    let outlook = world.sender.outlook(&plan).await.unwrap();
    assert_eq!(outlook.friends, world.friends);
    assert!(outlook.reachable <= outlook.friends && outlook.finishes > plan.starts, "{outlook:?}");
    world.sender.register(&plan.campaign, &plan.message).await.unwrap();
    world.nothing_goes();
    // The campaign is still free.
    assert!(matches!(world.start(&plan).await, Started::Now(_)));
}

/// Rule 2.
pub async fn rule_2_a_start_that_the_rules_refuse_sends_nothing(world: &World) {
    for minutes in [-60, 5, 6 * 60] {
        let plan = world.plan("rule-2", minutes);
        world.sender.rules().check(&plan, world.clock.now()).unwrap_err();
        let template = world.sender.register("rule-2", &plan.message).await.unwrap();
        let error = world.sender.start(&plan, &template).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::InvalidContent, "{minutes}: {error}");
    }
    for plan in [world.plan("rule-2", 60).with_rate(0), world.plan("", 60)] {
        let template = world.sender.register("rule-2", &plan.message).await.unwrap();
        let error = world.sender.start(&plan, &template).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::InvalidContent, "{plan:?}: {error}");
    }
    world.nothing_goes();
    let plan = world.plan("rule-2", 11);
    world.sender.rules().check(&plan, world.clock.now()).unwrap();
    assert!(matches!(world.start(&plan).await, Started::Now(_)));
}

/// Rule 3.
pub async fn rule_3_a_campaign_starts_once(world: &World) {
    let plan = world.plan("rule-3", 30);
    let state = world.started(&plan).await;
    assert!(matches!(world.start(&plan).await, Started::Before { .. }));
    world.sender.terminate(&state.handle).await.unwrap();
    assert!(matches!(world.start(&plan).await, Started::Before { .. }), "a campaign that ended is not free");
    assert!(matches!(world.start(&world.plan("rule-3b", 30)).await, Started::Now(_)));
    // One that is done, repeated with its own start, which is past, and with a later one.
    let plan = world.plan("rule-3c", 30).with_rate(100);
    let state = world.started(&plan).await;
    let done = world.after(&state.handle, 300).await;
    assert_eq!(done.status, GroupSendStatus::Done);
    assert!(matches!(world.start(&plan).await, Started::Before { .. }), "its start is past");
    assert!(matches!(world.start(&world.plan("rule-3c", 15)).await, Started::Before { .. }));
    assert_eq!(world.after(&state.handle, 20).await.sent, done.sent);
}

/// Rule 4.
pub async fn rule_4_what_is_sent_grows_to_what_was_expected(world: &World) {
    let handle = world.started(&world.plan("rule-4", 20).with_rate(100)).await.handle;
    let mut last = 0;
    for _ in 0..60 {
        let state = world.after(&handle, 5).await;
        let (sent, expected) = (state.sent.unwrap(), state.expected.unwrap());
        assert!(last <= sent && sent <= expected, "{state:?}");
        last = sent;
        if state.status == GroupSendStatus::Done {
            return;
        }
    }
    panic!("it never ended, {last} were sent");
}

/// Rule 5.
pub async fn rule_5_a_paused_one_waits_to_be_resumed(world: &World) {
    let handle = world.started(&world.plan("rule-5", 20)).await.handle;
    assert_eq!(world.after(&handle, 30).await.status, GroupSendStatus::Sending);
    let paused = world.sender.pause(&handle).await.unwrap();
    assert_eq!(paused.status, GroupSendStatus::Paused);
    let later = world.after(&handle, 60).await;
    assert_eq!((later.status, later.sent), (GroupSendStatus::Paused, paused.sent));
    assert_eq!(world.sender.resume(&handle).await.unwrap().status, GroupSendStatus::Sending);
    assert!(world.after(&handle, 1).await.sent > paused.sent);
}

/// Rule 6.
pub async fn rule_6_a_terminated_one_never_sends_again(world: &World) {
    let handle = world.started(&world.plan("rule-6", 20)).await.handle;
    world.after(&handle, 30).await;
    let ended = world.sender.terminate(&handle).await.unwrap();
    assert_eq!(ended.status, GroupSendStatus::Terminated);
    world.sender.resume(&handle).await.unwrap_err();
    for _ in 0..3 {
        let later = world.after(&handle, 8 * 60).await;
        assert_eq!((later.status, later.sent), (GroupSendStatus::Terminated, ended.sent));
    }
}

/// Rule 7.
pub async fn rule_7_what_is_late_on_friday_is_not_sent_on_saturday(world: &World) {
    // 350 minutes to 20:50: half an hour before it, far too late for everyone.
    let plan = world.plan("rule-7", 320);
    let closes = world.sender.rules().closing(plan.starts);
    assert!(!world.sender.outlook(&plan).await.unwrap().fits(closes));
    let unwatched = world.started(&plan).await.handle;
    let watched = world.started(&world.plan("rule-7b", 320)).await.handle;
    let watch = Watch::until(closes);
    let mut again = Some(world.clock.now());
    while let Some(at) = again {
        world.clock.set(at);
        again = world.sender.keep(&watched, &watch, at).await.unwrap().again;
    }
    assert_eq!(world.clock.now(), closes);
    let at_closing = world.sender.state(&unwatched).await.unwrap();
    assert_eq!(at_closing.status, GroupSendStatus::Paused);
    let ended = world.sender.state(&watched).await.unwrap();
    assert_eq!(ended.status, GroupSendStatus::Terminated);
    assert!(ended.sent > Some(0) && ended.sent < ended.expected, "{ended:?}");
    // Saturday, 08:05.
    world.clock.advance(TimeDelta::minutes(11 * 60 + 15));
    let saturday = world.sender.state(&unwatched).await.unwrap();
    assert!(saturday.sent > at_closing.sent, "what no one watches goes on: {saturday:?}");
    assert_eq!(world.sender.state(&watched).await.unwrap().sent, ended.sent);
}

/// Rule 8.
pub async fn rule_8_what_only_named_recipients_can_get_is_refused(world: &World) {
    let from = PhoneNumber::parse("031-8082-0000").unwrap();
    let text = TextMessage::new(from, "(광고) 예시시청 소식").unwrap();
    let unmarked = Message::new(Body::Bubble(Bubble::new("소식")));
    let mut own_words = message();
    own_words.body = Body::Bubble(Bubble::new("#{이름}님, 이번 주 소식입니다."));
    let strangers = message().with_targeting(Targeting::ConsentedStrangers);
    let free_call = Refusal::FreeCall(PhoneNumber::parse("080-000-0000").unwrap());
    let called = Message::new(message().body).with_advertising(Advertising::new("예시시청", free_call));
    let fallback = message().with_fallback(text.clone());
    for refused in [Message::from(text), unmarked, fallback, own_words, strangers, called] {
        let error = world.sender.register("rule-8", &refused).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::InvalidContent, "{error}");
    }
    world.nothing_goes();
}
