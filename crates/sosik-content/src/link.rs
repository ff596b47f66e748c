use std::fmt;

use url::Url;

/// An `http` or `https` address, percent-encoded, as dealers demand it: no spaces, no raw Hangul.
///
/// ```
/// use sosik_content::WebLink;
///
/// let link = WebLink::parse("https://blog.example.go.kr/소식?fromRss=true")?;
/// assert_eq!(link.as_str(), "https://blog.example.go.kr/%EC%86%8C%EC%8B%9D?fromRss=true");
/// let tracked = link.with_params([("utm_source", "kakao"), ("fromRss", "")]);
/// assert_eq!(tracked.as_str(), "https://blog.example.go.kr/%EC%86%8C%EC%8B%9D?utm_source=kakao");
/// # Ok::<(), sosik_content::WebLinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebLink(Url);

impl WebLink {
    /// Reads an absolute address.
    ///
    /// # Errors
    ///
    /// [`WebLinkError`] when it is not absolute, not `http(s)`, or carries a user name.
    pub fn parse(text: &str) -> Result<Self, WebLinkError> {
        let fail = |why| WebLinkError { given: text.chars().take(200).collect(), why };
        let mut url = Url::parse(text.trim()).map_err(|_| fail("it is not an absolute address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fail("it begins with neither http:// nor https://"));
        }
        if url.host_str().is_none_or(str::is_empty) || !url.username().is_empty() || url.password().is_some() {
            return Err(fail("it has no host, or carries a user name"));
        }
        // Parentheses are legal in a URL, but dealers' checks refuse them.
        if url.path().contains(['(', ')']) {
            let path = url.path().replace('(', "%28").replace(')', "%29");
            url.set_path(&path);
        }
        Ok(Self(url))
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address as a [`Url`].
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The same address with these query parameters set; a parameter with an empty value is removed.
    ///
    /// The others stay as they are, byte for byte: older city pages write them in EUC-KR.
    #[must_use]
    pub fn with_params<'a>(&self, params: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let params: Vec<_> = params.into_iter().collect();
        let is_set = |piece: &str| {
            let key = url::form_urlencoded::parse(piece.as_bytes()).next().map(|(key, _)| key);
            key.is_some_and(|key| params.iter().any(|(name, _)| *name == key))
        };
        let kept = self.0.query().unwrap_or_default().split('&').filter(|piece| !piece.is_empty() && !is_set(piece));
        let added = params
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| url::form_urlencoded::Serializer::new(String::new()).append_pair(key, value).finish());
        let query: Vec<String> = kept.map(str::to_owned).chain(added).collect();
        let mut url = self.0.clone();
        url.set_query(Some(query.join("&")).filter(|query| !query.is_empty()).as_deref());
        Self(url)
    }
}

impl fmt::Display for WebLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// The text is no web address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no web address: {why}")]
pub struct WebLinkError {
    given: String,
    why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_pass() {
        for bad in
            ["", "/관련", "ftp://example.go.kr/a", "javascript:alert(1)", "https://me@example.go.kr/", "example.go.kr"]
        {
            assert!(WebLink::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_set_stays_byte_for_byte() {
        let link = WebLink::parse("https://x.go.kr/list.jsp?q=%BE%E7%C1%D6&view&fromRss=true&a=1&a=2").unwrap();
        let other = link.with_params([("fromRss", ""), ("utm", "소식")]);
        assert_eq!(other.as_str(), "https://x.go.kr/list.jsp?q=%BE%E7%C1%D6&view&a=1&a=2&utm=%EC%86%8C%EC%8B%9D");
        assert_eq!(
            WebLink::parse("https://x.go.kr/?a=1").unwrap().with_params([("a", "")]).as_str(),
            "https://x.go.kr/"
        );
    }

    #[test]
    fn parentheses_and_hangul_are_encoded() {
        let link = WebLink::parse(" https://example.go.kr/a(1)/가 나 ").unwrap();
        assert_eq!(link.as_str(), "https://example.go.kr/a%281%29/%EA%B0%80%20%EB%82%98");
    }
}
