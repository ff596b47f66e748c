//! Who talks with the chatbot, and what was said to them without their asking.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::Shared;

/// Before a person's key at a bot: it is another than that in the channel.
const AT_THE_BOT: &str = "bot-";

/// The people of a channel's chat, by their key in it.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// Who said something.
    known: BTreeSet<String>,
    /// Who left the channel.
    left: BTreeSet<String>,
    /// What they were told, as templates.
    told: BTreeMap<String, Vec<Value>>,
}

/// Why someone is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// There is no such key.
    Unknown,
    /// They are no friend of the channel.
    Left,
}

impl People {
    pub(super) fn speaks(&mut self, user: &str) {
        self.known.insert(user.to_owned());
    }

    pub(crate) fn leaves(&mut self, user: &str) {
        self.left.insert(user.to_owned());
    }

    pub(crate) fn told(&self, user: &str) -> Vec<Value> {
        self.told.get(user).cloned().unwrap_or_default()
    }

    /// Tells someone something, by their key in the channel.
    pub(super) fn tell(&mut self, user: &str, template: &Value) -> Result<(), Gone> {
        if !self.known.contains(user) {
            return Err(Gone::Unknown);
        }
        if self.left.contains(user) {
            return Err(Gone::Left);
        }
        self.told.entry(user.to_owned()).or_default().push(template.clone());
        Ok(())
    }
}

/// The key of a person at a bot.
pub(super) fn at_the_bot(user: &str) -> String {
    format!("{AT_THE_BOT}{user}")
}

/// The person of a key at a bot.
pub(super) fn of_the_bot(key: &str) -> Option<&str> {
    key.strip_prefix(AT_THE_BOT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    after: usize,
}

/// What someone was told since so many things were.
async fn told(
    State(shared): State<Arc<Shared>>,
    Path(user): Path<String>,
    Query(After { after }): Query<After>,
) -> Response {
    let told: Vec<Value> = shared.people().told(&user).into_iter().skip(after).collect();
    Json(json!({ "told": told })).into_response()
}

pub(super) fn played() -> Router<Arc<Shared>> {
    Router::new().route("/_emulator/told/{user}", get(told))
}
