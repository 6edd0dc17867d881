//! Whom a message mentions, as the server decides it.

use protocol::{Code, EVERYBODY_MAX, Everybody, Message, ToClient};
use serde_json::json;

use super::{hears, mentioned, says, texts};
use crate::people::moderation::Moderated;
use crate::rooms::{ANN, BOB, CY, added, ask, comes, comes_to, join, made, private, refused};
use crate::support::harness::{Peer, TestServer, query};

const ANN_LEE: (&str, u8) = ("Ann Lee", 7);
const DEE: (&str, u8) = ("Dee", 9);
const XIAOMING: (&str, u8) = ("小明", 8);

fn names(message: &Message) -> Vec<&str> {
    message.mentions.iter().map(|name| name.as_str()).collect()
}

async fn edits(peer: &mut Peer, message: &Message, content: &str) -> ToClient {
    let (room, id) = (message.room.as_str(), message.id);
    ask(peer, json!({"type": "edit", "room": room, "message": id, "content": content})).await
}

#[tokio::test]
async fn the_longest_name_that_somebody_has_counts() {
    let server = TestServer::start().await;
    for person in [ANN, ANN_LEE, XIAOMING] {
        drop(comes(&server, person).await);
    }
    let mut bob = comes_to(&server, "dev", BOB).await;
    for (text, expected) in [
        ("@Ann hi", vec!["Ann"]),
        ("hi @ANN: look", vec!["Ann"]),
        ("@ann lee, and @Ann", vec!["Ann Lee", "Ann"]),
        ("@ann @Ann", vec!["Ann"]),
        ("@annette", vec![]),
        ("a@ann", vec![]),
        ("Ann: hi", vec![]),
        ("`@Ann`", vec![]),
        ("```\n@Ann\n```", vec![]),
        ("你好@小明你好", vec!["小明"]),
        ("@nobody", vec![]),
        ("@Bob that is me", vec!["Bob"]),
    ] {
        let said = says(&mut bob, "dev", text).await;
        assert_eq!(names(&said), expected, "{text}");
    }
    let mut ann = comes(&server, ANN).await;
    assert_eq!(
        texts(&mut ann).await,
        ["@ann @Ann", "@ann lee, and @Ann", "hi @ANN: look", "@Ann hi"]
    );
    assert!(texts(&mut bob).await.is_empty(), "nobody is told of what they say themselves");
    server.stop().await;
}

#[tokio::test]
async fn a_guest_who_is_there_has_a_name_too() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    assert_eq!(names(&says(&mut bob, "dev", "@Ann of Oz").await), ["Ann"]);
    let mut guest = server.connect(&query("dev", "Ann of Oz", "")).await;
    guest.expect_entry().await;
    assert_eq!(names(&says(&mut bob, "dev", "@Ann of Oz").await), ["Ann of Oz"]);
    assert_eq!(texts(&mut ann).await.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn everybody_is_who_is_there_or_a_member() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes(&server, BOB).await;
    let mut cy = comes_to(&server, "dev", CY).await;
    let all = says(&mut ann, "dev", "@all in the open").await;
    assert_eq!((all.everybody, names(&all).len()), (Some(Everybody::All), 0));
    assert_eq!(texts(&mut cy).await, ["@all in the open"]);
    assert!(texts(&mut bob).await.is_empty(), "he was not there");
    let room = private(&mut ann, "Ops").await;
    for user in ["Bob", "Cy"] {
        added(&mut ann, &room, user).await;
    }
    for peer in [&mut ann, &mut cy] {
        join(peer, &room).await;
    }
    assert_eq!(says(&mut ann, &room, "@HERE now").await.everybody, Some(Everybody::Here));
    says(&mut ann, &room, "@all of you").await;
    assert_eq!(texts(&mut bob).await, ["@all of you"]);
    assert_eq!(texts(&mut cy).await, ["@all of you", "@HERE now", "@all in the open"]);
    assert!(texts(&mut ann).await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn more_people_than_a_few_are_for_moderators_to_mention_at_once() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut ann = server.person("dev", ANN.0, ANN.1).await;
    let mut crowd = Vec::new();
    for n in 2..EVERYBODY_MAX {
        let mut peer = server.server.connect(&query("dev", &format!("p{n:02}"), "")).await;
        peer.expect_entry().await;
        crowd.push(peer);
    }
    assert!(says(&mut ann, "dev", "@all 15 of you").await.everybody.is_some());
    let mut last = comes_to(&server.server, "dev", CY).await;
    for text in ["@all 16", "@here 16", "x @ALL"] {
        let say = json!({"type": "message", "room": "dev", "content": text});
        assert_eq!(refused(&mut ann, say).await, Code::MentionNotAllowed, "{text}");
    }
    assert!(says(&mut ann, "dev", "`@all` is not meant").await.everybody.is_none());
    assert!(says(&mut moderator, "dev", "@here fire!").await.everybody.is_some());
    assert_eq!(texts(&mut last).await, ["@here fire!"], "nothing of what was refused is stored");
    server.server.stop().await;
}

#[tokio::test]
async fn the_owner_of_a_room_mentions_all_of_it() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let mut bob = comes(&server, BOB).await;
    made(&mut ann, json!({"type": "create", "room": "news"})).await;
    for peer in [&mut ann, &mut bob] {
        join(peer, "news").await;
    }
    let mut crowd = Vec::new();
    for n in 0..EVERYBODY_MAX {
        let mut peer = server.connect(&query("news", &format!("p{n:02}"), "")).await;
        peer.expect_entry().await;
        crowd.push(peer);
    }
    let say = json!({"type": "message", "room": "news", "content": "@all"});
    assert_eq!(refused(&mut bob, say).await, Code::MentionNotAllowed);
    assert!(says(&mut ann, "news", "@all read this").await.everybody.is_some());
    assert_eq!(texts(&mut bob).await, ["@all read this"]);
    server.stop().await;
}

