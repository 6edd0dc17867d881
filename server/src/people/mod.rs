//! People as memory has them: what is kept of keys and codes, whose a name is, which connections are a person's, and
//! how many names and tries an address has.
//!
//! This folder does not know sockets.

pub(crate) mod code_hash;
pub(crate) mod code_tries;
pub(crate) mod connected;
pub(crate) mod devices;
pub(crate) mod key_hash;
pub(crate) mod name_quota;
pub(crate) mod names;
