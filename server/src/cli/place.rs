//! Where a command works: in a database, or in a cluster.
//!
//! This file does not know what is done there.

use std::path::Path;

use anyhow::{Context as _, bail};
use clap::{Arg, Args};
use protocol::{
    AccessCode, BotToken, HookPath, INVITE_CODE_CHARS, LINK_CODE_CHARS, Note, RoomName,
    RoomPattern, UserName,
};

use super::admin;
#[cfg(feature = "cluster")]
use super::cluster;
#[cfg(not(feature = "cluster"))]
use super::no_cluster as cluster;
use crate::log::acts_of_people::{MakeInvite, MakeLink};
use crate::log::acts_of_programs::{EndHook, MakeBot, MakeHook, Maker};
use crate::log::operator::instruction::Instruction;
use crate::people::code_hash::{
    BOT_SECRET_CHARS, CodeHash, HOOK_SECRET_CHARS, random_code as random,
};
use crate::people::key_hash::KeyHash;
use crate::webhooks::OutgoingHook;
use crate::{ClusterConfig, Db};

/// Which database a command is about.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The database file
    #[arg(long, env = "NEBULA_DB", value_name = "FILE", default_value = "nebula.db")]
    db: Db,
}

/// Where what is kept of people changes: in a database, or in the cluster that it belongs to.
#[derive(Debug, Args)]
#[command(mut_args(only_to_ask))]
pub(crate) struct Place {
    #[command(flatten)]
    pub(super) database: Database,

    #[command(flatten)]
    pub(super) cluster: Box<ClusterConfig>,
}

impl Place {
    /// Gives up a name that is kept for somebody.
    pub(super) fn release_name(&self, name: &UserName) -> anyhow::Result<()> {
        if self.cluster.is_node() {
            self.carry_out_for(name, &Instruction::ReleaseName(name.clone()))
        } else {
            Ok(admin::release_name(self.database.file()?, name)?)
        }
    }

    /// Makes a code that adds a device to whoever has a name.
    pub(super) fn link(&self, name: &UserName) -> anyhow::Result<AccessCode> {
        let code = random_code(LINK_CODE_CHARS)?;
        let make = MakeLink { name: name.clone(), code: CodeHash::of(&code), makes_room: true };
        if self.cluster.is_node() {
            self.carry_out_for(name, &Instruction::MakeLink(make))?;
        } else {
            admin::link(self.database.file()?, &make)?;
        }
        Ok(code)
    }

    /// The cluster does something for whoever has a name.
    fn carry_out_for(&self, name: &UserName, what: &Instruction) -> anyhow::Result<()> {
        if cluster::carry_out(&self.cluster, what)? == 0 {
            bail!("the name {name} is not kept in the cluster {}", self.cluster.cluster_name);
        }
        Ok(())
    }

    /// Makes a code that lets new people in.
    pub(super) fn invite(
        &self,
        uses: u32,
        days: u32,
        note: Option<Note>,
    ) -> anyhow::Result<AccessCode> {
        const DAY_MS: u64 = 24 * 60 * 60 * 1000;
        let code = random_code(INVITE_CODE_CHARS)?;
        let invite = MakeInvite {
            code: CodeHash::of(&code),
            by: None,
            moderates_all: true,
            rooms: Vec::new(),
            uses,
            lasts_ms: u64::from(days) * DAY_MS,
            note,
        };
        if self.cluster.is_node() {
            cluster::carry_out(&self.cluster, &Instruction::MakeInvite(invite))?;
        } else {
            admin::invite(self.database.file()?, &invite)?;
        }
        Ok(code)
    }

    /// Makes a hook that speaks in a room: where programs post to it.
    pub(super) fn hook(
        &self,
        (room, name): (RoomName, UserName),
        mentions: bool,
    ) -> anyhow::Result<HookPath> {
        let secret = random_code(HOOK_SECRET_CHARS)?;
        let by = Maker::OPERATOR;
        let make = MakeHook { room, name, secret: CodeHash::of(&secret), mentions, by };
        let hook = if self.cluster.is_node() {
            let made = cluster::carry_out(&self.cluster, &Instruction::MakeHook(make))?;
            if made == 0 {
                bail!("there is no such room in the cluster {}", self.cluster.cluster_name);
            }
            u32::try_from(made).context("the cluster answers with no number of a hook")?
        } else {
            admin::hook(self.database.file()?, &make)?
        };
        Ok(HookPath::new(hook, secret.as_str()))
    }

    /// Makes a hook that sends what people say in a room.
    pub(super) fn outgoing_hook(&self, hook: OutgoingHook) -> anyhow::Result<()> {
        if !self.cluster.is_node() {
            return Ok(admin::outgoing_hook(self.database.file()?, hook)?);
        }
        if cluster::carry_out(&self.cluster, &Instruction::MakeOutgoing(hook))? == 0 {
            bail!("there is no such room in the cluster {}", self.cluster.cluster_name);
        }
        Ok(())
    }

    /// Makes a bot: its token.
    pub(super) fn bot(
        &self,
        name: UserName,
        rooms: &[RoomPattern],
        reads_only: bool,
    ) -> anyhow::Result<BotToken> {
        let token = BotToken::new(random_code(BOT_SECRET_CHARS)?.as_str());
        let rooms = rooms.iter().map(|room| room.as_str().into()).collect();
        let make = MakeBot { name, token: KeyHash::of_bot(&token), rooms, reads_only };
        if self.cluster.is_node() {
            cluster::carry_out(&self.cluster, &Instruction::MakeBot(make))?;
        } else {
            admin::bot(self.database.file()?, make)?;
        }
        Ok(token)
    }

    /// Ends a bot.
    pub(super) fn revoke_bot(&self, name: &UserName) -> anyhow::Result<()> {
        if !self.cluster.is_node() {
            return Ok(admin::revoke_bot(self.database.file()?, name)?);
        }
        if cluster::carry_out(&self.cluster, &Instruction::EndBot(name.clone()))? == 0 {
            bail!("there is no bot {name} in the cluster {}", self.cluster.cluster_name);
        }
        Ok(())
    }

    /// Ends a hook.
    pub(super) fn unhook(&self, hook: u32) -> anyhow::Result<()> {
        let end = EndHook { hook, by: Maker::OPERATOR };
        if !self.cluster.is_node() {
            return Ok(admin::unhook(self.database.file()?, end)?);
        }
        if cluster::carry_out(&self.cluster, &Instruction::EndHook(end))? == 0 {
            bail!("there is no hook {hook} in the cluster {}", self.cluster.cluster_name);
        }
        Ok(())
    }
}

fn random_code(characters: usize) -> anyhow::Result<AccessCode> {
    random(characters).context("the system gives no random numbers")
}

impl Database {
    pub(super) fn file(&self) -> anyhow::Result<&Path> {
        match &self.db {
            Db::File(path) => Ok(path),
            Db::Memory => bail!("a database in memory goes with its server: name a file with --db"),
        }
    }
}

/// Leaves out of a command's help what only a node needs.
pub(super) fn of_no_node(argument: Arg) -> Arg {
    let is_of_node = matches!(argument.get_id().as_str(), "node" | "public_address" | "standalone");
    argument.hide(is_of_node)
}

/// The same for what only the stream needs.
fn only_to_ask(argument: Arg) -> Arg {
    let is_of_stream = matches!(argument.get_id().as_str(), "cluster_replicas" | "cluster_keep");
    let argument = of_no_node(argument);
    if is_of_stream { argument.hide(true) } else { argument }
}
