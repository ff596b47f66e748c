//! The first sheet of an XLSX workbook.

use super::{ImportError, Table, whole};

#[cfg(not(feature = "xlsx"))]
pub(super) fn read(_file: &[u8]) -> Result<Table, ImportError> {
    Err(whole("the file", "it is a workbook, which is read with the feature `xlsx`", "save it as CSV in UTF-8"))
}

#[cfg(feature = "xlsx")]
pub(super) fn read(file: &[u8]) -> Result<Table, ImportError> {
    use calamine::{Reader, Xlsx};

    let damaged = |problem: &str| whole("the file", problem, "save it as XLSX or CSV once more");
    guard(file)?;
    guard_strings(file)?;
    let mut book: Xlsx<_> =
        Xlsx::new(std::io::Cursor::new(file)).map_err(|_| damaged("it is no XLSX workbook, or a damaged one"))?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| damaged("the workbook has no sheet"))?;
    // Cell by cell, of the columns that have a heading: a sheet takes no room for what it only says.
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| damaged("its first sheet cannot be read"))?;
    let (mut table, mut row, mut at) = (Table::default(), Vec::new(), 0);
    while let Some(cell) = cells.next_cell().map_err(|_| damaged("its first sheet cannot be read to the end"))? {
        let (line, column) = cell.get_position();
        if line != at {
            table.add(u64::from(at) + 1, std::mem::take(&mut row))?;
            at = line;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column < table.width() {
            row.resize(row.len().max(column + 1), super::table::Cell::text(""));
            row[column] = value(cell.get_value());
        }
    }
    table.add(u64::from(at) + 1, row)?;
    Ok(table)
}

/// What stands in a cell, as someone would write it.
#[cfg(feature = "xlsx")]
fn value(value: &calamine::DataRef<'_>) -> super::table::Cell {
    use calamine::DataRef;

    use super::table::Cell;

    match value {
        DataRef::Int(number) => Cell::number(number.to_string()),
        // A whole number is written without a point; a float holds those of sixteen digits.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => Cell::number(format!("{number:.0}")),
        DataRef::Float(number) => Cell::number(number.to_string()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(yes) => Cell::text(if *yes { "예" } else { "아니오" }),
        DataRef::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            Cell::text(&format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::Error(error) => Cell::text(&error.to_string()),
        DataRef::Empty => Cell::text(""),
    }
}

/// Refuses a workbook that says of itself that it is far larger than it looks, before anything of it is unpacked. One that
/// unpacks to more than it says is refused where it does.
#[cfg(feature = "xlsx")]
fn guard(file: &[u8]) -> Result<(), ImportError> {
    /// The most bytes that a workbook unpacks to.
    const UNPACKED: u64 = 1 << 30;
    /// The signature of an entry in the list at its end, with which the sizes are.
    const ENTRY: &[u8] = b"PK\x01\x02";

    let mut unpacked = 0_u64;
    let mut rest = file;
    while let Some(at) = rest.windows(ENTRY.len()).position(|window| window == ENTRY) {
        rest = &rest[at + ENTRY.len()..];
        let size = rest.get(20..24).and_then(|bytes| bytes.try_into().ok()).map_or(u32::MAX, u32::from_le_bytes);
        unpacked = unpacked.saturating_add(u64::from(size));
    }
    if unpacked > UNPACKED {
        let problem = format!("it unpacks to {unpacked} bytes, {UNPACKED} are read");
        return Err(whole("the file", &problem, "split it, or save it as CSV"));
    }
    Ok(())
}

/// Refuses a workbook that says that it has more texts than could stand in it: room would be made for them.
#[cfg(feature = "xlsx")]
fn guard_strings(file: &[u8]) -> Result<(), ImportError> {
    use std::io::Read as _;

    /// How far into the part the number is looked for.
    const HEAD: u64 = 4_096;

    let Ok(mut parts) = zip::ZipArchive::new(std::io::Cursor::new(file)) else { return Ok(()) };
    let names: Vec<String> = parts.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    for name in names.iter().filter(|name| name.to_lowercase().ends_with("sharedstrings.xml")) {
        let Ok(part) = parts.by_name(name) else { continue };
        let size = part.size();
        let mut head = Vec::new();
        // One that cannot be read is refused where it is.
        if part.take(HEAD).read_to_end(&mut head).is_err() {
            continue;
        }
        let head = String::from_utf8_lossy(&head);
        for (at, said) in head.match_indices("niqueCount").chain(head.match_indices("ount=")) {
            let digits: String = head[at + said.len()..]
                .chars()
                .skip_while(|c| !c.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect();
            // Each text takes some bytes at the least: `<si/>`.
            let is_too_many = digits.parse::<u64>().map_or(digits.len() > 1, |count| count > size / 5 + 1);
            if is_too_many {
                let problem = format!("it says that it has {digits} texts, in {size} bytes");
                return Err(whole("the file", &problem, "save it once more"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[cfg(feature = "xlsx")]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A workbook of one sheet, with what its list of texts says of itself.
    fn workbook(strings: &str, sheet: &str) -> Vec<u8> {
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        for (name, text) in [
            (
                "[Content_Types].xml",
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned(),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{package}\"><Relationship Id=\"r\" Type=\"{office}/officeDocument\" \
                     Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"a\" sheetId=\"1\" \
                     r:id=\"r1\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" \
                     Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/sharedStrings\" \
                     Target=\"sharedStrings.xml\"/></Relationships>"
                ),
            ),
            ("xl/sharedStrings.xml", format!("<sst xmlns=\"{main}\" {strings}><si><t>전화번호</t></si></sst>")),
            (
                "xl/worksheets/sheet1.xml",
                format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>"),
            ),
        ] {
            out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            out.write_all(text.as_bytes()).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_that_says_too_much_of_itself_is_refused() {
        let sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"3\"><c r=\"A3\"><v>1000000001</v></c>\
                     <c r=\"ZZ3\"><v>1</v></c></row>";
        let table = Table::read(&workbook("count=\"1\" uniqueCount=\"1\"", sheet)).unwrap();
        assert_eq!(table.heading, ["전화번호"]);
        assert_eq!(table.rows.len(), 1);
        assert_eq!((table.rows[0].0, table.rows[0].1.len()), (3, 1), "what has no heading takes no room");
        assert!(table.rows[0].1[0].is_number);
        for lie in
            ["uniqueCount=\"4000000000000000000\"", "uniqueCount=\"99999999999999999999999\"", "count=\"900000000\""]
        {
            let error = Table::read(&workbook(lie, sheet)).unwrap_err();
            assert!(error.to_string().contains("texts, in"), "{lie}: {error}");
        }
    }
}
