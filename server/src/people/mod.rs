//! People as memory has them: what is kept of a key, whose a name is, how many names an address may
//! take, and who is banned or muted.
//!
//! This folder does not know sockets.

pub(crate) mod key_hash;
pub mod name_quota;
pub mod names;
pub mod sanctions;
