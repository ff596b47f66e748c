//! People as they are shown: masked, or to themselves in full.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sosik::registry::access::{Access, Breach};
use sosik::registry::rights::{Rights, RightsChange};
use sosik::registry::{Identity, Subscriber};

/// One line of a list: nothing that identifies anyone.
pub(crate) fn line(person: &Subscriber) -> String {
    let number = person.phone().map_or_else(|| "-".to_owned(), sosik::PhoneNumber::masked);
    let area = person.area.as_ref().map_or("-", sosik::AreaCode::as_str);
    let topics = person.topics.iter().cloned().collect::<Vec<_>>().join(", ");
    let topics = if topics.is_empty() { "everything".to_owned() } else { topics };
    format!("{}  {number:<12} {area:<10} {topics}", person.id)
}

/// What is known of someone, masked.
pub(crate) fn masked(person: &Subscriber) -> String {
    let mut out = format!("{}\n", line(person));
    let kinds: Vec<&str> = person.identities.iter().map(Identity::kind).collect();
    let _ = writeln!(out, "known by    {}", kinds.join(", "));
    let _ = writeln!(out, "since       {}", person.since.to_rfc3339());
    let _ = writeln!(out, "texts       {}", if person.allows_text { "allowed" } else { "not allowed" });
    for relation in &person.relations {
        let (channel, state) = (&relation.channel, relation.state.code());
        let _ = writeln!(out, "channel     {channel}: {state} {}, by {}", relation.at.to_rfc3339(), relation.source);
    }
    for said in &person.consents {
        let what = if said.granted { "agreed to" } else { "withdrew" };
        let _ = writeln!(out, "{what:<11} {} {}", said.purpose.code(), said.at.to_rfc3339());
    }
    for note in &person.notes {
        let _ = writeln!(out, "noted       {} {}", note.kind.code(), note.at.to_rfc3339());
    }
    out.truncate(out.trim_end().len());
    out
}

/// One access to people's data.
pub(crate) fn access(number: u64, access: &Access) -> String {
    let Access { at, who, place, whose, what, .. } = access;
    format!("{number:>6}  {}  {who} from {place}: {} {whose}", at.to_rfc3339(), what.code())
}

/// One change of what an account may do.
pub(crate) fn rights(number: u64, change: &RightsChange) -> String {
    let RightsChange { at, by, place, account, to, .. } = change;
    let to = match to {
        Rights::Changed(to) => format!("changed to {to}"),
        Rights::Granted(to) => format!("granted {to}"),
        _ => "removed".to_owned(),
    };
    format!("{number:>6}  {}  {account}: {to}, by {by} from {place}", at.to_rfc3339())
}

/// What a breach asks for.
pub(crate) fn breach(breach: &Breach) -> String {
    let mut out: Vec<String> = breach.people.iter().map(ToString::to_string).collect();
    for (number, count) in &breach.together {
        out.push(format!("and {count} people of the access {number}"));
    }
    out.push(format!("they have to be told by {}", breach.tell_by.to_rfc3339()));
    let by_number = if breach.report { "and so has the authority" } else { "the authority need not, by their number" };
    out.push(format!("{by_number}; of an intrusion from outside it has to be told in any case"));
    out.join("\n")
}

/// What is known of someone, in full, for themselves (개인정보 보호법 제35조).
pub(crate) fn in_full(person: &Subscriber) -> Value {
    let identities: Vec<Value> = person.identities.iter().map(identity).collect();
    let relations = person.relations.iter().map(|relation| {
        json!({
            "channel": relation.channel.as_str(), "state": relation.state.code(), "at": relation.at.to_rfc3339(),
            "source": relation.source,
        })
    });
    let consents = person.consents.iter().map(|said| {
        json!({
            "purpose": said.purpose.code(), "granted": said.granted, "at": said.at.to_rfc3339(),
            "evidence": said.evidence, "medium": said.medium.map(sosik::registry::Medium::code),
            "guardian": said.guardian.map(sosik::registry::GuardianCheck::code),
            "text": said.text.as_ref().map(|text| json!({ "version": text.version, "sha256": text.hash_hex() })),
        })
    });
    let notes = person.notes.iter().map(|note| {
        json!({
            "kind": note.kind.code(), "at": note.at.to_rfc3339(), "about": note.about.map(|about| about.to_rfc3339()),
            "evidence": note.evidence,
        })
    });
    json!({
        "id": person.id.to_string(),
        "identities": identities,
        "area": person.area.as_ref().map(ToString::to_string),
        "topics": person.topics,
        "allows_text": person.allows_text,
        "language": person.language.as_ref().map(ToString::to_string),
        "quiet_hours": person.quiet.as_ref().map(ToString::to_string),
        "child_until": person.child_until.as_ref().map(ToString::to_string),
        "kept_since": person.since.to_rfc3339(),
        "channel_reaches_them_not_since": person.gone.map(|gone| gone.to_rfc3339()),
        "channels": relations.collect::<Vec<_>>(),
        "consents": consents.collect::<Vec<_>>(),
        "asked_and_done": notes.collect::<Vec<_>>(),
    })
}

fn identity(identity: &Identity) -> Value {
    let text = identity.expose();
    let value = text.split_once(':').map_or("", |(_, value)| value);
    json!({ "kind": identity.kind(), "value": value })
}
