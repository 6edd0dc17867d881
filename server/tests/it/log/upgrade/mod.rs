//! Databases that earlier servers left behind, one for each version of the schema: the first start
//! brings them up to date. `tests/schemas/README.md` says what is in them.

mod interrupted;
mod messages;
mod operators;
mod people;
mod reading;
mod rooms;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use protocol::History;
use rusqlite::Connection;
use server::{Config, Db};
use tempfile::TempDir;

use crate::people::moderation;
use crate::support::harness::{TestServer, query};

/// The versions of which there is a file.
const OLDEST: u32 = 1;
const NEWEST: u32 = 11;
/// A step that no released server ended with.
const BETWEEN: u32 = 9;
/// The last one before rooms belonged to people.
const BEFORE_ROOMS: u32 = 8;
/// Names are kept, there are moderators, and messages are deleted since this version.
const NAMES: u32 = 2;
/// Old messages are cleared away since this version.
const RETENTION: u32 = 3;

/// Rooms belong to people since this version.
const ROOMS: u32 = 10;
/// Messages are edited, replied and reacted to since this version.
const CHANGES: u32 = 11;
/// Rooms are about something since this version.
const TOPICS: u32 = 7;

/// The room with an ASCII name, and the other.
const DEV: &str = "dev";
const OTHER: &str = "Überraum 東";

/// The keys of people in the files.
const BEA: u8 = 1;
const EVE: u8 = 5;
const KIM: u8 = 6;
const FIRST_ZOE: u8 = 7;
const SECOND_ZOE: u8 = 8;
/// Nobody's keys yet.
const STRANGER: u8 = 20;
const READER: u8 = 21;

/// A copy of the database of one version.
struct Old {
    version: u32,
    folder: TempDir,
}

/// A message as it stood in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    id: u64,
    /// Folded.
    room: String,
    author: String,
    /// Empty if it was deleted.
    content: String,
    at: u64,
    reference: Option<String>,
}

impl Old {
    fn of(version: u32) -> Self {
        let old = Old { version, folder: tempfile::tempdir().unwrap() };
        let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
        fs::copy(files.join(format!("v{version}.db")), old.path()).unwrap();
        if version >= NAMES {
            // Every mute ends, and the files grow older than the longest.
            let hour = UNIX_EPOCH.elapsed().unwrap() + Duration::from_secs(60 * 60);
            let later = i64::try_from(hour.as_millis()).unwrap();
            let put_off = "UPDATE sanctions SET until = ?1 WHERE until IS NOT NULL";
            assert_eq!(old.db().execute(put_off, [later]).unwrap(), 4);
        }
        old
    }

    /// One of each version from this one on.
    fn since(version: u32) -> impl Iterator<Item = Self> {
        (version.max(OLDEST)..=NEWEST).filter(|it| *it != BETWEEN).map(Old::of)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("nebula.db")
    }

    fn db(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn schema_version(&self) -> u32 {
        self.db().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    /// The files are older than most things last.
    fn config(&self) -> Config {
        let mut config = moderation::config(self.folder.path());
        config.db = Db::File(self.path());
        config.name_expiry = Duration::ZERO;
        config.upkeep.accept_clock = true;
        config
    }

    async fn start(&self) -> TestServer {
        TestServer::start_with(self.config()).await
    }

    /// All messages, before a server has changed the file.
    fn said(&self) -> Vec<Said> {
        let db = self.db();
        let mut select = db
            .prepare(
                "SELECT m.id, r.key, m.author, m.content, m.at, m.ref
                 FROM messages m JOIN rooms r ON r.id = m.room ORDER BY m.id",
            )
            .unwrap();
        let rows = select.query_map([], |row| {
            Ok(Said {
                id: row.get::<_, i64>(0)?.cast_unsigned(),
                room: row.get(1)?,
                author: row.get(2)?,
                content: row.get(3)?,
                at: row.get::<_, i64>(4)?.cast_unsigned(),
                reference: row.get(5)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }
}

/// What somebody hears who comes into a room and has what it says up to an id.
async fn resume(server: &TestServer, room: &str, since: u64) -> History {
    let query = query(room, "Reader", &format!("&since={since}"));
    server.connect_with(&query, Some(READER)).await.history().await
}
