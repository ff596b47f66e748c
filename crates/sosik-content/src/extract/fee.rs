//! What taking part costs: `참가비는 1인당 5천 원`, `전석 무료`.

use super::pattern::patterns;
use super::{Confidence, Found, Sentence};

patterns! {
    AMOUNT = r"(?P<n>\d[\d,.]*\s*(?:억|만|천|백)?(?:\s*\d[\d,]*\s*(?:만|천|백)?)*)\s*원";
    FREE = r"무료";
}

/// Words before an amount that make it a fee.
const BEFORE: [&str; 15] = [
    "참가비",
    "입장료",
    "관람료",
    "수강료",
    "이용료",
    "요금",
    "교육비",
    "체험비",
    "재료비",
    "본인부담",
    "자부담",
    "입장권",
    "티켓",
    "회비",
    "대관료",
];

/// Words between the two that make it money that is given.
const GRANTS: [&str; 5] = ["지원", "사업", "예산", "기탁", "투입"];

/// Words after an amount that make it a fee.
const AFTER: [&str; 5] = ["에 이용", "만 본인", "만 내면", "에 탑승", "에 관람"];

/// What is free and no fee: `무료배송`.
const NOT_FREE: [&str; 6] = ["배송", "증정", "급식", "나눔", "법률", "와이파이"];

/// The fees in a sentence.
pub(crate) fn fees(sentence: &Sentence<'_>, out: &mut Vec<Found<u32>>) {
    let text = sentence.text;
    for found in AMOUNT.captures_iter(text) {
        let (Some(whole), Some(won)) = (found.get(0), won(&found["n"])) else { continue };
        let before: String =
            text[..whole.start()].chars().rev().take(16).collect::<Vec<_>>().into_iter().rev().collect();
        let after = &text[whole.end()..];
        let fee = BEFORE.iter().filter_map(|word| before.rfind(word)).max();
        let is_fee = fee.is_some_and(|at| !GRANTS.iter().any(|word| before[at..].contains(word)));
        if is_fee || AFTER.iter().any(|word| after.starts_with(word)) {
            out.push(sentence.found(won, whole.range(), Confidence::Stated));
        }
    }
    // What is free for whoever holds a ticket stands among what is cheaper for them: no price of the event.
    let is_of_benefits = text.contains("소지자") && text.contains("할인");
    for free in FREE.find_iter(text).filter(|_| !is_of_benefits) {
        let after = text[free.end()..].trim_start();
        if !NOT_FREE.iter().any(|word| after.starts_with(word)) {
            out.push(sentence.found(0, free.range(), Confidence::Stated));
        }
    }
}

/// `5천`, `32만`, `9만6000`, `1,500`, `1만 5천` as a number.
fn won(text: &str) -> Option<u32> {
    let (mut sum, mut digits) = (0_u64, String::new());
    let value = |digits: &mut String, unit: u64| -> Option<u64> {
        let number: f64 = std::mem::take(digits).parse().ok()?;
        #[expect(clippy::cast_precision_loss, reason = "units are small")]
        let value = number * unit as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is checked against the limit below"
        )]
        (0.0..=4e9).contains(&value).then_some(value.round() as u64)
    };
    for c in text.chars() {
        match c {
            '0'..='9' | '.' => digits.push(c),
            '억' => sum += value(&mut digits, 100_000_000)?,
            '만' => sum += value(&mut digits, 10_000)?,
            '천' => sum += value(&mut digits, 1_000)?,
            '백' => sum += value(&mut digits, 100)?,
            _ => {}
        }
    }
    if !digits.is_empty() {
        sum += value(&mut digits, 1)?;
    }
    u32::try_from(sum).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_told_from_other_money() {
        for (text, expected) in [
            ("강연 참가비는 1인당 5천 원이며", &[5_000][..]),
            ("수강료 32만원 중 9만6000원만 본인이 부담", &[320_000, 96_000]),
            ("버스를 100원에 이용할 수 있다", &[100]),
            ("입장료 1만 5천 원", &[15_000]),
            ("관람료: 1,500원", &[1_500]),
            ("전석 무료 관람", &[0]),
            ("최대 220만 원의 수당, 수도 요금 지원사업에 600만 원, 무료배송, 총상금 10억 원", &[]),
        ] {
            let mut out = Vec::new();
            fees(&Sentence { text, start: 0 }, &mut out);
            assert_eq!(out.iter().map(|fee| fee.value).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
