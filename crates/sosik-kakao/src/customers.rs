//! People of the registry as a customer file has them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sosik_channel::SendError;
use sosik_core::ChannelId;
use sosik_registry::{Identity, Need, Page, Purpose, Segment, StoreError, Subscriber, SubscriberStore, Suppression};

use crate::client::KakaoClient;
use crate::files::{Customer, CustomerId, FileId, Put, Schema, SchemaError, Value};
use crate::ids::{AppUserId, ChannelPublicId};

/// The digits of a district's code, which shorter codes are filled up to.
const DIGITS: usize = 10;

/// People that are read from the store, and handed to Kakao, together.
const STEP: usize = 2_000;

/// What of people goes into a customer file, and of whom. Its columns are numbers: Kakao keeps words in its own alone.
///
/// Kakao is someone else than the city: whoever has not agreed that their data are given to someone else
/// ([`Purpose::ThirdParty`], 개인정보 보호법 제17조) is left out, and so is who blocked or left the channel.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_core::{AreaCode, ChannelId, PhoneNumber};
/// use sosik_kakao::{Omitted, Sheet};
/// use sosik_registry::{ConsentEvent, Identity, NewSubscriber, Purpose, Subscriber, SubscriberId, Suppression};
///
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let sheet = Sheet::new(ChannelId::parse("city")?).with_area("emd").with_topic("문화", "culture");
/// let mut new = NewSubscriber::new(PhoneNumber::parse("010-0000-0001")?, AreaCode::parse("4163053000")?)
///     .with_identity(Identity::AppUser("123456789".into()));
/// let person = |new: &NewSubscriber| Subscriber::new(SubscriberId::new(uuid::Uuid::nil()), new.clone(), march);
/// assert_eq!(sheet.customer(&person(&new), march), Err(Omitted::Suppressed(Suppression::NoConsent)));
///
/// new = new.with_consent(ConsentEvent::granted(Purpose::ThirdParty, march, "서면"));
/// let customer = sheet.customer(&person(&new), march).map_err(|omitted| format!("{omitted:?}"))?;
/// assert_eq!(customer.fields["emd"], sosik_kakao::Value::Number(4163053000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    channel: ChannelId,
    area: Option<String>,
    topics: BTreeMap<String, String>,
    phones: bool,
}

impl Sheet {
    /// People of a channel of this installation, by their app user id, without anything else of them.
    #[must_use]
    pub fn new(channel: ChannelId) -> Self {
        Self { channel, area: None, topics: BTreeMap::new(), phones: false }
    }

    /// With the code of their area in a column: ten digits, those of a shorter code filled up with zeros.
    #[must_use]
    pub fn with_area(mut self, column: impl Into<String>) -> Self {
        self.area = Some(column.into());
        self
    }

    /// With a column that holds 1 for those who chose a topic, or none at all and so want everything, and 0 for others.
    #[must_use]
    pub fn with_topic(mut self, topic: impl Into<String>, column: impl Into<String>) -> Self {
        self.topics.insert(topic.into(), column.into());
        self
    }

    /// Who has no app user id goes in by their number: see
    /// [`KakaoBuilder::allow_phone_numbers`](crate::KakaoBuilder::allow_phone_numbers), without which that is refused.
    #[must_use]
    pub fn with_phones(mut self) -> Self {
        self.phones = true;
        self
    }

    /// The columns of the file to make.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] for a column without a name, for two of one name, and beyond 30 of them.
    pub fn schema(&self) -> Result<Schema, SchemaError> {
        self.area.iter().chain(self.topics.values()).try_fold(Schema::new(), |schema, column| schema.number(column))
    }

    /// Someone as the file has them.
    ///
    /// # Errors
    ///
    /// Why they are left out.
    pub fn customer(&self, person: &Subscriber, at: DateTime<Utc>) -> Result<Customer, Omitted> {
        let need = Need::new(Purpose::ThirdParty, at).through(self.channel.clone());
        if let Some(reason) = person.bar(&need) {
            return Err(Omitted::Suppressed(reason));
        }
        let mut customer = Customer::new(self.id(person).ok_or(Omitted::NoId)?);
        if let Some((column, area)) = self.area.as_ref().zip(person.area.as_ref()) {
            let code = format!("{:0<DIGITS$}", area.as_str());
            customer.fields.extend(code.parse().ok().map(|code| (column.clone(), Value::Number(code))));
        }
        for (topic, column) in &self.topics {
            let wants = person.topics.is_empty() || person.topics.contains(topic);
            customer.fields.insert(column.clone(), Value::Number(i64::from(wants)));
        }
        Ok(customer)
    }

    fn id(&self, person: &Subscriber) -> Option<CustomerId> {
        let app = person.identities.iter().find_map(|identity| match identity {
            Identity::AppUser(id) => id.parse().ok().map(|id| CustomerId::App(AppUserId::new(id))),
            _ => None,
        });
        app.or_else(|| person.phone().filter(|_| self.phones).cloned().map(CustomerId::Phone))
    }
}

/// Why someone is not in a customer file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Omitted {
    /// There is nothing by which Kakao knows them: no app user id, and no number that may be given.
    NoId,
    /// They left, or did not agree that their data are given to someone else, in the registry's words.
    Suppressed(Suppression),
}

/// What became of the people of a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filled {
    /// How many were handed over and taken.
    pub put: Put,
    /// How many were left out, by the reason.
    pub omitted: BTreeMap<Omitted, u64>,
}

/// A customer file could not be filled whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FillError {
    /// By the store.
    #[error("the people cannot be read")]
    Store(#[from] StoreError),
    /// By Kakao: some may be in the file, and all may be put in again.
    #[error("the people cannot be handed over")]
    Kakao(#[from] SendError),
}

impl KakaoClient {
    /// Puts the people of a segment into a customer file of a channel, as a sheet has them: 2,000 at a time, so that memory
    /// does not grow with them. Who is in the file already is changed, and no one is taken out: who withdrew since is
    /// [removed](Self::remove_customers), or a file is made anew each time.
    ///
    /// # Errors
    ///
    /// [`FillError`]; it may be done again.
    pub async fn fill_file(
        &self,
        file: FileId,
        channel: &ChannelPublicId,
        store: &dyn SubscriberStore,
        segment: &Segment,
        sheet: &Sheet,
        at: DateTime<Utc>,
    ) -> Result<Filled, FillError> {
        let mut filled = Filled::default();
        let mut page = Page::first(segment.clone(), at, STEP);
        loop {
            let people = store.page(&page).await?;
            let mut customers = Vec::with_capacity(people.len());
            for person in &people {
                match sheet.customer(person, at) {
                    Ok(customer) => customers.push(customer),
                    Err(omitted) => *filled.omitted.entry(omitted).or_default() += 1,
                }
            }
            if !customers.is_empty() {
                let put = self.put_customers(file, channel, &customers).await?;
                filled.put.asked += put.asked;
                filled.put.taken += put.taken;
            }
            match page.next(&people) {
                Some(next) => page = next,
                None => return Ok(filled),
            }
        }
    }
}
