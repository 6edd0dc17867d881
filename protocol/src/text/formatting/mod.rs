//! Formatting: the small subset of Markdown that a text may hold. The wire stays plain text; a client that
//! shows texts as they were typed shows nothing wrong.
//!
//! `golden/clients/formatting.json` holds every client to the same answers. These files do not know how
//! anything is drawn. Whom a text mentions depends on who reads: it is found in [`outside_code`], whose
//! ranges are those of the text.

mod atoms;
mod blocks;
mod document;
mod emphasis;
mod inline;

use std::borrow::Cow;
use std::ops::Range;

pub use self::document::{Block, BlockKind, Document, Inline, InlineKind, Line, Style};

/// What makes a text an action.
const ACTION: &str = "/me ";

/// Reads a text as formatted. The first line of an action follows a name, so no block begins there.
pub fn parse(text: &str) -> Document {
    let is_action = text.starts_with(ACTION);
    let blocks = blocks::blocks(text, if is_action { ACTION.len() } else { 0 });
    Document { is_action, blocks }
}

/// Reads a text with nothing but the links that stand for themselves: for who has formatting off.
pub fn plain(text: &str) -> Document {
    let is_action = text.starts_with(ACTION);
    let begin = if is_action { ACTION.len() } else { 0 };
    let lines = blocks::lines(text, begin).map(|line| inline::plain(text, line)).collect();
    let kind = BlockKind::Paragraph(lines);
    Document { is_action, blocks: vec![Block { range: begin..text.len(), kind }] }
}

/// Where a text holds code, with its signs.
pub fn code_ranges(text: &str) -> Vec<Range<usize>> {
    // Most texts hold none.
    if text.contains('`') { parse(text).code() } else { Vec::new() }
}

/// A text with backquotes in place of its code, as long as before: what is found in it, such as a
/// mention, is not in code.
pub fn outside_code(text: &str) -> Cow<'_, str> {
    atoms::masked(text, code_ranges(text))
}
