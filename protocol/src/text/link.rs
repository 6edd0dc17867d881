//! Links in a text: http, https and mailto alone, as a person would end them, and the host beside those
//! whose host does not read as what it is.
//!
//! `golden/clients/texts.json` holds every client to the same answers. This file does not know how
//! links are drawn.

use std::ops::Range;

use icu_properties::CodePointSetData;
use icu_properties::props::{
    GeneralCategory, QuotationMark, Script, TerminalPunctuation, WhiteSpace,
};
use icu_properties::script::ScriptWithExtensions;
use url::Url;

use crate::text::characters::{category, revealed};

const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];
/// What belongs to the sentence if it stands at a link's end.
const TRAILING: &str = ".,;:!?'*_~–([{";
const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
/// Words in which so many links seem to begin and none leads anywhere are let be: to look at the rest
/// of one each time would cost its length squared.
const MISSES_MAX: usize = 3;

/// Letters of one of these are read as what they are; Chinese, Japanese and Korean mix theirs.
const PLAIN: [&[Script]; 26] = [
    &[Script::Han, Script::Hiragana, Script::Katakana],
    &[Script::Han, Script::Hangul],
    &[Script::Han, Script::Bopomofo],
    &[Script::Arabic],
    &[Script::Hebrew],
    &[Script::Devanagari],
    &[Script::Bengali],
    &[Script::Gurmukhi],
    &[Script::Gujarati],
    &[Script::Oriya],
    &[Script::Tamil],
    &[Script::Telugu],
    &[Script::Kannada],
    &[Script::Malayalam],
    &[Script::Sinhala],
    &[Script::Thai],
    &[Script::Lao],
    &[Script::Tibetan],
    &[Script::Myanmar],
    &[Script::Khmer],
    &[Script::Ethiopic],
    &[Script::Georgian],
    &[Script::Mongolian],
    &[Script::Thaana],
    &[Script::Syriac],
    &[Script::Javanese],
];
/// These have letters that look like Latin ones: they are plain where the whole host has them.
const LOOK_LATIN: [Script; 3] = [Script::Cyrillic, Script::Greek, Script::Armenian];

/// A link in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub range: Range<usize>,
    /// The host that it leads to, if what is written could be read as another: to be shown beside it.
    pub host: Option<String>,
}

/// The links of a text, in their order.
pub fn links(text: &str) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    let (mut end, mut misses) = (0, 0);
    for start in starts(text) {
        if start >= end {
            end = text[start..].find(ends_link).map_or(text.len(), |length| start + length);
            misses = 0;
        }
        if misses > MISSES_MAX || found.last().is_some_and(|last| start < last.range.end) {
            continue;
        }
        let link = without_tail(&text[start..end]);
        match checked(link) {
            Some(url) => {
                let range = start..start + link.len();
                found.push(Link { range, host: other_host(link, &url) });
            }
            None => misses += 1,
        }
    }
    found
}

/// A text as [`revealed`] shows it, with the host beside each link that would be read as another one.
pub fn shown(text: &str) -> String {
    let (mut shown, mut done) = (String::with_capacity(text.len()), 0);
    for Link { range, host } in links(text) {
        if let Some(host) = host {
            shown.push_str(&revealed(&text[done..range.end]));
            shown.push_str(&format!(" ({host})"));
            done = range.end;
        }
    }
    shown.push_str(&revealed(&text[done..]));
    shown
}

fn starts(text: &str) -> impl Iterator<Item = usize> {
    let colons = text.match_indices(':');
    colons.filter_map(|(colon, _)| {
        let scheme = SCHEMES.iter().find_map(|scheme| {
            let begin = colon + 1 - scheme.trim_end_matches('/').len().min(colon + 1);
            let written = text.get(begin..begin + scheme.len())?;
            written.eq_ignore_ascii_case(scheme).then_some(begin)
        })?;
        let before = text[..scheme].chars().next_back();
        (!before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(scheme)
    })
}

/// What ends a link wherever it stands: spaces, quotes, angles, what nobody sees, and the brackets and
/// the punctuation of scripts that need no space behind it.
pub(super) fn ends_link(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_whitespace() || c.is_ascii_control() || "<>\"`".contains(c);
    }
    let is_punctuation = || {
        use GeneralCategory::{
            ClosePunctuation, FinalPunctuation, InitialPunctuation, OpenPunctuation,
        };
        matches!(
            category(c),
            ClosePunctuation | FinalPunctuation | InitialPunctuation | OpenPunctuation
        ) || CodePointSetData::new::<TerminalPunctuation>().contains(c)
            || CodePointSetData::new::<QuotationMark>().contains(c)
    };
    CodePointSetData::new::<WhiteSpace>().contains(c)
        || matches!(c, '\u{80}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{180E}')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{FEFF}' | '—' | '―' | '‥' | '…')
        || is_punctuation()
}

