//! Particles (조사 josa) that fit the word before them: `양주시는`, `회천1동은`, `GTX가`, `12월 5일(토)로`.
//!
//! ```
//! use sosik_content::josa::{Josa, with};
//!
//! assert_eq!(with("옥정호수공원", Josa::EunNeun), "옥정호수공원은");
//! assert_eq!(with("회천1동 행정복지센터", Josa::EulReul), "회천1동 행정복지센터를");
//! assert_eq!(with("서울", Josa::Ro), "서울로");
//! assert_eq!(with("축제(10월)", Josa::IGa), "축제(10월)가");
//! assert_eq!(with("2026", Josa::EunNeun), "2026은");
//! ```

/// A particle with two forms: after a consonant and after a vowel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Josa {
    /// 은/는.
    EunNeun,
    /// 이/가.
    IGa,
    /// 을/를.
    EulReul,
    /// 과/와.
    GwaWa,
    /// 으로/로; after ㄹ 로.
    Ro,
    /// 이나/나.
    INa,
    /// 이라/라.
    IRa,
}

impl Josa {
    /// The particle of one of its forms: `은`, `는`.
    #[must_use]
    pub fn parse(form: &str) -> Option<Self> {
        Some(match form {
            "은" | "는" | "은/는" | "은(는)" => Self::EunNeun,
            "이" | "가" | "이/가" | "이(가)" => Self::IGa,
            "을" | "를" | "을/를" | "을(를)" => Self::EulReul,
            "과" | "와" | "과/와" | "와(과)" => Self::GwaWa,
            "으로" | "로" | "으로/로" | "(으)로" => Self::Ro,
            "이나" | "나" | "이나/나" => Self::INa,
            "이라" | "라" | "이라/라" => Self::IRa,
            _ => return None,
        })
    }

    /// Its forms: after a consonant, after a vowel, and where it is not known which.
    fn forms(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::EunNeun => ("은", "는", "은(는)"),
            Self::IGa => ("이", "가", "이(가)"),
            Self::EulReul => ("을", "를", "을(를)"),
            Self::GwaWa => ("과", "와", "와(과)"),
            Self::Ro => ("으로", "로", "(으)로"),
            Self::INa => ("이나", "나", "(이)나"),
            Self::IRa => ("이라", "라", "(이)라"),
        }
    }
}

/// How a word sounds at its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sound {
    Vowel,
    Rieul,
    Consonant,
}

/// A word with the particle that fits it. What stands in brackets at its end is not read; digits and Latin letters are read
/// as Koreans say them; where the end cannot be said, both forms are written: `은(는)`.
#[must_use]
pub fn with(word: &str, josa: Josa) -> String {
    format!("{word}{}", after(word, josa))
}

/// The particle that fits a word.
#[must_use]
pub fn after(word: &str, josa: Josa) -> &'static str {
    let (consonant, vowel, either) = josa.forms();
    match sound(word) {
        Some(Sound::Vowel) => vowel,
        Some(Sound::Rieul) if josa == Josa::Ro => vowel,
        Some(_) => consonant,
        None => either,
    }
}

fn sound(word: &str) -> Option<Sound> {
    let word = spoken(word);
    let last = word.chars().next_back()?;
    let of = |final_consonant: u32| match final_consonant {
        0 => Sound::Vowel,
        8 => Sound::Rieul,
        _ => Sound::Consonant,
    };
    match last {
        '가'..='힣' => Some(of((u32::from(last) - 0xac00) % 28)),
        '0'..='9' => Some(digit(word)),
        'a'..='z' | 'A'..='Z' => Some(letter(word)),
        // 퍼센트, 도.
        '%' | '℃' => Some(Sound::Vowel),
        'ㄱ'..='ㅎ' => Some(Sound::Consonant),
        _ => None,
    }
}

/// The word without brackets and marks at its end, which are not said.
fn spoken(word: &str) -> &str {
    let mut rest = word.trim_end();
    loop {
        let before = rest;
        for (open, close) in [('(', ')'), ('[', ']'), ('（', '）')] {
            if let Some(inside) = rest.strip_suffix(close)
                && let Some(at) = inside.rfind(open)
                && at > 0
            {
                rest = rest[..at].trim_end();
            }
        }
        rest = rest.trim_end_matches(['\'', '"', '’', '”', '」', '』', '》', '〉', '!', '?', '.', ',', '~', '…', ' ']);
        if rest == before {
            return rest;
        }
    }
}

