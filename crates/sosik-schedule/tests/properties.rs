//! What holds of every decision, whatever is asked.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use proptest::prelude::*;
use sosik_schedule::{
    Blackout, ContentClass, Election, ElectionKind, Facts, FrequencyCap, History, KoreanCalendar, MessageClass, Period,
    Policy, Product, Request, Roll, Scope, Verdict, decide, is_working_day, regular_elections,
};

#[derive(Clone, Debug)]
struct World {
    policy: Policy,
    history: History,
    elections: Vec<Election>,
    night_consent: bool,
    request: Request,
    now: DateTime<Utc>,
}

fn base() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2029, 9, 1, 0, 0, 0).unwrap()
}

prop_compose! {
    fn world()(
        minutes in 0i64..600_000, ahead in -20_000i64..20_000, class in 0usize..5, content in prop::option::of(0usize..9),
        product in prop::option::of(0usize..4), roll in 0usize..5, late in 0i64..20_000, office in any::<bool>(),
        caps in prop::collection::vec((1u32..4, 0usize..5, any::<bool>()), 0..3), gap in prop::option::of(1i64..5_000),
        blackout in prop::option::of((0i64..420, 0i64..40)), sends in prop::collection::vec(0i64..600_000, 0..12),
        night_consent in any::<bool>(), elect in any::<bool>(),
    ) -> World {
        let nominal = base() + TimeDelta::minutes(minutes);
        let mut request = Request::new(MessageClass::ALL[class], nominal);
        request.content = content.map(|at| ContentClass::ALL[at]);
        request.product = product.map(|at| Product::ALL[at]);
        let mut policy = if office { Policy::city() } else { Policy::korea() }
            .with_roll(Roll::ALL[roll]).with_late_for(TimeDelta::minutes(late));
        for (max, period, channel) in caps {
            let period = [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Rolling(TimeDelta::days(6))][period];
            policy = policy.with_cap(FrequencyCap::new(if channel { Scope::Channel } else { Scope::Recipient }, max, period));
        }
        if let Some(gap) = gap { policy = policy.with_minimum_gap(TimeDelta::minutes(gap)); }
        if let Some((from, days)) = blackout {
            let first = NaiveDate::from_ymd_opt(2029, 9, 1).unwrap() + TimeDelta::days(from);
            policy = policy.with_blackout(Blackout::new("manual", first..=first + TimeDelta::days(days), "중지", "a stop", "a test of this crate"));
        }
        let history = sends.iter().fold(History::new(), |history, minutes| {
            let at = base() + TimeDelta::minutes(*minutes);
            history.with_content(at, at, ContentClass::ALL[usize::try_from(*minutes).unwrap() % 9])
        });
        let mut elections = if elect { regular_elections(2030, &KoreanCalendar::new()) } else { Vec::new() };
        if elect { elections.push(Election::new(NaiveDate::from_ymd_opt(2029, 10, 10).unwrap(), ElectionKind::ByOfHead)); }
        World { policy, history, elections, night_consent, request, now: nominal + TimeDelta::minutes(ahead) }
    }
}

fn facts<'a>(world: &'a World, calendar: &'a KoreanCalendar) -> Facts<'a> {
    let facts = Facts::new(&world.policy, calendar)
        .with_elections(&world.elections)
        .with_channel(&world.history)
        .with_recipient(&world.history);
    if world.night_consent { facts.with_night_consent() } else { facts }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_it_gives_is_allowed_by_every_rule(world in world()) {
        let calendar = KoreanCalendar::new();
        let facts = facts(&world, &calendar);
        let decision = decide(&world.request, &facts, world.now);
        prop_assert!(!decision.reasons.is_empty());
        let Some(at) = decision.at(world.now) else {
            prop_assert!(decision.reasons.iter().any(|reason| reason.code() == "too-late"));
            return Ok(());
        };
        prop_assert!(at >= world.now);
        let again = decide(&world.request, &facts, at);
        prop_assert_eq!(again.verdict, Verdict::Send, "asked at the instant it gave");
        prop_assert_eq!(again.due, decision.due);
        if world.request.class.is_emergency() { return Ok(()); }
        // Looked at from outside, rule by rule.
        let zone = world.policy.zone;
        let date = at.with_timezone(&zone).date_naive();
        for rule in &world.policy.windows {
            let open = rule.window.is_open(at) || rule.night_consent && world.night_consent;
            prop_assert!(open || !rule.concerns(world.request.class, world.request.product), "{}", rule.window.code());
        }
        prop_assert!(world.policy.blackouts.iter().all(|blackout| !blackout.covers(world.request.class, date)));
        if world.policy.roll != Roll::None { prop_assert!(is_working_day(&calendar, date)); }
        for cap in &world.policy.caps {
            prop_assert_eq!(cap.allows_from(&world.history, world.request.nominal, at, zone), at);
        }
        if let Some(gap) = world.policy.minimum_gap {
            let near = world.history.sends().filter(|send| send.nominal != world.request.nominal)
                .any(|send| send.at <= at && at - send.at < gap);
            prop_assert!(!near);
        }
        if world.request.content.is_none_or(|content| content == ContentClass::Publicity) {
            let heads = world.elections.iter().filter(|election| election.kind.elects_head());
            prop_assert!(heads.clone().all(|election| !election.last_days(180).contains(&date)));
        }
        prop_assert!(at - decision.due <= world.policy.late_for);
    }

    #[test]
    fn later_questions_never_give_earlier_answers(world in world(), more in 0i64..30_000) {
        let calendar = KoreanCalendar::new();
        let facts = facts(&world, &calendar);
        let later = world.now + TimeDelta::minutes(more);
        let (first, second) = (decide(&world.request, &facts, world.now), decide(&world.request, &facts, later));
        match (first.at(world.now), second.at(later)) {
            (Some(first), Some(second)) => prop_assert!(first <= second, "{first} then {second}"),
            (None, second) => prop_assert!(second.is_none(), "refused, and later allowed"),
            (Some(_), None) => {}
        }
    }

    #[test]
    fn what_was_sent_for_the_slot_changes_nothing(world in world()) {
        let calendar = KoreanCalendar::new();
        let before = decide(&world.request, &facts(&world, &calendar), world.now);
        let Some(at) = before.at(world.now) else { return Ok(()) };
        let mut sent = world.clone();
        sent.history = match world.request.content {
            Some(content) => sent.history.with_content(at, world.request.nominal, content),
            None => sent.history.with_send(at, world.request.nominal),
        };
        prop_assert_eq!(decide(&world.request, &facts(&sent, &calendar), world.now), before);
    }
}
