use std::fmt;

/// A phone number in Korea, kept as its digits with the leading zero (`01000000001`).
///
/// It hides itself in `Debug` and has no `Display`: to print one is a decision, taken with
/// [`masked`](Self::masked) or [`expose`](Self::expose).
///
/// ```
/// use sosik_core::PhoneNumber;
///
/// for written in [
///     "010-0000-0001", "010 0000 0001", "+82 10-0000-0001", "0082 10 0000 0001", "821000000001", "tel:010-0000-0001",
///     "'01000000001", "０１０-００００-０００１",
/// ] {
///     assert_eq!(PhoneNumber::parse(written)?.expose(), "01000000001");
/// }
/// # Ok::<(), sosik_core::PhoneNumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a Korean number as people write it: hyphens, dots, spaces, brackets, full-width digits, `+82` with its sign or
    /// without, `tel:`, and the mark with which spreadsheet programs keep a zero.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError`] tells what is wrong, without repeating the number.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let mut digits = String::with_capacity(11);
        let mut plus = false;
        let text = text.trim();
        let text = text.strip_prefix("tel:").or_else(|| text.strip_prefix('\'')).unwrap_or(text);
        for (at, c) in text.chars().enumerate() {
            match c {
                '0'..='9' => digits.push(c),
                '０'..='９' => digits.push(char::from(b'0' + u8::try_from(u32::from(c) - 0xff10).unwrap_or(0))),
                '+' | '＋' if at == 0 => plus = true,
                '-' | '.' | ' ' | '(' | ')' | '\u{2010}'..='\u{2015}' | '－' | '\u{a0}' | '\u{3000}' => {}
                _ => return Err(PhoneNumberError::Character),
            }
        }
        if digits.is_empty() {
            return Err(PhoneNumberError::Empty);
        }
        if let Some(rest) = digits.strip_prefix("0082") {
            digits = String::from(rest);
            plus = true;
        } else if plus {
            digits = String::from(digits.strip_prefix("82").ok_or(PhoneNumberError::Abroad)?);
        } else if let Some(rest) = digits.strip_prefix("82").filter(|rest| rest.len() >= 8) {
            // No number of ours begins with 8: so many digits are one with its country before it.
            digits = String::from(rest);
            plus = true;
        }
        if plus && !digits.starts_with('0') {
            digits.insert(0, '0');
        }
        if !digits.starts_with('0') {
            return Err(PhoneNumberError::Prefix);
        }
        let len = digits.len();
        let fits = if digits.starts_with("010") {
            len == 11
        } else if digits.starts_with("02") {
            (9..=10).contains(&len)
        } else if digits.starts_with("050") {
            (11..=12).contains(&len)
        } else {
            (10..=11).contains(&len)
        };
        if fits { Ok(Self(digits)) } else { Err(PhoneNumberError::Length { digits: len }) }
    }

    /// Whether it is a mobile number (`010`, `011`, `016` to `019`), which alone can receive Kakao messages.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        matches!(self.0.as_bytes(), [b'0', b'1', b'0' | b'1' | b'6'..=b'9', ..])
    }

    /// The digits, in full. The caller answers for where they go.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number as the world writes it (E.164), in full: `+821000000001`. The caller answers for where it goes.
    #[must_use]
    pub fn e164(&self) -> String {
        format!("+82{}", self.0.strip_prefix('0').unwrap_or(&self.0))
    }

    /// The number with its middle hidden, for screens and error reports: `010****0001`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, tail) = (self.0.len().min(3), self.0.len().saturating_sub(4));
        format!("{}{}{}", &self.0[..head], "*".repeat(tail - head), &self.0[tail..])
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

/// Why a text is no phone number. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneNumberError {
    /// Another country's number.
    #[error("the number is of another country: only Korean numbers (+82) can be reached")]
    Abroad,
    /// Something that no phone number has.
    #[error("the number has a character that belongs in no phone number")]
    Character,
    /// Nothing at all.
    #[error("the number is missing")]
    Empty,
    /// Too few or too many digits for its prefix.
    #[error("the number has {digits} digits, which is not the length of a number with its prefix")]
    #[non_exhaustive]
    Length {
        /// How many digits there were.
        digits: usize,
    },
    /// It does not begin as Korean numbers do.
    #[error("the number does not begin with 0 or +82")]
    Prefix,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_phone_has_are_refused_with_the_reason() {
        for (text, why) in [
            ("", PhoneNumberError::Empty),
            ("---", PhoneNumberError::Empty),
            ("10-0000-0001", PhoneNumberError::Prefix),
            ("010-000-0001", PhoneNumberError::Length { digits: 10 }),
            ("010-0000-00011", PhoneNumberError::Length { digits: 12 }),
            ("010-0000-000a", PhoneNumberError::Character),
            ("+1 202 555 0100", PhoneNumberError::Abroad),
        ] {
            assert_eq!(PhoneNumber::parse(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn land_lines_are_numbers_but_not_mobile() {
        for (text, mobile) in
            [("031-8082-0000", false), ("02-000-0000", false), ("011-000-0000", true), ("010-0000-0001", true)]
        {
            assert_eq!(PhoneNumber::parse(text).unwrap().is_mobile(), mobile, "{text}");
        }
    }

    #[test]
    fn debug_and_masked_hide_the_middle() {
        let phone = PhoneNumber::parse("010-1234-0001").unwrap();
        assert_eq!(phone.masked(), "010****0001");
        assert!(!format!("{phone:?}").contains("1234"));
    }
}
