//! An item as large as it is at a step between its largest and its smallest size.

use super::block::{Mark, Placed};
use super::{Left, Setting};
use crate::canvas::Area;
use crate::fonts::{Weight, clusters};
use crate::template::{Boldness, Item, Role, Sizes};
use crate::text::lines::set_shortened;

/// An item with its height, its marks from its own top left, and what it leaves away.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) height: f32,
    pub(super) is_space: bool,
    pub(super) marks: Vec<Mark>,
    pub(super) texts: Vec<String>,
    pub(super) lost: Vec<Left>,
    /// Whether a word is parted because no line is as wide.
    pub(super) is_torn: bool,
}

/// Letters stand so far below the top of their line, of the size: the rest is shared between above and below.
const ASCENT: f32 = 0.80;
/// Hangul goes so far below the line on which it stands.
const DESCENT: f32 = 0.16;

/// The most clusters of a text that are set: a tall card of the smallest type holds some 500.
const LONGEST: usize = 800;

/// How far lines are apart, of the size: large titles stand closer.
fn leading(size: f32, unit: f32) -> f32 {
    let large = ((size / unit - 40.0) / 60.0).clamp(0.0, 1.0);
    1.42 - 0.18 * large
}

/// How large an item is to be, and how much it may say.
#[derive(Clone, Copy)]
pub(super) struct Room {
    pub(super) width: f32,
    /// Between its largest (0) and its smallest size (1).
    pub(super) part: f32,
    /// Lines of a text.
    pub(super) lines: usize,
    /// Pairs.
    pub(super) rows: usize,
}

pub(super) fn measured(item: &Item, room: Room, setting: &Setting<'_>) -> Measured {
    let Room { width, part, lines: most, rows } = room;
    let unit = setting.format.unit();
    match item {
        Item::Space { size } => {
            Measured { height: size * unit * (1.0 - 0.4 * part), is_space: true, ..Measured::default() }
        }
        Item::Rule { size, colour } => {
            let height = (size * unit).max(1.0);
            let area = Area { x: 0.0, y: 0.0, width, height };
            Measured {
                height,
                marks: vec![Mark::Strip { area, radius: height / 2.0, colour: *colour }],
                ..Measured::default()
            }
        }
        Item::Text { text, size, weight, colour, lines, centre, .. } => {
            let Some(value) = setting.face.texts.get(text).filter(|value| !value.is_empty()) else {
                return Measured::default();
            };
            let size = sized(*size, part, setting);
            let style = Style { weight: weight.weight(), size, colour: *colour, centre: *centre };
            let mut out = Measured::default();
            let lost = write(&mut out, value, style, (0.0, width), (*lines).min(most), setting);
            out.lost = lost.map(|lost| Left::of(text, lost)).into_iter().collect();
            out
        }
        Item::Chip { text, size, colour, ink, centre } => chip(text, *size, (*colour, *ink), *centre, width, setting),
        Item::Pairs { pairs, size, lines, most: pairs_most, numbered, colour, label, .. } => {
            let all = setting.face.pairs.get(pairs).map(Vec::as_slice).unwrap_or_default();
            let size = sized(*size, part, setting);
            let columns = Columns {
                size,
                width,
                lines: (*lines).min(most),
                numbered: *numbered,
                alone: all.len() == 1,
                colours: (*label, *colour),
            };
            let shown = (*pairs_most).min(rows).min(all.len());
            columns.measured(&all[..shown], pairs, setting)
        }
        Item::Code { size, centre } => {
            if setting.face.code.is_none() {
                return Measured::default();
            }
            let side = (size * unit).min(width);
            let x = if *centre { (width - side) / 2.0 } else { 0.0 };
            let area = Area { x, y: 0.0, width: side, height: side };
            let link = setting.face.code.as_ref().map(ToString::to_string);
            Measured {
                height: side,
                marks: vec![Mark::Code { area }],
                texts: link.into_iter().collect(),
                ..Measured::default()
            }
        }
        Item::Foot { size, colour } => foot(*size, *colour, width, setting),
    }
}

