use sosik_content::Topic;

/// How a city's cards look: its name on them, and the colours of its topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    city: String,
    mark: String,
}

/// The colours of one topic, as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicColours {
    /// The colour of the topic: white text on it has a contrast of at least 4.5:1.
    pub strong: &'static str,
    /// The ground of the card: the strong colour on it has a contrast of at least 4.5:1.
    pub ground: &'static str,
    /// A colour between the two, for shapes that carry no text.
    pub soft: &'static str,
}

impl Theme {
    /// The standard look, with the first letter of the city's name as its mark on each card.
    #[must_use]
    pub fn new(city: impl Into<String>) -> Self {
        Self { city: city.into(), mark: "#1b4f9c".to_owned() }
    }

    /// The look with another colour of the city's mark, as `#rrggbb`.
    ///
    /// # Errors
    ///
    /// [`ThemeError`] when it is no colour, or the white letter on it has a contrast below 4.5:1.
    pub fn with_mark(mut self, colour: &str) -> Result<Self, ThemeError> {
        let luminance = luminance(colour).ok_or_else(|| ThemeError::new(colour, "it is no colour, such as #1b4f9c"))?;
        if 1.05 / (luminance + 0.05) < 4.5 {
            return Err(ThemeError::new(colour, "white on it has a contrast below 4.5:1: take a darker one"));
        }
        colour.clone_into(&mut self.mark);
        Ok(self)
    }

    /// The city's name.
    #[must_use]
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The colour of the city's mark.
    #[must_use]
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// The colours of a topic.
    #[must_use]
    pub fn colours(&self, topic: Topic) -> TopicColours {
        let (strong, ground, soft) = match topic {
            Topic::Safety => ("#c2272d", "#fff3f1", "#f9c9c3"),
            Topic::Festival => ("#b0206b", "#fff1f7", "#f6c3dc"),
            Topic::Culture => ("#6236ad", "#f6f2fe", "#d6c6f4"),
            Topic::Tourism => ("#13714a", "#effaf4", "#b7e4cd"),
            Topic::Living => ("#93540a", "#fff7e9", "#f7d8a6"),
            // Policy, and topics to come.
            _ => ("#1b4f9c", "#eff5ff", "#bdd5f8"),
        };
        TopicColours { strong, ground, soft }
    }
}

/// The relative luminance of a colour (WCAG 2.2).
/// A colour that cannot be a city's mark.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mark `{colour}`: {problem}")]
pub struct ThemeError {
    colour: String,
    problem: &'static str,
}

impl ThemeError {
    fn new(colour: &str, problem: &'static str) -> Self {
        Self { colour: colour.chars().take(20).collect(), problem }
    }
}

fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a).unwrap(), luminance(b).unwrap());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_has_the_contrast_that_everyone_can_read() {
        assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
        let theme = Theme::new("양주시");
        for topic in Topic::ALL {
            let colours = theme.colours(topic);
            for (a, b) in [
                (colours.strong, "#ffffff"),
                (colours.strong, colours.ground),
                (crate::layout::INK, colours.ground),
                (crate::layout::QUIET, colours.ground),
            ] {
                assert!(contrast(a, b) >= 4.5, "{topic}: {a} on {b} is {:.2}", contrast(a, b));
            }
        }
        assert!(contrast(theme.mark(), "#ffffff") >= 4.5);
    }

    #[test]
    fn a_mark_that_is_no_colour_is_passed_over() {
        assert_eq!(Theme::new("양주시").with_mark("#004b87").unwrap().mark(), "#004b87");
        for bad in ["red", "#1b4f9", "#ffff00", "#1b4f9g"] {
            assert!(Theme::new("양주시").with_mark(bad).is_err(), "{bad}");
        }
    }
}
