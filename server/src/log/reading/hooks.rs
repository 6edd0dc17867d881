//! The hooks of rooms: one by its secret, and all of a room for whoever looks after it.
//!
//! This file does not know who asks.

use protocol::{HookEntry, Refusal, RoomName, UserName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::reader::Reader;
use crate::log::acts_of_programs::Maker;
use crate::log::apply::{ROOM_HOOKS_MAX, may_hook};
use crate::log::database::column::checked;
use crate::people::code_hash::CodeHash;

/// A hook, as who posts to it finds it.
#[derive(Debug, Clone)]
pub(crate) struct FoundHook {
    pub(crate) room: RoomName,
    /// Of a private room, what people call it.
    pub(crate) title: Option<String>,
    pub(crate) name: UserName,
    pub(crate) mentions: bool,
}

impl Reader {
    /// The hook with a number, if the secret is its own.
    pub(in crate::log) fn hook(
        &self,
        hook: u32,
        secret: &CodeHash,
    ) -> rusqlite::Result<Option<FoundHook>> {
        let select = "SELECT hooks.room, hooks.name, mentions, title
            FROM hooks LEFT JOIN rooms ON rooms.key = room_key WHERE number = ?1 AND secret = ?2";
        let mut select = self.db().prepare_cached(select)?;
        let found = select.query_row(params![hook, secret.as_bytes()], |row| {
            Ok(FoundHook {
                room: checked(0, RoomName::known(row.get_ref(0)?.as_str()?))?,
                name: checked(1, UserName::known(row.get_ref(1)?.as_str()?))?,
                mentions: row.get(2)?,
                title: row.get(3)?,
            })
        });
        found.optional()
    }

    /// Where a hook speaks.
    pub(in crate::log) fn room_of_hook(&self, hook: u32) -> rusqlite::Result<Option<RoomName>> {
        let mut select = self.db().prepare_cached("SELECT room FROM hooks WHERE number = ?1")?;
        let found =
            select.query_row([hook], |row| checked(0, RoomName::known(row.get_ref(0)?.as_str()?)));
        found.optional()
    }

    /// Those of a room, in the order in which they were made.
    ///
    /// # Errors
    /// Why somebody may not see them.
    pub(in crate::log) fn hooks(
        &self,
        room: &RoomName,
        by: Maker,
    ) -> rusqlite::Result<Result<Vec<HookEntry>, Refusal>> {
        let _snapshot = self.db().unchecked_transaction()?;
        if let Err(refusal) = may_hook(self.db(), room, by)? {
            return Ok(Err(refusal));
        }
        let of_room = listed(self.db(), Some(room))?;
        Ok(Ok(of_room.into_iter().map(|(_, entry)| entry).collect()))
    }
}

/// The hooks of a room, or all, with their rooms.
pub(in crate::log) fn listed(
    db: &Connection,
    room: Option<&RoomName>,
) -> rusqlite::Result<Vec<(RoomName, HookEntry)>> {
    let select = "SELECT room, number, name, mentions,
            (SELECT names.name FROM names WHERE names.person = hooks.person)
        FROM hooks WHERE ?1 IS NULL OR room_key = ?1 ORDER BY number";
    let mut select = db.prepare_cached(select)?;
    let hooks = select.query_map([room.map(|room| &**room.key())], |row| {
        let by: Option<String> = row.get(4)?;
        let entry = HookEntry {
            hook: row.get(1)?,
            name: checked(2, UserName::known(row.get_ref(2)?.as_str()?))?,
            mentions: row.get(3)?,
            by: checked(4, by.as_deref().map(UserName::known).transpose())?,
        };
        Ok((checked(0, RoomName::known(row.get_ref(0)?.as_str()?))?, entry))
    })?;
    hooks.collect()
}

/// What a list of hooks costs at least, in bytes of reading.
pub(in crate::log) const HOOKS_COST: u64 = 400 * ROOM_HOOKS_MAX.unsigned_abs();
