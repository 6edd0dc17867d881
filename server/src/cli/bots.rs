//! The operator's commands about bots: programs with a name and a token of their own.
//!
//! This file does not know how any of it is kept.

use clap::{Args, Subcommand};
use protocol::{PATTERNS_MAX, RoomPattern, UserName};

use super::admin::{self, AdminError};
use super::out::Out;
use super::parse::{parse_name, parse_new_name, parse_pattern};
use super::place::{Database, Place};

#[derive(Debug, Subcommand)]
pub(crate) enum BotCommand {
    /// Make a bot: a program with a name of its own, which uses the HTTP API or connects as a client does
    ///
    /// Prints its token alone, which is not kept and not shown again. The bot sends it as `Authorization: Bearer TOKEN`.
    /// Whoever has it speaks as the bot. For example: nebula-server bot builds --rooms 'dev,ops-*'. Works while the
    /// server runs.
    Bot(NewBot),

    /// List bots: when each was made, its name, the rooms that it may enter, and whether it only reads
    ///
    /// Works while the server runs.
    Bots {
        #[command(flatten)]
        database: Database,
    },

    /// End a bot: its token opens nothing any more, its connections end, and its name is free
    ///
    /// Works while the server runs.
    RevokeBot {
        /// Its name
        #[arg(value_parser = parse_name)]
        name: UserName,

        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NewBot {
    /// What it is called: a name that nobody has
    #[arg(value_parser = parse_new_name)]
    name: UserName,

    /// The open rooms that it may enter, with commas between; * stands for any characters. To private rooms it is added
    /// as people are
    #[arg(long, value_name = "ROOMS", required = true, value_delimiter = ',',
          value_parser = parse_pattern)]
    rooms: Vec<RoomPattern>,

    /// It reads, and says and changes nothing
    #[arg(long)]
    read_only: bool,

    #[command(flatten)]
    place: Place,
}

impl BotCommand {
    pub(super) fn run(self, out: &mut Out) -> anyhow::Result<()> {
        match self {
            BotCommand::Bot(NewBot { name, rooms, read_only, place }) => {
                if rooms.len() > PATTERNS_MAX {
                    return Err(AdminError::TooManyRooms(rooms.len()).into());
                }
                writeln!(out, "{}", place.bot(name, &rooms, read_only)?.as_str())?;
            }
            BotCommand::Bots { database } => write!(out, "{}", admin::bots(database.file()?)?)?,
            BotCommand::RevokeBot { name, place } => {
                place.revoke_bot(&name)?;
                writeln!(out, "the bot {name} has ended")?;
            }
        }
        Ok(())
    }
}
