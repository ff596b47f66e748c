//! Every call of SOLAPI's.

use std::sync::Arc;

use chrono::TimeDelta;
use sosik::channel::{
    AlimtalkTemplate, Audience, Body, BrandTemplate, Bubble, Message, Submission, Transport, TransportExt, Webhook,
};
use sosik::solapi::{Credentials, Solapi};
use sosik::{Clock, ManualClock, SeededEntropy};

use crate::Log;
use crate::messages::{brands, marks, pictures, texts, to};

pub(crate) async fn story(url: String, clock: &Arc<ManualClock>, log: &mut Log) {
    let credentials = Credentials::new("KEY", "SECRET");
    let entropy = Arc::new(SeededEntropy::new(3));
    let builder = Solapi::builder(credentials, "KA01PF0", Arc::clone(clock) as Arc<dyn Clock>, entropy);
    let solapi = builder.base_url(url).build().unwrap();
    let now = clock.now();
    let submission = |key: &str, message: Message| Submission::new(key, message, Audience::Named(to(1..=2)));
    let media = pictures();
    let (wide, square) = (&media[0].picture, &media[1].picture);
    let mut sent = Vec::new();
    for (name, body) in brands(wide, square) {
        let message = Message::new(body).with_advertising(marks());
        sent.push((name, solapi.upload_all(message, &media).await.unwrap()));
    }
    for (name, message) in texts(wide) {
        sent.push((name, solapi.upload_all(message, &media).await.unwrap()));
    }
    let approved = AlimtalkTemplate::new("APPROVED1", "#{이름}님, 안내입니다.");
    sent.push(("alimtalk", Message::new(Body::Alimtalk(approved))));
    let shown = Body::Bubble(Bubble::new("#{이름}님, 금요일에 만나요."));
    let template = BrandTemplate::new("BRAND1", shown).unwrap();
    sent.push(("by template", Message::new(Body::Template(template)).with_advertising(marks())));
    for (name, message) in &sent {
        log.told(name, solapi.submit(&submission(name, message.clone())).await);
    }
    log.told("find", solapi.find(&submission("sms", sent[8].1.clone()), now).await);
    clock.advance(TimeDelta::seconds(2));
    let page = solapi.receipts().await.unwrap();
    let handle = page.id.clone().unwrap();
    let named = format!("[{{\"messageId\":\"{}\"}}]", page.receipts[0].message_key);
    log.told("receipts", Ok::<_, ()>(page));
    log.told("acknowledge", solapi.acknowledge(&handle).await);
    log.told("webhook", solapi.webhook(&Webhook::new(named, clock.now())).await);

    let group = solapi.open_group().await.unwrap();
    log.told("add", solapi.add(&group.id, &submission("group", sent[8].1.clone())).await);
    log.told("group", solapi.group(&group.id).await);
    log.told("schedule", solapi.schedule_group(&group.id, clock.now() + TimeDelta::hours(1)).await);
    log.told("cancel", solapi.cancel(&group.id).await);
    let group = solapi.open_group().await.unwrap();
    log.told("add", solapi.add(&group.id, &submission("group 2", sent[9].1.clone())).await);
    log.told("send", solapi.send_group(&group.id).await);
    let group = solapi.open_group().await.unwrap();
    log.told("delete", solapi.delete_group(&group.id).await);
    let later = submission("later", sent[8].1.clone()).at(clock.now() + TimeDelta::hours(1));
    log.told("later", solapi.submit(&later).await);
    log.told("balance", solapi.balance().await);
    log.told("statistics", solapi.statistics(now - TimeDelta::hours(1), now + TimeDelta::hours(1)).await);
    log.told("wrong", solapi.group("NONE").await);
}
