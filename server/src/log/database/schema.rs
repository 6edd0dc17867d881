//! The schema: what makes a database of each version from that of the version before.
//!
//! A step that was released is never changed: databases of its version are out there. This file does
//! not know how the database is opened.

use rusqlite::Connection;

use super::{
    schema_audit, schema_bots, schema_hooks, schema_reading, schema_rooms, schema_search,
    schema_transfer, schema_webhooks,
};

/// Marks a database as ours, at offset 68 of the file: "Nebu" (SQLite's file format, 1.3).
pub(in crate::log) const APPLICATION_ID: i32 = 0x4E65_6275;
/// Grows with every step of the schema.
pub(in crate::log) const SCHEMA_VERSION: i32 = 18;

/// What makes a database of each version from that of the version before.
const SCHEMAS: [&[&str]; SCHEMA_VERSION as usize] = [
    &[MESSAGES],
    &[NAMES_AND_SANCTIONS, DELETIONS],
    &[CLEARED],
    &[CLOCK],
    &[LOG, FORGET_EMPTY_ROOMS],
    &[PERSONS, MESSAGES_OF_PERSONS, SANCTIONS_OF_PERSONS, ORDER],
    &[TOPICS],
    &[CLUSTER],
    &[DEVICES, INVITES],
    ROOMS_OF_PEOPLE,
    &[CHANGES_OF_MESSAGES],
    schema_reading::STEP,
    schema_search::STEP,
    schema_hooks::STEP,
    schema_transfer::STEP,
    schema_audit::STEP,
    schema_bots::STEP,
    schema_webhooks::STEP,
];

/// `messages` is appended to at its right edge, whatever the room; `by_room` serves every read;
/// `by_ref` makes a resend the first message again. A message without content was deleted.
const MESSAGES: &str = "
    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        author TEXT NOT NULL,
        author_key TEXT NOT NULL,
        content TEXT NOT NULL,
        at INTEGER NOT NULL,
        ref TEXT
    ) STRICT;
    CREATE INDEX by_room ON messages (room, id);
    CREATE UNIQUE INDEX by_ref ON messages (room, author_key, ref) WHERE ref IS NOT NULL;
";

