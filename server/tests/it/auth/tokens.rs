//! A closed server: who comes in with a token, where, and until when; and what is no good token.

use std::process::Stdio;
use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use protocol::{Code, Role, ToClient};
use rustix::process::Signal;
use serde_json::{Value, json};
use server::Config;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::support::child::{operator, send_signal};
use crate::support::harness::{Peer, TestServer, say};

pub(crate) const SECRET: &str = "a secret that nobody guesses, of 32 bytes and more";

/// A server that a secret closes.
pub(crate) struct Closed {
    server: TestServer,
    folder: TempDir,
}

impl Closed {
    pub(crate) async fn start() -> Self {
        Closed::with_key(SECRET.as_bytes()).await
    }

    async fn with_key(key: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.key");
        std::fs::write(&path, key).unwrap();
        let config = Config { token_key: Some(path), message_rate: 0, ..Config::for_tests() };
        Closed { server: TestServer::start_with(config).await, folder }
    }

    pub(crate) async fn connect(&self, query: &str, token: &str) -> Peer {
        connect(&self.server.address.to_string(), query, token).await
    }

    pub(crate) async fn enter(&self, room: &str, token: &str) -> Peer {
        let mut peer = self.connect(&format!("room={room}"), token).await;
        peer.expect_entry().await;
        peer
    }

    pub(crate) async fn refused(&self, token: &str, code: Code) -> String {
        let mut peer = self.connect("room=dev", token).await;
        let note = peer.error().await;
        assert_eq!(note.code, code, "{}: {token}", note.content);
        assert_eq!(peer.next_or_close().await, Err(Some(4003)));
        note.content
    }
}

pub(crate) async fn connect(address: &str, query: &str, token: &str) -> Peer {
    let mut request = format!("ws://{address}/?{query}").into_client_request().unwrap();
    let offered = format!("nebula.v1, nebula.token.{token}");
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered.parse().unwrap());
    Peer::dial_request(request).await.unwrap()
}

pub(crate) fn in_seconds(seconds: i64) -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap() + seconds
}

#[allow(clippy::needless_pass_by_value, reason = "it is made in place")]
pub(crate) fn claims(sub: &str, rooms: &[&str], more: Value) -> Value {
    let mut claims = json!({"sub": sub, "rooms": rooms, "exp": in_seconds(60)});
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn signed(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    format!("{text}.{}", encode(sign(text.as_bytes())))
}

fn hs256_with(secret: &str, claims: &Value) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let sign = |text: &[u8]| ring::hmac::sign(&key, text).as_ref().to_vec();
    signed(&json!({"alg": "HS256", "typ": "JWT"}), claims, sign)
}

pub(crate) fn hs256(claims: &Value) -> String {
    hs256_with(SECRET, claims)
}

#[tokio::test]
async fn a_token_says_who_comes_in_and_as_what() {
    let closed = Closed::start().await;
    let token = hs256(&claims("Alice", &["dev"], json!({"role": "moderator", "iat": 1})));
    let mut alice = closed.connect("room=dev&username=Mallory", &token).await;
    let ToClient::Join(protocol::Joined { sender, role, .. }) = alice.next().await else {
        panic!()
    };
    assert_eq!((sender.as_str(), role), ("Alice", Some(Role::Moderator)));
    // The same token is the same person, without any key.
    let mut second = closed.enter("dev", &token).await;
    second.send(say("dev", "both")).await;
    assert_eq!(alice.message().await.sender.as_str(), "Alice");
    let mut bob = closed.enter("dev", &hs256(&claims("Bob", &["*"], json!({})))).await;
    bob.send(say("dev", "hello")).await;
    assert_eq!(bob.message().await.sender.as_str(), "Bob");
}

#[tokio::test]
async fn a_token_may_come_as_a_bearer_and_a_cookie_never_counts() {
    let closed = Closed::start().await;
    let token = hs256(&claims("Alice", &["dev"], json!({})));
    let url = closed.server.url("room=dev");
    let mut request = url.as_str().into_client_request().unwrap();
    let bearer = format!("Bearer {token}");
    request.headers_mut().insert("Authorization", bearer.parse().unwrap());
    Peer::dial_request(request).await.unwrap().expect_entry().await;
    let mut request = url.as_str().into_client_request().unwrap();
    let cookie = format!("token={token}; nebula.token={token}; Authorization=Bearer {token}");
    request.headers_mut().insert("Cookie", cookie.parse().unwrap());
    Peer::dial_request(request).await.unwrap().expect_refusal(Code::NoToken, 4003).await;
    let mut keyed = closed.server.connect_with("room=dev&username=Alice", Some(1)).await;
    keyed.expect_refusal(Code::NoToken, 4003).await;
}

