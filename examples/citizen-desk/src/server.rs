//! Everything together, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderName;
use chrono::TimeDelta;
use chrono_tz::Asia::Seoul;
use sosik::bizgo::{Bizgo, BizgoBuilder};
use sosik::channel::{Throttled, Transport};
use sosik::chat::ChatStore as _;
use sosik::content::WebLink;
use sosik::delivery::{ApprovalRule, DeliveryError, Engine, Runner, Step};
use sosik::desk::Staff;
use sosik::registry::Segment;
use sosik::schedule::{MessageClass, SendWindow};
use sosik::sqlite::SqliteStore;
use sosik::web::archive::{Archive, Site};
use sosik::web::desk::{Desk, DeskBuilder, Stores};
use sosik::web::health::{self, Registry};
use sosik::web::kakao::Webhooks;
use sosik::web::metrics::Metrics;
use sosik::web::receipts::Receipts;
use sosik::web::{observed, openapi};
use sosik::{Clock, Entropy, ShiftedClock, SystemClock, SystemEntropy};
use sosik_emulator::{Emulator, Options};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::args::Args;
use crate::doors::{ChatSecrets, Doors, telling};
use crate::parts::{self, Parts};
use crate::settings::Settings;
use crate::staff::staff;
use crate::{Failure, demo, say};

const RECEIPTS: &str = "/receipts/bizgo";

pub(crate) async fn run(args: Args) -> Result<(), Failure> {
    let machine: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let clock = args
        .at
        .map_or_else(|| Arc::clone(&machine), |at| Arc::new(ShiftedClock::starting_at(at, Arc::clone(&machine))) as _);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
    let settings = Arc::new(Settings::read(args.config.as_deref())?);
    let store = parts::store(&args.data, &entropy)?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| format!("{}: {error}", args.listen))?;
    let address = listener.local_addr()?;
    let base = args.public.clone().unwrap_or_else(|| format!("http://{address}"));
    let is_plain = base.starts_with("http://");
    if is_plain && !address.ip().is_loopback() {
        return Err("others than this machine can reach the address: put a proxy with TLS before it, and give --public https://…".into());
    }
    let (secrets, admin_key) = (ChatSecrets::of(&args, &settings)?, admin_key(&args)?);
    let (dealer_key, webhook_secret) = (random(), random());
    let dealer = (dealer_key.as_str(), webhook_secret.as_str());
    let emulator =
        if args.emulator { Some(play(&args, &store, &clock, address, &secrets, dealer).await?) } else { None };
    let transport = transport(&args, emulator.as_ref(), dealer, &clock)?;
    let links = WebLink::parse(&base)?;
    let parts = Parts::new(
        Arc::clone(&settings),
        Arc::clone(&store),
        transport.clone(),
        links,
        Arc::clone(&entropy),
        clock.now(),
    )
    .await?;
    let staff = staff(&store, Arc::clone(&clock), entropy, &args).await?;
    let (stop, stopping) = watch::channel(false);
    let mut desk = desk(&parts, staff.clone(), &clock).stopping(stopping.clone());
    if is_plain {
        desk = desk.over_http();
    }
    if let Some(header) = &args.proxy_header {
        let header = HeaderName::try_from(header.as_str()).map_err(|error| format!("--proxy-header: {error}"))?;
        desk = desk.behind_proxy(header);
    }
    let friend = WebLink::parse(&format!("https://pf.kakao.com/{}/friend", settings.public_id))?;
    let site =
        Site::new(settings.city.as_str(), WebLink::parse(&base)?, settings.office_shown.as_str()).with_channel(friend);
    let doors = Doors::new(&parts, &secrets, emulator.as_ref(), &clock)?;
    let people: Arc<dyn sosik::registry::SubscriberStore> = Arc::clone(&store) as _;
    let app = Router::new()
        .merge(
            Archive::new(site, Arc::clone(&parts.newsroom.shelf), Arc::clone(&clock))
                .counting(Arc::clone(&store) as _)
                .router(),
        )
        .merge(desk.build().router())
        .merge(doors.router)
        .merge(Webhooks::new(admin_key, Arc::clone(&parts.channels), Arc::clone(&people), Arc::clone(&clock)).router())
        .merge(health::router(vec![Arc::new(Registry::new(people))], Duration::from_secs(1)))
        .merge(openapi::router())
        .merge(metrics(&args, &store, &clock)?.router())
        .merge(receipts(&store, transport.as_ref(), &clock));
    let app = observed(app).into_make_service_with_connect_info::<SocketAddr>();
    tell_links(&base, address, emulator.as_ref());
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        stopped().await;
        let _ = stop.send(true);
    });
    let shutdown = |mut stopping: watch::Receiver<bool>| async move {
        let _ = stopping.wait_for(|stopped| *stopped).await;
    };
    let (sending_ends, telling_ends) = (shutdown(stopping.clone()), shutdown(stopping));
    // A request, an answer and a round of sending under way are brought to their end before it stops.
    tokio::select! {
        (served, sent, ()) = async {
            tokio::join!(
                serving.into_future(),
                sending(&store, transport, &clock, sending_ends),
                telling(&parts.window, doors.notifier.as_deref(), &*clock, telling_ends),
            )
        } => {
            served?;
            sent?;
        }
        () = purging(&store, &staff, &*clock) => {}
    }
    if let Some(bot) = doors.bot {
        bot.idle().await;
    }
    if let Some(emulator) = emulator {
        emulator.stop().await;
    }
    drop((parts, staff));
    say(if Arc::into_inner(store).is_some_and(SqliteStore::close) {
        "stopped"
    } else {
        "stopped: the database is still in use"
    });
    Ok(())
}

