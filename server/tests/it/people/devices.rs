//! One person on several devices: linked by a code, listed, revoked.

use protocol::{
    AccessCode, Code, DEVICES_MAX, Device, Key, LINK_CODE_CHARS, Label, Role, SUBPROTOCOL, ToClient,
};
use server::Config;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::moderation::{MOD_KEY, Moderated};
use super::on;
use crate::support::child::operator;
use crate::support::harness::{Peer, TestServer, query, say};

/// What a device brings besides its key.
#[derive(Default)]
struct Brings<'a> {
    link: Option<&'a str>,
    label: Option<&'a str>,
}

/// A device with a key that is made of one byte, which asks to come in under a name.
async fn dial(server: &TestServer, user: &str, key: u8, brings: Brings<'_>) -> Result<Peer, Error> {
    let mut request = Peer::request(&server.url(&query("dev", user, "")), None)?;
    let key = Key::new(&[key; 16]).unwrap().to_subprotocol();
    let mut offered = format!("{SUBPROTOCOL}, {key}");
    if let Some(code) = brings.link {
        offered.push_str(&format!(", nebula.link.{code}"));
    }
    if let Some(label) = brings.label {
        offered.push_str(&format!(", {}", Label::try_from(label).unwrap().to_subprotocol()));
    }
    let offered = HeaderValue::from_str(&offered).unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    Peer::dial_request(request).await
}

pub(crate) async fn device(server: &TestServer, user: &str, key: u8) -> Peer {
    let mut peer = dial(server, user, key, Brings::default()).await.unwrap();
    peer.expect_entry().await;
    peer
}

pub(crate) async fn linked(server: &TestServer, code: &str, key: u8) -> Peer {
    let brings = Brings { link: Some(code), label: Some("a phone") };
    let mut peer = dial(server, "whoever", key, brings).await.unwrap();
    peer.expect_entry().await;
    peer
}

