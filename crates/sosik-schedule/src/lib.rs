//! When a message may go: Korean public holidays, weekly slots, sending windows, and decisions that explain themselves.
//!
//! # What it is for
//!
//! A city's card news goes out every Friday at 15:00, except when Friday is a public holiday (공휴일).
//! An advertisement may not go at night. A slot that was missed must not be skipped in silence.
//! This crate answers *send now, wait until T, or refuse*, and lists the rules that said so, each with a stable code,
//! a sentence in Korean and English, and its source.
//!
//! # Where it sits
//!
//! It needs no other sosik crate; below `sosik-delivery`. It takes plain facts, never a subscriber, and `now`
//! as an argument: every function is pure.
//!
//! # Quick start
//!
//! ```
//! use chrono::{TimeDelta, TimeZone, Utc};
//! use sosik_schedule::{Facts, KoreanCalendar, MessageClass, Policy, Product, Request, Verdict, WeeklySlot, decide};
//!
//! // Friday, 25 December 2026 is Christmas.
//! let slot = WeeklySlot::friday_afternoon();
//! let nominal = slot.next(Utc.with_ymd_and_hms(2026, 12, 20, 0, 0, 0).unwrap());
//! let request = Request::new(MessageClass::Advertising, nominal).with_product(Product::BrandMessage);
//!
//! let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
//! let decision = decide(&request, &Facts::new(&policy, &calendar), nominal - TimeDelta::days(3));
//!
//! let thursday = Utc.with_ymd_and_hms(2026, 12, 24, 6, 0, 0).unwrap(); // 15:00 in Seoul
//! assert_eq!(decision.at(nominal), Some(thursday));
//! assert_eq!(decision.reasons[0].code(), "holiday-roll");
//! assert!(decision.reasons[0].korean().contains("기독탄신일"));
//! ```
//!
//! # Concepts
//!
//! - The **nominal** instant is a slot's identity. Holidays move the sending, never the identity: a holiday proclaimed
//!   late moves a send and never makes a second one.
//! - [`Recurrence`]: the slots, by a typed builder or as RFC 5545 text; [`WeeklySlot`] is the plainest one.
//! - [`HolidayCalendar`] is the port to any country's holidays; [`KoreanCalendar`] computes Korea's from the decree,
//!   each rule with its effective dates. [`Roll`] and its neighbours are the arithmetic of working days.
//! - [`Policy`]: a channel's rules as one value ([`WindowRule`], [`Blackout`], [`FrequencyCap`], [`Pacing`], the
//!   election law's). [`RULES`] lists each with its source and dates.
//! - [`decide`] asks them all, with the [`Facts`] that hold; [`plan`] shows the sends to come.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `ics` | no | calendars and plans as iCalendar text (.ics), in and out |
//! | `policy-file` | no | policies as TOML and JSON, plans as JSON |
//!
//! # What is not here
//!
//! Whether a message is an advertisement (that is decided where its content is), who receives it, clocks, stores, and
//! anything asynchronous.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod blackout;
mod cap;
mod civil;
mod class;
mod decision;
mod election;
mod holiday;
#[cfg(feature = "ics")]
pub mod ics;
#[cfg(feature = "policy-file")]
pub mod json;
mod korea;
mod lunar;
mod pacing;
mod plan;
mod policy;
#[cfg(feature = "policy-file")]
pub mod policy_file;
mod reason;
mod recurrence;
mod recurrence_text;
mod request;
mod rule;
mod slot;
mod window;
mod working_day;

pub use blackout::Blackout;
pub use cap::{FrequencyCap, History, PastSend, Period, Scope};
pub use civil::{Civil, Gap, Overlap, resolve};
pub use class::{ContentClass, MessageClass, Product};
pub use decision::{Decision, Verdict, decide};
pub use election::{Election, ElectionKind, regular_elections};
pub use holiday::{Holiday, HolidayCalendar, HolidayKind, PlainCalendar};
pub use korea::KoreanCalendar;
pub use pacing::{Pacing, Wave};
pub use plan::{PlanView, PlannedSend, plan, simulate};
pub use policy::{ElectionRules, EmergencyOverride, Policy};
pub use reason::Reason;
pub use recurrence::{MAX_OCCURRENCES, Occurrence, Recurrence, RecurrenceBuilder, RecurrenceError};
pub use request::{Facts, Request, UnderWay};
pub use rule::{RULES, RuleInfo};
pub use slot::WeeklySlot;
pub use window::{SendWindow, WindowRule};
pub use working_day::{
    Roll, add_working_days, is_working_day, next_working_day, previous_working_day, working_days_between,
};
