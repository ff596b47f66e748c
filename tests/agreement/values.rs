//! Templates, whose words and links each recipient's own values fill in: sent as bare JSON, past the client's own check,
//! so that the dealer judges values that our check refuses as well.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sosik::channel::{
    Advertising, AlimtalkTemplate, Audience, Body, Message, Recipient, Refusal, Submission, stored, validate_values,
};
use sosik_tests::http;

use super::*;

/// What came of the values.
#[derive(Default)]
struct Judged {
    taken: u64,
    codes: BTreeMap<String, u64>,
    kinds: BTreeMap<&'static str, (u64, u64)>,
    /// Templates that our own check kept from being registered: of them nothing was sent.
    unregistered: u64,
}

impl Judged {
    fn note(&mut self, kind: &'static str, ours: &Result<(), Faults>, theirs: &Verdict) -> Result<(), TestCaseError> {
        let of_kind = self.kinds.entry(kind).or_default();
        match (ours, theirs) {
            (Ok(()), Ok(())) => {
                of_kind.0 += 1;
                self.taken += 1;
            }
            (Err(_), Err(Some(code))) => {
                of_kind.1 += 1;
                *self.codes.entry(code.clone()).or_default() += 1;
            }
            _ => prop_assert!(false, "{kind}: ours: {ours:?}\ntheirs: {theirs:?}"),
        }
        Ok(())
    }

    fn tell(&self, what: &str) {
        let refused: u64 = self.codes.values().sum();
        println!("{what}: {} taken by both, {refused} refused by both", self.taken);
        println!("  refused by code: {:?}\n  taken and refused by kind: {:?}", self.codes, self.kinds);
        println!("  beside them {} templates that were not to be registered", self.unregistered);
    }
}

/// A message's stored JSON with variables in the place of its words and the paths of its links, and what they held.
fn parted(value: &mut Value, field: &str, inside: &str, values: &mut BTreeMap<String, String>) {
    const SITE: &str = "https://www.example.go.kr/";
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| parted(item, field, inside, values)),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| parted(value, name, field, values)),
        Value::String(text) => {
            let name = format!("v{}", values.len());
            let is_words = match field {
                "text" | "header" | "description" | "more" => true,
                "title" => inside != "coupon",
                _ => false,
            };
            let path = match field {
                "link" | "mobile" | "desktop" | "tail" => text.strip_prefix(SITE).map(str::to_owned),
                _ => None,
            };
            if let Some(path) = path.filter(|path| !path.is_empty()) {
                *text = format!("{SITE}#{{{name}}}");
                values.insert(name, path);
            } else if is_words && !text.is_empty() {
                let words = std::mem::replace(text, format!("#{{{name}}}"));
                values.insert(name, words);
            }
        }
        _ => {}
    }
}

fn submission(message: Message, values: &BTreeMap<String, String>) -> Submission {
    let to = Recipient::new("r", phone(1));
    let to = values.iter().fold(to, |to, (name, value)| to.with_variable(name.clone(), value.clone()));
    Submission::new("k", message, Audience::Named(vec![to]))
}

/// What Bizgo answers to a message for one recipient.
async fn sent(emulator: &Emulator, item: Value, values: &BTreeMap<String, String>) -> Verdict {
    let body = json!({
        "destinations": [{ "to": "01000000001", "replaceWords": values }],
        "messageFlow": [item],
    });
    let answer =
        http(emulator.address(), "POST /api/comm/v1/send/omni", &[("authorization", "KEY")], &body.to_string()).await;
    let answer = answer.json();
    let code = answer["data"]["data"]["destinations"][0]["code"].as_str().or(answer["data"]["code"].as_str());
    match code.unwrap_or_else(|| panic!("{answer}")) {
        "A000" => Ok(()),
        code => Err(Some(code.to_owned())),
    }
}

