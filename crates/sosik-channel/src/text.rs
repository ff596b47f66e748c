use encoding_rs::EUC_KR;
use sosik_core::PhoneNumber;

use crate::media::Picture;

/// A text message: SMS up to 90 bytes, LMS up to 2,000, by its length in CP949; with pictures it goes as MMS.
///
/// ```
/// use sosik_channel::TextMessage;
/// use sosik_core::PhoneNumber;
///
/// let from = PhoneNumber::parse("031-8082-0000")?;
/// let text = TextMessage::new(from.clone(), "양주시 소식")?;
/// assert!(text.is_short());
/// assert_eq!(TextMessage::new(from, "웃음 😀").unwrap_err().to_string(), "a text message cannot carry `😀` (character 4)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextMessage {
    from: PhoneNumber,
    title: Option<String>,
    text: String,
    pictures: Vec<Picture>,
}

impl TextMessage {
    /// A text from a registered sending number (발신번호).
    ///
    /// # Errors
    ///
    /// [`TextError`] names the first character that CP949 lacks. [`to_cp949`] replaces such characters.
    pub fn new(from: PhoneNumber, text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        encodable(&text)?;
        Ok(Self { from, title: None, text, pictures: Vec::new() })
    }

    /// The text with a title, which only long messages show.
    ///
    /// # Errors
    ///
    /// [`TextError`] names the first character that CP949 lacks.
    pub fn with_title(mut self, title: impl Into<String>) -> Result<Self, TextError> {
        let title = title.into();
        encodable(&title)?;
        self.title = Some(title);
        Ok(self)
    }

    /// The text with one more picture, which makes it an MMS. The order in which phones show several is not certain.
    #[must_use]
    pub fn with_picture(mut self, picture: Picture) -> Self {
        self.pictures.push(picture);
        self
    }

    /// The number it comes from.
    #[must_use]
    pub fn from(&self) -> &PhoneNumber {
        &self.from
    }

    /// The title of a long message.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pictures of an MMS.
    #[must_use]
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    pub(crate) fn pictures_mut(&mut self) -> &mut [Picture] {
        &mut self.pictures
    }

    /// Whether it goes as an SMS: 90 bytes or fewer, no title, and no picture.
    #[must_use]
    pub fn is_short(&self) -> bool {
        let plain = self.title.is_none() && self.pictures.is_empty();
        plain && cp949_bytes(&self.text).is_some_and(|bytes| bytes <= 90)
    }

    /// As what it goes, which is also by what it is charged: `sms`, `lms` or `mms`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match (self.pictures.is_empty(), self.is_short()) {
            (false, _) => "mms",
            (true, true) => "sms",
            (true, false) => "lms",
        }
    }
}

fn encodable(text: &str) -> Result<(), TextError> {
    match text.chars().enumerate().find(|(_, c)| cp949_bytes(c.encode_utf8(&mut [0; 4])).is_none()) {
        Some((at, character)) => Err(TextError { character, position: at + 1 }),
        None => Ok(()),
    }
}

/// A character that text messages cannot carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a text message cannot carry `{character}` (character {position})")]
pub struct TextError {
    character: char,
    position: usize,
}

/// The length of a text in CP949, as carriers count it: two bytes for every Hangul syllable; `None` when a character
/// is not in it.
///
/// ```
/// assert_eq!(sosik_channel::cp949_bytes("똠방각하"), Some(8));
/// assert_eq!(sosik_channel::cp949_bytes("– 😀"), None);
/// ```
#[must_use]
pub fn cp949_bytes(text: &str) -> Option<usize> {
    let mut encoder = EUC_KR.new_encoder();
    let mut buffer = [0; 256];
    let mut rest = text;
    let mut total = 0;
    loop {
        let (result, read, written) = encoder.encode_from_utf8_without_replacement(rest, &mut buffer, true);
        total += written;
        match result {
            encoding_rs::EncoderResult::InputEmpty => return Some(total),
            encoding_rs::EncoderResult::OutputFull => rest = &rest[read..],
            encoding_rs::EncoderResult::Unmappable(_) => return None,
        }
    }
}

/// The text with characters that CP949 lacks replaced by near ones, or dropped.
///
/// ```
/// assert_eq!(sosik_channel::to_cp949("12. 5.–12. 7. ♥😀 ‘겨울’"), "12. 5.-12. 7. ♥ ‘겨울’");
/// ```
#[must_use]
pub fn to_cp949(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let near = match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '〜' | '✓' | '✔' | '☑' | '▪' | '◾' => "-",
            '\u{2027}' | '•' | '∙' => "·",
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => " ",
            _ => "",
        };
        if cp949_bytes(c.encode_utf8(&mut [0; 4])).is_some() {
            out.push(c);
        } else {
            out.push_str(near);
        }
    }
    out.split('\n')
        .map(|line| line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_cp949() {
        for (text, bytes) in [
            ("양주시 소식", Some(11)),
            ("안전안내문자", Some(12)),
            ("똠방각하", Some(8)),
            ("①호선 ㎡ ℃", Some(12)),
            ("“따옴표” – …", None),
            ("Hello 양주", Some(10)),
            ("😀 웃음", None),
            ("펲시", Some(4)),
            ("ＡＢ", Some(4)),
            ("·", Some(2)),
            ("‧", None),
            ("~", Some(1)),
            ("𠮷", None),
        ] {
            assert_eq!(cp949_bytes(text), bytes, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_counted_whole() {
        assert_eq!(cp949_bytes(&"가".repeat(5_000)), Some(10_000));
    }

    #[test]
    fn what_is_made_fit_can_be_sent() {
        let from = PhoneNumber::parse("031-8082-0000").unwrap();
        let wild = "📢 12. 5.(토)–12. 7. ‧ “겨울”〜 \u{200b}👩‍👩‍👧 𠮷";
        assert!(TextMessage::new(from, to_cp949(wild)).is_ok());
    }
}
