//! The draft of a slot: what is done with it.

use std::sync::{Arc, PoisonError};

use axum::Extension;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sosik_content::review::{Finding, Reviewer};
use sosik_content::{
    BriefError, BriefProblem, CardPicture, Choices, CurateError, Curation, Edition, LeftOut, Post, Topic, curate,
};
use sosik_delivery::{ApprovalRule, CampaignKey, OutboxError};
use sosik_desk::{Draft, DraftError, DraftState, Edit, EditionDigest, NewsroomError};
use sosik_registry::StoreError;
use sosik_schedule::{Decision, Facts, MessageClass, Request, decide};

use super::Parts;
use super::enter::{Fields, Visit, Who};
use super::layout::{Frame, chain, failed};
use super::week_page;

/// Editions whose pictures are kept drawn.
const DRAWN: usize = 8;

/// What stands at the desk for a slot.
pub(super) struct Week {
    pub(super) slot: DateTime<Utc>,
    pub(super) draft: Draft,
    pub(super) posts: Vec<Post>,
    /// The edition that the choices give, or that was handed in; or why there is none.
    pub(super) edition: Result<Edition, String>,
    pub(super) left_out: Vec<LeftOut>,
}

/// What whoever looks at it is told of it.
pub(super) struct Look {
    pub(super) pictures: Arc<[CardPicture]>,
    pub(super) findings: Vec<Finding>,
    pub(super) decision: Decision,
    pub(super) rule: ApprovalRule,
}

