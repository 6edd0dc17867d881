//! What an operator does beside a running server: see whose names are kept, and release one.
//!
//! This file does not know arguments, or where its answers are printed.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use clap::Subcommand;
use protocol::UserName;

use crate::config::{Config, Db};
use crate::log::database::OpenError;
use crate::log::register;

/// Something else than to serve.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// List the names that are kept: the hash of each owner's key, when it was used last, the name
    ///
    /// A hash in the file of --moderators makes its owner a moderator. Works while the server runs.
    Names,

    /// Give up a name that is kept for somebody, so that others can take it
    ///
    /// Works while the server runs. Who is connected under the name stays so.
    ReleaseName {
        /// The name
        #[arg(value_parser = parse_name)]
        name: UserName,
    },
}

/// Why it cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is no database to look into.
    #[error("a database in memory goes with its server: name a file with --db")]
    NoFile,
    /// It cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The name is nobody's.
    #[error("the name {0} is not kept for anybody in {1:?}: see `nebula-server names`")]
    NotKept(UserName, PathBuf),
}

/// Does it, and gives back what there is to print.
///
/// # Errors
/// [`AdminError`] if it cannot be done; nothing is changed then.
pub fn run(command: Command, config: &Config) -> Result<String, AdminError> {
    let Db::File(path) = &config.db else { return Err(AdminError::NoFile) };
    match command {
        Command::Names => {
            let mut list = String::new();
            for kept in register::kept_names(path)? {
                let used = UNIX_EPOCH + Duration::from_millis(kept.used);
                let used = humantime::format_rfc3339_seconds(used);
                // Writing into a string cannot fail.
                let _ = writeln!(list, "{} {used} {}", kept.key, kept.name);
            }
            Ok(list)
        }
        Command::ReleaseName { name } => match register::release(path, &name)? {
            true => Ok(format!("{name} is free\n")),
            false => Err(AdminError::NotKept(name, path.clone())),
        },
    }
}

fn parse_name(text: &str) -> Result<UserName, String> {
    UserName::try_from(text).map_err(|error| error.to_string())
}
