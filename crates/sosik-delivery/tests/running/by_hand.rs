//! Campaigns that a person sends, and the report of those of which nobody here knows who got them.

use sosik_channel::{GroupSendState, GroupSendStatus};
use sosik_delivery::{Attestation, Evidence, Friends, attest, extend, plan_by_hand, unattested};

use super::*;

fn by_hand() -> Plan {
    let late = noon() + TimeDelta::hours(5);
    City::request(campaign_key("w48"), MessageClass::Advertising, noon()).by_hand().with_send_by(late)
}

#[tokio::test]
async fn a_person_attests_once_to_what_they_sent() {
    let outbox = MemoryOutbox::new();
    let people = MemorySubscriberStore::new(1);
    let error = plan(&outbox, &people, &by_hand(), noon()).await.unwrap_err();
    assert!(error.to_string().ends_with("goes by the route `hands`, for which `plan` is not"), "{error}");
    let id = by_hand().key.id();
    let word = Attestation::new("clerk", noon() + TimeDelta::minutes(9)).to(52_000).numbered("81").checked_by("head");
    let later = noon() + TimeDelta::days(3);

    plan_by_hand(&outbox, &by_hand(), "a0", noon()).await.unwrap();
    let kept = plan_by_hand(&outbox, &by_hand(), "b1", noon()).await.unwrap();
    assert!(kept.already && kept.campaign.evidence.kit.as_deref() == Some("b1"), "a kit made anew takes its place");
    assert_eq!(outbox.open_campaigns().await.unwrap(), [id]);
    assert!(unattested(&outbox, noon() + TimeDelta::hours(4)).await.unwrap().is_empty());
    assert_eq!(unattested(&outbox, later).await.unwrap().len(), 1, "nobody said that it was sent");
    extend(&outbox, id, later + TimeDelta::hours(1), "head", later).await.unwrap();
    assert!(unattested(&outbox, later).await.unwrap().is_empty());

    let refused = async |word: Attestation| attest(&outbox, id, &word, later).await.unwrap_err().to_string();
    assert!(
        refused(Attestation::new("clerk", noon() - TimeDelta::days(1))).await.contains("cannot have been sent before")
    );
    assert!(refused(Attestation::new("clerk", later + TimeDelta::hours(1))).await.contains("in the future"));
    // Given twice, as after a lost answer.
    for _ in 0..2 {
        let campaign = attest(&outbox, id, &word, later).await.unwrap();
        assert_eq!((campaign.state(), campaign.evidence.attestation.as_ref()), (CampaignState::Settled, Some(&word)));
    }
    let other = refused(Attestation::new("another", noon() + TimeDelta::hours(1))).await;
    assert!(other.contains("`clerk` attested to it already"), "{other}");
    assert!(outbox.open_campaigns().await.unwrap().is_empty());

    let report = Report::new(outbox.campaign(id).await.unwrap().unwrap(), outbox.tally(id).await.unwrap());
    let (html, json) = (report.to_html(), report.to_json());
    assert!(html.contains("사람이 보낸 것을 확인했습니다.") && html.contains("52000") && html.contains("b1"), "{html}");
    assert_eq!((&json["route"], &json["evidence"]["attestation"]["number"]), (&"hands".into(), &"81".into()));
    assert_eq!(report.to_csv(), "what,reason,recipients\r\nattested,,52000\r\n");
    let citizen = sosik_registry::SubscriberId::new(uuid::Uuid::from_u128(1));
    let why = explain(&outbox, &people, id, citizen, later).await.unwrap().to_string();
    assert!(why.contains("It goes to friends of the channel: who they are is not known here."), "{why}");
}

#[tokio::test]
async fn a_word_stands_only_where_nothing_better_is_known() {
    let city = City::of(3).await;
    let named = city.friday().await;
    let word = Attestation::new("clerk", noon());
    let error = attest(&*city.outbox, named.id, &word, noon()).await.unwrap_err();
    assert!(error.to_string().contains("known from receipts") && !error.is_retryable(), "{error}");
    assert!(extend(&*city.outbox, named.id, noon(), "head", noon()).await.is_err());

    let request_of = |edition: &str| {
        City::request(campaign_key(edition), MessageClass::Advertising, noon()).to_friends(Friends::all())
    };
    let draft = city.outbox.draft(&request_of("w49").campaign(noon())).await.unwrap().campaign;
    let error = attest(&*city.outbox, draft.id, &word, noon()).await.unwrap_err();
    assert!(error.to_string().contains("not planned"), "{error}");
    let token = city.outbox.begin(draft.id).await.unwrap();
    let planned = Transition::new(Deed::Plan, "sosik", noon());
    let sealed = sosik_delivery::Sealed::new(900, std::collections::BTreeMap::new(), planned);
    city.outbox.seal(draft.id, token, &sealed).await.unwrap();
    let seen = GroupSendState::new("7", GroupSendStatus::Sending).with_counts(Some(900), Some(300));
    city.outbox.note(draft.id, &Evidence::of(&seen, noon())).await.unwrap();
    let error = attest(&*city.outbox, draft.id, &word, noon()).await.unwrap_err();
    assert!(error.to_string().contains("known from the provider"), "{error}");
    // Of one that is just being handed over nobody can say anything yet; of one that is asked about a person can.
    let handed_over = city.outbox.draft(&request_of("w50").campaign(noon())).await.unwrap().campaign;
    let token = city.outbox.begin(handed_over.id).await.unwrap();
    city.outbox.seal(handed_over.id, token, &sealed).await.unwrap();
    let mut asked = Evidence::new();
    asked.asked = Some(noon());
    city.outbox.note(handed_over.id, &asked).await.unwrap();
    assert!(attest(&*city.outbox, handed_over.id, &word, noon()).await.is_err());
    city.outbox.note(handed_over.id, &Evidence::asking("look", noon())).await.unwrap();
    let closed = attest(&*city.outbox, handed_over.id, &word.clone().to(0), noon()).await.unwrap();
    assert_eq!((closed.state(), closed.evidence.is_open()), (CampaignState::Settled, false));
    let kept = city.outbox.campaign(draft.id).await.unwrap().unwrap();
    let report = Report::new(kept, city.outbox.tally(draft.id).await.unwrap());
    assert_eq!(report.to_csv(), "what,reason,recipients\r\nplanned,,900\r\nexpected,,900\r\nsent,,300\r\n");
    assert!(report.balances() && report.to_html().contains("33.3 %"));
}
