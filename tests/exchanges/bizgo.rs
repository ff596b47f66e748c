//! Every call of Bizgo's.

use chrono::{NaiveDate, TimeDelta};
use sosik::bizgo::{AlimtalkDraft, Bizgo, BizgoTransport, InsightQuery, Product};
use sosik::channel::{
    AlimtalkTemplate, Audience, Body, BrandTemplate, Bubble, GroupSend, GroupSender, Message, Submission, TextMessage,
    Transport, TransportExt,
};
use sosik::{Clock, ManualClock, PhoneNumber};
use sosik_testkit::phone;

use crate::Log;
use crate::messages::{brands, from, marks, passport, pictures, texts, to};

/// Tells the whole story.
pub(crate) async fn story(url: String, clock: &ManualClock, log: &mut Log) {
    let bizgo = Bizgo::builder("KEY", "SENDER").base_url(&*url).build().unwrap();
    let sent = sendings(&bizgo, clock, log).await;
    templates(&bizgo, log).await;
    let tagged = Bizgo::builder("KEY", "SENDER").base_url(url).group_tag("weekly").build().unwrap();
    centre(&bizgo, &tagged, &sent[0].1, log).await;
    friends(&bizgo, clock, sent[4].1.clone().without_fallback(), log).await;
    later(&bizgo, clock, sent[8].1.clone(), log).await;
}

fn submission(key: &str, message: Message) -> Submission {
    Submission::new(key, message, Audience::Named(to(1..=2)))
}

/// A message of every kind, and what became of them.
async fn sendings(bizgo: &BizgoTransport, clock: &ManualClock, log: &mut Log) -> Vec<(&'static str, Message)> {
    let now = clock.now();
    let media = pictures();
    let (wide, square) = (&media[0].picture, &media[1].picture);
    let mut sent = Vec::new();
    for (name, body) in brands(wide, square) {
        let text = TextMessage::new(from(), "(광고)예시시청 소식\n무료수신거부 080-000-0000").unwrap();
        let message = Message::new(body).with_advertising(marks()).with_fallback(text);
        let message = bizgo.upload_all(message, &media).await.unwrap();
        sent.push((name, message));
    }
    for (name, message) in texts(wide) {
        sent.push((name, bizgo.upload_all(message, &media).await.unwrap()));
    }
    for (name, message) in &sent {
        log.told(name, bizgo.submit(&submission(name, message.clone())).await);
    }
    log.told("again", bizgo.submit(&submission("bubble", sent[0].1.clone())).await);
    log.told("find", bizgo.find(&submission("sms", sent[8].1.clone()), now).await);
    clock.advance(TimeDelta::seconds(2));
    let page = bizgo.receipts().await.unwrap();
    log.told("inquiry", bizgo.reports(&page.receipts[0].message_key).await);
    let handle = page.id.clone().unwrap();
    log.told("acknowledge", bizgo.acknowledge(&handle).await);
    log.told("receipts", Ok::<_, ()>(page));
    log.told("nothing left", bizgo.receipts().await);
    sent
}

/// Templates of brand messages and of Alimtalk.
async fn templates(bizgo: &BizgoTransport, log: &mut Log) {
    let media = pictures();
    let shown = Body::Bubble(Bubble::new("#{이름}님, 금요일에 만나요."));
    let template = bizgo.register_template("주간", shown).await.unwrap();
    log.told("template", bizgo.template(template.code()).await);
    log.told("templates", bizgo.templates().await);
    let own = Message::new(Body::Template(template.clone())).with_advertising(marks());
    log.told("by template", bizgo.submit(&submission("own", own)).await);
    let changed = BrandTemplate::new(template.code(), Body::Bubble(Bubble::new("다음 주에 만나요."))).unwrap();
    log.told("change", bizgo.change_template("주간", &changed).await);
    let basic = Message::new(Body::Template(changed)).with_advertising(marks());
    log.told("basic", bizgo.submit(&submission("basic", basic)).await);
    log.told("delete", bizgo.delete_template(template.code()).await);

    let draft = AlimtalkDraft::new("여권", passport()).in_category("999999");
    log.told("register", bizgo.register_alimtalk(&draft).await);
    log.told("change", bizgo.change_alimtalk(&draft).await);
    log.told("inspect", bizgo.request_inspection("PASSPORT1", Some("민원실")).await);
    log.told("alimtalk", bizgo.alimtalk("PASSPORT1").await);
    log.told("cancel", bizgo.cancel_inspection("PASSPORT1").await);
    log.told("alimtalks", bizgo.alimtalks().await);
    let pictured = AlimtalkDraft::new("그림", AlimtalkTemplate::new("PICTURE1", "안내")).with_picture(media[0].clone());
    log.told("pictured", bizgo.register_alimtalk(&pictured).await);
    log.told("delete", bizgo.delete_alimtalk("PASSPORT1").await);
    log.told("categories", bizgo.alimtalk_categories().await);
    let approved = AlimtalkTemplate::new("APPROVED1", "#{이름}님, 안내입니다.");
    log.told("send it", bizgo.submit(&submission("alimtalk", Message::new(Body::Alimtalk(approved)))).await);
    log.told("wrong", bizgo.template("NONE").await);
}

