//! The desk for staff: the week's draft with its preview and review, approval, campaigns as they go, citizens' questions, what is
//! owed to whom, and accounts.
//!
//! Every page is a plain form on the server's side and works without script; a small script of our own only keeps a campaign's
//! numbers current. Each route asks for one [`Right`]; every form carries the key of its sign-in, so that no other site can send
//! it; nothing is kept by a cache, loads anything from elsewhere, or is shown in a frame.

mod accounts;
mod campaigns;
mod door;
mod enter;
mod layout;
mod people;
mod tickets;
mod week;
mod week_page;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderName;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use chrono_tz::Tz;
use sosik_chat::ChatStore;
use sosik_content::CardPicture;
use sosik_core::Clock;
use sosik_delivery::{ApprovalRule, ClickStore, Outbox};
use sosik_desk::{DraftStore, Newsroom, Right, Staff};
use sosik_registry::access::Access;
use sosik_registry::rights::RightsChange;
use sosik_registry::{Journal, Segment, SubscriberStore};
use sosik_schedule::{Election, HolidayCalendar, KoreanCalendar, MessageClass, Policy, WeeklySlot};
use tokio::sync::{Semaphore, watch};

use self::door::Tries;
use self::enter::{Entrance, enter};
use crate::limits::{limited, page};

/// What a page may load: its own style, script and pictures, and its own streams.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The longest form, in bytes: a card's text has some hundred characters.
const MOST: usize = 64 * 1024;
/// So long a page may take: drawing six cards takes a tenth of a second.
const WITHIN: Duration = Duration::from_secs(20);
/// Pages on which a campaign is watched at once.
const WATCHERS: usize = 64;
/// Passwords that are looked at at once.
const HASHING: usize = 4;

/// Where the desk keeps and finds everything.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stores {
    /// Drafts.
    pub drafts: Arc<dyn DraftStore>,
    /// Campaigns.
    pub outbox: Arc<dyn Outbox>,
    /// Subscribers.
    pub subscribers: Arc<dyn SubscriberStore>,
    /// Who looked at whose data.
    pub accesses: Arc<dyn Journal<Access>>,
    /// Who was given which rights.
    pub rights: Arc<dyn Journal<RightsChange>>,
    /// Citizens' questions.
    pub chats: Arc<dyn ChatStore>,
    /// How often the links of cards were followed.
    pub clicks: Arc<dyn ClickStore>,
}

impl Stores {
    /// All of them in one store, such as a database's.
    #[must_use]
    pub fn of<S>(store: &Arc<S>) -> Self
    where
        S: DraftStore
            + Outbox
            + SubscriberStore
            + Journal<Access>
            + Journal<RightsChange>
            + ChatStore
            + ClickStore
            + 'static,
    {
        Self {
            drafts: Arc::clone(store) as _,
            outbox: Arc::clone(store) as _,
            subscribers: Arc::clone(store) as _,
            accesses: Arc::clone(store) as _,
            rights: Arc::clone(store) as _,
            chats: Arc::clone(store) as _,
            clicks: Arc::clone(store) as _,
        }
    }
}

/// The desk's pages.
///
/// | route | right | what |
/// | --- | --- | --- |
/// | `GET`, `POST /desk/sign-in`, `POST /desk/sign-out` | – | signing in and out |
/// | `GET`, `POST /desk/password` | signed in | one's own password |
/// | `GET /desk` | [watch](Right::Watch) | on to the week |
/// | `GET /desk/week/{day}`, `…/{n}.jpg` | [watch](Right::Watch) | the draft of a slot, with its preview, findings and times |
/// | `POST /desk/week/{day}/edit`, `…/submit` | [draft](Right::Draft) | pin, drop, move, rewrite; hand in |
/// | `POST /desk/week/{day}/approve`, `…/give-back`, `…/hand-over` | [approve](Right::Approve) | agree, give back, try to hand over again |
/// | `GET /desk/campaigns`, `…/{id}`, `…/{id}/events` | [watch](Right::Watch) | campaigns, and one as it goes (server-sent events) |
/// | `POST /desk/campaigns/{id}/pause`, `…/resume`, `…/cancel` | [halt](Right::Halt) | halt it, let it go on, call it off |
/// | `GET /desk/tickets`, `…/{number}`, `POST …/{number}/{take,move,answer,close}` | [answer](Right::Answer) | citizens' questions |
/// | `GET /desk/registry`, `…/duties` | [registry](Right::Registry) | how many people, the ledger's check, what is owed |
/// | `GET`, `POST /desk/accounts`, `POST …/{name}/roles`, `…/{name}/reset`, `GET /desk/journal` | [accounts](Right::Accounts) | accounts, and the journals |
#[derive(Clone)]
pub struct Desk(Arc<Parts>);

