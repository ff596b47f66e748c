//! Whether the server is alive, and whether what it needs is there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sosik_registry::{Identity, SubscriberStore};

use crate::limits::{UNCACHED, limited};

/// Something that the server needs.
#[async_trait]
pub trait Needed: fmt::Debug + Send + Sync {
    /// What it is, in a word.
    fn name(&self) -> &'static str;

    /// Whether it is there.
    async fn is_there(&self) -> bool;
}

/// The registry, asked for something small.
#[derive(Clone, Debug)]
pub struct Registry(Arc<dyn SubscriberStore>);

impl Registry {
    /// The registry of a store.
    #[must_use]
    pub fn new(store: Arc<dyn SubscriberStore>) -> Self {
        Self(store)
    }
}

#[async_trait]
impl Needed for Registry {
    fn name(&self) -> &'static str {
        "registry"
    }

    async fn is_there(&self) -> bool {
        // Nobody has this id: it is looked for all the same.
        self.0.find(&Identity::OpenId(String::new())).await.is_ok()
    }
}

type Needs = (Arc<[Arc<dyn Needed>]>, Duration);

/// `GET /healthz`: 200 as long as it runs. `GET /readyz`: 200 where all that it needs is there, else 503 with the names of what is
/// not; each is waited for so long.
pub fn router(needs: Vec<Arc<dyn Needed>>, patience: Duration) -> Router {
    let state: Needs = (needs.into(), patience);
    let router = Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready)).with_state(state);
    limited(router, 0, patience * 4 + Duration::from_secs(1), UNCACHED)
}

async fn ready(State((needs, patience)): State<Needs>) -> Response {
    let mut missing = Vec::new();
    for need in needs.iter() {
        if !tokio::time::timeout(patience, need.is_there()).await.unwrap_or(false) {
            missing.push(need.name());
        }
    }
    if missing.is_empty() {
        return "ready".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("not there: {}", missing.join(", "))).into_response()
}
