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
//! use chrono::{TimeZone, Utc};
//! use sosik_schedule::{KoreanCalendar, MessageClass, Request, SendWindow, Verdict, WeeklySlot, decide};
//!
//! // Friday, 25 December 2026 is Christmas.
//! let slot = WeeklySlot::friday_afternoon();
//! let nominal = slot.next(Utc.with_ymd_and_hms(2026, 12, 20, 0, 0, 0).unwrap());
//! let request = Request::new(MessageClass::Advertising, nominal, slot.zone())
//!     .with_window(SendWindow::kakao_brand_message());
//! let decision = decide(&request, &KoreanCalendar::new(), nominal - chrono::TimeDelta::days(3));
//!
//! let thursday = Utc.with_ymd_and_hms(2026, 12, 24, 6, 0, 0).unwrap(); // 15:00 in Seoul
//! assert!(matches!(decision.verdict, Verdict::Wait { until, .. } if until == thursday));
//! assert_eq!(decision.reasons[0].code, "holiday-roll");
//! ```
//!
//! # Concepts
//!
//! - The **nominal** instant is a slot's identity. Holidays move the sending, never the identity.
//! - [`HolidayCalendar`] is the port to any country's holidays; [`KoreanCalendar`] computes Korea's from the decree,
//!   each rule with its effective dates. Temporary holidays (임시공휴일) and election days are data.
//! - [`SendWindow`]: the hours of the day in which a product or the law lets a message through.
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Recurrence rules (RFC 5545), blackouts, frequency caps, clocks, stores, and anything asynchronous.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod civil;
mod decision;
mod holiday;
mod korea;
mod slot;
mod window;

pub use civil::resolve;
pub use decision::{Decision, MessageClass, Reason, Request, Verdict, decide};
pub use holiday::{Holiday, HolidayCalendar, HolidayKind, PlainCalendar, is_working_day, previous_working_day};
pub use korea::KoreanCalendar;
pub use slot::WeeklySlot;
pub use window::SendWindow;
