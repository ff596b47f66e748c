//! Layouts as data: what stands where on a card, as a TOML file that a city can write.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::canvas::Area;
use crate::error::CardError;
use crate::format::{CardFormat, Shape};

/// A layout. Places are thousandths of the card's width and height, sizes thousandths of the side of a square as large.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    pub(crate) name: String,
    /// What it is for, for those who choose.
    pub(crate) what: String,
    /// From the back to the front.
    #[serde(rename = "layer")]
    pub(crate) layers: Vec<Layer>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "is")]
pub(crate) enum Layer {
    /// A colour everywhere.
    Ground { colour: Role, when: Option<When> },
    /// A rectangle.
    Panel {
        area: Areas,
        colour: Role,
        #[serde(default = "one")]
        opacity: f32,
        radius: Option<f32>,
        when: Option<When>,
    },
    /// A circle around a place, with a radius in thousandths of the unit.
    Circle {
        area: Areas,
        colour: Role,
        #[serde(default = "one")]
        opacity: f32,
        when: Option<When>,
    },
    /// The photograph.
    Picture {
        area: Areas,
        #[serde(default)]
        round: bool,
        when: Option<When>,
    },
    /// The topic's drawing.
    Icon { area: Areas, when: Option<When> },
    /// Texts below one another.
    Stack(Box<Stack>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Stack {
    pub(crate) area: Areas,
    #[serde(default)]
    pub(crate) align: Align,
    /// Whether it stands on the photograph, which is then shaded as far as its texts need.
    #[serde(default)]
    pub(crate) on_picture: bool,
    #[serde(rename = "item")]
    pub(crate) items: Vec<Item>,
    pub(crate) when: Option<When>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "is")]
pub(crate) enum Item {
    /// A text by its name.
    Text {
        text: String,
        size: Sizes,
        #[serde(default)]
        weight: Boldness,
        #[serde(default)]
        colour: Role,
        #[serde(default = "three")]
        lines: usize,
        /// What may go when there is no room: the highest first; never where none is given.
        drop: Option<u8>,
        #[serde(default)]
        centre: bool,
    },
    /// A text on a strip of colour.
    Chip {
        text: String,
        size: f32,
        #[serde(default = "strong")]
        colour: Role,
        #[serde(default = "on_strong")]
        ink: Role,
        #[serde(default)]
        centre: bool,
    },
    /// Pairs of texts, the first of each in a column of its own.
    Pairs {
        pairs: String,
        size: Sizes,
        #[serde(default = "two")]
        lines: usize,
        #[serde(default = "six")]
        most: usize,
        #[serde(default)]
        numbered: bool,
        #[serde(default)]
        colour: Role,
        #[serde(default = "strong")]
        label: Role,
        drop: Option<u8>,
    },
    /// The code to scan.
    Code {
        size: f32,
        #[serde(default)]
        centre: bool,
    },
    /// The city's mark and name, and where the card stands.
    Foot {
        size: f32,
        #[serde(default)]
        colour: Role,
    },
    /// Room.
    Space { size: f32 },
    /// A line across.
    Rule {
        size: f32,
        #[serde(default = "soft")]
        colour: Role,
    },
}

/// The largest and the smallest size.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Sizes(pub(crate) f32, pub(crate) f32);

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Boldness {
    #[default]
    Regular,
    Bold,
    ExtraBold,
}

/// A colour by what it is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    #[default]
    Ink,
    Quiet,
    Panel,
    Mark,
    Strong,
    OnStrong,
    Ground,
    Soft,
    White,
}

impl Role {
    /// As a template writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ink => "ink",
            Self::Quiet => "quiet",
            Self::Panel => "panel",
            Self::Mark => "mark",
            Self::Strong => "strong",
            Self::OnStrong => "on-strong",
            Self::Ground => "ground",
            Self::Soft => "soft",
            Self::White => "white",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Align {
    #[default]
    Top,
    Middle,
    Bottom,
}

/// When something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    Picture,
    NoPicture,
}

/// A place on the card by its shape: left, top, width, height. What is not given for a shape is not there.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Areas {
    All([f32; 4]),
    By(BTreeMap<String, [f32; 4]>),
}

impl Item {
    /// What cannot be, in words.
    fn check(&self, on_picture: bool) -> Result<(), String> {
        let size = |size: f32| {
            let fits = size.is_finite() && (0.0..=1_000.0).contains(&size);
            if fits { Ok(()) } else { Err(format!("a size of {size} is not within 0 and 1000")) }
        };
        let count = |name: &str, count: usize| {
            if (1..=40).contains(&count) { Ok(()) } else { Err(format!("{name} = {count} is not within 1 and 40")) }
        };
        let white = |roles: &[Role]| {
            let fits = !on_picture || roles.iter().all(|role| *role == Role::White);
            if fits {
                Ok(())
            } else {
                Err("a text on the picture is not white, for which the picture is shaded".to_owned())
            }
        };
        match self {
            Self::Text { size: sizes, lines, colour, .. } => {
                size(sizes.0).and(size(sizes.1)).and(count("lines", *lines)).and(white(&[*colour]))
            }
            Self::Pairs { size: sizes, lines, most, colour, label, .. } => size(sizes.0)
                .and(size(sizes.1))
                .and(count("lines", *lines))
                .and(count("most", *most))
                .and(white(&[*colour, *label])),
            Self::Foot { size: one, colour } => size(*one).and(white(&[*colour])),
            Self::Chip { size: one, .. }
            | Self::Code { size: one, .. }
            | Self::Space { size: one }
            | Self::Rule { size: one, .. } => size(*one),
        }
    }
}

