//! The one error that a run ends with.

use std::error::Error;
use std::fmt;
use std::path::Path;

/// Why a run failed: one sentence, with its causes.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A failure with a file, by what it is and where it lies.
    pub(crate) fn at<E: Error>(what: &str, path: &Path) -> impl FnOnce(E) -> Self + use<E> {
        let place = format!("{what} ({})", path.display());
        move |error| Self(format!("{place}: {}", chain(&error)))
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(chain(&error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        // Some libraries repeat their cause in their own sentence.
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}
