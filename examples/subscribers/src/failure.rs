//! The one error that a run ends with.

use std::fmt;
use std::path::Path;

/// Why a run failed, in one sentence.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A failure with an option or a file, by its name.
    pub(crate) fn at<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        let what = what.to_string();
        move |error| Self(format!("{what}: {error}"))
    }

    /// Reads a file, or says which one cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Self> {
        std::fs::read(path).map_err(Self::at(path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
