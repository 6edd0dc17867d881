//! Whose a name is, and who is banned or muted, on a database of an earlier server.

use protocol::{Code, ToClient};
use serde_json::json;

use super::{BEA, DEV, EVE, FIRST_ZOE, KIM, NAMES, OTHER, Old, READER, SECOND_ZOE, STRANGER};
use crate::people::moderation::{MOD_KEY, moderated};
use crate::support::child::operator;
use crate::support::harness::{Peer, TestServer, query, say, say_ref};

const LOBBY: &str = "lobby";

async fn enter(server: &TestServer, room: &str, user: &str, key: Option<u8>) -> Peer {
    let mut peer = server.connect_with(&query(room, user, ""), key).await;
    peer.expect_entry().await;
    peer
}

async fn refused(server: &TestServer, room: &str, user: &str, key: Option<u8>, code: Code) {
    let mut peer = server.connect_with(&query(room, user, ""), key).await;
    peer.expect_refusal(code, if code == Code::Banned { 4003 } else { 4001 }).await;
}

/// Whether somebody may say something in a room. Afterwards they are gone.
async fn speaks(server: &TestServer, room: &str, user: &str, key: Option<u8>) -> bool {
    let mut watcher = enter(server, room, "Reader", Some(READER)).await;
    let mut peer = enter(server, room, user, key).await;
    peer.send(say(room, "may I?")).await;
    let may = loop {
        match peer.next().await {
            ToClient::Message(_) => break true,
            ToClient::Error(note) => {
                assert_eq!(note.code, Code::Muted);
                break false;
            }
            _ => {}
        }
    };
    while !matches!(watcher.next().await, ToClient::Join(joined) if joined.sender.as_str() == user)
    {
    }
    drop(peer);
    while watcher.presence().await.iter().any(|name| name == user) {}
    may
}

#[tokio::test]
async fn a_name_is_whose_it_was() {
    for old in Old::since(NAMES) {
        let server = old.start().await;
        for (user, key) in [("bea", BEA), ("Kim", KIM), ("Mod", MOD_KEY), ("Zoe", SECOND_ZOE)] {
            for other in [None, Some(STRANGER), Some(FIRST_ZOE)] {
                refused(&server, LOBBY, user, other, Code::NameTaken).await;
            }
            enter(&server, LOBBY, user, Some(key)).await;
        }
        enter(&server, LOBBY, "Ann", Some(STRANGER)).await;
    }
}

#[tokio::test]
async fn bans_hold_as_before_for_the_name_and_for_the_key() {
    for old in Old::since(NAMES) {
        let server = old.start().await;
        for (user, room) in [("Eve", LOBBY), ("Evelyn", OTHER)] {
            refused(&server, room, user, Some(EVE), Code::Banned).await;
        }
        let mut ned = enter(&server, LOBBY, "ned", None).await;
        ned.send(json!({"type": "join", "room": DEV}).to_string()).await;
        assert_eq!(ned.error().await.code, Code::Banned);
        let mut zelda = server.connect_with(&query(DEV, "Zelda", ""), Some(FIRST_ZOE)).await;
        let note = zelda.error().await;
        assert_eq!(note.code, Code::Banned);
        // As Zoe she was banned for good, and that is the longer of the two.
        assert!(!note.content.contains("for another"), "version {}: {}", old.version, note.content);
        enter(&server, LOBBY, "Zelda", Some(FIRST_ZOE)).await;
    }
}

#[tokio::test]
async fn mutes_hold_as_before_for_the_name_and_for_the_key() {
    for old in Old::since(NAMES) {
        let server = old.start().await;
        for (room, user, key, may) in [
            (DEV, "Kim", Some(KIM), false),
            (DEV, "Kimberly", Some(KIM), false),
            (OTHER, "Kim", Some(KIM), true),
            (DEV, "tom", None, false),
            (OTHER, "Tom", None, false),
            (DEV, "Ann", None, true),
        ] {
            let speaks = speaks(&server, room, user, key).await;
            assert_eq!(speaks, may, "{user} in {room}, version {}", old.version);
        }
    }
}

#[tokio::test]
async fn a_moderator_lifts_what_was_imposed_before() {
    for old in Old::since(NAMES) {
        let server = old.start().await;
        let mut moderator = enter(&server, DEV, "Mod", Some(MOD_KEY)).await;
        for lift in [
            json!({"type": "unban", "user": "Eve"}),
            json!({"type": "unban", "user": "Ned", "room": DEV}),
            json!({"type": "unmute", "user": "Kim", "room": DEV}),
            json!({"type": "unmute", "user": "Tom"}),
        ] {
            moderator.send(lift.to_string()).await;
            moderated(&mut moderator).await;
        }
        drop(moderator);
        enter(&server, DEV, "Eve", Some(EVE)).await;
        enter(&server, DEV, "Ned", None).await;
        assert!(speaks(&server, DEV, "Kim", Some(KIM)).await);
        assert!(speaks(&server, DEV, "Tom", None).await);
    }
}

#[tokio::test]
async fn who_takes_a_released_name_inherits_nothing() {
    for old in Old::since(NAMES) {
        let server = old.start().await;
        // The first Zoe is banned from here, and her name was taken before.
        assert!(speaks(&server, DEV, "Zoe", Some(SECOND_ZOE)).await, "version {}", old.version);
        let (code, told) = operator(&["release-name", "Kim"], "--db", &old.path());
        assert_eq!(code, Some(0), "{told}");
        let mut heir = enter(&server, DEV, "Kim", Some(STRANGER)).await;
        heir.send(say_ref(DEV, "mine", "k1")).await;
        assert_eq!(heir.message().await.content.as_str(), "mine", "version {}", old.version);
        assert!(!speaks(&server, DEV, "Kimberly", Some(KIM)).await, "version {}", old.version);
    }
}
