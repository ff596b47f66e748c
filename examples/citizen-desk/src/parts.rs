//! What the server is made of.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik::channel::Transport;
use sosik::chat::{City, Offices, Term, Window};
use sosik::content::WebLink;
use sosik::desk::{DraftState, DraftStore as _};
use sosik::registry::{Channels, Directory, Purpose, SecretKey, Vault};
use sosik::sqlite::SqliteStore;
use sosik::{ChannelId, Entropy};

use crate::newsroom::CityNewsroom;
use crate::{Failure, demo};

/// The text to which whoever signs up agrees: what is collected, what for, how long, and that one may refuse.
const COLLECTION: &str = "양주시는 소식을 보내기 위해 카카오톡 채널 이용자 키와 읍면동, 관심 주제를 수집하며, 구독을 그만둘 때까지 보관합니다. \
                          동의하지 않을 수 있으며, 그러면 맞춤 소식을 받을 수 없습니다.";
const ADVERTISING: &str =
    "(광고) 표시가 붙은 카드 소식도 금요일 오후에 받습니다. 동의하지 않아도 다른 소식은 받을 수 있습니다.";

pub(crate) struct Parts {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) newsroom: Arc<CityNewsroom>,
    pub(crate) window: Arc<Window>,
    pub(crate) channels: Arc<Channels>,
    pub(crate) channel: ChannelId,
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
        store: Arc<SqliteStore>,
        transport: Option<Arc<dyn Transport>>,
        archive: WebLink,
        entropy: Arc<dyn Entropy>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        /// Editions that are shown again after a restart.
        const SHOWN: usize = 104;

        let channel = ChannelId::parse("yangju-city")?;
        let channels =
            format!("channel,name,public_id,areas,contact\n{channel},양주시청,_ZeUTxl,41630,031-8082-0000\n");
        let drafts = store.drafts_of(&channel, SHOWN).await?;
        // The demo's first week stays what it was when someone worked on the next.
        let first = drafts.iter().map(|draft| draft.slot - TimeDelta::weeks(1)).min();
        let first = first.unwrap_or_else(|| demo::last_slot(now)).min(demo::last_slot(now));
        let newsroom = CityNewsroom::new(channel.clone(), Arc::clone(&store), (transport, archive), first)?;
        newsroom.publish_first()?;
        for draft in drafts.iter().filter(|draft| draft.state == DraftState::HandedOver) {
            if let Some(frozen) = &draft.frozen {
                newsroom.publish(&frozen.edition)?;
            }
        }
        let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::clone(&newsroom.archive) as _)
            .chats(Arc::clone(&store) as _)
            .subscribers(Arc::clone(&store) as _)
            .districts(Arc::new(Directory::from_csv(include_bytes!("../../yangju-weekly/yangju_areas.csv"))?))
            .offices(Arc::new(Offices::from_csv(include_bytes!("../data/offices.csv"))?))
            .terms(vec![
                Term::required(Purpose::Collection, "demo-1", COLLECTION),
                Term::optional(Purpose::Advertising, "demo-1", ADVERTISING),
            ])
            .promise(|asked| asked + TimeDelta::days(7))
            .entropy(entropy)
            .build()?;
        let channels = Arc::new(Channels::from_csv(channels.as_bytes())?);
        Ok(Self { store, newsroom: Arc::new(newsroom), window: Arc::new(window), channels, channel })
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
