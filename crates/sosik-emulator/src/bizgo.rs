//! Bizgo (비즈고): its Communication API v1, by what its makers published with their SDK 1.2.0 (2026-09).

mod answer;
mod brand;
mod bucket;
mod check;
pub(crate) mod desk;
mod picture;
mod request;
pub(crate) mod routes;
