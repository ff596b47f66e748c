//! The dealers' clients, with keys from the environment.

use std::sync::Arc;

use sosik::bizgo::{self, Bizgo};
use sosik::channel::{Faults, Message, Transport};
use sosik::solapi::{self, Credentials, Solapi};
use sosik::{SystemClock, SystemEntropy};

use crate::args::Provider;

/// What a dealer says of a message before it goes.
pub(crate) fn validate(provider: Provider, message: &Message) -> Result<(), Faults> {
    match provider {
        Provider::Bizgo => bizgo::limits::validate(message),
        Provider::Solapi => solapi::limits::validate(message),
    }
}

/// The dealer's client.
pub(crate) fn transport(provider: Provider, base_url: Option<&str>) -> Result<Box<dyn Transport>, String> {
    match provider {
        Provider::Bizgo => {
            let builder = Bizgo::builder(key("BIZGO_API_KEY")?, key("BIZGO_SENDER_KEY")?);
            let builder = base_url.into_iter().fold(builder, bizgo::BizgoBuilder::base_url);
            Ok(Box::new(builder.build().map_err(|error| error.to_string())?))
        }
        Provider::Solapi => {
            let credentials = Credentials::new(key("SOLAPI_API_KEY")?, key("SOLAPI_API_SECRET")?);
            let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(SystemEntropy::new()));
            let builder = Solapi::builder(credentials, key("SOLAPI_PF_ID")?, clock, entropy);
            let builder = base_url.into_iter().fold(builder, solapi::SolapiBuilder::base_url);
            Ok(Box::new(builder.build().map_err(|error| error.to_string())?))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "keys come from the environment, and from nowhere else")]
fn key(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set: put the dealer's key there"))
}
