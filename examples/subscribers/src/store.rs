//! The store that the command line names.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sosik::postgres::{PostgresStore, Settings};
use sosik::registry::access::{Access, Did, Whose};
use sosik::registry::portable::Portable;
use sosik::registry::rights::{Rights, RightsChange};
use sosik::registry::{Audited, Journal, SecretKey, StoreError, SubscriberStore, Vault};
use sosik::sqlite::SqliteStore;
use sosik::{Entropy, SystemClock, SystemEntropy};

use crate::args::{Args, Place};
use crate::failure::Failure;

/// A store of either kind, whose every access to people's data is noted.
pub(crate) struct Store {
    people: Audited<Box<dyn SubscriberStore>>,
    kind: Kind,
    account: String,
    place: String,
}

#[derive(Clone)]
enum Kind {
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
        let kind = Kind::open(place, &args.schema, &key, old.as_ref()).await?;
        Ok(Self::of(kind, &args.account, &args.place))
    }

    /// A store under a new key, for a bench.
    pub(crate) async fn new(place: &Place, schema: &str) -> Result<Self, Failure> {
        let key = SecretKey::generate(&SystemEntropy::new());
        Ok(Self::of(Kind::open(place, schema, &key, None).await?, "bench", "console"))
    }

    fn of(kind: Kind, account: &str, place: &str) -> Self {
        let (people, log): (Box<dyn SubscriberStore>, Arc<dyn Journal<Access>>) = match kind.clone() {
            Kind::Postgres(store) => (Box::new(store.clone()), Arc::new(store)),
            Kind::Sqlite(store) => (Box::new(store.clone()), Arc::new(store)),
        };
        let people = Audited::new(people, log, Arc::new(SystemClock::new()), account, place);
        Self { people, kind, account: account.to_owned(), place: place.to_owned() }
    }

    /// People, as the account sees them.
    pub(crate) fn people(&self) -> &dyn SubscriberStore {
        &self.people
    }

    /// People without a record of who looks at them: for a bench, whose people are none.
    pub(crate) fn bare(&self) -> &dyn SubscriberStore {
        self.kind.any()
    }

    /// The record of accesses.
    pub(crate) fn accesses(&self) -> &dyn Journal<Access> {
        self.kind.any()
    }

    /// The record of who may access what.
    pub(crate) fn rights(&self) -> &dyn Journal<RightsChange> {
        self.kind.any()
    }

    /// A change of rights by the account that asks for it.
    pub(crate) fn change(&self, account: &str, to: Rights, now: DateTime<Utc>) -> RightsChange {
        RightsChange::new(now, &self.account, &self.place, account, to)
    }

    /// Notes that people's data are taken out.
    pub(crate) async fn exports(&self, whose: Whose, now: DateTime<Utc>) -> Result<(), StoreError> {
        let access = Access::new(now, &self.account, &self.place, whose, Did::Exported);
        self.accesses().add_entry(&access).await
    }

    /// What can be taken elsewhere.
    pub(crate) fn portable(&self) -> &dyn Portable {
        self.kind.any()
    }

    pub(crate) async fn backup(&self, to: &Path) -> Result<(), Failure> {
        match &self.kind {
            Kind::Postgres(_) => Err(Failure::new("a server's backups are its own: use pg_dump")),
            Kind::Sqlite(store) => store.backup(to).await.map_err(Failure::at(to.display())),
        }
    }

    /// All of a file in one, to be copied as it lies there.
    pub(crate) fn close(self) -> Result<(), Failure> {
        let Self { people, kind, .. } = self;
        drop(people);
        let closed = match kind {
            Kind::Postgres(_) => true,
            Kind::Sqlite(store) => store.close(),
        };
        if closed { Ok(()) } else { Err(Failure::new("the store: it could not be closed")) }
    }
}

/// What every kind of store is.
trait Any: Portable + Journal<Access> + Journal<RightsChange> {}

impl<S: Portable + Journal<Access> + Journal<RightsChange>> Any for S {}

impl Kind {
    fn any(&self) -> &dyn Any {
        match self {
            Self::Postgres(store) => store,
            Self::Sqlite(store) => store,
        }
    }

    async fn open(place: &Place, schema: &str, key: &SecretKey, old: Option<&SecretKey>) -> Result<Self, Failure> {
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
}