/// Where everything is, for whoever started the program.
fn tell_links(base: &str, address: SocketAddr, emulator: Option<&Emulator>) {
    say(&format!("archive   {base}/"));
    say(&format!("desk      {base}/desk"));
    say(&format!("feeds     {base}/feed.atom  {base}/feed.json"));
    say(&format!("health    http://{address}/readyz"));
    if let Some(emulator) = emulator {
        say(&format!("bot       {}/_emulator/chat?door=bot", emulator.url()));
        say(&format!("chat      {}/_emulator/chat", emulator.url()));
    }
}

/// Plays Kakao and the dealer, with placeholders to send to.
async fn play(
    args: &Args,
    store: &Arc<SqliteStore>,
    clock: &Arc<dyn Clock>,
    address: SocketAddr,
    secrets: &ChatSecrets,
    (dealer_key, webhook_secret): (&str, &str),
) -> Result<Emulator, Failure> {
    demo::people(&**store, clock.now()).await?;
    let options = Options::new(dealer_key)
        .with_clock(Arc::clone(clock))
        .with_state(args.data.join("emulator"))
        .with_bizgo_webhook(format!("http://{address}{RECEIPTS}"), webhook_secret)
        .with_failures(0.06, 0.15);
    let emulator = Emulator::start("127.0.0.1:0".parse()?, secrets.played_by(options)).await?;
    secrets.play(&emulator, &format!("http://{address}"));
    Ok(emulator)
}

/// The key with which Kakao tells of people: as it was given, or any where its side is played.
fn admin_key(args: &Args) -> Result<String, Failure> {
    match &args.admin_key {
        Some(key) => Ok(key.clone()),
        None if args.emulator => Ok(random()),
        None => Err("give SOSIK_KAKAO_ADMIN_KEY, or --emulator to play the Kakao side".into()),
    }
}

