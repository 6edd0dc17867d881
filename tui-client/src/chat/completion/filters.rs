//! What the last part of a search may become: a filter, and what it is for.
//!
//! This file does not know where the search is written.

use super::words::{Words, begins};

/// With a colon behind them.
const KEYS: [&str; 5] = ["from", "in", "before", "after", "has"];

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

/// Spaces within quotes belong to a part.
fn last_part(query: &str) -> usize {
    let (mut start, mut is_quoted) = (0, false);
    for (at, c) in query.char_indices() {
        is_quoted ^= c == '"';
        if c.is_whitespace() && !is_quoted {
            start = at + c.len_utf8();
        }
    }
    start
}
