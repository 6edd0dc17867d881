//! The step of the schema with which it is kept what persons have read, and what mentions them.
//!
//! This file does not know how the database is opened.

/// What makes a database with markers and mentions from one without.
pub(super) const STEP: &[&str] = &[MENTIONS, MARKERS];

/// Whom a message mentions: as the message tells it, one name in a line, and everybody (1 all, 2 here); and each
/// person who may read it, by name (0) or with everybody (1).
const MENTIONS: &str = "
    ALTER TABLE messages ADD COLUMN mentions TEXT;
    ALTER TABLE messages ADD COLUMN everybody INTEGER;
    CREATE TABLE mentions (
        person INTEGER NOT NULL,
        room INTEGER NOT NULL,
        message INTEGER NOT NULL,
        everybody INTEGER NOT NULL,
        PRIMARY KEY (person, room, message)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX mentions_in_order ON mentions (person, message);
    CREATE INDEX mentions_by_message ON mentions (message);
";

/// Up to where a person has read a room. Without a row that is `markers_from`: what is older than all markers
/// counts as read. The databases of a cluster get that with the first event that their older servers do not
/// know, so that all of them have the same.
const MARKERS: &str = "
    CREATE TABLE markers (
        person INTEGER NOT NULL,
        room INTEGER NOT NULL,
        read INTEGER NOT NULL,
        PRIMARY KEY (person, room)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX markers_by_room ON markers (room);
    ALTER TABLE kept_rooms ADD COLUMN marked INTEGER;
    ALTER TABLE log ADD COLUMN markers_from INTEGER;
    UPDATE log SET markers_from = max(last, upto, (SELECT coalesce(max(id), 0) FROM messages))
        WHERE NOT EXISTS (SELECT 1 FROM cluster);
";
