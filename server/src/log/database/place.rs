//! How far a database has come in the order that the nodes of a cluster share: one row for the order, one
//! for each node. Read at the start; written in the transaction of what was applied.
//!
//! This file does not know records, or what follows from them.

use protocol::Epoch;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::log::database::column::{checked, signed, unsigned};
use crate::log::order::fence::{Fence, Life};
use crate::log::order::name::NodeName;
use crate::log::order::verify::Hash;
use crate::log::order::verify::Seen;
use crate::log::time::clock::Clock;

/// How far a database has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The newest record that was applied, and the hash over all of them.
    pub(crate) seen: Seen,
    /// The hash of that record alone.
    pub(crate) newest: Hash,
    pub(crate) fence: Fence,
    /// The newest id and time that were given.
    pub(crate) clock: Clock,
}

/// Which cluster a database belongs to; none is a server that is alone.
pub(crate) fn cluster(db: &Connection) -> rusqlite::Result<Option<Epoch>> {
    let select = "SELECT id FROM cluster";
    let found =
        db.query_row(select, [], |row| checked(0, Epoch::try_from(row.get_ref(0)?.as_str()?)));
    found.optional()
}

/// The place of a database that belongs to a cluster; the clock is the database's own.
pub(crate) fn load(db: &Connection, clock: Clock) -> rusqlite::Result<Option<Place>> {
    let select = "SELECT seq, hash, newest FROM cluster";
    let found = db.query_row(select, [], |row| {
        let seen = Seen { seq: unsigned(row, 0)?, hash: hash(row, 1)? };
        Ok((seen, hash(row, 2)?))
    });
    let Some((seen, newest)) = found.optional()? else { return Ok(None) };
    let mut nodes = db.prepare("SELECT node, era, number, alive FROM nodes")?;
    let nodes = nodes.query_map([], |row| {
        let node: NodeName = checked(0, row.get_ref(0)?.as_str()?.parse())?;
        let (era, number) = (unsigned(row, 1)?, unsigned(row, 2)?);
        Ok((node, Life { era, number, is_alive: row.get(3)? }))
    })?;
    let fence = Fence::new(nodes.collect::<rusqlite::Result<Vec<_>>>()?);
    Ok(Some(Place { seen, newest, fence, clock }))
}

/// The database belongs to a cluster from now on, and has applied nothing of its order. It is the same log
/// as all others of the cluster.
pub(crate) fn enter(db: &Connection, cluster: &Epoch) -> rusqlite::Result<()> {
    if !has_history(db)? {
        // A server that was started once has noted the time: all nodes begin with the same.
        db.execute_batch("UPDATE log SET last = 0, last_at = 0; DELETE FROM clock;")?;
    }
    leave(db)?;
    let empty = Hash::default();
    let insert = "INSERT INTO cluster (one, id, seq, hash, newest) VALUES (1, ?1, 0, ?2, ?2)";
    db.execute(insert, params![cluster.as_str(), empty])?;
    same_log(db, cluster)
}

/// Clients hear that it is the same log as those of the other nodes.
pub(crate) fn same_log(db: &Connection, cluster: &Epoch) -> rusqlite::Result<()> {
    db.execute("UPDATE log SET epoch = ?1 WHERE epoch <> ?1", [cluster.as_str()]).map(drop)
}

/// It belongs to none.
pub(crate) fn leave(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("DELETE FROM cluster; DELETE FROM nodes;")
}

/// Whether anything lasts in it: messages, names, bans, or what is left of them.
pub(crate) fn has_history(db: &Connection) -> rusqlite::Result<bool> {
    let select = "SELECT (SELECT upto FROM log) > 0
        OR EXISTS (SELECT 1 FROM messages) OR EXISTS (SELECT 1 FROM topics)
        OR EXISTS (SELECT 1 FROM persons) OR EXISTS (SELECT 1 FROM sanctions)";
    db.query_row(select, [], |row| row.get(0))
}

/// Stores what has changed.
pub(crate) fn save(db: &Connection, before: &Place, now: &Place) -> rusqlite::Result<()> {
    let update = "UPDATE cluster SET seq = ?1, hash = ?2, newest = ?3";
    let Seen { seq, hash } = now.seen;
    db.prepare_cached(update)?.execute(params![signed(seq), hash, now.newest])?;
    let update = "UPDATE log SET last = ?1, last_at = ?2";
    let Clock { last_id, last_at } = now.clock;
    db.prepare_cached(update)?.execute([signed(last_id), signed(last_at)])?;
    for (node, _) in before.fence.lives().filter(|(node, _)| now.fence.life(node).is_none()) {
        db.execute("DELETE FROM nodes WHERE node = ?1", [node.as_str()])?;
    }
    let insert = "INSERT OR REPLACE INTO nodes (node, era, number, alive) VALUES (?1, ?2, ?3, ?4)";
    for (node, life) in now.fence.lives().filter(|(n, life)| before.fence.life(n) != Some(**life)) {
        let row = params![node.as_str(), signed(life.era), signed(life.number), life.is_alive];
        db.prepare_cached(insert)?.execute(row)?;
    }
    Ok(())
}

fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    checked(column, Hash::try_from(row.get_ref(column)?.as_blob()?))
}
