//! Searching in as many messages as the argument says (a million if there is none): how long the index takes to be
//! filled, and searches for rare and common words, parts of sentences without spaces, phrases and filters.

#![allow(clippy::cast_possible_truncation, reason = "the numbers of a bench are small")]

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use server::bench::{Failed, Keeper};

const ROOMS: usize = 50;
const AUTHORS: usize = 200;
const MESSAGES: usize = 1_000_000;
/// Words of the vocabulary. The n-th is said about n times less often than the first, as in real texts.
const WORDS: usize = 50_000;
/// Searches of each kind.
const TURNS: usize = 100;
/// A message in so many is written without spaces.
const UNSPACED_EACH: usize = 10;
/// The last message has this word alone.
const LAST: &str = "lastword";

fn main() -> Result<(), Failed> {
    let messages = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(MESSAGES);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("nebula.db");
    fill(&path, messages)?;
    let without = std::fs::metadata(&path)?.len();
    let begun = Instant::now();
    let keeper = Keeper::open(&path)?;
    while keeper.search(LAST)? == 0 {
        std::thread::yield_now();
    }
    let took = begun.elapsed();
    let rate = messages as f64 / took.as_secs_f64();
    println!("{messages} messages are in the index after {took:.1?}: {rate:.0} a second");
    let all = measure(&keeper)?;
    keeper.close()?;
    let with = std::fs::metadata(&path)?.len();
    println!("the file has {} MiB without the index, {} with it", without >> 20, with >> 20);
    println!("of all searches: p50 {:.1?}, p95 {:.1?}", at(&all, 50), at(&all, 95));
    Ok(())
}

/// Rooms and their tables are made by the log itself, the messages by hand: it is the fastest way.
fn fill(path: &Path, messages: usize) -> Result<(), Failed> {
    let keeper = Keeper::open(path)?;
    let rooms = (0..ROOMS).map(|n| keeper.room(n)).collect::<Result<Vec<_>, _>>()?;
    keeper.append(&rooms, ROOMS)?;
    drop(rooms);
    keeper.close()?;
    let mut random = fastrand::Rng::with_seed(1);
    let mut db = Connection::open(path)?;
    let first: i64 = db.query_row("SELECT max(id) + 1 FROM messages", [], |row| row.get(0))?;
    let transaction = db.transaction()?;
    let insert = "INSERT INTO messages (id, room, author, owner, content, at)
        SELECT ?1, rooms.id, ?2, ?2, ?3, ?1 / 1000 FROM rooms WHERE key = ?4";
    let mut insert = transaction.prepare(insert)?;
    for (n, id) in (1..=messages).zip(first..) {
        let text = if n == messages { LAST.to_owned() } else { text(&mut random, n) };
        let author = format!("author{}", random.usize(..AUTHORS));
        insert.execute(params![id, author, text, format!("r{}", random.usize(..ROOMS))])?;
    }
    drop(insert);
    Ok(transaction.commit()?)
}

fn text(random: &mut fastrand::Rng, n: usize) -> String {
    if n.is_multiple_of(UNSPACED_EACH) {
        let place = |number| u32::try_from(number).unwrap_or_default();
        let signs = (0..20).map(|_| char::from_u32(0x4e00 + place(rank(random, 3_000))));
        return signs.map(|sign| sign.unwrap_or('一')).collect();
    }
    let words: Vec<_> = (0..12).map(|_| word(rank(random, WORDS))).collect();
    words.join(" ")
}

/// A number below `count`, the smaller the more often.
fn rank(random: &mut fastrand::Rng, count: usize) -> usize {
    let rank = (count as f64).powf(random.f64());
    (rank as usize).clamp(1, count) - 1
}

fn word(number: usize) -> String {
    format!("w{number:x}")
}

/// A query of a kind, another one each time.
type Query<'a> = &'a dyn Fn(&mut fastrand::Rng) -> String;

fn measure(keeper: &Keeper) -> Result<Vec<Duration>, Failed> {
    let mut random = fastrand::Rng::with_seed(2);
    let mut all = Vec::new();
    let kinds: [(&str, Query<'_>); 9] = [
        ("a rare word", &|random| word(random.usize(WORDS / 2..WORDS))),
        ("a common word", &|random| word(random.usize(..20))),
        ("two common words", &|random| format!("{} {}", word(random.usize(..20)), word(7))),
        ("a phrase of two", &|random| format!("\"{} {}\"", word(random.usize(..20)), word(3))),
        ("a prefix", &|random| format!("{}*", word(random.usize(16..256)))),
        ("two Chinese characters", &|random| {
            let sign = |n| char::from_u32(0x4e00 + n).unwrap_or('一');
            format!("{}{}", sign(random.u32(..500)), sign(random.u32(..50)))
        }),
        ("common, of one author", &|random| {
            format!("{} from:author{}", word(1), random.usize(..9))
        }),
        ("common, in one room", &|random| format!("{} in:r{}", word(2), random.usize(..ROOMS))),
        ("common, without another", &|random| format!("{} -{}", word(2), word(random.usize(..9)))),
    ];
    for (kind, query) in kinds {
        let mut times = Vec::new();
        let mut hits = 0;
        for _ in 0..TURNS {
            let query = query(&mut random);
            let begun = Instant::now();
            hits += keeper.search(&query)?;
            times.push(begun.elapsed());
        }
        times.sort();
        let (half, most) = (at(&times, 50), at(&times, 95));
        println!("{kind:<24} p50 {half:>8.1?}  p95 {most:>8.1?}  {} hits each", hits / TURNS);
        all.append(&mut times);
    }
    all.sort();
    Ok(all)
}

/// The time that so many of a hundred stay within.
fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get(sorted.len() * percent / 100).copied().unwrap_or_default()
}
