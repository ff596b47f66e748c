//! Personal numbers in what citizens write, hidden before anything is kept.

use std::sync::LazyLock;

use regex::Regex;

#[expect(clippy::unwrap_used, reason = "the pattern is a constant that tests read")]
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?P<mail>[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)
        # Resident and foreigner registration numbers: thirteen digits, the seventh after a hyphen or not.
        | (?P<resident>(?-u:\b)[0-9]{2}[01][0-9][0-3][0-9](?:\s*[-~./]\s*[0-9]{7}|\s*[0-9]{7}(?-u:\b)|\s*[-~./]?\s*[0-9]\*{6}))
        # Cards: sixteen digits in fours; fifteen in 4-6-5.
        | (?P<card>(?-u:\b)[0-9]{4}[-\s.]?[0-9]{4}[-\s.]?[0-9]{4}[-\s.]?[0-9]{4}(?-u:\b)|(?-u:\b)3[0-9]{3}[-\s.]?[0-9]{6}[-\s.]?[0-9]{5}(?-u:\b))
        # Mobile numbers, with the country before them or not.
        | (?P<mobile>(?:\+?82[-\s.]*\(?0?\)?|(?-u:\b)0)1[016789]\s*[-./_)]?\s*[0-9]{3,4}\s*[-./_]?\s*[0-9]{4}(?-u:\b))
        # Passports and driving licences.
        | (?P<passport>(?-u:\b)[MSRODmsrod][0-9]{8}(?-u:\b)|(?-u:\b)[MSmsRr][0-9]{3}[A-Za-z][0-9]{4}(?-u:\b))
        | (?P<licence>(?-u:\b)[0-9]{2}-[0-9]{2}-[0-9]{6}-[0-9]{2}(?-u:\b))
        # Accounts: ten to sixteen digits in groups, or in a row.
        | (?P<account>(?-u:\b)[0-9]{2,6}-[0-9]{2,6}-[0-9]{2,7}(?:-[0-9]{1,6})?(?-u:\b)|(?-u:\b)[0-9]{10,16}(?-u:\b))",
    )
    .unwrap()
});

/// A text without the numbers and addresses that are someone's: each is replaced by what it was, in brackets. An office's
/// number (`031-8082-0000`, `1577-0000`) stays.
///
/// ```
/// use sosik_chat::mask;
///
/// assert_eq!(mask("제 번호는 010-0000-0001이고 주민번호는 800101-1000000입니다"), "제 번호는 [휴대전화]이고 주민번호는 [주민번호]입니다");
/// assert_eq!(mask("031-8082-0000으로 전화했어요"), "031-8082-0000으로 전화했어요");
/// ```
#[must_use]
pub fn mask(text: &str) -> String {
    // Full-width digits and hyphens are read as others are.
    let text: String = text.chars().map(narrow).collect();
    NUMBERS
        .replace_all(&text, |found: &regex::Captures<'_>| {
            let whole = &found[0];
            if found.name("account").is_some() && is_office(whole) {
                return whole.to_owned();
            }
            let names = [
                ("mail", "[이메일]"),
                ("resident", "[주민번호]"),
                ("card", "[카드번호]"),
                ("mobile", "[휴대전화]"),
                ("passport", "[여권번호]"),
                ("licence", "[면허번호]"),
                ("account", "[번호]"),
            ];
            names.iter().find(|(name, _)| found.name(name).is_some()).map_or("[번호]", |(_, shown)| shown).to_owned()
        })
        .into_owned()
}

/// A full-width digit or a dash as it is typed otherwise.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        '－' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        _ => c,
    }
}

/// Whether digits in groups are an office's number: of an area (02, 031 to 064), or one of eight digits. Days (`2026-11-27`)
/// are no one's either.
fn is_office(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let is_area = matches!(groups[0], "02" | "070" | "080")
        || groups[0].len() == 3 && matches!(&groups[0][..2], "03" | "04" | "05" | "06");
    let is_day = groups.len() == 3
        && groups[0].len() == 4
        && groups[1].len() == 2
        && groups[2].len() == 2
        && matches!(&groups[0][..2], "19" | "20");
    is_day || groups.len() == 3 && is_area && matches!(groups[1].len(), 3 | 4) && groups[2].len() == 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_someone_s_is_hidden_and_what_is_an_office_s_is_not() {
        for (text, expected) in [
            ("01000000001로 연락주세요", "[휴대전화]로 연락주세요"),
            ("+82 10-0000-0001", "[휴대전화]"),
            ("+82-(0)10-0000-0001", "[휴대전화]"),
            ("011 000 0001", "[휴대전화]"),
            ("800101-1******", "[주민번호]"),
            ("8001011000000", "[주민번호]"),
            ("800101 - 1000000", "[주민번호]"),
            ("9999-0000-0000-0000 카드", "[카드번호] 카드"),
            ("０１０－１２３４－５６７８", "[휴대전화]"),
            ("010 - 1234 - 5678", "[휴대전화]"),
            ("010–1234–5678", "[휴대전화]"),
            ("010/1234/5678", "[휴대전화]"),
            ("800101 / 1234567", "[주민번호]"),
            ("800101-1234567abc", "[주민번호]abc"),
            ("계좌 000-00-000000", "계좌 [번호]"),
            ("00000000000000", "[번호]"),
            ("a.b+c@example.go.kr입니다", "[이메일]입니다"),
            ("M00000000", "[여권번호]"),
            ("11-00-000000-00", "[면허번호]"),
            ("031-8082-0000", "031-8082-0000"),
            ("02-120", "02-120"),
            ("2026-11-27 금요일", "2026-11-27 금요일"),
            ("12월 5일 17:00", "12월 5일 17:00"),
            ("3,000원 2026년", "3,000원 2026년"),
        ] {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_hidden_stays_hidden(text in "([0-9]{1,6}|-| |[가-힣]|@|[.]|a|\\PC){0,20}") {
            let once = mask(&text);
            prop_assert_eq!(mask(&once), once);
        }
    }
}
