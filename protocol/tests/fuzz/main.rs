//! Everything that reads a stranger's bytes reads nearly right ones: nothing panics, what is taken
//! comes back the same, and what is refused is refused in few and harmless words.
//!
//! `PROPTEST_CASES=1000000 cargo test --release -p protocol --test fuzz` goes on for longer. What it
//! finds belongs into `tests/corpus`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mutate;

use std::cell::Cell;

use proptest::test_runner::{Config, TestRunner};
use protocol::{
    Body, Claims, Connect, Key, ROOM_CHARS_MAX, Refusal, RoomName, RoomPattern, ToClient, ToServer,
    Token, USER_CHARS_MAX, UserName,
};

use self::mutate::{corpus, mutants};

/// Changed files for each kind; a second or so.
const CASES: u32 = 20_000;

/// Shows every kept file, and many changed ones, to a reader.
fn show(kind: &str, reader: impl Fn(&str)) {
    let corpus = corpus(env!("CARGO_MANIFEST_DIR"), kind);
    let read = |bytes: &[u8]| reader(&String::from_utf8_lossy(bytes));
    corpus.iter().for_each(|bytes| read(bytes));
    let cases = Config::default().cases;
    // The default of the library is what nobody asked for.
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { cases } else { CASES };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&mutants(&corpus), |bytes| {
        read(&bytes);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{kind}: {failure}"));
}

/// A sentence that a client may print as it is.
fn harmless(refusal: &Refusal) {
    let sentence = refusal.to_string();
    assert!(sentence.chars().count() <= 300, "{sentence}");
    assert!(!sentence.contains(char::is_control), "{sentence:?}");
}

#[test]
fn envelopes_from_clients() {
    let taken = Cell::new(0);
    show("to_server", |text| match ToServer::parse(text) {
        Ok(envelope) => {
            taken.set(taken.get() + 1);
            assert_eq!(ToServer::parse(&envelope.encode()), Ok(envelope));
        }
        Err(bad) => harmless(&bad.refusal),
    });
    // The kept ones alone are more.
    assert!(taken.get() > 20, "only {taken:?} were envelopes");
}

#[test]
fn envelopes_from_servers() {
    let taken = Cell::new(0);
    show("to_client", |text| {
        if let Ok(envelope) = ToClient::parse(text) {
            taken.set(taken.get() + 1);
            assert_eq!(ToClient::parse(&envelope.encode()).unwrap(), envelope);
        }
    });
    // The kept ones alone are more.
    assert!(taken.get() > 20, "only {taken:?} were envelopes");
}

#[test]
fn what_a_connection_asks_for() {
    show("query", |text| match Connect::from_query(text) {
        Ok(connect) => assert_eq!(Connect::from_query(&connect.to_query()), Ok(connect)),
        Err(refusal) => harmless(&refusal),
    });
}

#[test]
fn keys_among_subprotocols() {
    show("subprotocols", |text| match Key::from_subprotocols(text) {
        Ok(Some(key)) => assert_eq!(Key::from_subprotocols(&key.to_subprotocol()), Ok(Some(key))),
        Ok(None) => {}
        Err(refusal) => harmless(&refusal),
    });
}

#[test]
fn tokens_among_subprotocols_and_in_their_own_header() {
    show("token", |text| {
        match Token::from_subprotocols(text) {
            Ok(Some(token)) => {
                assert_eq!(Token::from_subprotocols(&token.to_subprotocol()), Ok(Some(token)));
            }
            Ok(None) => {}
            Err(refusal) => harmless(&refusal),
        }
        match Token::from_authorization(text) {
            Ok(Some(token)) => assert_eq!(Token::try_from(token.as_str()), Ok(token)),
            Ok(None) => {}
            Err(refusal) => harmless(&refusal),
        }
    });
}

#[test]
fn what_a_token_grants() {
    let room = RoomName::try_from("ops-1").unwrap();
    show("grant", |text| {
        let grant = |text: &str| serde_json::from_str::<Claims>(text).ok()?.grant(1).ok();
        if let Some(grant_of) = grant(text) {
            assert_eq!(grant(&serde_json::to_string(&grant_of).unwrap()), Some(grant_of.clone()));
            let grant = grant_of;
            assert!(grant.opens(&room) || !grant.opens_all());
        }
    });
}

#[test]
fn patterns_of_rooms() {
    show("pattern", |text| {
        let Ok(pattern) = RoomPattern::try_from(text) else { return };
        assert_eq!(RoomPattern::try_from(pattern.as_str()), Ok(pattern.clone()));
        let Ok(room) = RoomName::try_from(text) else { return };
        // What is spelt as the name is it; what a name has more of may open others too.
        if room.as_str() == text {
            assert!(pattern.matches(&room), "{pattern:?} and {room:?}");
        }
    });
}

#[test]
fn names_of_rooms_and_people() {
    show("name", |text| {
        match RoomName::try_from(text) {
            Ok(room) => {
                decent(room.as_str(), ROOM_CHARS_MAX);
                assert_eq!(RoomName::try_from(room.as_str()), Ok(room));
            }
            Err(error) => harmless(&Refusal::BadRoom(error)),
        }
        match UserName::try_from(text) {
            Ok(user) => {
                decent(user.as_str(), USER_CHARS_MAX);
                assert_eq!(UserName::try_from(user.as_str()), Ok(user));
            }
            Err(error) => harmless(&Refusal::BadName(error)),
        }
    });
}

fn decent(name: &str, chars_max: usize) {
    assert!((1..=chars_max).contains(&name.chars().count()), "{name:?}");
    let hidden = |c: char| c.is_control() || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}');
    assert!(!name.contains(hidden) && name.trim() == name, "{name:?}");
}

#[test]
fn texts() {
    show("body", |text| match Body::try_from(text.to_owned()) {
        Ok(body) => assert_eq!(Body::try_from(body.as_str().to_owned()), Ok(body)),
        Err(error) => harmless(&Refusal::from(error)),
    });
}
