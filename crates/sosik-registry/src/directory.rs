use std::collections::BTreeSet;

use chrono::NaiveDate;
use sosik_core::AreaCode;
use unicode_normalization::UnicodeNormalization;

/// One 읍면동 district of a city.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct District {
    /// Its administrative code (행정동 코드), ten digits.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// The legal areas (법정동, 법정리) of which it has all or a part: what citizens write in their address. One may belong to
    /// several districts.
    pub legal_areas: Vec<LegalArea>,
    /// From when on it exists.
    pub from: NaiveDate,
    /// The last day on which it did.
    pub until: Option<NaiveDate>,
    /// What it became: one district, or several into which it was split.
    pub successors: Vec<AreaCode>,
}

impl District {
    /// Whether it exists on a day.
    #[must_use]
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether it has all of a legal area or a part of it.
    #[must_use]
    pub fn has(&self, legal_area: &str) -> bool {
        let name = composed(legal_area);
        self.legal_areas.iter().any(|area| area.name == name)
    }
}

/// A legal area of which a district has all or a part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegalArea {
    /// Its name, such as 덕정동.
    pub name: String,
    /// Which part, where it is not all of it: such as 일부 or 북부.
    pub part: Option<String>,
}

impl LegalArea {
    fn parse(text: &str) -> Self {
        let text = composed(text);
        match text.split_once('(') {
            Some((name, part)) => {
                Self { name: name.trim().to_owned(), part: Some(part.trim_end_matches(')').trim().to_owned()) }
            }
            None => Self { name: text, part: None },
        }
    }
}

/// Where someone lives on a day who lived in a district once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In this district: it is the same, or what became of it.
    In(AreaCode),
    /// In one of these, into which it was split: only they can say.
    OneOf(Vec<AreaCode>),
    /// The table does not know of the district, or not of what became of it.
    Unknown,
}

/// The districts of a city, by code and by name.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_registry::Directory;
///
/// let csv = "hjd_code,name,from,to\n4163056000,회천4동,2003-10-19,2023-10-22\n4163057000,옥정1동,2023-10-23,\n";
/// let directory = Directory::from_csv(csv.as_bytes())?;
/// let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
/// assert_eq!(directory.by_name("옥정1동", today).unwrap().code.as_str(), "4163057000");
/// assert!(directory.by_name("회천4동", today).is_none()); // split in 2023
/// # Ok::<(), sosik_registry::DirectoryError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory(Vec<District>);

impl Directory {
    /// Reads a table with the columns `hjd_code`, `name`, `from` and `to` (empty while it exists), and where they are there
    /// `legal_areas` (with `·` between them, a part in brackets) and `successor` (codes, with `|` between them). Others are
    /// passed over.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`] names the line and the column.
    pub fn from_csv(table: &[u8]) -> Result<Self, DirectoryError> {
        let mut reader = csv::Reader::from_reader(table);
        let headers = reader.headers().map_err(|e| DirectoryError::new(1, "the header", e.to_string()))?.clone();
        let column = |name: &'static str| {
            let found = headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
            found.ok_or_else(|| DirectoryError::new(1, name, "the column is missing"))
        };
        let (code, name, from, to) = (column("hjd_code")?, column("name")?, column("from")?, column("to")?);
        let optional = |name: &str| headers.iter().position(|header| header == name);
        let (legal, successor) = (optional("legal_areas"), optional("successor"));
        let mut districts = Vec::new();
        for (at, row) in reader.records().enumerate() {
            let line = at + 2;
            let row = row.map_err(|e| DirectoryError::new(line, "the row", e.to_string()))?;
            let day = |text: &str, column| {
                NaiveDate::parse_from_str(text, "%Y-%m-%d")
                    .map_err(|_| DirectoryError::new(line, column, format!("`{text}` is no date like 2023-10-23")))
            };
            let area = |text: &str, column| {
                AreaCode::parse(text.trim()).map_err(|e| DirectoryError::new(line, column, e.to_string()))
            };
            let until = &row[to];
            let parts = |at: Option<usize>, between: char| {
                let text = at.and_then(|at| row.get(at)).unwrap_or_default();
                text.split(between).filter(|part| !part.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>()
            };
            let successors = parts(successor, '|').into_iter().map(|code| area(&code, "successor"));
            districts.push(District {
                code: area(&row[code], "hjd_code")?,
                name: composed(&row[name]),
                legal_areas: parts(legal, '·').iter().map(|part| LegalArea::parse(part)).collect(),
                from: day(&row[from], "from")?,
                until: if until.is_empty() { None } else { Some(day(until, "to")?) },
                successors: successors.collect::<Result<_, _>>()?,
            });
        }
        Ok(Self(districts))
    }

