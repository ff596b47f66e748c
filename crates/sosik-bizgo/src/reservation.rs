//! Reservations (예약 발송): submissions for later. They have no idempotency key; they are found by their name.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use sosik_channel::{Found, Proof, Recipient, SendError, SendErrorKind, Submitted};
use sosik_core::PhoneNumber;

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
#[serde(rename_all = "camelCase")]
struct Person {
    to: Option<String>,
    msg_key: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    resv_send_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resv_name: Option<&'a str>,
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

    /// Who of the recipients stands in a reservation of this name, made since, that was not cancelled. It may have been
    /// moved: so every one to come is looked at, from when it was made.
    pub(crate) async fn reserved(
        &self,
        key: &str,
        since: DateTime<Utc>,
        recipients: &[Recipient],
    ) -> Result<Vec<Found>, SendError> {
        let mut found = Vec::new();
        let mut cursor: Option<i64> = None;
        loop {
            let mut query = vec![("resvSendTime", stamp(since)), ("limit", "1000".to_owned())];
            query.extend(cursor.map(|cursor| ("lastSeq", cursor.to_string())));
            let request = self.request(Method::GET, "reservation/list")?.query(&query);
            let page: Listed = self.call(request, false).await?.ok_or_else(|| ANSWERS.unreadable(false))?;
            let named =
                page.reservations.unwrap_or_default().into_iter().filter(|one| one.resv_name.as_deref() == Some(key));
            for handle in named.filter(|one| one.status.as_deref() != Some("CANCELLED")).filter_map(|one| one.resv_key)
            {
                let people = self.people(&handle).await?;
                let is_there = |to: &&Recipient| people.iter().any(|it| it.to.as_deref() == Some(to.phone.expose()));
                let ours = recipients.iter().filter(is_there);
                found.extend(ours.map(|to| Found::new(to.reference.as_str(), None).under(Some(handle.clone()))));
            }
            match page.last_seq.filter(|_| page.has_next == Some(true)) {
                Some(next) if cursor != Some(next) => cursor = Some(next),
                _ => return Ok(found),
            }
        }
    }

    /// Who is in a reservation: Bizgo tells their numbers and no references.
    async fn people(&self, handle: &str) -> Result<Vec<Person>, SendError> {
        let mut people = Vec::new();
        let mut cursor: Option<i64> = None;
        loop {
            let mut query = vec![("limit", "1000".to_owned())];
            query.extend(cursor.map(|cursor| ("lastSeq", cursor.to_string())));
            let request = self.with_parts(Method::GET, "reservation/resvKey", &[handle, "destinations"])?.query(&query);
            let page: People = self.call(request, false).await?.ok_or_else(|| ANSWERS.unreadable(false))?;
            people.extend(page.destinations.unwrap_or_default());
            match page.last_seq.filter(|_| page.has_next == Some(true)) {
                Some(next) if cursor != Some(next) => cursor = Some(next),
                _ => return Ok(people),
            }
        }
    }

    /// Moves a submission that waits for its time to another one, ten minutes to a year ahead. Its handle stays.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the code `A824` when it waits no more, `A330` when it is an advertisement and the time not within
    /// 08:00 to 20:00 in Seoul. It may be tried again.
    pub async fn reschedule(&self, handle: &str, at: DateTime<Utc>) -> Result<(), SendError> {
        // It is found again by its name, which a change without it might take away.
        let request = self.with_parts(Method::GET, "reservation/resvKey", &[handle])?;
        let now: Option<Reservation> = self.call(request, false).await?;
        let name = now.and_then(|reservation| reservation.resv_name);
        let change = Change { resv_send_time: stamp(at), resv_name: name.as_deref() };
        let request = self.with_parts(Method::PUT, "reservation/resvKey", &[handle])?.json(&change);
        self.call::<Reservation>(request, false).await.map(drop)
    }

    /// Takes one number out of a submission that waits for its time, as when its owner withdraws their consent; whether it
    /// was there.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the code `A824` when it waits no more. It may be tried again.
    pub async fn take_out(&self, handle: &str, number: &PhoneNumber) -> Result<bool, SendError> {
        let people = self.people(handle).await?;
        let mut was_there = false;
        for person in people.into_iter().filter(|person| person.to.as_deref() == Some(number.expose())) {
            let key = person.msg_key.ok_or_else(|| ANSWERS.unreadable(false))?;
            let parts = [handle, "destinations", "msgKey", key.as_str()];
            let request = self.with_parts(Method::DELETE, "reservation/resvKey", &parts)?;
            self.call::<answers::Nothing>(request, false).await?;
            was_there = true;
        }
        Ok(was_there)
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
