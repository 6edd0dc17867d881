//! What somebody types to search → what is asked for. Any text is a query: what makes no sense finds nothing.
//!
//! This file does not know who or what there is.

use super::day::begin_ms;
use super::words::words;

/// What a query asks for: all of it holds for a message that is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Words and phrases, in the order in which they were typed.
    pub terms: Vec<Term>,
    /// What else holds.
    pub filters: Vec<Filter>,
}

/// Words that follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// In the form in which they are compared; one at least.
    pub words: Vec<String>,
    /// The last one may go on.
    pub is_prefix: bool,
    /// They must not be there.
    pub is_excluded: bool,
}

/// What holds for a message besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// What it is about.
    pub kind: FilterKind,
    /// It must not hold.
    pub is_excluded: bool,
}

/// What a filter is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterKind {
    /// Who said it: a name.
    From(String),
    /// Where it was said: the name, title or address of a room.
    In(String),
    /// It was said before this time, in milliseconds since 1970.
    Before(u64),
    /// It was said at this time or later, in milliseconds since 1970.
    After(u64),
    /// There is a link in it.
    HasLink,
    /// It makes no sense, and finds nothing.
    Senseless,
}

impl Search {
    /// Reads a query.
    pub fn parse(query: &str) -> Self {
        let mut search = Search::default();
        let mut rest = query.trim_start();
        while !rest.is_empty() {
            let part = Part::take(rest);
            search.add(&part);
            rest = part.rest.trim_start();
        }
        search
    }

    /// Nothing was asked for, so nothing is found.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.filters.is_empty()
    }

    fn add(&mut self, part: &Part<'_>) {
        let is_excluded = part.is_excluded;
        if let Some(kind) = part.filter() {
            self.filters.push(Filter { kind, is_excluded });
            return;
        }
        let words: Vec<_> = words(part.text).into_iter().map(|word| word.folded).collect();
        if !words.is_empty() {
            self.terms.push(Term { words, is_prefix: part.is_prefix, is_excluded });
        }
    }
}

/// Where the last part of a query begins, which may be in the middle of being typed: in bytes.
pub fn last_part(query: &str) -> usize {
    let mut rest = query.trim_start();
    let mut start = query.len() - rest.len();
    while !rest.is_empty() {
        start = query.len() - rest.len();
        rest = Part::take(rest).rest;
        if rest.starts_with(char::is_whitespace) {
            rest = rest.trim_start();
            start = query.len() - rest.len();
        }
    }
    start
}

/// What stands between spaces, or in quotes.
struct Part<'a> {
    is_excluded: bool,
    /// What stands before a colon.
    key: Option<&'a str>,
    text: &'a str,
    is_prefix: bool,
    rest: &'a str,
}

impl<'a> Part<'a> {
    fn take(typed: &'a str) -> Self {
        let (is_excluded, typed) = match typed.strip_prefix('-') {
            Some(rest) if !rest.starts_with(char::is_whitespace) => (true, rest),
            _ => (false, typed),
        };
        let key = key(typed);
        let value = key.map_or(typed, |key| &typed[key.len() + 1..]);
        let (text, rest) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        let is_quoted = value.starts_with('"');
        let (is_prefix, rest) = match rest.strip_prefix('*') {
            Some(rest) if is_quoted => (true, rest),
            _ => (!is_quoted && text.ends_with('*'), rest),
        };
        Part { is_excluded, key, text, is_prefix, rest }
    }

    fn filter(&self) -> Option<FilterKind> {
        let value = self.text.trim();
        let kind = match self.key?.to_ascii_lowercase().as_str() {
            "from" => text(value.strip_prefix('@').unwrap_or(value)).map(FilterKind::From),
            "in" => text(value.strip_prefix('#').unwrap_or(value)).map(FilterKind::In),
            "before" => begin_ms(value).map(FilterKind::Before),
            "after" => begin_ms(value).map(FilterKind::After),
            _ => value.eq_ignore_ascii_case("link").then_some(FilterKind::HasLink),
        };
        Some(kind.unwrap_or(FilterKind::Senseless))
    }
}

/// What a filter begins with, before its colon.
pub const KEYS: [&str; 5] = ["from", "in", "before", "after", "has"];

fn key(typed: &str) -> Option<&str> {
    let (key, _) = typed.split_once(':')?;
    KEYS.iter().any(|known| key.eq_ignore_ascii_case(known)).then_some(key)
}

fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::last_part;

    #[test]
    fn the_last_part_begins_where_the_one_before_it_ends() {
        let parts = [
            ("", ""),
            ("  ", ""),
            ("tea", "tea"),
            ("tea  fr", "fr"),
            ("tea ", ""),
            ("tea -fr", "-fr"),
            ("from:\"Big Al", "from:\"Big Al"),
            ("from:\"Big Al\" i", "i"),
            ("\"big al\"fr", "fr"),
            // Within a word a quote is a sign like others.
            ("5\"x fr", "fr"),
            ("- fr", "fr"),
        ];
        for (query, part) in parts {
            assert_eq!(&query[last_part(query)..], part, "{query}");
        }
    }
}
