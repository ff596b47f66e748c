//! From the message to the receipts, to named people: choose, plan, send, settle.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sosik::ChannelId;
use sosik::channel::TransportExt;
use sosik::delivery::{
    self, Campaign, CampaignKey, CampaignState, Deed, DeliveryError, Freeze, Outbox, Plan, Route, Tally, Transition,
    freeze, plan,
};
use sosik::registry::{AudienceRequest, Purpose, Segment, SubscriberStore};
use sosik::schedule::MessageClass;
use sosik_emulator::Emulator;

use crate::Failure;
use crate::args::Args;
use crate::config::City;
use crate::edition::{self, Editions, Made};
use crate::people;
use crate::report::{self, Report};
use crate::screen::{Progress, say};
use crate::send::Desk;

type When = (DateTime<Utc>, DateTime<Utc>);

impl Desk<'_> {
    /// Sends the edition to everyone who agreed to it, or goes on where an earlier run stopped: through the channel of their
    /// district to those who added it, and through the city's to everyone else.
    pub(crate) async fn deliver(
        mut self,
        city: &City,
        key: &CampaignKey,
        editions: Editions,
        when: When,
        mut report: Report,
    ) -> Result<(), Failure> {
        // Before anything is planned: by another way nobody gets it twice.
        self.planned(key, &Route::Recipients).await?;
        let out = &self.args.out;
        let cards = edition::write(&editions.own, out)?;
        report.edition(key.edition.as_str(), &editions.own.curation.left_out, cards);
        let mut campaigns = Vec::new();
        // Whoever has it by their district's channel is left out of the city's.
        for (voice, made) in city.districts.iter().zip(editions.districts) {
            edition::write(&made, &folder(out, &voice.channel))?;
            let key = key.through(voice.channel.clone());
            let campaign = self.plan(&key, made, Segment::Channel(voice.channel.clone()), when).await?;
            say(&format!("planned  {} people by {}", campaign.audience, voice.profile.sender()));
            campaigns.push(campaign);
        }
        let own = self.plan(key, editions.own, Segment::All, when).await?;
        campaigns.push(own.clone());
        let mut outstanding = 0;
        for campaign in &campaigns {
            outstanding += self.store.tally(campaign.id).await?.outstanding();
        }
        say(&format!(
            "planned  {} people by {}, {} left out: they have it by another channel, or did not agree, or cannot be reached",
            own.audience,
            city.own.profile.sender(),
            own.suppressed.values().sum::<u64>()
        ));
        if outstanding == 0 {
            say("sent     this edition was sent before: 0 sent now");
        }
        let (accepted, outcome) = self.run(&campaigns).await?;
        let mut all = Tally::default();
        for campaign in &campaigns {
            let tally = self.store.tally(campaign.id).await?;
            let kept = self.store.campaign(campaign.id).await?.unwrap_or(campaign.clone());
            if campaign.id == own.id {
                report.campaign(&kept, &tally, accepted, self.carrier.emulator.as_ref().map(Emulator::stats));
                report::pages(&delivery::Report::new(kept, tally.clone()), out)?;
            } else {
                report.district(&kept, &tally);
                report::pages(&delivery::Report::new(kept, tally.clone()), &folder(out, &campaign.key.channel))?;
            }
            all += &tally;
        }
        report.write(out)?;
        outcome?;
        let (line, path) = (line(&all), out.join("report.json"));
        say(&format!("settled  {line}; see {}", path.display()));
        if let Some(emulator) = self.carrier.emulator {
            emulator.stop().await;
        }
        if all.held + self.left > 0 || all.outstanding() > 0 {
            let (held, left) = (all.held, self.left);
            let why = format!("{held} batches, and {left} of earlier editions, need a person's look");
            return Err(Failure::new(why));
        }
        Ok(())
    }

    /// The campaign of a channel, this slot and edition: as it was planned before, else planned now.
    async fn plan(
        &mut self,
        key: &CampaignKey,
        made: Made,
        segment: Segment,
        (send_at, send_by): When,
    ) -> Result<Campaign, Failure> {
        let transport = Arc::clone(self.carrier.through(&key.channel));
        let batch = transport.capabilities().batch;
        if let Some(kept) = self.planned(key, &Route::Recipients).await? {
            if !same_words(&kept.message, &made.message) {
                say("planned  this slot's edition was planned before, with other words: those stand");
            }
            if kept.state() != CampaignState::Approved {
                return Ok(kept);
            }
            // An earlier run wrote it down and ended before its audience was chosen.
            let transition = Transition::new(Deed::Plan, "yangju-weekly", self.clock.now());
            return Ok(freeze(&*self.store, &*self.store, &kept, &Freeze::new(batch, transition)).await?);
        }
        let message = transport.upload_new(made.message, &made.media, &mut self.uploads).await?;
        let request =
            Plan::new(key.clone(), message, MessageClass::Advertising, segment, send_at, batch).with_send_by(send_by);
        Ok(plan(&*self.store, &*self.store, &request, self.clock.now()).await?.campaign)
    }

    /// The campaign of this slot and edition as it was planned before, by the same route.
    pub(crate) async fn planned(&self, key: &CampaignKey, route: &Route) -> Result<Option<Campaign>, Failure> {
        let kept = self.store.campaign(key.id()).await?;
        let latest = self.store.campaigns(None, LATEST).await?;
        let same = latest.iter().filter(|other| other.key.is_same_edition(key));
        match kept.iter().chain(same).find(|other| other.route.code() != route.code()) {
            Some(other) => {
                let (edition, route) = (&key.edition, &other.route);
                Err(Failure::new(format!(
                    "--route: {edition} goes by the route `{route}` already: nobody gets it twice"
                )))
            }
            None => Ok(kept),
        }
    }

    /// Runs until nothing more can be done for some campaigns. Tells how many the carrier newly took, and what stopped it.
    pub(crate) async fn run(&mut self, campaigns: &[Campaign]) -> Result<(u64, Result<(), DeliveryError>), Failure> {
        let mut before = Tally::default();
        for campaign in campaigns {
            before += &self.store.tally(campaign.id).await?;
        }
        let mut progress = Progress::new(&before);
        let mut accepted = 0;
        let (folder, clock) = (&mut self.folder, self.clock);
        let mut outcome = Ok(());
        for campaign in campaigns {
            let ran = self.runner.run_until_settled(campaign.id, |step| {
                accepted += step.accepted;
                progress.step(step);
                folder.at_work(clock.now());
            });
            outcome = ran.await.map(drop);
            if outcome.is_err() {
                break;
            }
        }
        progress.done();
        Ok((accepted, outcome))
    }
}

