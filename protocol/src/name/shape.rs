//! Which characters a name may consist of, and in which places: the rules that a reader can tell names
//! apart.
//!
//! They follow Unicode's properties: general categories, what is ignorable by default, scripts, and the
//! contexts in which a joiner changes what is seen (RFC 5892, appendix A; UTS 39). This file does not
//! know how names are compared.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::props::{
    CanonicalCombiningClass, Emoji, EmojiModifier, EmojiPresentation, ExtendedPictographic,
    GeneralCategory, GeneralCategoryGroup, JoiningType, RegionalIndicator, Script,
    VariationSelector,
};
use icu_properties::script::ScriptWithExtensions;
use icu_properties::{CodePointMapData, CodePointSetData};

use crate::name::error::{MARKS_MAX, NameError, Position};
use crate::text::characters::{category, has_blank_glyph, is_ignorable, is_mark};

const ZWNJ: char = '\u{200C}';
const ZWJ: char = '\u{200D}';
/// Asks for the emoji, or with the one before it for the plain sign.
const EMOJI_SELECTOR: char = '\u{FE0F}';
const TEXT_SELECTOR: char = '\u{FE0E}';
const KEYCAP: char = '\u{20E3}';
/// With tags behind it, it is the flag of a part of a country.
const BLACK_FLAG: char = '\u{1F3F4}';
const TAG_END: char = '\u{E007F}';
/// Tags of one flag: a country's two letters, and a part's one to three.
const TAGS_MAX: usize = 5;

/// Without variation selectors that select nothing: those of emoji stay, where an emoji can be.
pub(crate) fn spelled(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let stays = || matches!(c, EMOJI_SELECTOR | TEXT_SELECTOR) && before.is_some_and(is_emoji);
        // A digit is an emoji only in a keycap.
        let stays = |next: Option<&char>| {
            stays() && (!before.is_some_and(|b| b.is_ascii()) || next == Some(&KEYCAP))
        };
        if CodePointSetData::new::<VariationSelector>().contains(c) && !stays(chars.peek()) {
            continue;
        }
        spelled.push(c);
        before = Some(c);
    }
    spelled
}

/// What no name has, new or old: characters that nobody sees or that are none, and outer spaces.
pub(crate) fn check_characters(text: &str) -> Result<(), NameError> {
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        if c == ' ' || is_in_its_place(c, before, after) {
            continue;
        }
        let category = category(c);
        match category {
            GeneralCategory::PrivateUse | GeneralCategory::Unassigned => {
                return Err(NameError::Undefined(Position::new(before, c)));
            }
            _ if c == char::REPLACEMENT_CHARACTER => {
                return Err(NameError::Undefined(Position::new(before, c)));
            }
            _ if GeneralCategoryGroup::Other.contains(category)
                || GeneralCategoryGroup::Separator.contains(category)
                || is_ignorable(c)
                || c == '\u{2800}' =>
            {
                return Err(NameError::Invisible(Position::new(before, c)));
            }
            _ => {}
        }
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(NameError::OuterSpace);
    }
    // A combining mark at the start would be drawn over what stands before the name.
    if let Some(mark) = text.chars().next().filter(|c| is_mark(*c)) {
        return Err(NameError::StrayMark(Position::new("", mark)));
    }
    Ok(())
}

/// What a new name must not have besides: blank glyphs, and marks that no letter has.
pub(crate) fn check(text: &str) -> Result<(), NameError> {
    let text = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let (mut base, mut marks) = (None, 0);
    let mut last = None;
    for (at, c) in text.char_indices() {
        if has_blank_glyph(c) {
            return Err(NameError::Invisible(Position::new(&text[..at], c)));
        }
        let stacks =
            matches!(category(c), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark);
        if !is_mark(c) {
            base = Some(c).filter(|c| !is_ignorable(*c)).or(base);
        } else if !is_ignorable(c) && base.is_some_and(|base| !may_bear(base, c)) {
            return Err(NameError::StrayMark(Position::new(&text[..at], c)));
        }
        marks = if stacks { marks + 1 } else { 0 };
        if marks > MARKS_MAX || (stacks && last == Some(c)) {
            return Err(NameError::StrayMark(Position::new(&text[..at], c)));
        }
        last = Some(c);
    }
    Ok(())
}

