//! The pieces of a line → words in their styles: made safe to be shown piece by piece, since where they
//! stand is counted in the text as it came.
//!
//! This file does not know blocks, or where rows break.

use std::ops::Range;

use protocol::formatting::{Inline, InlineKind, Style as Set};
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation as _;

use super::words::Words;
use crate::screen::measure;
use crate::screen::rows::pane::Pane;
use crate::screen::terminal::links::Links;
use crate::screen::theme;

/// In place of each cell of a spoiler that is not opened.
const HIDDEN: &str = "█";

/// What sets pieces, and what it has found in them.
pub(super) struct Pieces<'a> {
    pub(super) source: &'a str,
    pub(super) pane: &'a Pane<'a>,
    /// Where somebody is named, in their order, and whether that is for this person.
    pub(super) marks: Vec<(Range<usize>, bool)>,
    /// Spoilers are shown.
    pub(super) reveals: bool,
    pub(super) links: Links,
    /// Something was hidden.
    pub(super) hides: bool,
}

/// How a piece is set by what is around it.
#[derive(Clone, Copy)]
struct Look {
    style: Style,
    is_hidden: bool,
}

impl Pieces<'_> {
    pub(super) fn set(&mut self, pieces: &[Inline], style: Style, words: &mut Words) {
        self.all(pieces, Look { style, is_hidden: false }, words);
    }

    fn all(&mut self, pieces: &[Inline], look: Look, words: &mut Words) {
        for piece in pieces {
            match &piece.kind {
                InlineKind::Text => self.text(piece.range.clone(), look, words),
                InlineKind::Code(code) => self.code(code.clone(), look, words),
                InlineKind::Styled(set, inside) => {
                    let styled = self.styled(*set, look);
                    self.all(inside, styled, words);
                }
                InlineKind::Link { url, host, pieces } => {
                    let linked = self.linked(url.clone(), look);
                    self.all(pieces, linked, words);
                    self.host(host, look, words);
                }
                InlineKind::BareLink(host) => {
                    let linked = self.linked(piece.range.clone(), look);
                    self.leaf(piece.range.clone(), linked, words);
                    self.host(host.as_deref().unwrap_or_default(), look, words);
                }
            }
        }
    }

    fn styled(&mut self, set: Set, look: Look) -> Look {
        let style = match set {
            // What is hidden does not show how it is set.
            _ if look.is_hidden => look.style,
            Set::Bold => look.style.add_modifier(Modifier::BOLD),
            // What stands out of an action stands upright.
            Set::Italic if look.style.add_modifier.contains(Modifier::ITALIC) => {
                look.style.remove_modifier(Modifier::ITALIC)
            }
            Set::Italic => look.style.add_modifier(Modifier::ITALIC),
            // Dim too: not every terminal can strike out.
            Set::Strike => look.style.add_modifier(Modifier::CROSSED_OUT | Modifier::DIM),
            Set::Spoiler if self.reveals => look.style.patch(self.pane.looks.code()),
            Set::Spoiler => {
                self.hides = true;
                return Look { is_hidden: true, ..look };
            }
        };
        Look { style, ..look }
    }

    /// Where it leads is no less hidden than its words.
    fn linked(&mut self, url: Range<usize>, look: Look) -> Look {
        let mark = if look.is_hidden { None } else { self.links.mark(&self.source[url]) };
        let style = mark.map_or(look.style, |mark| {
            look.style.add_modifier(Modifier::UNDERLINED).underline_color(mark)
        });
        Look { style, ..look }
    }

    fn host(&self, host: &str, look: Look, words: &mut Words) {
        if !host.is_empty() && !look.is_hidden {
            words.push(&self.pane.shown_line(&format!(" ({host})")), look.style);
        }
    }

    /// Where nothing is shaded or coloured, its signs tell what it is.
    fn code(&self, code: Range<usize>, look: Look, words: &mut Words) {
        if look.is_hidden {
            return self.leaf(code, look, words);
        }
        let signs = if self.pane.looks.colours_code() { "" } else { "`" };
        let look = Look { style: look.style.patch(self.pane.looks.code()), ..look };
        words.push(signs, look.style);
        self.leaf(code, look, words);
        words.push(signs, look.style);
    }

    fn text(&self, range: Range<usize>, look: Look, words: &mut Words) {
        let mut done = range.start;
        for (mark, is_mine) in &self.marks {
            let (from, to) = (mark.start.max(done), mark.end.min(range.end));
            if from < to && !look.is_hidden {
                let called = match is_mine {
                    true => look.style.patch(theme::striking()),
                    false => look.style.add_modifier(Modifier::BOLD),
                };
                self.leaf(done..from, look, words);
                self.leaf(from..to, Look { style: called, ..look }, words);
                done = to;
            }
        }
        self.leaf(done..range.end, look, words);
    }

    fn leaf(&self, range: Range<usize>, look: Look, words: &mut Words) {
        let shown = self.pane.shown_line(&self.source[range]);
        if !look.is_hidden {
            return words.push(&shown, look.style);
        }
        for grapheme in shown.graphemes(true) {
            match grapheme {
                // So the rows break where they will break when it is opened.
                " " => words.push(" ", look.style),
                hidden => words.push(&HIDDEN.repeat(measure::width(hidden)), look.style),
            }
        }
    }
}
