//! From the message to the receipts: choose, plan, send, settle.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sosik::Clock;
use sosik::channel::TransportExt;
use sosik::delivery::{CampaignKey, Engine, Outbox, Plan, Runner, plan};
use sosik::registry::{AudienceRequest, Purpose, Segment, SubscriberStore};
use sosik::schedule::{MessageClass, SendWindow};

use crate::Failure;
use crate::args::Args;
use crate::carrier::Carrier;
use crate::config::City;
use crate::edition::{self, Made};
use crate::people;
use crate::report::Report;
use crate::screen::{Progress, say};

/// A folder taken for one run, and the instant at which the run before it was last at work.
pub(crate) struct Folder {
    lock: File,
    pub(crate) last: Option<DateTime<Utc>>,
}

impl Folder {
    /// Takes a folder for this run alone: two runs under one worker's name would take each other's batches.
    pub(crate) fn take(out: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(out).map_err(Failure::at("the folder", out))?;
        let path = out.join("lock");
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut lock = options.open(&path).map_err(Failure::at("the lock", &path))?;
        if lock.try_lock().is_err() {
            return Err(Failure::new(format!("another run is at work in {}: wait for it to end", out.display())));
        }
        let mut text = String::new();
        lock.read_to_string(&mut text).map_err(Failure::at("the lock", &path))?;
        let last = text.lines().next().and_then(|line| DateTime::parse_from_rfc3339(line).ok()).map(|at| at.to_utc());
        Ok(Self { lock, last })
    }

    /// Writes down that the run was at work at an instant: a rehearsal's clock never goes back.
    fn at_work(&mut self, now: DateTime<Utc>) {
        // A kill in between leaves no instant, and the next rehearsal begins at the slot again.
        let written = self.lock.rewind().and_then(|()| writeln!(self.lock, "{}", now.to_rfc3339()));
        if let Err(error) = written {
            say(&format!("         the lock cannot be written: {error}"));
        }
    }
}

/// Says when to come back.
pub(crate) fn wait_until(until: DateTime<Utc>, zone: Tz) {
    say(&format!("waiting  run this again at {}", until.with_timezone(&zone).to_rfc3339()));
}

#[expect(clippy::too_many_arguments, reason = "what a run has gathered by then")]
/// Sends the edition to everyone who agreed to it, or goes on where an earlier run stopped.
pub(crate) async fn deliver(
    args: &Args,
    city: &City,
    made: Made,
    nominal: DateTime<Utc>,
    send_at: DateTime<Utc>,
    clock: &Arc<dyn Clock>,
    folder: &mut Folder,
    report: &mut Report,
) -> Result<(), Failure> {
    let store = Arc::new(people::store(args)?);
    people::bring(args, &store, &city.directory, clock.now(), city.slot.zone()).await?;
    let edition = made.curation.edition.id().clone();
    let key = CampaignKey::new(city.channel.clone(), nominal, edition.clone());
    let kept = store.campaign(key.id()).await?;
    if args.dry_run {
        report.edition(edition.as_str(), &made.curation.left_out, edition::write(&made, &args.out)?);
        let request = AudienceRequest::new(Segment::All, Purpose::Advertising, send_at);
        let audience = store.audience(&request).await?;
        report.dry(audience.members.len() as u64, &audience.suppressed);
        say(&format!("dry run  {} people would get it; nothing was sent", audience.members.len()));
        return report.write(&args.out);
    }

    let carrier = Carrier::of(args, clock).await?;
    if kept.as_ref().is_some_and(|kept| !same_words(&kept.message, &made.message)) {
        say("planned  this slot's edition was planned before, with other words: those stand");
    }
    let cards = edition::write(&made, &args.out)?;
    report.edition(edition.as_str(), &made.curation.left_out, cards);
    let campaign = if let Some(campaign) = kept {
        campaign
    } else {
        let message = carrier.transport.upload_all(made.message, &made.media).await?;
        let batch = carrier.transport.capabilities().batch;
        let request = Plan::new(key, message, MessageClass::Advertising, Segment::All, send_at, batch);
        plan(&*store, &*store, &request, clock.now()).await?.campaign
    };
    let before = store.tally(campaign.id).await?;
    say(&format!(
        "planned  {} people in {} batches, {} left out for want of consent or a way to reach them",
        campaign.audience,
        before.batches,
        campaign.suppressed.values().sum::<u64>()
    ));
    if before.outstanding() == 0 {
        say("sent     this edition was sent before: 0 sent now");
    }

    let engine = Engine::builder(Arc::clone(&store) as _, Arc::clone(&store) as _, Arc::clone(&carrier.transport))
        .worker("yangju-weekly")
        .window(SendWindow::statutory_day())
        .window(SendWindow::kakao_brand_message())
        .inquire_after(TimeDelta::seconds(20))
        .build();
    let runner = Runner::new(engine, Arc::clone(clock)).with_patience(TimeDelta::seconds(20));
    let mut progress = Progress::new(&before);
    let outcome = runner
        .run_until_settled(campaign.id, |step| {
            progress.step(step);
            folder.at_work(clock.now());
        })
        .await;
    progress.done();

    let tally = store.tally(campaign.id).await?;
    let accepted = *outcome.as_ref().unwrap_or(&0);
    report.campaign(&campaign, &tally, accepted, carrier.emulator.as_ref().map(sosik_emulator::Emulator::stats));
    report.write(&args.out)?;
    outcome?;
    say(&format!(
        "settled  {} delivered, {} by text, {} failed, {} unknown, of {}; see {}",
        tally.delivered,
        tally.fallback,
        tally.failed,
        tally.unknown,
        campaign.audience,
        args.out.join("report.json").display()
    ));
    if let Some(emulator) = carrier.emulator {
        emulator.stop().await;
    }
    if tally.held > 0 || tally.outstanding() > 0 {
        return Err(Failure::new(format!("{} batches need a person's look", tally.held)));
    }
    Ok(())
}

/// Whether two messages say the same, wherever their pictures lie.
fn same_words(kept: &sosik::channel::Message, made: &sosik::channel::Message) -> bool {
    kept.clone().with_media(|_| Some(sosik::channel::MediaRef::new("")))
        == made.clone().with_media(|_| Some(sosik::channel::MediaRef::new("")))
}