/// Names and whose they are, bans and mutes: each by its folded name.
const NAMES_AND_SANCTIONS: &str = "
    CREATE TABLE names (
        key TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        hash BLOB NOT NULL,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sanctions (
        kind INTEGER NOT NULL,
        room_key TEXT NOT NULL,
        user_key TEXT NOT NULL,
        room TEXT,
        user TEXT NOT NULL,
        hash BLOB,
        until INTEGER,
        reason TEXT,
        author TEXT NOT NULL,
        PRIMARY KEY (kind, room_key, user_key)
    ) STRICT, WITHOUT ROWID;
";

/// Deletions have ids of their own in the one order of messages; a message is deleted once.
const DELETIONS: &str = "
    CREATE TABLE deletions (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        message INTEGER NOT NULL UNIQUE,
        author TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX deletions_by_room ON deletions (room, id);
";

/// Up to which id the old end of a room was cleared away, and the newest deletion that went with it,
/// if there was one.
const CLEARED: &str = "
    CREATE TABLE cleared (
        room INTEGER PRIMARY KEY,
        upto INTEGER NOT NULL,
        at INTEGER NOT NULL,
        deletion INTEGER
    ) STRICT;
";

/// Up to when time has passed for certain, in one row: what a clock has to be near to, to be believed.
const CLOCK: &str = "
    CREATE TABLE clock (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        known INTEGER NOT NULL
    ) STRICT;
";

/// What is true of the log as a whole, in one row. The epoch is another one in each new database and
/// in each copy, so that clients notice when a backup takes the place of what they know. The others
/// are the newest id with its time, and the newest deletion, of all rooms that were forgotten, since nothing is left of them.
const LOG: &str = "
    CREATE TABLE log (
        epoch TEXT NOT NULL,
        upto INTEGER NOT NULL DEFAULT 0,
        at INTEGER NOT NULL DEFAULT 0,
        deletion INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO log (epoch) VALUES (lower(hex(randomblob(8))));
";
/// Forgets rooms of which all was cleared away.
const FORGET_EMPTY_ROOMS: &str = "
    CREATE TEMP TABLE gone AS SELECT id FROM rooms
        WHERE NOT EXISTS (SELECT 1 FROM messages WHERE room = rooms.id)
        AND NOT EXISTS (SELECT 1 FROM deletions WHERE room = rooms.id);
    UPDATE log SET
        upto = max(upto, (SELECT coalesce(max(upto), 0) FROM cleared WHERE room IN gone)),
        at = coalesce((SELECT at FROM cleared WHERE room IN gone ORDER BY upto DESC LIMIT 1), 0),
        deletion =
            max(deletion, (SELECT coalesce(max(deletion), 0) FROM cleared WHERE room IN gone));
    DELETE FROM cleared WHERE room IN gone;
    DELETE FROM rooms WHERE id IN gone;
    DROP TABLE gone;
";
/// Makes a copy's epoch another one. What an older server wrote has none yet.
pub(in crate::log) const RENEW_EPOCH: &str = "UPDATE log SET epoch = lower(hex(randomblob(8)))";

/// A person is a number, to whom names, keys and subjects of tokens point. Who has a kept name at this
/// moment gets one after all ids that were given.
const PERSONS: &str = "
    CREATE TABLE persons (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE keys (
        hash BLOB NOT NULL,
        person INTEGER NOT NULL,
        PRIMARY KEY (hash, person)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX keys_by_person ON keys (person);
    CREATE TABLE subjects (
        key TEXT PRIMARY KEY,
        person INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE names RENAME TO old_names;
    CREATE TABLE names (
        key TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        person INTEGER NOT NULL UNIQUE,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TEMP TABLE owners AS
        SELECT key AS name, hash FROM old_names
        UNION ALL
        SELECT NULL, hash FROM sanctions WHERE hash IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM old_names WHERE key = user_key
                AND old_names.hash = sanctions.hash)
            GROUP BY hash;
    CREATE TEMP TABLE given AS SELECT max(
        (SELECT coalesce(max(id), 0) FROM messages), (SELECT coalesce(max(id), 0) FROM deletions),
        (SELECT coalesce(max(upto), 0) FROM cleared), (SELECT upto FROM log)) AS id;
    INSERT INTO persons SELECT given.id + owners.rowid FROM owners, given;
    INSERT INTO keys SELECT hash, given.id + owners.rowid FROM owners, given;
    INSERT INTO names SELECT key, old_names.name, given.id + owners.rowid, used
        FROM old_names JOIN owners ON owners.name = key, given;
    DROP TABLE old_names;
";

/// What a message is now: its text, the newest event that changed it, who deleted it. Its owner is a
/// person, or, as a text, the folded name of whoever had no number.
const MESSAGES_OF_PERSONS: &str = "
    ALTER TABLE messages RENAME TO old_messages;
    DROP INDEX by_room;
    DROP INDEX by_ref;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        author TEXT NOT NULL,
        owner ANY NOT NULL,
        content TEXT NOT NULL,
        at INTEGER NOT NULL,
        ref TEXT,
        change INTEGER,
        changed_at INTEGER,
        deleted_by TEXT
    ) STRICT;
    INSERT INTO messages SELECT m.id, m.room, m.author,
            coalesce((SELECT person FROM names WHERE key = m.author_key), m.author_key),
            m.content, m.at, m.ref, d.id, d.at, d.author
        FROM old_messages m LEFT JOIN deletions d ON d.message = m.id ORDER BY m.id;
    DROP TABLE old_messages;
    DROP TABLE deletions;
    CREATE INDEX by_room ON messages (room, id);
    CREATE UNIQUE INDEX by_ref ON messages (room, owner, ref) WHERE ref IS NOT NULL;
    CREATE INDEX by_change ON messages (room, change) WHERE change IS NOT NULL;
    ALTER TABLE cleared RENAME COLUMN deletion TO change;
    ALTER TABLE log RENAME COLUMN deletion TO change;
";

/// A ban or a mute is a person's, where it held for a key, and its id is that of the event. One that was
/// imposed on a name that the key no longer has is that of the key's person without a name; of several
/// that are the same person's then, the longest stays.
const SANCTIONS_OF_PERSONS: &str = "
    ALTER TABLE sanctions RENAME TO old_sanctions;
    CREATE TABLE sanctions (
        kind INTEGER NOT NULL,
        room_key TEXT NOT NULL,
        owner ANY NOT NULL,
        id INTEGER NOT NULL,
        room TEXT,
        user_key TEXT NOT NULL,
        user TEXT NOT NULL,
        hash BLOB,
        until INTEGER,
        reason TEXT,
        author TEXT NOT NULL,
        PRIMARY KEY (kind, room_key, owner)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO sanctions SELECT kind, room_key,
            coalesce(
                (SELECT names.person FROM names JOIN keys USING (person)
                    WHERE names.key = user_key AND keys.hash = s.hash),
                (SELECT person FROM keys WHERE keys.hash = s.hash
                    ORDER BY person IN (SELECT person FROM names), person LIMIT 1),
                user_key),
            0, room, user_key, user, hash, until, reason, author
        FROM old_sanctions s WHERE true
        ORDER BY until IS NULL DESC, until DESC
        ON CONFLICT DO NOTHING;
    DROP TABLE old_sanctions;
";

/// Where the order ended, unless a message came after it.
const ORDER: &str = "
    ALTER TABLE log ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE log ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
    UPDATE log SET last = (SELECT max(given.id, (SELECT coalesce(max(id), 0) FROM persons))
            FROM given),
        last_at = coalesce((SELECT at FROM (
            SELECT * FROM (SELECT id, at FROM messages ORDER BY id DESC LIMIT 1)
            UNION ALL SELECT * FROM (
                SELECT change, changed_at FROM messages ORDER BY change DESC LIMIT 1)
            UNION ALL SELECT upto, at FROM cleared
            UNION ALL SELECT upto, at FROM log)
            ORDER BY id DESC LIMIT 1), 0);
    DROP TABLE owners;
    DROP TABLE given;
";

/// What rooms are about: the newest of a room holds, if it is not empty. The others are kept for their `ref`s,
/// as messages are. The owner is that of a message.
const TOPICS: &str = "
    CREATE TABLE topics (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        author TEXT NOT NULL,
        owner ANY NOT NULL,
        content TEXT NOT NULL,
        at INTEGER NOT NULL,
        ref TEXT
    ) STRICT;
    CREATE INDEX topics_by_room ON topics (room, id);
    CREATE UNIQUE INDEX topics_by_ref ON topics (room, owner, ref) WHERE ref IS NOT NULL;
";

/// How far the database has come in the order of a cluster; nothing if its server is alone. Of each node the
/// era and number of its newest record, and whether it lives.
const CLUSTER: &str = "
    CREATE TABLE cluster (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL,
        newest BLOB NOT NULL
    ) STRICT;
    CREATE TABLE nodes (
        node TEXT PRIMARY KEY,
        era INTEGER NOT NULL,
        number INTEGER NOT NULL,
        alive INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// The keys of a person are those of devices, with numbers of their own; the one that made the person stands for
/// all. A link is the hash of a code, and the key that it was used for: whoever is not sure uses it again.
const DEVICES: &str = "
    ALTER TABLE persons ADD COLUMN key BLOB;
    UPDATE persons SET key = (SELECT hash FROM keys WHERE person = persons.id);
    DROP INDEX keys_by_person;
    ALTER TABLE keys RENAME TO old_keys;
    CREATE TABLE keys (
        hash BLOB NOT NULL,
        person INTEGER NOT NULL,
        device INTEGER NOT NULL,
        label TEXT,
        added INTEGER NOT NULL,
        used INTEGER NOT NULL,
        revoked INTEGER,
        PRIMARY KEY (hash, person)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO keys SELECT hash, old_keys.person, 1, NULL,
            min(old_keys.person / 1000, coalesce(used, old_keys.person / 1000)),
            coalesce(used, old_keys.person / 1000), NULL
        FROM old_keys LEFT JOIN names ON names.person = old_keys.person;
    DROP TABLE old_keys;
    CREATE UNIQUE INDEX keys_by_person ON keys (person, device);
    CREATE TABLE links (
        code BLOB PRIMARY KEY,
        person INTEGER NOT NULL,
        until INTEGER NOT NULL,
        makes_room INTEGER NOT NULL,
        hash BLOB
    ) STRICT, WITHOUT ROWID;
";

/// Codes that let new people in, into the server too or into rooms alone, and who came by them. No number is given
/// twice.
const INVITES: &str = "
    CREATE TABLE invites (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        code BLOB NOT NULL,
        person INTEGER,
        uses INTEGER NOT NULL,
        until INTEGER NOT NULL,
        note TEXT,
        admits INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX invites_by_code ON invites (code);
    CREATE TABLE invite_rooms (
        invite INTEGER NOT NULL,
        room TEXT NOT NULL,
        PRIMARY KEY (invite, room)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE invited (
        invite INTEGER NOT NULL,
        id INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (invite, id)
    ) STRICT, WITHOUT ROWID;
";
/// Rooms that belong to people; their own file says what is in it.
const ROOMS_OF_PEOPLE: &[&str] = schema_rooms::STEP;

/// What a message answers, when it was edited, and what is on it, as pages hold it; whose that is; and what
/// people did to messages lately under a `ref`.
const CHANGES_OF_MESSAGES: &str = "
    ALTER TABLE messages ADD COLUMN reply INTEGER;
    ALTER TABLE messages ADD COLUMN edited INTEGER;
    ALTER TABLE messages ADD COLUMN reactions TEXT;
    CREATE TABLE reactions (
        message INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        person INTEGER NOT NULL,
        id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (message, emoji, person)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reactions_in_order ON reactions (message, emoji, id);
    CREATE TABLE done (
        person INTEGER NOT NULL,
        ref TEXT NOT NULL,
        kind INTEGER NOT NULL,
        message INTEGER NOT NULL,
        id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (person, ref)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX done_in_order ON done (person, id);
";

/// Takes a database from its version to ours.
pub(in crate::log) fn advance(db: &Connection, version: i32) -> rusqlite::Result<()> {
    let done = usize::try_from(version).unwrap_or_default();
    SCHEMAS.iter().skip(done).flat_map(|step| *step).try_for_each(|sql| db.execute_batch(sql))
}
