//! Bold, italic, strike and spoiler in a line, around what they do not reach into.
//!
//! A sign opens before a word and closes behind one, and not between two letters, except of scripts that
//! put no space between words. This file does not know what is between the signs.

use std::ops::Range;

use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::script::ScriptWithExtensions;

use super::document::{Inline, InlineKind, Style};
use crate::text::characters::category;
use crate::text::mention::is_spaceless;

/// Signs that wait for another one; of more, the oldest are let be, so that looking for one costs little.
const OPEN_MAX: usize = 32;
/// Stands for an atom.
const ATOM: char = '`';

/// A sign that may open.
struct Opener {
    sign: u8,
    /// How much of it has not found its end.
    left: usize,
    /// Its piece.
    piece: usize,
    /// Styles that stand behind it, as [`bit`]s.
    inside: u8,
}

/// The pieces of a part of a line: its atoms, and text and styles between them.
pub(super) fn nested(text: &str, range: Range<usize>, atoms: Vec<Inline>) -> Vec<Inline> {
    let mut done = range.start;
    let after_atom = usize::MAX;
    let mut nest = Nest { text, range, after_atom, pieces: Vec::new(), open: Vec::new() };
    for atom in atoms {
        nest.signs(done..atom.range.start);
        done = atom.range.end;
        nest.after_atom = done;
        nest.hold(styles_in(&atom));
        nest.pieces.push(atom);
    }
    nest.signs(done..nest.range.end);
    joined(nest.pieces)
}

/// The pieces of a line without styles.
pub(super) fn between(range: Range<usize>, atoms: Vec<Inline>) -> Vec<Inline> {
    let (mut pieces, mut done) = (Vec::new(), range.start);
    for atom in atoms {
        pieces.extend(text_at(done..atom.range.start));
        done = atom.range.end;
        pieces.push(atom);
    }
    pieces.extend(text_at(done..range.end));
    pieces
}

struct Nest<'a> {
    text: &'a str,
    range: Range<usize>,
    /// Where the newest atom ends.
    after_atom: usize,
    pieces: Vec<Inline>,
    open: Vec<Opener>,
}

impl Nest<'_> {
    fn signs(&mut self, range: Range<usize>) {
        let bytes = self.text.as_bytes();
        let (mut done, mut at) = (range.start, range.start);
        while at < range.end {
            let sign = bytes[at];
            if !matches!(sign, b'*' | b'~' | b'|') {
                at += 1;
                continue;
            }
            let length = bytes[at..range.end].iter().take_while(|byte| **byte == sign).count();
            if length == 2 || sign == b'*' && length <= 3 {
                self.pieces.extend(text_at(done..at));
                self.sign(sign, at..at + length);
                done = at + length;
            }
            at += length;
        }
        self.pieces.extend(text_at(done..range.end));
    }

    fn sign(&mut self, sign: u8, at: Range<usize>) {
        let before = self.before(at.start);
        let behind = &self.text[at.end..self.range.end];
        let mut rest = at;
        if closes(before, behind.chars().next()) {
            while !rest.is_empty() && self.close(sign, &mut rest) {}
        }
        if rest.is_empty() {
            return;
        }
        if opens(before, behind) {
            if self.open.len() == OPEN_MAX {
                self.open.remove(0);
            }
            let piece = self.pieces.len();
            self.open.push(Opener { sign, left: rest.len(), piece, inside: 0 });
        }
        self.pieces.extend(text_at(rest));
    }

    /// The letter or sign before a place. Marks belong to their letter, and an atom is neither a word nor
    /// what its last character is.
    fn before(&self, at: usize) -> Option<char> {
        if at == self.after_atom {
            return Some(ATOM);
        }
        self.text[self.range.start..at].chars().rev().find(|c| !is_mark_of_letter(*c))
    }

    /// Ends the nearest style that a sign can end; takes what it used from the sign.
    fn close(&mut self, sign: u8, rest: &mut Range<usize>) -> bool {
        let fits = |it: &Opener| it.sign == sign && fits(it.left, rest.len());
        let Some(at) = self.open.iter().rposition(fits) else { return false };
        let inside = self.open[at..].iter().fold(0, |all, it| all | it.inside);
        let used = if self.open[at].left >= 2 && rest.len() >= 2 { 2 } else { 1 };
        let style = style(sign, used);
        if inside & bit(style) != 0 {
            self.open.truncate(at);
            self.hold(inside);
            return false;
        }
        self.open.truncate(at + 1);
        let Some(mut opener) = self.open.pop() else { return false };
        let pieces = joined(self.pieces.split_off(opener.piece + 1));
        let Some(mut typed) = self.pieces.pop() else { return false };
        typed.range.end -= used;
        let range = typed.range.end..rest.start + used;
        opener.left -= used;
        if opener.left > 0 {
            self.pieces.push(typed);
            self.open.push(Opener { inside, ..opener });
        }
        self.hold(inside | bit(style));
        self.pieces.push(Inline { range, kind: InlineKind::Styled(style, pieces) });
        rest.start += used;
        true
    }

    /// Notes styles behind the newest sign that is open.
    fn hold(&mut self, styles: u8) {
        if let Some(newest) = self.open.last_mut() {
            newest.inside |= styles;
        }
    }
}

