//! From the message to the receipts: choose, plan, send, settle.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik::channel::TransportExt;
use sosik::delivery::{
    self, Campaign, CampaignId, CampaignKey, CampaignState, Deed, DeliveryError, Engine, Freeze, FriendsEngine,
    FriendsRunner, Outbox, Plan, Route, Runner, Tally, Transition, freeze, plan,
};
use sosik::registry::{AudienceRequest, Purpose, Segment, SubscriberStore};
use sosik::schedule::{MessageClass, SendWindow};
use sosik::sqlite::SqliteStore;
use sosik::{Clock, ShiftedClock};
use sosik_emulator::Emulator;

use crate::Failure;
use crate::args::Args;
use crate::carrier::Carrier;
use crate::config::City;
use crate::edition::{self, Made};
use crate::people;
use crate::report::{self, Report};
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
    pub(crate) fn at_work(&mut self, now: DateTime<Utc>) {
        // A kill in between leaves no instant, and the next rehearsal begins at the slot again.
        let written = self.lock.rewind().and_then(|()| writeln!(self.lock, "{}", now.to_rfc3339()));
        if let Err(error) = written {
            say(&format!("         the lock cannot be written: {error}"));
        }
    }
}

/// What a run works with: the city's store, its carrier and its clock.
pub(crate) struct Desk<'a> {
    pub(crate) args: &'a Args,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) carrier: Carrier,
    pub(crate) clock: &'a Arc<dyn Clock>,
    /// The clock where it is moved on instead of waiting.
    pub(crate) skipping: Option<Arc<ShiftedClock>>,
    runner: Runner,
    pub(crate) friends: FriendsRunner,
    pub(crate) folder: Folder,
    /// Batches of earlier campaigns that a person has to look at.
    pub(crate) left: u64,
}

