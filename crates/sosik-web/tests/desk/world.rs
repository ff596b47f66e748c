//! A city with a desk, and whoever sits at it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use reqwest::{Client, RequestBuilder, Response, redirect};
use scraper::{Html, Selector};
use secrecy::{ExposeSecret as _, SecretString};
use sosik_channel::TextMessage;
use sosik_chat::{ChatStore as _, NewTicket, Ticket};
use sosik_content::{Brief, BriefBuilder, CardPicture, Edition, Post, Quotas, Topic, WebLink};
use sosik_core::{AreaCode, ChannelId, ManualClock, PhoneNumber, SystemEntropy};
use sosik_delivery::{ApprovalRule, CampaignId, CampaignKey, Plan};
use sosik_desk::{
    AccountName, Approved, By, DraftStore as _, Newsroom, NewsroomError, PasswordHash, Role, Staff, StaffStore as _,
    async_trait, plan_approved,
};
use sosik_registry::{ConsentEvent, Identity, NewSubscriber, Purpose, SecretKey, Segment, SubscriberStore as _, Vault};
use sosik_schedule::MessageClass;
use sosik_sqlite::SqliteStore;
use sosik_web::desk::{Desk, DeskBuilder, Stores};
use tempfile::TempDir;

pub(crate) const WEEK: &str = "/desk/week/2026-11-27";
pub(crate) const PASSWORD: &str = "파란 우산 셋과 가로등";

pub(crate) fn slot() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap()
}

pub(crate) fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

/// A newsroom of as many posts as are given.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) channel: ChannelId,
    pub(crate) posts: std::sync::Mutex<Vec<Post>>,
    pub(crate) is_away: AtomicBool,
    /// Whether what was done is not told.
    pub(crate) is_lost: AtomicBool,
}

#[async_trait]
impl Newsroom for Room {
    fn channel(&self) -> &ChannelId {
        &self.channel
    }

    fn brief(&self, slot: DateTime<Utc>) -> BriefBuilder {
        // No kind of news has room kept for it.
        let quotas = Topic::ALL.into_iter().fold(Quotas::none(), |quotas, topic| quotas.with(topic, 0, 3));
        Brief::builder(channel(), slot, chrono_tz::Asia::Seoul).name("양주시 소식").cards(2, 3).quotas(quotas)
    }

    async fn posts(&self, _: DateTime<Utc>) -> Result<Vec<Post>, NewsroomError> {
        Ok(self.posts.lock().unwrap().clone())
    }

    async fn draw(&self, edition: &Edition, posts: &[Post]) -> Result<Vec<CardPicture>, NewsroomError> {
        // What the post says stands on it.
        let draw = |card: &sosik_content::Card| {
            let post = posts.iter().find(|post| post.id == card.post_id());
            let said = post.map_or("", |post| post.text.as_str());
            CardPicture::new(format!("{}\n{said}", card.title()).into_bytes(), (2, 1), card.title())
        };
        Ok(edition.cards().iter().map(draw).collect())
    }

    async fn hand_over(&self, approved: &Approved, now: DateTime<Utc>) -> Result<CampaignId, NewsroomError> {
        if self.is_away.load(Relaxed) {
            return Err(NewsroomError::new("대행사에 닿지 않습니다"));
        }
        let key = CampaignKey::of(&approved.edition);
        let office = PhoneNumber::parse("031-8082-0000").unwrap();
        let text = "(광고)양주시 소식\n무료수신거부 080-000-0000";
        let message = TextMessage::new(office, text).unwrap().into();
        let plan = Plan::new(key, message, MessageClass::Advertising, Segment::All, slot(), 200);
        let planned = plan_approved(&*self.store, &*self.store, plan, approved, now).await;
        let planned = planned.map_err(|error| NewsroomError::new("발송을 만들지 못했습니다").with_source(error))?;
        if self.is_lost.load(Relaxed) {
            return Err(NewsroomError::new("답이 오지 않았습니다"));
        }
        Ok(planned.campaign.id)
    }
}

pub(crate) struct World {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) staff: Staff,
    pub(crate) room: Arc<Room>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) folder: TempDir,
}

