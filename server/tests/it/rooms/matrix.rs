//! Who may do and see what in a private room: the table of SECURITY.md, every cell of it.

use protocol::{Code, ToClient};
use serde_json::{Value, json};

use super::{BOB, added, ask, comes, join, list, private, remove, says, until};
use crate::auth::tokens::{Closed, claims, hs256};
use crate::people::devices;
use crate::people::moderation::{MOD_KEY, config};
use crate::support::harness::{Peer, TestServer, query};

/// What follows from an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    Done,
    Refused(Code),
    /// It is answered, and the room is not in it.
    Absent,
}

use Follows::{Absent, Done, Refused};

const NONE: Follows = Refused(Code::NoSuchRoom);
const NO_NAME: Follows = Refused(Code::NoName);
const NOT_ALLOWED: Follows = Refused(Code::NotAllowed);
const NOT_FOUND: Follows = Refused(Code::NotFound);

/// A guest, a stranger with a kept name, a former member, the operator's moderator who is none; a member, a
/// moderator and the owner of the room.
const PEOPLE: [(&str, Option<u8>); 7] = [
    ("Guest", None),
    ("Eve", Some(21)),
    ("Dee", Some(22)),
    ("Mod", Some(MOD_KEY)),
    ("Cy", Some(23)),
    ("Bea", Some(24)),
    ("Ann", Some(25)),
];
/// The key of a second device.
const PHONE: u8 = 31;
/// So many of them are no members.
const OUTSIDE: usize = 4;

/// What follows for each of them; the owner said the message, and made the hook.
fn table(room: &str, message: u64, hook: u32) -> Vec<(Value, [Follows; 7])> {
    let members = |envelope: Value, inside: [Follows; 3]| {
        let [member, moderator, owner] = inside;
        (envelope, [NONE, NONE, NONE, NONE, member, moderator, owner])
    };
    let changes = |envelope: Value, inside: [Follows; 3]| {
        let [member, moderator, owner] = inside;
        (envelope, [NO_NAME, NONE, NONE, NONE, member, moderator, owner])
    };
    let all = [Done; 3];
    let nobody = [NOT_ALLOWED; 3];
    vec![
        members(json!({"type": "message", "room": room, "content": "x"}), all),
        members(json!({"type": "history", "room": room}), all),
        members(json!({"type": "history", "room": room, "before": message}), all),
        members(json!({"type": "history", "room": room, "after": 0}), all),
        members(json!({"type": "history", "room": room, "around": message}), all),
        members(json!({"type": "presence", "room": room, "after": "A"}), all),
        members(json!({"type": "typing", "room": room}), all),
        members(json!({"type": "read", "room": room, "upto": message}), all),
        members(json!({"type": "message", "room": room, "content": "y", "reply": message}), all),
        members(json!({"type": "react", "room": room, "message": message, "emoji": "👍"}), all),
        members(
            json!({"type": "edit", "room": room, "message": message, "content": "z"}),
            [NOT_ALLOWED, NOT_ALLOWED, Done],
        ),
        members(json!({"type": "topic", "room": room, "content": "x"}), [NOT_ALLOWED, Done, Done]),
        members(
            json!({"type": "delete", "room": room, "message": message}),
            [NOT_ALLOWED, NOT_ALLOWED, Done],
        ),
        members(json!({"type": "kick", "room": room, "user": "Bob"}), nobody),
        members(json!({"type": "ban", "room": room, "user": "Bob"}), nobody),
        members(json!({"type": "unban", "room": room, "user": "Bob"}), nobody),
        members(json!({"type": "mute", "room": room, "user": "Bob", "seconds": 9}), nobody),
        members(json!({"type": "unmute", "room": room, "user": "Bob"}), nobody),
        changes(json!({"type": "add", "room": room, "user": "Bob"}), [NOT_ALLOWED, Done, Done]),
        changes(json!({"type": "remove", "room": room, "user": "Bob"}), [NOT_ALLOWED, Done, Done]),
        changes(
            json!({"type": "role", "room": room, "user": "Cy", "role": "member"}),
            [NOT_ALLOWED, NOT_ALLOWED, Done],
        ),
        changes(json!({"type": "hook", "room": room, "name": "x"}), [NOT_ALLOWED, Done, Done]),
        changes(json!({"type": "hooks", "room": room}), [NOT_ALLOWED, Done, Done]),
        (
            json!({"type": "unhook", "hook": hook}),
            [NO_NAME, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, Done, Done],
        ),
        changes(json!({"type": "setting", "room": room, "joined": true}), all),
        changes(json!({"type": "setting", "room": room, "notify": "everything"}), all),
        changes(json!({"type": "setting", "room": room, "marked": message}), all),
        (
            json!({"type": "rooms", "mine": true}),
            [NO_NAME, Absent, Absent, Absent, Done, Done, Done],
        ),
        (
            json!({"type": "rooms", "room": room}),
            [Absent, Absent, Absent, Absent, Done, Done, Done],
        ),
        (json!({"type": "rooms"}), [Absent, Absent, Absent, Absent, Done, Done, Done]),
        (
            json!({"type": "rooms", "query": "ops"}),
            [Absent, Absent, Absent, Absent, Done, Done, Done],
        ),
        members(json!({"type": "leave", "room": room}), all),
        members(json!({"type": "join", "room": room}), all),
        members(json!({"type": "join", "room": room, "since": 0}), all),
    ]
}

