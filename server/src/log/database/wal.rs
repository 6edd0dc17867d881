//! Whether a write-ahead log belongs to the database beside it.
//!
//! SQLite goes by their names: it would write the pages of a log that another database left into the one
//! that now stands there. But both count: every commit that changes the first page of a database counts
//! up in that page, in the file and in the log (file format, 1.3.7). So the file has the count of one of the
//! log's first pages, or the one before. A server changes that page whenever it starts, so an older
//! copy of the same database counts less. Where a log began anew and has only commits that took no page yet,
//! nothing is counted in it, and nothing can be told. This file does not know what is kept in either.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The magic number of a log, but for its last bit, which tells the byte order of its checksums.
const MAGIC: u32 = 0x377f_0682;
/// SQLite's own bounds of a page's size.
const PAGE_BYTES: std::ops::RangeInclusive<u32> = 512..=65_536;
/// Where the first page of a database counts.
const COUNT_AT: usize = 24;

/// The first and the last count in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    first: u32,
    last: u32,
}

/// Whether a log can be that of a database that begins with these bytes. Where there is no log, or
/// nothing in it that counts, it can.
pub(in crate::log) fn is_own(log: &Path, header: &[u8]) -> io::Result<bool> {
    let log = match File::open(log) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let (Some(count), Some(counts)) = (word(header, COUNT_AT), counts(BufReader::new(log))?) else {
        return Ok(true);
    };
    // They begin anew after the last.
    let before = counts.first.wrapping_sub(1);
    Ok(count.wrapping_sub(before) <= counts.last.wrapping_sub(before))
}

/// What is counted in the commits that are whole. The log may end anywhere: in frames of an earlier
/// round, or in a commit that was cut off.
fn counts(mut log: impl Read) -> io::Result<Option<Counts>> {
    let Some(header) = take(&mut log, HEADER_BYTES)? else { return Ok(None) };
    let magic = word(&header, 0).unwrap_or_default();
    let page_bytes = word(&header, 8).unwrap_or_default();
    if magic & !1 != MAGIC || !PAGE_BYTES.contains(&page_bytes) {
        return Ok(None);
    }
    let mut sum = Sum { is_big_endian: magic & 1 == 1, so_far: [0, 0] };
    sum.add(&header[..24]);
    if !sum.is(&header[24..]) {
        return Ok(None);
    }
    let salts = &header[16..24];
    let (mut found, mut pending) = (None, None);
    while let Some(frame) = take(&mut log, FRAME_HEADER_BYTES + page_bytes as usize)? {
        let (head, page) = frame.split_at(FRAME_HEADER_BYTES);
        sum.add(&head[..8]);
        sum.add(page);
        if head[8..16] != *salts || !sum.is(&head[16..]) {
            break;
        }
        if word(head, 0) == Some(1) {
            pending = word(page, COUNT_AT);
        }
        let is_commit = word(head, 4) != Some(0);
        if let Some(last) = pending.take_if(|_| is_commit) {
            let first = found.map_or(last, |Counts { first, .. }| first);
            found = Some(Counts { first, last });
        }
    }
    Ok(found)
}

/// The next bytes, if there are so many.
fn take(log: &mut impl Read, bytes: usize) -> io::Result<Option<Vec<u8>>> {
    let mut taken = vec![0; bytes];
    match log.read_exact(&mut taken) {
        Ok(()) => Ok(Some(taken)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The checksum that runs through a log (file format, 4.2).
struct Sum {
    is_big_endian: bool,
    so_far: [u32; 2],
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let (pairs, _) = bytes.as_chunks::<8>();
        for [a, b, c, d, e, f, g, h] in pairs {
            let read = if self.is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
            let (one, other) = (read([*a, *b, *c, *d]), read([*e, *f, *g, *h]));
            let [first, second] = &mut self.so_far;
            *first = first.wrapping_add(one).wrapping_add(*second);
            *second = second.wrapping_add(other).wrapping_add(*first);
        }
    }

    /// Whether it is this one, which is always written from its highest byte on.
    fn is(&self, written: &[u8]) -> bool {
        [word(written, 0), word(written, 4)] == self.so_far.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    /// What a file and its log count after each of some commits, the log being emptied on the way.
    #[test]
    fn a_log_is_that_of_its_database_at_every_moment_and_not_that_of_an_older_copy() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("x.db"), folder.path().join("x.db-wal"));
        let mut copies: Vec<Vec<u8>> = Vec::new();
        for run in 0..4 {
            // As a server starts: what it counts up in one log is in the file before the next begins.
            let start = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
                 PRAGMA user_version = 5; CREATE TABLE IF NOT EXISTS t (x)";
            Connection::open(&path).unwrap().execute_batch(start).unwrap();
            let db = Connection::open(&path).unwrap();
            db.execute_batch(start).unwrap();
            for n in 0..60 {
                db.execute("INSERT INTO t VALUES (randomblob(5000))", []).unwrap();
                if n % 17 == 16 {
                    db.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
                }
                let header = std::fs::read(&path).unwrap();
                assert!(is_own(&log, &header).unwrap(), "run {run}, commit {n}");
                for (copy, older) in copies.iter().enumerate() {
                    assert!(!is_own(&log, older).unwrap(), "run {run}, commit {n}, copy {copy}");
                }
            }
            // The last connection empties and removes the log.
            drop(db);
            let header = std::fs::read(&path).unwrap();
            assert!(is_own(&log, &header).unwrap());
            copies.push(header);
        }
    }

    #[test]
    fn what_is_no_whole_commit_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x)").unwrap();
        let log = std::fs::read(folder.path().join("x.db-wal")).unwrap();
        assert!(counts(&log[..]).unwrap().is_some());
        for end in [0, 10, HEADER_BYTES, HEADER_BYTES + 100] {
            assert_eq!(counts(&log[..end]).unwrap(), None, "{end}");
        }
        for at in [0, 9, 17, 25, HEADER_BYTES + 2, HEADER_BYTES + 9, HEADER_BYTES + 100] {
            let mut broken = log.clone();
            broken[at] ^= 0x55;
            assert_eq!(counts(&broken[..]).unwrap(), None, "{at}");
        }
    }
}
