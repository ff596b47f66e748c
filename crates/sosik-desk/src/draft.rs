use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use sosik_content::{CardPicture, Choices, Edition, stored};
use sosik_core::ChannelId;
use sosik_delivery::{ApprovalRule, Deed, Transition};

use crate::sign_in::hex;
use crate::{Edit, EditError};

/// What an edition is known by: the SHA-256 of its stored form and of its pictures. Who approves names it, so that nobody agrees to
/// what was changed since they looked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditionDigest(String);

impl EditionDigest {
    /// That of an edition with its pictures.
    #[must_use]
    pub fn of(edition: &Edition, pictures: &[CardPicture]) -> Self {
        Self::of_digests(edition, &digests(pictures))
    }

    fn of_digests(edition: &Edition, pictures: &[String]) -> Self {
        let all = Sha256::new().chain_update(stored::to_json(edition).as_bytes());
        let all = pictures.iter().fold(all, |all, picture| all.chain_update(b"\n").chain_update(picture.as_bytes()));
        Self(hex(&all.finalize()))
    }

    /// One that a form brought back, or that was kept. It is not checked: what is none is that of no edition.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DraftState {
    /// Editors are at it.
    Editing,
    /// It was handed in, and waits for those who have to agree.
    Submitted,
    /// They agreed: it is to be handed over to sending.
    Approved,
    /// It is being handed over: its campaign may be there already, so that it is changed no more, and tried again.
    HandingOver,
    /// It is a campaign: what becomes of it is told there.
    HandedOver,
}

impl DraftState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Editing, Self::Submitted, Self::Approved, Self::HandingOver, Self::HandedOver];

    /// Its stable name, in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Editing => "editing",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::HandingOver => "handing-over",
            Self::HandedOver => "handed-over",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What was done with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DraftDeed {
    /// Someone agreed to what was handed in.
    Approve,
    /// It is about to become a campaign.
    Begin,
    /// It was changed.
    Edit,
    /// It could not become a campaign.
    Fail,
    /// It was given back to the editors.
    GiveBack,
    /// It became a campaign.
    HandOver,
    /// It was handed in.
    Submit,
}

impl DraftDeed {
    /// Every deed.
    pub const ALL: [Self; 7] =
        [Self::Approve, Self::Begin, Self::Edit, Self::Fail, Self::GiveBack, Self::HandOver, Self::Submit];

    /// Its stable name, in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Begin => "begin",
            Self::Edit => "edit",
            Self::Fail => "fail",
            Self::GiveBack => "give-back",
            Self::HandOver => "hand-over",
            Self::Submit => "submit",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.code() == code)
    }
}

/// One line of a draft's history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DraftStep {
    /// When.
    pub at: DateTime<Utc>,
    /// By which account or program.
    pub by: String,
    /// What was done.
    pub deed: DraftDeed,
    /// What exactly: the edit, the digest that was handed in or agreed to, why it was given back, the campaign.
    pub note: String,
}

impl DraftStep {
    /// A line.
    #[must_use]
    pub fn new(at: DateTime<Utc>, by: impl Into<String>, deed: DraftDeed, note: impl Into<String>) -> Self {
        Self { at, by: by.into(), deed, note: note.into() }
    }
}

/// The edition of a slot while it is made: what editors decided of the week's posts, what was handed in, and who agreed.
///
/// Its rules are pure: each gives the draft as it is afterwards, and a store keeps it of the version that was read.
///
/// ```
/// # use chrono::{TimeZone, Utc};
/// # use sosik_content::{Brief, Post, WebLink, curate};
/// # use sosik_core::ChannelId;
/// # use sosik_delivery::ApprovalRule;
/// use sosik_desk::{Draft, DraftState, Edit};
/// # let at = Utc.with_ymd_and_hms(2026, 11, 27, 1, 0, 0).unwrap();
/// # let channel = ChannelId::parse("yangju-city")?;
/// # let post = Post::new("수도 동파 예방", WebLink::parse("https://blog.example.go.kr/1")?, "수도계량기함에 헌 옷을 채워 주세요. 물을 조금 틀어 둡니다.").with_published(at);
///
/// let draft = Draft::new(channel.clone(), at);
/// let draft = draft.edited(&Edit::pin("https://blog.example.go.kr/1"), "editor-1", at)?;
/// let brief = Brief::builder(channel, at, chrono_tz::Asia::Seoul).cards(1, 6).choices(draft.choices.clone()).build()?;
/// let draft = draft.submitted(curate(&[post], &brief)?.edition, &[], "editor-1", at)?;
/// let digest = draft.frozen.as_ref().unwrap().digest.clone();
/// assert!(draft.approved(&digest, ApprovalRule::of(1), "editor-1", at).is_err(), "nobody approves their own");
/// let draft = draft.approved(&digest, ApprovalRule::of(1), "head-1", at)?;
/// assert_eq!(draft.state, DraftState::Approved);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// The channel that it is for.
    pub channel: ChannelId,
    /// The nominal slot.
    pub slot: DateTime<Utc>,
    /// What editors decided.
    pub choices: Choices,
    /// How far it is.
    pub state: DraftState,
    /// What was handed in last, until it is edited or given back.
    pub frozen: Option<Frozen>,
    /// What was done, in its order.
    pub steps: Vec<DraftStep>,
    /// How often it was kept: a change is of the version that was read.
    pub version: u64,
}

