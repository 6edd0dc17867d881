//! The step of the schema with which rooms belong to people.
//!
//! It was released: it is never changed. This file does not know how the database is opened.

/// What makes a database with rooms of people from one without.
pub(super) const STEP: &[&str] = &[KINDS, RENAMED, MEMBERS, KEPT];

/// A room has a kind (0 open, 1 private, 2 direct, 3 one that has ended), a spelling, and what it is found and
/// sorted by: the folded title of a private room, the key of another one, and the folded topic.
const KINDS: &str = "
    ALTER TABLE rooms ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN name TEXT NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN title TEXT;
    ALTER TABLE rooms ADD COLUMN sort TEXT NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN topic_key TEXT NOT NULL DEFAULT '';
";

/// Open rooms whose names begin with a sign of private or direct rooms get one with a hyphen in its place. If
/// another room has that, the number of the room follows; a third name that nobody can have made up is for
/// who expected this.
const RENAMED: &str = "
    CREATE TEMP TABLE old_keys AS SELECT id, key FROM rooms WHERE substr(key, 1, 1) IN ('+', '@');
    UPDATE OR IGNORE rooms SET key = '-' || substr(key, 2)
        WHERE substr(key, 1, 1) IN ('+', '@');
    UPDATE OR IGNORE rooms SET key = '-' || substr(key, 2, 40) || '-' || id
        WHERE substr(key, 1, 1) IN ('+', '@');
    UPDATE OR IGNORE rooms SET key = '-' || id || '-' || lower(hex(randomblob(16)))
        WHERE substr(key, 1, 1) IN ('+', '@');
    UPDATE OR REPLACE sanctions SET
        room = (SELECT rooms.key FROM rooms JOIN old_keys USING (id)
            WHERE old_keys.key = sanctions.room_key),
        room_key = (SELECT rooms.key FROM rooms JOIN old_keys USING (id)
            WHERE old_keys.key = sanctions.room_key)
        WHERE room_key IN (SELECT key FROM old_keys);
    DELETE FROM sanctions WHERE substr(room_key, 1, 1) IN ('+', '@');
    DROP TABLE old_keys;
    UPDATE rooms SET name = key, sort = key;
    CREATE INDEX rooms_open ON rooms (sort, key, topic_key) WHERE kind = 0;
    CREATE INDEX rooms_ended ON rooms (id) WHERE kind = 3;
";

/// Who has a role in a room (1 owner, 2 moderator, 3 member): since which event and time, by whom, and as they
/// were spelt then. In an open room only owner and moderators have one. A direct room is found by its persons,
/// whose numbers ascend.
const MEMBERS: &str = "
    CREATE TABLE members (
        room INTEGER NOT NULL,
        person INTEGER NOT NULL,
        role INTEGER NOT NULL,
        since INTEGER NOT NULL,
        at INTEGER NOT NULL,
        by TEXT NOT NULL,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        sort TEXT NOT NULL,
        PRIMARY KEY (room, person)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX members_by_person ON members (person, sort);
    CREATE INDEX owners ON members (person, room) WHERE role = 1;
    CREATE TABLE directs (
        people TEXT PRIMARY KEY,
        room INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX subjects_by_person ON subjects (person);
";

/// How persons keep rooms, by folded name or address, and what they did lately to rooms under a `ref`, as they
/// were told.
const KEPT: &str = "
    CREATE TABLE kept_rooms (
        person INTEGER NOT NULL,
        room_key TEXT NOT NULL,
        room TEXT NOT NULL,
        joined INTEGER NOT NULL,
        muted INTEGER NOT NULL,
        place INTEGER,
        id INTEGER NOT NULL,
        PRIMARY KEY (person, room_key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE answers (
        person INTEGER NOT NULL,
        ref TEXT NOT NULL,
        id INTEGER NOT NULL,
        room INTEGER,
        told TEXT NOT NULL,
        PRIMARY KEY (person, ref)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX answers_by_room ON answers (room) WHERE room IS NOT NULL;
";
