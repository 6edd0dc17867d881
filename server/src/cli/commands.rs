//! What the binary does besides serving: every command with its arguments. Those of one kind have a file beside this
//! one. Each command has the flags of the server that it needs, and no other.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use protocol::{INVITE_USES_MAX, Note, Role, RoomName, RoomPattern, UserName};

use super::admin::{self, Copied, Kind, Restored, Whom};
use super::audit::Audit;
use super::bots::BotCommand;
use super::check::check_config;
#[cfg(feature = "cluster")]
use super::cluster::{self, ClusterCommand};
use super::hooks::HookCommand;
#[cfg(not(feature = "cluster"))]
use super::no_cluster as cluster;
use super::out::Out;
use super::parse::{parse_name, parse_note, parse_pattern, parse_room, parse_whom};
use super::place::{Database, Place};
use super::top::Top;
use super::transfer::{Export, Import};
use crate::Config;
use crate::log::operator::instruction::Instruction;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at settings, files, address and database without starting or changing anything
    CheckConfig(Box<Config>),

    /// Copy the database as it is at this moment, while a server may be using it, and check that the
    /// copy is whole
    Backup {
        /// The copy, which must not be there yet
        file: PathBuf,

        #[command(flatten)]
        database: Database,
    },

    /// Put a backup in the place of the database, while no server uses it
    ///
    /// The backup is checked first, and stays. The database from before is kept beside the new one, under
    /// a name that ends in the time of day.
    Restore {
        /// The backup: a file that `backup` made, or another database of a server that has ended
        file: PathBuf,

        #[command(flatten)]
        database: Database,
    },

    /// List the names that are kept: the hash of each owner's key, when it was used last, the name
    ///
    /// A hash in the file of --moderators makes its owner a moderator. Works while the server runs.
    Names {
        #[command(flatten)]
        database: Database,
    },

    /// List the bans and mutes that hold: what, where (* is the whole server), until when, whom, by
    /// whom, and why
    ///
    /// Works while the server runs. A moderator lifts them, with /unban and /unsilence in a client; the
    /// operator with `unban` and `unmute`.
    Bans {
        #[command(flatten)]
        database: Database,
    },

    /// Lift a ban, so that somebody may come in again
    ///
    /// Works while the server runs.
    Unban(Lift),

    /// Lift a mute, so that somebody may speak again
    ///
    /// Works while the server runs.
    Unmute(Lift),

    /// Give up a name that is kept for somebody, so that others can take it
    ///
    /// Works while the server runs. Who is connected under the name stays so.
    ReleaseName {
        /// The name
        #[arg(value_parser = parse_name)]
        name: UserName,

        #[command(flatten)]
        place: Place,
    },

    /// Make a code that adds a device to whoever has a name, for somebody who has lost all of theirs
    ///
    /// Prints the code alone. It is good once, for ten minutes: the new device brings it with /link CODE in the
    /// page's entrance, or with nebula --link CODE. Works while the server runs.
    Link {
        /// The name
        #[arg(value_parser = parse_name)]
        name: UserName,

        #[command(flatten)]
        place: Place,
    },

    /// Make a code that lets new people in, on a server that is for members (--members)
    ///
    /// Prints the code alone. It stands behind #invite= in the address of the page. Works while the server runs.
    Invite(NewInvite),

    #[command(flatten)]
    Hooks(HookCommand),

    #[command(flatten)]
    Bots(BotCommand),

    Export(Export),

    Import(Import),

    Audit(Audit),

    /// Make a token that lets somebody in, with the key in the file of --token-key
    ///
    /// For example: nebula-server token --token-key key.pem --user alice --rooms 'dev,ops-*' --days 30
    Token(Token),

    /// Show how a running server is, from its metrics, and what to do about what is red
    Top(Top),

    /// Look after a cluster of nodes
    #[cfg(feature = "cluster")]
    #[command(subcommand)]
    Cluster(ClusterCommand),
}

/// Which bans or mutes to lift.
#[derive(Debug, Args)]
pub(crate) struct Lift {
    /// Whose: a name, or the hash of a key as `names` lists it
    #[arg(required_unless_present = "all", value_parser = parse_whom)]
    who: Option<Whom>,

