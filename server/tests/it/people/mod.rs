//! Names, bans and mutes, and who is here.

mod claims;
pub(crate) mod devices;
pub(crate) mod invites;
mod lifted;
pub(crate) mod moderation;
mod names;
mod presence;

use std::path::Path;

use server::{Config, Db};

/// A server whose database is this file.
pub(crate) fn on(path: &Path) -> Config {
    Config { db: Db::File(path.to_owned()), ..Config::for_tests() }
}
