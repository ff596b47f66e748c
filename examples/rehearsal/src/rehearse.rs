//! The rehearsal itself: it starts the others, kills them, and counts.

use std::time::Duration;

use serde_json::{Value, json};
use sosik::channel::http;
use sosik::delivery::{CampaignId, Outbox, QueueError, Tally};
use sosik::{Clock, Entropy, SeededEntropy, SystemClock};

use crate::args::{Rehearse, Trouble};
use crate::baseline::{now, rate};
use crate::city;
use crate::crew::{City, Running, Worker, dealer, peak_of, shell};
use crate::failure::Failure;
use crate::place::{self, Place, Store};
use crate::receiver::Address;
use crate::worker::{is_away, open, patiently, sleep};

/// How often it looks at the workers.
const LOOK: Duration = Duration::from_millis(100);

/// How many recipients the baseline is measured with at the most.
const BASELINE: u32 = 500_000;

/// What was counted.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) json: Value,
    pub(crate) is_whole: bool,
}

pub(crate) async fn rehearse(args: &Rehearse) -> Result<Outcome, Failure> {
    let place = Place::of(args.store.as_deref())?;
    let queue = args.queue.as_deref().map(place::queue).transpose()?;
    // Made here, so that a wrong address is told before anything else is done; and removed at the end.
    let made = match &queue {
        Some(queue) => Some(place::connect(queue).await?),
        None => None,
    };
    let outcome = rehearse_at(args, &place, queue.as_deref()).await;
    if let Some(made) = made {
        let removed = patiently(|| made.remove(), QueueError::is_retryable).await;
        // What went wrong before says more.
        return outcome.and_then(|outcome| removed.map_err(Failure::at("the queue")).map(|()| outcome));
    }
    outcome
}

async fn rehearse_at(args: &Rehearse, place: &Place, queue: Option<&str>) -> Result<Outcome, Failure> {
    let ahead = city::friday().signed_duration_since(SystemClock::new().now()).num_milliseconds();
    let clock = city::clock(ahead);
    let duplicates = args.faults.contains(&Trouble::DuplicateReceipts);
    let address = if duplicates { Some(Address::take().await?) } else { None };
    let (dealer, url) = dealer(args, ahead, address.as_ref().map(|address| address.url.as_str())).await?;
    let mut running = Running { dealer, workers: Vec::new() };
    let measured = args.recipients.min(BASELINE);
    let baseline = if args.baseline { Some(rate(&url, measured, args.batch, ahead).await?) } else { None };
    let before = stats(&url).await?;

    let store = Store::open(&place.name, 96).await?;
    let receiver = address.map(|address| address.listen(&store, &url, ahead)).transpose()?;
    let start = now();
    city::populate(&*store.people, args.recipients, clock.now()).await?;
    let populated = start.elapsed().as_secs_f64();
    let people_bytes = place.bytes();
    let start = now();
    let campaign = city::campaign(&store, args.batch, clock.now()).await?;
    let planned = start.elapsed().as_secs_f64();

    let city = City { store: &place.name, queue, url: &url, ahead };
    let sent = send(args, &store, campaign.id, &city, &mut running.workers).await?;
    let tally = tally(&store, campaign.id).await?;
    let after = stats(&url).await?;
    let rate = f64::from(args.recipients) / sent.accepted_after.unwrap_or(sent.seconds);
    let bytes = place.bytes();
    let distinct = count(&after, "distinct") - count(&before, "distinct");
    let lost = u64::from(args.recipients).saturating_sub(distinct);
    let duplicates = count(&after, "duplicates") - count(&before, "duplicates");
    // What the ledger says is what the dealer counted, and nobody is left.
    let is_accounted_for =
        tally.planned() == campaign.audience && tally.outstanding() + tally.unknown + tally.held == 0;
    let is_whole = sent.disturbed != Some(false)
        && lost == 0
        && duplicates == 0
        && is_accounted_for
        && tally.delivered == taken(&after, &before);
    let json = json!({
        "recipients": args.recipients,
        "accepted": taken(&after, &before),
        "distinct": distinct,
        "duplicates": duplicates,
        "lost": lost,
        "delivered": tally.delivered,
        "failed": tally.failed,
        "fallback": tally.fallback,
        "suppressed": tally.suppressed.values().sum::<u64>(),
        "unknown": tally.unknown,
        "outstanding": tally.outstanding(),
        "kills": sent.kills,
        "workers": args.workers,
        "halfway_succeeded": sent.disturbed,
        "receipts_by_webhook": receiver.map(|receiver| receiver.counts()).map(|(taken, news)| json!({ "taken": taken, "news": news })),
        "seconds": { "citizens": round(populated), "planning": round(planned), "sending": sent.accepted_after.map(round), "settled": round(sent.seconds) },
        "recipients_a_second": { "accepted": rate.round(), "settled": (f64::from(args.recipients) / sent.seconds).round() },
        "baseline_recipients_a_second": baseline.map(f64::round),
        "of_baseline": baseline.map(|baseline| round(rate / baseline)),
        "worker_peak_megabytes": round(sent.peak),
        "database_bytes": bytes,
        "ledger_bytes_a_recipient": bytes.zip(people_bytes).map(|(all, people)| round(real(all.saturating_sub(people)) / f64::from(args.recipients))),
        "schema": place.schema(),
        "state": campaign_state(&*store.outbox, campaign.id).await?,
    });
    Ok(Outcome { json, is_whole })
}

