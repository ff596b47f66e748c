//! What the city's own program does for the desk: posts, pictures, and the campaign.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Seoul;
use sosik::ChannelId;
use sosik::bizgo::limits::LIMITS;
use sosik::cards::{CardFormat, Face, Painter, Theme};
use sosik::channel::{ChannelProfile, Media, Message, PictureFormat, Transport, TransportExt as _, compose};
use sosik::chat::MemoryArchive;
use sosik::content::{AreaNames, Brief, BriefBuilder, CardPicture, Edition, Post, Story, WebLink, curate};
use sosik::delivery::{CampaignId, CampaignKey, Outbox as _, Plan};
use sosik::desk::{Approved, Newsroom, NewsroomError, async_trait, plan_approved};
use sosik::registry::Segment;
use sosik::schedule::{Facts, KoreanCalendar, MessageClass, Policy, Request, decide};
use sosik::sqlite::SqliteStore;
use sosik::web::archive::{Published, Shelf};

use crate::demo::Week;
use crate::settings::Settings;
use crate::{Failure, demo, say};

/// The newsroom of a city.
pub(crate) struct CityNewsroom {
    settings: Arc<Settings>,
    painter: Painter,
    profile: ChannelProfile,
    /// The slot of the week that is out already.
    first: DateTime<Utc>,
    store: Arc<SqliteStore>,
    /// The way to the dealer, where there is one.
    transport: Option<Arc<dyn Transport>>,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) archive: Arc<MemoryArchive>,
}

impl CityNewsroom {
    pub(crate) fn new(
        settings: Arc<Settings>,
        store: Arc<SqliteStore>,
        (transport, archive): (Option<Arc<dyn Transport>>, WebLink),
        first: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let Settings { city, home, office, refusal, .. } = &*settings;
        let profile = ChannelProfile::builder(city.as_str(), home.clone(), office.clone(), refusal.clone());
        let theme = Theme::named(city.as_str(), "blue-green")?;
        Ok(Self {
            painter: Painter::new(theme, CardFormat::kakao_carousel_feed())?,
            profile: profile.counted_at(archive).build()?,
            settings,
            first,
            store,
            transport,
            shelf: Arc::new(Shelf::new()),
            archive: Arc::new(MemoryArchive::new(Seoul)),
        })
    }

    fn posts_of(&self, slot: DateTime<Utc>) -> Result<Vec<Post>, NewsroomError> {
        let posts = match &self.settings.feed {
            Some(feed) => read(feed),
            None => demo::posts(if slot == self.first { Week::First } else { Week::Other }, slot),
        };
        posts.map_err(failed("글을 읽을 수 없습니다"))
    }

    /// Each card as its post tells it, in the words that stand on it.
    fn drawn(&self, edition: &Edition, posts: &[Post]) -> Result<Vec<CardPicture>, NewsroomError> {
        let of = edition.cards().len();
        let draw = |(at, card): (usize, &sosik::content::Card)| {
            let Some(post) = posts.iter().find(|post| post.id == card.post_id()) else {
                // The blog has it no more: the card says it by itself.
                let drawn = self.painter.draw(edition, at).map_err(|error| failed(UNDRAWN)(error.into()))?;
                return Ok(CardPicture::new(drawn.file, (drawn.width, drawn.height), drawn.alt));
            };
            let mut story = Story::of(post, Seoul);
            story.kind.topic = card.topic();
            let face = Face::of_story(&story)
                .with_text("title", card.title())
                .with_text("edition", edition.title())
                .with_text("place", format!("{}/{of}", at + 1));
            let drawn = self.painter.draw_face(&face).map_err(|error| failed(UNDRAWN)(error.into()))?;
            Ok(CardPicture::new(drawn.file, (drawn.width, drawn.height), drawn.alt))
        };
        edition.cards().iter().enumerate().map(draw).collect()
    }

    /// The message of an edition, with its pictures at the dealer.
    async fn message(&self, approved: &Approved, transport: &Arc<dyn Transport>) -> Result<Message, NewsroomError> {
        let media = |picture: &CardPicture| {
            Media::new(PictureFormat::Jpeg, picture.size, picture.alt.as_str(), picture.jpeg.to_vec())
        };
        let media: Vec<Media> = approved.pictures.iter().map(media).collect();
        let shown: Vec<_> = media.iter().map(|media| media.picture.clone()).collect();
        let message = compose(&approved.edition, &shown, &self.profile, LIMITS);
        let message = message.map_err(|error| failed("메시지로 만들 수 없습니다")(error.into()))?;
        let message = transport.upload_all(message, &media).await;
        message.map_err(|error| failed("그림을 올리지 못했습니다")(error.into()))
    }

    /// Puts an edition where citizens find it, from its slot on.
    pub(crate) fn publish(&self, edition: &Edition) -> Result<(), NewsroomError> {
        let pictures = self.drawn(edition, &self.posts_of(edition.slot())?)?;
        self.archive.put(edition);
        self.shelf.put(Published::new(edition.clone()).with_pictures(pictures));
        Ok(())
    }

