//! What is read out of announcements of festivals, by the national table of festivals: its columns are the labels.
//!
//! The table has names, places, days and numbers as cities wrote them, and no announcements: each row is told in the two ways
//! in which cities tell it, as labelled lines and as a sentence. What is measured is whether names and places that nobody
//! chose for these rules are read whole, and nothing of a name (`제14회`, `2025 …`) is taken for a day.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};
use sosik_content::Story;

use crate::corpus::{Score, Text, corpus, hold, print, same};
use crate::roles::story;

/// A row of the table.
struct Festival {
    name: String,
    place: String,
    from: NaiveDate,
    to: NaiveDate,
    phone: String,
}

#[test]
fn festivals_by_the_columns_of_their_table() {
    let Some(corpus) = corpus() else { return };
    let festivals = festivals(&corpus.join("texts/festivals_standard_2025_cp949.csv"));
    assert!(festivals.len() > 600, "{} festivals", festivals.len());
    let floors = [("phone", 0.98, 0.98), ("place", 0.95, 0.95), ("when", 0.98, 0.98)];
    for (way, tell) in [("labelled lines", as_lines as fn(&Festival) -> Text), ("a sentence", as_sentence)] {
        let scores = measured(&festivals, tell);
        print(&format!("{} festivals, told as {way}", festivals.len()), &scores);
        hold(&scores, &floors);
    }
}

/// The festivals of the table that have a place, days in order and a number that can be called.
fn festivals(path: &Path) -> Vec<Festival> {
    let bytes = std::fs::read(path).unwrap();
    let (table, _, is_broken) = encoding_rs::EUC_KR.decode(&bytes);
    assert!(!is_broken, "the table is in code page 949");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let column = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let [name, place, from, to, phone] = ["축제명", "개최장소", "축제시작일자", "축제종료일자", "전화번호"].map(column);
    let read = |row: csv::StringRecord| {
        // The table joins several places by a plus sign.
        let text = |at: usize| row[at].replace('+', ", ").split_whitespace().collect::<Vec<_>>().join(" ");
        let is_complete = !text(name).is_empty() && !text(place).is_empty() && text(phone).starts_with('0');
        let (from, to) = (text(from).parse().ok()?, text(to).parse().ok()?);
        (is_complete && from <= to).then(|| Festival {
            name: text(name),
            place: text(place),
            from,
            to,
            phone: text(phone),
        })
    };
    reader.records().filter_map(|row| read(row.unwrap())).collect()
}

/// `○ 기간: 2025. 9. 27.(토) ~ 9. 28.(일)`, and so on.
fn as_lines(festival: &Festival) -> Text {
    let day = |day: NaiveDate| format!("{}. {}. {}.({})", day.year(), day.month(), day.day(), weekday(day));
    let days = if festival.from == festival.to {
        day(festival.from)
    } else {
        format!("{} ~ {}", day(festival.from), day(festival.to))
    };
    let Festival { name, place, phone, .. } = festival;
    told(festival, format!("○ 행사명: {name}\n○ 기간: {days}\n○ 장소: {place}\n○ 문의: {phone}\n"))
}

/// `오는 9월 27일부터 28일까지 … 에서 열린다`.
fn as_sentence(festival: &Festival) -> Text {
    let (from, to) = (festival.from, festival.to);
    let days = if from == to {
        format!("오는 {}월 {}일", from.month(), from.day())
    } else if from.month() == to.month() {
        format!("오는 {}월 {}일부터 {}일까지", from.month(), from.day(), to.day())
    } else {
        format!("오는 {}월 {}일부터 {}월 {}일까지", from.month(), from.day(), to.month(), to.day())
    };
    let Festival { name, place, phone, .. } = festival;
    told(
        festival,
        format!(
            "{days} {place}에서 ‘{name}’ 행사가 열린다. 시민 누구나 함께할 수 있다. 자세한 내용은 전화({phone})로 문의하면 된다.\n"
        ),
    )
}

/// An announcement of ten days before.
fn told(festival: &Festival, body: String) -> Text {
    Text { title: format!("{} 개최", festival.name), body, published: festival.from - Days::new(10) }
}

fn weekday(day: NaiveDate) -> char {
    ['월', '화', '수', '목', '금', '토', '일'][day.weekday().num_days_from_monday() as usize]
}

fn measured(festivals: &[Festival], tell: fn(&Festival) -> Text) -> BTreeMap<&'static str, Score> {
    let show = std::env::var_os("SOSIK_SHOW").is_some();
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for festival in festivals {
        let Story { when, place, contacts, .. } = story(&tell(festival));
        let days = if festival.from == festival.to {
            festival.from.to_string()
        } else {
            format!("{}/{}", festival.from, festival.to)
        };
        for (field, found, label) in [
            ("when", when.map(|when| when.value.to_string()), &days),
            ("place", place.map(|place| place.value), &festival.place),
            ("phone", contacts.first().map(|phone| phone.value.number.clone()), &festival.phone),
        ] {
            let score = scores.entry(field).or_default();
            let is_right = found.as_ref().is_some_and(|found| same(field, found, label));
            score.labelled += 1;
            score.found += usize::from(found.is_some());
            score.right += usize::from(is_right);
            if show && !is_right {
                println!("{} {field}: {found:?} is not {label}", festival.name);
            }
        }
    }
    scores
}
