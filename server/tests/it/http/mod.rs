//! Requests, the page, and what is seen from outside.

mod handshake;
mod health;
pub(crate) mod hooks;
mod page;
