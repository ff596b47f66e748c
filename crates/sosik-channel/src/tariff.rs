//! What messages cost.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Body, Message};

/// An amount of Korean money, to the hundredth of a won (원): dealers' tariffs have halves and tenths.
///
/// ```
/// use sosik_channel::Won;
///
/// assert_eq!(Won::whole(18).to_string(), "18 KRW");
/// assert_eq!(Won::hundredths(650).times(1_000).to_string(), "6500 KRW");
/// assert_eq!(Won::hundredths(1_305).to_string(), "13.05 KRW");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Won(u64);

impl Won {
    /// So many won.
    #[must_use]
    pub fn whole(won: u32) -> Self {
        Self(u64::from(won) * 100)
    }

    /// So many hundredths of a won.
    #[must_use]
    pub fn hundredths(hundredths: u64) -> Self {
        Self(hundredths)
    }

    /// In hundredths of a won.
    #[must_use]
    pub fn as_hundredths(self) -> u64 {
        self.0
    }

    /// The amount for so many; what is more than can be counted stays at the most that can.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

impl fmt::Display for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (won, 0) => write!(f, "{won} KRW"),
            (won, rest) => write!(f, "{won}.{rest:02} KRW"),
        }
    }
}

/// What a provider asks for each kind of message, by contract or by its list.
///
/// ```
/// use sosik_channel::{Body, Bubble, Message, Tariff, Won};
///
/// let tariff = Tariff::new("our contract of 2026").with("bubble", Won::whole(53)).with("lms", Won::whole(45));
/// let message = Message::new(Body::Bubble(Bubble::new("소식")));
/// assert_eq!(tariff.price(&message), Some(Won::whole(53)));
/// assert_eq!(tariff.most(&message), Some(Won::whole(53)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tariff {
    source: String,
    rows: BTreeMap<String, Won>,
}

impl Tariff {
    /// A tariff without prices yet, with who says so and when.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: source.into(), rows: BTreeMap::new() }
    }

    /// The tariff with the price of a kind of message: [`Body::kind`], and `sms`, `lms` and `mms` for texts
    /// ([`TextMessage::kind`](crate::TextMessage::kind)). A template costs what its own row says, as `template bubble`,
    /// or else what the kind costs that it shows.
    #[must_use]
    pub fn with(mut self, kind: impl Into<String>, price: Won) -> Self {
        self.rows.insert(kind.into(), price);
        self
    }

    /// Who says so, and when.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The prices, by kind.
    pub fn rows(&self) -> impl Iterator<Item = (&str, Won)> {
        self.rows.iter().map(|(kind, price)| (kind.as_str(), *price))
    }

    /// What a message costs for each recipient it reaches, without its fallback.
    #[must_use]
    pub fn price(&self, message: &Message) -> Option<Won> {
        let kind = match &message.body {
            Body::Template(template) => {
                let kind = template.shown().kind();
                return self.rows.get(&format!("template {kind}")).or_else(|| self.rows.get(kind)).copied();
            }
            Body::Text(text) => text.kind(),
            body => body.kind(),
        };
        self.rows.get(kind).copied()
    }

    /// The most that a message can cost for a recipient: itself, or the text instead of it.
    #[must_use]
    pub fn most(&self, message: &Message) -> Option<Won> {
        let itself = self.price(message)?;
        match &message.fallback {
            Some(text) => Some(itself.max(*self.rows.get(text.kind())?)),
            None => Some(itself),
        }
    }
}

#[cfg(test)]
mod tests {
    use sosik_core::PhoneNumber;

    use super::*;
    use crate::{BrandTemplate, Bubble, TextMessage};

    #[test]
    fn texts_cost_by_their_length_and_a_fallback_counts_when_it_is_dearer() {
        let text = |words: &str| TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), words).unwrap();
        let tariff =
            Tariff::new("t").with("sms", Won::whole(18)).with("lms", Won::whole(60)).with("bubble", Won::whole(53));
        assert_eq!(tariff.price(&text("짧은 글").into()), Some(Won::whole(18)));
        assert_eq!(tariff.price(&text(&"긴 글 ".repeat(30)).into()), Some(Won::whole(60)));
        let bubble = Message::new(Body::Bubble(Bubble::new("소식")));
        assert_eq!(tariff.most(&bubble.clone().with_fallback(text("짧은 글"))), Some(Won::whole(53)));
        assert_eq!(tariff.most(&bubble.clone().with_fallback(text(&"긴 글 ".repeat(30)))), Some(Won::whole(60)));
        let template = BrandTemplate::new("T", bubble.body.clone()).unwrap();
        let template = Message::new(Body::Template(template));
        assert_eq!(tariff.price(&template), Some(Won::whole(53)));
        assert_eq!(tariff.clone().with("template bubble", Won::whole(9)).price(&template), Some(Won::whole(9)));
        assert_eq!(Tariff::new("t").with("bubble", Won::whole(53)).most(&bubble.with_fallback(text("글"))), None);
    }
}
