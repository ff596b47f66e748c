//! The body of a request for many recipients, byte by byte: what they share is written once. A short one is written whole,
//! a long one piece by piece as it goes out, so that memory stays flat however long the message that they share. Messages
//! by a template share nothing: of them each recipient's own, a code and values, is held.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use chrono::SecondsFormat;
use http_body::{Frame, SizeHint};
use sosik_channel::{Body, Recipient, Submission};

use crate::wire::{WireError, write};

/// Up to how many bytes a body is written whole.
const WHOLE: usize = 512 * 1024;

/// How many bytes go out in a piece, before the message that crosses it is whole.
const PIECE: usize = 64 * 1024;

const MESSAGES: &str = r#""messages":["#;
const END: &str = "]}";

/// The body of a request for all of a submission's recipients. Its key goes along with each message as the custom field
/// `key`.
pub(crate) fn request(submission: &Submission, to: &[Recipient], pf_id: &str) -> Result<Written, WireError> {
    let head = r#"{"allowDuplicates":false,"showMessageList":true,"#;
    match submission.send_at {
        None => written(head, submission, to, pf_id, WHOLE),
        Some(at) => {
            let date = at.to_rfc3339_opts(SecondsFormat::Millis, true);
            written(&format!(r#"{head}"scheduledDate":"{date}","#), submission, to, pf_id, WHOLE)
        }
    }
}

/// The messages of a submission as they are put into a group.
pub(crate) fn messages(submission: &Submission, to: &[Recipient], pf_id: &str) -> Result<Written, WireError> {
    written("{", submission, to, pf_id, WHOLE)
}

/// A body, ready to go out.
pub(crate) enum Written {
    Pieces(Pieces),
    Whole(Vec<u8>),
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It holds numbers.
        match self {
            Self::Pieces(pieces) => pieces.fmt(f),
            Self::Whole(bytes) => f.debug_struct("Whole").field("bytes", &bytes.len()).finish_non_exhaustive(),
        }
    }
}

impl From<Written> for reqwest::Body {
    fn from(written: Written) -> Self {
        match written {
            Written::Pieces(pieces) => Self::wrap(pieces),
            Written::Whole(bytes) => Self::from(bytes),
        }
    }
}

fn written(
    head: &str,
    submission: &Submission,
    to: &[Recipient],
    pf_id: &str,
    whole: usize,
) -> Result<Written, WireError> {
    let message = &*submission.message;
    let key = serde_json::to_vec(&submission.key).map_err(WireError::json)?;
    let mut shared = Vec::new();
    if !matches!(message.body, Body::Alimtalk(_) | Body::Template(_))
        && let Some(first) = to.first()
    {
        shared = opened(submission, first, pf_id)?;
    }
    let rest = head.len() + MESSAGES.len() + END.len();
    let each = match to.first() {
        Some(first) if shared.is_empty() => opened(submission, first, pf_id)?.len(),
        _ => shared.len(),
    };
    let guess = rest + to.len() * (each + key.len() + 96);
    if guess <= whole {
        let mut out = Vec::with_capacity(guess);
        out.extend([head.as_bytes(), MESSAGES.as_bytes()].concat());
        for (at, to) in to.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend(&shared);
            own(&mut out, submission, to, pf_id, &key, shared.is_empty())?;
        }
        out.extend(END.bytes());
        return Ok(Written::Whole(out));
    }
    let mut pieces = Pieces {
        before: format!("{head}{MESSAGES}").into_bytes(),
        shared,
        own: Vec::with_capacity(to.len() * (key.len() + 64)),
        ends: Vec::with_capacity(to.len()),
        next: 0,
        left: 0,
    };
    for to in to {
        own(&mut pieces.own, submission, to, pf_id, &key, pieces.shared.is_empty())?;
        pieces.ends.push(pieces.own.len());
    }
    let commas = to.len().saturating_sub(1);
    pieces.left = (rest + to.len() * pieces.shared.len() + pieces.own.len() + commas) as u64;
    Ok(Written::Pieces(pieces))
}

