use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal of a whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    /// What is wrong, for people.
    detail: String,
    gateway: bool,
    retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal by the service, with the status that the code table gives for it.
    pub(crate) fn service(code: &'static str, detail: impl Into<String>) -> Self {
        let status = match code {
            "A020" => 429,
            "A802" => 403,
            _ => 400,
        };
        Self { status, code, detail: detail.into(), gateway: false, retry_after: None }
    }

    /// A refusal by the gateway.
    pub(crate) fn gateway(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), gateway: true, retry_after: None }
    }

    /// Too fast.
    pub(crate) fn too_fast(seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::service("A020", "too many in a second") }
    }

    /// What is wrong, for people.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = if self.gateway {
            json!({ "common": common(self.code, &self.detail) })
        } else {
            json!({ "common": common("A000", "Success"), "data": { "code": self.code, "result": self.detail } })
        };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn common(code: &str, result: &str) -> Value {
    json!({ "authCode": code, "authResult": result, "infobankTrId": "EMULATOR" })
}

/// A success with this inner part.
#[expect(clippy::needless_pass_by_value, reason = "values are made for this call")]
pub(crate) fn success(data: Value) -> Response {
    with_reference(&data, None)
}

/// A success of a reservation: its key stands beside the inner part.
pub(crate) fn with_reservation(data: &Value, reference: Option<&str>, key: &str) -> Response {
    let inner = json!({ "code": "A000", "result": "Success", "ref": reference, "resvKey": key, "data": data });
    Json(json!({ "common": common("A000", "Success"), "data": inner })).into_response()
}

/// A success that gives the request's own reference back.
pub(crate) fn with_reference(data: &Value, reference: Option<&str>) -> Response {
    let mut inner = json!({ "code": "A000", "result": "Success", "data": data });
    if let Some(reference) = reference {
        inner["ref"] = json!(reference);
    }
    Json(json!({ "common": common("A000", "Success"), "data": inner })).into_response()
}
