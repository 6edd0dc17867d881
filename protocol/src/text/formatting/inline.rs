//! A line of words: its code, its links, and what is set in a style between them.
//!
//! This file does not know blocks.

use std::borrow::Cow;
use std::ops::Range;

use super::atoms::{self, Span, Written};
use super::document::{Inline, InlineKind, Line};
use super::emphasis;
use crate::text::link::{Link, links};

/// Reads a line.
pub(super) fn line(text: &str, range: Range<usize>) -> Line {
    let pieces = emphasis::nested(text, range.clone(), atoms_of(text, &range));
    Line { range, pieces }
}

/// Reads a line in which nothing but links counts that stand for themselves.
pub(super) fn plain(text: &str, range: Range<usize>) -> Line {
    let links = bare(&text[range.clone()], range.start);
    let pieces = emphasis::between(range.clone(), links);
    Line { range, pieces }
}

/// What no style reaches into, in its order.
fn atoms_of(text: &str, range: &Range<usize>) -> Vec<Inline> {
    let (line, begin) = (&text[range.clone()], range.start);
    // Most lines hold neither.
    let code = if line.contains('`') { atoms::code(line) } else { Vec::new() };
    let seen = atoms::masked(line, code.iter().map(|span| span.range.clone()));
    let written = if seen.contains("](") { atoms::written(&seen) } else { Vec::new() };
    let seen = atoms::masked(&seen, written.iter().map(|link| link.range.clone()));
    // The sign of a spoiler ends an address: no address holds it unescaped.
    let mut atoms = bare(&without_spoilers(&seen), begin);
    let mut code = code.into_iter().peekable();
    for link in written {
        while let Some(span) = code.next_if(|span| span.range.start < link.range.start) {
            atoms.push(code_at(begin, span));
        }
        let inside = std::iter::from_fn(|| code.next_if(|it| it.range.start < link.range.end));
        let inside = inside.map(|span| code_at(begin, span)).collect();
        atoms.push(link_at(text, begin, link, inside));
    }
    atoms.extend(code.map(|span| code_at(begin, span)));
    atoms.sort_by_key(|atom| atom.range.start);
    atoms
}

fn without_spoilers(line: &str) -> Cow<'_, str> {
    if line.contains("||") { Cow::Owned(line.replace("||", "``")) } else { Cow::Borrowed(line) }
}

fn bare(line: &str, begin: usize) -> Vec<Inline> {
    let found = links(line).into_iter().map(|Link { range, host }| Inline {
        range: moved(range, begin),
        kind: InlineKind::BareLink(host),
    });
    found.collect()
}

fn code_at(begin: usize, Span { range, code }: Span) -> Inline {
    Inline { range: moved(range, begin), kind: InlineKind::Code(moved(code, begin)) }
}

fn link_at(text: &str, begin: usize, link: Written, code: Vec<Inline>) -> Inline {
    let Written { range, words, url, host } = link;
    let pieces = emphasis::nested(text, moved(words, begin), code);
    let kind = InlineKind::Link { url: moved(url, begin), host, pieces };
    Inline { range: moved(range, begin), kind }
}

fn moved(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}
