//! The channels of a city: its own and those of its districts, found as citizens look for them.

use chrono::NaiveDate;
use sosik_core::hangul::initial;
use sosik_core::{AreaCode, ChannelId};
use unicode_normalization::UnicodeNormalization;

use crate::{Directory, DirectoryError};

/// One channel of a city.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelEntry {
    /// Its name in this installation.
    pub id: ChannelId,
    /// By what citizens search for it in `KakaoTalk`, such as 양주시청 or 회천1동 행정복지센터.
    pub name: String,
    /// Its public id at Kakao, such as `_ZeUTxl`.
    pub public_id: Option<String>,
    /// The areas that it is for, by code: a city's, or one or more districts'.
    pub areas: Vec<AreaCode>,
    /// Where whoever has a question turns to: an office's number or address, no person's.
    pub contact: Option<String>,
}

/// The channels of a city.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_registry::{Channels, Directory};
///
/// let channels = Channels::from_csv(
///     "channel,name,public_id,areas,contact\n\
///      city,양주시청,_city,41630,031-8082-0000\n\
///      hoecheon1,회천1동 행정복지센터,,4163053000,\n".as_bytes(),
/// )?;
/// let found = |text: &str| channels.search(text).iter().map(|channel| channel.id.as_str()).collect::<Vec<_>>();
/// assert_eq!(found("양주"), ["city"]);
/// assert_eq!(found("ㅇㅈㅅㅊ"), ["city"]);
/// assert_eq!(found("ㅎㅊ1"), ["hoecheon1"]);
///
/// let districts = Directory::from_csv(
///     "hjd_code,name,legal_areas,from,to\n4163053000,회천1동,덕정동(일부)·봉양동,2003-10-19,\n".as_bytes(),
/// )?;
/// let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
/// let of = channels.of_legal_area("봉양동", &districts, day);
/// assert_eq!(of.iter().map(|channel| channel.id.as_str()).collect::<Vec<_>>(), ["hoecheon1", "city"]);
/// # Ok::<(), sosik_registry::DirectoryError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels(Vec<ChannelEntry>);

impl Channels {
    /// Reads a table with the columns `channel` and `name`, and where they are there `public_id`, `areas` (codes, with `|`
    /// between them) and `contact`. Others are passed over.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`] names the line and the column; a channel that stands there twice is one.
    pub fn from_csv(table: &[u8]) -> Result<Self, DirectoryError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
        let headers = reader.headers().map_err(|e| DirectoryError::new(1, "the header", e.to_string()))?.clone();
        let place = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let needed =
            |name: &'static str| place(name).ok_or_else(|| DirectoryError::new(1, name, "the column is missing"));
        let (id, name) = (needed("channel")?, needed("name")?);
        let (public_id, areas, contact) = (place("public_id"), place("areas"), place("contact"));
        let mut channels: Vec<ChannelEntry> = Vec::new();
        for (at, row) in reader.records().enumerate() {
            let line = at + 2;
            let row = row.map_err(|e| DirectoryError::new(line, "the row", e.to_string()))?;
            let text = |at: Option<usize>| {
                at.and_then(|at| row.get(at)).filter(|text| !text.is_empty()).map(|text| text.nfc().collect::<String>())
            };
            let id = ChannelId::parse(&row[id]).map_err(|e| DirectoryError::new(line, "channel", e.to_string()))?;
            if channels.iter().any(|channel| channel.id == id) {
                return Err(DirectoryError::new(line, "channel", format!("`{id}` stands there already")));
            }
            let name = text(Some(name)).ok_or_else(|| DirectoryError::new(line, "name", "a channel needs one"))?;
            let codes = text(areas).unwrap_or_default();
            let codes = codes.split('|').map(str::trim).filter(|code| !code.is_empty());
            let areas = codes
                .map(|code| AreaCode::parse(code).map_err(|e| DirectoryError::new(line, "areas", e.to_string())))
                .collect::<Result<_, _>>()?;
            channels.push(ChannelEntry { id, name, public_id: text(public_id), areas, contact: text(contact) });
        }
        Ok(Self(channels))
    }

    /// The channel of a name in this installation.
    #[must_use]
    pub fn get(&self, id: &ChannelId) -> Option<&ChannelEntry> {
        self.0.iter().find(|channel| channel.id == *id)
    }

    /// Every channel, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &ChannelEntry> {
        self.0.iter()
    }

    /// The channels whose name holds a text, written out or by its initial consonants (초성), blanks aside: those that begin
    /// with it first, and shorter names before longer ones.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<&ChannelEntry> {
        let wanted = plain(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(usize, usize, &ChannelEntry)> = self
            .0
            .iter()
            .filter_map(|channel| {
                let name = plain(&channel.name);
                Some((place(&name, &wanted)?, name.len(), channel))
            })
            .collect();
        found.sort_by_key(|(place, length, _)| (*place, *length));
        found.into_iter().map(|(.., channel)| channel).collect()
    }

    /// The channels that are for an area or for one that it is a part of, the narrowest first.
    #[must_use]
    pub fn of_area(&self, area: &AreaCode) -> Vec<&ChannelEntry> {
        let narrowest = |channel: &ChannelEntry| {
            channel.areas.iter().filter(|of| area.is_within(of)).map(|of| of.as_str().len()).max()
        };
        let mut found: Vec<(usize, &ChannelEntry)> =
            self.0.iter().filter_map(|channel| Some((narrowest(channel)?, channel))).collect();
        found.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
        found.into_iter().map(|(_, channel)| channel).collect()
    }

    /// The channels for whoever writes this legal area in their address, on a day: of every district that has a part of it.
    #[must_use]
    pub fn of_legal_area(&self, name: &str, districts: &Directory, day: NaiveDate) -> Vec<&ChannelEntry> {
        let mut found: Vec<&ChannelEntry> = Vec::new();
        let all: Vec<Vec<&ChannelEntry>> =
            districts.by_legal_area(name, day).map(|district| self.of_area(&district.code)).collect();
        // Of each district its own first, then those of the city.
        for depth in 0..all.iter().map(Vec::len).max().unwrap_or(0) {
            for channel in all.iter().filter_map(|of| of.get(depth)) {
                if !found.iter().any(|known| known.id == channel.id) {
                    found.push(channel);
                }
            }
        }
        found
    }
}

