//! The operator's commands about hooks, by which other programs speak in rooms.
//!
//! This file does not know how any of it is kept.

use clap::{Args, Subcommand};
use protocol::{RoomName, UserName};

use super::admin;
use super::out::Out;
use super::parse::{parse_new_name, parse_room};
use super::place::{Database, Place};

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Make a hook, by which other programs speak in a room: they post to it what they would post to Slack
    ///
    /// Prints the path alone; behind the server's address it is the webhook's URL. Whoever knows it can speak as the
    /// hook. Behind /github it takes GitHub's events. Works while the server runs.
    Hook(NewHook),

    /// List hooks: the number, where it speaks, what it is called, by whom it was made, whether it can mention people
    ///
    /// Works while the server runs.
    Hooks {
        /// Those of this room; without it, all
        #[arg(long, value_name = "ROOM", value_parser = parse_room)]
        room: Option<RoomName>,

        #[command(flatten)]
        database: Database,
    },

    /// End a hook, so that nobody can post to it any more
    ///
    /// Works while the server runs.
    Unhook {
        /// Its number, as `hooks` lists it
        hook: u32,

        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NewHook {
    /// Where it speaks: a room's name, or the address of a private room
    #[arg(long, value_name = "ROOM", value_parser = parse_room)]
    room: RoomName,

    /// What it is called there
    #[arg(long, value_name = "NAME", value_parser = parse_new_name)]
    name: UserName,

    /// What it says can mention people, with @name, @here and @all
    #[arg(long)]
    mentions: bool,

    #[command(flatten)]
    place: Place,
}

impl HookCommand {
    pub(super) fn run(self, out: &mut Out) -> anyhow::Result<()> {
        match self {
            HookCommand::Hook(NewHook { room, name, mentions, place }) => {
                writeln!(out, "{}", place.hook((room, name), mentions)?.as_str())?;
            }
            HookCommand::Hooks { room, database } => {
                write!(out, "{}", admin::hooks(database.file()?, room.as_ref())?)?;
            }
            HookCommand::Unhook { hook, place } => {
                place.unhook(hook)?;
                writeln!(out, "the hook {hook} has ended")?;
            }
        }
        Ok(())
    }
}
