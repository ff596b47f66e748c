//! The computed calendar against an independent table of the decree's holidays.

use std::collections::{BTreeMap, BTreeSet};

use sosik_schedule::KoreanCalendar;

#[test]
fn the_calendar_agrees_with_the_table_day_by_day_and_name_by_name() {
    let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(include_str!("../data/korean_holidays_2020_2027.csv").as_bytes());
    for row in reader.records() {
        let row = row.unwrap();
        table.entry(row[0].to_owned()).or_default().insert(row[1].to_owned());
    }
    assert_eq!(table.len(), 157, "the table is read whole");

    let calendar = KoreanCalendar::new();
    let mut computed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for holiday in (2020..=2027).flat_map(|year| calendar.year(year)) {
        let names = match holiday.name.strip_prefix("대체공휴일(") {
            Some(_) => BTreeSet::from([holiday.name.clone()]),
            None => holiday.name.split('/').map(str::to_owned).collect(),
        };
        computed.insert(holiday.date.to_string(), names);
    }
    assert_eq!(computed, table);
}
