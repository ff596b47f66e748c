//! What the server is made of.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik::Entropy;
use sosik::channel::Transport;
use sosik::chat::{City, Term, Window};
use sosik::content::WebLink;
use sosik::delivery::{CampaignKey, Outbox as _};
use sosik::desk::DraftStore as _;
use sosik::registry::{Channels, Purpose, SecretKey, Vault};
use sosik::sqlite::SqliteStore;

use crate::newsroom::CityNewsroom;
use crate::settings::Settings;
use crate::{Failure, demo};

pub(crate) struct Parts {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) newsroom: Arc<CityNewsroom>,
    pub(crate) window: Arc<Window>,
    pub(crate) channels: Arc<Channels>,
    pub(crate) settings: Arc<Settings>,
}

/// Opens what is kept in a folder.
pub(crate) fn store(folder: &Path, entropy: &Arc<dyn Entropy>) -> Result<Arc<SqliteStore>, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let key = key(&folder.join("city.key"), &**entropy)?;
    let vault = Vault::new(&key, Arc::clone(entropy));
    Ok(Arc::new(SqliteStore::open(&folder.join("city.db"), vault, Arc::clone(entropy))?))
}

impl Parts {
    /// Puts the demo week, and every edition that was handed over, where citizens find them.
    pub(crate) async fn new(
        settings: Arc<Settings>,
        store: Arc<SqliteStore>,
        transport: Option<Arc<dyn Transport>>,
        archive: WebLink,
        entropy: Arc<dyn Entropy>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        /// Editions that are shown again after a restart.
        const SHOWN: usize = 104;

        let Settings { channel, city, short, office_shown, channel_name, public_id, area, terms, .. } = &*settings;
        let channels = format!(
            "channel,name,public_id,areas,contact\n{channel},{channel_name},{public_id},{area},{office_shown}\n"
        );
        let drafts = store.drafts_of(channel, SHOWN).await?;
        // The demo's first week stays what it was when someone worked on the next.
        let first = drafts.iter().map(|draft| draft.slot - TimeDelta::weeks(1)).min();
        let first = first.unwrap_or_else(|| demo::last_slot(now)).min(demo::last_slot(now));
        let newsroom = CityNewsroom::new(Arc::clone(&settings), Arc::clone(&store), (transport, archive), first)?;
        if settings.feed.is_none() {
            newsroom.publish_first()?;
        }
        for frozen in drafts.iter().filter_map(|draft| draft.frozen.as_ref()) {
            // What has a campaign is on its way, whether the desk knows already or not.
            if store.campaign(CampaignKey::of(&frozen.edition).id()).await?.is_some() {
                newsroom.publish(&frozen.edition)?;
            }
        }
        let days = TimeDelta::days(terms.answer_days.into());
        let window = Window::builder(City::new(city.as_str(), short.as_str(), office_shown.as_str()))
            .archive(Arc::clone(&newsroom.archive) as _)
            .chats(Arc::clone(&store) as _)
            .subscribers(Arc::clone(&store) as _)
            .districts(Arc::new(settings.districts.clone()))
            .offices(Arc::new(settings.offices.clone()))
            .terms(vec![
                Term::required(Purpose::Collection, terms.version.as_str(), terms.collection.as_str()),
                Term::optional(Purpose::Advertising, terms.version.as_str(), terms.advertising.as_str()),
            ])
            .promise(move |asked| asked + days)
            .entropy(entropy)
            .build()?;
        let channels = Arc::new(Channels::from_csv(channels.as_bytes())?);
        Ok(Self { store, newsroom: Arc::new(newsroom), window: Arc::new(window), channels, settings })
    }
}

/// The key under which people are sealed: read, or made for whoever owns the folder alone.
fn key(path: &Path, entropy: &dyn Entropy) -> Result<SecretKey, Failure> {
    if let Ok(text) = std::fs::read_to_string(path) {
        return Ok(SecretKey::from_hex(text.trim())?);
    }
    let key = SecretKey::generate(entropy);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    std::io::Write::write_all(&mut file, key.expose_hex().as_bytes())?;
    Ok(key)
}
