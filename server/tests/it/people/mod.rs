//! Names, bans and mutes, and who is here.

mod claims;
mod lifted;
pub(crate) mod moderation;
mod names;
mod presence;
