//! A draft from the first edit until it is a campaign.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use proptest::prelude::*;
use sosik_content::{Brief, CardPicture, Choices, Edition, Post, WebLink, curate};
use sosik_core::ChannelId;
use sosik_delivery::ApprovalRule;
use sosik_desk::{Draft, DraftDeed, DraftError, DraftState, Edit, EditionDigest, stored};

fn slot() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap()
}

fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

fn edition(choices: Choices) -> Edition {
    let post = |n: usize, title: &str, text: &str| {
        let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
        Post::new(title, link, text).with_published(slot() - TimeDelta::days(1)).with_id(format!("p-{n}"))
    };
    let posts = [
        post(1, "수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 물을 조금 틀어 둡니다."),
        post(2, "겨울 점등식", "12월 5일(토) 오후 6시 호수공원에서 점등식을 엽니다. 누구나 오세요."),
        post(3, "공공도서관 휴관", "12월 1일(화) 공공도서관은 쉽니다. 반납함은 열려 있습니다."),
    ];
    let brief = Brief::builder(channel(), slot(), chrono_tz::Asia::Seoul).cards(1, 6).choices(choices).build().unwrap();
    curate(&posts, &brief).unwrap().edition
}

fn digest(draft: &Draft) -> EditionDigest {
    draft.frozen.as_ref().unwrap().digest.clone()
}

#[test]
fn two_people_agree_to_exactly_what_was_handed_in() {
    let rule = ApprovalRule::of(2);
    let draft = Draft::new(channel(), slot());
    assert_eq!(draft.approved(&EditionDigest::from_stored("x"), rule, "head-1", slot()), Err(DraftError::NotSubmitted));
    let draft = draft.edited(&Edit::drop("p-2", "장소 미정"), "editor-1", slot()).unwrap();
    let draft = draft.submitted(edition(draft.choices.clone()), &[], "editor-2", slot()).unwrap();
    assert_eq!(draft.to_send(Vec::new()).unwrap_err(), DraftError::NotSubmitted);
    for (by, refused) in [("editor-1", DraftError::Own), ("editor-2", DraftError::Own)] {
        assert_eq!(draft.approved(&digest(&draft), rule, by, slot()), Err(refused), "{by}");
    }
    let seen = digest(&draft);
    let draft = draft.approved(&seen, rule, "head-1", slot()).unwrap();
    assert_eq!(draft.state, DraftState::Submitted, "one more has to");
    assert_eq!(draft.approved(&seen, rule, "head-1", slot()), Err(DraftError::Twice));
    // It is changed: whoever agreed has to look again, and to what they saw nobody agrees any more.
    let changed = draft.edited(&Edit::release("p-2"), "editor-1", slot()).unwrap();
    let changed = changed.submitted(edition(changed.choices.clone()), &[], "editor-1", slot()).unwrap();
    assert_eq!(changed.approvals().count(), 0);
    assert_eq!(changed.approved(&seen, rule, "head-2", slot()), Err(DraftError::Changed));
    let approved = changed.approved(&digest(&changed), rule, "head-1", slot()).unwrap();
    let approved = approved.approved(&digest(&changed), rule, "head-2", slot()).unwrap();
    assert_eq!(approved.state, DraftState::Approved);
    let sent = approved.to_send(Vec::new()).unwrap();
    assert_eq!((sent.author.as_str(), sent.approvals.len()), ("editor-1", 2));
    assert_eq!(approved.edited(&Edit::pin("p-1"), "editor-1", slot()), Err(DraftError::Settled));
    // From the moment in which it is begun its campaign may be there: it does not go back, until it is known that it is not.
    assert_eq!(approved.handed_over("c1", "head-2", slot()), Err(DraftError::NotSubmitted));
    let begun = approved.begun("head-2", slot()).unwrap();
    assert_eq!(begun.given_back("늦음", "head-1", slot()), Err(DraftError::NotSubmitted));
    assert_eq!(begun.edited(&Edit::pin("p-1"), "editor-1", slot()), Err(DraftError::Settled));
    assert!(begun.to_send(Vec::new()).is_ok() && begun.begun("head-1", slot()).is_ok(), "it is tried again");
    let failed = begun.failed("대행사에 닿지 않음", "head-2", slot()).unwrap();
    assert!(failed.given_back("늦음", "head-1", slot()).is_ok());
    let done = begun.handed_over("c1", "head-2", slot()).unwrap();
    assert_eq!(done.given_back("늦음", "head-1", slot()), Err(DraftError::NotSubmitted));
    assert_eq!(done.steps.last().map(|step| step.deed), Some(DraftDeed::HandOver));
}

#[test]
fn the_pictures_are_agreed_to_as_well() {
    let picture = |text: &str| CardPicture::new(text.as_bytes().to_vec(), (1, 1), "그림");
    let draft = Draft::new(channel(), slot());
    let draft = draft.submitted(edition(Choices::default()), &[picture("12월 5일")], "editor-1", slot()).unwrap();
    let seen = EditionDigest::of(&edition(Choices::default()), &[picture("12월 5일")]);
    assert_eq!(digest(&draft), seen);
    for other in [vec![], vec![picture("12월 6일")], vec![picture("12월 5일"), picture("12월 5일")]] {
        assert_ne!(EditionDigest::of(&edition(Choices::default()), &other), seen);
        let approved = draft.approved(&seen, ApprovalRule::of(1), "head-1", slot()).unwrap();
        assert_eq!(approved.to_send(other).unwrap_err(), DraftError::Redrawn);
    }
}

