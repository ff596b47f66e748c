//! Subscribers from a CSV file or a workbook.
//!
//! ```
//! use chrono::NaiveDate;
//! use sosik_registry::{Directory, import};
//!
//! let directory = Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes())?;
//! let file = "휴대전화,읍면동,관심분야,광고동의일,동의근거,문자허용\n010-0000-0001,회천1동,문화;축제,2026-03-02,서면 신청서,예\n";
//! let people = import::from_csv(file.as_bytes(), &directory, NaiveDate::from_ymd_opt(2026, 11, 27).unwrap())?;
//! assert_eq!(people.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod table;
mod workbook;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

pub use self::columns::{Column, Columns};
pub use self::table::{Cell, MAX_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Table};
use crate::{ConsentEvent, Directory, NewSubscriber, Purpose, seoul};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sosik_core::PhoneNumber;

/// The columns of a subscriber file; the first two must be there.
pub const COLUMNS: [&str; 7] = ["휴대전화", "읍면동", "관심분야", "광고동의일", "동의근거", "문자허용", "수집동의일"];

/// One row, or the file itself, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowError {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column.
    pub column: String,
    /// What stands there, with digits hidden where it may be a number of a person.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to write instead.
    pub fix: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {} `{}`: {}; {}", self.line, self.column, self.value, self.problem, self.fix)
    }
}

/// A file with rows that cannot be read. Nothing of it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError(Vec<RowError>);

impl ImportError {
    /// Every bad row, in order.
    #[must_use]
    pub fn rows(&self) -> &[RowError] {
        &self.0
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} row(s) cannot be read: ", self.0.len())?;
        for (at, row) in self.0.iter().take(5).enumerate() {
            write!(f, "{}{row}", if at == 0 { "" } else { " | " })?;
        }
        if self.0.len() > 5 { write!(f, " | and {} more", self.0.len() - 5) } else { Ok(()) }
    }
}

impl std::error::Error for ImportError {}

impl ImportError {
    /// The report as CSV: line, column, value, what is wrong, what to write instead. What a spreadsheet program would take
    /// for a formula begins with `'`.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let safe = |text: &str| {
            let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let text = if is_formula { format!("'{text}") } else { text.to_owned() };
            format!("\"{}\"", text.replace('"', "\"\""))
        };
        let row = |row: &RowError| {
            let RowError { line, column, value, problem, fix } = row;
            format!("{line},{},{},{},{}\n", safe(column), safe(value), safe(problem), safe(fix))
        };
        "행,열,값,문제,고치는 법\n".to_owned() + &self.0.iter().map(row).collect::<String>()
    }
}

/// What a file holds: people, and rows that cannot be read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Read {
    /// Which column was taken for what.
    pub columns: Columns,
    /// Those who can be kept, each with the line on which they stand.
    pub people: Vec<(u64, NewSubscriber)>,
    /// What is wrong with the others, in order; `None` where nothing is.
    pub problems: Option<ImportError>,
    /// How many numbers had lost their leading zero in a spreadsheet, and were given it again.
    pub zeros_restored: usize,
}

/// Reads a file: CSV in UTF-8 (with or without a mark) or CP949, or XLSX with the feature `xlsx`. Districts are looked up as
/// of `today`; columns that are not named are guessed by their headings.
///
/// # Errors
///
/// [`ImportError`] when the file cannot be read at all, or a column that must be there is not.
pub fn read(
    file: &[u8],
    names: &[(Column, String)],
    directory: &Directory,
    today: NaiveDate,
) -> Result<Read, ImportError> {
    let table = Table::read(file)?;
    let columns = Columns::named(&table.heading, names)?;
    let mut seen: HashMap<String, u64> = HashMap::new();
    let (mut people, mut errors, mut zeros_restored) = (Vec::new(), Vec::new(), 0);
    for (line, row) in table.rows {
        let cell = |column| columns.place(column).and_then(|place| row.get(place));
        let mut cells = Column::ALL.map(|column| cell(column).map_or("", |cell| cell.text.as_str()));
        let phone = cell(Column::Phone).and_then(with_zero);
        if let Some(phone) = &phone {
            cells[0] = phone;
            zeros_restored += 1;
        }
        match subscriber(cells, line, directory, today) {
            Err(mut found) => errors.append(&mut found),
            Ok((person, phone)) => match seen.insert(phone.expose().to_owned(), line) {
                Some(before) => errors.push(RowError {
                    line,
                    column: COLUMNS[0].to_owned(),
                    value: phone.masked(),
                    problem: format!("the number stands on line {before} already"),
                    fix: "keep one of the two".to_owned(),
                }),
                None => people.push((line, person)),
            },
        }
    }
    let problems = Some(ImportError(errors)).filter(|errors| !errors.0.is_empty());
    Ok(Read { columns, people, problems, zeros_restored })
}

