//! The input line: text and caret, moved by grapheme.
//!
//! This file does not know keys, or what becomes of the text.

use unicode_segmentation::UnicodeSegmentation as _;

/// Text being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// Always between two graphemes.
    caret: usize,
    killed: String,
}

impl Input {
    /// What is written so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The caret, in bytes from the start.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// Puts text in at the caret.
    pub fn insert(&mut self, text: &str) {
        self.text.insert_str(self.caret, text);
        self.caret += text.len();
    }

    /// Empties it and gives back what was there.
    pub fn take(&mut self) -> String {
        self.caret = 0;
        std::mem::take(&mut self.text)
    }

    /// Replaces all of it.
    pub fn set(&mut self, text: String) {
        self.caret = text.len();
        self.text = text;
    }

    /// One grapheme to the left.
    pub fn left(&mut self) {
        self.caret = self.before();
    }

    /// One grapheme to the right.
    pub fn right(&mut self) {
        self.caret = self.after();
    }

    /// To the start.
    pub fn home(&mut self) {
        self.caret = 0;
    }

    /// To the end.
    pub fn end(&mut self) {
        self.caret = self.text.len();
    }

    /// Deletes the grapheme before the caret.
    pub fn backspace(&mut self) {
        let from = self.before();
        self.text.drain(from..self.caret);
        self.caret = from;
    }

    /// Deletes the grapheme after the caret.
    pub fn delete(&mut self) {
        let to = self.after();
        self.text.drain(self.caret..to);
    }

    /// Cuts from the start to the caret.
    pub fn kill_to_start(&mut self) {
        self.killed = self.text.drain(..self.caret).collect();
        self.caret = 0;
    }

    /// Cuts from the caret to the end.
    pub fn kill_to_end(&mut self) {
        self.killed = self.text.drain(self.caret..).collect();
    }

    /// Cuts the word before the caret, and the spaces behind it.
    pub fn kill_word(&mut self) {
        let words = self.text[..self.caret].trim_end();
        let from = words
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + words[at..].chars().next().map_or(0, char::len_utf8));
        self.killed = self.text.drain(from..self.caret).collect();
        self.caret = from;
    }

    /// Puts back what was cut last.
    pub fn yank(&mut self) {
        let killed = self.killed.clone();
        self.insert(&killed);
    }

    fn before(&self) -> usize {
        let before = self.text[..self.caret].grapheme_indices(true).next_back();
        before.map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let next = self.text[self.caret..].graphemes(true).next();
        self.caret + next.map_or(0, str::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows the caret as a bar.
    fn shown(input: &Input) -> String {
        let (before, after) = input.text().split_at(input.caret());
        format!("{before}|{after}")
    }

    #[test]
    fn the_caret_moves_over_whole_graphemes() {
        let mut input = Input::default();
        input.insert("a👩‍👩‍👧e\u{301}");
        input.left();
        assert_eq!(shown(&input), "a👩‍👩‍👧|e\u{301}");
        input.backspace();
        assert_eq!(shown(&input), "a|e\u{301}");
        input.delete();
        assert_eq!(shown(&input), "a|");
        input.right();
        input.home();
        input.backspace();
        assert_eq!(shown(&input), "|a");
    }

    #[test]
    fn what_was_cut_can_be_put_back() {
        let mut input = Input::default();
        input.insert("one two  ");
        input.kill_word();
        assert_eq!(shown(&input), "one |");
        input.yank();
        assert_eq!(shown(&input), "one two  |");
        input.kill_to_start();
        assert_eq!(shown(&input), "|");
        input.yank();
        input.home();
        input.kill_to_end();
        assert_eq!(input.take(), "");
        input.yank();
        assert_eq!(shown(&input), "one two  |");
    }
}