#[test]
fn it_is_given_back_with_a_word() {
    let draft = Draft::new(channel(), slot());
    let draft = draft.submitted(edition(Choices::default()), &[], "editor-1", slot()).unwrap();
    assert_eq!(draft.given_back("  ", "head-1", slot()), Err(DraftError::Unexplained));
    let back = draft.given_back("제목을 쉽게", "head-1", slot()).unwrap();
    assert_eq!((back.state, back.frozen.is_none()), (DraftState::Editing, true));
    let one = ApprovalRule::of(1).or_author();
    let again = back.submitted(edition(Choices::default()), &[], "editor-1", slot()).unwrap();
    assert!(again.approved(&digest(&again), one, "editor-1", slot()).is_ok(), "an office of one");
}

#[test]
fn an_edition_of_another_slot_is_not_handed_in() {
    let draft = Draft::new(channel(), slot() + TimeDelta::weeks(1));
    assert_eq!(draft.submitted(edition(Choices::default()), &[], "editor-1", slot()), Err(DraftError::Elsewhere));
}

#[test]
fn what_is_kept_of_another_form_is_told() {
    for (text, told) in [
        ("{}", "version"),
        (r#"{"version":2,"state":"editing","choices":{},"frozen":null,"steps":[]}"#, "`2`"),
        (r#"{"version":1,"state":"asleep","choices":{},"frozen":null,"steps":[]}"#, "`asleep`"),
        (
            r#"{"version":1,"state":"editing","choices":{},"frozen":{"edition":"{}","pictures":[]},"steps":[]}"#,
            "its edition",
        ),
    ] {
        let error = stored::from_json(text, channel(), slot(), 1).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

fn edits() -> impl Strategy<Value = Edit> {
    let post = (1_u8..4).prop_map(|n| format!("p-{n}"));
    (post, 0_u8..6, "[ 가-힣a-z]{0,12}").prop_map(|(post, which, text)| match which {
        0 => Edit::pin(post),
        1 => Edit::drop(post, text),
        2 => Edit::release(post),
        3 => Edit::rewrite(post, &text, ""),
        4 => Edit::order([post]),
        _ => Edit::topic(post, None),
    })
}

proptest! {
    #[test]
    fn nobody_agrees_to_their_own_nor_to_what_changed(
        deeds in proptest::collection::vec((0_u8..7, 0_u8..4, 0_u8..3, edits()), 0..60), approvers in 1_u8..3
    ) {
        let rule = ApprovalRule::of(approvers);
        let mut draft = Draft::new(channel(), slot());
        // What each of them looked at last.
        let mut seen: [Option<EditionDigest>; 4] = [const { None }; 4];
        for (deed, who, variant, edit) in deeds {
            let by = format!("staff-{who}");
            let picture = CardPicture::new([variant], (1, 1), "그림");
            let next = match deed {
                0 => draft.edited(&edit, &by, slot()),
                1 => draft.submitted(edition(Choices::default()), &[picture], &by, slot()),
                2 => draft.given_back("다시", &by, slot()),
                3 => draft.begun(&by, slot()),
                4 => draft.handed_over("c", &by, slot()).or_else(|_| draft.failed("x", &by, slot())),
                5 => {
                    seen[usize::from(who)] = draft.frozen.as_ref().map(|frozen| frozen.digest.clone());
                    continue;
                }
                _ => {
                    let shown = seen[usize::from(who)].clone().unwrap_or_else(|| EditionDigest::from_stored("none"));
                    let next = draft.approved(&shown, rule, &by, slot());
                    if next.is_ok() {
                        prop_assert_eq!(Some(&shown), draft.frozen.as_ref().map(|frozen| &frozen.digest));
                    }
                    next
                }
            };
            let Ok(next) = next else { continue };
            let was = (draft.state, draft.frozen.clone());
            draft = next;
            let agreed: Vec<&str> = draft.approvals().map(|step| step.by.as_str()).collect();
            let editors = draft.editors();
            if matches!(draft.state, DraftState::Approved | DraftState::HandingOver | DraftState::HandedOver) {
                prop_assert_eq!(agreed.len(), usize::from(approvers));
                prop_assert!(agreed.iter().all(|by| !editors.contains(by)), "{:?} of {:?}", agreed, editors);
            }
            if was.0 == DraftState::HandingOver {
                prop_assert_eq!(&draft.frozen, &was.1, "what may be on its way is not changed");
            }
            prop_assert!(was.0 != DraftState::HandedOver, "it is at its end");
            prop_assert!(draft.choices.pins.iter().all(|pin| !draft.choices.drops.contains_key(pin)));
            let kept = stored::from_json(&stored::to_json(&draft), channel(), slot(), draft.version).unwrap();
            prop_assert_eq!(&kept, &draft);
        }
    }
}
