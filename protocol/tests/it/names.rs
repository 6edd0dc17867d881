//! Which names there are, and which of them are the same. `golden/clients/names.json` holds every
//! client to the same answers.

use icu_properties::CodePointMapData;
use icu_properties::props::{CanonicalCombiningClass, GeneralCategory, JoiningType};
use proptest::prelude::*;
use protocol::{
    Body, BodyError, NameError, ROOM_CHARS_MAX, RoomName, USER_CHARS_MAX, UserName, is_invisible,
};
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/clients/names.json")).unwrap()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap())
}

fn pairs(list: &Value) -> impl Iterator<Item = (&str, &str)> {
    let pairs = list.as_array().unwrap().iter();
    pairs.map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
}

#[test]
fn names_of_all_scripts_are_taken_as_they_are() {
    for name in texts(&golden()["taken"]) {
        assert_eq!(UserName::try_from(name).unwrap().as_str(), name, "{name:?}");
        assert_eq!(RoomName::try_from(name).unwrap().as_str(), name, "{name:?}");
    }
    for (name, spelled) in golden()["spelled"].as_object().unwrap() {
        assert_eq!(UserName::try_from(name.as_str()).unwrap().as_str(), spelled);
    }
}

#[test]
fn names_that_would_deceive_or_disturb_are_refused() {
    for (name, why) in pairs(&golden()["refused"]) {
        let errors = [UserName::try_from(name).unwrap_err(), RoomName::try_from(name).unwrap_err()];
        for error in errors {
            let sentence = error.to_string();
            assert!(sentence.contains(why), "{name:?}: {sentence}");
            assert!(sentence.chars().all(|c| c == ' ' || !is_invisible(c)), "{sentence:?}");
        }
    }
    assert_eq!(UserName::try_from(""), Err(NameError::Empty));
}

#[test]
fn a_person_is_not_called_like_a_mark_of_the_program() {
    for name in texts(&golden()["signs_alone"]) {
        assert_eq!(UserName::try_from(name), Err(NameError::SignsAlone), "{name:?}");
        assert!(RoomName::try_from(name).is_ok(), "{name:?}: a room has its # before it");
        assert!(UserName::known(name).is_ok(), "{name:?}: who has it already keeps it");
    }
}

#[test]
fn who_has_a_name_from_before_is_known_by_it() {
    for name in ["Al\u{1D159}icia", "Alicia\u{FFFC}", "e\u{301}\u{301}", "*"] {
        let known = UserName::known(name).unwrap();
        assert_eq!(known.check(), UserName::try_from(name).map(drop), "{name:?}");
        assert!(known.check().is_err());
    }
    assert!(UserName::known("a\u{200b}b").is_err(), "this was never a name");
}

#[test]
fn a_sentence_says_where_the_invisible_character_is() {
    let refused = |name: &str| UserName::try_from(name).unwrap_err().to_string();
    assert_eq!(
        refused("ab\u{200b}c"),
        "a name cannot contain invisible characters, and this one has one (U+200B) after \"ab\": type it again"
    );
    assert!(refused("\u{2800}x").contains("at its beginning"));
}

#[test]
fn a_joiner_stands_where_it_changes_what_is_seen() {
    // Behind a letter that is never joined to the next one it would change nothing.
    for name in ["\u{0632}\u{200c}\u{0646}", "a\u{200c}\u{0646}", "\u{0646}\u{200c}a", "अ\u{200c}आ"]
    {
        assert!(UserName::try_from(name).is_err(), "{name:?}");
    }
}

