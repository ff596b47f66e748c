//! Numbers to call and addresses of pages.

use crate::WebLink;

use super::pattern::{patterns, service};
use super::scan::{after, before};
use super::{Confidence, Found, Sentence};

/// A number to call, as the text says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Phone {
    /// The number with its hyphens, as people write it: `031-8082-0000`, `1588-0000`.
    pub number: String,
    /// Whose it is, where the text says so right before it: `산림과`.
    pub whose: Option<String>,
}

/// The address of a page, as the text says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Address {
    /// As it is written: `www.example.go.kr`.
    pub written: String,
    /// The page, by `https` where the text names no scheme.
    pub link: WebLink,
}

patterns! {
    NUMBER = concat!(r"\(?0\d{1,2}\)?\s?[-.·–)]?\s?\d{3,4}\s?[-.–]\s?\d{4}|", service!(), r"\s?-\s?\d{4}");
    LOCAL = r"(?:☎|☏|📞|전화|TEL|Tel|문의)\s?[):：.]?\s?(\d{3,4}-\d{4})";
    SHORT = r"국번\s?없이\s?(\d{3,4})";
    WHOSE = r"([가-힣A-Za-z0-9·()‘’]+(?:\s[가-힣A-Za-z0-9·]+){0,2})\s?(?:☎|☏|📞|전화|[(（:：])*\s*(?:☎|☏|📞)?\)?\s?$";
    ADDRESS = r"(?i)(?:https?://|www\.)[-A-Za-z0-9._~:/?#@!$&'*+,;=%]+";
}

/// The numbers in a sentence.
pub(crate) fn phones(sentence: &Sentence<'_>, out: &mut Vec<Found<Phone>>) {
    let text = sentence.text;
    let first = out.len();
    for found in NUMBER.find_iter(text) {
        let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
        let alone = before(text, found.start()).is_none_or(|c| !c.is_ascii_digit() && c != '-')
            && after(text, found.end()).is_none_or(|c| !c.is_ascii_digit() && c != '-');
        if let (true, Some(number)) = (alone, hyphened(&digits)) {
            push(sentence, number, found.range(), out);
        }
    }
    for pattern in [&LOCAL, &SHORT] {
        for number in pattern.captures_iter(text).filter_map(|found| found.get(1)) {
            let is_new = out[first..].iter().all(|known| {
                number.start() + sentence.start >= known.span.end || number.end() + sentence.start <= known.span.start
            });
            if is_new && after(text, number.end()).is_none_or(|c| !c.is_ascii_digit() && c != '-') {
                push(sentence, number.as_str().to_owned(), number.range(), out);
            }
        }
    }
}

fn push(sentence: &Sentence<'_>, number: String, span: std::ops::Range<usize>, out: &mut Vec<Found<Phone>>) {
    let whose = WHOSE.captures(&sentence.text[..span.start]).and_then(|found| found.get(1));
    let whose = whose.map(|whose| whose.as_str().trim_end_matches("국번 없이").trim().to_owned());
    let whose = whose.filter(|whose| !whose.is_empty() && !["문의", "전화", "또는"].contains(&whose.as_str()));
    out.push(sentence.found(Phone { number, whose }, span, Confidence::Stated));
}

/// Digits with hyphens where people write them; nothing when no such number can be dialled.
fn hyphened(digits: &str) -> Option<String> {
    let area = match digits {
        _ if digits.starts_with('1') => return Some(format!("{}-{}", digits.get(..4)?, digits.get(4..)?)),
        _ if digits.starts_with("02") => 2,
        _ => 3,
    };
    // An area's number has 7 or 8 digits behind it, a mobile one 7 or 8, 070 and 050 8.
    let rest = digits.get(area..).filter(|rest| (7..=8).contains(&rest.len()))?;
    let (exchange, line) = rest.split_at(rest.len() - 4);
    Some(format!("{}-{exchange}-{line}", &digits[..area]))
}

/// The addresses in a sentence.
pub(crate) fn addresses(sentence: &Sentence<'_>, out: &mut Vec<Found<Address>>) {
    for found in ADDRESS.find_iter(sentence.text) {
        let written = found.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']);
        let has_scheme = written.len() > 4 && written[..4].eq_ignore_ascii_case("http");
        let whole = if has_scheme { written.to_owned() } else { format!("https://{written}") };
        if let Ok(link) = WebLink::parse(&whole) {
            let confidence = if has_scheme { Confidence::Stated } else { Confidence::Likely };
            let address = Address { written: written.to_owned(), link };
            out.push(sentence.found(address, found.start()..found.start() + written.len(), confidence));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for (text, expected) in [
            ("문의는 공산면 총무팀(061-339-3683)으로", &["061-339-3683"][..]),
            ("☎ 031-8082-0000로", &["031-8082-0000"]),
            ("건강증진과 ☎)339-4850에서", &["339-4850"]),
            ("상담센터(국번 없이 1372), 위원회(1670-0007)", &["1670-0007", "1372"]),
            ("02)123-4567, 031.8082.0000", &["02-123-4567", "031-8082-0000"]),
            ("2026-11-28, 860101-1000000, 03-12, 무학대사(1327-1405), 임진왜란(1592-1598), 15８８-１２３４", &[]),
        ] {
            let mut out = Vec::new();
            phones(&Sentence { text, start: 0 }, &mut out);
            assert_eq!(out.iter().map(|phone| phone.value.number.as_str()).collect::<Vec<_>>(), expected, "{text}");
        }
        let mut out = Vec::new();
        phones(&Sentence { text: "문의는 공산면 총무팀(061-339-3683)으로", start: 0 }, &mut out);
        assert_eq!(out[0].value.whose.as_deref(), Some("문의는 공산면 총무팀"));
    }

    #[test]
    fn an_address_ends_before_the_particle() {
        let mut out = Vec::new();
        let text = "쇼핑몰 ‘나주몰(www.example.go.kr)’을, https://blog.example.go.kr/a?b=1에서. 메일 me@example.go.kr";
        addresses(&Sentence { text, start: 0 }, &mut out);
        let written: Vec<&str> = out.iter().map(|address| address.value.written.as_str()).collect();
        assert_eq!(written, ["www.example.go.kr", "https://blog.example.go.kr/a?b=1"]);
        assert_eq!(out[0].value.link.as_str(), "https://www.example.go.kr/");
        assert_eq!((out[0].confidence, out[1].confidence), (Confidence::Likely, Confidence::Stated));
    }
}