fn cases(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

#[test]
fn values_that_our_check_passes_bizgo_fills_in_and_others_it_refuses() {
    let (runtime, clock) = (runtime(), Arc::new(ManualClock::at(noon())));
    let emulator = runtime.block_on(emulator(&clock));
    let bizgo = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
    let pictures = runtime.block_on(shelf(&bizgo, &[400, 600]));
    let limits = bizgo::limits::all();
    let judged = Mutex::new(Judged::default());
    let drawn = (0..BRANDS, prop::collection::vec(any::<u8>(), 160));
    let all = cases(3_000).run(&drawn, |(kind, bytes)| {
        let (message, lacks) = Draw::new(&bytes, &limits, &pictures, false).with_a_whim(kind);
        let kind = message.body.kind();
        let mut values = BTreeMap::new();
        let mut form: Value = serde_json::from_str(&stored::to_json(&message)).unwrap();
        parted(&mut form["body"], "", "", &mut values);
        clock.advance(TimeDelta::milliseconds(1));
        let template = stored::from_json(&form.to_string())
            .ok()
            .and_then(|message| runtime.block_on(bizgo.register_template("drawn", message.body)).ok());
        let Some(template) = template else {
            judged.lock().unwrap().unregistered += 1;
            return Ok(());
        };
        prop_assert_eq!(&template.variables(), &values.keys().cloned().collect::<BTreeSet<_>>());
        let code = template.code().to_owned();
        if lacks {
            values.pop_last();
        }
        let message = Message::new(Body::Template(template))
            .with_advertising(Advertising::new("예시시청", Refusal::BlockChannel));
        let ours = validate_values(&submission(message, &values), &limits);
        let item = json!({ "brandmessage": {
            "sendType": "template", "senderKey": "SENDER", "templateCode": code, "targeting": "I",
        } });
        // Without a variable it goes as it was registered, which is another call.
        if values.is_empty() && !lacks {
            return Ok(());
        }
        let theirs = runtime.block_on(sent(&emulator, item, &values));
        judged.lock().unwrap().note(kind, &ours, &theirs)
    });
    all.unwrap();
    let judged = judged.into_inner().unwrap();
    judged.tell("Bizgo's templates of brand messages, drawn with values");
    assert!(judged.kinds.len() == usize::from(BRANDS), "{:?}", judged.kinds);
    assert!(judged.kinds.values().all(|(taken, refused)| *taken > 10 && *refused > 10), "{:?}", judged.kinds);
}

#[test]
fn values_of_an_alimtalk_that_our_check_passes_bizgo_fills_in_and_others_it_refuses() {
    let (runtime, clock) = (runtime(), Arc::new(ManualClock::at(noon())));
    let emulator = runtime.block_on(emulator(&clock));
    let limits = bizgo::limits::all();
    let judged = Mutex::new(Judged::default());
    // How long the two values are, what stands around them, and whether one is missing.
    let drawn =
        (prop_oneof![0..1_200usize, 480..500usize], prop_oneof![0..1_200usize, 480..500usize], 0..20usize, 0..20u8);
    let all = cases(1_000).run(&drawn, |(first, second, around, whim)| {
        let text = format!("{}#{{이름}}님 #{{내용}}", "가".repeat(around));
        let code = format!("T{around}");
        let template = AlimtalkTemplate::new(&code, &text);
        let approved = json!([{ "code": code, "text": text }]).to_string();
        runtime.block_on(http(emulator.address(), "POST /_emulator/templates", &[], &approved));
        let mut values =
            BTreeMap::from([("이름".to_owned(), "나".repeat(first)), ("내용".to_owned(), "😀".repeat(second / 2))]);
        if whim == 0 {
            values.pop_last();
        }
        clock.advance(TimeDelta::milliseconds(1));
        let ours = validate_values(&submission(Message::new(Body::Alimtalk(template)), &values), &limits);
        let item = json!({ "alimtalk": { "sendType": "template", "senderKey": "SENDER", "templateCode": code } });
        let theirs = runtime.block_on(sent(&emulator, item, &values));
        judged.lock().unwrap().note("alimtalk", &ours, &theirs)
    });
    all.unwrap();
    let judged = judged.into_inner().unwrap();
    judged.tell("Bizgo's Alimtalk, drawn with values");
    assert!(judged.kinds["alimtalk"].0 > 100 && judged.kinds["alimtalk"].1 > 100, "{:?}", judged.kinds);
}
