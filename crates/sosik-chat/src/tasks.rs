//! What the window does for citizens, each in a file of its own.

mod language;
mod mine;
mod news;
mod offices;
mod person;
mod subscribe;

pub(crate) use subscribe::Wish;
