//! The loads that can be put on a server. Each checks everything that comes back.
//!
//! These files do not know what they are compared with.

pub(crate) mod fanout;
pub(crate) mod flap;
pub(crate) mod history;
pub(crate) mod idle;
pub(crate) mod outage;
pub(crate) mod storm;
pub(crate) mod typing;
