//! What the carriers take, whichever dealer hands it over.

use encoding_rs::{EUC_KR, EncoderResult};

/// The length in CP949, or the first character that is not in it.
pub(crate) fn cp949(text: &str) -> Result<usize, char> {
    let mut bytes = 0;
    let mut buffer = [0; 8];
    for c in text.chars() {
        let mut utf8 = [0; 4];
        let (result, _, written) =
            EUC_KR.new_encoder().encode_from_utf8_without_replacement(c.encode_utf8(&mut utf8), &mut buffer, true);
        match result {
            EncoderResult::InputEmpty => bytes += written,
            EncoderResult::OutputFull | EncoderResult::Unmappable(_) => return Err(c),
        }
    }
    Ok(bytes)
}

/// Whether a recipient's number is one that a message can go to.
pub(crate) fn is_mobile(number: &str) -> bool {
    let digits = number.len() == 10 || number.len() == 11;
    digits
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(number.as_bytes(), [b'0', b'1', b'0' | b'1' | b'6'..=b'9', ..])
        && (number.len() == 11 || !number.starts_with("010"))
}

/// Whether a number may stand as the sender of a text: 8 to 12 digits.
pub(crate) fn is_sender(number: &str) -> bool {
    (8..=12).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_message_reaches_are_told_apart() {
        for (number, mobile) in [
            ("01000000001", true),
            ("0110000001", true),
            ("0100000000", false),
            ("0310000000", false),
            ("010-0000-0001", false),
            ("", false),
        ] {
            assert_eq!(is_mobile(number), mobile, "{number}");
        }
    }

    #[test]
    fn characters_beyond_cp949_are_named() {
        assert_eq!((cp949("a가"), cp949("가😀")), (Ok(3), Err('😀')));
    }
}
