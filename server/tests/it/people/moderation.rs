//! What moderators may do to people, to whom it is told, and how long it holds.

use std::fs;
use std::path::Path;

use protocol::{Code, Role, ToClient};
use rusqlite::Connection;
use serde_json::json;
use server::{Config, Db};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::support::child::operator;
use crate::support::harness::{PATIENCE, Peer, TestServer, left, query, say, say_ref};

/// The key of the moderator, as the harness makes it, and its hash:
/// `printf '\x09%.0s' {1..16} | sha256sum`.
pub(crate) const MOD_KEY: u8 = 9;
pub(crate) const MOD_HASH: &str =
    "06232b08dabb5a4fdb466598179349c845b0dc3436324794e270257b4e0fdbce";

/// Those of another moderator.
pub(crate) const MOD2_KEY: u8 = 10;
const MOD2_HASH: &str = "d66fef87c0f962f116952b4fc318d76686d5625b8d43cf22d608bb20f79638ae";

/// A server with a list of moderators, and the folder of its files.
pub(crate) struct Moderated {
    pub(crate) server: TestServer,
    pub(crate) folder: TempDir,
}

pub(crate) fn config(folder: &Path) -> Config {
    let moderators = folder.join("moderators");
    fs::write(&moderators, format!("# the team\n{MOD_HASH} # Mod\n{MOD2_HASH}\n")).unwrap();
    let db = Db::File(folder.join("nebula.db"));
    Config { db, moderators: Some(moderators), message_rate: 0, ..Config::for_tests() }
}

impl Moderated {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = TestServer::start_with(config(folder.path())).await;
        Moderated { server, folder }
    }

    pub(crate) async fn restart(self) -> Self {
        self.server.stop().await;
        let server = TestServer::start_with(config(self.folder.path())).await;
        Moderated { server, folder: self.folder }
    }

    /// The moderator, in a room.
    pub(crate) async fn moderator(&self, room: &str) -> Peer {
        self.person(room, "Mod", MOD_KEY).await
    }

    /// Somebody with a key, in a room.
    pub(crate) async fn person(&self, room: &str, user: &str, key: u8) -> Peer {
        let mut peer = self.server.connect_with(&query(room, user, ""), Some(key)).await;
        peer.expect_entry().await;
        peer
    }
}

