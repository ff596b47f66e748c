//! Reservations (예약 발송): submissions for later. They have no idempotency key; they are found by their name.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use sosik_channel::{Found, Proof, Recipient, SendError, SendErrorKind, Submitted};

use crate::answers;
use crate::client::{ANSWERS, BizgoTransport, acceptances, seoul};
use crate::errors::NAME;
use crate::{limits, wire};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    reservations: Option<Vec<Reservation>>,
    last_seq: Option<i64>,
    has_next: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reservation {
    resv_key: Option<String>,
    resv_name: Option<String>,
    status: Option<String>,
}

/// It has no `Debug`: it holds numbers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct People {
    destinations: Option<Vec<Person>>,
    last_seq: Option<i64>,
    has_next: Option<bool>,
}

#[derive(Deserialize)]
struct Person {
    to: Option<String>,
}

/// An instant as reservations take it.
fn stamp(at: DateTime<Utc>) -> String {
    seoul(at).replacen('T', " ", 1)
}

impl BizgoTransport {
    /// Reserves a submission under its key.
    pub(crate) async fn reserve(
        &self,
        key: &str,
        at: DateTime<Utc>,
        recipients: &[Recipient],
        destinations: Vec<wire::Destination<'_>>,
        message_flow: Vec<wire::FlowItem<'_>>,
    ) -> Result<Submitted, SendError> {
        if key.chars().count() > limits::RESERVATION {
            let problem =
                format!("the key of a submission for later has {} characters at the most", limits::RESERVATION);
            return Err(ANSWERS.invalid(&problem));
        }
        let body = wire::Reservation { destinations, message_flow, resv_send_time: stamp(at), resv_name: key };
        let request = self.request(Method::POST, "reservation")?.json(&body);
        let service = match self.service::<answers::SendAnswer>(request, true).await {
            // Not the account but the hour.
            Err(error) if error.code() == Some("A330") => {
                let why = "an advertisement is reserved for 08:00 to 20:00 in Seoul";
                return Err(ANSWERS.invalid(why).with_code("A330"));
            }
            other => other?.ok_or_else(|| ANSWERS.unreadable(true))?,
        };
        let handle = service.resv_key.filter(|key| !key.is_empty());
        let answers = service.data.and_then(|answer| answer.destinations);
        let (Some(handle), Some(answers)) = (handle, answers) else { return Err(ANSWERS.unreadable(true)) };
        Ok(Submitted::new(Proof::PerRecipient(acceptances(recipients, answers)?)).with_handle(handle))
    }

    /// Who of the recipients stands in a reservation of this name that was not cancelled.
    pub(crate) async fn reserved(
        &self,
        key: &str,
        at: DateTime<Utc>,
        recipients: &[Recipient],
    ) -> Result<Vec<Found>, SendError> {
        let mut found = Vec::new();
        let mut cursor: Option<i64> = None;
        loop {
            let mut query = vec![("resvSendTime", stamp(at)), ("limit", "1000".to_owned())];
            query.extend(cursor.map(|cursor| ("lastSeq", cursor.to_string())));
            let request = self.request(Method::GET, "reservation/list")?.query(&query);
            let page: Listed = self.call(request, false).await?.ok_or_else(|| ANSWERS.unreadable(false))?;
            let named =
                page.reservations.unwrap_or_default().into_iter().filter(|one| one.resv_name.as_deref() == Some(key));
            for handle in named.filter(|one| one.status.as_deref() != Some("CANCELLED")).filter_map(|one| one.resv_key)
            {
                let numbers = self.numbers(&handle).await?;
                let ours = recipients.iter().filter(|to| numbers.iter().any(|number| number == to.phone.expose()));
                found.extend(ours.map(|to| Found::new(to.reference.as_str(), None).under(Some(handle.clone()))));
            }
            match page.last_seq.filter(|_| page.has_next == Some(true)) {
                Some(next) if cursor != Some(next) => cursor = Some(next),
                _ => return Ok(found),
            }
        }
    }

    /// The numbers in a reservation: all that Bizgo tells of its recipients.
    async fn numbers(&self, handle: &str) -> Result<Vec<String>, SendError> {
        let mut numbers = Vec::new();
        let mut cursor: Option<i64> = None;
        loop {
            let mut query = vec![("limit", "1000".to_owned())];
            query.extend(cursor.map(|cursor| ("lastSeq", cursor.to_string())));
            let request = self.with_parts(Method::GET, "reservation/resvKey", &[handle, "destinations"])?.query(&query);
            let page: People = self.call(request, false).await?.ok_or_else(|| ANSWERS.unreadable(false))?;
            numbers.extend(page.destinations.unwrap_or_default().into_iter().filter_map(|person| person.to));
            match page.last_seq.filter(|_| page.has_next == Some(true)) {
                Some(next) if cursor != Some(next) => cursor = Some(next),
                _ => return Ok(numbers),
            }
        }
    }

    pub(crate) async fn cancel_reservation(&self, handle: &str) -> Result<(), SendError> {
        let request = self.with_parts(Method::POST, "reservation/resvKey", &[handle, "cancel"])?;
        let error = match self.call::<Reservation>(request, false).await {
            Ok(_) => return Ok(()),
            Err(error) if error.code() == Some("A824") => error,
            Err(error) => return Err(error),
        };
        let request = self.with_parts(Method::GET, "reservation/resvKey", &[handle])?;
        let state: Option<Reservation> = self.call(request, false).await?;
        match state.and_then(|state| state.status).as_deref() {
            Some("CANCELLED") => Ok(()),
            Some("PENDING") => Err(error),
            _ => Err(SendError::new(SendErrorKind::Refused, NAME).with_detail("it is being sent or was")),
        }
    }
}
