//! What stands in a line whatever is around it: code, and links with words of their own.
//!
//! This file does not know emphasis.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::text::link;

/// Code in a line.
pub(super) struct Span {
    /// With its signs.
    pub(super) range: Range<usize>,
    pub(super) code: Range<usize>,
}

/// `[words](address)` in a line.
pub(super) struct Written {
    pub(super) range: Range<usize>,
    pub(super) words: Range<usize>,
    pub(super) url: Range<usize>,
    pub(super) host: String,
}

/// Code stands between backquotes and as many of them again. Blank, it is none.
pub(super) fn code(line: &str) -> Vec<Span> {
    let runs = ticks(line);
    let (mut later, mut closing) = (BTreeMap::new(), vec![None; runs.len()]);
    for (at, run) in runs.iter().enumerate().rev() {
        closing[at] = later.insert(run.len(), at);
    }
    let (mut found, mut at) = (Vec::new(), 0);
    while at < runs.len() {
        let span = closing[at].and_then(|end| span(line, &runs[at], &runs[end]));
        at = if span.is_some() { closing[at].unwrap_or(at) + 1 } else { at + 1 };
        found.extend(span);
    }
    found
}

fn ticks(line: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in line.match_indices('`') {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// A space at both ends is there to part backquotes from backquotes.
fn span(line: &str, opens: &Range<usize>, closes: &Range<usize>) -> Option<Span> {
    let mut code = opens.end..closes.start;
    let typed = &line[code.clone()];
    if typed.trim().is_empty() {
        return None;
    }
    if typed.starts_with(' ') && typed.ends_with(' ') {
        code = code.start + 1..code.end - 1;
    }
    Some(Span { range: opens.start..closes.end, code })
}

/// Links with words of their own, in a line whose code is masked. None stands in another one's words.
pub(super) fn written(line: &str) -> Vec<Written> {
    let (mut found, mut open, mut done) = (Vec::new(), Vec::new(), 0);
    for (at, bracket) in line.match_indices(['[', ']']) {
        if at < done {
            continue;
        }
        if bracket == "[" {
            open.push(at);
            continue;
        }
        let Some(begin) = open.pop() else { continue };
        let words = begin + 1..at;
        let Some((url, host)) = address(line, at + 1) else { continue };
        if line[words.clone()].trim().is_empty() {
            continue;
        }
        done = url.end + 1;
        found.push(Written { range: begin..done, words, url, host });
        // What is still open would be around this one.
        open.clear();
    }
    found
}

/// An address in parentheses that begin at `at`, and its host. It ends where a link ends, and before the
/// next that seems to begin: so each part of a line is looked at once.
fn address(line: &str, at: usize) -> Option<(Range<usize>, String)> {
    let begin = at + line[at..].starts_with('(').then_some(1)?;
    let mut depth = 0;
    let end = line[begin..].char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(Some(begin + at)),
            ')' => depth -= 1,
            ']' if line[begin + at..].starts_with("](") => return Some(None),
            c if link::ends_link(c) => return Some(None),
            _ => {}
        }
        None
    })??;
    Some((begin..end, link::web_host(&line[begin..end])?))
}

/// A text with backquotes in place of some ranges of it, as long as before.
pub(super) fn masked(text: &str, ranges: impl IntoIterator<Item = Range<usize>>) -> Cow<'_, str> {
    let (mut masked, mut done) = (String::new(), 0);
    for range in ranges {
        masked.push_str(&text[done..range.start]);
        masked.extend(std::iter::repeat_n('`', range.len()));
        done = range.end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}
