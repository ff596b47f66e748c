//! The table of rules: what each says, where it comes from, and when it holds.

use chrono::NaiveDate;

/// What is known of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleInfo {
    /// Its stable name, such as `statutory-night`.
    pub code: &'static str,
    /// What it says, in Korean.
    pub korean: &'static str,
    /// What it says, in English.
    pub english: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// The day from which it holds; `None` when it is older than this table looks back (2013-01-01), or no law.
    pub from: Option<NaiveDate>,
    /// The day from which it no longer holds.
    pub until: Option<NaiveDate>,
}

impl RuleInfo {
    /// Whether the rule holds on a day.
    #[must_use]
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }
}

/// A date that is written down in this crate.
pub(crate) const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// Where the crate's own habits come from.
const OURS: &str = "sosik: a habit of good messaging, not a law";
const DECREE: &str =
    "Decree on public holidays (관공서의 공휴일에 관한 규정), Presidential Decree 36290, in force 2026-05-01";
const NETWORK_ACT: &str = "Network Act (정보통신망법) art. 50(3), Act 21988 in force 2026-10-02; decree arts 61-62-3 \
                           unchanged since 2014-11";
const ELECTION_ACT: &str = "Public Official Election Act (공직선거법) art. 86(5), text with the edits of 2026-06-02";

macro_rules! rules {
    ($($name:ident = $code:literal, $korean:literal, $english:literal, $source:expr, $from:expr, $until:expr;)+) => {
        $(pub(crate) const $name: RuleInfo = RuleInfo {
            code: $code, korean: $korean, english: $english, source: $source, from: $from, until: $until,
        };)+
        /// Every rule of this crate, by its code.
        ///
        /// ```
        /// let night = sosik_schedule::RULES.iter().find(|rule| rule.code == "statutory-night").unwrap();
        /// assert!(night.source.contains("50(3)"));
        /// ```
        pub const RULES: &[RuleInfo] = &[$($name),+];
    };
}

