//! A completion under way: what was typed, and what it may become, the next one with each press.
//!
//! This file does not know what a word may become.

use super::Input;

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
    /// Completes what stands before the caret, by where that begins and what it may become; `None` if that is
    /// nothing.
    pub fn begin(
        input: &mut Input,
        completions: impl FnOnce(&str) -> (usize, Vec<String>),
    ) -> Option<Self> {
        let before = &input.text()[..input.caret()];
        let (start, options) = completions(before);
        let typed = before[start..].to_owned();
        let shown = options.first()?.clone();
        input.replace(start, &typed, &shown);
        Some(Completion { start, typed, shown, options, at: 0 })
    }

    /// What stands there now.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// True if nothing else was changed since; what follows the only key of a filter is completed by itself.
    pub fn goes_on(&self, input: &Input) -> bool {
        let is_key = self.options.len() == 1 && self.shown.ends_with(':');
        !is_key && input.text().get(self.start..input.caret()) == Some(self.shown.as_str())
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
