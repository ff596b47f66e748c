//! What a run works with, and what earlier runs left.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik::channel::Uploads;
use sosik::delivery::{CampaignKey, Engine, FriendsEngine, FriendsRunner, Outbox, Route, Runner};
use sosik::schedule::SendWindow;
use sosik::sqlite::SqliteStore;
use sosik::{Clock, ShiftedClock};

use crate::Failure;
use crate::args::Args;
use crate::carrier::Carrier;
use crate::config::City;
use crate::deliver::line;
use crate::people;
use crate::screen::say;

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
    pub(crate) runner: Runner,
    pub(crate) friends: FriendsRunner,
    pub(crate) folder: Folder,
    /// What was uploaded in this run.
    pub(crate) uploads: Uploads,
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
        people::bring(args, &store, city, clock.now()).await?;
        let carrier = Carrier::of(args, city, clock).await?;
        let engine = Engine::builder(Arc::clone(&store) as _, Arc::clone(&store) as _, Arc::clone(&carrier.transport))
            .worker("yangju-weekly")
            .window(SendWindow::kakao_brand_message())
            .inquire_after(TimeDelta::seconds(20));
        let districts = carrier.districts();
        let engine =
            districts.fold(engine, |engine, (channel, way)| engine.channel_beside(channel.clone(), Arc::clone(way)));
        let runner = Runner::new(engine.build(), Arc::clone(clock)).with_patience(TimeDelta::seconds(20));
        let friends =
            FriendsEngine::new(Arc::clone(&store) as _, city.own.channel.clone(), Arc::clone(&carrier.friends))
                .with_worker("yangju-weekly")
                .with_missed(city.missed);
        let friends = FriendsRunner::new(friends, Arc::clone(clock));
        Ok(Self {
            args,
            store,
            carrier,
            clock,
            skipping,
            runner,
            friends,
            folder,
            uploads: Uploads::default(),
            left: 0,
        })
    }

    /// Whether the campaign was planned before.
    pub(crate) async fn knows(&self, key: &CampaignKey) -> Result<bool, Failure> {
        Ok(self.store.campaign(key.id()).await?.is_some())
    }

    /// Brings to their end the campaigns that earlier runs left open, but for those of an edition.
    pub(crate) async fn finish_others(&mut self, but: &CampaignKey) -> Result<(), Failure> {
        for id in self.store.open_campaigns().await? {
            let Some(campaign) = self.store.campaign(id).await? else { continue };
            let key = &campaign.key;
            if key.is_same_edition(but) {
                continue;
            }
            let name = if key.channel == but.channel {
                key.edition.to_string()
            } else {
                format!("{} by {}", key.edition, key.channel)
            };
            say(&format!("earlier  {name}: not at its end yet"));
            if campaign.route != Route::Recipients {
                self.left += u64::from(self.finish_elsewhere(&campaign).await?);
                continue;
            }
            let (_, outcome) = self.run(&[campaign]).await?;
            outcome?;
            let tally = self.store.tally(id).await?;
            self.left += tally.held;
            say(&format!("earlier  {name}: {}", line(&tally)));
        }
        Ok(())
    }
}
