//! Emoji to choose from, by their names.
//!
//! This file does not know what they are put on.

use protocol::Emoji;

use crate::chat::model::fit;

/// Most that are worth listing.
const FOUND_MAX: usize = 60;

/// With nothing typed those that were used last; else those whose name fits best, and what they are called.
pub(super) fn found_emoji(typed: &str, latest: &[Emoji]) -> Vec<(String, Emoji)> {
    let typed = typed.trim().trim_matches(':').to_lowercase();
    if typed.is_empty() {
        let known = |emoji: &Emoji| emojis::get(emoji.as_str());
        return latest
            .iter()
            .filter_map(|emoji| Some((words(known(emoji)?), emoji.clone())))
            .collect();
    }
    if let Ok(emoji) = Emoji::try_from(typed.as_str()) {
        return emojis::get(emoji.as_str())
            .map(|known| (words(known), emoji))
            .into_iter()
            .collect();
    }
    let fits = |emoji: &emojis::Emoji| {
        let codes = emoji.shortcodes().map(str::to_owned);
        codes.chain([emoji.name().to_lowercase()]).filter_map(|name| score(&name, &typed)).max()
    };
    let mut found: Vec<_> =
        emojis::iter().filter_map(|emoji| Some((fits(emoji)?, emoji))).collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let found = found.into_iter().take(FOUND_MAX);
    found.filter_map(|(_, it)| Some((words(it), Emoji::try_from(it.as_str()).ok()?))).collect()
}

/// Letters that are strewn over a name say nothing: they have to stand together.
fn score(name: &str, typed: &str) -> Option<u8> {
    let spaced = typed.replace('_', " ");
    let exact = u8::from(name == typed) * 2;
    let fits = [typed, &spaced].into_iter().filter(|typed| name.contains(*typed));
    fits.filter_map(|typed| fit(name, typed)).max().map(|fit| fit + exact)
}

fn words(emoji: &emojis::Emoji) -> String {
    format!("{} {}", emoji.as_str(), emoji.shortcode().unwrap_or_else(|| emoji.name()))
}
