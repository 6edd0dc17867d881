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
use crate::webhooks::{HookUrl, OutgoingHook, SigningKey};

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
        Ok(Ok(of_room.into_iter().map(|it| it.entry).collect()))
    }
}

/// A hook, as the operator's list has it.
#[derive(Debug)]
pub(crate) struct ListedHook {
    pub(crate) room: RoomName,
    pub(crate) entry: HookEntry,
    /// Where it sends to, and whether that may be at an address that is not public; none if others post to it.
    pub(crate) sends: Option<(HookUrl, bool)>,
}

/// The hooks of a room, or all.
pub(in crate::log) fn listed(
    db: &Connection,
    room: Option<&RoomName>,
) -> rusqlite::Result<Vec<ListedHook>> {
    let select = "SELECT room, number, name, mentions,
            (SELECT names.name FROM names WHERE names.person = hooks.person), url, private
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
        let url: Option<String> = row.get(5)?;
        let url = checked(5, url.map(HookUrl::try_from).transpose())?;
        let sends = match url {
            Some(url) => Some((url, row.get(6)?)),
            None => None,
        };
        let room = checked(0, RoomName::known(row.get_ref(0)?.as_str()?))?;
        Ok(ListedHook { room, entry, sends })
    })?;
    hooks.collect()
}

/// The hooks that send, by number.
pub(in crate::log) fn outgoing(db: &Connection) -> rusqlite::Result<Vec<(u32, OutgoingHook)>> {
    let select = "SELECT number, room, name, url, key, private FROM hooks
        WHERE url IS NOT NULL ORDER BY number";
    let mut select = db.prepare(select)?;
    let hooks = select.query_map([], |row| {
        let hook = OutgoingHook {
            room: checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?,
            name: checked(2, UserName::known(row.get_ref(2)?.as_str()?))?,
            url: checked(3, HookUrl::try_from(row.get_ref(3)?.as_str()?))?,
            key: checked(4, SigningKey::try_from(row.get_ref(4)?.as_blob()?.to_vec()))?,
            allows_private: row.get(5)?,
        };
        Ok((row.get(0)?, hook))
    })?;
    hooks.collect()
}

/// What a list of hooks costs at least, in bytes of reading.
pub(in crate::log) const HOOKS_COST: u64 = 400 * ROOM_HOOKS_MAX.unsigned_abs();