fn post(n: usize, title: &str, text: &str) -> Post {
    let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
    Post::new(title, link, text).with_published(slot() - TimeDelta::days(1)).with_id(format!("p-{n}"))
}

pub(crate) fn posts() -> Vec<Post> {
    vec![
        post(
            1,
            "수도 동파 예방",
            "수도계량기함에 헌 옷을 채워 주세요. 물을 조금 틀어 둡니다. 문의 수도과 031-8082-0000",
        ),
        post(2, "겨울 점등식", "12월 5일(일) 18시부터 20시까지 호수공원에서 점등식을 엽니다. 누구나 무료로 오세요."),
        post(
            3,
            "공공도서관 휴관",
            "12월 1일(화) 공공도서관은 쉽니다. 반납함은 24시간 열려 있습니다. 문의 도서관과 031-8082-0000",
        ),
        post(4, "전통시장 대잔치", "할인쿠폰을 드립니다. 지금 구매하면 반값! 선착순 특가로 사세요."),
        post(
            5,
            "청년 월세 지원 신청",
            "무주택 청년은 12월 11일(금)까지 주소지 행정복지센터에 신청하세요. 문의 031-8082-0000",
        ),
    ]
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::made(DeskBuilder::over_http).await
    }

    pub(crate) async fn made(with: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(SystemEntropy::new());
        let vault = Vault::new(&SecretKey::generate(&*entropy), Arc::clone(&entropy) as _);
        let store = SqliteStore::open(&folder.path().join("city.db"), vault, Arc::clone(&entropy) as _).unwrap();
        let store = Arc::new(store);
        // Friday, an hour before the slot.
        let clock = Arc::new(ManualClock::at(slot() - TimeDelta::hours(1)));
        let staff = Staff::new(Arc::clone(&store) as _, Arc::clone(&store) as _, Arc::clone(&clock) as _, entropy);
        let staff = staff.unwrap();
        let (posts, is_away, is_lost) = (posts().into(), false.into(), false.into());
        let room = Arc::new(Room { store: Arc::clone(&store), channel: channel(), posts, is_away, is_lost });
        let stores = Stores::of(&store);
        let desk = Desk::builder("양주시", staff.clone(), Arc::clone(&room) as _, stores, Arc::clone(&clock) as _);
        let router = with(desk.head("홍길동")).build().router();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { store, staff, room, clock, client, base, folder }
    }

    /// Someone with roles who is signed in, with a password of their own.
    pub(crate) async fn person(&self, account: &str, roles: &[Role]) -> Person<'_> {
        let name = AccountName::parse(account).unwrap();
        self.staff.add(&By::program("test"), &name, roles.iter().copied()).await.unwrap();
        // As if they had chosen one.
        let mut kept = self.store.account(&name).await.unwrap().unwrap();
        kept.password = PasswordHash::of(&PASSWORD.into(), &SystemEntropy::new()).unwrap();
        kept.must_change = false;
        assert!(self.store.keep_account(&kept).await.unwrap());
        self.signed_in(account, PASSWORD).await
    }

    /// Someone who signs in.
    pub(crate) async fn signed_in(&self, account: &str, password: &str) -> Person<'_> {
        let response = self.sign_in(account, password).await;
        assert_eq!(response.status().as_u16(), 303, "{}", response.text().await.unwrap());
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        Person { world: self, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub(crate) async fn sign_in(&self, account: &str, password: &str) -> Response {
        let fields = [("account", account), ("password", password)];
        form(self.client.post(format!("{}/desk/sign-in", self.base)), &fields).send().await.unwrap()
    }

    /// A password to be used once.
    pub(crate) async fn given(&self, account: &str, role: Role) -> SecretString {
        let name = AccountName::parse(account).unwrap();
        self.staff.add(&By::program("test"), &name, [role]).await.unwrap()
    }

    /// Someone who asked something.
    pub(crate) async fn question(&self, key: &str, text: &str) -> Ticket {
        let who = Identity::ChannelUser { channel: channel(), key: key.to_owned() };
        let new = NewTicket::new(who, channel(), text, slot() + TimeDelta::days(7));
        self.store.open(new.for_office(Some("도로과".into())), 2026, slot()).await.unwrap()
    }

    pub(crate) async fn people(&self, count: usize) {
        let person = |n: usize| {
            let phone = PhoneNumber::parse(&format!("010-0000-{n:04}")).unwrap();
            let consent = ConsentEvent::granted(Purpose::Advertising, slot() - TimeDelta::days(3), "test");
            NewSubscriber::new(phone, AreaCode::parse("4163053000").unwrap()).with_consent(consent)
        };
        let people: Vec<_> = (1..=count).map(person).collect();
        self.store.put(&people, slot() - TimeDelta::days(3)).await.unwrap();
    }

    /// What stands in the file, its log included.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let read = |name: &str| std::fs::read(Path::join(self.folder.path(), name)).unwrap_or_default();
        [read("city.db"), read("city.db-wal")].concat()
    }
}

