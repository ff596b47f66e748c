use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal of a whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    /// What is wrong, for people.
    detail: String,
}

impl Refusal {
    /// A refused signature.
    pub(crate) fn auth(code: &'static str, detail: impl Into<String>) -> Self {
        Self { status: 403, code, detail: detail.into() }
    }

    /// A request that cannot be read. The dealer documents no code for it.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self { status: 400, code: "EmuInvalid", detail: detail.into() }
    }

    /// What is asked for is not there.
    pub(crate) fn missing(detail: impl Into<String>) -> Self {
        Self { status: 404, code: "EmuNotFound", detail: detail.into() }
    }

    /// The emulator itself cannot go on.
    pub(crate) fn broken(error: &std::io::Error) -> Self {
        Self { status: 500, code: "EmuJournal", detail: format!("the journal cannot be written: {error}") }
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(json!({ "errorCode": self.code, "errorMessage": self.detail }))).into_response()
    }
}

/// Why one message is not taken: a status code of the dealer, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
