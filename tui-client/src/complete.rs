//! Completing a word: commands, rooms and names, the likeliest first, the next one with each press.
//!
//! This file does not know which key asks for it.

use clap::ValueEnum as _;

use crate::commands::COMMANDS;
use crate::input::Input;
use crate::theme::{self, Theme};

/// A completion under way: what was typed, and what it may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Where the word begins, in bytes.
    start: usize,
    /// What was typed there.
    typed: String,
    /// What stands there now.
    shown: String,
    options: Vec<String>,
    at: usize,
}

impl Completion {
    /// Completes the word before the caret, with names, the likeliest first, and rooms; `None` if
    /// nothing begins like it.
    pub fn begin(input: &mut Input, names: &[String], rooms: &[String]) -> Option<Self> {
        let before = &input.text()[..input.caret()];
        let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let word = before[start..].to_owned();
        let command = before[..start].trim_end().strip_prefix('/');
        let options = match command.and_then(|command| arguments(command, &word, rooms)) {
            Some(arguments) => arguments,
            None => options(&word, start == 0, names, rooms),
        };
        let first = options.first()?.clone();
        input.replace(start, &word, &first);
        Some(Completion { start, typed: word, shown: first, options, at: 0 })
    }

    /// True if nothing else was changed since.
    pub fn goes_on(&self, input: &Input) -> bool {
        input.text().get(self.start..input.caret()) == Some(self.shown.as_str())
    }

    /// Puts back what was typed.
    pub fn undo(self, input: &mut Input) {
        input.replace(self.start, &self.shown, &self.typed);
    }

    /// The next one, or the one before.
    pub fn turn(mut self, input: &mut Input, back: bool) -> Self {
        let count = self.options.len();
        self.at = (self.at + if back { count - 1 } else { 1 }) % count;
        let next = self.options[self.at].clone();
        input.replace(self.start, &self.shown, &next);
        self.shown = next;
        self
    }
}

fn options(word: &str, first: bool, names: &[String], rooms: &[String]) -> Vec<String> {
    if let Some(command) = word.strip_prefix('/').filter(|_| first) {
        let known = COMMANDS.iter().map(|command| command.name);
        return known
            .filter(|name| begins(name, command))
            .map(|name| format!("/{name} "))
            .collect();
    }
    if let Some(room) = word.strip_prefix('#') {
        let rooms = rooms.iter().filter(|name| begins(name, room));
        return rooms.map(|name| format!("#{name} ")).collect();
    }
    let (at, name) = word.strip_prefix('@').map_or(("", word), |name| ("@", name));
    let after = if first { ": " } else { " " };
    let names = names.iter().filter(|known| begins(known, name));
    names.map(|name| format!("{at}{name}{after}")).collect()
}

/// What a command takes as its one argument, if that is neither a name nor a text.
fn arguments(command: &str, word: &str, rooms: &[String]) -> Option<Vec<String>> {
    let known: Vec<String> = match command {
        "help" => COMMANDS.iter().map(|command| command.name.to_owned()).collect(),
        "theme" => Theme::value_variants().iter().map(theme::name_of).collect(),
        "join" | "j" | "room" if !word.starts_with('#') => rooms.to_vec(),
        _ => return None,
    };
    Some(known.into_iter().filter(|name| begins(name, word)).collect())
}

fn begins(name: &str, with: &str) -> bool {
    name.to_lowercase().starts_with(&with.to_lowercase())
}
