//! Whether every text of a template can be read on what is behind it, in a theme.

use sosik_content::Topic;

use crate::colour::{Colour, READABLE};
use crate::error::CardError;
use crate::format::CardFormat;
use crate::template::{Areas, Item, Layer, Role, Stack, Template, When};
use crate::theme::Theme;

/// A place in pixels: left, top, width, height.
type Place = [f32; 4];

/// Labels take no more of the width of their pairs.
const LABELS: f32 = 0.4;

/// Checks each text of a template against every colour that may be behind it, with and without a photograph.
pub(crate) fn check(template: &Template, theme: &Theme, format: CardFormat) -> Result<(), CardError> {
    for has_picture in [false, true] {
        let layers: Vec<&Layer> = template.layers.iter().filter(|layer| is_there(layer, has_picture)).collect();
        for (at, layer) in layers.iter().enumerate() {
            let Layer::Stack(stack) = layer else { continue };
            // What is on the photograph is white, and shaded as far as it needs.
            let Some(place) = place(&stack.area, format).filter(|_| !stack.on_picture) else { continue };
            for topic in Topic::ALL {
                let looked_at = Looked { layers: &layers[..at], theme, topic, format };
                looked_at.check(stack, place).map_err(|what| {
                    let with = if has_picture { "with a photograph" } else { "without a photograph" };
                    let shape = format!("{:?}", format.shape()).to_lowercase();
                    CardError::Template(format!("template `{}`, {shape}, {with}, {topic}: {what}", template.name))
                })?;
            }
        }
    }
    Ok(())
}

fn is_there(layer: &Layer, has_picture: bool) -> bool {
    let when = match layer {
        Layer::Ground { when, .. }
        | Layer::Panel { when, .. }
        | Layer::Circle { when, .. }
        | Layer::Icon { when, .. } => *when,
        // Without a photograph there is none to show.
        Layer::Picture { when, .. } => Some(when.unwrap_or(When::Picture)),
        Layer::Stack(stack) => stack.when,
    };
    match when {
        Some(When::Picture) => has_picture,
        Some(When::NoPicture) => !has_picture,
        None => true,
    }
}

fn place(areas: &Areas, format: CardFormat) -> Option<Place> {
    #[expect(clippy::cast_precision_loss, reason = "cards are far smaller")]
    let (width, height) = (format.width() as f32 / 1_000.0, format.height() as f32 / 1_000.0);
    let [x, y, wide, tall] = areas.of(format.shape())?;
    Some([x * width, y * height, wide * width, tall * height])
}

/// What is looked at: the layers behind a stack, on a card of a topic.
struct Looked<'a> {
    layers: &'a [&'a Layer],
    theme: &'a Theme,
    topic: Topic,
    format: CardFormat,
}

impl Looked<'_> {
    fn check(&self, stack: &Stack, place: Place) -> Result<(), String> {
        for item in &stack.items {
            match item {
                Item::Text { colour, .. } | Item::Foot { colour, .. } => self.readable(*colour, place)?,
                Item::Pairs { colour, label, .. } => {
                    let [x, y, width, height] = place;
                    self.readable(*label, [x, y, width * LABELS, height])?;
                    self.readable(*colour, place)?;
                }
                Item::Chip { colour, ink, .. } => {
                    self.readable_on(*ink, &[(*colour, self.theme.role(*colour, self.topic))])?;
                }
                Item::Code { .. } | Item::Space { .. } | Item::Rule { .. } => {}
            }
        }
        Ok(())
    }

    fn readable(&self, ink: Role, place: Place) -> Result<(), String> {
        self.readable_on(ink, &self.behind(place)?)
    }

    fn readable_on(&self, ink: Role, grounds: &[(Role, Colour)]) -> Result<(), String> {
        let colour = self.theme.role(ink, self.topic);
        match grounds.iter().find(|(_, ground)| colour.contrast(*ground) < READABLE) {
            None => Ok(()),
            Some((role, ground)) => Err(format!(
                "{} {colour} on {} {ground} has a contrast of {:.1}:1, text needs 4.5:1",
                ink.name(),
                role.name(),
                colour.contrast(*ground)
            )),
        }
    }

    /// The colours that may be behind a place, each with what it is.
    fn behind(&self, place: Place) -> Result<Vec<(Role, Colour)>, String> {
        let mut grounds: Vec<(Role, Colour)> = Vec::new();
        let area_of = |areas| self::place(areas, self.format);
        for layer in self.layers {
            let over = |grounds: &[(Role, Colour)], colour: Role, opacity: f32| -> Vec<(Role, Colour)> {
                let own = self.theme.role(colour, self.topic);
                grounds.iter().map(|(_, below)| (colour, below.under(own, opacity))).collect()
            };
            match layer {
                Layer::Ground { colour, .. } => grounds = vec![(*colour, self.theme.role(*colour, self.topic))],
                Layer::Panel { area, colour, opacity, .. } => match area_of(area) {
                    Some(area) if holds(area, place) => grounds = over(&grounds, *colour, *opacity),
                    Some(area) if meets(area, place) => grounds.extend(over(&grounds, *colour, *opacity)),
                    _ => {}
                },
                Layer::Circle { area, colour, opacity, .. } => {
                    if area_of(area).is_some_and(|area| is_round_under(area, place)) {
                        grounds.extend(over(&grounds, *colour, *opacity));
                    }
                }
                Layer::Picture { area, .. } => {
                    if area_of(area).is_some_and(|area| meets(area, place)) {
                        return Err("texts stand on the photograph without `on-picture = true`".to_owned());
                    }
                }
                Layer::Icon { area, .. } => {
                    if area_of(area).is_some_and(|area| meets(area, place)) {
                        return Err("texts stand on the drawing".to_owned());
                    }
                }
                Layer::Stack(_) => {}
            }
        }
        Ok(grounds)
    }
}

fn meets(one: Place, other: Place) -> bool {
    let overlaps = |at: usize| one[at] < other[at] + other[at + 2] && other[at] < one[at] + one[at + 2];
    overlaps(0) && overlaps(1)
}

fn holds(outer: Place, inner: Place) -> bool {
    let spans = |at: usize| outer[at] <= inner[at] && inner[at] + inner[at + 2] <= outer[at] + outer[at + 2];
    spans(0) && spans(1)
}

/// Whether the circle in an area reaches under a place.
fn is_round_under([x, y, width, height]: Place, place: Place) -> bool {
    let (radius, middle) = (width.min(height) / 2.0, (x + width / 2.0, y + height / 2.0));
    let nearest = |at: f32, from: f32, long: f32| at.clamp(from, from + long) - at;
    let (across, down) = (nearest(middle.0, place[0], place[2]), nearest(middle.1, place[1], place[3]));
    across.hypot(down) < radius
}
