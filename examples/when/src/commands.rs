//! What each command answers.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use sosik::schedule::{
    self, ContentClass, Election, ElectionKind, ElectionRules, Holiday, HolidayCalendar, HolidayKind, KoreanCalendar,
    MessageClass, PlainCalendar, PlanView, Policy, Product, RULES, Recurrence, Request, Roll, ics, json, policy_file,
    regular_elections, resolve,
};

use crate::args::{Decide, Facts, Holidays, PolicyFile, Rules, Slots};
use crate::failure::Failure;

/// The most slots that are listed at once.
const MOST_SLOTS: usize = 2_000;

fn korea(temporary: &[NaiveDate]) -> KoreanCalendar {
    let days: Vec<Holiday> =
        temporary.iter().map(|date| Holiday::new(*date, "임시공휴일", HolidayKind::Temporary)).collect();
    if days.is_empty() { KoreanCalendar::new() } else { KoreanCalendar::new().with_days(&days) }
}

/// The public holidays of some years.
pub(crate) fn holidays(args: &Holidays, now: DateTime<Utc>) -> Result<String, Failure> {
    let calendar = korea(&args.temporary);
    let known = calendar.years();
    if !known.contains(&args.from) || !known.contains(&args.to) || args.from > args.to {
        let (first, last) = (known.start(), known.end());
        return Err(Failure::new(format!("--from and --to: years from {first} to {last} are known, in this order")));
    }
    let days: Vec<Holiday> = (args.from..=args.to).flat_map(|year| calendar.year(year).to_vec()).collect();
    if args.ics {
        return Ok(ics::write_holidays(&days, "대한민국 공휴일", now));
    }
    let mut text = "date,name\n".to_owned();
    for day in days {
        // Names hold no comma and no quote.
        let _ = writeln!(text, "{},{}", day.date, day.name);
    }
    Ok(text)
}

/// The policy of a file, or `other`.
fn policy_of(file: Option<&Path>, other: Policy) -> Result<Policy, Failure> {
    let Some(path) = file else { return Ok(other) };
    let text = Failure::read(path)?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let policy = if is_json { policy_file::from_json(&text) } else { policy_file::from_toml(&text) };
    policy.map_err(Failure::at(path.display()))
}

/// The calendar and the elections that hold.
fn world(facts: &Facts, content: bool) -> Result<(Box<dyn HolidayCalendar>, Vec<Election>), Failure> {
    let mut korea = korea(&facts.temporary);
    // Nothing can be said of elections as long as no one says what the message is about, or names the day.
    let asked = content || !facts.election.is_empty();
    let years = korea.years().filter(|_| asked);
    let mut elections: Vec<Election> = years.flat_map(|year| regular_elections(year, &korea)).collect();
    for day in &facts.election {
        if elections.iter().all(|election| election.day != *day || !election.kind.elects_head()) {
            elections.push(Election::new(*day, ElectionKind::ByOfHead));
        }
        korea = if korea.holiday(*day).is_some() {
            korea
        } else {
            korea.with_day(*day, "선거일", HolidayKind::Election)
        };
    }
    let Some(path) = &facts.holidays else { return Ok((Box::new(korea), elections)) };
    let read = ics::read_holidays(&Failure::read(path)?, korea.years()).map_err(Failure::at(path.display()))?;
    Ok((Box::new(PlainCalendar::new(read.holidays)), elections))
}

fn request(class: &str, product: Option<&str>, content: Option<&str>, nominal: DateTime<Utc>) -> Request {
    let class = MessageClass::from_code(class).unwrap_or(MessageClass::EmergencyCritical);
    let mut request = Request::new(class, nominal);
    request.product = product.and_then(Product::from_code);
    request.content = content.and_then(ContentClass::from_code);
    request
}

