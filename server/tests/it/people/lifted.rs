//! Bans and mutes that the operator lifts while the server runs, and how many there may be.

use std::path::PathBuf;

use protocol::{Code, ErrorNote, ToClient};
use rusqlite::Connection;
use server::{MODERATOR_SANCTIONS_MAX, ROOM_SANCTIONS_MAX, SANCTIONS_MAX};

use crate::people::moderation::{MOD_KEY, MOD2_KEY, Moderated, config, moderated};
use crate::support::child::operator;
use crate::support::harness::{Peer, TestServer, query, say};

/// A server whose database has so many bans in each of some rooms.
async fn with_bans(rooms: &[(&str, usize, &str)]) -> Moderated {
    let folder = tempfile::tempdir().unwrap();
    TestServer::start_with(config(folder.path())).await.stop().await;
    let mut db = Connection::open(folder.path().join("nebula.db")).unwrap();
    let many = db.transaction().unwrap();
    for (room, count, by) in rooms {
        for n in 0..*count {
            let insert = "INSERT INTO sanctions
                (kind, room_key, owner, id, user_key, room, user, author)
                VALUES (1, ?1, ?2, 1, ?2, ?1, ?2, ?3)";
            many.execute(insert, [room, &*format!("n{n}"), by]).unwrap();
        }
    }
    many.commit().unwrap();
    let server = TestServer::start_with(config(folder.path())).await;
    Moderated { server, folder }
}

fn db(server: &Moderated) -> PathBuf {
    server.folder.path().join("nebula.db")
}

