//! What a word may become: commands, rooms, names and what commands take, the likeliest first.
//!
//! This file does not know where the word is written, or which key asks for it.

mod filters;
mod words;

pub use self::filters::filters;
pub use self::words::Words;
use self::words::begins;
use super::commands::{COMMANDS, SLASHES, is_search};
use super::room::level::{LEVELS, level_word};
use crate::text::narrow;

/// What mentions everybody, and what it does.
const EVERYBODY: [(&str, &str); 2] = [
    ("all", "@all mentions everybody: members, or who is in this open room"),
    ("here", "@here mentions everybody who is online in this room"),
];

/// Where the last word of a text begins, in bytes, and what it may become.
pub fn completions(text: &str, words: &Words) -> (usize, Vec<String>) {
    if let Some(query) = search_in(text) {
        let before = text.len() - query.len();
        let (start, found) = filters(query, words);
        return (before + start, found);
    }
    let last_space = text.char_indices().rfind(|(_, c)| c.is_whitespace());
    let start = last_space.map_or(0, |(at, space)| at + space.len_utf8());
    let word = &text[start..];
    let command = text[..start].trim_end().strip_prefix(SLASHES).map(narrow);
    let found = command.and_then(|command| arguments(&command, word, words));
    (start, found.unwrap_or_else(|| options(word, start == 0, words)))
}

/// What is looked for, if that is what the command does.
fn search_in(text: &str) -> Option<&str> {
    let (command, query) = text.strip_prefix(SLASHES)?.split_once(char::is_whitespace)?;
    is_search(command).then_some(query)
}

fn options(word: &str, first: bool, words: &Words) -> Vec<String> {
    if let Some(command) = word.strip_prefix(SLASHES).filter(|_| first).map(narrow) {
        let known = COMMANDS.iter().map(|command| command.name);
        return known
            .filter(|name| begins(name, &command))
            .map(|name| format!("/{name} "))
            .collect();
    }
    if let Some(room) = word.strip_prefix('#') {
        let rooms = words.rooms.iter().filter(|name| begins(name, room));
        return rooms.map(|name| format!("#{name} ")).collect();
    }
    let (at, name) = word.strip_prefix('@').map_or(("", word), |name| ("@", name));
    let after = if first { ": " } else { " " };
    let names = words.names.iter().filter(|known| begins(known, name));
    let names = names.map(|name| format!("{at}{name}{after}"));
    let may_call = words.everybody && !at.is_empty();
    let everybody = EVERYBODY.iter().filter(|(called, _)| may_call && begins(called, name));
    names.chain(everybody.map(|(called, _)| format!("@{called} "))).collect()
}

/// What it does, if it mentions everybody.
pub fn about_everybody(completed: &str) -> Option<&'static str> {
    let called = completed.trim_end().strip_prefix('@')?;
    EVERYBODY.iter().find(|(name, _)| *name == called).map(|(_, what)| *what)
}

/// What a command takes as its one argument, if that is neither a name nor a text.
fn arguments(command: &str, word: &str, words: &Words) -> Option<Vec<String>> {
    let known: Vec<String> = match command {
        "help" => COMMANDS.iter().map(|command| command.name.to_owned()).collect(),
        "theme" => words.themes.clone(),
        "notify" => LEVELS.map(level_word).map(str::to_owned).into(),
        "join" | "j" | "room" if !word.starts_with('#') => words.rooms.clone(),
        _ => return None,
    };
    Some(known.into_iter().filter(|name| begins(name, word)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(query: &str) -> Vec<String> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let words = Words {
            names: owned(&["Ann", "Ann Lee", "Bob", "od\"d"]),
            own_rooms: owned(&["dev", "Big plans"]),
            days: owned(&["2026-12-02", "2026-12-01"]),
            ..Words::default()
        };
        let (start, options) = filters(query, &words);
        let command = format!("/search {query}");
        let (behind, same) = completions(&command, &words);
        assert_eq!((behind, &same), ("/search ".len() + start, &options), "{query}");
        options.iter().map(|option| format!("{}{option}", &query[..start])).collect()
    }

    #[test]
    fn filters_are_completed_by_what_is_known() {
        assert_eq!(completed("")[..2], ["from:", "in:"]);
        assert_eq!(completed("coffee be"), ["coffee before:"]);
        assert_eq!(completed("-FR"), ["-from:"]);
        assert_eq!(completed("5\"x fr"), ["5\"x from:"], "a part begins where the search sees it");
        assert_eq!(completed("from:an"), ["from:Ann ", "from:\"Ann Lee\" "]);
        assert_eq!(completed("from:\"ann l"), ["from:\"Ann Lee\" "]);
        assert_eq!(completed("-From:@b"), ["-From:Bob "]);
        assert_eq!(completed("tea in:"), ["tea in:dev ", "tea in:\"Big plans\" "]);
        assert_eq!(completed("after:"), ["after:2026-12-02 ", "after:2026-12-01 "]);
        assert_eq!(completed("has:"), ["has:link "]);
        for none in ["coffee", "from:od", "http:", "\"from:", "x from:zo"] {
            assert_eq!(completed(none), <[&str; 0]>::default(), "{none}");
        }
    }
}