/// Something that could not be done with a week.
#[derive(Debug, thiserror::Error)]
pub(super) enum WeekError {
    #[error(transparent)]
    Draft(#[from] DraftError),
    #[error("the edition cannot be made")]
    Edition(String),
    #[error("someone else changed the draft meanwhile")]
    Meanwhile,
    #[error("the newsroom could not do it")]
    Newsroom(#[from] NewsroomError),
    #[error("the outbox failed")]
    Outbox(#[from] OutboxError),
    #[error("a store failed")]
    Store(#[from] StoreError),
}

impl WeekError {
    /// In words for whoever sits there; `None` where it is for the log.
    fn korean(&self) -> Option<String> {
        let text = match self {
            Self::Draft(DraftError::Changed) => "보신 뒤에 초안이 바뀌었습니다. 다시 살펴보고 해 주세요.",
            Self::Draft(DraftError::Redrawn) => {
                "승인한 뒤에 글이 바뀌어 그림이 달라집니다. 되돌려서 다시 올리고 승인해 주세요."
            }
            Self::Draft(DraftError::Edit(_)) => "왜 빼는지 적어 주세요.",
            Self::Draft(DraftError::NotSubmitted) => "올라온 초안이 없습니다.",
            Self::Draft(DraftError::Own) => "초안을 고친 사람은 승인할 수 없습니다. 다른 사람이 승인해야 합니다.",
            Self::Draft(DraftError::Settled) => "이미 올렸거나 승인된 초안입니다. 고치려면 먼저 되돌려 받으세요.",
            Self::Draft(DraftError::Twice) => "이미 승인하셨습니다.",
            Self::Draft(DraftError::Unexplained) => "왜 되돌리는지 적어 주세요.",
            Self::Meanwhile => "그 사이에 다른 사람이 초안을 고쳤습니다. 다시 살펴보고 해 주세요.",
            Self::Edition(why) => return Some(format!("그렇게는 소식을 만들 수 없습니다: {why}")),
            Self::Newsroom(error) => return Some(error.to_string()),
            Self::Draft(_) | Self::Outbox(_) | Self::Store(_) => return None,
        };
        Some(text.to_owned())
    }
}

impl Parts {
    /// The slot of a day; `None` where it is none.
    pub(super) fn slot_of(&self, day: &str) -> Option<DateTime<Utc>> {
        let day: NaiveDate = day.parse().ok()?;
        let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0)?).and_local_timezone(self.zone()).earliest()?;
        let slot = self.slot.this_week(noon.to_utc());
        (slot.with_timezone(&self.zone()).date_naive() == day).then_some(slot)
    }

    async fn draft(&self, slot: DateTime<Utc>) -> Result<Draft, StoreError> {
        let channel = self.newsroom.channel();
        let kept = self.stores.drafts.draft_of(channel, slot).await?;
        Ok(kept.unwrap_or_else(|| Draft::new(channel.clone(), slot)))
    }

    /// What an edition would be with what editors decided.
    fn curated(&self, slot: DateTime<Utc>, choices: &Choices, posts: &[Post]) -> Result<Curation, String> {
        let brief = self.newsroom.brief(slot).choices(choices.clone()).build().map_err(|error| told_brief(&error))?;
        curate(posts, &brief).map_err(|error| told_curation(&error))
    }

    fn decision(&self, slot: DateTime<Utc>) -> Decision {
        let facts = Facts::new(&self.policy, &*self.calendar).with_elections(&self.elections);
        decide(&Request::new(self.class, slot), &facts, self.clock.now())
    }

    /// Who has to agree: the city's rule, or more where the policy asks for it.
    fn rule(&self, decision: &Decision) -> ApprovalRule {
        let mut rule = self.approval;
        rule.approvers = rule.approvers.max(decision.approvals).max(1);
        rule
    }

    async fn week(&self, slot: DateTime<Utc>) -> Result<Week, WeekError> {
        let draft = self.draft(slot).await?;
        let posts = self.newsroom.posts(slot).await?;
        let curated = self.curated(slot, &draft.choices, &posts);
        let (mut edition, left_out) = match curated {
            Ok(curation) => (Ok(curation.edition), curation.left_out),
            Err(why) => (Err(why), Vec::new()),
        };
        if let Some(frozen) = &draft.frozen {
            edition = Ok(frozen.edition.clone());
        }
        Ok(Week { slot, draft, posts, edition, left_out })
    }

    async fn look(&self, week: &Week) -> Result<Look, NewsroomError> {
        let decision = self.decision(week.slot);
        let rule = self.rule(&decision);
        let (pictures, findings) = match &week.edition {
            Ok(edition) => (self.pictures(edition, &week.posts).await?, self.findings(week.slot, edition, &week.posts)),
            Err(_) => (Arc::from([]), Vec::new()),
        };
        Ok(Look { pictures, findings, decision, rule })
    }

    /// What a careful reader would put right of the posts that are carried, and of the cards.
    fn findings(&self, slot: DateTime<Utc>, edition: &Edition, posts: &[Post]) -> Vec<Finding> {
        let mut reviewer = Reviewer::new(slot.with_timezone(&self.zone()).date_naive(), self.zone());
        if self.class == MessageClass::Advertising {
            reviewer = reviewer.advertising();
        }
        for head in &self.heads {
            reviewer = reviewer.with_head(head);
        }
        let carried: Vec<Post> = carried(edition, posts).cloned().collect();
        let mut findings = reviewer.review(&carried);
        findings.extend(reviewer.review_edition(edition));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
        findings
    }

    /// The pictures of an edition: drawn once of the same posts, and kept for those who look next.
    async fn pictures(&self, edition: &Edition, posts: &[Post]) -> Result<Arc<[CardPicture]>, NewsroomError> {
        let carried: Vec<&Post> = carried(edition, posts).collect();
        let name = format!("{}{carried:?}", EditionDigest::of(edition, &[]).as_str());
        let kept = || self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pictures)) = kept().iter().find(|(known, _)| *known == name) {
            return Ok(Arc::clone(pictures));
        }
        let pictures: Arc<[CardPicture]> = self.newsroom.draw(edition, posts).await?.into();
        let mut kept = kept();
        kept.truncate(DRAWN - 1);
        kept.insert(0, (name, Arc::clone(&pictures)));
        Ok(pictures)
    }

    /// Hands an edition over to sending. From the first step on it is not given back, since its campaign may be there whatever
    /// happens next: a crash, a lost answer. It is tried again until it is known to be there, or known not to be.
    async fn hand_over(&self, draft: &Draft, by: &str) -> Result<Draft, WeekError> {
        let frozen = draft.frozen.as_ref().ok_or(DraftError::NotSubmitted)?;
        let posts = self.newsroom.posts(draft.slot).await?;
        let pictures = self.pictures(&frozen.edition, &posts).await?;
        let approved = draft.to_send(pictures.to_vec())?;
        let begun = self.keep(draft.begun(by, self.clock.now())?).await?;
        match self.newsroom.hand_over(&approved, self.clock.now()).await {
            Ok(campaign) => self.keep(begun.handed_over(&campaign.to_string(), by, self.clock.now())?).await,
            Err(error) => {
                let campaign = CampaignKey::of(&approved.edition).id();
                if self.stores.outbox.campaign(campaign).await?.is_none() {
                    self.keep(begun.failed(&error.to_string(), by, self.clock.now())?).await?;
                }
                Err(error.into())
            }
        }
    }