/// A number that stands there as one, and so without its leading zero, with it.
fn with_zero(cell: &Cell) -> Option<String> {
    let digits = cell.text.as_str();
    let is_bare = digits.len() <= 11 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let restored = format!("0{digits}");
    // In a CSV file that a spreadsheet program wrote nothing tells: only what can be nothing else.
    let is_plain = digits.starts_with("10") && digits.len() == 10;
    let lost = is_bare && (cell.is_number || is_plain) && !digits.starts_with('0');
    (lost && PhoneNumber::parse(&restored).is_ok()).then_some(restored)
}

/// Reads a file of which every row must be right: all of it or nothing.
///
/// # Errors
///
/// [`ImportError`] names every bad row, not only the first: its line, column, hidden value, problem and fix.
pub fn from_csv(file: &[u8], directory: &Directory, today: NaiveDate) -> Result<Vec<NewSubscriber>, ImportError> {
    let read = read(file, &[], directory, today)?;
    match read.problems {
        Some(problems) => Err(problems),
        None => Ok(read.people.into_iter().map(|(_, person)| person).collect()),
    }
}

fn whole(column: &str, problem: &str, fix: &str) -> ImportError {
    ImportError(vec![RowError {
        line: 1,
        column: column.to_owned(),
        value: String::new(),
        problem: problem.to_owned(),
        fix: fix.to_owned(),
    }])
}

fn subscriber(
    [phone, district, topics, consent, evidence, text, collection]: [&str; 7],
    line: u64,
    directory: &Directory,
    today: NaiveDate,
) -> Result<(NewSubscriber, PhoneNumber), Vec<RowError>> {
    let mut errors = Vec::new();
    let mut fail = |column: usize, value: &str, problem: String, fix: &str| {
        errors.push(RowError {
            line,
            column: COLUMNS[column].to_owned(),
            // Whatever the column: in a file with shifted columns a number, or a name, can stand in any of them.
            value: if column == 0 { hide(value) } else { hide_personal(value, Some(directory)) },
            problem,
            fix: fix.to_owned(),
        });
    };
    let number = PhoneNumber::parse(phone);
    if let Err(error) = &number {
        fail(0, phone, error.to_string(), "write it like 010-0000-0001");
    }
    let area = directory.by_name(district, today);
    if area.is_none() {
        let names: Vec<&str> = directory.on(today).map(|d| d.name.as_str()).collect();
        fail(1, district, "no such district today".to_owned(), &format!("write one of {}", names.join(", ")));
    }
    let mut consents = Vec::new();
    for (column, given, purpose) in [(3, consent, Purpose::Advertising), (6, collection, Purpose::Collection)] {
        match if given.is_empty() { None } else { Some(day(given)) } {
            Some(None) => {
                fail(column, given, "it is no date".to_owned(), "write it like 2026-03-02, or leave it empty");
            }
            Some(Some(date)) if date > today => {
                fail(column, given, "it is in the future".to_owned(), "write the day of the consent");
            }
            Some(Some(_)) if evidence.is_empty() => {
                let problem = "a consent without evidence proves nothing".to_owned();
                fail(4, "", problem, "say how it was given, such as 서면 신청서");
            }
            Some(Some(date)) => consents.push(ConsentEvent::granted(purpose, midnight(date), evidence)),
            None => {}
        }
    }
    let allows_text = match text {
        "" => Ok(None),
        "예" | "Y" | "y" | "O" | "o" | "1" => Ok(Some(true)),
        "아니오" | "아니요" | "N" | "n" | "X" | "x" | "0" => Ok(Some(false)),
        _ => Err(()),
    };
    if allows_text.is_err() {
        fail(5, text, "it is neither yes nor no".to_owned(), "write 예 or 아니오");
    }
    let (Ok(number), Some(area), Ok(allows_text), true) = (number, area, allows_text, errors.is_empty()) else {
        return Err(errors);
    };
    let mut person = NewSubscriber::new(number.clone(), area.code.clone());
    (person.allows_text, person.consents) = (allows_text, consents);
    let wanted = topics.split([';', ',', '/']).map(str::trim).filter(|topic| !topic.is_empty()).map(str::to_owned);
    // An empty cell says nothing of the topics; it does not clear them.
    person.topics = Some(wanted.collect::<BTreeSet<String>>()).filter(|wanted| !wanted.is_empty());
    Ok((person, number))
}

