//! What the server is made of.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Asia::Seoul;
use sosik::chat::{City, MemoryArchive, Offices, Term, Window};
use sosik::registry::{Channels, Directory, Purpose, SecretKey, Vault};
use sosik::sqlite::SqliteStore;
use sosik::web::archive::Shelf;
use sosik::{ChannelId, Entropy, SystemEntropy};

use crate::{Failure, demo};

/// The text to which whoever signs up agrees: what is collected, what for, how long, and that one may refuse.
const COLLECTION: &str = "양주시는 소식을 보내기 위해 카카오톡 채널 이용자 키와 읍면동, 관심 주제를 수집하며, 구독을 그만둘 때까지 보관합니다. \
                          동의하지 않을 수 있으며, 그러면 맞춤 소식을 받을 수 없습니다.";
const ADVERTISING: &str =
    "(광고) 표시가 붙은 카드 소식도 금요일 오후에 받습니다. 동의하지 않아도 다른 소식은 받을 수 있습니다.";

pub(crate) struct Parts {
    pub(crate) store: SqliteStore,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) window: Arc<Window>,
    pub(crate) channels: Arc<Channels>,
    pub(crate) channel: ChannelId,
}

impl Parts {
    /// Opens what is kept in a folder, and puts the demo week on the shelf.
    pub(crate) fn open(folder: &Path, now: chrono::DateTime<chrono::Utc>) -> Result<Self, Failure> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let key = key(&folder.join("city.key"), &*entropy)?;
        let store =
            SqliteStore::open(&folder.join("city.db"), Vault::new(&key, Arc::clone(&entropy)), Arc::clone(&entropy))?;
        let channel = ChannelId::parse("yangju-city")?;
        let channels =
            format!("channel,name,public_id,areas,contact\n{channel},양주시청,_ZeUTxl,41630,031-8082-0000\n");
        let (shelf, archive) = (Arc::new(Shelf::new()), MemoryArchive::new(Seoul));
        let published = demo::edition(&channel, demo::last_slot(now))?;
        archive.put(&published.edition);
        shelf.put(published);
        let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(archive))
            .chats(Arc::new(store.clone()))
            .subscribers(Arc::new(store.clone()))
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
        Ok(Self { store, shelf, window: Arc::new(window), channels, channel })
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
