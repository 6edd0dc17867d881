//! The step of the schema with which bots have names of their own.
//!
//! This file does not know how the database is opened.

/// What makes a database with bots from one without.
pub(super) const STEP: &[&str] = &[BOTS, ANSWERS];

/// Which persons are programs: each has a token, of which the hash is kept, that opens rooms by patterns, one on a
/// line.
const BOTS: &str = "
    CREATE TABLE bots (
        person INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        token BLOB NOT NULL UNIQUE,
        rooms TEXT NOT NULL,
        reads_only INTEGER NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
";

/// Why what an operator handed to the running server was refused.
const ANSWERS: &str = "ALTER TABLE incoming ADD COLUMN why TEXT;";