/// An edition as it was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frozen {
    /// The edition.
    pub edition: Edition,
    /// The SHA-256 of each of its pictures, in hexadecimal digits.
    pub pictures: Vec<String>,
    /// What it is known by.
    pub digest: EditionDigest,
}

impl Frozen {
    /// An edition with the digests of its pictures.
    #[must_use]
    pub fn new(edition: Edition, pictures: Vec<String>) -> Self {
        let digest = EditionDigest::of_digests(&edition, &pictures);
        Self { edition, pictures, digest }
    }
}

fn digests(pictures: &[CardPicture]) -> Vec<String> {
    pictures.iter().map(|picture| hex(&Sha256::digest(&picture.jpeg))).collect()
}

impl Draft {
    /// The draft of a slot at which nobody was yet.
    #[must_use]
    pub fn new(channel: ChannelId, slot: DateTime<Utc>) -> Self {
        Self {
            channel,
            slot,
            choices: Choices::default(),
            state: DraftState::Editing,
            frozen: None,
            steps: Vec::new(),
            version: 0,
        }
    }

    /// The draft after an edit. What was handed in is not any more, and whoever agreed to it has to look again.
    ///
    /// # Errors
    ///
    /// [`DraftError`] once it is agreed to, and where the edit says too little.
    pub fn edited(&self, edit: &Edit, by: &str, at: DateTime<Utc>) -> Result<Self, DraftError> {
        if !matches!(self.state, DraftState::Editing | DraftState::Submitted) {
            return Err(DraftError::Settled);
        }
        let step = DraftStep::new(at, by, DraftDeed::Edit, edit.to_string());
        let mut next = self.moved(DraftState::Editing, None, step);
        edit.apply(&mut next.choices)?;
        Ok(next)
    }