async fn refused(peer: &mut Peer) -> ErrorNote {
    loop {
        match peer.next().await {
            ToClient::Error(note) => return note,
            ToClient::Message(message) => panic!("{message:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn one_room_that_is_full_of_bans_leaves_the_others_alone_until_the_operator_lifts_them() {
    let server = with_bans(&[("dev", ROOM_SANCTIONS_MAX, "Other")]).await;
    let mut moderator = server.moderator("dev").await;
    moderator.send(r#"{"type":"ban","room":"dev","user":"Eve"}"#).await;
    let note = refused(&mut moderator).await;
    assert_eq!(note.code, Code::Unavailable);
    let limit = ROOM_SANCTIONS_MAX.to_string();
    assert!(note.content.contains("this room") && note.content.contains(&limit), "{note:?}");
    for act in [
        r#"{"type":"ban","room":"dev","user":"n5","reason":"replaced"}"#,
        r#"{"type":"mute","user":"Eve","seconds":60}"#,
    ] {
        moderator.send(act).await;
        moderated(&mut moderator).await;
    }
    let lifted = operator(&["unban", "--all", "--room", "#DEV"], "--db", &db(&server));
    assert_eq!(lifted, (Some(0), format!("{ROOM_SANCTIONS_MAX} bans lifted\n")));
    moderator.send(r#"{"type":"ban","room":"dev","user":"Eve"}"#).await;
    moderated(&mut moderator).await;
}

#[tokio::test]
async fn a_moderator_who_has_set_the_most_is_told_so_and_another_still_may() {
    let full = ["a", "b"].map(|room| (room, MODERATOR_SANCTIONS_MAX / 2, "Mod"));
    let server = with_bans(&full).await;
    let mut moderator = server.moderator("dev").await;
    moderator.send(r#"{"type":"mute","room":"dev","user":"Eve","seconds":60}"#).await;
    let note = refused(&mut moderator).await;
    let limit = MODERATOR_SANCTIONS_MAX.to_string();
    assert!(note.content.contains("you have set") && note.content.contains(&limit), "{note:?}");
    // Another name is no way around it.
    let mut renamed = server.person("dev", "Mod the Second", MOD_KEY).await;
    renamed.send(r#"{"type":"mute","room":"dev","user":"Eve","seconds":60}"#).await;
    assert!(refused(&mut renamed).await.content.contains("you have set"));
    let mut other = server.person("dev", "Max", MOD2_KEY).await;
    other.send(r#"{"type":"mute","room":"dev","user":"Eve","seconds":60}"#).await;
    moderated(&mut other).await;
}

#[tokio::test]
async fn so_many_bans_and_no_more_but_one_may_replace_another() {
    let folder = tempfile::tempdir().unwrap();
    TestServer::start_with(config(folder.path())).await.stop().await;
    let mut db = Connection::open(folder.path().join("nebula.db")).unwrap();
    let many = db.transaction().unwrap();
    for n in 0..SANCTIONS_MAX {
        let insert = "INSERT INTO sanctions (kind, room_key, owner, id, user_key, user, author)
            VALUES (1, '', ?1, 1, ?1, ?1, ?2)";
        many.execute(insert, [format!("n{n}"), format!("Mod{}", n % 50)]).unwrap();
    }
    many.commit().unwrap();
    let server = TestServer::start_with(config(folder.path())).await;
    let server = Moderated { server, folder };
    let mut moderator = server.moderator("dev").await;
    moderator.send(r#"{"type":"ban","user":"Eve"}"#).await;
    let note = moderator.error().await;
    assert_eq!(note.code, Code::Unavailable);
    assert!(note.content.contains("10000"), "{}", note.content);
    for act in [
        r#"{"type":"ban","user":"n5","reason":"again"}"#,
        r#"{"type":"unban","user":"n5"}"#,
        r#"{"type":"ban","user":"Eve"}"#,
    ] {
        moderator.send(act).await;
        moderated(&mut moderator).await;
    }
}

#[tokio::test]
async fn the_operator_lifts_a_ban_while_the_server_runs() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    drop(server.person("dev", "Eve", 5).await);
    for (act, room) in [
        (r#"{"type":"ban","user":"Eve"}"#, None),
        (r#"{"type":"ban","room":"dev","user":"Eve"}"#, Some("dev")),
    ] {
        moderator.send(act).await;
        moderated(&mut moderator).await;
        let mut eve = server.server.connect_with(&query("dev", "Eve", ""), Some(5)).await;
        eve.expect_refusal(Code::Banned, 4003).await;
        let mut arguments = vec!["unban", "eve"];
        if let Some(room) = room {
            // It is not that of the whole server.
            let (code, told) = operator(&arguments, "--db", &db(&server));
            assert!(code == Some(2) && told.contains("no such ban"), "{told}");
            arguments.extend(["--room", room]);
        }
        let lifted = operator(&arguments, "--db", &db(&server));
        assert_eq!(lifted, (Some(0), "1 ban lifted\n".to_owned()));
        drop(server.person("dev", "Eve", 5).await);
    }
    // A join of another room, and by the hash of the key: printf '\x05%.0s' {1..16} | sha256sum
    moderator.send(r#"{"type":"ban","room":"dev","user":"Eve"}"#).await;
    moderated(&mut moderator).await;
    let mut eva = server.person("ops", "Eva", 5).await;
    eva.send(r#"{"type":"join","room":"dev"}"#).await;
    assert_eq!(refused(&mut eva).await.code, Code::Banned);
    let hash = operator(&["names"], "--db", &db(&server)).1;
    let hash = hash.lines().find(|line| line.ends_with(" Eve")).unwrap().split(' ').next().unwrap();
    let lifted = operator(&["unban", hash, "--room", "dev"], "--db", &db(&server));
    assert_eq!(lifted.0, Some(0), "{}", lifted.1);
    eva.send(r#"{"type":"join","room":"dev"}"#).await;
    eva.expect_entry().await;
}

#[tokio::test]
async fn the_operator_lifts_a_mute_while_the_server_runs() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut eve = server.person("dev", "Eve", 5).await;
    moderator.send(r#"{"type":"mute","room":"dev","user":"Eve","seconds":3600}"#).await;
    moderated(&mut moderator).await;
    eve.send(say("dev", "one")).await;
    assert_eq!(refused(&mut eve).await.code, Code::Muted);
    let lifted = operator(&["unmute", "Eve", "--room", "dev"], "--db", &db(&server));
    assert_eq!(lifted, (Some(0), "1 mute lifted\n".to_owned()));
    eve.send(say("dev", "two")).await;
    loop {
        match eve.next().await {
            ToClient::Message(message) => {
                assert_eq!(message.content.as_str(), "two");
                break;
            }
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
    let (code, told) = operator(&["unmute", "Eve", "--room", "dev"], "--db", &db(&server));
    assert!(code == Some(2) && told.contains("bans"), "{told}");
}
