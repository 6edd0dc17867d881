//! People as memory has them: what is kept of a key, whose a name is, which connections are a person's, and how
//! many names an address may take.
//!
//! This folder does not know sockets.

pub(crate) mod connected;
pub(crate) mod key_hash;
pub(crate) mod name_quota;
pub(crate) mod names;