/// A size at a step, in pixels: never below what can be read.
fn sized(sizes: Sizes, part: f32, setting: &Setting<'_>) -> f32 {
    let size = (sizes.0 - (sizes.0 - sizes.1) * part) * setting.format.unit();
    size.round().max(setting.format.legible().ceil())
}

impl Boldness {
    fn weight(self) -> Weight {
        match self {
            Self::Regular => Weight::Regular,
            Self::Bold => Weight::Bold,
            Self::ExtraBold => Weight::ExtraBold,
        }
    }
}

#[derive(Clone, Copy)]
struct Style {
    weight: Weight,
    size: f32,
    colour: Role,
    centre: bool,
}

/// Writes a text below what an item has; gives what was left away.
fn write(
    out: &mut Measured,
    text: &str,
    style: Style,
    (x, width): (f32, f32),
    most: usize,
    setting: &Setting<'_>,
) -> Option<String> {
    let measure = |line: &str| setting.fonts.width(line, style.weight, style.size);
    // No card shows more: what is beyond is left away before it is looked at again and again.
    let cut = clusters(text).take(LONGEST).map(str::len).sum();
    let mut set = set_shortened(&text[..cut], width, most, &measure);
    set.lost.push_str(&text[cut..]);
    out.is_torn |= set.is_torn;
    let (lines, lost) = (set.lines, Some(set.lost).filter(|lost| !lost.is_empty()));
    let step = (leading(style.size, setting.format.unit()) * style.size).round();
    let above = ((step - (ASCENT + DESCENT) * style.size) / 2.0 + ASCENT * style.size).round();
    for line in &lines {
        let wide = measure(line);
        let shift = if style.centre { (width - wide) / 2.0 } else { 0.0 };
        out.marks.push(Mark::Line(Placed {
            text: line.clone(),
            weight: style.weight,
            size: style.size,
            x: x + shift,
            baseline: out.height + above,
            colour: style.colour,
            area: Area { x, y: out.height, width, height: step },
        }));
        out.height += step;
    }
    out.texts.push(lines.join(" "));
    lost
}

fn chip(
    name: &str,
    size: f32,
    (colour, ink): (Role, Role),
    centre: bool,
    width: f32,
    setting: &Setting<'_>,
) -> Measured {
    let topic = setting.face.topic.korean();
    let given = setting.face.texts.get(name).map(String::as_str);
    let Some(text) = given.or((name == "topic").then_some(topic)).filter(|text| !text.is_empty()) else {
        return Measured::default();
    };
    let size = (size * setting.format.unit()).round().max(setting.format.legible().ceil());
    let pad = size * 0.62;
    let measure = |line: &str| setting.fonts.width(line, Weight::Bold, size);
    let set = set_shortened(text, width - 2.0 * pad, 1, &measure);
    let line = set.lines.concat();
    let (wide, height) = (measure(&line) + 2.0 * pad, (size * 1.72).round());
    let x = if centre { (width - wide) / 2.0 } else { 0.0 };
    let area = Area { x, y: 0.0, width: wide, height };
    let baseline = ((height - (ASCENT + DESCENT) * size) / 2.0 + ASCENT * size).round();
    let placed = Placed { text: line.clone(), weight: Weight::Bold, size, x: x + pad, baseline, colour: ink, area };
    Measured {
        height,
        marks: vec![Mark::Strip { area, radius: height / 2.0, colour }, Mark::Line(placed)],
        texts: vec![line],
        lost: Some(set.lost).filter(|lost| !lost.is_empty()).map(|text| Left::of(name, text)).into_iter().collect(),
        ..Measured::default()
    }
}

/// Pairs in two columns.
struct Columns {
    size: f32,
    width: f32,
    lines: usize,
    numbered: bool,
    /// Whether there is but one pair: then a number says nothing.
    alone: bool,
    colours: (Role, Role),
}

