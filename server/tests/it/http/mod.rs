//! Requests, the page, and what is seen from outside.

mod handshake;
mod health;
mod page;
