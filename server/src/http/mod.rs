//! HTTP: what is answered to which request, and the way into a WebSocket.
//!
//! This folder does not know what rooms hold.

pub(crate) mod answers;
mod api;
mod assets;
mod files;
pub(crate) mod health;
mod hooks;
mod request;
pub(crate) mod routes;
pub(crate) mod status;
mod upgrade;