/// What the sending was like.
struct Sent {
    kills: u32,
    /// The most memory of a worker, in megabytes.
    peak: f64,
    /// After how many seconds everyone was taken, where that was seen.
    accepted_after: Option<f64>,
    seconds: f64,
    disturbed: Option<bool>,
}

/// Starts the workers, kills some of them, and waits until nothing is left to do.
async fn send(
    args: &Rehearse,
    store: &Store,
    campaign: CampaignId,
    city: &City<'_>,
    workers: &mut Vec<Worker>,
) -> Result<Sent, Failure> {
    let before = stats(city.url).await?;
    let start = now();
    let mut halfway = args.halfway.as_deref();
    let mut disturbance = None;
    let chance = Chance(SeededEntropy::new(args.seed));
    let (mut kills, mut peak, mut started) = (0, 0.0_f64, 0);
    let (mut accepted_after, mut ask_at) = (None, Duration::ZERO);
    for _ in 0..args.workers.max(1) {
        workers.push(city.worker(format!("worker-{started}"))?);
        started += 1;
    }
    // A kill every so often, as long as there is work.
    let mut next_kill = chance.moment(args.kills);
    loop {
        sleep(LOOK).await;
        let mut alive = 0;
        for slot in &mut *workers {
            peak = peak.max(peak_of(slot.id()).unwrap_or(0.0));
            match slot.try_wait().map_err(Failure::at("a worker"))? {
                None => alive += 1,
                Some(status) if status.success() => {}
                Some(status) => return Err(Failure::new(format!("a worker ended by itself: {status}"))),
            }
        }
        if let Some(command) = halfway
            && taken(&stats(city.url).await?, &before) * 2 >= u64::from(args.recipients)
        {
            disturbance = Some(shell(command)?);
            halfway = None;
        }
        let open = !open(&*store.outbox).await?.is_empty();
        // Everyone is counted to answer that: asked often, it would do little else.
        if accepted_after.is_none() && start.elapsed() >= ask_at {
            let asked = now();
            if tally(store, campaign).await?.pending == 0 {
                accepted_after = Some(start.elapsed().as_secs_f64());
            }
            ask_at = start.elapsed() + asked.elapsed() * 20;
        }
        if !open && alive == 0 {
            break;
        }
        if open && kills < args.kills && start.elapsed() >= next_kill {
            let at = chance.below(workers.len());
            let victim = &mut workers[at];
            let name = victim.name.clone();
            victim.child.kill().await.map_err(Failure::at("a kill"))?;
            kills += 1;
            // The next process under the same name takes up what this one held.
            *victim = city.worker(name)?;
            next_kill = start.elapsed() + chance.moment(args.kills);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let disturbed = match &mut disturbance {
        None => None,
        Some(command) => Some(command.wait().await.map_err(Failure::at("--halfway"))?.success()),
    };
    Ok(Sent { kills, peak, accepted_after, seconds, disturbed })
}

async fn campaign_state(store: &dyn Outbox, id: CampaignId) -> Result<String, Failure> {
    let campaign = store.campaign(id).await.map_err(Failure::at("the outbox"))?;
    Ok(campaign.map(|campaign| campaign.state().to_string()).unwrap_or_default())
}

async fn tally(store: &Store, campaign: CampaignId) -> Result<Tally, Failure> {
    patiently(|| store.outbox.tally(campaign), is_away).await.map_err(Failure::at("the outbox"))
}

/// What the dealer counted.
async fn stats(url: &str) -> Result<Value, Failure> {
    let client = http::client("rehearsal", Duration::from_secs(10))
        .map_err(|error| Failure::new(format!("the dealer: {error}")))?;
    let answer = client.get(format!("{url}/_emulator/stats")).send().await.map_err(Failure::at("the dealer"))?;
    answer.json().await.map_err(Failure::at("the dealer"))
}

fn count(stats: &Value, what: &str) -> u64 {
    stats[what].as_u64().unwrap_or(0)
}

/// How many messages were taken since.
fn taken(after: &Value, before: &Value) -> u64 {
    count(after, "accepted") - count(before, "accepted")
}

/// Moments by a seed.
struct Chance(SeededEntropy);

impl Chance {
    fn number(&self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn below(&self, limit: usize) -> usize {
        usize::try_from(self.number()).unwrap_or(0) % limit.max(1)
    }

    /// From one kill to the next.
    fn moment(&self, kills: u32) -> Duration {
        let most = if kills > 10 { 600 } else { 1_500 };
        Duration::from_millis(50 + u64::from(self.number()) % most)
    }
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a file are far fewer")]
fn real(number: u64) -> f64 {
    number as f64
}