/// The way to the dealer, where there is one: the emulator, or Bizgo.
fn transport(
    args: &Args,
    emulator: Option<&Emulator>,
    (played_key, played_secret): (&str, &str),
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<dyn Transport>>, Failure> {
    let (key, sender) = match (emulator, &args.bizgo_key, &args.bizgo_sender) {
        (Some(_), ..) => (played_key, "SENDER_KEY_EXAMPLE"),
        (None, Some(key), Some(sender)) => (key.as_str(), sender.as_str()),
        (None, None, None) => return Ok(None),
        (None, ..) => return Err("give both BIZGO_API_KEY and BIZGO_SENDER_KEY, or neither".into()),
    };
    let url = emulator.map(Emulator::url);
    let mut builder = url.iter().fold(Bizgo::builder(key, sender), BizgoBuilder::base_url);
    let secret = if emulator.is_some() { Some(played_secret) } else { args.bizgo_webhook_secret.as_deref() };
    if let Some(secret) = secret {
        builder = builder.webhook_secret(secret);
    }
    Ok(Some(Arc::new(Throttled::new(builder.build()?, Arc::clone(clock)))))
}

/// Where the dealer posts its receipts. Those that never come are asked for all the same.
fn receipts(store: &Arc<SqliteStore>, transport: Option<&Arc<dyn Transport>>, clock: &Arc<dyn Clock>) -> Router {
    let Some(transport) = transport else { return Router::new() };
    let engine = Engine::builder(Arc::clone(store) as _, Arc::clone(store) as _, Arc::clone(transport));
    let engine = Arc::new(engine.worker("citizen-desk-receipts").build());
    Receipts::new(Arc::clone(transport), engine, Arc::clone(clock)).router(RECEIPTS)
}

/// What is counted, for whoever has the token; for this machine alone where there is none.
fn metrics(args: &Args, store: &Arc<SqliteStore>, clock: &Arc<dyn Clock>) -> Result<Metrics, Failure> {
    let metrics = Metrics::install()?.waiting(Arc::clone(store) as _, Arc::clone(store) as _, Arc::clone(clock));
    Ok(match &args.metrics_token {
        Some(token) => metrics.with_token(token.as_str()),
        None if args.listen.ip().is_loopback() && args.public.is_none() => metrics,
        None => return Err("give SOSIK_METRICS_TOKEN: others than this machine can reach /metrics".into()),
    })
}

fn desk(parts: &Parts, staff: Staff, clock: &Arc<dyn Clock>) -> DeskBuilder {
    let newsroom = Arc::clone(&parts.newsroom) as _;
    let Settings { city, approvers, head, districts, .. } = &*parts.settings;
    let mut builder = Desk::builder(city.as_str(), staff, newsroom, Stores::of(&parts.store), Arc::clone(clock))
        .class(MessageClass::Advertising)
        .approval(ApprovalRule::of(*approvers));
    if let Some(head) = head {
        builder = builder.head(head);
    }
    for district in districts.on(clock.now().with_timezone(&Seoul).date_naive()) {
        builder = builder.counted(district.name.as_str(), Segment::Area(district.code.clone()));
    }
    builder
}

/// Sends what is due, until the server stops.
async fn sending(
    store: &Arc<SqliteStore>,
    transport: Option<Arc<dyn Transport>>,
    clock: &Arc<dyn Clock>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Failure> {
    let Some(transport) = transport else { return Ok(()) };
    let engine = Engine::builder(Arc::clone(store) as _, Arc::clone(store) as _, transport)
        .worker("citizen-desk")
        .window(SendWindow::kakao_brand_message())
        .inquire_after(TimeDelta::seconds(5));
    let runner = Runner::new(engine.build(), Arc::clone(clock));
    let watch = |step: Result<&Step, &DeliveryError>| {
        if let Err(error) = step {
            say(&format!("error: sending: {error}"));
        }
    };
    Ok(runner.run(shutdown, watch).await?)
}

/// Drops what was closed long ago, once an hour; how long is the city's own rule.
async fn purging(store: &SqliteStore, staff: &Staff, clock: &dyn Clock) {
    /// Three years.
    const KEPT: TimeDelta = TimeDelta::days(3 * 365);

    loop {
        if let Err(error) = store.purge(clock.now() - KEPT).await {
            say(&format!("error: what is old was not dropped: {error}"));
        }
        if let Err(error) = staff.purge().await {
            say(&format!("error: old sign-ins were not dropped: {error}"));
        }
        #[expect(clippy::disallowed_methods, reason = "a server waits")]
        tokio::time::sleep(Duration::from_secs(60 * 60)).await;
    }
}

/// A secret that nobody has to know.
pub(crate) fn random() -> String {
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
