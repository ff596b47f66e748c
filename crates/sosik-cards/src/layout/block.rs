//! What is painted of a stack.

use crate::canvas::Area;
use crate::fonts::Weight;
use crate::template::Role;

/// A stack laid out.
pub(crate) struct Block {
    /// Where its texts stand.
    pub(crate) area: Area,
    pub(crate) marks: Vec<Mark>,
    /// What it says, line by line, for those who cannot see it.
    pub(crate) texts: Vec<String>,
}

/// Something to paint.
pub(crate) enum Mark {
    Line(Placed),
    Strip {
        area: Area,
        radius: f32,
        colour: Role,
    },
    Code {
        area: Area,
    },
    /// The city's mark: a letter on a square.
    City {
        area: Area,
    },
}

/// A line of text in its place.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) text: String,
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) x: f32,
    pub(crate) baseline: f32,
    pub(crate) colour: Role,
    /// The room that it has.
    pub(crate) area: Area,
}

impl Mark {
    pub(crate) fn shift(&mut self, x: f32, y: f32) {
        let area = match self {
            Self::Line(line) => {
                line.x += x;
                line.baseline += y;
                &mut line.area
            }
            Self::Strip { area, .. } | Self::Code { area } | Self::City { area } => area,
        };
        area.x += x;
        area.y += y;
    }
}
