//! Where citizens and campaigns are kept, as each process opens it: `sqlite:PATH`, or `postgres:URL` with `#schema`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sosik::delivery::Outbox;
use sosik::nats::NatsQueue;
use sosik::postgres::{PostgresStore, Settings};
use sosik::registry::{SecretKey, SubscriberStore, Vault};
use sosik::sqlite::SqliteStore;
use sosik::{Entropy, SystemEntropy};

use crate::failure::Failure;

/// Both ports of an open store.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) people: Arc<dyn SubscriberStore>,
    pub(crate) outbox: Arc<dyn Outbox>,
}

impl Store {
    /// Opens a store with a cache of so many mebibytes, where it is a file. Its key is no secret: everything in it is made up.
    pub(crate) async fn open(place: &str, cache: u32) -> Result<Self, Failure> {
        let key = SecretKey::from_hex(&"0f".repeat(32)).map_err(Failure::at("the key"))?;
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        let vault = Vault::new(&key, Arc::clone(&entropy));
        let wrong = Failure::at("the store");
        if let Some(path) = place.strip_prefix("sqlite:") {
            return Ok(Self::both(SqliteStore::open_within(Path::new(path), cache, vault, entropy).map_err(wrong)?));
        }
        let (address, schema) = postgres(place)
            .and_then(|place| place.rsplit_once('#'))
            .ok_or_else(|| Failure::new("--store: write sqlite:PATH or postgres:URL"))?;
        let settings = Settings::parse(address).and_then(|settings| settings.with_schema(schema));
        let settings = settings.map_err(Failure::at("--store"))?.with_connections(4);
        Ok(Self::both(PostgresStore::connect(&settings, vault, entropy).await.map_err(wrong)?))
    }

    fn both<S: SubscriberStore + Outbox + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self { people: Arc::clone(&store) as _, outbox: store }
    }
}

/// The address in `postgres:URL`, or in the bare URL.
fn postgres(place: &str) -> Option<&str> {
    let rest = place.strip_prefix("postgres:")?;
    Some(if rest.starts_with("//") { place } else { rest })
}

/// Something that no other rehearsal has in its names.
fn moment() -> String {
    let mut moment = [0; 4];
    SystemEntropy::new().fill(&mut moment);
    format!("{:08x}", u32::from_le_bytes(moment))
}

/// What tells a stream of a rehearsal, as processes are told it, from the address before it.
const STREAM: char = '#';

/// A queue with a stream of the rehearsal's own, as processes are told it.
pub(crate) fn queue(at: &str) -> Result<String, Failure> {
    let rest = at.strip_prefix("nats:").ok_or_else(|| Failure::new("--queue: write nats:URL"))?;
    let address = if rest.starts_with("//") { at } else { rest };
    Ok(format!("{address}{STREAM}{}", moment()))
}

/// Connects to a queue.
pub(crate) async fn connect(queue: &str) -> Result<NatsQueue, Failure> {
    let (address, moment) = queue.rsplit_once(STREAM).unwrap_or((queue, "0"));
    NatsQueue::builder(address)
        .stream(format!("SOSIK_REHEARSAL_{moment}"), format!("sosik-rehearsal.{moment}"))
        .hold(Duration::from_secs(30))
        .connect()
        .await
        .map_err(Failure::at("the queue"))
}

/// The place of a rehearsal; a temporary folder goes away with it.
pub(crate) struct Place {
    /// As processes are told it.
    pub(crate) name: String,
    file: Option<PathBuf>,
    temporary: Option<PathBuf>,
}

impl Place {
    /// A new and empty place.
    pub(crate) fn of(store: Option<&str>) -> Result<Self, Failure> {
        let Some(store) = store else {
            let folder = std::env::temp_dir().join(format!("rehearsal-{}", std::process::id()));
            std::fs::create_dir_all(&folder).map_err(Failure::at("the temporary folder"))?;
            let file = folder.join("rehearsal.db");
            let name = format!("sqlite:{}", file.display());
            return Ok(Self { name, file: Some(file), temporary: Some(folder) });
        };
        if let Some(path) = store.strip_prefix("sqlite:") {
            let file = PathBuf::from(path);
            if file.exists() {
                return Err(Failure::new(format!("--store: {path} is there already: name a new file")));
            }
            return Ok(Self { name: store.to_owned(), file: Some(file), temporary: None });
        }
        if postgres(store).is_none() {
            return Err(Failure::new("--store: write sqlite:PATH or postgres:URL"));
        }
        Ok(Self { name: format!("{store}#rehearsal_{}", moment()), file: None, temporary: None })
    }

    /// How large the file is, where it is one.
    pub(crate) fn bytes(&self) -> Option<u64> {
        self.file.as_ref().and_then(|file| Some(std::fs::metadata(file).ok()?.len()))
    }

    /// The schema that was made, where it is a server's.
    pub(crate) fn schema(&self) -> Option<&str> {
        postgres(&self.name)?.rsplit_once('#').map(|(_, schema)| schema)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.temporary {
            // What cannot be removed stays in the system's temporary folder.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
