//! The store that the command line names.

use std::path::Path;
use std::sync::Arc;

use sosik::postgres::{PostgresStore, Settings};
use sosik::registry::portable::Portable;
use sosik::registry::{SecretKey, SubscriberStore, Vault};
use sosik::sqlite::SqliteStore;
use sosik::{Entropy, SystemEntropy};

use crate::args::{Args, Place};
use crate::failure::Failure;

/// A store of either kind.
pub(crate) enum Store {
    Postgres(PostgresStore),
    Sqlite(SqliteStore),
}

impl Store {
    pub(crate) async fn open(args: &Args) -> Result<Self, Failure> {
        Self::open_at(args, &args.store).await
    }

    /// Under the keys of the command line, elsewhere than it says.
    pub(crate) async fn open_at(args: &Args, place: &Place) -> Result<Self, Failure> {
        let key = args.key.as_deref().ok_or_else(|| Failure::new("SOSIK_KEY: it is not set; new-key makes one"))?;
        let key = SecretKey::from_hex(key).map_err(Failure::at("SOSIK_KEY"))?;
        let old = args.old_key.as_deref().map(SecretKey::from_hex).transpose().map_err(Failure::at("SOSIK_OLD_KEY"))?;
        Self::at(place, &args.schema, &key, old.as_ref()).await
    }

    pub(crate) async fn at(
        place: &Place,
        schema: &str,
        key: &SecretKey,
        old: Option<&SecretKey>,
    ) -> Result<Self, Failure> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        let vault = Vault::new(key, Arc::clone(&entropy));
        let vault = old.into_iter().fold(vault, Vault::also_opening);
        match place {
            Place::Sqlite(path) => {
                let store = SqliteStore::open(path, vault, entropy).map_err(Failure::at(path.display()))?;
                Ok(Self::Sqlite(store))
            }
            Place::Postgres(address) => {
                let settings = Settings::parse(address).and_then(|settings| settings.with_schema(schema));
                let settings = settings.map_err(Failure::at("the store"))?;
                let store =
                    PostgresStore::connect(&settings, vault, entropy).await.map_err(Failure::at("the store"))?;
                Ok(Self::Postgres(store))
            }
        }
    }

    /// What both kinds do alike.
    pub(crate) fn people(&self) -> &dyn SubscriberStore {
        match self {
            Self::Postgres(store) => store,
            Self::Sqlite(store) => store,
        }
    }

    /// What can be taken elsewhere.
    pub(crate) fn portable(&self) -> &dyn Portable {
        match self {
            Self::Postgres(store) => store,
            Self::Sqlite(store) => store,
        }
    }

    pub(crate) async fn backup(&self, to: &Path) -> Result<(), Failure> {
        match self {
            Self::Postgres(_) => Err(Failure::new("a server's backups are its own: use pg_dump")),
            Self::Sqlite(store) => store.backup(to).await.map_err(Failure::at(to.display())),
        }
    }

    /// All of a file in one, to be copied as it lies there.
    pub(crate) fn close(self) -> Result<(), Failure> {
        let closed = match self {
            Self::Postgres(_) => true,
            Self::Sqlite(store) => store.close(),
        };
        if closed { Ok(()) } else { Err(Failure::new("the store: it could not be closed")) }
    }
}
