//! Text as people see it: what a character shows, where a link ends, whom a message mentions.
//!
//! These files do not know envelopes. `golden/clients/texts.json` holds every client to the same answers.

pub(crate) mod called;
pub(crate) mod characters;
pub mod formatting;
pub(crate) mod link;
pub(crate) mod mention;
