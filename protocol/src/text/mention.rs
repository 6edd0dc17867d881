//! Whether a text names somebody: `@name` anywhere and `name:` or `name,` at the beginning in any case,
//! a bare name only as it is spelt.
//!
//! Names are compared as they are everywhere, by their folded forms. `golden/clients/texts.json` holds
//! every client to the same answers. This file does not know who is told of a mention.

use std::borrow::Cow;
use std::ops::Range;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{GeneralCategoryGroup, Script};
use icu_properties::script::ScriptWithExtensions;

use crate::name::UserName;
use crate::text::characters::{category, is_ignorable, is_mark};

/// Scripts that are written without spaces between words.
const SPACELESS: [Script; 14] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Bopomofo,
    Script::Yi,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
    Script::TaiTham,
    Script::TaiLe,
    Script::NewTaiLue,
    Script::Javanese,
    Script::Balinese,
];

/// Where a text names somebody. Where it may also be the beginning of the longer name of one of the
/// `others`, it is that.
pub fn mentions<'a>(
    text: &str,
    name: &UserName,
    others: impl IntoIterator<Item = &'a UserName>,
) -> Vec<Range<usize>> {
    let text = Composed::new(text);
    let (spelt, folded) = (seen(name.as_str()), folded(name));
    let mut found: Vec<_> = text
        .text
        .match_indices(&*spelt)
        .filter(|(at, _)| is_free(&text.text[..*at], &spelt))
        .map(|(at, _)| at)
        .chain(calls(&text.text, &folded))
        .filter_map(|at| Some(at..at + begins_with(&text.text[at..], &folded)?))
        .collect();
    if found.is_empty() {
        return Vec::new();
    }
    let longer = others.into_iter().filter(|other| other.key().starts_with(&**name.key()));
    for longer in longer.filter(|longer| *longer != name).map(self::folded) {
        found.retain(|range| begins_with(&text.text[range.start..], &longer).is_none());
    }
    found.sort_by_key(|range| range.start);
    found.dedup();
    found.into_iter().map(|range| text.original(range)).collect()
}

/// Where a text has a word: as a whole, in any case.
pub fn words(text: &str, word: &str) -> Vec<Range<usize>> {
    let folded = CaseMapper::new().fold_string(&seen(word)).into_owned();
    if folded.trim().is_empty() {
        return Vec::new();
    }
    let text = Composed::new(text);
    let (mut found, mut end) = (Vec::new(), 0);
    for (at, c) in text.text.char_indices() {
        let before = text.text[..at].chars().next_back();
        let is_start = before.is_none_or(|before| !is_of_word(before) || is_apart(before, Some(c)));
        if at < end || !is_start {
            continue;
        }
        if let Some(length) = begins_with(&text.text[at..], &folded) {
            end = at + length;
            found.push(text.original(at..end));
        }
    }
    found
}

/// Where somebody is called whatever the case: behind an `@`, and at the beginning with a colon or comma behind.
fn calls(text: &str, folded: &str) -> Vec<usize> {
    let mut found: Vec<_> = signs(text).collect();
    let start = text.len() - text.trim_start().len();
    let behind = begins_with(&text[start..], folded).map(|length| &text[start + length..]);
    if behind.is_some_and(|behind| behind.starts_with([':', ',', '：', '，', '、', '،'])) {
        found.push(start);
    }
    found
}

/// Behind each `@` that is not within a word.
pub(super) fn signs(text: &str) -> impl Iterator<Item = usize> {
    let free = text.match_indices(is_at).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|before| !is_of_word(before) || is_spaceless(before))
    });
    free.map(|(at, sign)| at + sign.len())
}

fn is_at(c: char) -> bool {
    matches!(c, '@' | '＠' | '﹫')
}

/// Bytes of a folded name that a text begins with, if it does and the word ends there.
fn begins_with(text: &str, folded: &str) -> Option<usize> {
    let (case, mut left, mut last) = (CaseMapper::new(), folded, None);
    for (at, c) in text.char_indices() {
        if left.is_empty() {
            return ends(last, c).then_some(at);
        }
        let mut buffer = [0; 4];
        left = match c.is_ascii() {
            true => left.strip_prefix(c.to_ascii_lowercase())?,
            false => left.strip_prefix(&*case.fold_string(c.encode_utf8(&mut buffer)))?,
        };
        last = Some(c);
    }
    left.is_empty().then_some(text.len())
}

