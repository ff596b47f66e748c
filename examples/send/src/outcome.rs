//! Sending, and what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use sosik::channel::{
    Acceptance, Answer, Audience, Faults, Outcome, Proof, Recipient, Submission, Transport, TransportExt,
    validate_values,
};
use sosik::{Clock as _, Entropy as _, SystemClock, SystemEntropy};

use crate::args::Send;
use crate::dealer;
use crate::message::{self, Written};

/// Checks and sends; gives what to print, and whether all went well.
pub(crate) async fn send(args: &Send) -> Result<(String, bool), String> {
    let provider = args.provider.ok_or("--provider is needed")?;
    let Written { message, media, variables } = message::read(args)?;
    let key = key();
    let recipients: Vec<Recipient> = (1..)
        .zip(&args.to)
        .map(|(number, phone)| {
            let to = Recipient::new(format!("{key}-{number}"), phone.clone());
            variables.iter().fold(to, |to, (name, value)| to.with_variable(name, value))
        })
        .collect();
    let faults = |faults: &Faults| {
        let list: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let text =
            if args.json { format!("{:#}\n", json!({ "faults": list })) } else { format!("{}\n", list.join("\n")) };
        (text, false)
    };
    let submission = Submission::new(key, message.clone(), Audience::Named(recipients));
    let checked = dealer::validate(provider, &message);
    if let Err(found) = checked.and_then(|()| validate_values(&submission, sosik::channel::ALIMTALK)) {
        return Ok(faults(&found));
    }
    if args.dry_run {
        let kind = message.body.kind();
        let text =
            format!("a message of the kind {kind} would go to {} recipient(s): nothing is sent\n", args.to.len());
        let value = json!({ "dry_run": true, "kind": kind, "recipients": args.to.len(), "faults": [] });
        return Ok((if args.json { format!("{value:#}\n") } else { text }, true));
    }
    let transport = dealer::transport(provider, args.base_url.as_deref())?;
    let message = transport.upload_all(message, &media).await.map_err(|error| error.to_string())?;
    let submission = Submission::new(submission.key, message, submission.audience);
    let submitted = transport.submit(&submission).await.map_err(|error| error.to_string())?;
    let Proof::PerRecipient(answers) = submitted.proof else { return Err("the dealer named no recipient".to_owned()) };
    let row = |one: Acceptance| {
        let answer = match one.answer {
            Answer::Accepted => ACCEPTED.to_owned(),
            Answer::Already => "already accepted".to_owned(),
            Answer::Rejected { code, .. } => format!("rejected {code}"),
            other => format!("{other:?}"),
        };
        (one.reference, (answer, None))
    };
    let mut rows: Rows = answers.into_iter().map(row).collect();
    settle(&*transport, &submission, &mut rows, args.wait).await?;
    Ok(told(&rows, args.json))
}

/// A key that no other run has.
fn key() -> String {
    let mut bytes = [0; 8];
    SystemEntropy::new().fill(&mut bytes);
    format!("send-{:016x}", u64::from_be_bytes(bytes))
}

/// What was answered for each recipient, and what became of the message since.
type Rows = BTreeMap<String, (String, Option<Outcome>)>;

/// Looks what became of those who were accepted, until all is known. Receipts are left for whoever keeps them.
#[expect(clippy::disallowed_methods, reason = "a program waits")]
async fn settle(
    transport: &dyn Transport,
    submission: &Submission,
    rows: &mut Rows,
    seconds: u64,
) -> Result<(), String> {
    // Whatever the clock of the dealer says.
    let since = SystemClock::new().now();
    for _ in 0..seconds.saturating_mul(2) {
        if rows.values().all(|(answer, outcome)| outcome.is_some() || answer != ACCEPTED) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        for found in transport.find(submission, since).await.map_err(|error| error.to_string())? {
            if let (Some(row), Some((_, outcome))) = (rows.get_mut(&found.reference), found.settled) {
                row.1 = Some(outcome);
            }
        }
    }
    Ok(())
}

const ACCEPTED: &str = "accepted";

fn told(rows: &Rows, as_json: bool) -> (String, bool) {
    let words = |outcome: &Option<Outcome>| match outcome {
        None => "not known yet".to_owned(),
        Some(Outcome::Delivered) => "delivered".to_owned(),
        Some(Outcome::Failed { code, .. }) => format!("failed {code}"),
        Some(other) => format!("{other:?}"),
    };
    let well = rows
        .values()
        .all(|(answer, outcome)| !answer.starts_with("rejected") && !matches!(outcome, Some(Outcome::Failed { .. })));
    if as_json {
        let row = |(to, (answer, outcome)): (&String, &(String, _))| json!({ "to": to, "answer": answer, "outcome": words(outcome) });
        let list: Vec<Value> = rows.iter().map(row).collect();
        return (format!("{:#}\n", json!({ "recipients": list })), well);
    }
    let lines = rows.iter().map(|(to, (answer, outcome))| format!("{to}: {answer}, {}\n", words(outcome)));
    (lines.collect(), well)
}
