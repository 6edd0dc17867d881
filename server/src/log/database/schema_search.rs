//! The step of the schema with which messages are found by their words.
//!
//! This file does not know how the database is opened.

/// What makes a database with an index of words from one without.
pub(super) const STEP: &[&str] = &[INDEX];

/// The index holds no text, only where each word is, so an entry is taken out by what was put in; and then nothing of it
/// stays, as `secure-delete` says. Words come as they are compared, with spaces between them: what is not ASCII is part
/// of a word for this tokenizer. Messages up to `upto` are in it: at first none, and they come in while the server runs.
const INDEX: &str = "
    CREATE VIRTUAL TABLE search USING fts5 (
        text, about, content = '', columnsize = 0, tokenize = 'ascii'
    );
    INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
    CREATE TABLE indexed (upto INTEGER NOT NULL) STRICT;
    INSERT INTO indexed VALUES (0);
";
