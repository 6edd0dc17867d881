//! What is wrong with a token is told by the claim, to who brings it and to the operator; and none that
//! would be refused is made.

use protocol::Code;
use rustix::process::Signal;
use serde_json::json;

use crate::auth::tokens::{Closed, SECRET, claims, connect, encode, hs256, in_seconds};
use crate::support::child::{Server, operator};

#[tokio::test]
async fn a_claim_that_is_wrong_is_named_with_what_it_should_be() {
    let closed = Closed::start().await;
    let long = "x".repeat(65);
    for (claim, value, why) in [
        ("exp", json!(null), "seconds since 1970"),
        ("exp", json!("9999999999"), "seconds since 1970"),
        ("exp", json!(true), "seconds since 1970"),
        ("exp", json!(in_seconds(60) * 1000), "not milliseconds"),
        ("exp", json!(in_seconds(60) * 1_000_000), "not milliseconds"),
        ("exp", json!(1e300), "not milliseconds"),
        ("exp", json!(u64::MAX), "not milliseconds"),
        ("nbf", json!("now"), "seconds since 1970"),
        ("nbf", json!(in_seconds(600)), "not come yet"),
        ("nbf", json!(in_seconds(-60) * 1000), "not milliseconds"),
        ("rooms", json!("dev"), "a list"),
        ("rooms", json!(null), "a list"),
        ("rooms", json!({"dev": true}), "a list"),
        ("rooms", json!(["dev", 5]), "a list"),
        ("rooms", json!(["dev", ""]), "1 to 64 characters"),
        ("rooms", json!([long]), "1 to 64 characters"),
        ("rooms", json!(vec!["x"; 65]), "more than 64"),
        ("role", json!(null), "\"moderator\""),
        ("role", json!("king"), "\"moderator\""),
        ("role", json!(["moderator"]), "\"moderator\""),
        ("sub", json!(7), "in quotes"),
        ("sub", json!(null), "in quotes"),
        ("sub", json!(" Alice"), "is no name"),
        ("aud", json!("another"), "somebody else"),
        ("aud", json!(null), "somebody else"),
    ] {
        let token = hs256(&claims("Alice", &["dev"], json!({claim: value})));
        let told = closed.refused(&token, Code::BadToken).await;
        let named = format!("its claim {claim} ");
        assert!(told.contains(&named) && told.contains(why), "{claim} {value}: {told}");
    }
    for claim in ["sub", "rooms", "exp"] {
        let mut claims = claims("Alice", &["dev"], json!({}));
        claims.as_object_mut().unwrap().remove(claim);
        let told = closed.refused(&hs256(&claims), Code::BadToken).await;
        assert!(told.contains(&format!("its claim {claim} is missing")), "{told}");
    }
    for again in [format!(r#""exp":{}"#, in_seconds(60)), r#""rooms":["ops"]"#.to_owned()] {
        let once = claims("Alice", &["dev"], json!({})).to_string();
        let twice = format!("{},{again}}}", once.trim_end_matches('}'));
        let text = format!("{}.{}", encode(r#"{"alg":"HS256"}"#), encode(twice));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
        let token = format!("{text}.{}", encode(ring::hmac::sign(&key, text.as_bytes())));
        let told = closed.refused(&token, Code::BadToken).await;
        assert!(told.contains("is there more than once"), "{told}");
    }
    // As `Date.now() / 1000` has it.
    for more in [
        json!({"exp": 60.25 + in_seconds(0) as f64}),
        json!({"nbf": in_seconds(0) as f64 - 0.75}),
        json!({"exp": 9_999_999_999_u64}),
    ] {
        drop(closed.enter("dev", &hs256(&claims("Alice", &["dev"], more))).await);
    }
}

#[test]
fn a_token_that_would_open_nothing_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("secret");
    std::fs::write(&key, SECRET).unwrap();
    let make = |rooms: &str| {
        operator(&["token", "--user", "alice", "--rooms", rooms], "--token-key", &key)
    };
    let long = vec!["\u{1F600}".repeat(60); 60].join(",");
    for (rooms, why) in [
        ("dev,,ops", "1 to 64 characters"),
        ("dev\u{200B}", "no room has such a name"),
        (&vec!["x"; 65].join(","), "64 patterns"),
        (&long, "too long"),
    ] {
        let (code, told) = make(rooms);
        assert!(code == Some(2) && told.contains(why), "{told}");
    }
    assert_eq!(make("dev, ops-*,*").0, Some(0));
    let days = ["token", "--user", "a", "--rooms", "b", "--days", "20000000"];
    assert_eq!(operator(&days, "--token-key", &key).0, Some(2));
}

/// For the operator: whoever it is refused to may not be able to tell.
#[tokio::test]
async fn a_bad_token_is_logged_with_its_claim_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("secret");
    std::fs::write(&key, SECRET).unwrap();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--db", ":memory:", "--token-key"]).arg(&key);
    let mut server = Server::spawn(&mut command).await;
    for _ in 0..5 {
        for bad in [json!({"rooms": "dev"}), json!({"role": null})] {
            let token = hs256(&claims("Alice", &["dev"], bad));
            let mut refused = connect(&server.address, "room=dev", &token).await;
            while refused.next_or_close().await.is_ok() {}
        }
    }
    // It writes the lines that are left before it goes.
    server.signal(Signal::TERM);
    let mut lines = Vec::new();
    while let Some(line) = server.lines.next_line().await.unwrap() {
        lines.push(line);
    }
    for claim in ["rooms", "role"] {
        let told = lines.iter().filter(|line| line.contains(&format!("claim {claim} ")));
        assert_eq!(told.count(), 1, "{lines:?}");
    }
}
