//! Who is let in: members alone, by invite, with or without guests.

use std::path::Path;

use protocol::{Code, INVITE_CODE_CHARS, Invite, Invited, Key, SUBPROTOCOL, ToClient};
use server::config::Guests;
use server::{Config, Db};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::moderation::{self, MOD_KEY, Moderated};
use crate::rooms;
use crate::support::child::operator;
use crate::support::harness::{Peer, TestServer, get, query};

/// Somebody with a key that is made of one byte, who wants a name and may bring an invite.
async fn dial(
    server: &TestServer,
    user: &str,
    key: u8,
    invite: Option<&str>,
) -> Result<Peer, Error> {
    let mut request = Peer::request(&server.url(&query("dev", user, "")), None)?;
    let key = Key::new(&[key; 16]).unwrap().to_subprotocol();
    let invite = invite.map_or_else(String::new, |code| format!(", nebula.invite.{code}"));
    let offered = HeaderValue::from_str(&format!("{SUBPROTOCOL}, {key}{invite}")).unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    Peer::dial_request(request).await
}

pub(crate) async fn comes(server: &TestServer, user: &str, key: u8, invite: Option<&str>) -> Peer {
    let mut peer = dial(server, user, key, invite).await.unwrap();
    peer.expect_entry().await;
    peer
}

pub(crate) async fn refused(
    server: &TestServer,
    user: &str,
    key: u8,
    invite: Option<&str>,
    code: Code,
) {
    let mut peer = dial(server, user, key, invite).await.unwrap();
    peer.expect_refusal(code, if code == Code::NameTaken { 4001 } else { 4003 }).await;
}

/// A server for members, and the folder of its files.
async fn members() -> Moderated {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { members: true, ..moderation::config(folder.path()) };
    Moderated { server: started(config).await, folder }
}

/// A server that has opened its database.
async fn started(config: Config) -> TestServer {
    let server = TestServer::start_with(config).await;
    assert!(get(server.metrics, "/readyz").await.contains(" 200 "));
    server
}

fn made(path: &Path, more: &[&str]) -> String {
    let (exit, code) = operator(&[&["invite"], more].concat(), "--db", path);
    assert_eq!((exit, code.trim_end().len()), (Some(0), INVITE_CODE_CHARS), "{code}");
    code.trim_end().to_owned()
}

