//! The city's own address, to which the dealer sends receipts by itself, twice where it likes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use sosik::Clock;
use sosik::channel::{SendErrorKind, Transport, Webhook};
use sosik::delivery::{DeliveryError, Engine};
use tokio::net::TcpListener;

use crate::city;
use crate::failure::Failure;
use crate::place::Store;
use crate::worker::transport;

/// An address that is taken, and nobody listens at yet.
pub(crate) struct Address {
    listener: TcpListener,
    pub(crate) url: String,
}

impl Address {
    pub(crate) async fn take() -> Result<Self, Failure> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(Failure::at("the receiver"))?;
        let port = listener.local_addr().map_err(Failure::at("the receiver"))?.port();
        Ok(Self { listener, url: format!("http://127.0.0.1:{port}/") })
    }

    /// Listens as long as the program lives.
    #[expect(clippy::disallowed_methods, reason = "the server of a program")]
    pub(crate) fn listen(self, store: &Store, dealer: &str, ahead: i64) -> Result<Receiver, Failure> {
        let clock = city::clock(ahead);
        let transport = transport(dealer, Arc::clone(&clock))?;
        let people = Arc::clone(&store.people);
        let engine =
            Engine::builder(Arc::clone(&store.outbox), people, Arc::clone(&transport)).worker("receiver").build();
        let desk = Arc::new(Desk { engine, transport, clock, taken: AtomicU64::new(0), news: AtomicU64::new(0) });
        let routes = Router::new().route("/", post(receive)).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(self.listener, routes).await });
        Ok(Receiver(desk))
    }
}

/// What the receiver took.
pub(crate) struct Receiver(Arc<Desk>);

impl Receiver {
    /// How many receipts came, and how many of them brought news.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.0.taken.load(Ordering::Relaxed), self.0.news.load(Ordering::Relaxed))
    }
}

struct Desk {
    engine: Engine,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    taken: AtomicU64,
    news: AtomicU64,
}

/// What is not written down is not confirmed: the dealer sends it again, or it is asked for. What cannot be read stays so.
async fn receive(State(desk): State<Arc<Desk>>, body: Bytes) -> Result<String, StatusCode> {
    desk.take(body).await.map_err(|error| match error {
        DeliveryError::Transport(error) if error.kind() == SendErrorKind::InvalidContent => StatusCode::BAD_REQUEST,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    })
}

impl Desk {
    async fn take(&self, body: Bytes) -> Result<String, DeliveryError> {
        let now = self.clock.now();
        let given = self.transport.webhook(&Webhook::new(body, now)).await?;
        let news = self.engine.record(&given.receipts, now).await?;
        self.taken.fetch_add(given.receipts.len() as u64, Ordering::Relaxed);
        self.news.fetch_add(news as u64, Ordering::Relaxed);
        Ok(given.reply)
    }
}