/// Asks for a code.
pub(crate) async fn code(peer: &mut Peer) -> String {
    peer.send(r#"{"type":"link","ref":"l"}"#).await;
    loop {
        match peer.next().await {
            ToClient::Link(link) => {
                assert!((599_000..=600_000).contains(&link.expires_ms), "{}", link.expires_ms);
                assert_eq!(link.reference.unwrap().as_str(), "l");
                assert_eq!(link.code.as_str().len(), LINK_CODE_CHARS);
                return link.code.as_str().to_owned();
            }
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
}

pub(crate) async fn list(peer: &mut Peer) -> Vec<Device> {
    peer.send(r#"{"type":"devices"}"#).await;
    listed(peer).await
}

pub(crate) async fn listed(peer: &mut Peer) -> Vec<Device> {
    loop {
        match peer.next().await {
            ToClient::Devices(list) => return list.devices,
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
}

/// Links as many devices to the first one as a person may have.
async fn fill(server: &TestServer, first: &mut Peer) {
    for key in 2..=u8::try_from(DEVICES_MAX).unwrap() {
        let code = code(first).await;
        linked(server, &code, key).await;
    }
}

pub(crate) async fn refused(
    server: &TestServer,
    user: &str,
    key: u8,
    link: Option<&str>,
    code: Code,
) {
    let mut peer = dial(server, user, key, Brings { link, label: None }).await.unwrap();
    peer.expect_refusal(code, if code == Code::NameTaken { 4001 } else { 4003 }).await;
}

pub(crate) fn numbers(devices: &[Device]) -> Vec<(u32, bool)> {
    devices.iter().map(|device| (device.device, device.this)).collect()
}

#[tokio::test]
async fn a_device_with_the_code_of_another_one_is_the_same_person() {
    let server = TestServer::start().await;
    let mut laptop = device(&server, "Alice", 1).await;
    let code = code(&mut laptop).await;
    let mut phone = linked(&server, &code, 2).await;
    // One person: nobody joined, and what either says is hers.
    phone.send(say("dev", "from the phone")).await;
    let heard = laptop.message().await;
    assert_eq!((heard.sender.as_str(), heard.content.as_str()), ("Alice", "from the phone"));
    let mut bob = server.enter("dev", "Bob").await;
    assert_eq!(laptop.presence().await, ["Alice", "Bob"]);
    // From now on the key is enough, while the other is there and when it is not.
    drop((laptop, phone));
    while bob.presence().await.iter().any(|name| name == "Alice") {}
    let mut phone = device(&server, "alice", 2).await;
    let devices = list(&mut phone).await;
    assert_eq!(numbers(&devices), [(1, false), (2, true)]);
    let labels: Vec<_> = devices.iter().map(|it| it.label.as_ref().map(Label::as_str)).collect();
    assert_eq!(labels, [None, Some("a phone")]);
    let _laptop = device(&server, "Alice", 1).await;
    refused(&server, "Alice", 3, None, Code::NameTaken).await;
}

#[tokio::test]
async fn a_code_is_good_once_however_it_is_spelt() {
    let server = TestServer::start().await;
    let mut laptop = device(&server, "Alice", 1).await;
    let code = code(&mut laptop).await;
    let spelt = format!("{}-{}", &code[..4].to_lowercase(), &code[4..]);
    let _phone = linked(&server, &spelt, 2).await;
    // Who is not sure whether it was taken brings it again.
    let _again = linked(&server, &code, 2).await;
    refused(&server, "Mallory", 3, Some(&code), Code::BadCode).await;
    assert_eq!(list(&mut laptop).await.len(), 2);
}

#[tokio::test]
async fn a_revoked_device_is_out_at_once_and_for_good_under_that_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    let mut laptop = device(&server, "Alice", 1).await;
    let first = code(&mut laptop).await;
    let mut phone = linked(&server, &first, 2).await;
    laptop.send(r#"{"type":"revoke","device":2,"ref":"r"}"#).await;
    assert_eq!(numbers(&listed(&mut laptop).await), [(1, true)]);
    phone.expect_refusal(Code::Revoked, 4003).await;
    refused(&server, "Alice", 2, None, Code::Revoked).await;
    laptop.send(r#"{"type":"revoke","device":2}"#).await;
    assert_eq!(laptop.refusal().await, Code::NotFound);
    server.stop().await;
    let server = TestServer::start_with(on(&path)).await;
    refused(&server, "Alice", 2, None, Code::Revoked).await;
    // Under another name the key is somebody else.
    let mut other = device(&server, "Zoë", 2).await;
    assert_eq!(numbers(&list(&mut other).await), [(1, true)]);
    // A revoked key may be linked again, and the first device may go.
    let mut laptop = device(&server, "Alice", 1).await;
    let second = code(&mut laptop).await;
    let mut phone = linked(&server, &second, 2).await;
    assert_eq!(numbers(&list(&mut phone).await), [(1, false), (3, true)]);
    phone.send(r#"{"type":"revoke","device":1}"#).await;
    assert_eq!(numbers(&listed(&mut phone).await), [(3, true)]);
    laptop.expect_refusal(Code::Revoked, 4003).await;
    refused(&server, "Alice", 1, None, Code::Revoked).await;
    phone.send(r#"{"type":"revoke","device":3}"#).await;
    assert_eq!(phone.refusal().await, Code::NotAllowed, "one's only device");
    server.stop().await;
    let server = TestServer::start_with(on(&path)).await;
    let mut phone = device(&server, "Alice", 2).await;
    phone.send(say("dev", "still Alice")).await;
    assert_eq!(phone.message().await.sender.as_str(), "Alice");
    refused(&server, "Alice", 1, None, Code::Revoked).await;
}

#[tokio::test]
async fn who_revokes_their_own_device_is_answered_first() {
    let server = TestServer::start().await;
    let mut laptop = device(&server, "Alice", 1).await;
    let code = code(&mut laptop).await;
    let mut phone = linked(&server, &code, 2).await;
    phone.send(r#"{"type":"revoke","device":2}"#).await;
    assert_eq!(numbers(&listed(&mut phone).await), [(1, false)]);
    phone.expect_refusal(Code::Revoked, 4003).await;
}

#[tokio::test]
async fn the_tenth_device_is_the_last() {
    let mut config = Config::for_tests();
    config.limits.create_rate = 0;
    let server = TestServer::start_with(config).await;
    let mut laptop = device(&server, "Alice", 1).await;
    fill(&server, &mut laptop).await;
    let code = code(&mut laptop).await;
    refused(&server, "Alice", 11, Some(&code), Code::TooManyDevices).await;
    laptop.send(r#"{"type":"revoke","device":5}"#).await;
    assert_eq!(listed(&mut laptop).await.len(), DEVICES_MAX - 1);
    linked(&server, &code, 11).await;
}

#[tokio::test]
async fn five_wrong_codes_of_an_address_and_then_429() {
    let server = TestServer::start().await;
    let mut laptop = device(&server, "Alice", 1).await;
    let right = code(&mut laptop).await;
    // Right ones do not count.
    for _ in 0..8 {
        linked(&server, &right, 2).await;
    }
    let wrong = AccessCode::from_random(&[0xff; 5]);
    for bad in [wrong.as_str(), "short", "", wrong.as_str(), "UUUUUUUU"] {
        let mut peer =
            dial(&server, "x", 9, Brings { link: Some(bad), label: None }).await.unwrap();
        peer.expect_refusal(Code::BadCode, 4003).await;
    }
    let brings = Brings { link: Some(&right), label: None };
    let Err(Error::Http(answer)) = dial(&server, "x", 9, brings).await else { panic!("let in") };
    assert_eq!(answer.status(), 429);
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    assert_eq!(server.metric("nebula_turned_away_total{reason=\"wrong_codes\"}").await, 1.0);
    // Who brings none comes in as ever.
    let _phone = device(&server, "Alice", 2).await;
}

#[tokio::test]
async fn only_who_has_a_kept_name_has_devices() {
    let server = TestServer::start().await;
    let mut guest = server.enter("dev", "Guest").await;
    let mut keyed = server.connect_with("room=dev", Some(7)).await;
    keyed.expect_entry().await;
    for peer in [&mut guest, &mut keyed] {
        for frame in [
            r#"{"type":"link"}"#,
            r#"{"type":"devices"}"#,
            r#"{"type":"revoke","device":1}"#,
            r#"{"type":"invite"}"#,
            r#"{"type":"invites"}"#,
            r#"{"type":"uninvite","invite":1}"#,
        ] {
            peer.send(frame).await;
            assert_eq!(peer.refusal().await, Code::NoName, "{frame}");
        }
    }
    let request = Peer::request(&server.url("room=dev"), None).unwrap();
    let mut request = request;
    let offered = HeaderValue::from_static("nebula.v1, nebula.link.7K3MQ0ZD");
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    let mut keyless = Peer::dial_request(request).await.unwrap();
    keyless.expect_refusal(Code::BadField, 4002).await;
}

#[tokio::test]
async fn so_many_codes_at_once_and_then_one_in_ten_seconds() {
    let server = TestServer::start_with({
        let mut config = Config::for_tests();
        config.limits.create_burst = 3;
        config
    })
    .await;
    let mut laptop = device(&server, "Alice", 1).await;
    for _ in 0..3 {
        code(&mut laptop).await;
    }
    laptop.send(r#"{"type":"link","ref":"more"}"#).await;
    let note = laptop.error().await;
    assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::TooFast, "more"));
    let wait = note.retry_ms.unwrap();
    assert!((9_000..=10_001).contains(&wait), "{wait}");
}

#[tokio::test]
async fn the_operator_links_a_device_for_who_lost_all_of_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    let mut laptop = device(&server, "Alice", 1).await;
    laptop.send(say("dev", "mine")).await;
    laptop.message().await;
    drop(laptop);
    let (exit, made) = operator(&["link", "alice"], "--db", &path);
    assert_eq!((exit, made.trim_end().len()), (Some(0), LINK_CODE_CHARS), "{made}");
    let mut phone = linked(&server, made.trim_end(), 2).await;
    assert_eq!(numbers(&list(&mut phone).await), [(1, false), (2, true)]);
    let (exit, error) = operator(&["link", "nobody"], "--db", &path);
    assert_eq!(exit, Some(2));
    assert!(error.contains("the name nobody is not kept for a person"), "{error}");
}

#[tokio::test]
async fn who_lost_ten_devices_gets_one_in_the_place_of_the_one_used_least_lately() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let mut config = on(&path);
    config.limits.create_rate = 0;
    let server = TestServer::start_with(config).await;
    let mut laptop = device(&server, "Alice", 1).await;
    fill(&server, &mut laptop).await;
    let (exit, made) = operator(&["link", "Alice"], "--db", &path);
    assert_eq!(exit, Some(0), "{made}");
    // Until the code is used, nothing has changed.
    assert_eq!(list(&mut laptop).await.len(), DEVICES_MAX);
    let mut phone = linked(&server, made.trim_end(), 11).await;
    let theirs: Vec<_> = list(&mut phone).await.iter().map(|device| device.device).collect();
    assert_eq!(theirs, (2..=11).collect::<Vec<_>>());
    laptop.expect_refusal(Code::Revoked, 4003).await;
    refused(&server, "Alice", 1, None, Code::Revoked).await;
}

#[tokio::test]
async fn whose_name_was_released_takes_the_next_one_with_any_of_their_devices() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    let mut laptop = device(&server, "Alice", 1).await;
    let code = code(&mut laptop).await;
    linked(&server, &code, 2).await;
    drop(laptop);
    server.stop().await;
    assert_eq!(operator(&["release-name", "Alice"], "--db", &path).0, Some(0));
    let server = TestServer::start_with(on(&path)).await;
    let mut phone = device(&server, "Alicia", 2).await;
    assert_eq!(numbers(&list(&mut phone).await), [(1, false), (2, true)]);
    // The other one is the same person while this one is there.
    let mut laptop = device(&server, "Alicia", 1).await;
    assert_eq!(numbers(&list(&mut laptop).await), [(1, true), (2, false)]);
}

#[tokio::test]
async fn all_devices_of_a_moderator_moderate() {
    let server = Moderated::start().await;
    let mut laptop = device(&server.server, "Mod", MOD_KEY).await;
    let code = code(&mut laptop).await;
    drop(laptop);
    drop(linked(&server.server, &code, 2).await);
    let mut phone = dial(&server.server, "Mod", 2, Brings::default()).await.unwrap();
    let ToClient::Join(join) = phone.next().await else { panic!() };
    assert_eq!(join.role, Some(Role::Moderator));
    let mut alice = server.person("dev", "Alice", 1).await;
    phone.send(r#"{"type":"ban","user":"Alice"}"#).await;
    alice.expect_refusal(Code::Banned, 4003).await;
}

#[tokio::test]
async fn a_ban_holds_for_all_devices() {
    let server = Moderated::start().await;
    let mut laptop = device(&server.server, "Alice", 1).await;
    let code = code(&mut laptop).await;
    let mut phone = linked(&server.server, &code, 2).await;
    let mut moderator = server.moderator("dev").await;
    moderator.send(r#"{"type":"ban","user":"Alice"}"#).await;
    for device in [&mut laptop, &mut phone] {
        device.expect_refusal(Code::Banned, 4003).await;
    }
    for key in [1, 2] {
        refused(&server.server, "Alice", key, None, Code::Banned).await;
    }
}
