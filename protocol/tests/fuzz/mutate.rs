//! Bytes that are nearly right: the corpus that is kept, and changes to it.
//!
//! A change is a list of edits, so that a failure is made small by leaving edits out.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;

/// What parsers stumble over.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b",",
    b":",
    b"null",
    b"\\u0000",
    b"\\ud800",
    b"1e999",
    b"-1",
    b"9007199254740992",
    b"%",
    b"%00",
    b"%ff",
    b"&",
    b"=",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\x7f",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xcc\x81",
    b"\xef\xbd\x81",
    b"\xf0\x9f\x98\x80",
    b"\x81\xfe",
    b"room",
    b"type",
    b"ref",
    b"since",
    b"nebula.key.",
    b"websocket",
    b"Upgrade: ",
];

/// One change.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// Another byte.
    Set(Index, u8),
    /// A word put in.
    Insert(Index, Index),
    /// Some bytes left out.
    Remove(Index, usize),
    /// Some bytes twice.
    Repeat(Index, usize),
    /// From here on, the end of another file.
    Splice(Index, Index),
}

/// A kept file and what is done to it; now and then nothing but noise.
pub(crate) fn mutants(corpus: &[Vec<u8>]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let corpus = corpus.to_vec();
    let edit = prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (any::<Index>(), any::<Index>()).prop_map(|(at, word)| Edit::Insert(at, word)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
        (any::<Index>(), any::<Index>()).prop_map(|(at, other)| Edit::Splice(at, other)),
    ];
    let edited =
        (any::<Index>(), proptest::collection::vec(edit, 1..8)).prop_map(move |(file, edits)| {
            let mut bytes = corpus[file.index(corpus.len())].clone();
            edits.iter().for_each(|edit| apply(edit, &mut bytes, &corpus));
            bytes
        });
    let noise = proptest::collection::vec(any::<u8>(), 0..200);
    prop_oneof![19 => edited, 1 => noise]
}

fn apply(edit: &Edit, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
    let place = |at: &Index| at.index(bytes.len() + 1);
    match edit {
        Edit::Set(at, byte) => {
            let at = place(at);
            if let Some(found) = bytes.get_mut(at) {
                *found = *byte;
            }
        }
        Edit::Insert(at, word) => {
            let at = place(at);
            bytes.splice(at..at, WORDS[word.index(WORDS.len())].iter().copied());
        }
        Edit::Remove(at, count) => {
            let at = place(at);
            bytes.drain(at..(at + count).min(bytes.len()));
        }
        Edit::Repeat(at, count) => {
            let at = place(at);
            let again = bytes[at..(at + count).min(bytes.len())].to_vec();
            bytes.splice(at..at, again);
        }
        Edit::Splice(at, other) => {
            bytes.truncate(place(at));
            let other = &corpus[other.index(corpus.len())];
            bytes.extend_from_slice(&other[at.index(other.len() + 1)..]);
        }
    }
}

/// All kept files of one kind, by name.
pub(crate) fn corpus(crate_folder: &str, kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(crate_folder).join("tests/corpus").join(kind);
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "{} holds too little", folder.display());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}
