//! Names, bans and mutes, and who is here.

mod claims;
pub(crate) mod devices;
pub(crate) mod invites;
mod lifted;
pub(crate) mod moderation;
mod names;
mod presence;
