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
    /// From when on it exists.
    pub from: NaiveDate,
    /// The last day on which it did.
    pub until: Option<NaiveDate>,
}

impl District {
    /// Whether it exists on a day.
    #[must_use]
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
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
    /// Reads a table with the columns `hjd_code`, `name`, `from` and `to` (empty while it exists); others are passed
    /// over.
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
        let mut districts = Vec::new();
        for (at, row) in reader.records().enumerate() {
            let line = at + 2;
            let row = row.map_err(|e| DirectoryError::new(line, "the row", e.to_string()))?;
            let day = |text: &str, column| {
                NaiveDate::parse_from_str(text, "%Y-%m-%d")
                    .map_err(|_| DirectoryError::new(line, column, format!("`{text}` is no date like 2023-10-23")))
            };
            let until = &row[to];
            districts.push(District {
                code: AreaCode::parse(&row[code]).map_err(|e| DirectoryError::new(line, "hjd_code", e.to_string()))?,
                name: row[name].trim().nfc().collect(),
                from: day(&row[from], "from")?,
                until: if until.is_empty() { None } else { Some(day(until, "to")?) },
            });
        }
        Ok(Self(districts))
    }

    /// The district of a name on a day.
    #[must_use]
    pub fn by_name(&self, name: &str, day: NaiveDate) -> Option<&District> {
        let name: String = name.trim().nfc().collect();
        self.0.iter().find(|district| district.name == name && district.is_valid_on(day))
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
    fn new(line: usize, column: &'static str, problem: impl Into<String>) -> Self {
        Self { line, column, problem: problem.into() }
    }
}
