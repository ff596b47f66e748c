//! Drawings for the topics, in a box of 200×200, in white, the strong and the soft colour. Our own.

use resvg::usvg::{Options, Tree};
use sosik_content::Topic;
use tiny_skia::{Pixmap, Transform};

use crate::canvas::{Area, Canvas};
use crate::colour::Colour;
use crate::error::CardError;
use crate::theme::TopicColours;

/// A drawing as pixels.
pub(crate) struct Drawing(pub(crate) Pixmap);

/// The drawing of a topic, so many pixels across and down.
pub(crate) fn drawing(topic: Topic, colours: TopicColours, side: u32) -> Result<Drawing, CardError> {
    let inside = icon(topic, colours);
    let svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">{inside}</svg>"#);
    let tree = Tree::from_str(&svg, &Options::default()).map_err(|error| CardError::Render(Box::new(error)))?;
    let mut pixels = Pixmap::new(side, side).ok_or_else(|| CardError::Render("a drawing without pixels".into()))?;
    #[expect(clippy::cast_precision_loss, reason = "drawings are far smaller")]
    let scale = side as f32 / 200.0;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    Ok(Drawing(pixels))
}

impl Drawing {
    /// Paints it in the middle of an area.
    pub(crate) fn paint(&self, canvas: &mut Canvas, area: &Area) {
        #[expect(clippy::cast_precision_loss, reason = "drawings are far smaller")]
        let (wide, tall) = (self.0.width() as f32, self.0.height() as f32);
        let (left, top) = (area.x + (area.width - wide) / 2.0, area.y + (area.height - tall) / 2.0);
        #[expect(clippy::cast_possible_truncation, reason = "areas are within the card")]
        let (left, top) = (left.round() as i64, top.round() as i64);
        let width = self.0.width() as usize;
        for (at, pixel) in self.0.pixels().iter().enumerate().filter(|(_, pixel)| pixel.alpha() > 0) {
            let place = |offset: usize, from: i64| {
                i64::try_from(offset).ok().and_then(|offset| usize::try_from(from + offset).ok())
            };
            if let (Some(x), Some(y)) = (place(at % width, left), place(at / width, top)) {
                let plain = pixel.demultiply();
                canvas.dot(x, y, Colour([plain.red(), plain.green(), plain.blue()]), plain.alpha());
            }
        }
    }
}

