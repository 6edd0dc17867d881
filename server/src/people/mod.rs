//! People as memory has them: what is kept of a key, whose a name is, and how many names an address may
//! take.
//!
//! This folder does not know sockets.

pub(crate) mod key_hash;
pub(crate) mod name_quota;
pub(crate) mod names;
