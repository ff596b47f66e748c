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
    let mut book: Xlsx<_> =
        Xlsx::new(std::io::Cursor::new(file)).map_err(|_| damaged("it is no XLSX workbook, or a damaged one"))?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| damaged("the workbook has no sheet"))?;
    // Cell by cell: a sheet that says it is as large as can be takes no more room than what stands in it.
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| damaged("its first sheet cannot be read"))?;
    let (mut table, mut row, mut at) = (Table::default(), Vec::new(), 0);
    while let Some(cell) = cells.next_cell().map_err(|_| damaged("its first sheet cannot be read to the end"))? {
        let (line, column) = cell.get_position();
        if line != at {
            table.add(u64::from(at) + 1, std::mem::take(&mut row))?;
            at = line;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column < super::table::MAX_COLUMNS {
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
