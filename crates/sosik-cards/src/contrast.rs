//! Whether every text of a template can be read on what is behind it, in a theme.

use sosik_content::Topic;

use crate::canvas::Area;
use crate::colour::{Colour, READABLE};
use crate::error::CardError;
use crate::format::CardFormat;
use crate::template::{Item, Layer, Role, Stack, Template};
use crate::theme::Theme;

/// Labels take no more of the width of their pairs.
const LABELS: f32 = 0.4;

/// What lies behind a place.
#[derive(Clone, Copy)]
enum Ground {
    Colour(Role, Colour),
    Photograph,
    Drawing,
}

/// Checks each text of a template against everything that may be behind it, with and without a photograph.
pub(crate) fn check(template: &Template, theme: &Theme, format: CardFormat) -> Result<(), CardError> {
    for has_picture in [false, true] {
        let layers: Vec<&Layer> = template.layers.iter().filter(|layer| layer.is_there(has_picture)).collect();
        for (at, layer) in layers.iter().enumerate() {
            let Layer::Stack(stack) = layer else { continue };
            let Some(place) = stack.area.on(format) else { continue };
            for topic in Topic::ALL {
                let card = Looked { behind: &layers[..at], before: &layers[at + 1..], theme, topic, format };
                card.check(stack, place).map_err(|what| {
                    let with = if has_picture { "with a photograph" } else { "without a photograph" };
                    let shape = format!("{:?}", format.shape()).to_lowercase();
                    CardError::Template(format!("template `{}`, {shape}, {with}, {topic}: {what}", template.name))
                })?;
            }
        }
    }
    Ok(())
}

/// What is looked at: the layers around a stack, on a card of a topic.
struct Looked<'a> {
    behind: &'a [&'a Layer],
    before: &'a [&'a Layer],
    theme: &'a Theme,
    topic: Topic,
    format: CardFormat,
}

