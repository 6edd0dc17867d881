//! What a moderator may say, and what is no such thing.

use protocol::{
    Code, REASON_CHARS_MAX, Reason, Refusal, Restriction, SECONDS_MAX, ToClient, ToServer,
};

#[test]
fn an_act_has_a_person_and_what_its_kind_needs() {
    for (frame, code) in [
        (r#"{"type":"kick","user":"Eve"}"#, Code::BadField),
        (r#"{"type":"kick","room":"dev"}"#, Code::BadField),
        (r#"{"type":"kick","room":"dev","user":7}"#, Code::BadField),
        (r#"{"type":"kick","room":" ","user":"Eve"}"#, Code::BadRoom),
        (r#"{"type":"ban","user":""}"#, Code::BadName),
        (r#"{"type":"ban","user":"Eve","seconds":0}"#, Code::BadField),
        (r#"{"type":"ban","user":"Eve","reason":" "}"#, Code::BadField),
        (r#"{"type":"mute","user":"Eve"}"#, Code::BadField),
        (r#"{"type":"mute","user":"Eve","seconds":"60"}"#, Code::BadField),
        (r#"{"type":"mute","user":"Eve","seconds":31536001}"#, Code::BadField),
        (r#"{"type":"delete","room":"dev"}"#, Code::BadField),
        (r#"{"type":"delete","room":"dev","message":"1"}"#, Code::BadField),
        (r#"{"type":"delete","room":"dev","message":9007199254740992}"#, Code::BadField),
        (r#"{"type":"delete","message":1}"#, Code::BadField),
        (r#"{"type":"moderated","action":"ban","user":"Eve"}"#, Code::UnknownType),
        (r#"{"type":"deleted","room":"dev","message":1}"#, Code::UnknownType),
    ] {
        assert_eq!(ToServer::parse(frame).unwrap_err().refusal.code(), code, "{frame}");
    }
    let longest = format!(r#"{{"type":"mute","user":"Eve","seconds":{SECONDS_MAX}}}"#);
    assert!(ToServer::parse(&longest).is_ok());
}

#[test]
fn the_fields_of_acts_do_no_harm_to_other_envelopes() {
    let frame = r#"{"type":"leave","room":"dev","user":7,"reason":[],"seconds":"x","message":{}}"#;
    assert!(matches!(ToServer::parse(frame), Ok(ToServer::Leave(_))));
}

#[test]
fn a_reason_is_a_sentence() {
    assert!(Reason::try_from("é".repeat(REASON_CHARS_MAX).as_str()).is_ok());
    for bad in ["", " ", &"é".repeat(REASON_CHARS_MAX + 1)] {
        assert!(Reason::try_from(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn what_still_lasts_is_told_in_the_largest_unit() {
    let reason = Reason::try_from("spam").ok();
    for (seconds, told) in [
        (1, "1 seconds"),
        (100, "100 seconds"),
        (119, "2 minutes"),
        (7199, "2 hours"),
        (7201, "3 hours"),
        (864_000, "10 days"),
    ] {
        let reason = reason.clone();
        let muted = Restriction { server: false, seconds: Some(seconds), reason };
        let sentence = format!("you are muted in this room for another {told}: spam");
        assert_eq!(Refusal::Muted(Box::new(muted)).to_string(), sentence);
    }
    let banned = Restriction { server: true, seconds: None, reason: None };
    let banned = Refusal::Banned(Box::new(banned));
    assert_eq!(banned.to_string(), "you are banned from this server");
    assert_eq!((banned.code(), banned.close_code()), (Code::Banned, Some(4003)));
}

/// A client from before there was deleting reads a tombstone as a message like any other.
#[test]
fn a_tombstone_is_a_message_with_a_text() {
    let frame = r#"{"type":"message","room":"dev","sender":"A","content":"(deleted)","id":3,"at":1,"deleted":true}"#;
    let ToClient::Message(message) = ToClient::parse(frame).unwrap() else { panic!() };
    assert!(message.deleted);
    assert_eq!(message.content.as_str(), protocol::DELETED_CONTENT);
}