    /// Keeps a draft, and gives it as it is kept.
    async fn keep(&self, mut draft: Draft) -> Result<Draft, WeekError> {
        if !self.stores.drafts.keep_draft(&draft).await? {
            return Err(WeekError::Meanwhile);
        }
        draft.version += 1;
        Ok(draft)
    }
}

/// The posts of which an edition's cards are made.
fn carried<'a>(edition: &'a Edition, posts: &'a [Post]) -> impl Iterator<Item = &'a Post> {
    posts.iter().filter(|post| edition.cards().iter().any(|card| card.post_id() == post.id))
}

/// Why no edition can be made, in words for an editor.
fn told_brief(error: &BriefError) -> String {
    error.problems().iter().map(BriefProblem::korean).collect::<Vec<_>>().join(", ")
}

fn told_curation(error: &CurateError) -> String {
    if error.unmet.is_empty() {
        return format!("쓸 수 있는 글이 {}건인데 {}건이 필요합니다", error.found, error.needed);
    }
    format!("꼭 싣기로 한 글을 실을 수 없습니다({})", error.unmet.join(", "))
}

pub(super) async fn this_week(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    let now = desk.clock.now();
    let next = desk.slot.next(now);
    let last = weeks_from(next, -1);
    // What may still go, late, is the week's business until it is handed over.
    if now.signed_duration_since(last) <= desk.policy.late_for {
        match desk.draft(last).await {
            Ok(draft) if draft.state != DraftState::HandedOver => {
                return Redirect::to(&path(&desk, last)).into_response();
            }
            Ok(_) => {}
            Err(error) => return failed(&desk, Some(&who), &error),
        }
    }
    Redirect::to(&path(&desk, next)).into_response()
}

pub(super) fn path(desk: &Parts, slot: DateTime<Utc>) -> String {
    format!("/desk/week/{}", slot.with_timezone(&desk.zone()).date_naive())
}

pub(super) async fn page(Extension(Visit { desk, who, .. }): Extension<Visit>, Path(day): Path<String>) -> Response {
    let Some(slot) = desk.slot_of(&day) else { return Frame::of(&desk, &who).missing() };
    shown(&desk, &who, slot, StatusCode::OK, None).await
}

/// The page of a slot, with what is to be told first.
async fn shown(desk: &Parts, who: &Who, slot: DateTime<Utc>, status: StatusCode, told: Option<&str>) -> Response {
    let week = match desk.week(slot).await {
        Ok(week) => week,
        Err(error) => return failed(desk, Some(who), &error),
    };
    match desk.look(&week).await {
        Ok(look) => week_page::page(desk, who, &week, &look, status, told),
        Err(error) => failed(desk, Some(who), &error),
    }
}

pub(super) async fn picture(
    Extension(Visit { desk, who, .. }): Extension<Visit>,
    Path((day, name)): Path<(String, String)>,
) -> Response {
    let number = name.strip_suffix(".jpg").and_then(|number| number.parse::<usize>().ok());
    let Some((slot, number)) = desk.slot_of(&day).zip(number) else { return Frame::of(&desk, &who).missing() };
    let pictures = match desk.week(slot).await {
        Ok(Week { edition: Ok(edition), posts, .. }) => desk.pictures(&edition, &posts).await,
        Ok(_) => return Frame::of(&desk, &who).missing(),
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    match pictures.map(|pictures| number.checked_sub(1).and_then(|at| pictures.get(at).cloned())) {
        Ok(Some(picture)) => {
            let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "no-store")];
            (headers, picture.jpeg.to_vec()).into_response()
        }
        Ok(None) => Frame::of(&desk, &who).missing(),
        Err(error) => failed(&desk, Some(&who), &error),
    }
}

/// Does something to the draft of a day, and shows it as it is then.
async fn doing(
    desk: &Parts,
    who: &Who,
    day: &str,
    work: impl AsyncFnOnce(DateTime<Utc>, Draft) -> Result<Draft, WeekError>,
) -> Response {
    let Some(slot) = desk.slot_of(day) else { return Frame::of(desk, who).missing() };
    let done = match desk.draft(slot).await {
        Ok(draft) => work(slot, draft).await,
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(_) => Redirect::to(&path(desk, slot)).into_response(),
        Err(error) => match error.korean() {
            Some(told) => {
                // Why the newsroom could not is for the log: whoever sits there is told what.
                if let WeekError::Newsroom(_) = &error {
                    tracing::error!(error = chain(&error), "the newsroom could not do what it was asked");
                }
                shown(desk, who, slot, StatusCode::CONFLICT, Some(&told)).await
            }
            None => failed(desk, Some(who), &error),
        },
    }
}

