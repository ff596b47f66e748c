//! A ticket as JSON, the payload of a message.

use bytes::Bytes;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use sosik_core::ChannelId;
use sosik_delivery::Ticket;

#[derive(Deserialize, Serialize)]
struct Wire<'a> {
    batch: &'a str,
    channel: &'a str,
    /// Microseconds since 1970.
    due: i64,
    attempts: u32,
    urgent: bool,
    again: u32,
}

pub(crate) fn to_bytes(ticket: &Ticket) -> Bytes {
    let batch = ticket.batch.to_string();
    let wire = Wire {
        batch: &batch,
        channel: ticket.channel.as_str(),
        due: ticket.due.timestamp_micros(),
        attempts: ticket.attempts,
        urgent: ticket.urgent,
        again: ticket.again,
    };
    serde_json::to_vec(&wire).unwrap_or_default().into()
}

/// `None` for what no sosik wrote.
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Ticket> {
    let wire: Wire<'_> = serde_json::from_slice(bytes).ok()?;
    let (batch, channel) = (wire.batch.parse().ok()?, ChannelId::parse(wire.channel).ok()?);
    let ticket = Ticket::new(batch, channel, DateTime::from_timestamp_micros(wire.due)?);
    Some(ticket.with_attempts(wire.attempts).with_urgency(wire.urgent).said_again(wire.again))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_comes_back_as_it_went_and_nothing_else_is_one() {
        let batch = "0123456789abcdef0123456789abcdef.4".parse().unwrap();
        let due = DateTime::from_timestamp_micros(1_795_759_200_000_001).unwrap();
        let ticket = Ticket::new(batch, ChannelId::parse("yangju-city").unwrap(), due);
        let ticket = ticket.with_attempts(3).with_urgency(true).said_again(2);
        let bytes = to_bytes(&ticket);
        assert_eq!(from_bytes(&bytes), Some(ticket));
        for other in [
            &b""[..],
            b"{}",
            b"sosik",
            &bytes[..20],
            br#"{"batch":"x.1","channel":"a","due":1,"attempts":0,"urgent":false,"again":0}"#,
        ] {
            assert_eq!(from_bytes(other), None, "{other:?}");
        }
    }
}