pub(crate) struct Parts {
    city: String,
    staff: Staff,
    newsroom: Arc<dyn Newsroom>,
    stores: Stores,
    clock: Arc<dyn Clock>,
    slot: WeeklySlot,
    class: MessageClass,
    policy: Policy,
    calendar: Arc<dyn HolidayCalendar>,
    elections: Vec<Election>,
    approval: ApprovalRule,
    heads: Vec<String>,
    counted: Vec<(String, Segment)>,
    proxy: Option<HeaderName>,
    secure: bool,
    tries: Tries,
    /// How many passwords are looked at at once: each takes 19 MiB.
    hashing: Semaphore,
    stopping: Option<watch::Receiver<bool>>,
    drawn: Mutex<Vec<(String, Arc<[CardPicture]>)>>,
    watchers: Arc<Semaphore>,
}

impl Parts {
    fn zone(&self) -> Tz {
        self.slot.zone()
    }
}

/// Makes a [`Desk`].
#[must_use]
pub struct DeskBuilder(Parts);

impl Desk {
    /// The desk of a city: whoever works at it, what the city's own program does for it, and where everything is kept.
    ///
    /// Unless set otherwise: Friday afternoon, informational messages, the policy of a city in Korea, one approver who had no
    /// hand in the draft, TLS before it.
    pub fn builder(
        city: impl Into<String>,
        staff: Staff,
        newsroom: Arc<dyn Newsroom>,
        stores: Stores,
        clock: Arc<dyn Clock>,
    ) -> DeskBuilder {
        DeskBuilder(Parts {
            city: city.into(),
            staff,
            newsroom,
            stores,
            clock,
            slot: WeeklySlot::friday_afternoon(),
            class: MessageClass::Informational,
            policy: Policy::city(),
            calendar: Arc::new(KoreanCalendar::new()),
            elections: Vec::new(),
            approval: ApprovalRule::of(1),
            heads: Vec::new(),
            counted: Vec::new(),
            proxy: None,
            secure: true,
            tries: Tries::default(),
            hashing: Semaphore::new(HASHING),
            stopping: None,
            drawn: Mutex::new(Vec::new()),
            watchers: Arc::new(Semaphore::new(WATCHERS)),
        })
    }

