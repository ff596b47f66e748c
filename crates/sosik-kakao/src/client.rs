use std::fmt;

use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use sosik_channel::SendError;

use crate::call::Caller;

/// A client of Kakao's channel API, with the admin key of an app.
///
/// Calls are counted by Kakao: 3,000,000 a month for all of an app (getting-started/quota, 2026-11).
pub struct KakaoClient {
    pub(crate) caller: Caller,
    pub(crate) many: Option<usize>,
    pub(crate) phones: bool,
}

impl fmt::Debug for KakaoClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KakaoClient").field("caller", &self.caller).finish_non_exhaustive()
    }
}

impl KakaoClient {
    pub(crate) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SendError> {
        self.caller.request(method, path)
    }

    /// Makes a call. None of them sends anything to anyone: each may be repeated.
    pub(crate) async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, SendError> {
        Caller::call(request, false).await
    }
}
