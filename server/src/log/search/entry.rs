//! What stands in the index of a message: its words, and what else it is found by.
//!
//! An entry is taken out of the index by what was put in, so what a message has in it changes only with a step of the
//! schema that fills the index anew. This file does not know SQL.

use protocol::search::words;
use protocol::{fold, links};

/// Time is cut into pieces of so many days, so that what is older than a day is found without looking at all that is
/// newer: 230 pieces since 1970.
const PIECE_DAYS: u64 = 90;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Every message has it.
pub(super) const ANY: &str = "m";
/// There is a link in it.
pub(super) const LINK: &str = "l";

/// A message as the index knows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its words, with spaces between them.
    pub(super) text: String,
    /// What else it is found by, in the same form.
    pub(super) about: String,
}

impl Entry {
    /// Said in a room by somebody of this name, who may be a person.
    pub(super) fn new(content: &str, room: i64, author: (&str, Option<u64>), at: u64) -> Self {
        let mut text = String::with_capacity(content.len());
        for word in words(content) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.folded);
        }
        let (name, person) = author;
        let mut about = vec![ANY.to_owned(), in_room(room), by_name(name), at_about(piece(at))];
        about.extend(person.map(by_person));
        if !links(content).is_empty() {
            about.push(LINK.to_owned());
        }
        Entry { text, about: about.join(" ") }
    }
}

pub(super) fn in_room(room: i64) -> String {
    format!("r{room}")
}

pub(super) fn by_person(person: u64) -> String {
    format!("p{person}")
}

/// A name in any spelling is one word of letters and digits.
pub(super) fn by_name(name: &str) -> String {
    let key = fold(name);
    key.bytes().fold("n".to_owned(), |name, byte| name + &format!("{byte:02x}"))
}

pub(super) fn at_about(piece: u64) -> String {
    format!("q{piece}")
}

/// The piece of time that this is in.
pub(super) fn piece(at: u64) -> u64 {
    at / (PIECE_DAYS * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_holds_words_and_what_a_message_is_found_by_besides() {
        let text = "Café, https://a.example/x 上海";
        let entry = Entry::new(text, 7, ("Ann", Some(42)), 90 * DAY_MS);
        assert_eq!(entry.text, "cafe https a example x 上 海");
        assert_eq!(entry.about, "m r7 n616e6e q1 p42 l");
        let entry = Entry::new("…", 7, ("Ann Lee", None), 0);
        assert_eq!((&*entry.text, &*entry.about), ("", "m r7 n616e6e206c6565 q0"));
    }
}
