//! The operator's commands about hooks, by which other programs speak in rooms, or hear what is said there.
//!
//! This file does not know how any of it is kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use protocol::{RoomName, UserName};

use super::admin;
use super::out::Out;
use super::parse::{parse_hook_url, parse_new_name, parse_room};
use super::place::{Database, Place};
use crate::config::files;
use crate::webhooks::{HookUrl, OutgoingHook, SigningKey, is_public};

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Make a hook, by which other programs speak in a room: they post to it what they would post to Slack
    ///
    /// Prints the path alone; behind the server's address it is the webhook's URL. Whoever knows it can speak as the
    /// hook. Behind /github it takes GitHub's events.
    ///
    /// With --out the hook sends instead: what people say in the room is posted to a URL, signed as Standard Webhooks
    /// asks for. Prints the secret alone, unless it stands in --secret-file. What the URL answers can be said in the room.
    ///
    /// Works while the server runs.
    Hook(NewHook),

    /// List hooks: the number, the room, what it is called, by whom it was made, whether it can mention people, where it
    /// sends to
    ///
    /// Works while the server runs.
    Hooks {
        /// Those of this room; without it, all
        #[arg(long, value_name = "ROOM", value_parser = parse_room)]
        room: Option<RoomName>,

        #[command(flatten)]
        database: Database,
    },

    /// End a hook: nobody can post to it any more, and it sends nothing
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
    /// Where it speaks, or listens: a room's name, or the address of a private room
    #[arg(long, value_name = "ROOM", value_parser = parse_room)]
    room: RoomName,

    /// What it is called there [default with --out: the host of the URL]
    #[arg(long, value_name = "NAME", value_parser = parse_new_name, required_unless_present = "out")]
    name: Option<UserName>,

    /// What it says can mention people, with @name, @here and @all
    #[arg(long, conflicts_with = "out")]
    mentions: bool,

    /// Post what people say in the room to this URL
    #[arg(long, value_name = "URL", value_parser = parse_hook_url)]
    out: Option<HookUrl>,

    /// File with the secret to sign with: whsec_ and 24 to 64 bytes in base64; without it, a new one is printed
    #[arg(long, value_name = "FILE", requires = "out")]
    secret_file: Option<PathBuf>,

    /// The URL may lead to this machine, or into a private network
    #[arg(long, requires = "out")]
    allow_private: bool,

    #[command(flatten)]
    place: Place,
}

impl HookCommand {
    pub(super) fn run(self, out: &mut Out) -> anyhow::Result<()> {
        match self {
            HookCommand::Hook(hook) => hook.make(out)?,
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

impl NewHook {
    fn make(self, out: &mut Out) -> anyhow::Result<()> {
        let NewHook { room, name, mentions, out: url, secret_file, allow_private, place } = self;
        let Some(url) = url else {
            let name = name.context("a hook has a name: give it one with --name")?;
            writeln!(out, "{}", place.hook((room, name), mentions)?.as_str())?;
            return Ok(());
        };
        if !allow_private && url.address().is_some_and(|address| !is_public(address)) {
            bail!("{} is not a public address: allow it with --allow-private", url.host());
        }
        let name = name.map_or_else(|| name_of(&url), Ok)?;
        let key = secret_file.as_deref().map_or_else(new_key, read_key)?;
        let secret = key.secret();
        place.outgoing_hook(OutgoingHook {
            room,
            name,
            url,
            key,
            allows_private: allow_private,
        })?;
        if secret_file.is_none() {
            writeln!(out, "{secret}")?;
        }
        Ok(())
    }
}

/// What a hook is called that was given no name.
fn name_of(url: &HookUrl) -> anyhow::Result<UserName> {
    let host = url.host();
    UserName::try_from(host)
        .with_context(|| format!("{host} cannot be its name: give it one with --name"))
}

fn new_key() -> anyhow::Result<SigningKey> {
    SigningKey::random().context("the system gives no random numbers")
}

fn read_key(path: &Path) -> anyhow::Result<SigningKey> {
    let cannot = || format!("cannot use the secret in {}", path.display());
    let secret = String::from_utf8(files::read(path).with_context(cannot)?).ok();
    let secret = secret.with_context(|| format!("{}: not text", path.display()))?;
    SigningKey::try_from(secret.trim()).with_context(cannot)
}
