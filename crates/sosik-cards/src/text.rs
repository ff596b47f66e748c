//! Setting text: where lines end, how large they are, and what is left away.

pub(crate) mod breaks;
pub(crate) mod lines;
