//! Searching: what a query asks for, and which parts of a text it finds.
//!
//! The server and every client use the same rules, so what is marked is what was found.
//! `golden/clients/search.json` holds all of them to the same answers. These files do not know where texts are kept.

mod day;
mod marks;
mod query;
mod words;

pub use self::marks::marks;
pub use self::query::{Filter, FilterKind, KEYS, Search, Term, last_part};
pub use self::words::{Word, words};
