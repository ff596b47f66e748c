//! What a server may be like: away, of another mind, killed and started again. Each of these has one of its own.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sosik_core::{Clock, SystemClock};
use sosik_delivery::{BatchId, Queue, QueueError, QueueErrorKind, Ticket};
use sosik_nats::{Login, NatsQueue, NatsQueueBuilder};
use sosik_testkit::{campaign, noon};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(1);

/// A server that ends with the test.
struct Server {
    process: Child,
    folder: TempDir,
    port: u16,
    options: Vec<String>,
}

impl Server {
    /// A server with options, where `nats-server` is installed.
    async fn start(options: &[&str]) -> Option<Self> {
        let is_there = Command::new("nats-server").arg("--version").stdout(Stdio::null()).status().is_ok();
        assert!(is_there || std::env::var_os("SOSIK_REQUIRE_NATS").is_none(), "nats-server is not installed");
        if !is_there {
            eprintln!("skipped: nats-server is not installed");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = TempDir::new().unwrap();
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        let process = run(port, &folder, &options);
        let server = Self { process, folder, port, options };
        server.ready().await;
        Some(server)
    }

    fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    fn builder(&self) -> NatsQueueBuilder {
        NatsQueue::builder(self.address()).patience(PATIENCE)
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    async fn again(&mut self) {
        self.process = run(self.port, &self.folder, &self.options);
        self.ready().await;
    }

    async fn ready(&self) {
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nats-server does not listen");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(port: u16, folder: &TempDir, options: &[String]) -> Child {
    let mut command = Command::new("nats-server");
    command
        .args(["-a", "127.0.0.1", "-p", &port.to_string()])
        .args(options)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if options.iter().any(|option| option == "-js") {
        command.arg("-sd").arg(folder.path());
    }
    command.spawn().unwrap()
}

fn ticket(number: u32) -> Ticket {
    let campaign = campaign("w48");
    Ticket::new(BatchId::new(campaign.id, number), campaign.key.channel, noon())
}

fn now() -> chrono::DateTime<chrono::Utc> {
    SystemClock::new().now()
}

async fn take(queue: &NatsQueue, limit: usize) -> Result<Vec<u32>, QueueError> {
    Ok(queue.take(limit, now()).await?.into_iter().map(|taken| taken.ticket.batch.number).collect())
}

fn refused(connected: Result<NatsQueue, QueueError>, kind: QueueErrorKind, part: &str) {
    let error = connected.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

#[tokio::test]
async fn a_server_that_is_killed_has_kept_what_it_took() {
    let Some(mut server) = Server::start(&["-js"]).await else { return };
    let queue = server.builder().hold(Duration::from_secs(1)).connect().await.unwrap();
    queue.put(&(0..50).map(ticket).collect::<Vec<_>>(), now()).await.unwrap();
    assert_eq!(take(&queue, 10).await.unwrap().len(), 10);
    server.kill();
    // While it is away, that is said soon, and by every call.
    let asked = Instant::now();
    let error = take(&queue, 1).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(queue.put(&[ticket(90)], now()).await.unwrap_err().is_retryable());
    assert!(asked.elapsed() < PATIENCE * 4, "{:?}", asked.elapsed());
    server.again().await;
    let mut found = Vec::new();
    for _ in 0..60 {
        found.extend(take(&queue, 20).await.unwrap_or_default());
        found.sort_unstable();
        found.dedup();
        if found.len() >= 50 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // What was taken and not answered is given again, too.
    assert!((0..50).all(|number| found.contains(&number)), "{found:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_server_is_said_with_what_to_do() {
    refused(
        NatsQueue::builder("nats://127.0.0.1:9").patience(PATIENCE).connect().await,
        QueueErrorKind::Unavailable,
        "cannot be reached",
    );
    let Some(plain) = Server::start(&[]).await else { return };
    refused(plain.builder().connect().await, QueueErrorKind::Misconfigured, "-js");
    let server = Server::start(&["-js"]).await.unwrap();
    refused(server.builder().replicas(3).connect().await, QueueErrorKind::Misconfigured, "refuses the stream");
    server.builder().connect().await.unwrap();
    refused(server.builder().replicas(3).connect().await, QueueErrorKind::Misconfigured, "has 1 replicas and not 3");
    let other = server.builder().stream("SOSIK_BATCHES", "other.prefix").connect().await;
    refused(other, QueueErrorKind::Misconfigured, "has other subjects");
    refused(server.builder().stream("NEW", "sosik.batches").connect().await, QueueErrorKind::Misconfigured, "refuses");
}

#[tokio::test]
async fn a_login_is_asked_for_and_never_shown() {
    let Some(server) = Server::start(&["-js", "--user", "sosik", "--pass", "S3CRET"]).await else { return };
    refused(server.builder().connect().await, QueueErrorKind::Misconfigured, "login");
    let login = |password: &str| Login::Password { user: "sosik".to_owned(), password: password.to_owned() };
    let wrong = server.builder().login(login("S3CRET-not"));
    assert!(!format!("{wrong:?}").contains("S3CRET"), "{wrong:?}");
    let error = wrong.connect().await.unwrap_err();
    assert!(!format!("{error:?}").contains("S3CRET"), "{error:?}");
    let queue = server.builder().login(login("S3CRET")).connect().await.unwrap();
    queue.put(&[ticket(1)], now()).await.unwrap();
    assert_eq!(take(&queue, 5).await.unwrap(), [1]);
    let address = server.address().replace("nats://", "nats://sosik:S3CRET@");
    NatsQueue::builder(address.clone()).connect().await.unwrap();
    assert!(!format!("{:?}", NatsQueue::builder(address)).contains("S3CRET"));
    refused(
        server.builder().login(Login::File("missing.creds".into())).connect().await,
        QueueErrorKind::Misconfigured,
        "file of the login",
    );
}

/// However many ask for the last ticket, one has it and the others are told soon that there is none.
#[tokio::test]
async fn who_asks_for_the_last_ticket_in_vain_is_told_soon() {
    let Some(server) = Server::start(&["-js"]).await else { return };
    let queue = server.builder().patience(Duration::from_secs(5)).connect().await.unwrap();
    for number in 0..20 {
        queue.put(&[ticket(number)], now()).await.unwrap();
        let asked = Instant::now();
        let (one, two, three) = tokio::join!(take(&queue, 1), take(&queue, 1), take(&queue, 1));
        let given = [one, two, three].map(Result::unwrap).concat();
        assert_eq!(given, [number]);
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    }
}

#[tokio::test]
async fn the_last_to_connect_decides_how_long_a_ticket_is_held() {
    let Some(server) = Server::start(&["-js"]).await else { return };
    let before = server.builder().hold(Duration::from_secs(60)).connect().await.unwrap();
    let after = server.builder().hold(Duration::from_millis(500)).connect().await.unwrap();
    before.put(&[ticket(1)], now()).await.unwrap();
    assert_eq!(take(&before, 5).await.unwrap(), [1]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(take(&after, 5).await.unwrap(), [1], "it is held for half a second by now");
}

#[tokio::test]
async fn what_is_no_ticket_is_taken_out_of_the_stream() {
    let Some(server) = Server::start(&["-js"]).await else { return };
    let queue = server.builder().hold(Duration::from_millis(300)).connect().await.unwrap();
    let client = async_nats::connect(server.address()).await.unwrap();
    client.publish("sosik.batches.normal.yangju-city", "someone else's".into()).await.unwrap();
    client.flush().await.unwrap();
    queue.put(&[ticket(1)], now()).await.unwrap();
    assert_eq!(take(&queue, 5).await.unwrap(), [1]);
    // The server takes it out when it has read that: soon.
    let mut stream = async_nats::jetstream::new(client).get_stream("SOSIK_BATCHES").await.unwrap();
    let asked = Instant::now();
    while stream.info().await.unwrap().state.messages != 1 {
        assert!(asked.elapsed() < Duration::from_secs(5), "nothing is left but the ticket that was taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