/// A form as browsers send it.
pub(crate) fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// Someone in front of a browser.
pub(crate) struct Person<'a> {
    pub(crate) world: &'a World,
    pub(crate) cookie: String,
}

impl Person<'_> {
    fn with(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("cookie", &self.cookie)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.with(self.world.client.get(format!("{}{path}", self.world.base))).send().await.unwrap()
    }

    /// A page that is there.
    pub(crate) async fn page(&self, path: &str) -> Html {
        let response = self.get(path).await;
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        Html::parse_document(&text)
    }

    /// The key of their forms.
    pub(crate) async fn key(&self) -> String {
        let page = Html::parse_document(&self.get("/desk/password").await.text().await.unwrap());
        attribute(&page, "input[name=form-key]", "value")
    }

    /// A form as their pages send it.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let key = self.key().await;
        let fields: Vec<_> = fields.iter().copied().chain([("form-key", key.as_str())]).collect();
        self.send(path, &fields).await
    }

    /// A form of these fields and no others.
    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        form(self.with(self.world.client.post(format!("{}{path}", self.world.base))), fields).send().await.unwrap()
    }

    /// What a form that was refused is answered: its status, and what is told.
    pub(crate) async fn told(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let response = self.post(path, fields).await;
        let status = response.status().as_u16();
        let page = Html::parse_document(&response.text().await.unwrap());
        (status, texts(&page, "[role=alert]").join(" / "))
    }

    /// Hands the draft in as it stands.
    pub(crate) async fn submits(&self) -> u16 {
        let digest = attribute(&self.page(WEEK).await, "form[action$=submit] input[name=digest]", "value");
        self.post(&format!("{WEEK}/submit"), &[("digest", &digest)]).await.status().as_u16()
    }

    /// Agrees to what stands there.
    pub(crate) async fn approves(&self) -> u16 {
        let digest = attribute(&self.page(WEEK).await, "form[action$=approve] input[name=digest]", "value");
        self.post(&format!("{WEEK}/approve"), &[("digest", &digest)]).await.status().as_u16()
    }

    pub(crate) async fn edits(&self, fields: &[(&str, &str)]) -> (u16, String) {
        let version = self.version().await;
        let fields: Vec<_> = fields.iter().copied().chain([("version", version.as_str())]).collect();
        self.told(&format!("{WEEK}/edit"), &fields).await
    }

    /// Of which version of the draft their page is.
    pub(crate) async fn version(&self) -> String {
        let draft = self.world.store.draft_of(&channel(), slot()).await.unwrap();
        draft.map_or(0, |draft| draft.version).to_string()
    }
}

pub(crate) fn texts(page: &Html, select: &str) -> Vec<String> {
    let selector = Selector::parse(select).unwrap();
    page.select(&selector).map(|node| node.text().collect::<String>().trim().to_owned()).collect()
}

pub(crate) fn attribute(page: &Html, select: &str, name: &str) -> String {
    let selector = Selector::parse(select).unwrap();
    let node =
        page.select(&selector).next().unwrap_or_else(|| panic!("no {select} in `{}`", texts(page, "main").concat()));
    node.value().attr(name).unwrap().to_owned()
}

pub(crate) fn cards(page: &Html) -> Vec<String> {
    texts(page, "ol.cards > li > h3")
}

pub(crate) fn rule(approvers: u8) -> ApprovalRule {
    ApprovalRule::of(approvers)
}

pub(crate) fn exposed(password: &SecretString) -> &str {
    password.expose_secret()
}
