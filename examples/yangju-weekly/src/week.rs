//! One week: what is decided, made and sent, in this order.

use std::sync::Arc;

use sosik::content::EditionId;
use sosik::delivery::CampaignKey;
use sosik::schedule::{Facts, KoreanCalendar, MessageClass, Policy, Product, Request, Verdict, decide};
use sosik::{Clock, ShiftedClock, SystemClock};

use crate::args::{Args, Provider, Way};
use crate::config::City;
use crate::failure::Failure;
use crate::report::Report;
use crate::screen::say;
use crate::send::{Desk, Folder};
use crate::{deliver, edition, routes};

/// Decides, makes and sends.
pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let city = City::read(args.config.as_deref())?;
    let folder = Folder::take(&args.out)?;
    if let Some(account) = &args.attest {
        return routes::attest(args, account, &city).await;
    }
    let feed = edition::read(args.feed.as_deref())?;

    // A rehearsal begins at the slot after the newest post; a real run is now.
    let system: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let newest = feed.posts.iter().filter_map(|post| post.published).max();
    let real = args.provider == Provider::Bizgo && args.now.is_none();
    let start = args.now.or(newest.filter(|_| !real)).unwrap_or_else(|| system.now());
    let nominal = if real { city.slot.this_week(start) } else { city.slot.next(start) };
    let nominal = if args.now.is_some() { city.slot.this_week(start) } else { nominal };
    let zone = city.slot.zone();
    let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
    let request = Request::new(MessageClass::Advertising, nominal).with_product(Product::BrandMessage);
    let ask = |now| decide(&request, &Facts::new(&policy, &calendar), now);
    let now = if args.now.is_some() || real { start } else { ask(start).due };
    let decision = ask(now);
    for reason in &decision.reasons {
        say(&format!("decided  [{}] {} / {}", reason.code(), reason.english(), reason.korean()));
    }

    let begin = match decision.verdict {
        Verdict::Wait { until, .. } if !real => until,
        _ => now,
    };
    // A rehearsal that goes on where another stopped does not turn its clock back.
    let begin = if real { begin } else { folder.last.map_or(begin, |last| begin.max(last)) };
    let rehearsal = (!real).then(|| Arc::new(ShiftedClock::starting_at(begin, Arc::clone(&system))));
    let clock: Arc<dyn Clock> = rehearsal.clone().map_or(system, |rehearsal| rehearsal as _);
    // The minutes before a group send and those of its course are skipped where the dealer's clock is this one.
    let skipping = rehearsal.filter(|_| args.provider == Provider::Emulator);
    let report = Report::new(nominal, zone, &decision);
    if args.dry_run && args.route == Way::Recipients {
        let made = edition::make_all(&city, &feed.posts, nominal, &decision)?;
        return deliver::dry_run(args, &city, &made, decision.due, clock.now(), report).await;
    }
    let mut desk = Desk::open(args, &city, (&clock, skipping), folder).await?;
    if args.dry_run {
        let made = edition::make(&city, &feed.posts, nominal, &decision)?;
        edition::tell(&made);
        return desk.dry_run(made, nominal, decision.due, report).await;
    }

    // What an earlier run left behind comes first: it is finished, or held where its time is past.
    let key = CampaignKey::new(city.own.channel.clone(), nominal, EditionId::weekly(&city.own.channel, nominal, zone));
    desk.finish_others(&key).await?;
    match decision.verdict {
        Verdict::Send => {}
        Verdict::Wait { .. } if !real => {}
        _ if desk.knows(&key).await? => {}
        Verdict::Wait { until, .. } => {
            say(&format!("waiting  run this again at {}", until.with_timezone(&zone).to_rfc3339()));
            return Ok(());
        }
        _ => return Err(Failure::new("it is too late for this edition: a person has to decide, see the reasons")),
    }
    let when = (decision.due, decision.due + policy.late_for);
    if args.route == Way::Recipients {
        let editions = edition::make_all(&city, &feed.posts, nominal, &decision)?;
        return desk.deliver(&city, &key, editions, when, report).await;
    }
    let made = edition::make(&city, &feed.posts, nominal, &decision)?;
    edition::tell(&made);
    match args.route {
        Way::Recipients => Ok(()),
        Way::Friends => desk.deliver_to_friends(&key, made, when, report).await,
        Way::Kit => desk.by_hand(&key, made, when, report).await,
    }
}