impl Columns {
    fn measured(&self, pairs: &[(String, String)], name: &str, setting: &Setting<'_>) -> Measured {
        let mut out = Measured::default();
        let label_of = |at: usize, label: &str| match (self.numbered, self.alone) {
            (false, _) => label.to_owned(),
            (true, false) => (at + 1).to_string(),
            (true, true) => String::new(),
        };
        let measure = |text: &str| setting.fonts.width(text, Weight::Bold, self.size);
        let widest = pairs.iter().enumerate().map(|(at, (label, _))| measure(&label_of(at, label))).fold(0.0, f32::max);
        // A label takes no more than two fifths; a longer one is shortened.
        let column = widest.min(self.width * 0.4);
        let gap = if column > 0.0 { self.size * 0.6 } else { 0.0 };
        for (at, (label, value)) in pairs.iter().enumerate() {
            let label = label_of(at, label);
            let value = if self.numbered && !pairs[at].0.is_empty() {
                format!("{} {value}", pairs[at].0)
            } else {
                value.clone()
            };
            let mut row = Measured::default();
            let style = |weight, colour| Style { weight, size: self.size, colour, centre: false };
            let mut lost = Vec::new();
            if !label.is_empty() {
                lost.extend(write(&mut row, &label, style(Weight::Bold, self.colours.0), (0.0, column), 1, setting));
            }
            let label_height = std::mem::take(&mut row.height);
            let room = (column + gap, self.width - column - gap);
            lost.extend(write(&mut row, &value, style(Weight::Regular, self.colours.1), room, self.lines, setting));
            row.height = row.height.max(label_height);
            out.is_torn |= row.is_torn;
            for mut mark in row.marks {
                mark.shift(0.0, out.height);
                out.marks.push(mark);
            }
            out.height += row.height + self.size * 0.16;
            out.texts.push(row.texts.join(" "));
            out.lost.extend(lost.into_iter().map(|text| Left::of(name, text).at(at)));
        }
        if !pairs.is_empty() {
            out.height -= self.size * 0.16;
        }
        out
    }
}

fn foot(size: f32, colour: Role, width: f32, setting: &Setting<'_>) -> Measured {
    let size = (size * setting.format.unit()).round().max(setting.format.legible().ceil());
    let height = (size * 1.5).round();
    let square = (size * 1.3).round();
    let baseline = ((height - (ASCENT + DESCENT) * size) / 2.0 + ASCENT * size).round();
    let mut out = Measured { height, ..Measured::default() };
    let texts = &setting.face.texts;
    let text = |name: &str| texts.get(name).map(String::as_str).filter(|text| !text.is_empty());
    let measure = |line: &str| setting.fonts.width(line, Weight::Bold, size);
    let line = |text: String, x: f32, wide: f32| {
        let area = Area { x, y: 0.0, width: wide, height };
        Mark::Line(Placed { text, weight: Weight::Bold, size, x, baseline, colour, area })
    };
    let mark = (square * setting.mark).round().min(width / 2.0);
    out.marks.push(Mark::City { area: Area { x: 0.0, y: (height - square) / 2.0, width: mark, height: square } });
    let mut end = width;
    let place = text("place").map(|place| set_shortened(place, width * 0.3, 1, &measure));
    if let Some(set) = &place {
        let shown = set.lines.concat();
        let wide = measure(&shown);
        end -= wide;
        out.marks.push(line(shown, end, wide));
        end -= size;
    }
    let start = mark + size * 0.45;
    let name = text("edition").unwrap_or(setting.city);
    let name = set_shortened(name, (end - start).max(size), 1, &measure);
    let shown = name.lines.concat();
    out.texts.push(shown.clone());
    let wide = measure(&shown);
    out.marks.push(line(shown, start, wide));
    out.texts.extend(place.iter().map(|set| set.lines.concat()));
    let lost = place.map(|set| set.lost).filter(|lost| !lost.is_empty());
    let lost_place = lost.map(|text| Left::of("place", text));
    out.lost = Some(name.lost)
        .filter(|lost| !lost.is_empty())
        .map(|text| Left::of("edition", text))
        .into_iter()
        .chain(lost_place)
        .collect();
    out
}