    /// The routes.
    pub fn router(self) -> Router {
        let desk = self.0;
        let entered = |right: Option<Right>, is_work: bool, routes: MethodRouter<Arc<Parts>>| {
            let entrance = Entrance { desk: Arc::clone(&desk), right, is_work };
            routes.layer(middleware::from_fn_with_state(entrance, enter))
        };
        let behind = |right, routes| entered(right, true, routes);
        let looking = |routes| behind(Some(Right::Watch), routes);
        let routes = Router::new()
            .route("/desk/sign-in", get(door::page).post(door::sign_in))
            .route("/desk/style.css", get(layout::style))
            .route("/desk/desk.js", get(layout::script))
            .route("/desk/sign-out", behind(None, post(door::sign_out)))
            .route("/desk/password", behind(None, get(door::password_page).post(door::password)))
            .route("/desk", looking(get(week::this_week)))
            .route("/desk/week/{day}", looking(get(week::page)))
            .route("/desk/week/{day}/{picture}", looking(get(week::picture)))
            .route("/desk/week/{day}/edit", behind(Some(Right::Draft), post(week::edit)))
            .route("/desk/week/{day}/submit", behind(Some(Right::Draft), post(week::submit)))
            .route("/desk/week/{day}/approve", behind(Some(Right::Approve), post(week::approve)))
            .route("/desk/week/{day}/give-back", behind(Some(Right::Approve), post(week::give_back)))
            .route("/desk/week/{day}/hand-over", behind(Some(Right::Approve), post(week::hand_over)))
            .route("/desk/campaigns", looking(get(campaigns::list)))
            .route("/desk/campaigns/{id}", looking(get(campaigns::one)))
            .route("/desk/campaigns/{id}/events", entered(Some(Right::Watch), false, get(campaigns::events)))
            .route("/desk/campaigns/{id}/{deed}", behind(Some(Right::Halt), post(campaigns::halt)))
            .route("/desk/tickets", behind(Some(Right::Answer), get(tickets::list)))
            .route("/desk/misses", behind(Some(Right::Answer), get(tickets::misses)))
            .route("/desk/tickets/{number}", behind(Some(Right::Answer), get(tickets::one)))
            .route("/desk/tickets/{number}/{deed}", behind(Some(Right::Answer), post(tickets::change)))
            .route("/desk/registry", behind(Some(Right::Registry), get(people::counts)))
            .route("/desk/registry/duties", behind(Some(Right::Registry), get(people::owed)))
            .route("/desk/accounts", behind(Some(Right::Accounts), get(accounts::list).post(accounts::add)))
            .route("/desk/accounts/{name}/roles", behind(Some(Right::Accounts), post(accounts::roles)))
            .route("/desk/accounts/{name}/reset", behind(Some(Right::Accounts), post(accounts::reset)))
            .route("/desk/journal", behind(Some(Right::Accounts), get(accounts::journal)))
            .with_state(desk);
        limited(routes, MOST, WITHIN, page(POLICY))
    }
}

impl DeskBuilder {
    /// When editions go out.
    pub fn slot(mut self, slot: WeeklySlot) -> Self {
        self.0.slot = slot;
        self
    }

    /// What editions are in law.
    pub fn class(mut self, class: MessageClass) -> Self {
        self.0.class = class;
        self
    }

    /// By which policy they go, and on which days nobody works.
    pub fn policy(mut self, policy: Policy, calendar: Arc<dyn HolidayCalendar>) -> Self {
        (self.0.policy, self.0.calendar) = (policy, calendar);
        self
    }

    /// The elections that are known: before them two people agree, and some news do not go.
    pub fn elections(mut self, elections: Vec<Election>) -> Self {
        self.0.elections = elections;
        self
    }

    /// Who has to agree. The policy may ask for more.
    pub fn approval(mut self, rule: ApprovalRule) -> Self {
        self.0.approval = rule;
        self
    }

    /// The name of the head of the city, who must not be shown (공직선거관리규칙 제47조 제4항).
    pub fn head(mut self, name: impl Into<String>) -> Self {
        self.0.heads.push(name.into());
        self
    }

    /// With how many people of a segment there are, under a label: a district's, or a channel's.
    pub fn counted(mut self, label: impl Into<String>, segment: Segment) -> Self {
        self.0.counted.push((label.into(), segment));
        self
    }

    /// Behind a proxy that writes from where a request comes into a header, as its last value: journals have that then. A header
    /// that no proxy writes can be written by anyone.
    pub fn behind_proxy(mut self, header: HeaderName) -> Self {
        self.0.proxy = Some(header);
        self
    }

    /// Ends what would otherwise go on as long as someone watches, once this says that the server stops.
    pub fn stopping(mut self, stopping: watch::Receiver<bool>) -> Self {
        self.0.stopping = Some(stopping);
        self
    }

    /// Without TLS before it, on one's own machine alone: the cookie goes over plain HTTP then.
    pub fn over_http(mut self) -> Self {
        self.0.secure = false;
        self
    }

    /// The desk.
    #[must_use]
    pub fn build(self) -> Desk {
        Desk(Arc::new(self.0))
    }
}

impl fmt::Debug for DeskBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeskBuilder").field("city", &self.0.city).finish_non_exhaustive()
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("city", &self.0.city).field("staff", &self.0.staff).finish_non_exhaustive()
    }
}
