//! The step of the schema with which messages can come from elsewhere.
//!
//! This file does not know how the database is opened.

/// What makes a database that takes in messages from one that does not.
pub(super) const STEP: &[&str] = &[ORIGINS, INCOMING];

/// Which message it is among all that were ever said anywhere, if it was said elsewhere: it is taken in once.
const ORIGINS: &str = "
    ALTER TABLE messages ADD COLUMN origin TEXT;
    CREATE UNIQUE INDEX by_origin ON messages (room, origin) WHERE origin IS NOT NULL;
";

/// What an operator hands to the running server: it waits for a place in the order, and then says what became of
/// it. No number is given twice.
const INCOMING: &str = "
    CREATE TABLE incoming (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        act BLOB NOT NULL,
        became INTEGER
    ) STRICT;
";
