//! Texts by templates that staff write: strict (what is not given is an error), with a limit of steps, and with particles, days
//! and sums in Korean.
//!
//! ```
//! use serde_json::json;
//! use sosik_content::wording::Wording;
//!
//! let wording = Wording::new("{{ what|josa('을/를') }} {{ day|day }}에 엽니다. 참가비는 {{ fee|won }}입니다.")?;
//! let text = wording.render(&json!({"what": "겨울빛 점등식", "day": "2026-12-05", "fee": 5000}))?;
//! assert_eq!(text, "겨울빛 점등식을 12월 5일(토)에 엽니다. 참가비는 5,000원입니다.");
//! let error = wording.render(&json!({"what": "점등식"})).unwrap_err();
//! assert!(error.to_string().contains("line 1"), "{error}");
//! # Ok::<(), sosik_content::wording::WordingError>(())
//! ```

use chrono::NaiveDate;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde::Serialize;

use crate::josa::{Josa, with};
use crate::{style, text};

/// Steps that a template may take: a text of a message takes some hundreds.
const FUEL: u64 = 50_000;

/// A template of a text.
///
/// It is written in Jinja's language; beside its own filters there are `josa('은/는')` (the word with the particle that fits),
/// `day` (`2026-12-05` as `12월 5일(토)`), `short_day` (`12. 5.(토)`), `won` (`5,000원`, `무료`) and `shorten(n)` (to at most `n`
/// UTF-16 units, at the end of a word).
#[derive(Clone, Debug)]
pub struct Wording {
    environment: Environment<'static>,
}

/// The name under which the template stands.
const NAME: &str = "text";

impl Wording {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// [`WordingError`] with the line when it is no such template.
    pub fn new(template: &str) -> Result<Self, WordingError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.add_filter("josa", |word: String, form: String| {
            let josa = Josa::parse(&form).ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidOperation,
                    format!("`{form}` is no particle with two forms, such as 은/는"),
                )
            })?;
            Ok::<_, Error>(with(&word, josa))
        });
        environment.add_filter("day", |day: String| read(&day).map(style::long_day));
        environment.add_filter("short_day", |day: String| read(&day).map(style::day));
        environment.add_filter("won", |won: u32| style::won(won));
        environment.add_filter("shorten", |line: String, most: usize| text::shorten(&line, most));
        environment.add_template_owned(NAME, template.to_owned())?;
        Ok(Self { environment })
    }

    /// The text with values: of anything that serde writes as a map.
    ///
    /// # Errors
    ///
    /// [`WordingError`] with the line when a value is missing or of another kind, or when the template takes too many steps.
    pub fn render(&self, values: &impl Serialize) -> Result<String, WordingError> {
        Ok(text::clean(&self.environment.get_template(NAME)?.render(Serde(values))?))
    }
}

fn read(day: &str) -> Result<NaiveDate, Error> {
    day.parse().map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("`{day}` is no day such as 2026-12-05")))
}

/// A template that cannot be read, or cannot be filled in.
#[derive(Debug, thiserror::Error)]
#[error("the template, line {}: {source}", source.line().unwrap_or(1))]
pub struct WordingError {
    #[from]
    source: Error,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_wrong_or_endless_is_an_error_with_its_line() {
        for (template, values, expected) in [
            ("가\n{{ 이름 }}", json!({}), "line 2"),
            ("{{ word|josa('에서') }}", json!({"word": "시청"}), "no particle with two forms"),
            ("{{ day|day }}", json!({"day": "내일"}), "`내일` is no day such as 2026-12-05"),
            ("{% for a in range(9999) %}{% for b in range(9999) %}.{% endfor %}{% endfor %}", json!({}), "fuel"),
        ] {
            let error = Wording::new(template).unwrap().render(&values).unwrap_err().to_string();
            assert!(error.contains(expected), "{template}: {error}");
        }
        let error = Wording::new("가\n{% if %}").unwrap_err().to_string();
        assert!(error.starts_with("the template, line 2"), "{error}");
    }

    #[test]
    fn particles_days_and_lengths_are_korean() {
        let wording =
            Wording::new("{{ who|josa('이/가') }} {{ when|short_day }} {{ fee|won }} {{ title|shorten(8) }}").unwrap();
        let values = json!({"who": "LH(한국토지주택공사)", "when": "2026-12-05", "fee": 0, "title": "회암사지 왕실축제 자원봉사자"});
        assert_eq!(wording.render(&values).unwrap(), "LH(한국토지주택공사)가 12. 5.(토) 무료 회암사지…");
    }
}
