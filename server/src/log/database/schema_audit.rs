//! The step of the schema with which it is kept who did what to whom.
//!
//! This file does not know how the database is opened.

/// What makes a database that keeps it from one that does not.
pub(super) const STEP: &[&str] = &[AUDIT];

/// Who did what (none is the operator), to whom, where (none is the whole server); which message, invite or device;
/// until when; and the words with it. No number is given twice.
const AUDIT: &str = "
    CREATE TABLE audit (
        entry INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        did TEXT NOT NULL,
        by TEXT,
        whom TEXT,
        room TEXT,
        number INTEGER,
        until INTEGER,
        text TEXT
    ) STRICT;
";