/// How many campaigns are looked through for those of an edition: more than a city has channels.
const LATEST: usize = 500;

/// Where what concerns a district's channel is written.
fn folder(out: &Path, channel: &ChannelId) -> std::path::PathBuf {
    out.join("districts").join(channel.as_str())
}

/// Draws, composes and counts, and sends nothing.
pub(crate) async fn dry_run(
    args: &Args,
    city: &City,
    made: &Editions,
    send_at: DateTime<Utc>,
    now: DateTime<Utc>,
    mut report: Report,
) -> Result<(), Failure> {
    let store = people::store(args)?;
    people::bring(args, &store, city, now).await?;
    let own = &made.own;
    let cards = edition::write(own, &args.out)?;
    report.edition(own.curation.edition.id().as_str(), &own.curation.left_out, cards);
    let mut rest = Segment::All;
    for (voice, made) in city.districts.iter().zip(&made.districts) {
        edition::write(made, &folder(&args.out, &voice.channel))?;
        let part = Segment::Channel(voice.channel.clone());
        // Whoever added two channels is counted with the first.
        let request = AudienceRequest::new(rest.clone().and(part.clone()), Purpose::Advertising, send_at);
        let count = store.audience(&request.through(voice.channel.clone())).await?.members.len();
        say(&format!("dry run  {count} people would get it by {}", voice.profile.sender()));
        rest = rest.and(part.negated());
    }
    let request = AudienceRequest::new(rest, Purpose::Advertising, send_at).through(city.own.channel.clone());
    let audience = store.audience(&request).await?;
    report.dry(audience.members.len() as u64, &audience.suppressed);
    let (count, sender) = (audience.members.len(), city.own.profile.sender());
    say(&format!("dry run  {count} people would get it by {sender}; nothing was sent"));
    report.write(&args.out)
}

/// What became of everyone, in one line.
pub(crate) fn line(tally: &Tally) -> String {
    format!(
        "{} delivered, {} by text, {} failed, {} unknown, of {}",
        tally.delivered,
        tally.fallback,
        tally.failed,
        tally.unknown,
        tally.planned()
    )
}

/// Whether two messages say the same, wherever their pictures lie.
pub(crate) fn same_words(kept: &sosik::channel::Message, made: &sosik::channel::Message) -> bool {
    kept.clone().with_media(|_, _| Some(sosik::channel::MediaRef::new("")))
        == made.clone().with_media(|_, _| Some(sosik::channel::MediaRef::new("")))
}
