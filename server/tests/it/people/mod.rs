//! Names, bans and mutes, and who is here.

mod claims;
mod devices;
mod invites;
mod lifted;
pub(crate) mod moderation;
mod names;
mod presence;
