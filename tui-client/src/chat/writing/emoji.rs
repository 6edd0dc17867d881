//! `:name:` becomes the picture of that name while one types, and the beginning of a name is offered what
//! it may become.
//!
//! This file does not know keys, or how pictures are drawn.

use super::code;

/// Letters from which on names are offered: with fewer, a colon is more often just a colon.
const LETTERS_MIN: usize = 2;
/// Names that are offered at a time.
const OFFERED_MAX: usize = 6;

/// What the beginning of a name may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Where its colon stands, in bytes.
    pub start: usize,
    /// What was typed, with the colon.
    pub typed: String,
    /// The likeliest first.
    pub found: Vec<Named>,
    /// Which of them is marked.
    pub at: usize,
}

/// A picture and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    pub picture: &'static str,
    pub name: &'static str,
}

/// What stands before the caret may go on as one of these names.
pub fn offer(text: &str, caret: usize) -> Option<Offer> {
    let (start, name) = name_before(text, caret)?;
    if name.len() < LETTERS_MIN {
        return None;
    }
    let found = named_like(&name.to_lowercase());
    let typed = text[start..caret].to_owned();
    (!found.is_empty()).then_some(Offer { start, typed, found, at: 0 })
}

/// A colon was typed last: where the name before it begins, and its picture.
pub fn complete(text: &str, caret: usize) -> Option<(usize, &'static str)> {
    let end = text[..caret].strip_suffix(':')?.len();
    let (start, name) = name_before(text, end)?;
    Some((start, named(name)?))
}

/// The picture of a name, in any case.
pub fn named(name: &str) -> Option<&'static str> {
    emojis::get_by_shortcode(&name.to_lowercase()).map(emojis::Emoji::as_str)
}

/// A colon that ends no word, and what stands between it and the caret; not in code.
fn name_before(text: &str, caret: usize) -> Option<(usize, &str)> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    let before = text.get(..caret)?;
    let name = before.trim_end_matches(is_of_name).len();
    let start = before[..name].strip_suffix(':')?.len();
    let last = text[..start].chars().next_back();
    let is_free = last.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, ':' | '_' | '/'));
    (is_free && !code::is_inside(text, start)).then(|| (start, &text[name..caret]))
}

/// Those that begin like it, the shortest first, then those of which a later word does.
fn named_like(beginning: &str) -> Vec<Named> {
    let later = format!("_{beginning}");
    let mut found: Vec<(usize, usize, Named)> = Vec::new();
    for emoji in emojis::iter() {
        let ranked = emoji.shortcodes().filter_map(|name| match name {
            name if name.starts_with(beginning) => Some((0, name.len(), name)),
            name if name.contains(&later) => Some((1, name.len(), name)),
            _ => None,
        });
        if let Some((rank, length, name)) = ranked.min() {
            found.push((rank, length, Named { picture: emoji.as_str(), name }));
        }
    }
    found.sort_by_key(|(rank, length, named)| (*rank, *length, named.name));
    found.into_iter().take(OFFERED_MAX).map(|(_, _, named)| named).collect()
}
