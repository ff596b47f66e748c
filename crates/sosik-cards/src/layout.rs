//! Where each text of a card stands: as large as there is room for, and never smaller than it can be read.

mod block;
mod measure;

pub(crate) use block::{Block, Mark, Placed};

use crate::canvas::Area;
use crate::face::Face;
use crate::fonts::Fonts;
use crate::format::CardFormat;
use crate::template::{Align, Item, Stack};
use measure::{Measured, Room, measured};

/// What did not find room on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Left {
    /// The name of the text, or of the pairs.
    pub name: String,
    /// What is not on the card.
    pub text: String,
    /// Of pairs: which of them.
    pub(crate) row: Option<usize>,
}

impl Left {
    pub(crate) fn of(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text, row: None }
    }

    /// That it is of a pair.
    pub(crate) fn at(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }
}

/// What a stack is laid out with.
pub(crate) struct Setting<'a> {
    pub(crate) face: &'a Face,
    pub(crate) fonts: &'a Fonts,
    pub(crate) format: CardFormat,
    pub(crate) city: &'a str,
    /// How much wider than high the city's mark is.
    pub(crate) mark: f32,
}

/// Sizes are tried from the largest to the smallest in so many steps.
const STEPS: u8 = 8;

/// Lays a stack out within an area.
pub(crate) fn stack(stack: &Stack, area: Area, setting: &Setting<'_>) -> (Block, Vec<Left>) {
    // Rows of each item that are kept: all at first.
    let mut rows: Vec<usize> = stack.items.iter().map(|item| count(item, setting.face)).collect();
    // What the template shows no more of is told at once.
    let mut left: Vec<Left> = stack.items.iter().flat_map(|item| surplus(item, setting.face)).collect();
    loop {
        // As large as there is room for.
        let mut fits = false;
        for step in 0..=STEPS {
            let part = f32::from(step) / f32::from(STEPS);
            let items = items(stack, &rows, area, (part, usize::MAX), setting);
            fits = height(&items) <= area.height;
            let is_whole =
                items.iter().all(|item| item.lost.is_empty() && !item.is_torn || step == STEPS && item.lost.is_empty());
            if fits && is_whole {
                return (block(stack, items, area), left);
            }
        }
        // What may go, goes: the last row of what says least.
        let next = stack
            .items
            .iter()
            .enumerate()
            .filter(|(at, _)| rows[*at] > 0)
            .filter_map(|(at, item)| Some((drop_of(item)?, at)))
            .max();
        if let Some((_, at)) = next.filter(|_| !fits) {
            rows[at] -= 1;
            left.extend(row(&stack.items[at], rows[at], setting));
            continue;
        }
        // Nothing may go: texts are shortened, line by line.
        for most in (1..=6).rev() {
            let items = items(stack, &rows, area, (1.0, most), setting);
            if height(&items) <= area.height {
                left.extend(items.iter().flat_map(|item| item.lost.clone()));
                return (block(stack, items, area), left);
            }
        }
        // A template that has no room for a line of each: the last ones go.
        let last = (0..rows.len()).rev().find(|at| rows[*at] > 0);
        let Some(at) = last else { return (block(stack, Vec::new(), area), left) };
        rows[at] -= 1;
        left.extend(row(&stack.items[at], rows[at], setting));
    }
}

fn items(
    stack: &Stack,
    rows: &[usize],
    area: Area,
    (part, lines): (f32, usize),
    setting: &Setting<'_>,
) -> Vec<Measured> {
    let room = |rows: usize| Room { width: area.width, part, lines, rows };
    let kept = stack.items.iter().zip(rows).filter(|(_, rows)| **rows > 0);
    let mut all: Vec<Measured> = kept.map(|(item, rows)| measured(item, room(*rows), setting)).collect();
    // Room between two texts only where there are two.
    let is_space = |item: &Measured| item.is_space;
    let is_empty = |item: &Measured| item.height <= 0.0;
    all.retain(|item| !is_empty(item));
    while all.last().is_some_and(is_space) {
        all.pop();
    }
    while all.first().is_some_and(is_space) {
        all.remove(0);
    }
    let mut before_is_space = false;
    all.retain(|item| {
        let is_second = before_is_space && item.is_space;
        before_is_space = item.is_space;
        !is_second
    });
    all
}

fn height(items: &[Measured]) -> f32 {
    items.iter().map(|item| item.height).sum()
}

fn drop_of(item: &Item) -> Option<u8> {
    match item {
        Item::Text { drop, .. } => *drop,
        // Rows may always go, and go last where nothing is said.
        Item::Pairs { drop, .. } => Some(drop.unwrap_or_default()),
        _ => None,
    }
}