    /// The district of a name on a day.
    #[must_use]
    pub fn by_name(&self, name: &str, day: NaiveDate) -> Option<&District> {
        let name = composed(name);
        self.0.iter().find(|district| district.name == name && district.is_valid_on(day))
    }

    /// Whether a text is the name of a district, now or once, whatever number stands in it: such as one that was mistyped.
    pub(crate) fn names_like(&self, text: &str) -> bool {
        let plain = |text: &str| composed(text).chars().filter(|c| !c.is_numeric()).collect::<String>();
        let wanted = plain(text);
        self.0.iter().any(|district| plain(&district.name) == wanted)
    }

    /// The districts of a code, now and once.
    #[must_use]
    pub fn by_code(&self, code: &AreaCode) -> Option<&District> {
        self.0.iter().find(|district| district.code == *code)
    }

    /// The districts that have all or a part of a legal area on a day: what someone means who writes their address.
    pub fn by_legal_area(&self, name: &str, day: NaiveDate) -> impl Iterator<Item = &District> {
        self.0.iter().filter(move |district| district.is_valid_on(day) && district.has(name))
    }

    /// Where someone lives on a day whose district is kept by its code; their legal area, where it is known, decides between
    /// those into which it was split. Names decide nothing: 양주시 stands in 남양주시.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use sosik_core::AreaCode;
    /// use sosik_registry::{Directory, Place};
    ///
    /// let csv = "hjd_code,name,legal_areas,from,to,successor\n\
    ///            4163056000,회천4동,옥정동·율정동·회암동,2003-10-19,2023-10-22,4163057000|4163058000\n\
    ///            4163057000,옥정1동,옥정동(북부)·율정동·회암동,2023-10-23,,\n\
    ///            4163058000,옥정2동,옥정동(남부),2023-10-23,,\n";
    /// let directory = Directory::from_csv(csv.as_bytes())?;
    /// let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    /// let (old, first, second) = ("4163056000", "4163057000", "4163058000");
    /// let code = |code| AreaCode::parse(code).unwrap();
    /// assert_eq!(directory.place(&code(old), None, day), Place::OneOf(vec![code(first), code(second)]));
    /// assert_eq!(directory.place(&code(old), Some("율정동"), day), Place::In(code(first)));
    /// # Ok::<(), sosik_registry::DirectoryError>(())
    /// ```
    #[must_use]
    pub fn place(&self, code: &AreaCode, legal_area: Option<&str>, day: NaiveDate) -> Place {
        let mut open = vec![code.clone()];
        let (mut seen, mut places) = (BTreeSet::new(), BTreeSet::new());
        while let Some(code) = open.pop() {
            // A table that goes in a circle says nothing.
            let Some(district) = self.by_code(&code).filter(|_| seen.insert(code.clone())) else {
                return Place::Unknown;
            };
            if district.is_valid_on(day) {
                places.insert(code);
            } else {
                open.extend(district.successors.iter().cloned());
            }
        }
        let has = |code: &AreaCode| {
            legal_area.is_some_and(|area| self.by_code(code).is_some_and(|district| district.has(area)))
        };
        let named: BTreeSet<AreaCode> = places.iter().filter(|code| has(code)).cloned().collect();
        let places: Vec<AreaCode> = if named.is_empty() { places } else { named }.into_iter().collect();
        match <[AreaCode; 1]>::try_from(places) {
            Ok([place]) => Place::In(place),
            Err(places) if places.is_empty() => Place::Unknown,
            Err(places) => Place::OneOf(places),
        }
    }