rules! {
    BEYOND_CALENDAR = "beyond-calendar", "공휴일을 알 수 없는 해입니다", "the calendar does not know the holidays of the year", OURS, None, None;
    BUSY = "channel-busy", "같은 채널에서 우선순위가 같거나 높은 발송이 끝날 때까지 기다립니다", "a sending of the same or a higher priority is under way on the channel", OURS, None, None;
    CAP = "frequency-cap", "정해진 기간에 보낼 수 있는 횟수를 넘지 않습니다", "no more messages in a span than the policy says", OURS, None, None;
    ELECTION_EVENTS = "election-86-2", "선거일 전 60일부터 선거일까지 행사 개최·후원을 알릴 수 없습니다", "from 60 days before any election to its day, no events are announced but those the law excepts", "Public Official Election Act (공직선거법) art. 86(2), text with the edits of 2026-06-02", None, None;
    ELECTION_PUBLICITY = "election-86-5", "지방자치단체장 선거일 전 180일부터 선거일까지 홍보물을 보낼 수 없습니다", "from 180 days before the election of the local government's head to its day, no publicity", ELECTION_ACT, None, None;
    ELECTION_QUARTER = "election-quarter", "홍보물은 분기마다 한 번만 보냅니다", "publicity goes out once a quarter at most", ELECTION_ACT, None, None;
    EMERGENCY = "emergency-override", "긴급 메시지는 다른 규칙보다 먼저 나갑니다", "an emergency message goes at once and records what it overrode", "Disaster Safety Act (재난안전법) art. 38-2; three levels: 위급재난, 긴급재난, 안전안내", None, None;
    EMERGENCY_BY_WHOM = "emergency-authority", "긴급 메시지는 지정된 담당자만 보냅니다", "only those whom the policy names may invoke an emergency", OURS, None, None;
    HOLIDAY_ROLL = "holiday-roll", "예정일이 쉬는 날이면 근무일로 옮깁니다", "a slot on a day of rest moves to a working day", DECREE, None, None;
    KAKAO_WINDOW = "kakao-window", "브랜드 메시지는 08:00~20:50에 보냅니다", "brand messages are delivered from 08:00 to 20:50", "Kakao brand message: NHN Cloud guide (2026-06-23), Bizgo SDK 1.2.0 (2026-09): 08:00-20:50", None, None;
    LATE = "late", "예정 시각이 지나면 다음에 보낼 수 있는 시각에 보냅니다", "a slot that has passed is sent at the next opening", "sosik: a missed slot is never sent late, nor skipped, in silence", None, None;
    MINIMUM_GAP = "minimum-gap", "같은 채널의 발송 사이에 간격을 둡니다", "sendings on one channel keep a distance", OURS, None, None;
    NIGHT_CONSENT = "night-consent", "야간 수신에 따로 동의한 사람에게는 밤에도 보냅니다", "those who consented to it separately get advertisements at night", NETWORK_ACT, Some(day(2014, 11, 29)), None;
    OFFICE_HOURS = "office-hours", "안내 메시지는 09:00~18:00에 보냅니다", "informational messages go in office hours, 09:00 to 18:00", OURS, None, None;
    PACING = "pacing", "정해진 속도로 나누어 보냅니다", "messages are spread at a rate", OURS, None, None;
    PREEMPTS = "pre-emption", "우선순위가 낮은 발송을 멈추고 먼저 보냅니다", "it goes before a sending of a lower priority", OURS, None, None;
    SLOT = "slot", "정해진 시각에 보냅니다", "it goes at its slot", "the channel's slot", None, None;
    STATUTORY_NIGHT = "statutory-night", "광고는 21:00~08:00에 보낼 수 없습니다", "no advertisements from 21:00 to 08:00", NETWORK_ACT, Some(day(2014, 11, 29)), None;
    SUBSTITUTE_2013 = "substitute-2013", "대체공휴일: 어린이날(토·일), 설날·추석(일)", "substitutes for 어린이날 (Saturday, Sunday), 설날 and 추석 (Sunday)", "the decree's amendment in force 2013-11-05 (secondary sources)", Some(day(2013, 11, 5)), Some(day(2021, 8, 4));
    SUBSTITUTE_2021 = "substitute-2021", "대체공휴일에 국경일을 더합니다", "substitutes for the national days too", "the decree's amendment in force 2021-08-04", Some(day(2021, 8, 4)), Some(day(2023, 5, 4));
    SUBSTITUTE_2023 = "substitute-2023", "대체공휴일에 부처님 오신 날과 기독탄신일을 더합니다", "substitutes for 부처님 오신 날 and 기독탄신일 too", "the decree's amendment in force 2023-05-04 (inferred from the text of 2026)", Some(day(2023, 5, 4)), Some(day(2026, 5, 1));
    SUBSTITUTE_2026 = "substitute-2026", "대체공휴일에 노동절을 더합니다", "substitutes for 노동절 too", DECREE, Some(day(2026, 5, 1)), None;
    TEMPORARY = "temporary-holiday", "임시공휴일은 정해질 때마다 더합니다", "temporary holidays are added as they are proclaimed", "Decree on public holidays (관공서의 공휴일에 관한 규정), art. 2, item 11", None, None;
    TOO_LATE = "too-late", "예정 시각이 너무 지나면 담당자가 정합니다", "a slot that is too long past is a person's decision", "sosik: a missed slot is never sent late, nor skipped, in silence", None, None;
    UNAPPROVED_CONTENT = "election-approval", "선거 기간에는 두 사람이 승인합니다", "in the election period two people approve what goes", "sosik's reading of 공직선거관리규칙 art. 47(4): the exceptions hold only without the head's name, photo and achievements", None, None;
    WORKING_DAY = "working-day", "쉬는 날에는 늦은 발송도 하지 않습니다", "nothing goes late on a day of rest", OURS, None, None;
}

/// The public holidays of the decree by their items are rules of [`KoreanCalendar`](crate::KoreanCalendar).
pub(crate) const SUBSTITUTES: [&RuleInfo; 4] = [&SUBSTITUTE_2013, &SUBSTITUTE_2021, &SUBSTITUTE_2023, &SUBSTITUTE_2026];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_code_of_its_own_both_languages_and_a_source() {
        let mut seen = std::collections::BTreeSet::new();
        for rule in RULES {
            assert!(seen.insert(rule.code), "{}", rule.code);
            assert!(rule.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            assert!(rule.korean.chars().any(|c| ('가'..='힣').contains(&c)) && rule.english.len() > 5);
            assert!(rule.source.len() > 10, "{}", rule.code);
            assert!(rule.from.is_none_or(|from| rule.until.is_none_or(|until| from < until)), "{}", rule.code);
        }
    }
}
