//! Where a text has what a query asks for.
//!
//! This file does not know filters.

use std::ops::Range;

use super::query::{Search, Term};
use super::words::{Word, words};

/// The parts of a text that a query finds, in order, none of which touch: in bytes.
pub fn marks(text: &str, search: &Search) -> Vec<Range<usize>> {
    let words = words(text);
    let mut found: Vec<_> = search.terms.iter().flat_map(|term| places(&words, term)).collect();
    found.sort_by_key(|range| range.start);
    let mut marks: Vec<Range<usize>> = Vec::new();
    for range in found {
        match marks.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => marks.push(range),
        }
    }
    marks
}

fn places(words: &[Word], term: &Term) -> Vec<Range<usize>> {
    if term.is_excluded {
        return Vec::new();
    }
    let here = words.windows(term.words.len()).filter(|here| is_at(here, term));
    here.filter_map(|here| Some(here.first()?.range.start..here.last()?.range.end)).collect()
}

fn is_at(here: &[Word], term: &Term) -> bool {
    let last = term.words.len() - 1;
    here.iter().zip(&term.words).enumerate().all(|(at, (word, wanted))| {
        word.folded == *wanted
            || (term.is_prefix && at == last && word.folded.starts_with(wanted.as_str()))
    })
}