/// Whether nothing in it is a letter, a number or an emoji. Arrows and asterisks are signs also where
/// they have an emoji: programs begin lines with them.
pub(crate) fn is_signs_alone(text: &str) -> bool {
    !text.chars().any(|c| {
        let category = category(c);
        GeneralCategoryGroup::Letter.contains(category)
            || GeneralCategoryGroup::Number.contains(category)
            || CodePointSetData::new::<EmojiPresentation>().contains(c)
            || CodePointSetData::new::<RegionalIndicator>().contains(c)
            || (category == GeneralCategory::OtherSymbol
                && is_pictograph(c)
                && !is_arrow_or_star(c))
    })
}

fn is_arrow_or_star(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21FF}' | '\u{2733}' | '\u{2734}' | '\u{27A1}'
        | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}')
}

/// A mark of one script stands on letters of that script: on others a reader sees at best a circle.
fn may_bear(base: char, mark: char) -> bool {
    let scripts = ScriptWithExtensions::new();
    let of_mark = scripts.get_script_extensions_val(mark);
    let of_base = scripts.get_script_extensions_val(base);
    of_mark.iter().any(|script| {
        matches!(script, Script::Inherited | Script::Common) || of_base.contains(&script)
    })
}

/// An ignorable character that changes what is seen, because of what stands around it.
fn is_in_its_place(c: char, before: &str, after: &str) -> bool {
    match c {
        EMOJI_SELECTOR | TEXT_SELECTOR => true,
        ZWNJ => ends_with_virama(before) || joins(before.chars().rev(), after.chars()),
        ZWJ => ends_with_virama(before) || joins_emoji(before, after),
        '\u{E0020}'..='\u{E007F}' => is_in_flag(before, after, c),
        _ => false,
    }
}

fn ends_with_virama(before: &str) -> bool {
    let class = |c| CodePointMapData::<CanonicalCombiningClass>::new().get(c);
    before.chars().next_back().is_some_and(|c| class(c) == CanonicalCombiningClass::Virama)
}

/// Between letters that would be joined without it.
fn joins(before: impl Iterator<Item = char>, after: impl Iterator<Item = char>) -> bool {
    let joining = |c| CodePointMapData::<JoiningType>::new().get(c);
    let first = |chars: &mut dyn Iterator<Item = char>| {
        chars.map(joining).find(|joining| *joining != JoiningType::Transparent)
    };
    let (mut before, mut after) = (before, after);
    matches!(first(&mut before), Some(JoiningType::DualJoining | JoiningType::LeftJoining))
        && matches!(first(&mut after), Some(JoiningType::DualJoining | JoiningType::RightJoining))
}

fn joins_emoji(before: &str, after: &str) -> bool {
    let is_tone = |c: &char| CodePointSetData::new::<EmojiModifier>().contains(*c);
    let base = before.chars().rev().find(|c| *c != EMOJI_SELECTOR && !is_tone(c));
    base.is_some_and(is_pictograph) && after.chars().next().is_some_and(is_pictograph)
}

/// Behind a black flag: a few tags, and the one that ends them.
fn is_in_flag(before: &str, after: &str, tag: char) -> bool {
    let Some((_, tags)) = before.rsplit_once(BLACK_FLAG) else { return false };
    let is_tag = |c: char| matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}');
    let behind = after.split_once(TAG_END).map(|(tags, _)| tags);
    let (behind, own) = match tag {
        TAG_END => ("", 0),
        _ => (behind.unwrap_or("\0"), 1),
    };
    let count = tags.chars().count() + behind.chars().count() + own;
    tags.chars().chain(behind.chars()).all(is_tag)
        && (tag == TAG_END || is_tag(tag))
        && (3..=TAGS_MAX).contains(&count)
}

fn is_emoji(c: char) -> bool {
    CodePointSetData::new::<Emoji>().contains(c)
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}