pub(super) async fn edit(
    Extension(Visit { desk, who, fields }): Extension<Visit>,
    Path(day): Path<String>,
) -> Response {
    doing(&desk, &who, &day, async |slot, draft| {
        // What is edited is what they looked at: nobody's words are written over by a page of before.
        if fields.get("version") != draft.version.to_string() {
            return Err(WeekError::Meanwhile);
        }
        let posts = desk.newsroom.posts(slot).await?;
        let now = desk.curated(slot, &draft.choices, &posts);
        let cards = now.iter().flat_map(|now| now.edition.cards()).map(|card| card.post_id().to_owned());
        let cards: Vec<String> = cards.collect();
        let Some(edit) = edit_of(&fields, &cards) else {
            return Err(WeekError::Edition("모르는 일입니다".to_owned()));
        };
        let next = draft.edited(&edit, who.name(), desk.clock.now())?;
        // An edition that could be made before can be made after: what would leave none is told, and not kept.
        if let (true, Err(why)) = (now.is_ok(), desk.curated(slot, &next.choices, &posts)) {
            return Err(WeekError::Edition(why));
        }
        desk.keep(next).await
    })
    .await
}

/// What a form asks for; the cards are those that stand there now.
fn edit_of(fields: &Fields, cards: &[String]) -> Option<Edit> {
    let post = fields.get("post");
    let moved = |by: isize| {
        let at = cards.iter().position(|card| card == post)?;
        let to = at.checked_add_signed(by).filter(|to| *to < cards.len())?;
        let mut cards = cards.to_vec();
        cards.swap(at, to);
        Some(Edit::order(cards))
    };
    match fields.get("do") {
        "down" => moved(1),
        "drop" => Some(Edit::drop(post, fields.get("why"))),
        "pin" => Some(Edit::pin(post)),
        "release" => Some(Edit::release(post)),
        "rewrite" => Some(Edit::rewrite(post, fields.get("title"), fields.get("body"))),
        "topic" if fields.get("topic").is_empty() => Some(Edit::topic(post, None)),
        "topic" => Some(Edit::topic(post, Some(Topic::parse(fields.get("topic")).ok()?))),
        "up" => moved(-1),
        _ => None,
    }
}

pub(super) async fn submit(
    Extension(Visit { desk, who, fields }): Extension<Visit>,
    Path(day): Path<String>,
) -> Response {
    doing(&desk, &who, &day, async |slot, draft| {
        let posts = desk.newsroom.posts(slot).await?;
        let curation = desk.curated(slot, &draft.choices, &posts).map_err(WeekError::Edition)?;
        let pictures = desk.pictures(&curation.edition, &posts).await?;
        // What is handed in is what the editor looked at, also where posts came, went or were changed since.
        if EditionDigest::of(&curation.edition, &pictures).as_str() != fields.get("digest") {
            return Err(DraftError::Changed.into());
        }
        desk.keep(draft.submitted(curation.edition, &pictures, who.name(), desk.clock.now())?).await
    })
    .await
}

pub(super) async fn approve(
    Extension(Visit { desk, who, fields }): Extension<Visit>,
    Path(day): Path<String>,
) -> Response {
    doing(&desk, &who, &day, async |slot, draft| {
        let rule = desk.rule(&desk.decision(slot));
        let digest = EditionDigest::from_stored(fields.get("digest"));
        let next = desk.keep(draft.approved(&digest, rule, who.name(), desk.clock.now())?).await?;
        // Agreed to: what becomes of it now is shown, and can be tried again.
        if next.state == DraftState::Approved { desk.hand_over(&next, who.name()).await } else { Ok(next) }
    })
    .await
}

pub(super) async fn hand_over(
    Extension(Visit { desk, who, .. }): Extension<Visit>,
    Path(day): Path<String>,
) -> Response {
    doing(&desk, &who, &day, async |_, draft| desk.hand_over(&draft, who.name()).await).await
}

pub(super) async fn give_back(
    Extension(Visit { desk, who, fields }): Extension<Visit>,
    Path(day): Path<String>,
) -> Response {
    doing(&desk, &who, &day, async |_, draft| {
        desk.keep(draft.given_back(fields.get("why"), who.name(), desk.clock.now())?).await
    })
    .await
}

/// The slot so many weeks later, or before.
pub(super) fn weeks_from(slot: DateTime<Utc>, weeks: i64) -> DateTime<Utc> {
    slot.checked_add_signed(TimeDelta::weeks(weeks)).unwrap_or(slot)
}