    /// The draft that was handed in as this edition, which its choices gave, with these pictures.
    ///
    /// # Errors
    ///
    /// [`DraftError`] where it was handed in before, or the edition is of another channel or slot.
    pub fn submitted(
        &self,
        edition: Edition,
        pictures: &[CardPicture],
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<Self, DraftError> {
        if self.state != DraftState::Editing {
            return Err(DraftError::Settled);
        }
        if *edition.channel() != self.channel || edition.slot() != self.slot {
            return Err(DraftError::Elsewhere);
        }
        let frozen = Frozen::new(edition, digests(pictures));
        let step = DraftStep::new(at, by, DraftDeed::Submit, frozen.digest.as_str());
        Ok(self.moved(DraftState::Submitted, Some(frozen), step))
    }

    /// The draft after someone agreed to the edition of a digest; approved once as many did as the rule asks for.
    ///
    /// # Errors
    ///
    /// [`DraftError`] where nothing is handed in or the edition is another by now, where they have agreed already, and, unless
    /// the rule says otherwise, where they had a hand in it.
    pub fn approved(
        &self,
        digest: &EditionDigest,
        rule: ApprovalRule,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<Self, DraftError> {
        let frozen = self.frozen.as_ref().filter(|_| self.state == DraftState::Submitted);
        let frozen = frozen.ok_or(DraftError::NotSubmitted)?;
        if frozen.digest != *digest {
            return Err(DraftError::Changed);
        }
        if !rule.author_counts && self.editors().contains(by) {
            return Err(DraftError::Own);
        }
        if self.approvals().any(|step| step.by == by) {
            return Err(DraftError::Twice);
        }
        let step = DraftStep::new(at, by, DraftDeed::Approve, digest.as_str());
        let mut next = self.moved(self.state, self.frozen.clone(), step);
        if next.approvals().count() >= usize::from(rule.approvers.max(1)) {
            next.state = DraftState::Approved;
        }
        Ok(next)
    }

    /// The draft that goes back to its editors.
    ///
    /// # Errors
    ///
    /// [`DraftError`] where nothing is handed in, where it is a campaign already, and where nobody says why.
    pub fn given_back(&self, why: &str, by: &str, at: DateTime<Utc>) -> Result<Self, DraftError> {
        if !matches!(self.state, DraftState::Submitted | DraftState::Approved) {
            return Err(DraftError::NotSubmitted);
        }
        if why.trim().is_empty() {
            return Err(DraftError::Unexplained);
        }
        Ok(self.moved(DraftState::Editing, None, DraftStep::new(at, by, DraftDeed::GiveBack, why.trim())))
    }

    /// The draft that is about to become a campaign: from here on it is not given back, since the campaign may be there already. It
    /// may be begun again, after a crash.
    ///
    /// # Errors
    ///
    /// [`DraftError`] where it is not agreed to.
    pub fn begun(&self, by: &str, at: DateTime<Utc>) -> Result<Self, DraftError> {
        if !matches!(self.state, DraftState::Approved | DraftState::HandingOver) {
            return Err(DraftError::NotSubmitted);
        }
        Ok(self.moved(DraftState::HandingOver, self.frozen.clone(), DraftStep::new(at, by, DraftDeed::Begin, "")))
    }

    /// The draft of which no campaign was made after all: look first that there is none.
    ///
    /// # Errors
    ///
    /// [`DraftError`] where it was not begun.
    pub fn failed(&self, why: &str, by: &str, at: DateTime<Utc>) -> Result<Self, DraftError> {
        if self.state != DraftState::HandingOver {
            return Err(DraftError::NotSubmitted);
        }
        Ok(self.moved(DraftState::Approved, self.frozen.clone(), DraftStep::new(at, by, DraftDeed::Fail, why)))
    }

    /// The draft that became a campaign.
    ///
    /// # Errors
    ///
    /// [`DraftError`] where it was not begun.
    pub fn handed_over(&self, campaign: &str, by: &str, at: DateTime<Utc>) -> Result<Self, DraftError> {
        if self.state != DraftState::HandingOver {
            return Err(DraftError::NotSubmitted);
        }
        Ok(self.moved(
            DraftState::HandedOver,
            self.frozen.clone(),
            DraftStep::new(at, by, DraftDeed::HandOver, campaign),
        ))
    }

    /// Who agreed to what was handed in last.
    pub fn approvals(&self) -> impl Iterator<Item = &DraftStep> {
        let from = self.steps.iter().rposition(|step| step.deed == DraftDeed::Submit).unwrap_or(self.steps.len());
        self.steps[from..].iter().filter(|step| step.deed == DraftDeed::Approve)
    }

    /// Who had a hand in it.
    #[must_use]
    pub fn editors(&self) -> BTreeSet<&str> {
        let theirs = self.steps.iter().filter(|step| matches!(step.deed, DraftDeed::Edit | DraftDeed::Submit));
        theirs.map(|step| step.by.as_str()).collect()
    }

    /// What is handed over to sending, with the pictures that were agreed to.
    ///
    /// # Errors
    ///
    /// [`DraftError`] where it is not agreed to, and where the pictures are others than were: what they are drawn of has changed.
    pub fn to_send(&self, pictures: Vec<CardPicture>) -> Result<Approved, DraftError> {
        if !matches!(self.state, DraftState::Approved | DraftState::HandingOver) {
            return Err(DraftError::NotSubmitted);
        }
        let author = self.steps.iter().rev().find(|step| step.deed == DraftDeed::Submit);
        let (author, frozen) = author.zip(self.frozen.as_ref()).ok_or(DraftError::NotSubmitted)?;
        if digests(&pictures) != frozen.pictures {
            return Err(DraftError::Redrawn);
        }
        let approvals = self.approvals().map(|step| {
            Transition::new(Deed::Approve, step.by.as_str(), step.at).because(format!("edition {}", step.note))
        });
        let (edition, author, approvals) = (frozen.edition.clone(), author.by.clone(), approvals.collect());
        Ok(Approved { edition, pictures, author, approvals })
    }

    /// The draft in a state after a step, with what is handed in then.
    fn moved(&self, state: DraftState, frozen: Option<Frozen>, step: DraftStep) -> Self {
        let mut next = self.clone();
        (next.state, next.frozen) = (state, frozen);
        next.steps.push(step);
        next
    }
}

/// An edition that is agreed to, on its way to sending.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Approved {
    /// The edition.
    pub edition: Edition,
    /// The pictures of its cards.
    pub pictures: Vec<CardPicture>,
    /// Who handed it in.
    pub author: String,
    /// Who agreed, and when: as a campaign's history has it.
    pub approvals: Vec<Transition>,
}

/// Something that cannot be done with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// It was changed since whoever agrees looked at it.
    #[error("the draft was changed since you looked: look again")]
    Changed,
    /// The edit says too little.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The edition is of another channel or slot.
    #[error("the edition is of another channel or slot")]
    Elsewhere,
    /// Nothing is handed in.
    #[error("nothing is handed in: hand the draft in first")]
    NotSubmitted,
    /// Its pictures would be others than those that were agreed to.
    #[error(
        "the posts were changed since, so that the pictures would be others: have it given back, and handed in again"
    )]
    Redrawn,
    /// They had a hand in it.
    #[error("whoever worked on a draft does not approve it: someone else has to")]
    Own,
    /// It is handed in or agreed to: it has to be given back first.
    #[error("the draft is handed in or agreed to: have it given back first")]
    Settled,
    /// They have agreed already.
    #[error("this account has approved it already")]
    Twice,
    /// Nobody says why.
    #[error("say why the draft is given back")]
    Unexplained,
}