#[test]
fn the_longest_name_is_taken_and_one_more_is_not() {
    for letter in ["a", "é", "漢", "🦀"] {
        assert!(UserName::try_from(letter.repeat(USER_CHARS_MAX).as_str()).is_ok());
        assert!(RoomName::try_from(letter.repeat(ROOM_CHARS_MAX).as_str()).is_ok());
        let user = letter.repeat(USER_CHARS_MAX + 1);
        assert_eq!(
            UserName::try_from(user.as_str()),
            Err(NameError::TooLong { max: USER_CHARS_MAX })
        );
        let room = letter.repeat(ROOM_CHARS_MAX + 1);
        assert_eq!(
            RoomName::try_from(room.as_str()),
            Err(NameError::TooLong { max: ROOM_CHARS_MAX })
        );
    }
    // Counted after normalisation: two code points each, one character.
    assert!(UserName::try_from("e\u{301}".repeat(USER_CHARS_MAX).as_str()).is_ok());
}

#[test]
fn names_that_differ_only_in_what_nobody_sees_are_the_same() {
    for (one, other) in pairs(&golden()["same"]) {
        let (one, other) = (UserName::try_from(one).unwrap(), UserName::try_from(other).unwrap());
        assert_eq!(one, other);
        assert_eq!(one.key(), other.key());
    }
    for (one, other) in pairs(&golden()["differ"]) {
        assert_ne!(UserName::try_from(one).unwrap(), UserName::try_from(other).unwrap());
    }
}

#[test]
fn a_text_without_anything_to_see_is_no_message() {
    for text in texts(&golden()["blank"]) {
        assert_eq!(Body::try_from(text), Err(BodyError::Blank), "{text:?}");
    }
    for text in texts(&golden()["visible"]) {
        assert!(Body::try_from(text).is_ok(), "{text:?}");
    }
}

proptest! {
    /// Whatever is put into a name, a reader sees the difference, or it is the same name.
    #[test]
    fn nothing_invisible_makes_another_name(at in 0..=5_usize, c in any::<char>()) {
        let plain = UserName::try_from("Alice").unwrap();
        let other = format!("{}{c}{}", &"Alice"[..at], &"Alice"[at..]);
        if let Ok(other) = UserName::try_from(other.as_str()) {
            prop_assert!(other == plain || c == ' ' || !is_invisible(c), "{:?}", other);
            prop_assert_eq!(UserName::try_from(other.as_str()).unwrap(), other);
        }
    }

    #[test]
    fn a_name_reads_back_as_itself(text in "\\PC{1,32}") {
        if let Ok(name) = UserName::try_from(text.as_str()) {
            let again = UserName::try_from(name.as_str()).unwrap();
            prop_assert_eq!(again.as_str(), name.as_str());
        }
    }
}

/// Ranges of characters in hexadecimal, as the golden file writes them.
fn ranges(is: impl Fn(char) -> bool) -> String {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for c in (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is(*c)) {
        let c = u32::from(c);
        match found.last_mut() {
            Some((_, last)) if *last + 1 == c => *last = c,
            _ => found.push((c, c)),
        }
    }
    let written = found.iter().map(|(first, last)| match first == last {
        true => format!("{first:x}"),
        false => format!("{first:x}-{last:x}"),
    });
    written.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_letters_that_a_joiner_stands_between_are_those_of_unicode() {
    let joining = |c| CodePointMapData::<JoiningType>::new().get(c);
    let category = |c| CodePointMapData::<GeneralCategory>::new().get(c);
    let marks =
        [GeneralCategory::NonspacingMark, GeneralCategory::EnclosingMark, GeneralCategory::Format];
    let virama = |c| {
        CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama
    };
    let [dual, left, right] =
        [JoiningType::DualJoining, JoiningType::LeftJoining, JoiningType::RightJoining];
    let golden = &golden()["joining"];
    assert_eq!(golden["virama"], ranges(virama));
    assert_eq!(golden["before"], ranges(|c| [dual, left].contains(&joining(c))));
    assert_eq!(golden["after"], ranges(|c| [dual, right].contains(&joining(c))));
    assert_eq!(
        golden["other_marks"],
        ranges(|c| marks.contains(&category(c)) != (joining(c) == JoiningType::Transparent))
    );
}