fn icon(topic: Topic, colours: TopicColours) -> String {
    let TopicColours { strong, soft, .. } = colours;
    match topic {
        Topic::Safety => format!(
            r##"<path d="M100 18 L168 44 V98 C168 140 138 170 100 184 C62 170 32 140 32 98 V44 Z" fill="{strong}"/>
<path d="M100 36 L152 56 V98 C152 131 129 155 100 167 Z" fill="#fff" fill-opacity=".16"/>
<rect x="90" y="62" width="20" height="54" rx="10" fill="#fff"/><circle cx="100" cy="138" r="12" fill="#fff"/>"##
        ),
        Topic::Festival => format!(
            r##"<path d="M20 40 C60 70 140 70 180 40" stroke="{strong}" stroke-width="6" fill="none" stroke-linecap="round"/>
<g fill="{strong}"><rect x="76" y="66" width="48" height="12" rx="6"/><path d="M64 84 H136 C148 106 148 130 136 152 H64 C52 130 52 106 64 84 Z"/><rect x="76" y="158" width="48" height="12" rx="6"/></g>
<path d="M84 84 C76 106 76 130 84 152 M100 84 V152 M116 84 C124 106 124 130 116 152" stroke="#fff" stroke-opacity=".55" stroke-width="5" fill="none"/>
<path d="M92 172 V192 M100 172 V198 M108 172 V192" stroke="{strong}" stroke-width="5" stroke-linecap="round"/>
<g fill="#fff"><circle cx="36" cy="96" r="7"/><circle cx="164" cy="100" r="7"/><circle cx="30" cy="146" r="5"/><circle cx="172" cy="150" r="5"/></g>
<g fill="{strong}"><circle cx="46" cy="122" r="6"/><circle cx="156" cy="128" r="6"/></g>"##
        ),
        Topic::Culture => format!(
            r##"<path d="M100 56 C78 40 48 36 22 40 V150 C48 146 78 150 100 166 Z" fill="{strong}"/>
<path d="M100 56 C122 40 152 36 178 40 V150 C152 146 122 150 100 166 Z" fill="{strong}" fill-opacity=".82"/>
<path d="M38 66 C56 64 72 68 86 76 M38 90 C56 88 72 92 86 100 M38 114 C56 112 72 116 86 124" stroke="#fff" stroke-width="6" fill="none" stroke-linecap="round"/>
<path d="M114 76 C128 68 144 64 162 66 M114 100 C128 92 144 88 162 90 M114 124 C128 116 144 112 162 114" stroke="#fff" stroke-width="6" fill="none" stroke-linecap="round"/>
<circle cx="100" cy="26" r="10" fill="{soft}"/>"##
        ),
        Topic::Tourism => format!(
            r##"<circle cx="142" cy="62" r="24" fill="#fff"/><path d="M10 168 L74 66 L112 124 L132 96 L190 168 Z" fill="{strong}"/>
<path d="M74 66 L96 100 L82 96 L72 108 L60 98 L50 104 Z" fill="#fff" fill-opacity=".85"/>
<path d="M10 178 C50 168 70 190 104 180 C140 170 160 188 190 178" stroke="{strong}" stroke-width="6" fill="none" stroke-linecap="round"/>"##
        ),
        Topic::Living => format!(
            r##"<path d="M100 34 L182 100 H160 V170 H40 V100 H18 Z" fill="{strong}" stroke="{strong}" stroke-width="8" stroke-linejoin="round"/>
<rect x="84" y="118" width="36" height="52" rx="4" fill="#fff"/><rect x="54" y="104" width="22" height="22" rx="3" fill="#fff" fill-opacity=".85"/>
<rect x="128" y="104" width="22" height="22" rx="3" fill="#fff" fill-opacity=".85"/><rect x="136" y="40" width="16" height="34" rx="3" fill="{strong}"/>"##
        ),
        Topic::Recruitment => format!(
            r##"<path d="M34 42 H166 V176 H34 Z" fill="{strong}" stroke="{strong}" stroke-width="10" stroke-linejoin="round"/>
<rect x="72" y="24" width="56" height="34" rx="10" fill="{soft}"/><circle cx="100" cy="36" r="5" fill="{strong}"/>
<circle cx="72" cy="98" r="15" fill="#fff"/><path d="M48 140 C48 120 96 120 96 140 Z" fill="#fff"/>
<g stroke="#fff" stroke-width="8" stroke-linecap="round"><path d="M112 92 H150"/><path d="M112 114 H150"/><path d="M112 136 H136"/></g>
<circle cx="158" cy="164" r="28" fill="#fff"/><path d="M158 149 V179 M143 164 H173" stroke="{strong}" stroke-width="8" stroke-linecap="round"/>"##
        ),
        // Policy, and topics to come: a notice with a seal.
        _ => format!(
            r##"<path d="M46 22 H132 L160 50 V178 H46 Z" fill="{strong}"/><path d="M132 22 L160 50 H132 Z" fill="{soft}"/>
<g stroke="#fff" stroke-width="8" stroke-linecap="round"><path d="M68 74 H136"/><path d="M68 100 H136"/><path d="M68 126 H108"/></g>
<circle cx="142" cy="154" r="28" fill="#fff"/><path d="M130 154 L139 163 L156 144" stroke="{strong}" stroke-width="8" fill="none" stroke-linecap="round" stroke-linejoin="round"/>"##
        ),
    }
}