    /// The districts that exist on a day, in the table's order.
    pub fn on(&self, day: NaiveDate) -> impl Iterator<Item = &District> {
        self.0.iter().filter(move |district| district.is_valid_on(day))
    }
}

/// A table of districts cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {column}: {problem}")]
pub struct DirectoryError {
    line: usize,
    column: &'static str,
    problem: String,
}

impl DirectoryError {
    pub(crate) fn new(line: usize, column: &'static str, problem: impl Into<String>) -> Self {
        Self { line, column, problem: problem.into() }
    }
}

fn composed(text: &str) -> String {
    text.trim().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "hjd_code,name,legal_areas,from,to,successor
4163053000,회천1동,덕정동(일부)·봉양동,2003-10-19,,
4163055000,회천3동,고암동·덕정동(일부),2003-10-19,,
4163056000,회천4동,옥정동·율정동·회암동,2003-10-19,2023-10-22,4163057000|4163058000
4163057000,옥정1동,옥정동(북부)·율정동·회암동,2023-10-23,,
4163058000,옥정2동,옥정동(남부),2023-10-23,,
4163001000,갑동,,2003-10-19,2010-01-01,4163002000
4163002000,을동,,2010-01-02,2015-01-01,4163003000
4163003000,병동,,2015-01-02,,
4163008000,돈다,,2003-10-19,2010-01-01,4163008000
";

    fn day(year: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, 11, 27).unwrap()
    }

    fn code(code: &str) -> AreaCode {
        AreaCode::parse(code).unwrap()
    }

    #[test]
    fn who_lived_in_a_district_once_is_placed_by_rule() {
        let table = Directory::from_csv(TABLE.as_bytes()).unwrap();
        let place = |from: &str, legal, year| table.place(&code(from), legal, day(year));
        assert_eq!(place("4163056000", None, 2020), Place::In(code("4163056000")), "before it was split");
        let either = Place::OneOf(vec![code("4163057000"), code("4163058000")]);
        assert_eq!(place("4163056000", None, 2026), either);
        assert_eq!(place("4163056000", Some("회암동"), 2026), Place::In(code("4163057000")));
        assert_eq!(place("4163056000", Some("옥정동"), 2026), either, "both have a part of it");
        assert_eq!(place("4163056000", Some("덕정동"), 2026), either, "what neither has decides nothing");
        assert_eq!(place("4163001000", None, 2026), Place::In(code("4163003000")), "one after the other");
        assert_eq!(place("4163008000", None, 2026), Place::Unknown);
        assert_eq!(place("4163009000", None, 2026), Place::Unknown);
    }

    #[test]
    fn a_legal_area_belongs_to_several_districts() {
        let table = Directory::from_csv(TABLE.as_bytes()).unwrap();
        let of = |name: &str, year| table.by_legal_area(name, day(year)).map(|of| of.name.as_str()).collect::<Vec<_>>();
        assert_eq!(of("덕정동", 2026), ["회천1동", "회천3동"]);
        assert_eq!(of("옥정동", 2026), ["옥정1동", "옥정2동"]);
        assert_eq!(of("옥정동", 2020), ["회천4동"]);
        assert_eq!(table.by_code(&code("4163057000")).unwrap().legal_areas[0].part.as_deref(), Some("북부"));
        let error = Directory::from_csv(TABLE.replace("4163057000|", "41630570|x").as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("line 4, successor: "), "{error}");
    }
}
