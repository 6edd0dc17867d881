//! What an operator does beside a running server: see whose names are kept,
//! release one, make a token.
//!
//! This file does not know arguments, or where its answers are printed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use clap::Subcommand;
use protocol::{Grant, PATTERNS_MAX, Role, RoomPattern, UserName};

use crate::config::{Config, Db};
use crate::gate::TokenKeyError;
use crate::gate::token::TokenKey;
use crate::log::database::OpenError;
use crate::log::{now_ms, register};

/// Something else than to serve.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// List the names that are kept: the hash of each owner's key, when it was used last, the name
    ///
    /// A hash in the file of --moderators makes its owner a moderator. Works while the server runs.
    Names,

    /// Make a token that lets somebody in, with the key in the file of --token-key
    ///
    /// For example: nebula-server token --token-key key.pem --user alice --rooms 'dev,ops-*' --days 30
    Token {
        /// The person's name
        #[arg(long, value_name = "NAME", value_parser = parse_name)]
        user: UserName,

        /// The rooms that it opens, with commas between; * stands for any characters
        #[arg(long, value_name = "ROOMS", required = true, value_delimiter = ',',
              value_parser = parse_pattern)]
        rooms: Vec<RoomPattern>,

        /// For how many days it is good
        #[arg(long, value_name = "N", default_value_t = 30,
              value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,

        /// Its owner may also kick, ban, mute and delete in these rooms
        #[arg(long)]
        moderator: bool,
    },

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
    /// There is no key to sign with.
    #[error("a token is signed with a key: name its file with --token-key")]
    NoKey,
    /// There are too many patterns.
    #[error("a token has at most {PATTERNS_MAX} patterns of rooms, these are {0}")]
    TooManyRooms(usize),
    /// It cannot be used.
    #[error(transparent)]
    TokenKey(#[from] TokenKeyError),
    /// The name is nobody's.
    #[error("the name {0} is not kept for anybody in {1:?}: see `nebula-server names`")]
    NotKept(UserName, PathBuf),
}

/// Does it, and gives back what there is to print.
///
/// # Errors
/// [`AdminError`] if it cannot be done; nothing is changed then.
pub fn run(command: Command, config: &Config) -> Result<String, AdminError> {
    let database = || match &config.db {
        Db::File(path) => Ok(path),
        Db::Memory => Err(AdminError::NoFile),
    };
    match command {
        Command::Token { user, rooms, days, moderator } => {
            let role = if moderator { Role::Moderator } else { Role::Member };
            let path = config.token_key.as_ref().ok_or(AdminError::NoKey)?;
            let token = token(path, user, rooms, days, role)?;
            Ok(format!("{token}\n"))
        }
        Command::Names => {
            let path = database()?;
            let mut list = String::new();
            for kept in register::kept_names(path)? {
                let used = UNIX_EPOCH + Duration::from_millis(kept.used);
                let used = humantime::format_rfc3339_seconds(used);
                // Writing into a string cannot fail.
                let _ = writeln!(list, "{} {used} {}", kept.key, kept.name);
            }
            Ok(list)
        }
        Command::ReleaseName { name } => {
            let path = database()?;
            if !register::release(path, &name)? {
                return Err(AdminError::NotKept(name, path.clone()));
            }
            Ok(format!("{name} is free\n"))
        }
    }
}

fn token(
    path: &Path,
    sub: UserName,
    rooms: Vec<RoomPattern>,
    days: u32,
    role: Role,
) -> Result<String, AdminError> {
    if rooms.len() > PATTERNS_MAX {
        return Err(AdminError::TooManyRooms(rooms.len()));
    }
    let exp = now_ms() / 1000 + u64::from(days) * 24 * 60 * 60;
    Ok(TokenKey::read(path)?.sign(&Grant { sub, rooms, exp, role })?)
}

fn parse_name(text: &str) -> Result<UserName, String> {
    UserName::try_from(text).map_err(|error| error.to_string())
}

fn parse_pattern(text: &str) -> Result<RoomPattern, String> {
    RoomPattern::try_from(text.trim()).map_err(|error| error.to_string())
}
