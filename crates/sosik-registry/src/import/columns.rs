//! Which column of a file is what: guessed by its heading, and shown.

use std::fmt;

use super::{ImportError, RowError, hide_personal, whole};

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Column {
    /// Their number (휴대전화). It must be there.
    Phone,
    /// The district they live in (읍면동). It must be there.
    District,
    /// What they want to hear of (관심분야).
    Topics,
    /// The day on which they agreed to advertisements (광고동의일).
    Advertising,
    /// How that can be shown (동의근거).
    Evidence,
    /// Whether a text message may come (문자허용).
    Text,
    /// The day on which they agreed to the collection of their data (수집동의일).
    Collection,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 7] =
        [Self::Phone, Self::District, Self::Topics, Self::Advertising, Self::Evidence, Self::Text, Self::Collection];

    /// The heading that is ours.
    #[must_use]
    pub fn name(self) -> &'static str {
        super::COLUMNS[self as usize]
    }

    /// Whether a file without it is refused.
    #[must_use]
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Phone | Self::District)
    }

    /// Other headings that mean the same, without blanks and in small letters.
    fn also(self) -> &'static [&'static str] {
        match self {
            Self::Phone => &[
                "휴대폰",
                "핸드폰",
                "휴대전화번호",
                "휴대폰번호",
                "핸드폰번호",
                "전화번호",
                "연락처",
                "휴대전화연락처",
                "phone",
                "phonenumber",
                "mobile",
                "mobilephone",
                "tel",
                "hp",
            ],
            Self::District => {
                &["행정동", "동", "읍면동명", "행정동명", "거주지", "거주동", "거주지역", "지역", "area", "district"]
            }
            Self::Topics => &["관심사", "관심분야목록", "주제", "구독주제", "topics", "topic", "interests"],
            Self::Advertising => &[
                "광고수신동의일",
                "광고성정보수신동의일",
                "광고성정보동의일",
                "수신동의일",
                "광고동의일자",
                "수신동의일자",
                "advertisingconsent",
                "consentdate",
            ],
            Self::Evidence => &["근거", "동의증빙", "증빙", "동의방법", "evidence"],
            Self::Text => &["문자수신", "문자수신여부", "문자수신동의", "sms", "sms수신", "문자", "text", "smsallowed"],
            Self::Collection => &[
                "개인정보동의일",
                "개인정보수집동의일",
                "개인정보수집이용동의일",
                "수집이용동의일",
                "collectionconsent",
            ],
        }
    }
}

/// Which column of a file is what.
///
/// ```
/// use sosik_registry::import::{Column, Columns};
///
/// let heading = ["성명", "휴대폰 번호", "거주 지역(읍면동)"].map(String::from);
/// let columns = Columns::guess(&heading)?;
/// assert_eq!(columns.place(Column::Phone), Some(1));
/// assert_eq!(columns.to_string(), "휴대전화 is `휴대폰 번호`, 읍면동 is `거주 지역(읍면동)`; not read: 1 column");
/// # Ok::<(), sosik_registry::import::ImportError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    places: [Option<usize>; 7],
    heading: Vec<String>,
}

impl Columns {
    /// Guesses by the headings, whatever blanks, brackets and capital letters they have.
    ///
    /// # Errors
    ///
    /// [`ImportError`] when one that must be there is not, or two are the same.
    pub fn guess(heading: &[String]) -> Result<Self, ImportError> {
        Self::named(heading, &[])
    }

    /// Guesses those that are not named: each pair is a column and its heading in the file.
    ///
    /// # Errors
    ///
    /// [`ImportError`] as for [`guess`](Self::guess), and when a heading that is named is not there.
    pub fn named(heading: &[String], names: &[(Column, String)]) -> Result<Self, ImportError> {
        let mut places = [None; 7];
        let mut errors = Vec::new();
        for (column, name) in names {
            match heading.iter().position(|there| plain(there) == plain(name)) {
                Some(place) => places[*column as usize] = Some(place),
                None => errors.extend(whole(name, "there is no such heading", &there(heading)).rows().to_vec()),
            }
        }
        for column in Column::ALL.into_iter().filter(|column| !names.iter().any(|(named, _)| named == column)) {
            let mut found =
                (0..heading.len()).filter(|place| is(column, &heading[*place]) && !places.contains(&Some(*place)));
            let (first, second) = (found.next(), found.next());
            match (first, second) {
                (Some(first), Some(second)) => {
                    let problem = format!("`{}` and `{}` are the same", heading[first], heading[second]);
                    errors.extend(whole(column.name(), &problem, "keep one of the two, or say which").rows().to_vec());
                }
                (None, _) if column.is_needed() => errors.push(missing(column, heading)),
                _ => places[column as usize] = first,
            }
        }
        if errors.is_empty() { Ok(Self { places, heading: heading.to_vec() }) } else { Err(ImportError(errors)) }
    }

    /// Where a column stands, from 0.
    #[must_use]
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for column in Column::ALL {
            if let Some(place) = self.place(column) {
                write!(f, "{separator}{} is `{}`", column.name(), self.heading[place])?;
                separator = ", ";
            }
        }
        let others = (0..self.heading.len()).filter(|place| !self.places.contains(&Some(*place))).count();
        match others {
            0 => Ok(()),
            1 => f.write_str("; not read: 1 column"),
            others => write!(f, "; not read: {others} columns"),
        }
    }
}

/// A heading without blanks, marks and brackets, in small letters.
fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a heading is that of a column, with or without what stands in brackets.
fn is(column: Column, heading: &str) -> bool {
    let means = |text: &str| plain(column.name()) == text || column.also().contains(&text);
    let (before, within) = heading.split_once(['(', '（', '[']).unwrap_or((heading, ""));
    [heading, before, within].into_iter().any(|part| means(&plain(part)))
}

fn missing(column: Column, heading: &[String]) -> RowError {
    RowError {
        line: 1,
        column: column.name().to_owned(),
        value: there(heading),
        problem: "the column is missing".to_owned(),
        fix: format!("name the columns {}", super::COLUMNS.join(",")),
    }
}

/// The headings that are there; of a file without any the first row holds people, which are hidden.
fn there(heading: &[String]) -> String {
    let is_known = |heading: &str| Column::ALL.into_iter().any(|column| is(column, heading));
    let shown =
        heading.iter().map(|heading| if is_known(heading) { heading.clone() } else { hide_personal(heading, None) });
    shown.collect::<Vec<_>>().join(",")
}
