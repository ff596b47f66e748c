//! What Kakao tells of people, so much of it a second: how soon it is answered, and whether all of it was kept.
//!
//! The server is this program, started on a file of its own. Calls are made by a clock and not one after the other: one that has to wait
//! for those before it counts from when it was due. The same calls at a page that keeps nothing tell what HTTP and this program take.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use sosik::channel::http;
use sosik::registry::SubscriberStore as _;
use sosik::{Entropy, SystemEntropy};

use crate::{Failure, parts, say};

/// What is asked of the city's server (Kakao takes an answer within 3 seconds).
const LIMIT: (u64, f64) = (2_000, 50.0);
/// What it is told with, which the child is given by its environment.
const KEY: &str = "LOAD-KEY";

#[derive(Args)]
pub(crate) struct Load {
    /// Calls a second; 0 makes as many as can be
    #[arg(long, default_value_t = 2_000)]
    rate: u64,

    /// For so many seconds
    #[arg(long, default_value_t = 10)]
    seconds: u64,

    /// Connections
    #[arg(long, default_value_t = 32)]
    connections: u64,

    /// Of a hundred calls, so many tell what was told before
    #[arg(long, default_value_t = 10)]
    repeats: u64,

    /// Prints JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    asked_rate: u64,
    kept: Measured,
    nothing_kept: Measured,
    people: usize,
    people_kept: usize,
    server_peak_mb: Option<f64>,
    limit_rate: u64,
    limit_p99_ms: f64,
    within: bool,
}

#[derive(Serialize)]
struct Measured {
    calls: usize,
    refused: usize,
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    most_ms: f64,
}

/// The server, which ends with this program.
struct Server {
    child: Child,
    base: String,
    /// What it says: a server whose words nobody takes ends.
    _words: BufReader<ChildStdout>,
}

impl Server {
    fn start(data: &Path) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("SOSIK_KAKAO_ADMIN_KEY", KEY)
            .env("SOSIK_SKILL_SECRET", KEY)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut words = BufReader::new(child.stdout.take().ok_or("the server says nothing")?);
        let mut line = String::new();
        while words.read_line(&mut line)? > 0 {
            if let Some(error) = line.strip_prefix("error: ") {
                return Err(error.trim().to_owned().into());
            }
            if let Some(url) = line.strip_prefix("health") {
                let base = url.trim().trim_end_matches("/readyz").to_owned();
                return Ok(Self { child, base, _words: words });
            }
            line.clear();
        }
        Err("the server ended before it listened".into())
    }

    /// The most memory that it has had, in megabytes.
    fn peak(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kilobytes| kilobytes / 1e3)
    }
}

impl Drop for Server {
    /// Killed, as a machine that fails does: what was answered is in the file all the same.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What one call tells.
#[derive(Clone, Copy)]
enum Call {
    /// That someone added the channel, or blocked it.
    Webhook,
    /// Nothing.
    Health,
}

pub(crate) async fn run(load: Load) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("citizen-desk-load-{}", std::process::id()));
    let measured = measure(&load, &folder).await;
    // What is left of it where it cannot be removed is told by nothing but the folder; what went wrong before counts.
    let _ = std::fs::remove_dir_all(&folder);
    let report = measured?;
    tell(&load, &report)?;
    if report.kept.refused > 0 || report.people_kept != report.people {
        return Err("something that was told was refused, or is not in the file".into());
    }
    Ok(())
}

fn tell(load: &Load, report: &Report) -> Result<(), Failure> {
    if load.json {
        say(&serde_json::to_string(report)?);
        return Ok(());
    }
    let line = |what: &str, of: &Measured| {
        say(&format!(
            "{what:14} {:>7} calls, {} refused, {:>6.0}/s, p50 {:>6.1} ms, p99 {:>6.1} ms, at the most {:>6.1} ms",
            of.calls, of.refused, of.rate, of.p50_ms, of.p99_ms, of.most_ms
        ));
    };
    line("kept", &report.kept);
    line("nothing kept", &report.nothing_kept);
    say(&format!("{} of {} people are in the file of the server, which was killed", report.people_kept, report.people));
    if let Some(peak) = report.server_peak_mb {
        say(&format!("the server had {peak:.0} MB at the most"));
    }
    let (rate, p99) = LIMIT;
    say(&format!("{rate}/s with p99 under {p99} ms: {}", if report.within { "yes" } else { "no" }));
    Ok(())
}