    /// Everybody's in this place
    #[arg(long, conflicts_with = "who")]
    all: bool,

    /// In this room; without it, those of the whole server
    #[arg(long, value_name = "ROOM", value_parser = parse_room)]
    room: Option<RoomName>,

    #[command(flatten)]
    place: Place,
}

impl Lift {
    fn run(self, kind: Kind, out: &mut Out) -> anyhow::Result<()> {
        let whom = self.who.unwrap_or(Whom::All);
        let Place { database, cluster } = self.place;
        let lifted = if cluster.is_node() {
            let what = Instruction::Lift(kind, self.room, whom);
            let lifted = cluster::carry_out(&cluster, &what)?;
            if lifted == 0 {
                bail!("no such {kind} in the cluster {}", cluster.cluster_name);
            }
            lifted
        } else {
            admin::lift(database.file()?, kind, &whom, self.room.as_ref())?
        };
        match lifted {
            1 => writeln!(out, "1 {kind} lifted")?,
            lifted => writeln!(out, "{lifted} {kind}s lifted")?,
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(crate) struct NewInvite {
    /// How many people may come by it
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(INVITE_USES_MAX)))]
    uses: u32,

    /// For how many days it is good
    #[arg(long, value_name = "N", default_value_t = 7,
          value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,

    /// What to remember of it, in the list of invites
    #[arg(long, value_name = "TEXT", value_parser = parse_note)]
    note: Option<Note>,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The key that signs it: an Ed25519 key in PEM, or the server's secret
    #[arg(long, env = "NEBULA_TOKEN_KEY", value_name = "FILE")]
    token_key: PathBuf,

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
}

impl Command {
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<ExitCode> {
        match self {
            #[cfg(feature = "cluster")]
            Command::Cluster(command) => return command.run(out),
            Command::Top(top) => return top.run(out),
            Command::CheckConfig(config) => check_config(&config, out)?,
            Command::Backup { file, database } => {
                let copied = admin::backup(database.file()?, &file)?;
                let (messages, bytes) = (copied.messages, copied.bytes);
                writeln!(out, "{}: {messages} messages, {bytes} bytes", file.display())?;
            }
            Command::Restore { file, database } => restore(&file, database.file()?, out)?,
            Command::Names { database } => write!(out, "{}", admin::names(database.file()?)?)?,
            Command::Bans { database } => write!(out, "{}", admin::bans(database.file()?)?)?,
            Command::Unban(lift) => lift.run(Kind::Ban, out)?,
            Command::Unmute(lift) => lift.run(Kind::Mute, out)?,
            Command::ReleaseName { name, place } => {
                place.release_name(&name)?;
                writeln!(out, "{name} is free")?;
            }
            Command::Link { name, place } => writeln!(out, "{}", place.link(&name)?.as_str())?,
            Command::Invite(NewInvite { uses, days, note, place }) => {
                writeln!(out, "{}", place.invite(uses, days, note)?.as_str())?;
            }
            Command::Hooks(command) => command.run(out)?,
            Command::Bots(command) => command.run(out)?,
            Command::Export(export) => export.run(out)?,
            Command::Import(import) => import.run(out)?,
            Command::Audit(audit) => audit.run(out)?,
            Command::Token(Token { token_key, user, rooms, days, moderator }) => {
                let role = if moderator { Role::Moderator } else { Role::Member };
                writeln!(out, "{}", admin::make_token(&token_key, user, rooms, days, role)?)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn restore(file: &Path, db: &Path, out: &mut Out) -> anyhow::Result<()> {
    let Restored { copied: Copied { messages, bytes }, aside } = admin::restore(file, db)?;
    let (file, db) = (file.display(), db.display());
    writeln!(out, "{db}: restored from {file}: {messages} messages, {bytes} bytes")?;
    match aside {
        Some(aside) => {
            writeln!(out, "the database from before is kept as {}", aside.display())?;
        }
        None => writeln!(out, "there was no database before")?,
    }
    Ok(())
}
