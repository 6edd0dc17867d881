//! The step of the schema with which hooks send what people say.
//!
//! This file does not know how the database is opened.

/// What makes a database with outgoing hooks from one without.
pub(super) const STEP: &[&str] = &[OUTGOING];

/// Where a hook sends to, with which key it signs, and whether it may send to addresses that are not public; all three
/// are nothing where others post to it. The key is kept as it is, since it signs. An outgoing hook's `secret` is empty,
/// which is no hash, so that nobody can post to it.
const OUTGOING: &str = "
    ALTER TABLE hooks ADD COLUMN url TEXT;
    ALTER TABLE hooks ADD COLUMN key BLOB;
    ALTER TABLE hooks ADD COLUMN private INTEGER;
";
