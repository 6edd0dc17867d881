//! Code in tokens: comments, strings, numbers and keywords, by one small idea for all languages.
//!
//! `golden/clients/code.json` holds every client to the same answers. These files do not know messages, or
//! how a token is drawn.

mod languages;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::languages::Language;

/// Characters behind the one that a backslash changes, as in `'\u{1F600}'`.
const ESCAPE_MAX: usize = 9;

/// What a part of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// None of the others.
    Plain,
    /// A comment, with its signs.
    Comment,
    /// A string or a character, with its quotes.
    String,
    /// A number.
    Number,
    /// A word that the language keeps for itself.
    Keyword,
}

/// A part of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub range: Range<usize>,
}

/// Code in tokens, whose ranges together are the code; none if nothing is known of the language.
pub fn tokens(language: &str, code: &str) -> Option<Vec<Token>> {
    let language = languages::named(&language.to_lowercase())?;
    let (mut made, mut at): (Vec<Token>, _) = (Vec::new(), 0);
    let mut unclosed = Unclosed::default();
    while let Some((kind, length)) = next(&language, code, at, &mut unclosed) {
        let end = at + length;
        match made.last_mut() {
            Some(last) if kind == Kind::Plain && last.kind == kind => last.range.end = end,
            _ => made.push(Token { kind, range: at..end }),
        }
        at = end;
    }
    Some(made)
}

/// Where lines end in which a quote does not: no further one begins there, so nobody looks again.
#[derive(Default)]
struct Unclosed {
    double: usize,
    single: usize,
}

/// The kind and the length of what stands at a place.
fn next(
    language: &Language,
    code: &str,
    at: usize,
    unclosed: &mut Unclosed,
) -> Option<(Kind, usize)> {
    let (before, code) = code.split_at(at);
    let first = code.chars().next()?;
    let last = before.chars().next_back();
    if let Some((opens, closes)) = language.block
        && let Some(inside) = code.strip_prefix(opens)
    {
        let end = inside.find(closes).map(|at| opens.len() + at + closes.len());
        return Some((Kind::Comment, end.unwrap_or(code.len())));
    }
    // Of the short signs, not each is one: `$#`, `a;`.
    let is_free = last.is_none_or(char::is_whitespace);
    if language.line.iter().any(|sign| code.starts_with(sign) && (sign.len() > 1 || is_free)) {
        return Some((Kind::Comment, line_of(code).len()));
    }
    if let Some(end) = language.quotes.iter().find_map(|quote| string(quote, code, at, unclosed)) {
        return Some((Kind::String, end));
    }
    if first.is_ascii_digit() {
        return Some((Kind::Number, number(code)));
    }
    let end = code.find(|c: char| !is_of_word(c)).unwrap_or(code.len());
    if end == 0 {
        return Some((Kind::Plain, first.len_utf8()));
    }
    let is_name = last.is_some_and(|c| matches!(c, '.' | '$' | '-'));
    let is_keyword = !is_name && is_keyword(language, &code[..end]);
    Some((if is_keyword { Kind::Keyword } else { Kind::Plain }, end))
}

fn is_keyword(language: &Language, word: &str) -> bool {
    language.keywords.iter().any(|keyword| match language.is_any_case {
        true => keyword.eq_ignore_ascii_case(word),
        false => *keyword == word,
    })
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

fn line_of(code: &str) -> &str {
    code.split('\n').next().unwrap_or_default()
}

/// A full stop belongs to a number if a digit follows.
fn number(code: &str) -> usize {
    let bytes = code.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let goes_on = |at: &usize| match bytes.get(*at) {
        Some(b'.') => is_digit(at + 1),
        Some(byte) => byte.is_ascii_alphanumeric() || *byte == b'_',
        None => false,
    };
    (0..).find(|at| !goes_on(at)).unwrap_or(bytes.len())
}

/// Where a string ends with which code begins. One of a line that does not end in it is none; the others
/// end with the code.
fn string(quote: &str, code: &str, at: usize, unclosed: &mut Unclosed) -> Option<usize> {
    match quote {
        "d" => ended_in_line("\"", code, at, &mut unclosed.double),
        "s" => ended_in_line("'", code, at, &mut unclosed.single),
        "c" => character(line_of(code)),
        "b" => ended("`", code).or_else(|| code.starts_with('`').then_some(code.len())),
        "D" => ended("\"\"\"", code).or_else(|| code.starts_with("\"\"\"").then_some(code.len())),
        "S" => ended("'''", code).or_else(|| code.starts_with("'''").then_some(code.len())),
        _ => None,
    }
}

fn ended_in_line(quote: &str, code: &str, at: usize, unclosed: &mut usize) -> Option<usize> {
    if at < *unclosed || !code.starts_with(quote) {
        return None;
    }
    let line = line_of(code);
    let end = ended(quote, line);
    if end.is_none() {
        *unclosed = at + line.len();
    }
    end
}

/// Behind the next quote that no backslash changes.
fn ended(quote: &str, code: &str) -> Option<usize> {
    let mut rest = code.strip_prefix(quote)?;
    loop {
        let at = rest.find(|c: char| c == '\\' || quote.starts_with(c))?;
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix(quote) {
            return Some(code.len() - behind.len());
        }
        let mut chars = rest.chars();
        if chars.next() == Some('\\') {
            chars.next()?;
        }
        rest = chars.as_str();
    }
}

/// One character, or a backslash and what it stands for; all else behind such a quote is a lifetime.
fn character(line: &str) -> Option<usize> {
    let mut rest = line.strip_prefix('\'')?.chars();
    match rest.next()? {
        '\'' => return None,
        '\\' => {
            rest.next()?;
            let escape = rest.as_str().find('\'')?;
            let escape = &rest.as_str()[..escape];
            if escape.chars().count() > ESCAPE_MAX {
                return None;
            }
            rest = rest.as_str()[escape.len()..].chars();
        }
        _ => {}
    }
    (rest.next() == Some('\'')).then(|| line.len() - rest.as_str().len())
}
