//! What is an envelope from a client and what is not, with the code that says so; and pages that
//! keep their size.

use protocol::{
    Body, CHANGED_BYTES_MAX, CHANGED_MAX, CONTENT_CHARS_MAX, Code, DIRECT_PEOPLE_MAX, Epoch,
    FIELDS_MAX, FRAME_BYTES_MAX, HISTORY_BYTES_MAX, HistoryEnd, MessageId, NameError, PLACE_MAX,
    ROOMS_QUERY_CHARS_MAX, Ref, RoomName, Say, TITLE_CHARS_MAX, TOPIC_CHARS_MAX, Title, ToClient,
    ToServer, TopicText, encode_history,
};

fn refused(frame: &str) -> Code {
    match ToServer::parse(frame) {
        Ok(envelope) => panic!("{frame} is {envelope:?}"),
        Err(bad) => bad.refusal.code(),
    }
}

#[test]
fn only_a_json_object_is_an_envelope() {
    for frame in [
        "",
        " ",
        "null",
        "1",
        "\"message\"",
        "[]",
        r#"["message","general","hi"]"#,
        "{",
        "{}x",
        "}",
    ] {
        assert_eq!(refused(frame), Code::BadJson, "{frame}");
    }
    let deep = format!(r#"{{"type":"leave","room":"a","x":{}}}"#, "[".repeat(1000));
    assert_eq!(refused(&deep), Code::BadJson);
}

#[test]
fn every_wrong_field_is_refused() {
    for frame in [
        "{}",
        r#"{"type":"message"}"#,
        r#"{"type":"message","room":"a"}"#,
        r#"{"type":"message","room":"a","content":5}"#,
        r#"{"type":"message","room":["a"],"content":"x"}"#,
        r#"{"type":"message","room":"a","content":"x","content":"y"}"#,
        r#"{"type":"message","type":"message","room":"a","content":"x"}"#,
        r#"{"type":"leave","room":"a","other":1,"other":2}"#,
        r#"{"type":"message","room":"a","content":"x","ref":""}"#,
        r#"{"type":"message","room":"a","content":"x","ref":"é"}"#,
        r#"{"type":"join","room":"a","since":-1}"#,
        r#"{"type":"join","room":"a","since":1.5}"#,
        r#"{"type":"join","room":"a","since":9007199254740992}"#,
        r#"{"type":"join","room":"a","history":-1}"#,
        r#"{"type":"history","room":"a","limit":-1}"#,
        r#"{"type":"history","room":"a","before":"x"}"#,
        r#"{"type":"create"}"#,
        r#"{"type":"create","kind":"direct","title":"x"}"#,
        r#"{"type":"create","kind":"private","room":"x"}"#,
        r#"{"type":"create","kind":"private","title":" "}"#,
        r#"{"type":"create","kind":"private","title":"a\u200bb"}"#,
        r#"{"type":"direct","users":[]}"#,
        r#"{"type":"direct","users":"Bob"}"#,
        r#"{"type":"direct","users":[7]}"#,
        r#"{"type":"add","room":"+a"}"#,
        r#"{"type":"remove","room":"+a"}"#,
        r#"{"type":"role","room":"+a","user":"B","role":"king"}"#,
        r#"{"type":"role","room":"+a","user":"B"}"#,
        r#"{"type":"rooms","mine":1}"#,
        r#"{"type":"setting","room":"a"}"#,
        r#"{"type":"setting","room":"a","joined":"yes"}"#,
        r#"{"type":"setting","room":"a","place":-1}"#,
        r#"{"type":"setting","room":"a","place":1000000}"#,
    ] {
        assert_eq!(refused(frame), Code::BadField, "{frame}");
    }
    for kind in ["presence", "error", "Message", "", "\\u0000"] {
        assert_eq!(refused(&format!(r#"{{"type":"{kind}","room":"a"}}"#)), Code::UnknownType);
    }
    let claim = r#"{"type":"presence","room":"a","after":"A","users":["Eve"]}"#;
    assert_eq!(refused(claim), Code::UnknownType);
    assert_eq!(refused(r#"{"type":"presence","room":"a","after":""}"#), Code::BadName);
    assert_eq!(refused(r#"{"type":"leave","room":" "}"#), Code::BadRoom);
}

#[test]
fn only_the_server_names_private_and_direct_rooms() {
    for name in ["+ops", "@bob", "+", "@"] {
        assert_eq!(refused(&format!(r#"{{"type":"create","room":"{name}"}}"#)), Code::BadRoom);
        assert!(RoomName::try_from(name).is_err_and(|it| it == NameError::Reserved), "{name}");
        assert!(RoomName::known(name).is_ok_and(|room| room.is_address()), "{name}");
    }
    assert!(RoomName::try_from("c++").is_ok_and(|room| !room.is_address()));
    let address = RoomName::known("+AB").unwrap();
    assert_eq!((address.folded().as_str(), address.folded()), ("+ab", address));
}

#[test]
fn a_title_is_one_to_64_characters_and_may_look_like_an_address() {
    for (text, title) in [("Ops", "Ops"), (" +1 ", "+1"), ("Zoe\u{308}", "Zoë")] {
        assert_eq!(Title::try_from(text).unwrap().as_str(), title);
    }
    assert!(Title::try_from(&*"漢".repeat(TITLE_CHARS_MAX)).is_ok());
    for bad in ["", " ", "a\nb", &"x".repeat(TITLE_CHARS_MAX + 1)] {
        assert!(Title::try_from(bad).is_err(), "{bad:?}");
    }
    let long = "x".repeat(TITLE_CHARS_MAX + 1);
    let create = format!(r#"{{"type":"create","kind":"private","title":"{long}"}}"#);
    assert_eq!(refused(&create), Code::BadField);
}

#[test]
fn a_direct_room_is_for_ten_at_most_and_a_query_has_its_length() {
    let direct = |count: usize| {
        let users: Vec<_> = (0..count).map(|n| format!("\"u{n}\"")).collect();
        format!(r#"{{"type":"direct","users":[{}]}}"#, users.join(","))
    };
    assert!(ToServer::parse(&direct(DIRECT_PEOPLE_MAX)).is_ok(), "oneself may be among them");
    assert_eq!(refused(&direct(DIRECT_PEOPLE_MAX + 1)), Code::BadField);
    assert_eq!(refused(r#"{"type":"direct","users":[""]}"#), Code::BadName);
    let rooms = |count: usize| format!(r#"{{"type":"rooms","query":"{}"}}"#, "é".repeat(count));
    assert!(ToServer::parse(&rooms(ROOMS_QUERY_CHARS_MAX)).is_ok());
    assert_eq!(refused(&rooms(ROOMS_QUERY_CHARS_MAX + 1)), Code::BadField);
    let ToServer::Rooms(all) = ToServer::parse(&rooms(0)).unwrap() else { panic!() };
    assert_eq!(all.query, None);
    let longest = format!(r#"{{"type":"setting","room":"a","place":{PLACE_MAX}}}"#);
    assert!(ToServer::parse(&longest).is_ok());
}

#[test]
fn an_envelope_is_read_by_its_own_fields_alone() {
    let others = r#""content":5,"since":"x","after":[],"seconds":-1,"message":{},"x":"\ud800""#;
    let leave = format!(r#"{{"type":"leave","room":"a",{others}}}"#);
    assert!(matches!(ToServer::parse(&leave), Ok(ToServer::Leave(_))));
    assert_eq!(refused(r#"{"type":"message","room":"a","content":"\ud800"}"#), Code::BadJson);
    assert_eq!(refused(r#"{"type":"message","room":"a","content":null}"#), Code::BadField);
    assert_eq!(
        refused(r#"{"type":"message","room":"a","content":"x","ref":null}"#),
        Code::BadField
    );
    assert_eq!(refused(r#"{"type":null,"room":"a"}"#), Code::BadField);
    // A key is what it says, however it is escaped.
    let twice = r#"{"type":"leave","room":"a","\u0072oom":"b"}"#;
    assert_eq!(refused(twice), Code::BadField);
}

#[test]
fn what_is_refused_can_be_told_apart_by_its_author() {
    let frame = r#"{"type":"message","room":"dev","content":" ","ref":"r7"}"#;
    let bad = ToServer::parse(frame).unwrap_err();
    assert_eq!(bad.refusal.code(), Code::ContentBlank);
    assert_eq!(bad.room.unwrap().as_str(), "dev");
    assert_eq!(bad.reference.unwrap().as_str(), "r7");
}

#[test]
fn unknown_fields_are_ignored_up_to_a_number() {
    let with = |others: usize| {
        let others: String = (0..others).map(|n| format!(r#","x{n}":{n}"#)).collect();
        format!(r#"{{"type":"leave","room":"a"{others}}}"#)
    };
    assert!(ToServer::parse(&with(FIELDS_MAX - 2)).is_ok());
    assert_eq!(refused(&with(FIELDS_MAX - 1)), Code::BadField);
}

#[test]
fn text_is_one_to_4096_visible_characters() {
    for text in ["x", " x ", "\u{1b}[31mx", "日本語", "👩‍👩‍👧"] {
        assert!(Body::try_from(text).is_ok(), "{text:?}");
    }
    for blank in ["", " ", "\n\t", "\u{200b}\u{feff}", "\u{3000}", "\0"] {
        assert!(Body::try_from(blank).is_err(), "{blank:?}");
    }
    assert!(Body::try_from("é".repeat(CONTENT_CHARS_MAX).as_str()).is_ok());
    assert!(Body::try_from("é".repeat(CONTENT_CHARS_MAX + 1).as_str()).is_err());
}

#[test]
fn a_topic_is_one_line_of_at_most_250_characters_or_empty() {
    for (text, topic) in [
        ("", ""),
        ("ships on Friday 🚀", "ships on Friday 🚀"),
        (" a\r\n b\u{2028}c ", "a  b c"),
        (" \t\u{200b}\n", ""),
    ] {
        assert_eq!(TopicText::try_from(text).unwrap().as_str(), topic, "{text:?}");
    }
    assert!(TopicText::try_from(&*"漢".repeat(TOPIC_CHARS_MAX)).is_ok());
    let refusal = TopicText::try_from(&*"x".repeat(TOPIC_CHARS_MAX + 1)).unwrap_err();
    assert_eq!(refusal.code(), Code::ContentTooLong);
    assert!(refusal.to_string().contains("251 characters, and at most 250"), "{refusal}");
}

#[test]
fn the_longest_text_of_any_script_fits_a_frame_escaped_or_not() {
    for c in ['x', 'é', '漢', '𝄞', '\u{1}'] {
        let content =
            Body::try_from(format!("{}x", c.to_string().repeat(CONTENT_CHARS_MAX - 1)).as_str());
        let (room, reference) = (
            RoomName::try_from("🦀".repeat(64).as_str()).unwrap(),
            Ref::try_from("\"".repeat(64).as_str()).unwrap(),
        );
        let message = ToServer::Message(Say {
            room,
            content: content.unwrap(),
            reply: None,
            reference: Some(reference),
        });
        let plain = message.encode();
        let escaped: String = plain
            .encode_utf16()
            .map(|unit| {
                if unit < 128 {
                    char::from_u32(unit.into()).unwrap().to_string()
                } else {
                    format!("\\u{unit:04x}")
                }
            })
            .collect();
        assert!(plain.len() <= FRAME_BYTES_MAX && escaped.len() <= FRAME_BYTES_MAX, "{c:?}");
        assert_eq!(ToServer::parse(&escaped).unwrap(), message);
    }
}

#[test]
fn a_history_page_keeps_its_size_and_says_what_it_left_out() {
    let room = RoomName::try_from("\"".repeat(64).as_str()).unwrap();
    let reference = Ref::try_from("\"".repeat(64).as_str()).unwrap();
    let head = MessageId::try_from(200).unwrap();
    let message = |id: u64, chars: usize| {
        let room = room.clone();
        let message = format!(
            r#"{{"type":"message","room":{},"sender":"A","content":"{}","id":{id},"at":0}}"#,
            serde_json::to_string(room.as_str()).unwrap(),
            "x".repeat(chars)
        );
        ToClient::parse(&message).unwrap().encode()
    };
    let epoch = Epoch::try_from("\"".repeat(64).as_str()).unwrap();
    for (chars, changed, all_fit, all_told) in [
        (100, (0, 0), true, true),
        (4096, (0, 0), false, true),
        (10, (CHANGED_MAX / 2, 10), true, true),
        (10, (CHANGED_MAX + 1, 10), true, false),
        (4096, (CHANGED_MAX, 4096), false, false),
    ] {
        let messages: Vec<_> = (1..=200).map(|id| message(id, chars)).collect();
        let changed: Vec<_> = (1..=changed.0 as u64).map(|id| message(id, changed.1)).collect();
        let (reference, epoch) = (Some(&reference), Some(&epoch));
        let end =
            HistoryEnd { more: false, newer: false, head, changed_more: false, epoch, reference };
        let page = encode_history(&room, &messages, &changed, end);
        assert!(page.len() < HISTORY_BYTES_MAX);
        let ToClient::History(page) = ToClient::parse(&page).unwrap() else { panic!() };
        assert_eq!((page.more, page.changed_more), (!all_fit, !all_told));
        assert_eq!(page.messages.last().unwrap().id, head, "the newest are kept");
        assert_eq!(page.messages.len() == 200, all_fit);
        let told: usize = page.changed.iter().map(|it| it.content.as_str().len()).sum();
        assert!(page.changed.len() <= CHANGED_MAX && told < CHANGED_BYTES_MAX);
        let last = page.changed.last().map(|message| message.id.get());
        assert_eq!(last, changed.last().map(|_| changed.len() as u64), "the newest are told");
        assert!(page.messages.is_sorted_by_key(|message| message.id));
    }
}
