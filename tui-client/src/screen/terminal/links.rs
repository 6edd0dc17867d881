//! Links in strangers' text, told to the painter.
//!
//! A cell of ratatui has no place for a link. Its underline's colour is used by nothing else here,
//! so that colour carries the link's mark: a cell whose link changes is drawn again like any other
//! change. This file does not know how links are drawn.

use std::collections::HashMap;

use ratatui::style::Color;
use url::Url;

/// Longest target that terminals take (VTE's and iTerm2's limit).
const TARGET_BYTES_MAX: usize = 2083;

/// The targets of the links that are shown, by their marks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Links(HashMap<u32, Option<String>>);

impl Links {
    /// Notes a link's target, and gives the colour that marks it; none if it cannot be a target.
    pub fn mark(&mut self, link: &str) -> Option<Color> {
        // Only printable ASCII may stand in the sequence: anything else could end it.
        let target = Url::parse(link).ok()?.to_string();
        if target.len() > TARGET_BYTES_MAX || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mark = hash(&target);
        let known = self.0.entry(mark).or_insert_with(|| Some(target.clone()));
        // Two targets with one mark: better no link than the wrong one.
        if known.as_ref() != Some(&target) {
            *known = None;
        }
        let [_, r, g, b] = mark.to_be_bytes();
        Some(Color::Rgb(r, g, b))
    }

    /// Takes the targets of other links in.
    pub fn extend(&mut self, other: &Links) {
        for (mark, target) in &other.0 {
            let known = self.0.entry(*mark).or_insert_with(|| target.clone());
            if known != target {
                *known = None;
            }
        }
    }

    /// The link that a colour marks: its id and target.
    pub fn target(&self, mark: Color) -> Option<(u32, &str)> {
        let Color::Rgb(r, g, b) = mark else { return None };
        let mark = u32::from_be_bytes([0, r, g, b]);
        self.0.get(&mark)?.as_deref().map(|target| (mark, target))
    }
}

/// FNV-1a, folded to the 24 bits that a colour has.
fn hash(text: &str) -> u32 {
    let hash = text
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 24) ^ (hash & 0x00ff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_leads_back_to_its_target_and_nothing_can_end_the_sequence() {
        let mut links = Links::default();
        let mark = links.mark("https://a.example/é").unwrap();
        assert_eq!(links.target(mark).unwrap().1, "https://a.example/%C3%A9");
        assert_eq!(links.target(Color::Reset), None);
        assert_eq!(links.mark(&format!("https://a.example/{}", "x".repeat(3000))), None);
        let hostile = links.mark("https://a.example/\u{1b}\\x\u{9c}").unwrap();
        assert!(links.target(hostile).unwrap().1.bytes().all(|byte| byte.is_ascii_graphic()));
    }

    #[test]
    fn two_targets_with_one_mark_are_no_link() {
        let (mut one, mut other) = (Links::default(), Links::default());
        let mark = one.mark("https://a.example/").unwrap();
        let Color::Rgb(r, g, b) = mark else { panic!("{mark:?}") };
        other.0.insert(u32::from_be_bytes([0, r, g, b]), Some("https://b.example/".to_owned()));
        one.extend(&other);
        assert_eq!(one.target(mark), None);
    }
}