#[tokio::test]
async fn what_is_no_good_token_is_refused_with_its_reason() {
    let closed = Closed::start().await;
    let good = claims("Alice", &["dev"], json!({}));
    let none = |text: &[u8]| text[..0].to_vec();
    let token = hs256(&good);
    let parts: Vec<_> = token.split('.').collect();
    let (header, body, signature) = (parts[0], parts[1], parts[2]);
    let other_body = encode(claims("Mallory", &["*"], json!({})).to_string());
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA512, SECRET.as_bytes());
    let sha512 = |text: &[u8]| ring::hmac::sign(&key, text).as_ref().to_vec();
    for token in [
        signed(&json!({"alg": "none"}), &good, none),
        signed(&json!({"alg": "None"}), &good, none),
        signed(&json!({"alg": "HS512"}), &good, sha512),
        signed(&json!({"alg": "EdDSA"}), &good, none),
        signed(&json!({"alg": "RS256"}), &good, none),
        signed(&json!({}), &good, none),
        format!("{header}.{body}."),
        format!("{header}.{other_body}.{signature}"),
        hs256_with("another secret that is long enough as well", &good),
        hs256(&claims("Alice", &["dev"], json!({"exp": null}))),
        hs256(&claims("Alice", &["dev"], json!({"exp": "9999999999"}))),
        hs256(&claims("Alice", &["dev"], json!({"nbf": in_seconds(600)}))),
        hs256(&claims("Alice", &["dev"], json!({"aud": "another"}))),
        hs256(&claims("Alice", &["dev"], json!({"role": "king"}))),
        hs256(&claims("Alice", &["dev"], json!({"rooms": "dev"}))),
        hs256(&claims("Alice", &["dev"], json!({"rooms": null}))),
        hs256(&claims("Alice", &["x"; 65], json!({}))),
        hs256(&claims(" Alice", &["dev"], json!({}))),
        hs256(&json!({"rooms": ["dev"], "exp": in_seconds(60)})),
        "a.b.c".to_owned(),
        "nothing".to_owned(),
        format!("{}.a.b", "x".repeat(4096)),
    ] {
        let told = closed.refused(&token, Code::BadToken).await;
        assert!(!told.contains(&token), "{told}");
    }
    let ago = |seconds| hs256(&claims("Alice", &["dev"], json!({"exp": seconds})));
    closed.refused(&ago(json!(-1)), Code::TokenExpired).await;
    closed.refused(&ago(json!(1.5)), Code::TokenExpired).await;
    let expired = ago(json!(in_seconds(-1)));
    closed.refused(&expired, Code::TokenExpired).await;
    closed.refused(&hs256(&claims("Alice", &["ops"], json!({}))), Code::WrongRoom).await;
    closed.enter("dev", &hs256(&good)).await;
}

