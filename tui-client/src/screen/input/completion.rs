//! A completion under way: what was typed, and what it may become, the next one with each press.
//!
//! This file does not know what a word may become.

use super::Input;
use crate::chat::completion::{Words, completions};

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
    /// Completes the word before the caret; `None` if nothing begins like it.
    pub fn begin(input: &mut Input, words: &Words) -> Option<Self> {
        let before = &input.text()[..input.caret()];
        let (start, options) = completions(before, words);
        let typed = before[start..].to_owned();
        let shown = options.first()?.clone();
        input.replace(start, &typed, &shown);
        Some(Completion { start, typed, shown, options, at: 0 })
    }

    /// What stands there now.
    pub fn shown(&self) -> &str {
        &self.shown
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
