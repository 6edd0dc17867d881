//! What names look like: two that a reader takes for the same have a skeleton in common (UTS 39,
//! section 4).
//!
//! This file does not know who has a name.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher as _;
use std::sync::Arc;

use icu_properties::props::{GeneralCategory, SoftDotted};
use icu_properties::{CodePointMapData, CodePointSetData};
use protocol::{NameError, UserName, is_invisible};
use unicode_security::confusable_detection::skeleton;

/// The looks of names that are taken. A name that is its own skeleton is not in here: it is found
/// by its key.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    /// Skeletons, hashed: what counts is only whether there is one, and whose.
    owners: HashMap<u64, Owner>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Owner {
    /// The name's key.
    key: Arc<str>,
    /// A name is taken once or twice: in use, and kept.
    times: u32,
}

impl Looks {
    /// The name is taken, once more.
    pub(crate) fn add(&mut self, name: &UserName) {
        for look in other_looks(name) {
            match self.owners.entry(self.hasher.hash_one(look)) {
                Entry::Vacant(place) => {
                    place.insert(Owner { key: name.key().clone(), times: 1 });
                }
                Entry::Occupied(mut owner) if owner.get().key == *name.key() => {
                    owner.get_mut().times += 1;
                }
                // Taken before there were looks, or with a token: the first one keeps it.
                Entry::Occupied(_) => {}
            }
        }
    }

    /// It is taken once less.
    pub(crate) fn remove(&mut self, name: &UserName) {
        for look in other_looks(name) {
            let hash = self.hasher.hash_one(look);
            let Some(owner) = self.owners.get_mut(&hash).filter(|o| o.key == *name.key()) else {
                continue;
            };
            owner.times -= 1;
            if owner.times == 0 {
                self.owners.remove(&hash);
            }
        }
    }

    /// Keys of names that a reader would take for this one. They may be taken or not.
    pub(crate) fn like(&self, name: &UserName) -> Vec<Arc<str>> {
        let mut found = Vec::new();
        for look in other_looks(name) {
            let owner = self.owners.get(&self.hasher.hash_one(&look)).map(|owner| &owner.key);
            found.extend(owner.filter(|key| *key != name.key()).cloned());
            found.push(look.into());
        }
        let own = self.owners.get(&self.hasher.hash_one(&**name.key()));
        found.extend(own.map(|owner| owner.key.clone()).filter(|key| key != name.key()));
        found
    }
}

/// The skeletons of a name as it is spelt and as it is compared, in small letters, but for its key.
/// From both: `АLICE` with a Cyrillic letter looks like `alice` only when its case is folded, and
/// `AIice` with a capital I only before.
fn other_looks(name: &UserName) -> Vec<String> {
    let look = |text: &str| one_spaced(&skeleton(text).collect::<String>().to_lowercase());
    let mut looks = vec![look(&seen(name.as_str()))];
    if **name.key() != *name.as_str() {
        looks.push(look(name.key()));
    }
    looks.retain(|look| **look != **name.key());
    looks.dedup();
    looks
}

/// Whether a reader sees signs in it, and no letter: some letters look like `!` or `:`.
pub(super) fn is_signs_alone(name: &UserName) -> bool {
    let look: String = skeleton(&seen(name.as_str())).collect();
    matches!(UserName::try_from(look.as_str()), Err(NameError::SignsAlone))
}

/// What of a name is seen: nothing that its key leaves out, no blank glyphs (which old names may have),
/// and no second dot on an `i`.
fn seen(name: &str) -> String {
    const DOT_ABOVE: char = '\u{307}';
    const DOTLESS: [char; 3] = ['l', '\u{131}', '\u{237}'];
    let is_dotted = |c| CodePointSetData::new::<SoftDotted>().contains(c) || DOTLESS.contains(&c);
    let category = CodePointMapData::<GeneralCategory>::new();
    let mut seen = String::with_capacity(name.len());
    let mut base = None;
    for c in name.chars().filter(|c| *c == ' ' || !is_invisible(*c)) {
        if c == DOT_ABOVE && base.is_some_and(is_dotted) {
            continue;
        }
        if category.get(c) != GeneralCategory::NonspacingMark {
            base = Some(c);
        }
        seen.push(c);
    }
    seen
}

/// Nobody counts spaces.
fn one_spaced(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> UserName {
        UserName::known(text).unwrap()
    }

    /// Whether `other` is found to look like `taken`.
    fn alike(taken: &str, other: &str) -> bool {
        let mut looks = Looks::default();
        looks.add(&name(taken));
        looks.like(&name(other)).contains(name(taken).key())
    }

    #[test]
    fn names_that_a_reader_takes_for_the_same_are_found_both_ways() {
        for (one, other) in [
            ("alice", "\u{430}lice"),
            ("Alice", "\u{410}LICE"),
            ("alice", "\u{ff21}lice"),
            ("alice", "a1ice"),
            ("Alice", "AIice"),
            ("Bob", "B\u{43e}b"),
            ("paypal", "p\u{430}yp\u{430}l"),
            ("modern", "rnodern"),
            ("\u{440}\u{430}\u{443}", "pay"),
            ("\u{2160}vy", "Ivy"),
            ("Al Smith", "al  smith"),
            ("Alicia", "Al\u{1D159}icia"),
            ("Alicia", "Alicia\u{FFFC}"),
            ("Alicia", "Ali\u{307}cia"),
            ("alicia", "al\u{131}\u{307}cia"),
        ] {
            assert!(alike(one, other), "{one} {other}");
            assert!(alike(other, one), "{other} {one}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for (one, other) in
            [("alice", "alicia"), ("anna", "änna"), ("bob", "rob"), ("user1", "user2"), ("a", "b")]
        {
            assert!(!alike(one, other) && !alike(other, one), "{one} {other}");
        }
    }

    #[test]
    fn what_is_taken_twice_is_free_after_the_second_time() {
        let mut looks = Looks::default();
        let taken = name("\u{430}lice");
        looks.add(&taken);
        looks.add(&taken);
        looks.remove(&taken);
        assert!(looks.like(&name("alice")).contains(taken.key()));
        looks.remove(&taken);
        assert!(!looks.like(&name("alice")).contains(taken.key()));
        assert!(looks.owners.is_empty());
    }
}