/// The slots to come.
pub(crate) fn slots(args: &Slots, now: DateTime<Utc>) -> Result<String, Failure> {
    let mut policy = policy_of(args.facts.policy.as_deref(), Policy::city())?;
    policy.zone = args.tz;
    if let Some(roll) = args.roll.as_deref().and_then(Roll::from_code) {
        policy.roll = roll;
    }
    let from = args.from.unwrap_or_else(|| now.with_timezone(&args.tz).date_naive());
    // The rule is counted from its own first day: every other week from then on, three times from then on.
    let recurrence =
        Recurrence::from_rule(&args.rule, from.and_time(args.time), args.tz).map_err(Failure::at("--rule"))?;
    if args.count > MOST_SLOTS {
        return Err(Failure::new(format!("--count: at most {MOST_SLOTS}")));
    }
    let begin = resolve(from, chrono::NaiveTime::MIN, args.tz);
    if args.raw {
        policy = Policy::bare(args.tz).with_elections(ElectionRules::NONE);
    }
    let (calendar, elections) = world(&args.facts, args.content.is_some())?;
    let facts = schedule::Facts::new(&policy, &*calendar).with_elections(&elections);
    let request = request(&args.class, args.product.as_deref(), args.content.as_deref(), begin);
    // Asked well before the first slot, so that one which moves to an earlier day still does.
    let asked = begin.checked_sub_days(chrono::Days::new(30)).unwrap_or(begin);
    let plan = schedule::plan(&recurrence, &request, &facts, asked, begin, args.count);
    Ok(if args.json {
        json::plan(&plan, args.tz) + "\n"
    } else if args.ics {
        ics::write_plan(&plan, args.tz, "소식", now)
    } else {
        PlanView::new(&plan, args.tz).to_string()
    })
}

/// May this message go?
pub(crate) fn decide(args: &Decide) -> Result<String, Failure> {
    let policy = policy_of(args.facts.policy.as_deref(), Policy::korea())?;
    let now = args.at.to_utc();
    let nominal = args.slot.map_or(now, |slot| slot.to_utc());
    let (calendar, elections) = world(&args.facts, args.content.is_some())?;
    let mut facts = schedule::Facts::new(&policy, &*calendar).with_elections(&elections);
    facts.night_consent = args.night_consent;
    let mut request = request(&args.class, args.product.as_deref(), args.content.as_deref(), nominal);
    (request.recipients, request.invoked_by) = (args.recipients, args.by.clone());
    let decision = schedule::decide(&request, &facts, now);
    if args.json {
        return Ok(json::decision(&decision, now, policy.zone) + "\n");
    }
    let at = decision.at(now).map_or(String::new(), |at| format!(" {}", at.with_timezone(&policy.zone).to_rfc3339()));
    let mut text = format!("{}{at}\n", decision.verdict.code());
    for reason in &decision.reasons {
        let _ = writeln!(
            text,
            "  [{}] {}\n      {}\n      {}",
            reason.code(),
            reason.english(),
            reason.korean(),
            reason.source()
        );
    }
    Ok(text)
}

/// A policy, written again.
pub(crate) fn policy(args: &PolicyFile) -> Result<String, Failure> {
    let policy = policy_of(args.file.as_deref(), Policy::city())?;
    let text = if args.json { policy_file::to_json(&policy) } else { policy_file::to_toml(&policy) };
    text.map_err(|error| Failure::new(error.to_string()))
}

/// The table of rules.
pub(crate) fn rules(args: &Rules) -> String {
    let mut rules: Vec<_> = RULES.iter().collect();
    rules.sort_by_key(|rule| rule.code);
    let mut text = format!("{:<20}  {:<10}  {:<10}  {}\n", "code", "from", "until", "what, and its source");
    let date = |date: Option<NaiveDate>| date.map_or("-".to_owned(), |date| date.to_string());
    for rule in rules {
        let says = if args.korean { rule.korean } else { rule.english };
        let _ = writeln!(text, "{:<20}  {:<10}  {:<10}  {says}", rule.code, date(rule.from), date(rule.until));
        let _ = writeln!(text, "{:<46}  {}", "", rule.source);
    }
    text
}
