//! How a token is offered, and which rooms it opens.

use protocol::{Code, RoomName, RoomPattern, TOKEN_BYTES_MAX, Token};

#[test]
fn a_token_is_offered_in_either_of_two_headers() {
    let token = Token::try_from("aa.bb-_.c9").unwrap();
    let header = format!("nebula.v1, nebula.key.x, {}", token.to_subprotocol());
    assert_eq!(Token::from_subprotocols(&header), Ok(Some(token.clone())));
    assert_eq!(Token::from_subprotocols("nebula.v1"), Ok(None));
    let twice = format!("{header}, {}", token.to_subprotocol());
    assert_eq!(Token::from_subprotocols(&twice).unwrap_err().code(), Code::BadToken);
    assert_eq!(Token::from_authorization("Bearer aa.bb-_.c9"), Ok(Some(token.clone())));
    assert_eq!(Token::from_authorization("bearer  aa.bb-_.c9 "), Ok(Some(token.clone())));
    assert_eq!(Token::from_authorization("Basic aa.bb-_.c9"), Ok(None));
    assert_eq!(format!("{token:?}"), "Token(..)", "it lets in whoever reads it");
}

#[test]
fn what_cannot_be_a_token_is_refused() {
    let long = format!("{}.a.b", "x".repeat(TOKEN_BYTES_MAX - 3));
    for bad in ["", "a", "a.b", "a.b.c.d", "a.b.c/", "a.b.é", &long] {
        let refusal = Token::try_from(bad).unwrap_err();
        assert_eq!((refusal.code(), refusal.close_code()), (Code::BadToken, Some(4003)), "{bad}");
        assert!(bad.len() < 5 || !refusal.to_string().contains(bad), "it is not repeated");
    }
}

#[test]
fn a_pattern_opens_the_rooms_it_says() {
    for (pattern, opens, keeps_shut) in [
        ("dev", &["dev", "DEV"][..], &["devs", "de", "ops"][..]),
        ("ops-*", &["ops-", "ops-1", "Ops-eu-west"], &["ops", "xops-1"]),
        ("*-eu", &["a-eu", "-EU"], &["a-eu2", "eu"]),
        ("a*b*c", &["abc", "a1b2c", "abbc"], &["ac", "acb", "ab"]),
        ("*", &["dev", "Größe"], &[]),
        ("a*a", &["aa", "aba"], &["a"]),
        ("GRÖSSE", &["größe", "grösse"], &["grosse"]),
    ] {
        let pattern = RoomPattern::try_from(pattern).unwrap();
        for room in opens {
            assert!(pattern.matches(&RoomName::try_from(*room).unwrap()), "{pattern:?} {room}");
        }
        for room in keeps_shut {
            assert!(!pattern.matches(&RoomName::try_from(*room).unwrap()), "{pattern:?} {room}");
        }
    }
    assert!(RoomPattern::try_from("").is_err());
    assert!(RoomPattern::try_from("x".repeat(65).as_str()).is_err());
}
