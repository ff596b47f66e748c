//! Files and numbers that others made, and what others say of them: each disagreement is explained.

#![expect(clippy::print_stdout, reason = "the tables are for whoever looks on")]
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "the files are named so")]
#![expect(clippy::too_many_lines, reason = "one arm a question of theirs")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::Value;
use sosik_core::{PhoneNumber, PhoneNumberError};
use sosik_registry::Directory;
use sosik_registry::import::{self, Table};

/// Where the files are, or `None` where they are not.
#[expect(clippy::disallowed_methods, reason = "tests read where the files are")]
fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("SOSIK_CORPUS");
    if corpus.is_none() {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        println!("skipped: SOSIK_CORPUS is not set");
    }
    corpus.map(PathBuf::from)
}

fn json(corpus: &std::path::Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(corpus.join("peers").join(name)).unwrap()).unwrap()
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

/// Every file is read or refused with what to do, and none is taken for a file of subscribers.
#[test]
fn every_spreadsheet_is_read_or_refused_with_a_reason() {
    let Some(corpus) = corpus() else { return };
    let directory = Directory::default();
    let mut names: Vec<_> =
        std::fs::read_dir(corpus.join("spreadsheets")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names.retain(|name| name.extension().is_some_and(|extension| extension != "json"));
    let mut read = 0;
    for path in &names {
        let name = path.file_name().unwrap().to_str().unwrap();
        let file = std::fs::read(path).unwrap();
        let table = Table::read(&file);
        let said = import::read(&file, &[], &directory, today()).unwrap_err().to_string();
        let shape = match &table {
            Ok(table) => format!("{} columns, {} rows", table.heading.len(), table.rows.len()),
            Err(_) => "not read".to_owned(),
        };
        println!("{name}: {shape}; {}", said.chars().take(150).collect::<String>());
        // Not the workbooks of other kinds, and not the one whose parts unpack to more than they say.
        let is_readable = (name.ends_with(".csv") || name.ends_with(".xlsx")) && name != "calamine__issue252.xlsx";
        assert_eq!(table.is_ok(), is_readable, "{name}: {table:?}");
        read += usize::from(table.is_ok());
    }
    assert!(names.len() >= 27 && read >= 22, "{} files, {read} read", names.len());
}

/// The answers that lie beside the files of `csv-spectrum`.
#[test]
fn csv_is_read_as_its_answers_say() {
    let Some(corpus) = corpus() else { return };
    for name in ["comma_in_quotes", "empty", "json", "quotes_and_newlines", "simple"] {
        let path = |extension| corpus.join("spreadsheets").join(format!("csv_spectrum__{name}.{extension}"));
        let table = Table::read(&std::fs::read(path("csv")).unwrap()).unwrap();
        let answers: Value = serde_json::from_slice(&std::fs::read(path("json")).unwrap()).unwrap();
        for ((_, row), answer) in table.rows.iter().zip(answers.as_array().unwrap()) {
            for (heading, cell) in table.heading.iter().zip(row) {
                assert_eq!(
                    Some(cell.text.as_str()),
                    answer[heading.as_str()].as_str().map(str::trim),
                    "{name} {heading}"
                );
            }
        }
        assert_eq!(table.rows.len(), answers.as_array().unwrap().len(), "{name}");
    }
}

/// What libphonenumber says of spellings of Korean numbers, and what we say.
#[test]
fn numbers_are_read_as_libphonenumber_reads_them_but_for_what_is_explained() {
    let Some(corpus) = corpus() else { return };
    let mut table: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    let cases = json(&corpus, "libphonenumber_KR_cases.json");
    for case in cases.as_array().unwrap() {
        let input = case["input"].as_str().unwrap();
        let theirs = case["valid"].as_bool().unwrap_or(false) && case["country"] == 82;
        let ours = PhoneNumber::parse(input);
        let why = match (&ours, theirs) {
            (Ok(number), true) if Some(number.e164().as_str()) == case["e164"].as_str() => "both read the same number",
            (Ok(_), true) => "another number",
            (Err(_), false) => "both refuse it",
            (Ok(_), false) => {
                "the length fits its prefix, and no such number is given out: only a message sent can tell"
            }
            (Err(PhoneNumberError::Prefix), true)
                if ["UAN", "TOLL_FREE", "PREMIUM_RATE", "SHARED_COST"]
                    .contains(&case["type"].as_str().unwrap_or_default()) =>
            {
                "a number of a service without a zero before it (1588-…): no person's"
            }
            (Err(PhoneNumberError::Prefix), true) => "without its zero nothing tells that it is a whole number",
            (Err(PhoneNumberError::Length { .. }), true) => "of another length than people's numbers have",
            (Err(PhoneNumberError::Character), true) => {
                "letters or marks that stand for something else than the number"
            }
            (Err(PhoneNumberError::Abroad), true) => "a sign of another country before it",
            (Err(_), true) => "refused for another reason",
        };
        let kind = case["type"].as_str().unwrap_or("none");
        table.entry((why, kind)).or_default().push(input.to_owned());
    }
    let mut all = 0;
    for ((why, kind), inputs) in &table {
        println!(
            "{:>4}  {kind:<14} {why}: {}",
            inputs.len(),
            inputs.iter().take(4).cloned().collect::<Vec<_>>().join(" | ")
        );
        all += inputs.len();
    }
    let of = |why: &str| table.iter().filter(|((it, _), _)| *it == why).map(|(_, inputs)| inputs.len()).sum::<usize>();
    assert_eq!(of("another number") + of("refused for another reason"), 0, "{table:?}");
    assert!((of("both read the same number") + of("both refuse it")) * 10 >= all * 6, "{all}");
    // Nothing that a mobile's owner writes is refused: this one is a service's number with a digit too many.
    let refused = table.iter().filter(|((why, kind), _)| *kind == "MOBILE" && *why != "both read the same number");
    assert_eq!(refused.flat_map(|(_, inputs)| inputs).collect::<Vec<_>>(), ["164412340"]);
}

/// What GOV.UK Notify's reader of recipients says of files, where the question is one for us too: which columns there are,
/// which rows are empty, and which rows have a number that is none. Their numbers are British: ours stand in their places.
#[test]
fn files_of_recipients_are_read_as_notify_reads_them_but_for_what_is_explained() {
    let Some(corpus) = corpus() else { return };
    let directory = Directory::from_csv("hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n".as_bytes()).unwrap();
    let (mut agree, mut explained) = (BTreeMap::<&str, usize>::new(), BTreeMap::<String, usize>::new());
    for test in json(&corpus, "govuk_recipient_csv.json").as_array().unwrap() {
        let name = test["test"].as_str().unwrap();
        for parametrize in test["parametrize"].as_array().into_iter().flatten() {
            for case in parametrize["cases"].as_array().into_iter().flatten() {
                match ask(name, case, &directory) {
                    Ok(what) => *agree.entry(what).or_default() += 1,
                    Err(why) => *explained.entry(format!("{name}: {why}")).or_default() += 1,
                }
            }
        }
    }
    for (what, count) in &agree {
        println!("{count:>4}  agreed: {what}");
    }
    for (why, count) in &explained {
        println!("{count:>4}  {why}");
    }
    assert!(agree.values().sum::<usize>() >= 18, "{agree:?}");
}

/// A file of theirs with a district for each row and numbers of ours, and which of their rows have a bad number.
fn ours(contents: &str) -> String {
    let mut out = String::new();
    let mut lines = contents.lines().map(str::trim).filter(|line| !line.is_empty());
    let heading = lines.next().unwrap_or_default();
    let columns = heading.split(',').count();
    writeln!(out, "{heading},읍면동").unwrap();
    for (at, line) in lines.enumerate() {
        // A British mobile number in any spelling becomes a Korean one; whatever else stands there stays.
        let cells: Vec<String> = line
            .split(',')
            .map(|cell| {
                let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
                let national = digits.strip_prefix("44").unwrap_or(digits.trim_start_matches('0'));
                let is_mobile = national.len() == 10 && national.starts_with('7');
                if is_mobile { format!("010-0000-{at:04}") } else { cell.to_owned() }
            })
            .collect();
        // Cells that are missing, or are too many, move no district.
        let mut cells = cells;
        cells.resize(columns, String::new());
        let filled = cells.iter().any(|cell| !cell.trim().is_empty());
        writeln!(out, "{},{}", cells.join(","), if filled { "회천1동" } else { "" }).unwrap();
    }
    out
}

fn ask(name: &str, case: &Value, directory: &Directory) -> Result<&'static str, String> {
    let read = |contents: &str| import::read(ours(contents).as_bytes(), &[], directory, today());
    match name {
        "test_recipient_column_headers" => match case[0].as_str() {
            Some("sms") => {
                let file = "phone number,읍면동\n010-0000-0001,회천1동\n";
                let read = import::read(file.as_bytes(), &[], directory, today()).unwrap();
                assert_eq!(read.people.len(), 1);
                Ok("a column `phone number` is that of the numbers")
            }
            _ => Err("of e-mail and letters, which are not sent".to_owned()),
        },
        "test_get_annotated_rows" | "test_column_headers" | "test_bad_or_missing_data" if case[1] != "sms" => {
            Err("of e-mail and letters, or of how their reader is called".to_owned())
        }
        "test_get_annotated_rows" => {
            let read = read(case[0].as_str().unwrap()).unwrap();
            assert_eq!(read.people.len(), case[2].as_array().unwrap().len());
            Ok("rows are counted, and an empty one is none")
        }
        "test_empty_rows" => {
            let read = read(case.as_str().unwrap()).unwrap();
            assert_eq!((read.people.len(), read.problems), (1, None));
            Ok("empty rows are passed over")
        }
        "test_big_list_validates_right_through" => match case[0].as_str() {
            Some("sms") => {
                let rows: Vec<String> = (0..500).map(|n| format!("010-0000-{n:04},회천1동\n")).collect();
                let rows = rows.concat();
                let file = format!("phone number,읍면동\n{rows}12345,회천1동\n");
                let read = import::read(file.as_bytes(), &[], directory, today()).unwrap();
                assert_eq!(read.problems.unwrap().rows().iter().map(|row| row.line).collect::<Vec<_>>(), [502]);
                Ok("the one bad row of a long file is named")
            }
            _ => Err("of e-mail, which is not sent".to_owned()),
        },
        "test_column_headers" => {
            let contents = case[0].as_str().unwrap();
            if contents.trim().is_empty() {
                let error = import::read(b"", &[], directory, today()).unwrap_err();
                assert_eq!(error.rows().len(), 2);
                return Ok("a file without anything has no columns");
            }
            match read(contents) {
                Ok(read) => {
                    assert_eq!(read.columns.place(import::Column::Phone), Some(0));
                    let twice = read.problems.map_or(0, |problems| problems.rows().len());
                    if twice > 0 {
                        return Err(format!(
                            "a number that stands there {} times is named, which they allow",
                            twice + 1
                        ));
                    }
                    Ok("the column of the numbers is found among others")
                }
                Err(error) => panic!("{contents}: {error}"),
            }
        }
        "test_bad_or_missing_data" => {
            let contents = case[0].as_str().unwrap();
            if contents.trim().is_empty() {
                return Err("without a heading there is no column of numbers, which is an error of the file".to_owned());
            }
            let read = read(contents).unwrap();
            let bad: Vec<u64> =
                read.problems.iter().flat_map(import::ImportError::rows).map(|row| row.line - 2).collect();
            let mut theirs: Vec<u64> =
                case[2]["__set__"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
            // A row without a number is bad data to us and missing data to them.
            let missing = case[3]["__set__"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap());
            let without = |row: &u64| {
                contents
                    .trim()
                    .lines()
                    .nth(usize::try_from(*row).unwrap() + 1)
                    .is_some_and(|line| line.trim().starts_with(','))
            };
            theirs.extend(missing.filter(without));
            theirs.sort_unstable();
            theirs.dedup();
            if bad == theirs {
                Ok("the rows whose numbers are none are named")
            } else {
                Err(format!("bad rows {bad:?}, theirs {theirs:?}"))
            }
        }
        "test_ignores_leading_whitespace_in_file" => {
            let before = case[0].as_str().unwrap();
            let file = format!("{before}phone number,읍면동\n010-0000-0001,회천1동\n");
            let read = import::read(file.as_bytes(), &[], directory, today()).unwrap();
            assert_eq!(read.people.len(), 1, "{:?}", case[1]);
            Ok("what is not seen before the heading is passed over")
        }
        "test_multiple_sms_recipient_columns" => {
            let error = import::read("phone number,phone_number,읍면동\n1,2,3\n".as_bytes(), &[], directory, today())
                .unwrap_err();
            assert!(error.rows()[0].problem.ends_with("are the same"), "{error}");
            Ok("two columns of numbers are refused")
        }
        "test_sms_to_uk_landlines" => {
            let read = import::read(
                "phone number,읍면동\n031-8082-0001,회천1동\n1234,회천1동\n".as_bytes(),
                &[],
                directory,
                today(),
            )
            .unwrap();
            assert_eq!((read.people.len(), read.problems.map(|all| all.rows().len())), (1, Some(1)));
            Ok("land lines are numbers, and are kept; who is sent to is another question")
        }
        _ => {
            Err("of templates, limits of a service or numbers of other countries, which are no question here"
                .to_owned())
        }
    }
}
