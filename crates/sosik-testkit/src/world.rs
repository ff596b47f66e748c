use chrono::{DateTime, TimeZone, Utc};
use sosik_channel::TextMessage;
use sosik_content::EditionId;
use sosik_core::{AreaCode, ChannelId, PhoneNumber};
use sosik_delivery::{ApprovalRule, Campaign, CampaignKey, Deed, History, Transition};
use sosik_registry::{ConsentEvent, NewSubscriber, Purpose};
use sosik_schedule::MessageClass;

/// Friday, 27 November 2026, 15:00 in Seoul.
#[must_use]
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap()
}

/// The placeholder number `010-0000-nnnn`; beyond 9,999 `010-0001-nnnn` and so on.
#[must_use]
pub fn phone(number: u32) -> PhoneNumber {
    PhoneNumber::parse(&format!("010-{:04}-{:04}", number / 10_000, number % 10_000)).unwrap()
}

/// A citizen of 회천1동 with a placeholder number, who agreed to nothing.
#[must_use]
pub fn citizen(number: u32) -> NewSubscriber {
    NewSubscriber::new(phone(number), AreaCode::parse("4163053000").unwrap())
}

/// Such a citizen, who agreed to advertisements in March 2026.
#[must_use]
pub fn consented(number: u32) -> NewSubscriber {
    let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
    citizen(number).with_text().with_consent(ConsentEvent::granted(Purpose::Advertising, march, "서면 신청서"))
}

/// The key of an edition of the channel `yangju-city` at [`noon`].
#[must_use]
pub fn campaign_key(edition: &str) -> CampaignKey {
    CampaignKey::new(ChannelId::parse("yangju-city").unwrap(), noon(), EditionId::from_stored(edition))
}

/// A campaign of a text for no one yet.
#[must_use]
pub fn campaign(edition: &str) -> Campaign {
    let text = TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "양주시 소식").unwrap();
    let draft = Transition::new(Deed::Draft, "editor", noon());
    let history = History::new(ApprovalRule::none(), draft);
    Campaign::new(campaign_key(edition), MessageClass::Advertising, text.into(), noon(), history)
}
