//! Devices, invites, and the codes and labels that they are made with.

use protocol::{
    AccessCode, Code, INVITE_CODE_CHARS, INVITE_ROOMS_MAX, INVITE_SECONDS_MAX, INVITE_USES_MAX,
    LABEL_CHARS_MAX, LINK_CODE_CHARS, Label, NOTE_CHARS_MAX, Note, Refusal, ToServer,
};

fn refused(frame: &str) -> Code {
    ToServer::parse(frame).unwrap_err().refusal.code()
}

#[test]
fn a_code_has_a_character_for_each_five_bits() {
    assert_eq!(AccessCode::from_random(&[0; 5]).as_str(), "00000000");
    assert_eq!(AccessCode::from_random(&[0xff; 5]).as_str(), "ZZZZZZZZ");
    assert_eq!(AccessCode::from_random(&[0x08, 0x86, 0x42, 0x98, 0xe8]).as_str(), "12345678");
    assert_eq!(AccessCode::from_random(&[1; 5]).as_str().len(), LINK_CODE_CHARS);
    assert_eq!(AccessCode::from_random(&[1; 10]).as_str().len(), INVITE_CODE_CHARS);
}

#[test]
fn a_code_is_read_however_it_was_written_down() {
    let code = AccessCode::try_from("7K3M-Q01D").unwrap();
    assert_eq!(code.as_str(), "7K3MQ01D");
    for written in ["7k3mq0id", "7K3M QOLD", "7k3m-qo1d", "7-K-3-M-Q-0-1-D"] {
        assert_eq!(AccessCode::try_from(written).unwrap(), code, "{written}");
    }
    let long = "-".repeat(100) + "7K3MQ01D";
    for bad in ["", "7K3MQ01", "7K3MQ01D0", "7K3MQ01U", "7K3MQ01Ö", "7K3M\nQ01D", &long] {
        assert_eq!(AccessCode::try_from(bad), Err(Refusal::BadCode), "{bad:?}");
    }
    assert_eq!(format!("{code:?}"), "AccessCode(..)", "a secret is not printed");
}

#[test]
fn codes_and_labels_ride_in_subprotocols() {
    let code = AccessCode::from_random(&[7; 10]);
    let label = Label::try_from("Zoë's phone").unwrap();
    let header = format!(
        "nebula.v1, {}, {}, {}",
        code.to_link_subprotocol(),
        code.to_invite_subprotocol(),
        label.to_subprotocol()
    );
    assert_eq!(AccessCode::link_from_subprotocols(&header), Ok(Some(code.clone())));
    assert_eq!(AccessCode::invite_from_subprotocols(&header), Ok(Some(code)));
    assert_eq!(Label::from_subprotocols(&header), Ok(Some(label)));
    let twice = format!("{header},{header}");
    assert_eq!(AccessCode::link_from_subprotocols(&twice), Err(Refusal::BadCode));
    assert_eq!(AccessCode::invite_from_subprotocols("nebula.invite.x"), Err(Refusal::BadCode));
    assert_eq!(Label::from_subprotocols(&twice).unwrap_err().code(), Code::BadField);
    let none = "nebula.v1, nebula.key.x";
    assert_eq!(AccessCode::link_from_subprotocols(none), Ok(None));
    assert_eq!(AccessCode::invite_from_subprotocols(none), Ok(None));
    assert_eq!(Label::from_subprotocols(none), Ok(None));
}

#[test]
fn a_label_and_a_note_are_a_line_with_something_to_see() {
    assert_eq!(Label::try_from(" a\nb ").unwrap().as_str(), "a b");
    assert_eq!(Note::try_from(" a\r\nb ").unwrap().as_str(), "a b");
    let (longest, note) = ("é".repeat(LABEL_CHARS_MAX), "é".repeat(NOTE_CHARS_MAX));
    let label = Label::try_from(longest.as_str()).unwrap();
    assert_eq!(Label::from_subprotocols(&label.to_subprotocol()), Ok(Some(label)));
    assert!(Note::try_from(note.as_str()).is_ok());
    for bad in ["", " ", "\u{2800}", &(longest + "é")] {
        assert_eq!(Label::try_from(bad).unwrap_err().code(), Code::BadField, "{bad:?}");
    }
    for bad in ["", " ", &(note + "é")] {
        assert_eq!(Note::try_from(bad).unwrap_err().code(), Code::BadField, "{bad:?}");
    }
    for bad in ["nebula.label.", "nebula.label.?", "nebula.label._w"] {
        assert_eq!(Label::from_subprotocols(bad).unwrap_err().code(), Code::BadField, "{bad}");
    }
}

#[test]
fn the_numbers_of_an_invite_have_bounds() {
    let invite = |fields: String| format!(r#"{{"type":"invite",{fields}}}"#);
    for (field, most) in [("uses", u64::from(INVITE_USES_MAX)), ("seconds", INVITE_SECONDS_MAX)] {
        assert!(ToServer::parse(&invite(format!(r#""{field}":1"#))).is_ok());
        assert!(ToServer::parse(&invite(format!(r#""{field}":{most}"#))).is_ok());
        for bad in ["0", "-1", "1.5", "null", "\"1\"", &(most + 1).to_string()] {
            assert_eq!(refused(&invite(format!(r#""{field}":{bad}"#))), Code::BadField, "{bad}");
        }
    }
    let rooms = |count: usize| invite(format!(r#""rooms":[{}]"#, vec![r#""a""#; count].join(",")));
    assert!(ToServer::parse(&rooms(INVITE_ROOMS_MAX)).is_ok());
    assert_eq!(refused(&rooms(INVITE_ROOMS_MAX + 1)), Code::BadField);
    assert_eq!(refused(r#"{"type":"invite","rooms":[" "]}"#), Code::BadRoom);
    assert_eq!(refused(r#"{"type":"invite","note":""}"#), Code::BadField);
}

#[test]
fn a_device_and_an_invite_have_numbers() {
    for kind in ["revoke", "uninvite"] {
        let field = if kind == "revoke" { "device" } else { "invite" };
        assert!(ToServer::parse(&format!(r#"{{"type":"{kind}","{field}":7}}"#)).is_ok());
        for bad in ["-1", "1.5", "\"7\"", "4294967296", "null"] {
            let frame = format!(r#"{{"type":"{kind}","{field}":{bad}}}"#);
            assert_eq!(refused(&frame), Code::BadField, "{frame}");
        }
        assert_eq!(refused(&format!(r#"{{"type":"{kind}"}}"#)), Code::BadField);
    }
}