impl Layer {
    /// Whether it is there on a card with a photograph, or without.
    pub(crate) fn is_there(&self, has_picture: bool) -> bool {
        let when = match self {
            Self::Ground { when, .. }
            | Self::Panel { when, .. }
            | Self::Circle { when, .. }
            | Self::Icon { when, .. } => *when,
            // Without a photograph there is none to show.
            Self::Picture { when, .. } => Some(when.unwrap_or(When::Picture)),
            Self::Stack(stack) => stack.when,
        };
        match when {
            Some(When::Picture) => has_picture,
            Some(When::NoPicture) => !has_picture,
            None => true,
        }
    }
}

impl Areas {
    /// The place on a card of a format, in pixels.
    pub(crate) fn on(&self, format: CardFormat) -> Option<Area> {
        #[expect(clippy::cast_precision_loss, reason = "cards are far smaller")]
        let (width, height) = (format.width() as f32 / 1_000.0, format.height() as f32 / 1_000.0);
        let [x, y, wide, tall] = self.of(format.shape())?;
        Some(Area { x: x * width, y: y * height, width: wide * width, height: tall * height })
    }

    pub(crate) fn of(&self, shape: Shape) -> Option<[f32; 4]> {
        match self {
            Self::All(area) => Some(*area),
            Self::By(areas) => {
                let name = match shape {
                    Shape::Wide => "wide",
                    Shape::Square => "square",
                    Shape::Tall => "tall",
                };
                areas.get(name).copied()
            }
        }
    }
}

fn one() -> f32 {
    1.0
}
fn two() -> usize {
    2
}
fn three() -> usize {
    3
}
fn six() -> usize {
    6
}
fn strong() -> Role {
    Role::Strong
}
fn on_strong() -> Role {
    Role::OnStrong
}
fn soft() -> Role {
    Role::Soft
}

/// The templates that are made.
const MADE: [&str; 8] = [
    include_str!("../templates/cover.toml"),
    include_str!("../templates/event.toml"),
    include_str!("../templates/notice.toml"),
    include_str!("../templates/list.toml"),
    include_str!("../templates/deadline.toml"),
    include_str!("../templates/disaster.toml"),
    include_str!("../templates/closing.toml"),
    include_str!("../templates/more.toml"),
];

/// The templates by name.
#[derive(Clone, Debug)]
pub(crate) struct Templates(BTreeMap<String, Template>);

impl Templates {
    pub(crate) fn made() -> Result<Self, CardError> {
        let mut all = Self(BTreeMap::new());
        for file in MADE {
            all.add(file)?;
        }
        Ok(all)
    }

    /// Each of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Template> {
        self.0.values()
    }

    /// Adds one, in the place of one of the same name; gives it.
    pub(crate) fn add(&mut self, file: &str) -> Result<&Template, CardError> {
        let template: Template = toml::from_str(file).map_err(|error| CardError::Template(error.to_string()))?;
        let told = |what: &str| CardError::Template(format!("template `{}`: {what}", template.name));
        let problem = |what: &str| Err(told(what));
        for layer in &template.layers {
            let area = match layer {
                Layer::Ground { .. } => continue,
                Layer::Panel { area, .. }
                | Layer::Circle { area, .. }
                | Layer::Picture { area, .. }
                | Layer::Icon { area, .. } => area,
                Layer::Stack(stack) => &stack.area,
            };
            let all: Vec<[f32; 4]> = match area {
                Areas::All(area) => vec![*area],
                Areas::By(areas) => {
                    if let Some(unknown) =
                        areas.keys().find(|name| !["wide", "square", "tall"].contains(&name.as_str()))
                    {
                        return problem(&format!("area `{unknown}`: write wide, square or tall"));
                    }
                    areas.values().copied().collect()
                }
            };
            let is_stack = matches!(layer, Layer::Stack(_));
            for [x, y, width, height] in all {
                let is_sane = [x, y, width, height].iter().all(|side| side.is_finite() && side.abs() <= 2_000.0);
                if !is_sane || width <= 0.0 || height <= 0.0 {
                    return problem("an area is empty, or not within -2000 and 2000");
                }
                if is_stack && (x < 0.0 || y < 0.0 || x + width > 1_000.0 || y + height > 1_000.0 || width < 60.0) {
                    return problem("an area with texts is not within 0 and 1000, or narrower than 60");
                }
            }
            if let Layer::Stack(stack) = layer {
                for item in &stack.items {
                    item.check(stack.on_picture).map_err(|what| told(&what))?;
                }
            }
        }
        if template.layers.iter().filter(|layer| matches!(layer, Layer::Stack(stack) if stack.on_picture)).count() > 1 {
            return problem("two stacks are on the picture: one's shade would lie over the other's texts");
        }
        if template.layers.iter().skip(1).any(|layer| matches!(layer, Layer::Ground { .. })) {
            return problem("a layer `ground` is not the first, and would hide those before it");
        }
        if !template.layers.iter().any(|layer| matches!(layer, Layer::Ground { .. })) {
            return problem("there is no layer `ground`, so that pixels would have no colour");
        }
        let name = template.name.clone();
        self.0.insert(name.clone(), template);
        self.named(&name)
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Template, CardError> {
        self.0.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
            CardError::Template(format!("there is no template `{name}`: take one of {}", names.join(", ")))
        })
    }

    /// The names and what each is for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.values().map(|template| (template.name.as_str(), template.what.as_str()))
    }
}
