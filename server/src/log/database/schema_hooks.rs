//! The step of the schema with which other programs speak in rooms.
//!
//! This file does not know how the database is opened.

/// What makes a database with hooks from one without.
pub(super) const STEP: &[&str] = &[BOT, HOOKS];

/// Whether a program said a message: 1, or nothing.
const BOT: &str = "ALTER TABLE messages ADD COLUMN bot INTEGER;";

/// A hook speaks in one room under one name. Of its secret the hash is kept; no number is given twice. The person
/// is who made it; none is the operator.
const HOOKS: &str = "
    CREATE TABLE hooks (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        room_key TEXT NOT NULL,
        room TEXT NOT NULL,
        name TEXT NOT NULL,
        secret BLOB NOT NULL,
        mentions INTEGER NOT NULL,
        person INTEGER,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX hooks_by_room ON hooks (room_key);
";
