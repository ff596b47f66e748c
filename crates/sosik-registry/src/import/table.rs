//! Files as rows of text.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::{ImportError, whole};

/// The largest file that is read, in bytes: a million people take some 80 MB.
pub const MAX_BYTES: usize = 256 << 20;

/// The most rows that are read: those of a sheet of a spreadsheet program.
pub const MAX_ROWS: usize = 1_048_576;

/// The most columns of a row that are read.
pub const MAX_COLUMNS: usize = 256;

/// The most places of a table that are read, filled or not.
pub const MAX_CELLS: usize = 16 << 20;

/// A file as rows of text: the first that is not empty is the heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Table {
    /// The headings.
    pub heading: Vec<String>,
    /// The rows below, each with its line in the file, from 1. Empty rows are not among them.
    pub rows: Vec<(u64, Vec<Cell>)>,
    cells: usize,
}

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cell {
    /// The text, without blanks around it.
    pub text: String,
    /// Whether it is a number there, of which a spreadsheet program drops leading zeros.
    pub is_number: bool,
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        Self { text: tidy(text), is_number: false }
    }

    #[cfg(feature = "xlsx")]
    pub(super) fn number(text: String) -> Self {
        Self { text, is_number: true }
    }
}

/// Without blanks, and without marks that are not seen, around it; composed, as the names in the code are: files from macOS
/// are not.
fn tidy(text: &str) -> String {
    text.trim_matches(is_unseen).nfc().collect()
}

fn is_unseen(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

impl Table {
    /// Reads a file: CSV or text with tabs or semicolons between its columns, in UTF-8 (with or without a mark) or CP949, or
    /// the first sheet of an XLSX workbook (with the feature `xlsx`).
    ///
    /// # Errors
    ///
    /// [`ImportError`] when it is neither, is larger than is read, or is damaged.
    pub fn read(file: &[u8]) -> Result<Self, ImportError> {
        if file.len() > MAX_BYTES {
            return Err(whole("the file", &format!("it has {} bytes, {MAX_BYTES} are read", file.len()), "split it"));
        }
        match file {
            [b'P', b'K', 3, 4, ..] => super::workbook::read(file),
            // An old workbook of Excel, and what is no text at all.
            [0xd0, 0xcf, 0x11, 0xe0, ..] => {
                Err(whole("the file", "it is a workbook of before 2007", "save it as XLSX or CSV"))
            }
            _ => Self::csv(&decode(file)?),
        }
    }

    fn csv(text: &str) -> Result<Self, ImportError> {
        // Blanks, and marks that are not seen, before anything else; their lines are counted.
        let rest = text.trim_start_matches(is_unseen);
        let before = text[..text.len() - rest.len()].matches('\n').count();
        let (text, before) = (rest, u64::try_from(before).unwrap_or(0));
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let separator = [b',', b'\t', b';'].into_iter().max_by_key(|byte| {
            // Of as many the comma: it is looked at last, and `max_by_key` takes the last.
            (first.bytes().filter(|found| found == byte).count(), *byte == b',')
        });
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .delimiter(separator.unwrap_or(b','))
            .from_reader(text.as_bytes());
        let mut table = Self::default();
        for row in reader.records() {
            let row = row.map_err(|error| whole("the row", &error.to_string(), "save it as CSV in UTF-8"))?;
            let line = row.position().map_or(0, csv::Position::line) + before;
            table.add(line, row.iter().take(table.width()).map(Cell::text).collect())?;
        }
        Ok(table)
    }

    /// How many columns of a row are read: as many as have a heading.
    pub(super) fn width(&self) -> usize {
        if self.heading.is_empty() { MAX_COLUMNS } else { self.heading.len() }
    }

    /// Adds a row; the first becomes the heading, and empty ones are passed over.
    pub(super) fn add(&mut self, line: u64, mut cells: Vec<Cell>) -> Result<(), ImportError> {
        cells.truncate(self.width());
        if cells.iter().all(|cell| cell.text.is_empty()) {
            return Ok(());
        }
        if self.heading.is_empty() {
            self.heading = cells.into_iter().map(|cell| cell.text).collect();
            return Ok(());
        }
        if self.rows.len() == MAX_ROWS {
            return Err(whole("the file", &format!("it has more than {MAX_ROWS} rows"), "split it"));
        }
        self.cells += cells.len();
        if self.cells > MAX_CELLS {
            return Err(whole(
                "the file",
                &format!("it has more than {MAX_CELLS} cells"),
                "leave out columns, or split it",
            ));
        }
        self.rows.push((line, cells));
        Ok(())
    }
}

fn decode(file: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    let file = file.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(file);
    match std::str::from_utf8(file) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => {
            let cp949 = encoding_rs::EUC_KR.decode_without_bom_handling_and_without_replacement(file);
            cp949.ok_or_else(|| {
                let problem = format!("byte {} is neither UTF-8 nor CP949", error.valid_up_to());
                whole("the file", &problem, "save it as CSV in UTF-8, or as XLSX")
            })
        }
    }
}
