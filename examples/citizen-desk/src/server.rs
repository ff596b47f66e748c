//! Everything together, until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderName;
use chrono::TimeDelta;
use sosik::chat::ChatStore as _;
use sosik::content::WebLink;
use sosik::kakao::skill::{Callbacks, SkillDoor};
use sosik::web::archive::{Archive, Site};
use sosik::web::health::{self, Registry};
use sosik::web::kakao::{Chatbot, Webhooks};
use sosik::{Clock, Entropy, SystemClock, SystemEntropy};
use sosik_emulator::{Emulator, Options, Skill};
use tokio::net::TcpListener;

use crate::args::Args;
use crate::parts::Parts;
use crate::{Failure, say};

const HEADER: &str = "x-sosik-secret";

pub(crate) async fn run(args: Args) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let parts = Parts::open(&args.data, clock.now())?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| format!("{}: {error}", args.listen))?;
    let address = listener.local_addr()?;
    let base = args.public.unwrap_or_else(|| format!("http://{address}"));
    let emulator =
        if args.emulator { Some(Emulator::start("127.0.0.1:0".parse()?, Options::new(random())).await?) } else { None };
    let secret = match (args.skill_secret, &emulator) {
        (Some(secret), _) => secret,
        (None, Some(_)) => random(),
        (None, None) => return Err("give SOSIK_SKILL_SECRET, or --emulator to play the Kakao side".into()),
    };
    let admin_key = match (args.admin_key, &emulator) {
        (Some(key), _) => key,
        (None, Some(_)) => random(),
        (None, None) => return Err("give SOSIK_KAKAO_ADMIN_KEY, or --emulator to play the Kakao side".into()),
    };
    let mut callbacks = Callbacks::new()?;
    if let Some(emulator) = &emulator {
        callbacks = callbacks.base_url(&emulator.url())?;
        let skill = Skill::at(format!("http://{address}/kakao/skill")).with_header(HEADER, &secret).with_callback();
        emulator.play(skill);
    }
    let site = Site::new("양주시", WebLink::parse(&base)?, "031-8082-0000")
        .with_channel(WebLink::parse("https://pf.kakao.com/_ZeUTxl/friend")?);
    let store = Arc::new(parts.store.clone());
    let door = SkillDoor::new(Arc::clone(&parts.window), parts.channel.clone());
    let app = Router::new()
        .merge(Archive::new(site, Arc::clone(&parts.shelf), Arc::clone(&clock)).router())
        .merge(Chatbot::new(door, HeaderName::from_static(HEADER), secret, callbacks, Arc::clone(&clock)).router())
        .merge(Webhooks::new(admin_key, Arc::clone(&parts.channels), Arc::clone(&store) as _, clock).router())
        .merge(health::router(vec![Arc::new(Registry::new(store))], Duration::from_secs(1)));
    say(&format!("archive   {base}/"));
    say(&format!("feeds     {base}/feed.atom  {base}/feed.json"));
    say(&format!("health    http://{address}/readyz"));
    if let Some(emulator) = &emulator {
        say(&format!("chat      {}/_emulator/chat", emulator.url()));
    }
    // A request under way is answered before it stops.
    tokio::select! {
        served = axum::serve(listener, app).with_graceful_shutdown(stopped()) => served?,
        () = purging(&parts) => {}
    }
    if let Some(emulator) = emulator {
        emulator.stop().await;
    }
    drop(parts.window);
    say(if parts.store.close() { "stopped" } else { "stopped: the database is still in use" });
    Ok(())
}

/// Drops what was closed long ago, once an hour; how long is the city's own rule.
async fn purging(parts: &Parts) {
    /// Three years.
    const KEPT: TimeDelta = TimeDelta::days(3 * 365);

    let clock = SystemClock::new();
    loop {
        if let Err(error) = parts.store.purge(clock.now() - KEPT).await {
            say(&format!("error: what is old was not dropped: {error}"));
        }
        #[expect(clippy::disallowed_methods, reason = "a server waits")]
        tokio::time::sleep(Duration::from_secs(60 * 60)).await;
    }
}

/// A secret that nobody has to know.
fn random() -> String {
    let mut bytes = [0; 16];
    SystemEntropy::new().fill(&mut bytes);
    u128::from_le_bytes(bytes).to_string()
}

/// Until it is told to stop: by Ctrl-C, or as services are.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