/// A text in small letters without what is neither a letter nor a digit.
fn plain(text: &str) -> Vec<char> {
    text.nfc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where a name holds what is wanted: each wanted consonant stands for every syllable that begins with it.
fn place(name: &[char], wanted: &[char]) -> Option<usize> {
    let is = |(has, wants): (&char, &char)| has == wants || initial(*has) == Some(*wants);
    name.windows(wanted.len()).position(|window| window.iter().zip(wanted).all(is))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels() -> Channels {
        let table = "channel,name,public_id,areas,contact
city,양주시청,_city,41630,031-8082-0000
hoecheon1,회천1동 행정복지센터,_h1,4163053000,
hoecheon3,회천3동 행정복지센터,,4163055000,
okjeong,옥정 행정복지센터,,4163057000|4163058000,
";
        Channels::from_csv(table.as_bytes()).unwrap()
    }

    #[test]
    fn a_channel_is_found_as_citizens_look_for_it() {
        let channels = channels();
        let found = |text: &str| channels.search(text).iter().map(|channel| channel.id.to_string()).collect::<Vec<_>>();
        assert_eq!(found("회천1동행정"), ["hoecheon1"]);
        assert_eq!(found("행정복지"), ["okjeong", "hoecheon1", "hoecheon3"], "where it stands sooner first");
        assert_eq!(found("ㅎㅊ"), ["hoecheon1", "hoecheon3"]);
        assert_eq!(found("ㅇㅈ ㅅㅊ"), ["city"]);
        assert_eq!(found("양ㅈ"), ["city"], "half typed");
        assert_eq!(found("ㅇ"), ["city", "okjeong"]);
        assert_eq!((found(""), found("남양주")), (vec![], vec![]));
    }

    #[test]
    fn an_area_s_own_channel_comes_before_the_city_s() {
        let (channels, code) = (channels(), |code: &str| AreaCode::parse(code).unwrap());
        let of =
            |area: &str| channels.of_area(&code(area)).iter().map(|channel| channel.id.to_string()).collect::<Vec<_>>();
        assert_eq!(of("4163058000"), ["okjeong", "city"]);
        assert_eq!(of("4163051000"), ["city"]);
        assert_eq!(of("4111156000"), Vec::<String>::new());
        let districts = Directory::from_csv(
            "hjd_code,name,legal_areas,from,to\n4163053000,회천1동,덕정동(일부),2003-10-19,\n\
             4163055000,회천3동,덕정동(일부),2003-10-19,\n"
                .as_bytes(),
        )
        .unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let of: Vec<_> =
            channels.of_legal_area("덕정동", &districts, day).iter().map(|channel| channel.id.to_string()).collect();
        assert_eq!(of, ["hoecheon1", "hoecheon3", "city"]);
    }

    #[test]
    fn a_table_that_is_wrong_says_where() {
        let told = |table: &str| Channels::from_csv(table.as_bytes()).unwrap_err().to_string();
        assert_eq!(told("channel\ncity\n"), "line 1, name: the column is missing");
        assert!(told("channel,name\nCity,양주시청\n").starts_with("line 2, channel: "));
        assert_eq!(told("channel,name\na,가\na,나\n"), "line 3, channel: `a` stands there already");
        assert!(told("channel,name,areas\na,가,416\n").starts_with("line 2, areas: "));
        assert_eq!(told("channel,name\na,\n"), "line 2, name: a channel needs one");
    }
}