pub(crate) async fn invite(peer: &mut Peer, fields: &str) -> Invite {
    peer.send(format!(r#"{{"type":"invite","ref":"i"{fields}}}"#)).await;
    loop {
        match peer.next().await {
            ToClient::Invite(invite) => {
                assert_eq!(invite.reference.as_ref().unwrap().as_str(), "i");
                return invite;
            }
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
}

async fn invites(peer: &mut Peer) -> Vec<Invited> {
    peer.send(r#"{"type":"invites"}"#).await;
    listed(peer).await
}

async fn listed(peer: &mut Peer) -> Vec<Invited> {
    loop {
        match peer.next().await {
            ToClient::Invites(list) => return list.invites,
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn new_people_need_an_invite_and_members_come_in_by_key() {
    let Moderated { server, folder } = members().await;
    let path = folder.path().join("nebula.db");
    refused(&server, "Alice", 1, None, Code::NeedInvite).await;
    let mut guest = server.connect(&query("dev", "Guest", "")).await;
    guest.expect_refusal(Code::NeedInvite, 4003).await;
    let mut unnamed = server.connect_with("room=dev", Some(1)).await;
    unnamed.expect_refusal(Code::NeedInvite, 4003).await;
    let code = made(&path, &[]);
    drop(comes(&server, "Alice", 1, Some(&code)).await);
    drop(comes(&server, "Alice", 1, None).await);
    // The use was hers: nobody else comes by it, and she never needs it again.
    refused(&server, "Bob", 2, Some(&code), Code::BadCode).await;
    drop(comes(&server, "Alice", 1, Some(&code)).await);
    server.stop().await;
    let config = Config { members: true, ..moderation::config(folder.path()) };
    let server = TestServer::start_with(config).await;
    drop(comes(&server, "Alice", 1, None).await);
    refused(&server, "Alice", 2, None, Code::NeedInvite).await;
}

#[tokio::test]
async fn a_use_is_counted_when_a_name_is_taken_and_not_before() {
    let Moderated { server, folder } = members().await;
    let code = made(&folder.path().join("nebula.db"), &["--uses", "2", "--note", "the new team"]);
    drop(comes(&server, "Alice", 1, Some(&code)).await);
    for _ in 0..3 {
        refused(&server, "Alice", 2, Some(&code), Code::NameTaken).await;
    }
    drop(comes(&server, "Bob", 2, Some(&code)).await);
    refused(&server, "Carol", 3, Some(&code), Code::BadCode).await;
}

#[tokio::test]
async fn moderators_make_list_and_end_invites() {
    let Moderated { server, folder } = members().await;
    let first = made(&folder.path().join("nebula.db"), &[]);
    let mut moderator = comes(&server, "Mod", MOD_KEY, Some(&first)).await;
    assert_eq!(invites(&mut moderator).await, [], "the first one is used up");
    let made = invite(&mut moderator, r#","uses":3,"seconds":3600,"note":"the team""#).await;
    assert_eq!((made.uses, made.code.as_str().len()), (3, INVITE_CODE_CHARS));
    drop(comes(&server, "Alice", 1, Some(made.code.as_str())).await);
    drop(comes(&server, "Bob", 2, Some(made.code.as_str())).await);
    let [listed_one] = &*invites(&mut moderator).await else { panic!() };
    assert_eq!((listed_one.invite, listed_one.uses), (made.invite, 1));
    assert_eq!(listed_one.note, made.note);
    assert!(listed_one.expires.abs_diff(made.expires) < 60_000);
    assert_eq!(listed_one.by.as_ref().unwrap().as_str(), "Mod");
    let came: Vec<_> = listed_one.came.iter().map(|name| name.as_str()).collect();
    assert_eq!(came, ["Bob", "Alice"]);
    let end = format!(r#"{{"type":"uninvite","invite":{}}}"#, made.invite);
    moderator.send(end.clone()).await;
    assert_eq!(listed(&mut moderator).await, []);
    moderator.send(end).await;
    assert_eq!(moderator.refusal().await, Code::NotFound);
    refused(&server, "Carol", 3, Some(made.code.as_str()), Code::BadCode).await;
    let next = invite(&mut moderator, "").await;
    assert!(next.invite > made.invite, "no number is given twice");
}

#[tokio::test]
async fn only_moderators_invite_to_the_server_and_nobody_sees_the_invites_of_others() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let made = invite(&mut moderator, "").await;
    alice.send(r#"{"type":"invite","ref":"a"}"#).await;
    assert_eq!(alice.refusal().await, Code::NotAllowed);
    assert_eq!(invites(&mut alice).await, []);
    alice.send(format!(r#"{{"type":"uninvite","invite":{}}}"#, made.invite)).await;
    assert_eq!(alice.refusal().await, Code::NotFound);
    assert_eq!(invites(&mut moderator).await.len(), 1);
}

#[tokio::test]
async fn an_invite_is_over_when_its_time_is() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let made = invite(&mut moderator, r#","seconds":1"#).await;
    // The list says when.
    loop {
        moderator.send(r#"{"type":"invites"}"#).await;
        match moderator.next().await {
            ToClient::Invites(list) if list.invites.is_empty() => break,
            ToClient::Error(note) => assert_eq!(note.code, Code::TooFast),
            _ => {}
        }
    }
    refused(&server.server, "Alice", 1, Some(made.code.as_str()), Code::BadCode).await;
}

#[tokio::test]
async fn also_an_open_server_says_that_a_code_is_wrong() {
    let server = TestServer::start().await;
    refused(&server, "Alice", 1, Some("0000000000000000"), Code::BadCode).await;
    drop(comes(&server, "Alice", 1, None).await);
    drop(comes(&server, "Alice", 1, Some("0000000000000000")).await);
}

#[tokio::test]
async fn without_guests_nobody_comes_in_without_a_key() {
    let config = Config { guests: Guests::Off, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    for query in ["room=dev", &query("dev", "Alice", "")] {
        let mut peer = server.connect(query).await;
        peer.expect_refusal(Code::NoGuests, 4003).await;
    }
    drop(comes(&server, "Alice", 1, None).await);
}

#[tokio::test]
async fn no_more_invites_than_so_many_are_good_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = moderation::config(folder.path());
    config.limits.create_rate = 0;
    let server = TestServer::start_with(config).await;
    let server = Moderated { server, folder };
    let mut moderator = server.moderator("dev").await;
    for _ in 0..server::PERSON_INVITES_MAX {
        invite(&mut moderator, "").await;
    }
    moderator.send(r#"{"type":"invite"}"#).await;
    assert_eq!(moderator.refusal().await, Code::Unavailable);
    let first = invites(&mut moderator).await[0].invite;
    moderator.send(format!(r#"{{"type":"uninvite","invite":{first}}}"#)).await;
    listed(&mut moderator).await;
    invite(&mut moderator, "").await;
}

#[tokio::test]
async fn an_invite_that_was_used_holds_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let config = || Config { members: true, db: Db::File(path.clone()), ..Config::for_tests() };
    let server = started(config()).await;
    let code = made(&path, &["--uses", "2"]);
    drop(comes(&server, "Alice", 1, Some(&code)).await);
    server.stop().await;
    let server = TestServer::start_with(config()).await;
    drop(comes(&server, "Bob", 2, Some(&code)).await);
    refused(&server, "Carol", 3, Some(&code), Code::BadCode).await;
}

#[tokio::test]
async fn an_invite_to_a_room_makes_members_of_who_is_new_and_of_who_is_not() {
    let server = Moderated::start().await;
    let mut olga = server.person("dev", "Olga", 1).await;
    let address = rooms::private(&mut olga, "Ops").await;
    // Whoever is no member does not learn that the room is there.
    let mut bob = server.person("dev", "Bob", 2).await;
    let to_ops = format!(r#","rooms":["{address}"],"uses":2"#);
    bob.send(format!(r#"{{"type":"invite"{to_ops}}}"#)).await;
    assert_eq!(bob.refusal().await, Code::NoSuchRoom);
    bob.send(r#"{"type":"invite","rooms":["dev"]}"#).await;
    assert_eq!(bob.refusal().await, Code::NotAllowed);
    let made = invite(&mut olga, &to_ops).await;
    assert_eq!(made.rooms[0].as_str(), address);
    rooms::join(&mut olga, &address).await;
    let new = comes(&server.server, "Nina", 3, Some(made.code.as_str())).await;
    let is_added = |it: &ToClient| matches!(it, ToClient::Added(_));
    let ToClient::Added(added) = rooms::until(&mut olga, is_added).await else { panic!() };
    assert_eq!((added.user.as_str(), added.by.as_str()), ("Nina", "Olga"));
    drop(bob);
    let mut bob = comes(&server.server, "Bob", 2, Some(made.code.as_str())).await;
    rooms::until(&mut olga, is_added).await;
    rooms::join(&mut bob, &address).await;
    refused(&server.server, "Carol", 4, Some(made.code.as_str()), Code::BadCode).await;
    drop(new);
}

#[tokio::test]
async fn an_invite_to_a_room_alone_admits_nobody_to_a_server_for_members() {
    let Moderated { server, folder } = members().await;
    let path = folder.path().join("nebula.db");
    let code = made(&path, &["--uses", "2"]);
    let mut olga = comes(&server, "Olga", 1, Some(&code)).await;
    drop(comes(&server, "Bob", 2, Some(&code)).await);
    let address = rooms::private(&mut olga, "Ops").await;
    let to_ops = format!(r#","rooms":["{address}"],"uses":2"#);
    let made = invite(&mut olga, &to_ops).await;
    refused(&server, "Nina", 3, Some(made.code.as_str()), Code::NeedInvite).await;
    let mut bob = comes(&server, "Bob", 2, Some(made.code.as_str())).await;
    rooms::join(&mut bob, &address).await;
}