/// Waits for what a moderator did, whatever comes and goes meanwhile.
pub(crate) async fn moderated(peer: &mut Peer) -> serde_json::Value {
    loop {
        match peer.next().await {
            ToClient::Moderated(told) => {
                return serde_json::to_value(ToClient::Moderated(told)).unwrap();
            }
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
}

async fn left_by(peer: &mut Peer, user: &str) {
    let left = ToClient::parse(&left("dev", user)).unwrap();
    while peer.next().await != left {}
}

#[tokio::test]
async fn who_is_a_moderator_is_seen_in_the_join() {
    let server = Moderated::start().await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let mut moderator = server.server.connect_with(&query("dev", "Mod", ""), Some(MOD_KEY)).await;
    for peer in [&mut moderator, &mut alice] {
        let ToClient::Join(protocol::Joined { sender, role, .. }) = peer.next().await else {
            panic!()
        };
        assert_eq!((sender.as_str(), role), ("Mod", Some(Role::Moderator)));
    }
    let mut bob = server.server.connect_with(&query("dev", "Bob", ""), Some(2)).await;
    let ToClient::Join(protocol::Joined { role, .. }) = bob.next().await else { panic!() };
    assert_eq!(role, None);
}

#[tokio::test]
async fn who_is_no_moderator_may_do_nothing_of_it() {
    let server = Moderated::start().await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let mut bob = server.person("dev", "Bob", 2).await;
    alice.people().await;
    for frame in [
        json!({"type": "kick", "room": "dev", "user": "Bob", "ref": "m"}),
        json!({"type": "ban", "user": "Bob", "ref": "m"}),
        json!({"type": "unban", "user": "Bob", "ref": "m"}),
        json!({"type": "mute", "room": "dev", "user": "Bob", "seconds": 1, "ref": "m"}),
        json!({"type": "unmute", "user": "Bob", "ref": "m"}),
    ] {
        alice.send(frame.to_string()).await;
        let note = alice.error().await;
        assert_eq!(note.code, Code::NotAllowed, "{frame}");
        assert_eq!(note.reference.unwrap().as_str(), "m");
    }
    bob.silence().await;
}

#[tokio::test]
async fn a_kick_is_out_of_the_room_and_no_more() {
    let server = Moderated::start().await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let mut moderator = server.moderator("dev").await;
    let mut eve = server.person("dev", "Eve", 5).await;
    let mut elsewhere = server.person("ops", "Eve", 5).await;
    let kick =
        json!({"type": "kick", "room": "DEV", "user": "eve", "reason": "calm down", "ref": "m1"});
    moderator.send(kick.to_string()).await;
    let told = json!({"type": "moderated", "action": "kick", "room": "dev", "user": "Eve",
                      "by": "Mod", "reason": "calm down", "ref": "m1"});
    for peer in [&mut moderator, &mut alice, &mut eve] {
        assert_eq!(moderated(peer).await, told);
        left_by(peer, "Eve").await;
    }
    eve.send(say("dev", "still here?")).await;
    assert_eq!(eve.error().await.code, Code::NotInRoom);
    elsewhere.send(say("ops", "here")).await;
    elsewhere.message().await;
    eve.send(r#"{"type":"join","room":"dev"}"#).await;
    eve.expect_entry().await;
    // Nobody of this name is connected; and somebody is, but in another room.
    for user in ["Nobody", "Bob"] {
        let _bob = server.person("ops", "Bob", 2).await;
        let kick = json!({"type": "kick", "room": "dev", "user": user, "ref": "m2"});
        moderator.send(kick.to_string()).await;
        let note = loop {
            match moderator.next().await {
                ToClient::Error(note) => break note,
                ToClient::Moderated(told) => panic!("{told:?}"),
                _ => {}
            }
        };
        assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::NotFound, "m2"));
        assert_eq!(note.room.unwrap().as_str(), "dev");
    }
}

#[tokio::test]
async fn a_ban_from_a_room_holds_for_name_and_key_over_a_restart_until_it_is_lifted() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut eve = server.person("dev", "Eve", 5).await;
    moderator.send(r#"{"type":"ban","room":"dev","user":"Eve","reason":"spam"}"#).await;
    moderated(&mut moderator).await;
    left_by(&mut eve, "Eve").await;
    eve.send(r#"{"type":"join","room":"dev"}"#).await;
    let note = eve.error().await;
    assert_eq!((note.code, note.content.contains("spam")), (Code::Banned, true));
    eve.send(r#"{"type":"join","room":"ops"}"#).await;
    eve.expect_entry().await;
    drop((eve, moderator));
    let server = server.restart().await;
    for (name, key) in [("Eve", 5), ("Another", 5)] {
        let mut again = server.server.connect_with(&query("dev", name, ""), Some(key)).await;
        again.expect_refusal(Code::Banned, 4003).await;
    }
    server.person("ops", "Eve", 5).await;
    let mut moderator = server.moderator("dev").await;
    moderator.send(r#"{"type":"unban","user":"Eve"}"#).await;
    assert_eq!(moderator.error().await.code, Code::NotFound, "not from the whole server");
    moderator.send(r#"{"type":"unban","room":"dev","user":"Eve"}"#).await;
    assert_eq!(moderated(&mut moderator).await["action"], "unban");
    server.person("dev", "Eve", 5).await;
    server.person("dev", "Another", 5).await;
}

#[tokio::test]
async fn a_ban_from_the_server_ends_every_connection_and_refuses_new_ones() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut eve = server.person("dev", "Eve", 5).await;
    let mut second = server.person("ops", "Eve", 5).await;
    let mut other_name = server.person("ops", "Eva", 5).await;
    let mut alice = server.person("ops", "Alice", 1).await;
    let ban = json!({"type": "ban", "user": "Eve", "seconds": 7200, "reason": "spam"});
    moderator.send(ban.to_string()).await;
    let told = json!({"type": "moderated", "action": "ban", "user": "Eve", "by": "Mod",
                      "seconds": 7200, "reason": "spam"});
    assert_eq!(moderated(&mut moderator).await, told);
    for peer in [&mut eve, &mut second, &mut other_name] {
        peer.expect_refusal(Code::Banned, 4003).await;
    }
    while alice.presence().await.len() > 1 {}
    let server = server.restart().await;
    let mut again = server.server.connect_with(&query("ops", "Eva", ""), Some(5)).await;
    let note = again.error().await;
    assert_eq!(note.content, "you are banned from this server for another 2 hours: spam");
    assert_eq!(again.next_or_close().await, Err(Some(4003)));
}

#[tokio::test]
async fn who_comes_in_while_a_ban_is_stored_is_put_out_too() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    drop(server.person("dev", "Eve", 5).await);
    let other = Connection::open(server.folder.path().join("nebula.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    moderator.send(r#"{"type":"ban","user":"Eve"}"#).await;
    let mut inside = Vec::new();
    for _ in 0..2 {
        inside.push(server.person("dev", "Eve", 5).await);
    }
    other.execute_batch("ROLLBACK").unwrap();
    for mut eve in inside {
        eve.expect_refusal(Code::Banned, 4003).await;
    }
}

#[tokio::test]
async fn somebody_who_is_away_can_be_banned() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut eve = server.person("dev", "Eve", 5).await;
    eve.send(r#"{"type":"leave","room":"dev"}"#).await;
    drop(eve);
    moderator.send(r#"{"type":"ban","user":"Eve"}"#).await;
    moderated(&mut moderator).await;
    let mut again = server.server.connect_with(&query("dev", "Eva", ""), Some(5)).await;
    again.expect_refusal(Code::Banned, 4003).await;
    let mut named = server.server.connect("room=dev&username=Mallory").await;
    named.expect_entry().await;
    moderator.send(r#"{"type":"ban","user":"mallory"}"#).await;
    named.expect_refusal(Code::Banned, 4003).await;
}

#[tokio::test]
async fn a_mute_holds_for_a_time_over_reconnects_and_restarts() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut eve = server.person("dev", "Eve", 5).await;
    let mute =
        json!({"type": "mute", "room": "dev", "user": "Eve", "seconds": 600, "reason": "loud"});
    moderator.send(mute.to_string()).await;
    moderated(&mut eve).await;
    eve.send(say_ref("dev", "hear me", "r1")).await;
    let note = eve.error().await;
    assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::Muted, "r1"));
    assert!((540_000..=600_000).contains(&note.retry_ms.unwrap()), "{:?}", note.retry_ms);
    eve.send(r#"{"type":"join","room":"ops"}"#).await;
    eve.expect_entry().await;
    eve.send(say("ops", "here I may")).await;
    eve.message().await;
    drop((eve, moderator));
    let server = server.restart().await;
    for name in ["Eve", "Another"] {
        let mut again = server.person("dev", name, 5).await;
        again.send(say("dev", "and now?")).await;
        loop {
            match again.next().await {
                ToClient::Error(note) => break assert_eq!(note.code, Code::Muted),
                ToClient::Message(_) => panic!("{name} is heard"),
                _ => {}
            }
        }
    }
    let mut moderator = server.moderator("dev").await;
    moderator.send(r#"{"type":"unmute","room":"dev","user":"eve"}"#).await;
    moderated(&mut moderator).await;
    let mut eve = server.person("dev", "Eve", 5).await;
    eve.send(say("dev", "thank you")).await;
    eve.message().await;
}

#[tokio::test]
async fn a_mute_in_the_whole_server_is_told_to_whom_it_concerns_and_ends_by_itself() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut eve = server.person("ops", "Eve", 5).await;
    moderator.send(r#"{"type":"mute","user":"Eve","seconds":3}"#).await;
    assert_eq!(moderated(&mut eve).await["seconds"], 3);
    assert_eq!(moderated(&mut moderator).await["action"], "mute");
    // Says it until it is heard: refused at first, and heard when the time is over.
    let (mut refused, mut text) = (0, 0);
    loop {
        eve.send(say("ops", &format!("{text}"))).await;
        text += 1;
        match eve.next().await {
            ToClient::Error(note) => {
                assert_eq!(note.code, Code::Muted);
                refused += 1;
            }
            ToClient::Message(_) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn the_operator_lists_bans_and_mutes_while_the_server_runs() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    for act in [
        json!({"type": "mute", "room": "dev", "user": "Eve", "seconds": 600}),
        json!({"type": "ban", "user": "Mallory", "reason": "don't\nban  * \u{1b}[2J\u{7}\u{202e}"}),
        json!({"type": "ban", "room": "dev", "user": "Trudy"}),
        json!({"type": "unban", "room": "dev", "user": "Trudy"}),
    ] {
        moderator.send(act.to_string()).await;
        moderated(&mut moderator).await;
    }
    let (code, list) = operator(&["bans"], "--db", &server.folder.path().join("nebula.db"));
    assert_eq!(code, Some(0), "{list}");
    let lines: Vec<_> = list.lines().collect();
    let ban = r"ban  * always Mallory, by Mod: don't\nban  * \u{1b}[2J\u{7}\u{202e}";
    assert_eq!((lines.len(), lines[0]), (2, ban), "{list}");
    assert!(lines[1].starts_with("mute #dev 20") && lines[1].ends_with("Z Eve, by Mod"), "{list}");
}

#[tokio::test]
async fn a_moderator_is_only_in_the_operators_hands() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut second = server.moderator("ops").await;
    for action in ["kick", "ban", "mute"] {
        let act = json!({"type": action, "room": "dev", "user": "Mod", "seconds": 5});
        moderator.send(act.to_string()).await;
        let note = moderator.error().await;
        assert_eq!((note.code, note.content.contains("operator")), (Code::NotAllowed, true));
    }
    moderator.send(r#"{"type":"kick","room":"ops","user":"Mod"}"#).await;
    assert_eq!(moderator.error().await.code, Code::NotInRoom);
    second.silence().await;
}

#[tokio::test]
async fn the_list_of_moderators_is_read_anew_when_asked_and_counts_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let (reload, list) = (config.reload.clone(), folder.path().join("moderators"));
    let server = TestServer::start_with(config).await;
    let server = Moderated { server, folder };
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("dev", "Alice", 1).await;
    moderator.people().await;
    // printf '\x01%.0s' {1..16} | sha256sum
    let hash = "cc8cd41cef907c4d216069122c4b89936211361f9050a717a1e37ad1862e952f";
    fs::write(&list, hash).unwrap();
    reload.ask();
    // The wish is heard at once, but by another task.
    let mute = json!({"type": "mute", "user": "Eve", "seconds": 5}).to_string();
    let heard = async {
        loop {
            alice.send(mute.clone()).await;
            match alice.next().await {
                ToClient::Moderated(_) => break,
                ToClient::Error(note) => assert_eq!(note.code, Code::NotAllowed),
                other => panic!("{other:?}"),
            }
        }
    };
    timeout(PATIENCE, heard).await.unwrap();
    moderator.send(mute).await;
    assert_eq!(moderator.error().await.code, Code::NotAllowed);
}
