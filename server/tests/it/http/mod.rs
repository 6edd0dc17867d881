//! Requests, the page, and what is seen from outside.

pub(crate) mod api;
mod handshake;
mod health;
pub(crate) mod hooks;
mod page;
pub(crate) mod requests;