    /// Publishes the week that was out already.
    pub(crate) fn publish_first(&self) -> Result<(), Failure> {
        let curation = curate(&self.posts_of(self.first)?, &self.brief(self.first).build()?)?;
        Ok(self.publish(&curation.edition)?)
    }
}

const UNDRAWN: &str = "카드를 그릴 수 없습니다";

/// The posts of a feed; what is no post is for whoever looks after the feed.
fn read(path: &Path) -> Result<Vec<Post>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let feed = sosik::feeds::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    for rejected in &feed.rejected {
        say(&format!("feed: not a post: {rejected}"));
    }
    Ok(feed.posts)
}

/// What could not be done, in words for whoever sits at the desk.
fn failed(what: &'static str) -> impl FnOnce(Failure) -> NewsroomError {
    move |error| NewsroomError::new(what).with_source(error)
}

#[async_trait]
impl Newsroom for CityNewsroom {
    fn channel(&self) -> &ChannelId {
        &self.settings.channel
    }

    fn brief(&self, slot: DateTime<Utc>) -> BriefBuilder {
        let Settings { channel, edition, cards, area, districts, .. } = &*self.settings;
        let today = slot.with_timezone(&Seoul).date_naive();
        let names = districts.on(today).map(|district| (district.name.clone(), district.code.clone()));
        Brief::builder(channel.clone(), slot, Seoul)
            .name(edition.as_str())
            .cards(cards.0, cards.1)
            .area(area.clone())
            .area_names(AreaNames::new(names))
    }

    async fn posts(&self, slot: DateTime<Utc>) -> Result<Vec<Post>, NewsroomError> {
        self.posts_of(slot)
    }

    async fn draw(&self, edition: &Edition, posts: &[Post]) -> Result<Vec<CardPicture>, NewsroomError> {
        self.drawn(edition, posts)
    }

    async fn hand_over(&self, approved: &Approved, now: DateTime<Utc>) -> Result<CampaignId, NewsroomError> {
        let edition = &approved.edition;
        let Some(transport) = &self.transport else {
            return Err(NewsroomError::new(
                "보낼 곳이 없습니다: BIZGO_API_KEY와 BIZGO_SENDER_KEY를 주고 다시 시작하세요",
            ));
        };
        let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
        let request = Request::new(MessageClass::Advertising, edition.slot());
        let send_at = decide(&request, &Facts::new(&policy, &calendar), now).at(now);
        let send_at =
            send_at.ok_or_else(|| NewsroomError::new("보낼 때가 지났습니다. 다음 주 소식으로 올려 주세요"))?;
        let key = CampaignKey::of(edition);
        let known = self.store.campaign(key.id()).await;
        // What was made a campaign before has its message, and its pictures at the dealer.
        let message = match known.map_err(|error| failed("발송을 찾지 못했습니다")(error.into()))? {
            Some(campaign) => campaign.message,
            None => self.message(approved, transport).await?,
        };
        let batch = transport.capabilities().batch;
        let plan = Plan::new(key, message, MessageClass::Advertising, Segment::All, send_at, batch)
            .with_send_by(send_at + TimeDelta::hours(4));
        let planned = plan_approved(&*self.store, &*self.store, plan, approved, now).await;
        let planned = planned.map_err(|error| failed("발송을 만들지 못했습니다")(error.into()))?;
        self.publish(edition)?;
        Ok(planned.campaign.id)
    }
}

impl fmt::Debug for CityNewsroom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CityNewsroom").field("channel", &self.settings.channel).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use sosik::bizgo::Bizgo;
    use sosik::channel::Throttled;
    use sosik::{Entropy, SystemClock, SystemEntropy};
    use sosik_emulator::{Emulator, Options};

    use super::*;

    /// The newsroom of a week, with a dealer that is played.
    async fn make() -> (Arc<dyn Newsroom>, DateTime<Utc>) {
        let slot = Utc.with_ymd_and_hms(2026, 12, 4, 6, 0, 0).unwrap();
        let folder = tempfile::tempdir().unwrap().keep();
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        let store = crate::parts::store(&folder, &entropy).unwrap();
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), Options::new("KEY")).await.unwrap();
        let bizgo = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
        let bizgo = Throttled::new(bizgo, Arc::new(SystemClock::new()));
        // It goes on as long as the test does.
        std::mem::forget(emulator);
        let archive = WebLink::parse("https://news.example.go.kr").unwrap();
        let settings = Arc::new(Settings::read(None).unwrap());
        let first = slot - TimeDelta::weeks(1);
        (Arc::new(CityNewsroom::new(settings, store, (Some(Arc::new(bizgo) as _), archive), first).unwrap()), slot)
    }

    sosik_testkit::newsroom_conformance!(make);
}