#[tokio::test]
async fn a_room_that_the_token_does_not_open_is_told_and_no_more() {
    let closed = Closed::start().await;
    let token = hs256(&claims("Alice", &["dev", "ops-*"], json!({})));
    let mut alice = closed.enter("ops-eu", &token).await;
    for room in ["secret", "ops", "devs"] {
        alice.send(json!({"type": "join", "room": room}).to_string()).await;
        let note = alice.error().await;
        assert_eq!((note.code, note.room.unwrap().as_str()), (Code::WrongRoom, room));
    }
    alice.send(r#"{"type":"join","room":"DEV"}"#).await;
    alice.expect_entry().await;
}

#[tokio::test]
async fn a_token_that_expires_ends_its_connection_while_it_is_silent_and_while_it_speaks() {
    let closed = Closed::start().await;
    let soon = |name| hs256(&claims(name, &["dev"], json!({"exp": in_seconds(4)})));
    let mut silent = closed.enter("dev", &soon("Alice")).await;
    let mut speaks = closed.enter("dev", &soon("Bob")).await;
    let ended = loop {
        speaks.send(r#"{"type":"history","room":"dev"}"#).await;
        match speaks.next().await {
            ToClient::Error(note) if note.code == Code::TooFast => {}
            ToClient::Error(note) => break note.code,
            ToClient::History(_) | ToClient::Join { .. } | ToClient::Leave { .. } => {}
            ToClient::Presence(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ended, Code::TokenExpired);
    assert_eq!(speaks.next_or_close().await, Err(Some(4003)));
    silent.expect_refusal(Code::TokenExpired, 4003).await;
}

#[tokio::test]
async fn an_open_server_does_not_look_at_tokens() {
    let server = TestServer::start().await;
    for token in [hs256(&claims("Alice", &["dev"], json!({}))), "nothing".to_owned()] {
        let mut peer = connect(&server.address.to_string(), "room=any&username=Bob", &token).await;
        let ToClient::Join(protocol::Joined { sender, .. }) = peer.next().await else { panic!() };
        assert_eq!(sender.as_str(), "Bob");
        peer.socket.close(None).await.unwrap();
        while peer.next_or_close().await.is_ok() {}
    }
}

const CHECK: [&str; 3] = ["check-config", "--db", ":memory:"];
const MAKE: [&str; 7] = ["token", "--user", "alice", "--rooms", "dev,ops-*", "--days", "30"];

/// An Ed25519 key pair as `openssl genpkey` and `openssl pkey -pubout` write them.
pub(crate) fn ed25519() -> (String, String) {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    (pair.serialize_pem(), pair.public_key_pem())
}

#[tokio::test]
async fn the_operator_makes_tokens_with_either_kind_of_key() {
    let (private, public) = ed25519();
    for (signs, checks) in [
        (private.as_str(), private.as_str()),
        (&private, &public),
        (&format!("\u{feff}{private}"), &format!("\u{feff}{}", public.replace('\n', "\r\n"))),
        (&format!("Bag Attributes\n{private}"), &format!("Public-Key:\n    4a:5b\n{public}")),
        (SECRET, &format!("{SECRET}\n")),
    ] {
        let closed = Closed::with_key(checks.as_bytes()).await;
        let key = closed.folder.path().join("signs");
        std::fs::write(&key, signs).unwrap();
        let (code, token) = operator(&MAKE, "--token-key", &key);
        assert_eq!(code, Some(0), "{token}");
        let mut alice = closed.enter("ops-1", token.trim()).await;
        alice.send(r#"{"type":"join","room":"general"}"#).await;
        assert_eq!(alice.error().await.code, Code::WrongRoom);
        let body = token.split('.').nth(1).unwrap();
        let body: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
        assert_eq!((&body["sub"], &body["rooms"]), (&json!("alice"), &json!(["dev", "ops-*"])));
        let days = body["exp"].as_i64().unwrap() - in_seconds(30 * 24 * 60 * 60);
        assert!((-60..=0).contains(&days), "{days}");
        let (_, token) = operator(&[&MAKE[..], &["--moderator"]].concat(), "--token-key", &key);
        let mut moderator = closed.connect("room=dev", token.trim()).await;
        let ToClient::Join(protocol::Joined { role, .. }) = moderator.next().await else {
            panic!()
        };
        assert_eq!(role, Some(Role::Moderator));
    }
}

#[tokio::test]
async fn a_token_of_another_key_is_refused_also_if_the_public_key_is_its_secret() {
    let (private, public) = ed25519();
    let closed = Closed::with_key(private.as_bytes()).await;
    let good = claims("Alice", &["dev"], json!({}));
    // The classic confusion: a public key, known to all, taken for the secret of an HMAC.
    let raw = public.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    for secret in [public.as_str(), public.trim_end(), &raw, SECRET] {
        closed.refused(&hs256_with(secret, &good), Code::BadToken).await;
    }
    let other = closed.folder.path().join("other");
    std::fs::write(&other, ed25519().0).unwrap();
    let (_, token) = operator(&MAKE, "--token-key", &other);
    closed.refused(token.trim(), Code::BadToken).await;
}

#[tokio::test]
async fn a_key_that_is_none_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("some.key");
    let (_, public) = ed25519();
    let base64: String = public.lines().filter(|line| !line.starts_with('-')).collect();
    let rsa =
        "-----BEGIN PRIVATE KEY-----\nMIIBVQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
    for (contents, word) in [
        ("short", "32"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVY me@home", "openssl pkey -pubout"),
        (r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS"}"#, "openssl pkey -pubout"),
        (&base64, "openssl pkey -pubout"),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "openssl"),
        (rsa, "openssl"),
        (&public, "public"),
    ] {
        std::fs::write(&key, contents).unwrap();
        let (code, told) = operator(&MAKE, "--token-key", &key);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains(word) && told.contains("some.key"), "{told}");
        assert!(!told.contains("MIIB") && !told.contains("short\n"));
    }
    let (code, told) = operator(&MAKE, "--token-key", &folder.path().join("missing"));
    assert_eq!(code, Some(2));
    assert!(told.contains("missing"), "{told}");
    std::fs::write(&key, SECRET).unwrap();
    for arguments in [&MAKE[..3], &["token", "--user", " x", "--rooms", "dev"]] {
        assert_eq!(operator(arguments, "--token-key", &key).0, Some(2));
    }
}

/// As `openssl rsa -pubout` writes it, without its first and last line.
const RSA: &str = "\
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnhkTG3qAQv0tLX3xFFrh\n\
    N1E5DjzO9/P3tZsm2BX23KL3ufHETr5ZScomGwtGqunaQGYpJcNa1uj8TlJkDcbG\n\
    kzrpDleVmqe5h517TdpL8ps/jSCMtFX5NYstXUAc3JK75eDcooBcm9EMH8mvtu9G\n\
    NhlEEPVEqszoaDwiBaMYl09o60vpcqX0In6nlQ5JY/+9upNRr5oQ3AhC1D3CkoXB\n\
    Uh8a/UyoGHipoVVirns3i/DJikutUrQwWtRbckIYMhXogoQOIYOph1RHdmF3aajP\n\
    9jTOX0QmLWl38A75oE2ejv9AjBWriw5oGEHBne8XbOf+313buRfqvAleh++AIZ4G\n\
    ywIDAQAB";

#[tokio::test]
async fn a_public_key_in_whatever_form_is_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("some.key");
    let mut forms: Vec<Vec<u8>> = vec![
        b"{\n  \"kty\": \"OKP\",\n  \"crv\": \"Ed25519\", \"x\": \"11qYAYKxCrfVS\"\n}\n".into(),
        b" {\"keys\":[{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQ\",\"e\":\"AQAB\"}]}".into(),
    ];
    let elliptic = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    for der in [ed25519().1, elliptic.public_key_pem(), RSA.into()] {
        let lines: Vec<_> = der.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(lines.concat()).unwrap();
        forms.extend([lines.join("\r\n").into(), lines.concat().into()]);
        forms.extend([encode(&der).into(), der]);
    }
    for form in forms {
        std::fs::write(&key, &form).unwrap();
        let (code, told) = operator(&CHECK, "--token-key", &key);
        let form = String::from_utf8_lossy(&form);
        assert_eq!((code, told.contains("-inform DER")), (Some(2), true), "{form}: {told}");
    }
    for secret in [STANDARD.encode([0x30; 48]), STANDARD.encode([7; 48]), "x".repeat(32)] {
        std::fs::write(&key, secret).unwrap();
        assert_eq!(operator(&CHECK, "--token-key", &key).0, Some(0));
    }
}

#[tokio::test]
async fn a_token_is_never_logged() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("token.key");
    std::fs::write(&key, SECRET).unwrap();
    for format in ["text", "json"] {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        command.args(["--listen", "127.0.0.1:0", "--db", ":memory:", "--log-format", format]);
        // What a library would log by itself is asked for as well.
        command.env("RUST_LOG", "trace").arg("--token-key").arg(&key);
        let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let mut logged = String::new();
        while !logged.contains("to chat") {
            let mut some = [0; 1024];
            let read = stderr.read(&mut some).await.unwrap();
            assert!(read > 0, "{logged}");
            logged.push_str(&String::from_utf8_lossy(&some[..read]));
        }
        let address = logged.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let good = hs256(&claims("Alice", &["dev"], json!({})));
        let bad =
            hs256_with("another secret that is long enough as well", &claims("E", &[], json!({})));
        let old = hs256(&claims("Alice", &["dev"], json!({"exp": in_seconds(-5)})));
        connect(&address, "room=dev", &good).await.expect_entry().await;
        for token in [&bad, &old, "no.token.x"] {
            let mut refused = connect(&address, "room=dev", token).await;
            while refused.next_or_close().await.is_ok() {}
        }
        send_signal(&child, Signal::TERM);
        stderr.read_to_string(&mut logged).await.unwrap();
        assert!(child.wait().await.unwrap().success());
        for token in [good, bad, old] {
            let parts = token.split('.').skip(1);
            assert!(parts.into_iter().all(|part| !logged.contains(part)), "{logged}");
        }
        assert!(!logged.contains("no.token.x") && !logged.contains(SECRET));
    }
}
