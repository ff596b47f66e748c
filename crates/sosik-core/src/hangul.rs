//! The letters of which Korean syllables are made, for whoever looks things up as citizens type them.

/// The consonants with which a syllable may begin, as they are typed alone, in Unicode's order.
const INITIALS: [char; 19] =
    ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];
/// The vowels.
const VOWELS: [char; 21] = [
    'ㅏ', 'ㅐ', 'ㅑ', 'ㅒ', 'ㅓ', 'ㅔ', 'ㅕ', 'ㅖ', 'ㅗ', 'ㅘ', 'ㅙ', 'ㅚ', 'ㅛ', 'ㅜ', 'ㅝ', 'ㅞ', 'ㅟ', 'ㅠ', 'ㅡ',
    'ㅢ', 'ㅣ',
];
/// The consonants with which a syllable may end; the first stands for none.
const FINALS: [char; 28] = [
    '\0', 'ㄱ', 'ㄲ', 'ㄳ', 'ㄴ', 'ㄵ', 'ㄶ', 'ㄷ', 'ㄹ', 'ㄺ', 'ㄻ', 'ㄼ', 'ㄽ', 'ㄾ', 'ㄿ', 'ㅀ', 'ㅁ', 'ㅂ', 'ㅄ',
    'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ',
];

/// The consonant with which a syllable begins (초성), as it is typed alone; `None` for whatever is no syllable.
///
/// ```
/// use sosik_core::hangul::initial;
///
/// assert_eq!("양주시".chars().filter_map(initial).collect::<String>(), "ㅇㅈㅅ");
/// assert_eq!(initial('ㅇ'), None);
/// ```
#[must_use]
pub fn initial(syllable: char) -> Option<char> {
    parts(syllable).map(|(first, ..)| INITIALS[first])
}

/// Whether it is a consonant as it is typed alone, which may stand for a syllable that begins with it.
#[must_use]
pub fn is_initial(letter: char) -> bool {
    INITIALS.contains(&letter)
}

/// The letters of a text, each as it is typed alone: what differs by one of them is one slip of a finger apart. What is no
/// syllable stays as it is.
///
/// ```
/// use sosik_core::hangul::letters;
///
/// assert_eq!(letters("축제"), "ㅊㅜㄱㅈㅔ");
/// assert_eq!(letters("GTX역"), "GTXㅇㅕㄱ");
/// ```
#[must_use]
pub fn letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match parts(c) {
            Some((first, vowel, last)) => {
                out.extend([INITIALS[first], VOWELS[vowel]]);
                out.extend((last > 0).then(|| FINALS[last]));
            }
            None => out.push(c),
        }
    }
    out
}

/// A text in which syllables that are often mistaken for one another are the same: those that sound alike (ㅐ and ㅔ, ㅙ, ㅚ and
/// ㅞ, ㅒ and ㅖ) and those that end with ㅅ or ㅆ. It is to compare by, not to show.
///
/// ```
/// use sosik_core::hangul::folded;
///
/// assert_eq!(folded("됬어요, 빠졋는데"), folded("됐어요, 빠졌는대"));
/// ```
#[must_use]
pub fn folded(text: &str) -> String {
    let fold = |c: char| {
        let Some((first, vowel, last)) = parts(c) else { return c };
        let vowel = match vowel {
            5 => 1,        // ㅔ
            7 => 3,        // ㅖ
            11 | 15 => 10, // ㅚ, ㅞ
            other => other,
        };
        let last = if last == 20 { 19 } else { last };
        u32::try_from(first * 588 + vowel * 28 + last).ok().and_then(|at| char::from_u32(0xac00 + at)).unwrap_or(c)
    };
    text.chars().map(fold).collect()
}

/// The places of a syllable's letters. Syllables stand in the order of their initials, 588 of each, then of their vowels, 28
/// of each (Unicode, chapter 3.12).
fn parts(syllable: char) -> Option<(usize, usize, usize)> {
    let at = u32::from(syllable).checked_sub(0xac00).filter(|at| *at < 19 * 588)?;
    let at = usize::try_from(at).ok()?;
    Some((at / 588, at % 588 / 28, at % 28))
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn every_syllable_has_the_letters_that_unicode_gives_it() {
        for syllable in '가'..='힣' {
            let given: Vec<char> = syllable.nfd().collect();
            let expected = [
                Some(INITIALS[given[0] as usize - 0x1100]),
                Some(VOWELS[given[1] as usize - 0x1161]),
                given.get(2).map(|last| FINALS[*last as usize - 0x11a7]),
            ];
            assert_eq!(letters(&syllable.to_string()), expected.into_iter().flatten().collect::<String>());
            assert_eq!(initial(syllable), expected[0]);
        }
        for other in ['ㄱ', 'ㅏ', 'a', '1', '\u{d7a4}', '漢'] {
            assert_eq!((initial(other), letters(&other.to_string())), (None, other.to_string()));
        }
        for (vowels, same) in
            [("애에", true), ("얘예", true), ("왜외웨", true), ("갓갔", true), ("아어", false), ("각갂", false)]
        {
            let folded: Vec<String> = vowels.chars().map(|c| folded(&c.to_string())).collect();
            assert_eq!(folded.iter().all(|one| *one == folded[0]), same, "{vowels}");
        }
        assert!(is_initial('ㅃ') && !is_initial('ㄳ') && !is_initial('ㅏ'));
    }
}