#[tokio::test]
async fn an_edit_mentions_whom_its_text_names_and_not_everybody_anew() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let (mut bob, mut cy) = (comes_to(&server, "dev", BOB).await, comes(&server, CY).await);
    let said = says(&mut ann, "dev", "@Bob look").await;
    hears(&mut bob, &said).await;
    let ToClient::Edited(edited) = edits(&mut ann, &said, "@Cy look").await else { panic!() };
    assert_eq!(edited.mentions.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["Cy"]);
    assert!(texts(&mut bob).await.is_empty());
    let (found, _) = mentioned(&mut cy, json!({})).await;
    assert_eq!((found[0].content.as_str(), names(&found[0])), ("@Cy look", vec!["Cy"]));
    let ToClient::Edited(edited) = edits(&mut ann, &said, "look").await else { panic!() };
    assert!(edited.mentions.is_empty() && texts(&mut cy).await.is_empty());
    for text in ["@all look", "@Bob @here"] {
        let ToClient::Error(note) = edits(&mut ann, &said, text).await else { panic!() };
        assert_eq!(note.code, Code::MentionNotAllowed, "{text}");
    }
    let all = says(&mut ann, "dev", "@all lok").await;
    let ToClient::Edited(edited) = edits(&mut ann, &all, "@all look").await else { panic!() };
    assert_eq!(edited.everybody, Some(Everybody::All));
    assert_eq!(texts(&mut bob).await, ["@all look"]);
    let mut dee = comes(&server, DEE).await;
    let both = says(&mut ann, "dev", "@all and @Dee, @Bob").await;
    assert_eq!(texts(&mut dee).await.len(), 1);
    let ToClient::Edited(edited) = edits(&mut ann, &both, "@all").await else { panic!() };
    assert_eq!((edited.everybody, edited.mentions.len()), (Some(Everybody::All), 0));
    assert!(texts(&mut dee).await.is_empty(), "she was named, and was not there");
    assert_eq!(texts(&mut bob).await, ["@all", "@all look"]);
    let ToClient::Error(note) = edits(&mut ann, &all, "@here").await else { panic!() };
    assert_eq!(note.code, Code::MentionNotAllowed, "that is another one");
    server.stop().await;
}

#[tokio::test]
async fn what_is_said_again_mentions_the_same() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let say = json!({"type": "message", "room": "dev", "content": "@Bob", "ref": "r"});
    let first = ask(&mut ann, say.clone()).await;
    assert_eq!(ask(&mut ann, say).await, first);
    assert_eq!(texts(&mut bob).await, ["@Bob"]);
    let ToClient::Message(said) = first else { panic!() };
    let edit = json!({"type": "edit", "room": "dev", "message": said.id, "content": "@bob!",
        "ref": "e"});
    let first = ask(&mut ann, edit.clone()).await;
    assert!(matches!(&first, ToClient::Edited(it) if it.mentions.len() == 1), "{first:?}");
    assert_eq!(ask(&mut ann, edit).await, first);
    server.stop().await;
}