/// Without the punctuation of the sentence, and what a bracket closes that was opened before the link.
fn without_tail(link: &str) -> &str {
    let mut open = [0_usize; BRACKETS.len()];
    let closed = link.char_indices().find(|(_, c)| {
        for (count, (opens, closes)) in open.iter_mut().zip(BRACKETS) {
            if *c == opens {
                *count += 1;
            } else if *c == closes && *count == 0 {
                return true;
            } else if *c == closes {
                *count -= 1;
            }
        }
        false
    });
    let link = closed.map_or(link, |(at, _)| &link[..at]);
    link.trim_end_matches(|c| TRAILING.contains(c))
}

/// The address that it leads to, if it is one that may be followed.
fn checked(link: &str) -> Option<Url> {
    let url = Url::parse(link).ok()?;
    let leads = match url.scheme() {
        "mailto" => url.path().split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !host.contains('@')
        }),
        "http" | "https" => url.host_str().is_some_and(|host| !host.is_empty()),
        _ => false,
    };
    leads.then_some(url)
}

/// The host of an address that is one of the web alone, and nothing else.
pub(super) fn web_host(address: &str) -> Option<String> {
    let is_web = SCHEMES[..2].iter().any(|scheme| {
        address.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    });
    let url = checked(address).filter(|_| is_web)?;
    url.host_str().map(str::to_owned)
}

/// The host that a link leads to, if the one that is written is not the same to the eye.
fn other_host(link: &str, url: &Url) -> Option<String> {
    let (written, host) = match url.scheme() {
        "mailto" => {
            let written = link.split_once('@')?.1.split('?').next()?;
            (written, Url::parse(&format!("https://{written}")).ok()?.host_str()?.to_owned())
        }
        _ => {
            let authority = link.split_once("://")?.1.split(['/', '?', '#', '\\']).next()?;
            let bare = authority.trim_end_matches(|c: char| c.is_ascii_digit());
            (bare.strip_suffix(':').unwrap_or(authority), url.host_str()?.to_owned())
        }
    };
    (!written.eq_ignore_ascii_case(&host) && !is_plain(written)).then_some(host)
}

/// Whether a host beyond ASCII reads as what it is: no part mixes scripts, or has letters that look like Latin ones.
fn is_plain(host: &str) -> bool {
    let scripts = ScriptWithExtensions::new();
    let is_of = |label: &str, of: &[Script]| {
        let is_sign = |c: char| c.is_ascii_digit() || c == '-';
        let is_letter = |c: char| of.iter().any(|script| scripts.has_script(c, *script));
        !label.is_empty() && label.chars().all(|c| is_sign(c) || is_letter(c))
    };
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_plain = |label: &str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        label.chars().all(|c| is_name(c) || is_accented(c))
            || PLAIN.iter().any(|scripts| is_of(label, scripts))
            || LOOK_LATIN.iter().any(|script| {
                is_of(label, &[*script]) && is_of(last, &[*script]) && !last.is_ascii()
            })
    };
    !host.is_ascii() && host.split('.').all(is_plain)
}

/// Latin letters with a plain accent.
fn is_accented(c: char) -> bool {
    matches!(c, 'ß'..='ö' | 'ø'..='ÿ' | 'À'..='Ö' | 'Ø'..='Þ' | 'Ā'..='į' | 'ĳ'..='ž')
        && c != 'ŀ'
        && c != 'Ŀ'
}