/// Whether a word that begins like `name` can begin behind this; behind an `@` it has other rules.
fn is_free(before: &str, name: &str) -> bool {
    let Some(before) = before.chars().next_back() else { return true };
    !is_at(before) && (!is_of_word(before) || is_apart(before, name.chars().next()))
}

/// Whether a name that ends with `last` has an end where `next` follows. A mark belongs to its letter.
pub(super) fn ends(last: Option<char>, next: char) -> bool {
    !is_mark(next) && !is_at(next) && (!is_of_word(next) || is_apart(next, last))
}

/// Beside a letter of a script without spaces a word may begin and end.
fn is_apart(one: char, other: Option<char>) -> bool {
    is_spaceless(one) || other.is_some_and(is_spaceless)
}

fn is_of_word(c: char) -> bool {
    let category = category(c);
    c == '_'
        || GeneralCategoryGroup::Letter.contains(category)
        || GeneralCategoryGroup::Number.contains(category)
        || GeneralCategoryGroup::Mark.contains(category)
}

pub(super) fn is_spaceless(c: char) -> bool {
    let scripts = ScriptWithExtensions::new().get_script_extensions_val(c);
    !c.is_ascii() && scripts.iter().any(|script| SPACELESS.contains(&script))
}

fn folded(name: &UserName) -> String {
    CaseMapper::new().fold_string(&seen(name.as_str())).into_owned()
}

/// Without what nobody sees, composed.
fn seen(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_ignorable(*c)).collect();
    ComposingNormalizerBorrowed::new_nfc().normalize(&seen).into_owned()
}

/// A text as names are compared: composed, and without what nobody sees.
pub(super) struct Composed<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where its parts begin, here and in the text as it came; empty where both are one.
    parts: Vec<(usize, usize)>,
    original_len: usize,
}

impl<'a> Composed<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let original_len = text.len();
        let is_composed = ComposingNormalizerBorrowed::new_nfc().is_normalized(text);
        if is_composed && !text.chars().any(is_ignorable) {
            return Composed { text: Cow::Borrowed(text), parts: Vec::new(), original_len };
        }
        // Marks, and letters of Korean that follow one, are composed with what stands before them.
        let joins = |c| is_mark(c) || is_ignorable(c) || matches!(c, '\u{1160}'..='\u{11FF}');
        let starts = text.char_indices().filter(|(at, c)| *at == 0 || !joins(*c)).map(|(at, _)| at);
        let starts: Vec<_> = starts.chain([text.len()]).collect();
        let (mut composed, mut parts) = (String::with_capacity(text.len()), Vec::new());
        for part in starts.windows(2) {
            parts.push((composed.len(), part[0]));
            composed.push_str(&seen(&text[part[0]..part[1]]));
        }
        Composed { text: Cow::Owned(composed), parts, original_len }
    }

    fn original(&self, range: Range<usize>) -> Range<usize> {
        if self.parts.is_empty() {
            return range;
        }
        let begin = self.parts.partition_point(|(at, _)| *at <= range.start).saturating_sub(1);
        let end = self.parts.partition_point(|(at, _)| *at < range.end);
        let at = |part: usize| self.parts.get(part).map_or(self.original_len, |(_, at)| *at);
        at(begin)..at(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_as_a_whole_in_any_case() {
        for (text, word, found) in [
            ("Deploy, then DEPLOY!", "deploy", &["Deploy", "DEPLOY"][..]),
            ("deployed, redeploy, deploy_it", "deploy", &[]),
            ("the big day", "Big Day", &["big day"]),
            ("Straße STRASSE", "strasse", &["Straße", "STRASSE"]),
            ("我看李小龙的电影", "李小龙", &["李小龙"]),
            ("@all of you", "@all", &["@all"]),
            ("a@all @allow", "@all", &[]),
            ("cafe\u{301} cafe", "caf\u{e9}", &["cafe\u{301}"]),
            ("anything", " ", &[]),
        ] {
            let parts = words(text, word).into_iter().map(|range| &text[range]);
            assert_eq!(parts.collect::<Vec<_>>(), found, "{word} in {text}");
        }
    }
}
