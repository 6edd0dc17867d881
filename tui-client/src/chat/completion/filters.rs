//! What the last part of a search may become: a filter, and what it is for.
//!
//! This file does not know where the search is written.

use protocol::search::{KEYS, last_part};

use super::words::{Words, begins};

/// Where the last part begins, in bytes, and what it may become.
pub fn filters(query: &str, words: &Words) -> (usize, Vec<String>) {
    let start = last_part(query);
    let part = &query[start..];
    let (sign, part) = part.strip_prefix('-').map_or(("", part), |part| ("-", part));
    let found: Vec<_> = match part.split_once(':') {
        None => {
            let keys = KEYS.iter().filter(|key| begins(key, part));
            keys.map(|key| format!("{sign}{key}:")).collect()
        }
        Some((key, value)) => {
            let value = value.trim_start_matches(['"', '@', '#']);
            let known = values(&key.to_lowercase(), words).into_iter();
            let known = known.filter(|known| begins(known, value) && !known.contains('"'));
            known.map(|known| format!("{sign}{key}:{} ", quoted(&known))).collect()
        }
    };
    (start, found)
}

fn values(key: &str, words: &Words) -> Vec<String> {
    match key {
        "from" => words.names.clone(),
        "in" => words.own_rooms.clone(),
        "before" | "after" => words.days.clone(),
        "has" => vec!["link".to_owned()],
        _ => Vec::new(),
    }
}

fn quoted(value: &str) -> String {
    match value.contains(char::is_whitespace) {
        true => format!("\"{value}\""),
        false => value.to_owned(),
    }
}