impl Looked<'_> {
    fn check(&self, stack: &Stack, place: Area) -> Result<(), String> {
        let covers = |layer: &&&Layer| match layer {
            Layer::Panel { area, .. }
            | Layer::Circle { area, .. }
            | Layer::Picture { area, .. }
            | Layer::Icon { area, .. } => area.on(self.format).is_some_and(|area| meets(area, place)),
            Layer::Ground { .. } | Layer::Stack(_) => false,
        };
        if self.before.iter().any(|layer| covers(&layer)) {
            return Err("a later layer lies over the texts".to_owned());
        }
        if stack.on_picture && !self.is_on_photograph(place) {
            return Err("texts with `on-picture = true` do not stand on the photograph alone".to_owned());
        }
        let grounds = self.grounds(place);
        for item in &stack.items {
            match item {
                Item::Chip { colour, ink, .. } => {
                    self.readable(*ink, &[Ground::Colour(*colour, self.theme.role(*colour, self.topic))])?;
                }
                // It is white, and the photograph is shaded as far as it needs.
                _ if stack.on_picture => {}
                Item::Text { colour, .. } | Item::Foot { colour, .. } => self.readable(*colour, &grounds)?,
                Item::Pairs { colour, label, .. } => {
                    self.readable(*label, &self.grounds(Area { width: place.width * LABELS, ..place }))?;
                    self.readable(*colour, &grounds)?;
                }
                Item::Code { .. } | Item::Space { .. } | Item::Rule { .. } => {}
            }
        }
        Ok(())
    }

    fn readable(&self, ink: Role, grounds: &[Ground]) -> Result<(), String> {
        let colour = self.theme.role(ink, self.topic);
        for ground in grounds {
            match ground {
                Ground::Photograph => {
                    return Err("texts stand on the photograph without `on-picture = true`".to_owned());
                }
                Ground::Drawing => return Err("texts stand on the drawing".to_owned()),
                Ground::Colour(role, ground) if colour.contrast(*ground) < READABLE => {
                    return Err(format!(
                        "{} {colour} on {} {ground} has a contrast of {:.1}:1, text needs 4.5:1",
                        ink.name(),
                        role.name(),
                        colour.contrast(*ground)
                    ));
                }
                Ground::Colour(..) => {}
            }
        }
        Ok(())
    }

    /// Whether a place is on the photograph, and nothing lies between.
    fn is_on_photograph(&self, place: Area) -> bool {
        matches!(self.grounds(place)[..], [Ground::Photograph])
    }

    /// Everything that may be behind a place.
    fn grounds(&self, place: Area) -> Vec<Ground> {
        // What is painted where no layer says a colour.
        let mut grounds = vec![Ground::Colour(Role::Ground, self.theme.role(Role::Ground, self.topic))];
        for layer in self.behind {
            let (covers, touches, over) = match layer {
                Layer::Ground { colour, .. } => {
                    grounds = vec![Ground::Colour(*colour, self.theme.role(*colour, self.topic))];
                    continue;
                }
                Layer::Panel { area, colour, opacity, radius, .. } => {
                    let Some(area) = area.on(self.format) else { continue };
                    let radius = radius.unwrap_or(self.theme.radius()) * self.format.unit();
                    (
                        holds(within_corners(area, radius), place),
                        meets(area, place),
                        self.over(&grounds, *colour, *opacity),
                    )
                }
                Layer::Circle { area, colour, opacity, .. } => {
                    let Some(area) = area.on(self.format) else { continue };
                    (is_round_around(area, place), is_round_under(area, place), self.over(&grounds, *colour, *opacity))
                }
                Layer::Picture { area, round, .. } => {
                    let Some(area) = area.on(self.format) else { continue };
                    let radius = if *round { self.theme.radius() * self.format.unit() } else { 0.0 };
                    (holds(within_corners(area, radius), place), meets(area, place), vec![Ground::Photograph])
                }
                Layer::Icon { area, .. } => {
                    (false, area.on(self.format).is_some_and(|area| meets(area, place)), vec![Ground::Drawing])
                }
                Layer::Stack(_) => continue,
            };
            if covers {
                grounds = over;
            } else if touches {
                grounds.extend(over);
            }
        }
        grounds
    }

    /// What is seen of grounds under a colour. What is not known shows through all that is not opaque.
    fn over(&self, grounds: &[Ground], role: Role, opacity: f32) -> Vec<Ground> {
        let own = self.theme.role(role, self.topic);
        if opacity >= 1.0 {
            return vec![Ground::Colour(role, own)];
        }
        let under = |ground: &Ground| match ground {
            Ground::Colour(_, below) => Ground::Colour(role, below.under(own, opacity)),
            unknown => *unknown,
        };
        grounds.iter().map(under).collect()
    }
}

fn meets(one: Area, other: Area) -> bool {
    one.x < other.right() && other.x < one.right() && one.y < other.bottom() && other.y < one.bottom()
}

fn holds(outer: Area, inner: Area) -> bool {
    outer.x <= inner.x && inner.right() <= outer.right() && outer.y <= inner.y && inner.bottom() <= outer.bottom()
}

/// The rectangle between the round corners of an area: a corner leaves out less than a third of its radius.
fn within_corners(area: Area, radius: f32) -> Area {
    let inset = 0.3 * radius.min(area.width.min(area.height) / 2.0);
    Area { x: area.x + inset, y: area.y + inset, width: area.width - 2.0 * inset, height: area.height - 2.0 * inset }
}

/// The middle and the radius of the circle in an area.
fn circle(area: Area) -> ((f32, f32), f32) {
    ((area.x + area.width / 2.0, area.y + area.height / 2.0), area.width.min(area.height) / 2.0)
}

/// Whether the circle in an area reaches under a place.
fn is_round_under(area: Area, place: Area) -> bool {
    let ((x, y), radius) = circle(area);
    let (across, down) = (x.clamp(place.x, place.right()) - x, y.clamp(place.y, place.bottom()) - y);
    across.hypot(down) < radius
}

/// Whether the circle in an area holds a place.
fn is_round_around(area: Area, place: Area) -> bool {
    let ((x, y), radius) = circle(area);
    let far = |at: f32, from: f32, to: f32| (at - from).abs().max((to - at).abs());
    far(x, place.x, place.right()).hypot(far(y, place.y, place.bottom())) <= radius
}
