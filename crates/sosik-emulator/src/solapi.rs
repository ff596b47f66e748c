//! SOLAPI (솔라피): its API v4, by its official SDKs (npm `solapi` 6.0.1, crate `solapi` 0.2.0) and documents (2022-09).

mod answer;
mod auth;
mod by_template;
mod check;
pub(crate) mod desk;
mod group;
mod listing;
mod picture;
mod prices;
mod request;
pub(crate) mod routes;

pub(crate) use auth::Account;