/// What of a message is one recipient's own: to whom it goes, and all of it where each has words of their own.
fn own(
    out: &mut Vec<u8>,
    submission: &Submission,
    to: &Recipient,
    pf_id: &str,
    key: &[u8],
    own_words: bool,
) -> Result<(), WireError> {
    if own_words {
        out.extend(opened(submission, to, pf_id)?);
    }
    // A number has digits only, which JSON writes as they are.
    out.extend(br#","to":""#);
    out.extend(to.phone.expose().bytes());
    out.extend(br#"","customFields":{"key":"#);
    out.extend(key);
    out.extend(br#","ref":"#);
    serde_json::to_writer(&mut *out, &to.reference).map_err(WireError::json)?;
    out.extend(b"}}");
    Ok(())
}

/// A message without whom it goes to, and without its last bracket.
fn opened(submission: &Submission, to: &Recipient, pf_id: &str) -> Result<Vec<u8>, WireError> {
    let mut row = write(&submission.message, to, pf_id)?;
    if let Some(fields) = row.as_object_mut() {
        fields.remove("to");
        fields.remove("customFields");
    }
    let mut bytes = serde_json::to_vec(&row).map_err(WireError::json)?;
    bytes.pop();
    Ok(bytes)
}

/// A long body: what all messages share is kept once, and what is each recipient's own one after the other.
pub(crate) struct Pieces {
    /// What stands before the first message that is still to go.
    before: Vec<u8>,
    shared: Vec<u8>,
    own: Vec<u8>,
    /// Where each recipient's own part ends.
    ends: Vec<usize>,
    next: usize,
    /// The bytes that are still to go.
    left: u64,
}

impl std::fmt::Debug for Pieces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It holds numbers.
        f.debug_struct("Pieces").field("messages", &self.ends.len()).field("left", &self.left).finish_non_exhaustive()
    }
}

impl Pieces {
    /// The next piece: whole messages, until it is long enough.
    fn piece(&mut self) -> Option<Bytes> {
        if self.left == 0 {
            return None;
        }
        let mut out = std::mem::take(&mut self.before);
        out.reserve(PIECE + self.shared.len());
        while out.len() < PIECE {
            let Some(end) = self.ends.get(self.next).copied() else {
                out.extend(END.bytes());
                break;
            };
            let start = self.next.checked_sub(1).map_or(0, |before| self.ends[before]);
            if self.next > 0 {
                out.push(b',');
            }
            out.extend(&self.shared);
            out.extend(&self.own[start..end]);
            self.next += 1;
        }
        self.left = self.left.saturating_sub(out.len() as u64);
        Some(Bytes::from(out))
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.get_mut().piece().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        // The dealer is told how long it is, as of every other body.
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use sosik_channel::{AlimtalkTemplate, Audience, Bubble, Message};
    use sosik_core::PhoneNumber;

    use super::*;

    fn to(number: u32) -> Recipient {
        let phone = PhoneNumber::parse(&format!("010{number:08}")).unwrap();
        Recipient::new(format!("r\"{number}"), phone).with_variable("이름", format!("시민 {number}"))
    }

    fn bodies() -> [Body; 2] {
        let template = AlimtalkTemplate::new("KA01TP0", "#{이름}님, 소식입니다.");
        [Body::Bubble(Bubble::new("소식\n\"둘\"")), Body::Alimtalk(template)]
    }

    fn whole(written: Written) -> Vec<u8> {
        match written {
            Written::Whole(bytes) => bytes,
            Written::Pieces(mut pieces) => {
                let told = pieces.left;
                let mut all = Vec::new();
                while let Some(piece) = pieces.piece() {
                    assert!(piece.len() < PIECE + 4_096, "{}", piece.len());
                    all.extend(piece);
                }
                assert_eq!((all.len() as u64, pieces.left), (told, 0));
                all
            }
        }
    }

    #[test]
    fn a_whole_request_is_its_messages_written_one_by_one() {
        for body in bodies() {
            let recipients = vec![to(1), to(2), to(3)];
            let submission = Submission::new("k\"1", Message::new(body), Audience::Named(recipients.clone()));
            let request = whole(request(&submission, &recipients, "KA01PF0").unwrap());
            let request: Value = serde_json::from_slice(&request).unwrap();
            let rows: Vec<Value> = recipients
                .iter()
                .map(|to| {
                    let mut row = write(&submission.message, to, "KA01PF0").unwrap();
                    row["customFields"]["key"] = json!("k\"1");
                    row
                })
                .collect();
            assert_eq!(request, json!({ "allowDuplicates": false, "showMessageList": true, "messages": rows }));
        }
    }

    #[test]
    fn piece_by_piece_it_is_the_same_and_as_long_as_it_says() {
        for body in bodies() {
            for many in [1, 2, 1_500] {
                let recipients: Vec<Recipient> = (0..many).map(to).collect();
                let submission = Submission::new("k", Message::new(body.clone()), Audience::Named(recipients.clone()));
                let of = |whole| written("{", &submission, &recipients, "KA01PF0", whole).unwrap();
                let (one, pieces) = (of(usize::MAX), of(0));
                assert!(matches!((&one, &pieces), (Written::Whole(_), Written::Pieces(_))));
                // Numbers stand in no log.
                let told = format!("{one:?} {pieces:?}");
                assert!(told.starts_with("Whole { bytes: ") && told.contains("} Pieces { messages: "), "{told}");
                assert!(!told.contains('['), "{told}");
                assert_eq!(whole(one), whole(pieces), "{many}");
            }
        }
    }
}
