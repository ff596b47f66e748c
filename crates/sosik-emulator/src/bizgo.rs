//! Bizgo (비즈고): its Communication API v1, by what its makers published with their SDK 1.2.0 (2026-09).

pub(crate) mod alimtalk;
mod answer;
mod brand;
mod bucket;
mod by_template;
mod center;
mod check;
pub(crate) mod desk;
pub(crate) mod friends;
pub(crate) mod group_send;
pub(crate) mod insight;
pub(crate) mod inspected;
mod picture;
pub(crate) mod registered;
mod request;
pub(crate) mod reservation;
pub(crate) mod routes;
pub(crate) mod tags;