async fn measure(load: &Load, folder: &Path) -> Result<Report, Failure> {
    let server = Server::start(folder)?;
    let nothing_kept = drive(load, &server.base, Call::Health).await?;
    let kept = drive(load, &server.base, Call::Webhook).await?;
    let server_peak_mb = server.peak();
    drop(server);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
    let store = parts::store(folder, &entropy)?;
    let people = (0..people(load.repeats, kept.calls)).collect::<Vec<_>>();
    let mut people_kept = 0;
    for number in &people {
        let known = store.find(&sosik::registry::Identity::AppUser((number + 1).to_string())).await?;
        people_kept += usize::from(known.is_some());
    }
    let within = kept.refused == 0
        && people_kept == people.len()
        && kept.p99_ms < LIMIT.1
        // The clock of a second is not the calls' own: half a hundredth is none of the server's.
        && kept.rate >= 0.995 * f64::from(u32::try_from(LIMIT.0).unwrap_or(u32::MAX));
    let people = people.len();
    let (limit_rate, limit_p99_ms) = LIMIT;
    Ok(Report {
        asked_rate: load.rate,
        kept,
        nothing_kept,
        people,
        people_kept,
        server_peak_mb,
        limit_rate,
        limit_p99_ms,
        within,
    })
}

/// Whom a call tells of: of a hundred calls so many tell what was told before, of someone before.
fn person(repeats: u64, call: u64) -> u64 {
    let new = 100 - repeats.min(99);
    call / 100 * new + (call % 100).min(new - 1)
}

/// How many people so many calls tell of.
fn people(repeats: u64, calls: usize) -> u64 {
    u64::try_from(calls).ok().and_then(|calls| calls.checked_sub(1)).map_or(0, |last| person(repeats, last) + 1)
}

async fn drive(load: &Load, base: &str, call: Call) -> Result<Measured, Failure> {
    let client = http::client("citizen-desk-load", Duration::from_secs(10))
        .map_err(|error| format!("the client cannot be made: {error}"))?;
    let begun = clock();
    let end = Duration::from_secs(load.seconds);
    let next = Arc::new(AtomicU64::new(0));
    let Load { rate, seconds, repeats, .. } = *load;
    let mut workers = Vec::new();
    for _ in 0..load.connections.max(1) {
        let (client, next, base) = (client.clone(), Arc::clone(&next), base.to_owned());
        let work = async move {
            let mut took = Vec::new();
            let mut refused = 0_usize;
            loop {
                if rate == 0 && begun.elapsed() >= end {
                    break;
                }
                let number = next.fetch_add(1, Ordering::Relaxed);
                let due = match rate {
                    0 => clock(),
                    rate if number >= rate * seconds => break,
                    rate => begun + Duration::from_nanos(number.saturating_mul(1_000_000_000) / rate),
                };
                wait_until(due).await;
                let request = match call {
                    Call::Health => client.get(format!("{base}/healthz")),
                    Call::Webhook => client
                        .post(format!("{base}/kakao/channel"))
                        .header("Authorization", format!("KakaoAK {KEY}"))
                        .body(event(person(repeats, number))),
                };
                let is_taken = match request.send().await {
                    Ok(response) => response.status().is_success(),
                    Err(_) => false,
                };
                refused += usize::from(!is_taken);
                took.push(clock().saturating_duration_since(due));
            }
            (took, refused)
        };
        #[expect(clippy::disallowed_methods, reason = "each connection waits for its own answers, and all are joined")]
        workers.push(tokio::spawn(work));
    }
    let (mut took, mut refused) = (Vec::new(), 0);
    for worker in workers {
        let (of_one, refused_of_one) = worker.await?;
        took.extend(of_one);
        refused += refused_of_one;
    }
    let whole = begun.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = |share: usize| {
        let place = (took.len() * share / 100).min(took.len().saturating_sub(1));
        took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1e3)
    };
    let calls = took.len();
    let rate = f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / whole;
    Ok(Measured { calls, refused, rate, p50_ms: at(50), p99_ms: at(99), most_ms: at(100) })
}

/// That someone added the channel, as Kakao tells it.
fn event(person: u64) -> String {
    serde_json::json!({
        "event": "added", "id": (person + 1).to_string(), "id_type": "app_user_id",
        "channel_public_id": "_ZeUTxl", "channel_uuid": "@example", "updated_at": "2026-11-20T01:00:00Z",
    })
    .to_string()
}

#[expect(clippy::disallowed_methods, reason = "a load is measured by the machine's own clock")]
fn clock() -> Instant {
    Instant::now()
}

async fn wait_until(due: Instant) {
    tokio::time::sleep_until(due.into()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_a_hundred_tell_of_someone_before() {
        for (repeats, count) in [(0, 1_000), (10, 900), (99, 10), (200, 10)] {
            let all: std::collections::BTreeSet<_> = (0..1_000).map(|call| person(repeats, call)).collect();
            assert_eq!((all.len(), people(repeats, 1_000)), (count, u64::try_from(count).unwrap()));
            assert_eq!(all.iter().max(), Some(&(u64::try_from(count).unwrap() - 1)), "none is left out");
        }
        assert_eq!(people(10, 0), 0);
    }
}
