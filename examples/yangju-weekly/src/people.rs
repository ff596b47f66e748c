//! The subscribers: a file of them, or placeholders; and the key that seals their numbers.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use sosik::Entropy;
use sosik::SystemEntropy;
use sosik::registry::{
    Directory, Event, Identity, NewSubscriber, Put, Relation, RelationState, SecretKey, SubscriberStore, Vault, import,
};
use sosik::sqlite::SqliteStore;

use crate::Failure;
use crate::args::Args;
use crate::config::City;
use crate::screen::say;

/// Opens the store in the folder, under the key of the command line, the environment or the key file.
pub(crate) fn store(args: &Args) -> Result<SqliteStore, Failure> {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
    let key_file = args.out.join("sosik.key");
    let key = match &args.key {
        Some(key) => SecretKey::from_hex(key)?,
        None if key_file.exists() => {
            let text = std::fs::read_to_string(&key_file).map_err(Failure::at("the key", &key_file))?;
            SecretKey::from_hex(&text).map_err(Failure::at("the key", &key_file))?
        }
        None => new_key(&key_file, &entropy)?,
    };
    let path = args.out.join("sosik.db");
    let vault = Vault::new(&key, Arc::clone(&entropy));
    SqliteStore::open(&path, vault, entropy).map_err(Failure::at("the database", &path))
}

fn new_key(path: &Path, entropy: &dyn Entropy) -> Result<SecretKey, Failure> {
    let key = SecretKey::generate(entropy);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Under another name first: a kill in between must not leave half a key.
    let new = path.with_extension("key.new");
    let mut file = options.open(&new).map_err(Failure::at("the key", path))?;
    file.write_all(key.expose_hex().as_bytes()).map_err(Failure::at("the key", path))?;
    file.sync_all().map_err(Failure::at("the key", path))?;
    std::fs::rename(&new, path).map_err(Failure::at("the key", path))?;
    Ok(key)
}

/// Brings the subscribers of the file, or the placeholders, into the store.
pub(crate) async fn bring(args: &Args, store: &SqliteStore, city: &City, now: DateTime<Utc>) -> Result<(), Failure> {
    let directory = &city.directory;
    let today = now.with_timezone(&city.slot.zone()).date_naive();
    let mut people: Vec<NewSubscriber> = match &args.subscribers {
        Some(path) => {
            let file = std::fs::read(path).map_err(Failure::at("the subscribers", path))?;
            import::from_csv(&file, directory, today).map_err(Failure::at("the subscribers", path))?
        }
        None => import::from_csv(placeholders(directory, today).as_bytes(), directory, today)?,
    };
    if args.subscribers.is_none() {
        let known = |(number, person): (usize, NewSubscriber)| {
            person.with_identity(Identity::AppUser(format!("placeholder-{number}")))
        };
        people = people.into_iter().enumerate().map(known).collect();
    }
    let put = store.put(&people, now).await?;
    let added = put.iter().filter(|put| matches!(put, Put::Added(_))).count();
    if args.subscribers.is_none() {
        // As Kakao's webhooks would tell it.
        store.apply(&neighbours(city, &people, now), now).await?;
    }
    say(&format!("people   {} subscribers, {added} of them new", store.count().await?));
    Ok(())
}

/// A third of the placeholders of each district added its channel.
fn neighbours(city: &City, people: &[NewSubscriber], now: DateTime<Utc>) -> Vec<Event> {
    let at = now.checked_sub_days(Days::new(100)).unwrap_or(now);
    let rounds = people.chunks(city.districts.len().max(1)).step_by(3).flatten();
    let third = rounds.filter_map(|person| {
        let area = person.area.as_ref()?;
        let voice = city.districts.iter().find(|voice| voice.is_for(area))?;
        let relation = Relation::new(voice.channel.clone(), RelationState::Added, at, "placeholder");
        let who = person.identities().iter().find(|identity| matches!(identity, Identity::AppUser(_)))?;
        Some(Event::related(who.clone(), relation))
    });
    third.collect()
}

/// A thousand placeholders over the city's districts: one in twelve without consent to advertisements, one in ten
/// without text messages.
fn placeholders(directory: &Directory, today: NaiveDate) -> String {
    let districts: Vec<&str> = directory.on(today).map(|district| district.name.as_str()).collect();
    let consented = today.checked_sub_days(Days::new(200)).unwrap_or(today).to_string();
    let topics = ["", "문화;축제·행사", "재난·안전", "관광", "시정소식;생활정보"];
    let mut csv = format!("{}\n", import::COLUMNS.join(","));
    for number in 1..=1_000_usize {
        let (consent, evidence) =
            if number % 12 == 0 { ("", "") } else { (consented.as_str(), "주민센터 서면 신청서") };
        let text = if number % 10 == 0 { "아니오" } else { "예" };
        let district = districts[(number + number / districts.len()) % districts.len()];
        let _ = writeln!(
            csv,
            "010-0000-{number:04},{district},{},{consent},{evidence},{text}",
            topics[number % topics.len()]
        );
    }
    csv
}