/// Group tags, the permission, insights.
async fn centre(bizgo: &BizgoTransport, tagged: &BizgoTransport, news: &Message, log: &mut Log) {
    log.told("tag", bizgo.make_group_tag("weekly", "주간").await);
    log.told("rename", bizgo.rename_group_tag("weekly", "금요").await);
    log.told("tags", bizgo.group_tags().await);
    log.told("tagged", tagged.submit(&submission("tagged", news.clone())).await);
    log.told("delete", bizgo.delete_group_tag("weekly").await);
    log.told("may ask", bizgo.may_ask_for_permission().await);
    log.told("evidence", bizgo.upload_consent_evidence("consents.pdf", "application/pdf", &b"evidence"[..]).await);
    log.told("ask", bizgo.ask_for_permission().await);
    log.told("refuse", bizgo.set_refusal_number(&PhoneNumber::parse("080-000-0000").unwrap(), Some("1234")).await);
    let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    let query = InsightQuery::new(Product::BrandMessage, day, day);
    log.told("insights", bizgo.insights(&query).await);
    log.told("by hour", bizgo.insights_by_hour(&query).await.map(|all| all.len()));
    log.told("by template", bizgo.insights_by_template(&query.of_template("NONE")).await);
    log.told("alimtalk", bizgo.insights(&InsightQuery::new(Product::Alimtalk, day, day)).await);
}

/// A friend group, and group sends to it and to all friends.
async fn friends(bizgo: &BizgoTransport, clock: &ManualClock, news: Message, log: &mut Log) {
    let people: Vec<PhoneNumber> = (1..=12).map(phone).collect();
    log.told("group", bizgo.make_friend_group("hoecheon1", &people).await);
    clock.advance(TimeDelta::seconds(2));
    log.told("add", bizgo.add_friends("hoecheon1", &[phone(13)]).await);
    clock.advance(TimeDelta::seconds(2));
    log.told("remove", bizgo.remove_friends("hoecheon1", &people[..1]).await);
    clock.advance(TimeDelta::seconds(2));
    log.told("state", bizgo.friend_group("hoecheon1").await);
    log.told("groups", bizgo.friend_groups().await);
    let plan = GroupSend::new("city/2026-w48", news, clock.now() + TimeDelta::hours(1));
    let mut handles = Vec::new();
    for (name, plan) in [("all", plan.clone()), ("some", plan.to_group("hoecheon1"))] {
        log.told(name, bizgo.outlook(&plan).await);
        let template = bizgo.register(name, &plan.message).await.unwrap();
        let started = bizgo.start(&plan, &template).await;
        handles.extend(started.as_ref().ok().and_then(|started| started.handle().map(str::to_owned)));
        log.told(name, started);
    }
    clock.advance(TimeDelta::minutes(60));
    let handle = handles.pop().unwrap();
    for (name, state) in [
        ("state", bizgo.state(&handle).await),
        ("pause", bizgo.pause(&handle).await),
        ("resume", bizgo.resume(&handle).await),
        ("terminate", bizgo.terminate(&handle).await),
    ] {
        log.told(name, state);
    }
    log.told("forget", bizgo.forget_friend_group("hoecheon1").await);
}

/// What waits for its time.
async fn later(bizgo: &BizgoTransport, clock: &ManualClock, text: Message, log: &mut Log) {
    let now = clock.now();
    let later = submission("later", text).at(clock.now() + TimeDelta::hours(1));
    let reserved = bizgo.submit(&later).await.unwrap();
    let handle = reserved.handle.clone().unwrap();
    log.told("later", Ok::<_, ()>(reserved));
    log.told("find", bizgo.find(&later, now).await);
    log.told("move", bizgo.reschedule(&handle, clock.now() + TimeDelta::hours(2)).await);
    log.told("take out", bizgo.take_out(&handle, &phone(1)).await);
    log.told("cancel", bizgo.cancel(&handle).await);
}