/// Whether a sign of so many characters ends one of which `open` are left.
fn fits(open: usize, closing: usize) -> bool {
    open == closing || open == 3 || closing == 3
}

fn style(sign: u8, used: usize) -> Style {
    match (sign, used) {
        (b'~', _) => Style::Strike,
        (b'|', _) => Style::Spoiler,
        (_, 2) => Style::Bold,
        (_, _) => Style::Italic,
    }
}

fn bit(style: Style) -> u8 {
    match style {
        Style::Bold => 1,
        Style::Italic => 2,
        Style::Strike => 4,
        Style::Spoiler => 8,
    }
}

fn styles_in(piece: &Inline) -> u8 {
    match &piece.kind {
        InlineKind::Text | InlineKind::Code(_) | InlineKind::BareLink(_) => 0,
        InlineKind::Styled(style, pieces) => bit(*style) | all_styles_in(pieces),
        InlineKind::Link { pieces, .. } => all_styles_in(pieces),
    }
}

fn all_styles_in(pieces: &[Inline]) -> u8 {
    pieces.iter().fold(0, |all, piece| all | styles_in(piece))
}

/// Before a word, and behind no other: `*.rs`, `*/` and `*)` open nothing, nor does `f(x)*y`.
fn opens(before: Option<char>, behind: &str) -> bool {
    let Some(next) = behind.chars().next() else { return false };
    let is_pattern = behind.starts_with('.') && !behind.starts_with("..");
    if next.is_whitespace() || "/,;)]}".contains(next) || is_pattern {
        return false;
    }
    before.is_none_or(|c| clings(c) || clings(next) || !(is_of_word(c) || ")]}".contains(c)))
}

/// Behind a word, and before no other.
fn closes(before: Option<char>, behind: Option<char>) -> bool {
    let Some(last) = before else { return false };
    if last.is_whitespace() || "/([{".contains(last) {
        return false;
    }
    behind.is_none_or(|c| clings(c) || clings(last) || !is_of_word(c))
}

/// A letter or digit.
fn is_of_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let category = category(c);
    GeneralCategoryGroup::Letter.contains(category)
        || GeneralCategoryGroup::Number.contains(category)
}

fn is_mark_of_letter(c: char) -> bool {
    let category = if c.is_ascii() { return false } else { category(c) };
    matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark)
}

/// Of a script in which a word goes on without a space: Korean has spaces, and particles behind words.
fn clings(c: char) -> bool {
    !c.is_ascii() && (is_spaceless(c) || ScriptWithExtensions::new().has_script(c, Script::Hangul))
}

fn text_at(range: Range<usize>) -> Option<Inline> {
    (!range.is_empty()).then_some(Inline { range, kind: InlineKind::Text })
}

/// Text beside text is one.
fn joined(pieces: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if last.kind == InlineKind::Text && piece.kind == InlineKind::Text => {
                last.range.end = piece.range.end;
            }
            _ => joined.push(piece),
        }
    }
    joined
}