/// Digits as they are said: 0 영, 1 일, 3 삼, 6 육, 7 칠, 8 팔; and 10 십, 100 백, 1,000 천, 10,000 만.
fn digit(word: &str) -> Sound {
    match word.chars().next_back() {
        // 십, 백, 천, 만, 억: each ends with a consonant, and none with ㄹ. So does 영.
        Some('0' | '3' | '6') => Sound::Consonant,
        Some('1' | '7' | '8') => Sound::Rieul,
        _ => Sound::Vowel,
    }
}

/// Latin letters as Koreans say them: a word in capitals letter by letter (L 엘, M 엠, N 엔, R 알), another as a word.
fn letter(word: &str) -> Sound {
    let letters: Vec<char> = word.chars().rev().take_while(char::is_ascii_alphabetic).collect();
    let Some(last) = letters.first() else { return Sound::Vowel };
    let unit: String = letters.iter().rev().collect();
    let of_number = word[..word.len() - unit.len()].ends_with(|c: char| c.is_ascii_digit());
    match unit.as_str() {
        // 미터, 리터, 그램.
        "m" | "km" | "cm" | "mm" | "L" | "ml" | "mL" if of_number => return Sound::Vowel,
        "g" | "kg" | "mg" if of_number => return Sound::Consonant,
        _ => {}
    }
    // 캠핑, 앱.
    let doubled = letters.get(1) == Some(last);
    if !letters.iter().all(char::is_ascii_uppercase) && (unit.ends_with("ng") || doubled && "bcdkpt".contains(*last)) {
        return Sound::Consonant;
    }
    let spelled = letters.iter().all(char::is_ascii_uppercase) || letters.len() == 1;
    match last.to_ascii_lowercase() {
        'l' => Sound::Rieul,
        'm' | 'n' => Sound::Consonant,
        'r' if spelled => Sound::Rieul,
        // `Bank`, `Shop`, `Internet`: a stop after a short vowel closes the syllable.
        'b' | 'c' | 'k' | 'p' | 't'
            if !spelled && letters.get(1).is_some_and(|c| "aeiou".contains(c.to_ascii_lowercase())) =>
        {
            Sound::Consonant
        }
        _ => Sound::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_fit_what_is_said() {
        for (word, josa, expected) in [
            ("양주", Josa::EunNeun, "양주는"),
            ("양주시청", Josa::IGa, "양주시청이"),
            ("서울", Josa::Ro, "서울로"),
            ("부산", Josa::Ro, "부산으로"),
            ("대구", Josa::Ro, "대구로"),
            ("3", Josa::EunNeun, "3은"),
            ("10", Josa::IGa, "10이"),
            ("2", Josa::GwaWa, "2와"),
            ("1", Josa::Ro, "1로"),
            ("7", Josa::EulReul, "7을"),
            ("100%", Josa::EulReul, "100%를"),
            ("GTX", Josa::EunNeun, "GTX는"),
            ("CCTV", Josa::EulReul, "CCTV를"),
            ("AI", Josa::Ro, "AI로"),
            ("SNS", Josa::Ro, "SNS로"),
            ("URL", Josa::Ro, "URL로"),
            ("LH", Josa::IGa, "LH가"),
            ("KTX", Josa::Ro, "KTX로"),
            ("Shop", Josa::EulReul, "Shop을"),
            ("blog", Josa::IGa, "blog가"),
            ("Music", Josa::IGa, "Music이"),
            ("Bank", Josa::IGa, "Bank가"),
            ("5km", Josa::EulReul, "5km를"),
            ("10kg", Josa::IGa, "10kg이"),
            ("Camping", Josa::IGa, "Camping이"),
            ("App", Josa::IGa, "App이"),
            ("〈가을의 노래〉", Josa::EunNeun, "〈가을의 노래〉는"),
            ("주민센터(백석읍)", Josa::EunNeun, "주민센터(백석읍)는"),
            ("‘별빛 축제’", Josa::IGa, "‘별빛 축제’가"),
            ("축제!", Josa::EulReul, "축제!를"),
            ("☆", Josa::EunNeun, "☆은(는)"),
            ("", Josa::IGa, "이(가)"),
        ] {
            assert_eq!(with(word, josa), expected);
        }
        assert_eq!(Josa::parse("을"), Some(Josa::EulReul));
        assert_eq!(Josa::parse("에서"), None);
    }
}
