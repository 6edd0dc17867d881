//! The log: messages through the whole append path, beside what SQLite itself can do on this
//! machine; and replays from memory and from the file.

#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]

use divan::Bencher;
use divan::counter::ItemsCount;
use rusqlite::{Connection, params};
use server::bench::Keeper;

/// Messages of one run of an append.
const MESSAGES: usize = 50_000;
const ROOMS: usize = 100;

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn append(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let keep = || {
        let file = folder.path().join(format!("{}.db", fastrand::u64(..)));
        let keeper = Keeper::open(&file).unwrap();
        let rooms: Vec<_> = (0..ROOMS).map(|n| keeper.room(n).unwrap()).collect();
        (keeper, rooms)
    };
    bencher.counter(ItemsCount::new(MESSAGES)).with_inputs(keep).bench_local_values(
        |(keeper, rooms)| {
            keeper.append(&rooms, MESSAGES).unwrap();
            drop(rooms);
            keeper.close().unwrap();
        },
    );
}

/// The same rows and indexes in transactions of the same size, with nothing around them.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn sqlite_alone(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let db = Connection::open(folder.path().join(format!("{}.db", fastrand::u64(..)))).unwrap();
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;
             CREATE TABLE messages (id INTEGER PRIMARY KEY, room INTEGER NOT NULL,
                 author TEXT NOT NULL, author_key TEXT NOT NULL, content TEXT NOT NULL,
                 at INTEGER NOT NULL, ref TEXT) STRICT;
             CREATE INDEX by_room ON messages (room, id);",
        )
        .unwrap();
        db
    };
    let content = "x".repeat(100);
    bencher.counter(ItemsCount::new(MESSAGES)).with_inputs(open).bench_local_values(|mut db| {
        for first in (0..MESSAGES).step_by(256) {
            let transaction = db.transaction().unwrap();
            let insert = "INSERT INTO messages VALUES (?1, ?2, ?3, ?3, ?4, ?5, NULL)";
            let mut insert = transaction.prepare_cached(insert).unwrap();
            for n in (first..MESSAGES.min(first + 256)).map(|n| n as i64) {
                let room = n % ROOMS as i64;
                insert.execute(params![n, room, "bench", content, n]).unwrap();
            }
            drop(insert);
            transaction.commit().unwrap();
        }
    });
}

/// A page of 50: the newest of a room somebody is in, and one further back.
#[divan::bench(args = ["newest", "older"])]
fn replay(bencher: Bencher<'_, '_>, which: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nebula.db");
    let keeper = Keeper::open(&file).unwrap();
    let room = keeper.room(0).unwrap();
    keeper.append(&[room], 10_000).unwrap();
    keeper.close().unwrap();
    let keeper = Keeper::open(&file).unwrap();
    let room = keeper.room(0).unwrap();
    let (_, mut before) = keeper.page(&room, None).unwrap();
    for _ in 0..20 {
        (_, before) = keeper.page(&room, before).unwrap();
    }
    let before = before.filter(|_| which == "older");
    bencher.bench_local(|| keeper.page(&room, before).unwrap());
}

/// A page of 200 of the file, without reactions, and with twenty people's on each message, of one kind and of four.
#[divan::bench(args = [0, 1, 4])]
fn page_with_reactions(bencher: Bencher<'_, '_>, kinds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nebula.db");
    let keeper = Keeper::open(&file).unwrap();
    keeper.append(&[keeper.room(0).unwrap()], 1_000).unwrap();
    keeper.close().unwrap();
    let kind = |kind: usize| {
        let users: Vec<_> = (0..20 / kinds).map(|n| format!("\"person {n}\"")).collect();
        let emoji = ["👍", "🚀", "🎉", "👀"][kind];
        format!(r#"{{"emoji":"{emoji}","count":{},"users":[{}]}}"#, users.len(), users.join(","))
    };
    let list: Vec<_> = (0..kinds).map(kind).collect();
    let list = (kinds > 0).then(|| format!("[{}]", list.join(",")));
    let put = "UPDATE messages SET reactions = ?1, change = id + 5000000";
    Connection::open(&file).unwrap().execute(put, [list]).unwrap();
    let keeper = Keeper::open(&file).unwrap();
    let room = keeper.room(0).unwrap();
    let (_, first) = keeper.page_of(&room, None, 200).unwrap();
    bencher.bench_local(|| keeper.page_of(&room, first, 200).unwrap());
}