fn day(text: &str) -> Option<NaiveDate> {
    let plain = text.replace(['.', '/'], "-").replace(' ', "");
    NaiveDate::parse_from_str(plain.trim_end_matches('-'), "%Y-%m-%d").ok()
}

/// The start of a Korean day: a consent of a day stands from its first moment on.
fn midnight(date: NaiveDate) -> DateTime<Utc> {
    let local = date.and_time(NaiveTime::MIN);
    seoul::instant(local).unwrap_or_else(|| local.and_utc())
}

/// Shows what cannot be of a person: a date, or the name of a district that there is or was, with or without its number. Of
/// anything else, how long it is: a name may end as a district's does.
fn hide_personal(text: &str, directory: Option<&Directory>) -> String {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let like_a_date = text.starts_with("20") && text.bytes().all(|byte| b"0123456789-./ ".contains(&byte));
    let is_date = digits <= 8 && (like_a_date || day(text).is_some());
    let is_district = digits <= 2 && directory.is_some_and(|directory| directory.names_like(text));
    if text.is_empty() || is_date || is_district || text.chars().count() == 1 {
        return text.to_owned();
    }
    format!("({} characters)", text.chars().count())
}

/// A number with its middle hidden; of what has other characters than numbers do, how long it is.
fn hide(text: &str) -> String {
    let of_numbers = |c: char| c.is_numeric() || matches!(c, '-' | '.' | ' ' | '(' | ')' | '+' | '－' | '＋');
    if !text.chars().all(of_numbers) {
        return format!("({} characters)", text.chars().count());
    }
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let mut at = 0;
    text.chars()
        .take(40)
        .map(|c| {
            if !c.is_numeric() {
                return c;
            }
            at += 1;
            if at > 3 && at + 2 <= digits { '*' } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    const HEAD: &str = "휴대전화,읍면동,관심분야,광고동의일,동의근거,문자허용\n";

    fn read(rows: &str) -> Result<Vec<NewSubscriber>, ImportError> {
        let directory =
            Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes()).unwrap();
        from_csv(format!("{HEAD}{rows}").as_bytes(), &directory, NaiveDate::from_ymd_opt(2026, 11, 27).unwrap())
    }

    #[test]
    fn every_bad_cell_is_named_with_its_fix_and_no_number_in_full() {
        let error = read(
            "010-1234-567,회천1동,,,,\n010-0000-0002,회천9동,,2026-13-01,,\n010-0000-0003,회천1동,,2026-03-02,,글쎄\n\
             010-0000-0004,회천1동,,2027-03-02,서면,예\n",
        )
        .unwrap_err();
        let at: Vec<(u64, &str)> = error.rows().iter().map(|row| (row.line, row.column.as_str())).collect();
        assert_eq!(
            at,
            [(2, "휴대전화"), (3, "읍면동"), (3, "광고동의일"), (4, "동의근거"), (4, "문자허용"), (5, "광고동의일")]
        );
        assert!(!error.to_string().contains("1234"), "{error}");
        assert_eq!(
            error.rows()[0].to_string(),
            "line 2, 휴대전화 `010-****-*67`: the number has 10 digits, which is not the length of a number with its \
             prefix; write it like 010-0000-0001"
        );
    }

    #[test]
    fn a_number_in_a_wrong_place_is_hidden_too() {
        let directory = Directory::default();
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let without_header = from_csv("010-1234-5678,회천1동\n".as_bytes(), &directory, today).unwrap_err();
        let shifted = read("회천1동,010-1234-5678,,010-1234-5678,,010-1234-5678\n").unwrap_err();
        let full_width =
            read("０１０-１２３４-５６７,회천1동,,,,\n010-0000-0001,홍길동씨,,1234-5678,,홍길순\n").unwrap_err();
        for error in [without_header, shifted, full_width] {
            let text = format!("{error} {error:?}");
            for personal in ["1234", "１２３４", "홍길"] {
                assert!(!text.contains(personal), "{text}");
            }
        }
    }

    #[test]
    fn a_name_is_hidden_in_every_column_though_it_ends_as_a_district_does() {
        let directory =
            Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes()).unwrap();
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        for column in 0..6 {
            for name in ["홍길동", "김유리", "홍길순", "hong@example.go.kr"] {
                let mut cells = ["010-0000-0001", "회천1동", "", "", "", ""];
                cells[column] = name;
                let Err(error) = from_csv(format!("{HEAD}{}\n", cells.join(",")).as_bytes(), &directory, today) else {
                    continue;
                };
                assert!(!format!("{error} {error:?} {}", error.to_csv()).contains(name), "{error}");
            }
        }
        let error = from_csv("홍길동,010-1234-5678,김유리\n1,2,3\n".as_bytes(), &directory, today).unwrap_err();
        assert!(!error.to_string().contains("홍길동") && !error.to_string().contains("김유리"), "{error}");
        let error = from_csv(format!("{HEAD}010-0000-0001,회천9동,,,,\n").as_bytes(), &directory, today).unwrap_err();
        assert!(error.to_string().contains("`회천9동`"), "what is nearly a district of ours is shown: {error}");
    }

    #[test]
    fn a_number_twice_is_refused() {
        let error = read("010-0000-0001,회천1동,,,,\n+82 10 0000 0001,회천1동,,,,\n").unwrap_err();
        assert_eq!(error.rows()[0].problem, "the number stands on line 2 already");
    }

    #[test]
    fn cp949_and_a_byte_order_mark_are_read() {
        let directory =
            Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes()).unwrap();
        let text = format!("{HEAD}010-0000-0001,회천1동,축제;문화,2026. 3. 2.,서면 신청서,아니오\n");
        let (cp949, _, _) = encoding_rs::EUC_KR.encode(&text);
        let marked = [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat();
        for file in [cp949.as_ref(), &marked] {
            let people = from_csv(file, &directory, NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()).unwrap();
            assert_eq!(people.len(), 1);
            assert_eq!((people[0].allows_text, people[0].topics.as_ref().map(BTreeSet::len)), (Some(false), Some(2)));
            assert_eq!(people[0].consents[0].at.to_rfc3339(), "2026-03-01T15:00:00+00:00");
        }
    }

    #[test]
    fn what_a_file_does_not_say_stays_unsaid() {
        let people = read("010-0000-0001,회천1동,,,,\n").unwrap();
        assert_eq!((people[0].allows_text, &people[0].topics, people[0].consents.len()), (None, &None, 0));
        let decomposed: String =
            "읍면동,휴대전화,수집동의일,동의근거\n회천1동,010-0000-0001,2026-03-02,서면\n".nfd().collect();
        let directory =
            Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes()).unwrap();
        let people =
            from_csv(decomposed.as_bytes(), &directory, NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()).unwrap();
        assert_eq!(people[0].consents[0].purpose, Purpose::Collection);
    }

    #[test]
    fn a_file_without_the_columns_says_which() {
        let directory = Directory::default();
        let error = from_csv(b"name,fax\n1,2\n", &directory, NaiveDate::MIN).unwrap_err();
        assert_eq!(error.rows().len(), 2);
        assert!(error.to_string().contains("the column is missing"));
    }
    #[test]
    fn good_rows_are_there_beside_bad_ones() {
        let directory =
            Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes()).unwrap();
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let file = "\u{feff}\n성명;휴대폰 번호;거주지역(읍면동)\n;1000000001;회천1동\n;010-12;회천1동\n;;\n;010-0000-0003;회천1동\n";
        let read = super::read(file.as_bytes(), &[], &directory, today).unwrap();
        let lines: Vec<u64> = read.people.iter().map(|(line, _)| *line).collect();
        assert_eq!((lines, read.zeros_restored), (vec![3, 6], 1));
        let problems = read.problems.unwrap();
        assert_eq!(problems.rows().len(), 1);
        assert_eq!(problems.rows()[0].line, 4);
        assert!(
            problems.to_csv().starts_with("행,열,값,문제,고치는 법\n4,\"휴대전화\",\"010-12\""),
            "{}",
            problems.to_csv()
        );
        assert_eq!(
            read.columns.to_string(),
            "휴대전화 is `휴대폰 번호`, 읍면동 is `거주지역(읍면동)`; not read: 1 column"
        );
    }

    #[test]
    fn a_report_holds_no_formula() {
        let error = whole("=1+1", "@SUM", "-2");
        assert!(error.to_csv().contains("1,\"'=1+1\",\"\",\"'@SUM\",\"'-2\""), "{}", error.to_csv());
    }

    #[test]
    fn two_columns_of_the_same_and_one_that_is_named() {
        let heading = ["연락처", "휴대폰", "읍면동"].map(String::from);
        let error = Columns::guess(&heading).unwrap_err();
        assert_eq!(error.rows()[0].problem, "`연락처` and `휴대폰` are the same");
        let named = Columns::named(&heading, &[(Column::Phone, "휴대폰".to_owned())]).unwrap();
        assert_eq!((named.place(Column::Phone), named.place(Column::District)), (Some(1), Some(2)));
        assert!(Columns::named(&heading, &[(Column::Phone, "팩스".to_owned())]).is_err());
    }
}
