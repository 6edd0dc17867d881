//! Moderators by token: where they are ones, and that each connection has the rights of its own token.

use protocol::{Code, ToClient};
use serde_json::{Value, json};

use crate::auth::tokens::{Closed, claims, hs256};
use crate::people::moderation::moderated;
use crate::support::harness::{Peer, say};

fn member(sub: &str, room: &str) -> String {
    hs256(&claims(sub, &[room], json!({})))
}

fn moderator(sub: &str, room: &str) -> String {
    hs256(&claims(sub, &[room], json!({"role": "moderator"})))
}

/// The code of the next `error`, whatever comes and goes meanwhile.
async fn refused(peer: &mut Peer) -> Code {
    loop {
        match peer.next().await {
            ToClient::Error(note) => return note.code,
            ToClient::Moderated(told) => panic!("{told:?}"),
            ToClient::Message(message) => panic!("{message:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_moderator_by_token_is_one_in_the_rooms_it_opens() {
    let closed = Closed::start().await;
    let token = hs256(&claims("Mod", &["dev"], json!({"role": "moderator"})));
    let mut moderator = closed.enter("dev", &token).await;
    let mut eve = closed.enter("dev", &hs256(&claims("Eve", &["*"], json!({})))).await;
    moderator.send(r#"{"type":"ban","user":"Eve"}"#).await;
    loop {
        match moderator.next().await {
            ToClient::Error(note) => break assert_eq!(note.code, Code::NotAllowed),
            ToClient::Moderated(_) => panic!("it does not open all rooms"),
            _ => {}
        }
    }
    moderator.send(r#"{"type":"ban","room":"dev","user":"Eve"}"#).await;
    moderated(&mut eve).await;
    let mut again = closed.connect("room=dev", &hs256(&claims("Eve", &["*"], json!({})))).await;
    again.expect_refusal(Code::Banned, 4003).await;
    let all = hs256(&claims("Root", &["*"], json!({"role": "moderator"})));
    let mut root = closed.enter("ops", &all).await;
    root.send(r#"{"type":"ban","user":"Eve"}"#).await;
    assert_eq!(moderated(&mut root).await["action"], "ban");
    eve.expect_refusal(Code::Banned, 4003).await;
}

#[tokio::test]
async fn a_moderator_who_is_away_is_locked_out_by_nobody() {
    let closed = Closed::start().await;
    let moderator = |sub| hs256(&claims(sub, &["*"], json!({"role": "moderator"})));
    let mut rogue = closed.enter("dev", &moderator("Rogue")).await;
    for act in [
        json!({"type": "ban", "user": "Mod"}),
        json!({"type": "ban", "room": "dev", "user": "Mod"}),
        json!({"type": "mute", "user": "Mod", "seconds": 600}),
    ] {
        rogue.send(act.to_string()).await;
        moderated(&mut rogue).await;
    }
    // The same name with less in its token is somebody whom they can ban.
    closed.refused(&hs256(&claims("Mod", &["*"], json!({}))), Code::Banned).await;
    let mut found = closed.enter("dev", &moderator("Mod")).await;
    found.send(say("dev", "what goes on here?")).await;
    found.message().await;
    found.send(r#"{"type":"unban","user":"Mod"}"#).await;
    assert_eq!(moderated(&mut found).await["action"], "unban");
}

/// Acts that another moderator may not do to Alice, in `dev` and everywhere.
fn acts() -> [Value; 5] {
    [
        json!({"type": "kick", "room": "dev", "user": "Alice"}),
        json!({"type": "mute", "room": "dev", "user": "Alice", "seconds": 600}),
        json!({"type": "ban", "room": "dev", "user": "Alice"}),
        json!({"type": "mute", "user": "Alice", "seconds": 600}),
        json!({"type": "ban", "user": "Alice"}),
    ]
}

#[tokio::test]
async fn a_moderator_is_one_whatever_else_they_came_with_first() {
    let closed = Closed::start().await;
    let _first = closed.enter("dev", &member("Alice", "dev")).await;
    let second = closed.enter("dev", &moderator("Alice", "*")).await;
    let mut bob = closed.enter("dev", &moderator("Bob", "*")).await;
    for act in acts() {
        bob.send(act.to_string()).await;
        assert_eq!(refused(&mut bob).await, Code::NotAllowed, "{act}");
    }
    drop(second);
    // She is no more when that connection is gone: it is tried until it is.
    let mute = acts()[1].to_string();
    loop {
        bob.send(mute.clone()).await;
        match bob.next().await {
            ToClient::Error(note) => assert_eq!(note.code, Code::NotAllowed),
            ToClient::Moderated(_) => break,
            other => panic!("{other:?}"),
        }
    }
    // That holds for the connection without the rights alone.
    let mut again = closed.enter("dev", &moderator("Alice", "dev")).await;
    again.send(say("dev", "hello")).await;
    assert_eq!(again.message().await.sender.as_str(), "Alice");
}

#[tokio::test]
async fn a_ban_holds_for_a_members_token_whatever_other_connection_is_open() {
    let closed = Closed::start().await;
    let mut bob = closed.enter("general", &moderator("Bob", "*")).await;
    let mut eve = closed.enter("general", &member("Eve", "general")).await;
    let _elsewhere = closed.enter("dev", &moderator("Eve", "dev")).await;
    bob.send(r#"{"type":"mute","room":"general","user":"Eve","seconds":600}"#).await;
    moderated(&mut bob).await;
    eve.send(say("general", "hello")).await;
    moderated(&mut eve).await;
    assert_eq!(refused(&mut eve).await, Code::Muted);
    bob.send(r#"{"type":"ban","room":"general","user":"Eve"}"#).await;
    moderated(&mut bob).await;
    let mut again = closed.connect("room=general", &member("Eve", "general")).await;
    again.expect_refusal(Code::Banned, 4003).await;
    // Everywhere is also where she is a moderator.
    bob.send(r#"{"type":"ban","user":"Eve"}"#).await;
    assert_eq!(refused(&mut bob).await, Code::NotAllowed);
}