impl<'a> Desk<'a> {
    /// Opens the store, brings the subscribers in, and finds the carrier.
    pub(crate) async fn open(
        args: &'a Args,
        city: &City,
        (clock, skipping): (&'a Arc<dyn Clock>, Option<Arc<ShiftedClock>>),
        folder: Folder,
    ) -> Result<Self, Failure> {
        let store = Arc::new(people::store(args)?);
        people::bring(args, &store, &city.directory, clock.now(), city.slot.zone()).await?;
        let carrier = Carrier::of(args, clock).await?;
        let engine = Engine::builder(Arc::clone(&store) as _, Arc::clone(&store) as _, Arc::clone(&carrier.transport))
            .worker("yangju-weekly")
            .window(SendWindow::kakao_brand_message())
            .inquire_after(TimeDelta::seconds(20))
            .build();
        let runner = Runner::new(engine, Arc::clone(clock)).with_patience(TimeDelta::seconds(20));
        let friends = FriendsEngine::new(Arc::clone(&store) as _, city.channel.clone(), Arc::clone(&carrier.friends))
            .with_worker("yangju-weekly")
            .with_missed(city.missed);
        let friends = FriendsRunner::new(friends, Arc::clone(clock));
        Ok(Self { args, store, carrier, clock, skipping, runner, friends, folder, left: 0 })
    }

    /// Whether the campaign was planned before.
    pub(crate) async fn knows(&self, key: &CampaignKey) -> Result<bool, Failure> {
        Ok(self.store.campaign(key.id()).await?.is_some())
    }

    /// Brings to their end the campaigns that earlier runs left open, but for one.
    pub(crate) async fn finish_others(&mut self, but: CampaignId) -> Result<(), Failure> {
        for id in self.store.open_campaigns().await?.into_iter().filter(|id| *id != but) {
            let Some(campaign) = self.store.campaign(id).await? else { continue };
            say(&format!("earlier  {}: not at its end yet", campaign.key.edition));
            if campaign.route != Route::Recipients {
                self.left += u64::from(self.finish_elsewhere(&campaign).await?);
                continue;
            }
            let (_, outcome) = self.run(&campaign).await?;
            outcome?;
            let tally = self.store.tally(id).await?;
            self.left += tally.held;
            say(&format!("earlier  {}: {}", campaign.key.edition, line(&tally, &campaign)));
        }
        Ok(())
    }

    /// Sends the edition to everyone who agreed to it, or goes on where an earlier run stopped.
    pub(crate) async fn deliver(
        mut self,
        key: &CampaignKey,
        made: Made,
        (send_at, send_by): (DateTime<Utc>, DateTime<Utc>),
        mut report: Report,
    ) -> Result<(), Failure> {
        let out = &self.args.out;
        let cards = edition::write(&made, out)?;
        report.edition(key.edition.as_str(), &made.curation.left_out, cards);
        let campaign = self.plan(key, made, (send_at, send_by)).await?;
        let before = self.store.tally(campaign.id).await?;
        say(&format!(
            "planned  {} people in {} batches, {} left out for want of consent or a way to reach them",
            campaign.audience,
            before.batches,
            campaign.suppressed.values().sum::<u64>()
        ));
        if before.outstanding() == 0 {
            say("sent     this edition was sent before: 0 sent now");
        }
        let (accepted, outcome) = self.run(&campaign).await?;
        let tally = self.store.tally(campaign.id).await?;
        report.campaign(&campaign, &tally, accepted, self.carrier.emulator.as_ref().map(Emulator::stats));
        report.write(out)?;
        let kept = self.store.campaign(campaign.id).await?.unwrap_or(campaign.clone());
        report::pages(&delivery::Report::new(kept, tally.clone()), out)?;
        outcome?;
        let (line, path) = (line(&tally, &campaign), out.join("report.json"));
        say(&format!("settled  {line}; see {}", path.display()));
        if let Some(emulator) = self.carrier.emulator {
            emulator.stop().await;
        }
        if tally.held + self.left > 0 || tally.outstanding() > 0 {
            let (held, left) = (tally.held, self.left);
            let why = format!("{held} batches, and {left} of earlier editions, need a person's look");
            return Err(Failure::new(why));
        }
        Ok(())
    }

    /// The campaign of this slot and edition: as it was planned before, else planned now.
    async fn plan(
        &self,
        key: &CampaignKey,
        made: Made,
        (send_at, send_by): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Campaign, Failure> {
        if let Some(kept) = self.planned(key, &Route::Recipients).await? {
            if !same_words(&kept.message, &made.message) {
                say("planned  this slot's edition was planned before, with other words: those stand");
            }
            if kept.state() != CampaignState::Approved {
                return Ok(kept);
            }
            // An earlier run wrote it down and ended before its audience was chosen.
            let batch = self.carrier.transport.capabilities().batch;
            let transition = Transition::new(Deed::Plan, "yangju-weekly", self.clock.now());
            return Ok(freeze(&*self.store, &*self.store, &kept, &Freeze::new(batch, transition)).await?);
        }
        let transport = &self.carrier.transport;
        let message = transport.upload_all(made.message, &made.media).await?;
        let batch = transport.capabilities().batch;
        let request = Plan::new(key.clone(), message, MessageClass::Advertising, Segment::All, send_at, batch)
            .with_send_by(send_by);
        Ok(plan(&*self.store, &*self.store, &request, self.clock.now()).await?.campaign)
    }

    /// The campaign of this slot and edition as it was planned before, by the same route.
    pub(crate) async fn planned(&self, key: &CampaignKey, route: &Route) -> Result<Option<Campaign>, Failure> {
        let kept = self.store.campaign(key.id()).await?;
        match &kept {
            Some(other) if other.route.code() != route.code() => {
                let (edition, route) = (&key.edition, &other.route);
                Err(Failure::new(format!(
                    "--route: {edition} goes by the route `{route}` already: nobody gets it twice"
                )))
            }
            _ => Ok(kept),
        }
    }

    /// Runs until nothing more can be done for a campaign. Tells how many the carrier newly took, and what stopped it.
    async fn run(&mut self, campaign: &Campaign) -> Result<(u64, Result<(), DeliveryError>), Failure> {
        let mut progress = Progress::new(&self.store.tally(campaign.id).await?);
        let mut accepted = 0;
        let (folder, clock) = (&mut self.folder, self.clock);
        let outcome = self
            .runner
            .run_until_settled(campaign.id, |step| {
                accepted += step.accepted;
                progress.step(step);
                folder.at_work(clock.now());
            })
            .await;
        progress.done();
        Ok((accepted, outcome.map(|_| ())))
    }
}

/// Draws, composes and counts, and sends nothing.
pub(crate) async fn dry_run(
    args: &Args,
    city: &City,
    made: &Made,
    send_at: DateTime<Utc>,
    now: DateTime<Utc>,
    mut report: Report,
) -> Result<(), Failure> {
    let store = people::store(args)?;
    people::bring(args, &store, &city.directory, now, city.slot.zone()).await?;
    let cards = edition::write(made, &args.out)?;
    report.edition(made.curation.edition.id().as_str(), &made.curation.left_out, cards);
    let request = AudienceRequest::new(Segment::All, Purpose::Advertising, send_at);
    let audience = store.audience(&request).await?;
    report.dry(audience.members.len() as u64, &audience.suppressed);
    say(&format!("dry run  {} people would get it; nothing was sent", audience.members.len()));
    report.write(&args.out)
}

/// A campaign in one line.
fn line(tally: &Tally, campaign: &Campaign) -> String {
    format!(
        "{} delivered, {} by text, {} failed, {} unknown, of {}",
        tally.delivered, tally.fallback, tally.failed, tally.unknown, campaign.audience
    )
}

/// Whether two messages say the same, wherever their pictures lie.
pub(crate) fn same_words(kept: &sosik::channel::Message, made: &sosik::channel::Message) -> bool {
    kept.clone().with_media(|_, _| Some(sosik::channel::MediaRef::new("")))
        == made.clone().with_media(|_, _| Some(sosik::channel::MediaRef::new("")))
}
