//! Bizgo's answers. Fields that are not needed are passed over, as are those to come.

use serde::Deserialize;

/// What every answer is wrapped in: the gateway's verdict, then the service's.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) common: Option<Common>,
    pub(crate) data: Option<Service<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Common {
    pub(crate) auth_code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Service<T> {
    pub(crate) code: Option<String>,
    /// Of a reservation.
    #[serde(rename = "resvKey")]
    pub(crate) resv_key: Option<String>,
    pub(crate) data: Option<T>,
}

/// It has no `Debug`: it holds numbers.
#[derive(Deserialize)]
pub(crate) struct SendAnswer {
    pub(crate) destinations: Option<Vec<DestinationAnswer>>,
}

/// It has no `Debug`: it holds a number.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationAnswer {
    pub(crate) to: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) msg_key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadAnswer {
    /// Of a picture for an MMS.
    pub(crate) file_key: Option<String>,
    /// Of every other.
    pub(crate) img_url: Option<String>,
    /// Of a picture for a template of Alimtalk.
    pub(crate) file_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PollAnswer {
    pub(crate) report_id: Option<String>,
    pub(crate) report: Option<Vec<Report>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InquiryAnswer {
    pub(crate) report: Option<Vec<Report>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Report {
    pub(crate) msg_key: Option<String>,
    pub(crate) service_type: Option<String>,
    pub(crate) msg_type: Option<String>,
    pub(crate) report_code: Option<String>,
    pub(crate) report_time: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryAnswer {
    pub(crate) messages: Option<Vec<Status>>,
    pub(crate) last_seq: Option<i64>,
    pub(crate) has_next: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    pub(crate) service_type: Option<String>,
    pub(crate) msg_type: Option<String>,
    pub(crate) response_code: Option<String>,
    pub(crate) report_code: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

/// Nothing of interest.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}
