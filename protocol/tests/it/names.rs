//! Which names there are, and which of them are the same.

use protocol::{NameError, ROOM_CHARS_MAX, RoomName, USER_CHARS_MAX, UserName};

#[test]
fn names_of_all_scripts_are_taken_as_they_are() {
    for name in
        ["Alice", "guest-x7k2", "Zoë", "李小龙", "Ωmega", "a b", "x", "🦀", "o'neil", "#!", "שלום"]
    {
        assert_eq!(UserName::try_from(name).unwrap().as_str(), name);
        assert_eq!(RoomName::try_from(name).unwrap().as_str(), name);
    }
}

#[test]
fn names_that_would_deceive_or_disturb_are_refused() {
    for name in [
        " a",
        "a ",
        " ",
        "a\tb",
        "a\nb",
        "a\0",
        "\u{7f}",
        "\u{85}",
        "a\u{a0}b",
        "a\u{200b}b",
        "a\u{200d}b",
        "\u{feff}a",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{200e}b",
        "a\u{61c}b",
        "a\u{2028}b",
        "a\u{fe0f}",
        "\u{3164}",
        "\u{115f}x",
        "\u{2800}",
        "\u{e0041}a",
        "\u{ad}a",
        "\u{301}a",
        "a\u{fffd}",
        "\u{e000}",
        "\u{378}",
    ] {
        assert!(UserName::try_from(name).is_err(), "{name:?}");
        assert!(RoomName::try_from(name).is_err(), "{name:?}");
    }
    assert_eq!(UserName::try_from(""), Err(NameError::Empty));
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
fn names_that_differ_in_case_or_form_alone_are_the_same() {
    for (one, other) in [
        ("alice", "Alice"),
        ("STRASSE", "straße"),
        ("Zoe\u{308}", "ZOË"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("\u{212a}elvin", "kelvin"),
    ] {
        let (one, other) = (UserName::try_from(one).unwrap(), UserName::try_from(other).unwrap());
        assert_eq!(one, other);
        assert_eq!(one.key(), other.key());
    }
    assert_ne!(UserName::try_from("alice").unwrap(), UserName::try_from("alicé").unwrap());
}
