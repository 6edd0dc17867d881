//! A conversation without a screen: plain mode, `send` and `tail`. The core is the same as with one, lines
//! take the place of rows.

pub(crate) mod by_title;
mod changes;
pub mod lines;
pub mod plain;
pub mod send;
mod session;
mod stdin;
pub mod tail;
pub mod teller;
