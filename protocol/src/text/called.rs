//! Whom a text calls with `@`: everybody, or somebody by name.
//!
//! Where a name ends cannot be seen from the text alone, since names have spaces in them: each sign has several
//! candidates, of which the longest counts that somebody has. This file does not know who there is.

use crate::name::{USER_CHARS_MAX, UserName};
use crate::text::formatting::outside_code;
use crate::text::mention::{Composed, ends, signs};

/// Signs of one text that are looked at: what calls more people than that is no message to them.
pub const CALLS_MAX: usize = 50;

/// What stands behind each `@` of a text that is not in code and not within a word: the names that it can be, the
/// longest first.
pub fn called(text: &str) -> Vec<Vec<UserName>> {
    if signs(text).next().is_none() {
        return Vec::new();
    }
    let text = outside_code(text);
    let text = Composed::new(&text).text;
    let calls = signs(&text).map(|at| names(&text[at..])).filter(|names| !names.is_empty());
    calls.take(CALLS_MAX).collect()
}

/// The names that a text can begin with, the longest first.
fn names(text: &str) -> Vec<UserName> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().take(USER_CHARS_MAX + 1).peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map(|(_, next)| *next);
        let is_end = !c.is_whitespace() && next.is_none_or(|next| ends(Some(c), next));
        if is_end {
            found.extend(UserName::known(&text[..end]).ok());
        }
        if c == '\n' {
            break;
        }
    }
    found.reverse();
    found
}