async fn comes_as(server: &TestServer, (user, key): (&str, Option<u8>)) -> Peer {
    let mut peer = server.connect_with(&query("lobby", user, ""), key).await;
    peer.expect_entry().await;
    peer
}

/// What follows for somebody who is in the room, if they may be.
async fn follows(peer: &mut Peer, room: &str, envelope: &Value) -> Follows {
    let kind = envelope["type"].as_str().unwrap();
    // What follows from this is told to nobody who asks: what is asked next is answered next.
    if ["typing", "read"].contains(&kind) {
        peer.send(envelope.to_string()).await;
        peer.send(r#"{"type":"history","room":"lobby","limit":0,"ref":"next"}"#).await;
        let mut found = Done;
        loop {
            match peer.next().await {
                ToClient::Error(note) => found = Refused(note.code),
                ToClient::History(it) if it.reference.is_some() => return found,
                _ => {}
            }
        }
    }
    // These have no `ref` to be known by: what comes next about the room tells.
    if ["join", "leave", "presence"].contains(&kind) {
        peer.send(envelope.to_string()).await;
        loop {
            match peer.next().await {
                ToClient::Error(note)
                    if note.room.as_ref().is_some_and(|it| it.as_str() == room) =>
                {
                    return Refused(note.code);
                }
                ToClient::Leave(it) if kind == "leave" && it.room.as_str() == room => return Done,
                ToClient::Presence(it) if kind != "leave" && it.room.as_str() == room => {
                    return Done;
                }
                _ => {}
            }
        }
    }
    match ask(peer, envelope.clone()).await {
        ToClient::Error(note) => Refused(note.code),
        ToClient::Rooms(list) => {
            let is_there = list.rooms.iter().any(|entry| entry.room.as_str() == room);
            if is_there { Done } else { Absent }
        }
        _ => Done,
    }
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.limits.create_rate = 0;
    let server = TestServer::start_with(config).await;
    let mut peers = Vec::new();
    for person in PEOPLE {
        peers.push(comes_as(&server, person).await);
    }
    let _bob = comes(&server, BOB).await;
    let owner = peers.last_mut().unwrap();
    let room = private(owner, "Ops").await;
    for user in ["Dee", "Cy", "Bea"] {
        added(owner, &room, user).await;
    }
    let role = json!({"type": "role", "room": room, "user": "Bea", "role": "moderator"});
    ask(owner, role).await;
    ask(owner, remove(&room, "Dee")).await;
    join(owner, &room).await;
    let message = says(owner, &room, "hello").await;
    let mut hooks = Vec::new();
    for _ in PEOPLE {
        let made = ask(owner, json!({"type": "hook", "room": room, "name": "alerts"})).await;
        let ToClient::Hook(made) = made else { panic!("{made:?} instead of a hook") };
        hooks.push(made.hook);
    }
    for peer in &mut peers[OUTSIDE..PEOPLE.len() - 1] {
        join(peer, &room).await;
    }
    for (who, ((user, _), peer)) in PEOPLE.iter().zip(&mut peers).enumerate() {
        for (envelope, expected) in table(&room, message, hooks[who]) {
            let kind = envelope["type"].as_str().unwrap().to_owned();
            if kind == "remove" && expected[who] == Done {
                added(peer, &room, "Bob").await;
            }
            let found = follows(peer, &room, &envelope).await;
            assert_eq!(found, expected[who], "{user}: {envelope}");
            if kind == "join" && found == Done {
                let leave = json!({"type": "leave", "room": room});
                assert_eq!(follows(peer, &room, &leave).await, Done);
            }
        }
    }
    for (who, (user, key)) in PEOPLE.iter().enumerate().take(OUTSIDE) {
        drop(peers.remove(0));
        let mut peer = server.connect_with(&query(&room, user, ""), *key).await;
        peer.expect_refusal(Code::NoSuchRoom, 4003).await;
        assert!(who < OUTSIDE);
    }
}

/// Under its former name it is not let in, and under another one it is a stranger.
#[tokio::test]
async fn a_revoked_device_hears_nothing_more_of_a_private_room() {
    let server = TestServer::start().await;
    let (mut ann, mut laptop) = (comes(&server, super::ANN).await, comes(&server, BOB).await);
    let room = private(&mut ann, "Ops").await;
    added(&mut ann, &room, "Bob").await;
    join(&mut ann, &room).await;
    let code = devices::code(&mut laptop).await;
    let mut phone = devices::linked(&server, &code, PHONE).await;
    join(&mut phone, &room).await;
    let made = ask(&mut ann, json!({"type": "hook", "room": room, "name": "alerts"})).await;
    let ToClient::Hook(made) = made else { panic!("{made:?} instead of a hook") };
    let message = says(&mut ann, &room, "before").await;
    laptop.send(r#"{"type":"revoke","device":2}"#).await;
    devices::listed(&mut laptop).await;
    says(&mut ann, &room, "after").await;
    let mut heard = Vec::new();
    let close = loop {
        match phone.next_or_close().await {
            Ok(ToClient::Message(it)) => heard.push(it.content.as_str().to_owned()),
            Ok(ToClient::Error(note)) => assert_eq!(note.code, Code::Revoked),
            Ok(_) => {}
            Err(close) => break close,
        }
    };
    assert_eq!((close, heard), (Some(4003), vec!["before".to_owned()]));
    let mut again = server.connect_with(&query(&room, "Bob", ""), Some(PHONE)).await;
    again.expect_refusal(Code::Revoked, 4003).await;
    let mut stranger = comes_as(&server, ("Eve", Some(PHONE))).await;
    for (envelope, expected) in table(&room, message, made.hook) {
        assert_eq!(follows(&mut stranger, &room, &envelope).await, expected[1], "{envelope}");
    }
}

#[tokio::test]
async fn the_operators_moderator_acts_in_a_private_room_as_a_member_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(config(folder.path())).await;
    let mut ann = comes(&server, super::ANN).await;
    let mut moderator = comes_as(&server, ("Mod", Some(MOD_KEY))).await;
    let room = private(&mut ann, "Ops").await;
    added(&mut ann, &room, "Mod").await;
    join(&mut ann, &room).await;
    let message = says(&mut ann, &room, "hello").await;
    join(&mut moderator, &room).await;
    let delete = json!({"type": "delete", "room": room, "message": message});
    assert!(matches!(ask(&mut moderator, delete).await, ToClient::Deleted(_)));
    let topic = json!({"type": "topic", "room": room, "content": "x"});
    assert!(matches!(ask(&mut moderator, topic).await, ToClient::Topic(_)));
    assert_eq!(list(&mut moderator, json!({"type": "rooms", "mine": true})).await.rooms.len(), 1);
}

/// On a closed server a token says which open rooms one may enter; other rooms are their members'.
#[tokio::test]
async fn a_token_that_opens_everything_opens_no_private_room() {
    let closed = Closed::start().await;
    let token = |user, rooms: &[&str]| hs256(&claims(user, rooms, json!({})));
    let mut ann = closed.enter("lobby", &token("Ann", &["*"])).await;
    let mut bob = closed.enter("lobby", &token("Bob", &["lobby"])).await;
    let mut eve = closed.enter("lobby", &token("Eve", &["*"])).await;
    let room = private(&mut ann, "Ops").await;
    added(&mut ann, &room, "Bob").await;
    join(&mut bob, &room).await;
    eve.send(json!({"type": "join", "room": room}).to_string()).await;
    let refusal = until(&mut eve, |it| matches!(it, ToClient::Error(_))).await;
    let ToClient::Error(note) = refusal else { panic!() };
    assert_eq!(note.code, Code::NoSuchRoom);
    // Open rooms are listed that a token opens.
    join(&mut ann, "dev").await;
    for (peer, count) in [(&mut bob, 2), (&mut eve, 2)] {
        assert_eq!(list(peer, json!({"type": "rooms"})).await.rooms.len(), count);
    }
    let create = json!({"type": "create", "room": "mine"});
    assert_eq!(super::refused(&mut bob, create).await, Code::WrongRoom);
    bob.send(json!({"type": "join", "room": "dev"}).to_string()).await;
    let refusal = until(&mut bob, |it| matches!(it, ToClient::Error(_))).await;
    let ToClient::Error(note) = refusal else { panic!() };
    assert_eq!(note.code, Code::WrongRoom);
}
