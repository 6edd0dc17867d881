//! The input line: text and caret, moved by grapheme.
//!
//! This file does not know keys, or what becomes of the text.

pub mod completion;
#[cfg(test)]
mod tests;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::chat::model::SENT_MAX;
use crate::screen::measure;

/// Steps that can be undone.
const UNDO_MAX: usize = 200;
/// Texts that were cut and can be put back.
const KILLED_MAX: usize = 20;

/// Text being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// Always between two graphemes.
    caret: usize,
    /// What was cut, the newest last.
    killed: Vec<String>,
    /// What was done last, where it matters for the next thing.
    last: Last,
    /// Text and caret before each change.
    undo: Vec<(String, usize)>,
    /// What was sent, oldest first.
    sent: Vec<String>,
    /// Which of them is shown, and what was being written before.
    recalled: Option<(usize, String)>,
}

/// What was done last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Other,
    /// Typing is undone as one.
    Typed,
    /// What is cut next to it belongs to it.
    Killed,
    /// Put back: how many bytes, and which of the texts that were cut, counted from the newest. Another
    /// can take its place.
    Yanked { bytes: usize, back: usize },
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

    /// Types a character at the caret.
    pub fn type_in(&mut self, c: char) {
        let word_goes_on = self.last == Last::Typed && !c.is_whitespace();
        if !word_goes_on {
            self.keep();
        }
        self.last = Last::Typed;
        self.text.insert(self.caret, c);
        self.caret += c.len_utf8();
    }

    /// Puts text in at the caret.
    pub fn insert(&mut self, text: &str) {
        self.keep();
        self.text.insert_str(self.caret, text);
        self.caret += text.len();
    }

    /// Puts something else in the place of what stands at `start`.
    pub fn replace(&mut self, start: usize, old: &str, new: &str) {
        self.keep();
        self.text.replace_range(start..start + old.len(), new);
        self.caret = start + new.len();
    }

    /// What is being written, also while something that was sent before is only shown.
    pub fn draft(&self) -> &str {
        match &self.recalled {
            Some((at, writing)) if self.sent.get(*at) == Some(&self.text) => writing,
            _ => &self.text,
        }
    }

    /// Empties it; what was there can be put back. False if there was nothing.
    pub fn clear(&mut self) -> bool {
        let was_written = !self.text.is_empty();
        self.end_recall();
        self.kill(0, self.text.len());
        self.last = Last::Other;
        was_written
    }

    /// Empties it and gives back what was there.
    pub fn take(&mut self) -> String {
        self.undo.clear();
        self.end_recall();
        self.caret = 0;
        std::mem::take(&mut self.text)
    }

    /// The same for what was sent, which can be called back.
    pub fn send(&mut self) {
        let text = self.take();
        self.remember(text);
    }

    /// What was sent before, oldest first.
    pub fn sent(&self) -> &[String] {
        &self.sent
    }

    /// Remembers a text that was sent, once however often it was.
    pub fn remember(&mut self, text: String) {
        self.sent.retain(|known| *known != text);
        self.sent.push(text);
        let old = self.sent.len().saturating_sub(SENT_MAX);
        self.sent.drain(..old);
    }

    /// Shows what was sent before; false if there is nothing older.
    pub fn older(&mut self) -> bool {
        let at = self.recalled.as_ref().map_or(self.sent.len(), |(at, _)| *at);
        let Some(older) = at.checked_sub(1) else { return false };
        self.cut_changed();
        let writing = match self.recalled.take() {
            Some((_, writing)) => writing,
            None => std::mem::take(&mut self.text),
        };
        self.recalled = Some((older, writing));
        self.write(self.sent[older].clone());
        true
    }

    /// Shows what was sent after that, and at the end what was being written.
    pub fn newer(&mut self) {
        self.cut_changed();
        let Some((at, writing)) = self.recalled.take() else { return };
        match self.sent.get(at + 1).cloned() {
            Some(newer) => {
                self.recalled = Some((at + 1, writing));
                self.write(newer);
            }
            None => self.write(writing),
        }
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        self.last = Last::Other;
        if let Some((text, caret)) = self.undo.pop() {
            (self.text, self.caret) = (text, caret);
        }
    }

    pub fn left(&mut self) {
        self.to(self.before());
    }

    pub fn right(&mut self) {
        self.to(self.after());
    }

    /// To the start of the word before the caret.
    pub fn word_left(&mut self) {
        self.to(self.word_before());
    }

    /// To the end of the word after the caret.
    pub fn word_right(&mut self) {
        self.to(self.word_after());
    }

    /// To the row above, in rows of so many cells; false in the first one.
    pub fn row_up(&mut self, cells: usize) -> bool {
        self.go_to_row(cells, |row| row.checked_sub(1))
    }

    /// To the row below; false in the last one.
    pub fn row_down(&mut self, cells: usize) -> bool {
        self.go_to_row(cells, |row| row.checked_add(1))
    }

    /// To another row, as far from its start as in this one.
    fn go_to_row(&mut self, cells: usize, other: impl Fn(usize) -> Option<usize>) -> bool {
        let rows = measure::written_rows(&self.text, cells);
        let here = rows.partition_point(|row| row.start <= self.caret).saturating_sub(1);
        let (Some(from), Some(to)) = (rows.get(here), other(here).and_then(|row| rows.get(row)))
        else {
            return false;
        };
        let column = self.text[from.start..self.caret].graphemes(true).count();
        let mut row = self.text[to.clone()].grapheme_indices(true);
        let place = row.nth(column).map_or(to.end, |(at, _)| to.start + at);
        self.to(place);
        true
    }

    pub fn home(&mut self) {
        self.to(0);
    }

    pub fn end(&mut self) {
        self.to(self.text.len());
    }

    /// Deletes the grapheme before the caret.
    pub fn backspace(&mut self) {
        self.keep();
        let from = self.before();
        self.text.drain(from..self.caret);
        self.caret = from;
    }

    /// Deletes the grapheme after the caret.
    pub fn delete(&mut self) {
        self.keep();
        let to = self.after();
        self.text.drain(self.caret..to);
    }

    /// Cuts from the start to the caret.
    pub fn kill_to_start(&mut self) {
        self.kill(0, self.caret);
    }

    /// Cuts from the caret to the end.
    pub fn kill_to_end(&mut self) {
        self.kill(self.caret, self.text.len());
    }

    /// Cuts the word before the caret, and the spaces behind it.
    pub fn kill_word(&mut self) {
        self.kill(self.word_before(), self.caret);
    }

    /// Cuts the word after the caret, and the spaces before it.
    pub fn kill_next_word(&mut self) {
        self.kill(self.caret, self.word_after());
    }

    /// Puts back what was cut last.
    pub fn yank(&mut self) {
        self.put_back(0);
    }

    /// Right after that: what was cut before it instead.
    pub fn yank_older(&mut self) {
        let Last::Yanked { bytes, back } = self.last else { return };
        self.text.drain(self.caret - bytes..self.caret);
        self.caret -= bytes;
        self.undo.pop();
        self.put_back((back + 1) % self.killed.len().max(1));
    }

    fn put_back(&mut self, back: usize) {
        let Some(killed) = self.killed.iter().nth_back(back).cloned() else { return };
        self.insert(&killed);
        self.last = Last::Yanked { bytes: killed.len(), back };
    }

    /// Swaps the two graphemes around the caret, or before it at the end.
    pub fn transpose(&mut self) {
        if self.caret == self.text.len() {
            self.left();
        }
        let (from, to) = (self.before(), self.after());
        if from == self.caret || to == self.caret {
            return;
        }
        self.keep();
        let swapped = [&self.text[self.caret..to], &self.text[from..self.caret]].concat();
        self.text.replace_range(from..to, &swapped);
        self.caret = to;
    }

    /// Puts another text in the place of all that is written.
    pub fn write(&mut self, text: String) {
        self.undo.clear();
        self.last = Last::Other;
        self.caret = text.len();
        self.text = text;
    }

    fn to(&mut self, caret: usize) {
        self.last = Last::Other;
        self.caret = caret;
    }

    /// What was being written before something sent was shown can be put back.
    fn end_recall(&mut self) {
        self.last = Last::Other;
        if let Some((_, writing)) = self.recalled.take().filter(|(_, text)| !text.is_empty()) {
            self.cut(writing);
        }
    }

    /// So can something sent that was changed.
    fn cut_changed(&mut self) {
        if self.recalled.is_some() && self.draft() == self.text && !self.text.is_empty() {
            self.cut(self.text.clone());
        }
    }

    fn cut(&mut self, text: String) {
        self.killed.push(text);
        let old = self.killed.len().saturating_sub(KILLED_MAX);
        self.killed.drain(..old);
    }

    fn kill(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        let goes_on = self.last == Last::Killed;
        let before = to == self.caret;
        self.keep();
        let cut: String = self.text.drain(from..to).collect();
        self.caret = from;
        match self.killed.last_mut().filter(|_| goes_on) {
            Some(last) if before => last.insert_str(0, &cut),
            Some(last) => last.push_str(&cut),
            None => self.cut(cut),
        }
        self.last = Last::Killed;
    }

    /// Before a change: it can be undone.
    fn keep(&mut self) {
        self.last = Last::Other;
        if self.undo.len() == UNDO_MAX {
            self.undo.remove(0);
        }
        self.undo.push((self.text.clone(), self.caret));
    }

    fn before(&self) -> usize {
        let before = self.text[..self.caret].grapheme_indices(true).next_back();
        before.map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let next = self.text[self.caret..].graphemes(true).next();
        self.caret + next.map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let words = self.text[..self.caret].trim_end();
        let space = words.char_indices().rev().find(|(_, c)| c.is_whitespace());
        space.map_or(0, |(at, c)| at + c.len_utf8())
    }

    fn word_after(&self) -> usize {
        let rest = &self.text[self.caret..];
        let spaces = rest.len() - rest.trim_start().len();
        let word = rest[spaces..].find(char::is_whitespace);
        self.caret + word.map_or(rest.len(), |at| spaces + at)
    }
}