/// How many rows an item has: a text one, pairs as many as there are.
fn count(item: &Item, face: &Face) -> usize {
    match item {
        Item::Text { text, .. } => usize::from(face.texts.contains_key(text)),
        Item::Pairs { pairs, most, .. } => face.pairs.get(pairs).map_or(0, Vec::len).min(*most),
        _ => 1,
    }
}

/// What a row of an item would say.
fn row(item: &Item, at: usize, setting: &Setting<'_>) -> Vec<Left> {
    let face = setting.face;
    let text = |name: &str| face.texts.get(name).cloned();
    let all = match item {
        Item::Text { text: name, .. } => vec![(name.as_str(), text(name))],
        Item::Chip { text: name, .. } => {
            vec![(name.as_str(), text(name).or((name == "topic").then(|| face.topic.korean().to_owned())))]
        }
        Item::Pairs { pairs, .. } => {
            vec![(pairs.as_str(), face.pairs.get(pairs).and_then(|all| all.get(at)).map(said))]
        }
        Item::Foot { .. } => {
            vec![("edition", text("edition").or(Some(setting.city.to_owned()))), ("place", text("place"))]
        }
        Item::Code { .. } => vec![("code", face.code.as_ref().map(ToString::to_string))],
        Item::Space { .. } | Item::Rule { .. } => Vec::new(),
    };
    let is_pairs = matches!(item, Item::Pairs { .. });
    let left = |name: &str, text: String| Left { row: is_pairs.then_some(at), ..Left::of(name, text) };
    all.into_iter().filter_map(|(name, text)| Some(left(name, text?))).collect()
}

/// A pair as one text.
fn said((label, value): &(String, String)) -> String {
    format!("{label} {value}").trim().to_owned()
}

/// Pairs beyond the most that an item shows.
fn surplus(item: &Item, face: &Face) -> Vec<Left> {
    let Item::Pairs { pairs, most, .. } = item else { return Vec::new() };
    let all = face.pairs.get(pairs).map(Vec::as_slice).unwrap_or_default();
    let rows = all.iter().enumerate().skip(*most);
    rows.map(|(row, pair)| Left::of(pairs, said(pair)).at(row)).collect()
}

/// The names of what an item shows.
pub(crate) fn names(item: &Item) -> Vec<String> {
    match item {
        Item::Text { text, .. } | Item::Chip { text, .. } => vec![text.clone()],
        Item::Pairs { pairs, .. } => vec![pairs.clone()],
        Item::Foot { .. } => vec!["edition".to_owned(), "place".to_owned()],
        Item::Code { .. } => vec!["code".to_owned()],
        Item::Space { .. } | Item::Rule { .. } => Vec::new(),
    }
}

/// What a face says and its template has no place for. Where a card stands in its edition is an ornament, and not missed.
pub(crate) fn without_place(face: &Face, shown: &std::collections::BTreeSet<String>) -> Vec<Left> {
    let is_missed = |name: &str| !shown.contains(name);
    let texts = face
        .texts
        .iter()
        .filter(|(name, text)| !["place", "topic"].contains(&name.as_str()) && !text.is_empty() && is_missed(name));
    let mut out: Vec<Left> = texts.map(|(name, text)| Left::of(name, text.clone())).collect();
    let pairs = face.pairs.iter().filter(|(name, _)| is_missed(name));
    out.extend(
        pairs.flat_map(|(name, all)| all.iter().enumerate().map(|(row, pair)| Left::of(name, said(pair)).at(row))),
    );
    out.extend(face.code.as_ref().filter(|_| is_missed("code")).map(|link| Left::of("code", link.to_string())));
    out.extend(face.picture.as_ref().filter(|_| is_missed("picture")).map(|_| Left::of("picture", String::new())));
    out
}

fn block(stack: &Stack, items: Vec<Measured>, area: Area) -> Block {
    let tall = height(&items);
    let free = (area.height - tall).max(0.0);
    let top = area.y
        + match stack.align {
            Align::Top => 0.0,
            // A little above the middle is where the eye has the middle.
            Align::Middle => free * 0.46,
            Align::Bottom => free,
        };
    let mut block =
        Block { area: Area { y: top, height: tall.min(area.height), ..area }, marks: Vec::new(), texts: Vec::new() };
    let mut y = top;
    for item in items {
        for mut mark in item.marks {
            mark.shift(area.x, y);
            block.marks.push(mark);
        }
        block.texts.extend(item.texts);
        y += item.height;
    }
    block
}
