//! Editing: by the author alone, for a time, once, and nothing is left of the old text.

use std::fs;
use std::time::Duration;

use protocol::{Code, ToClient};
use serde_json::json;
use server::{Config, Db};

use super::{delete, edit, now, said};
use crate::people::moderation::Moderated;
use crate::rooms::{ANN, BOB, ask, comes_to, refused, until};
use crate::support::harness::{TestServer, query};

#[tokio::test]
async fn everybody_hears_the_new_text_and_pages_hold_it() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let first = said(&mut ann, "Helo").await;
    let ToClient::Edited(told) = ask(&mut ann, edit(&first, "Hello")).await else { panic!() };
    assert_eq!((told.message, told.content.as_str()), (first.id, "Hello"));
    assert_eq!((told.sender.as_str(), told.id > first.id), ("Ann", true));
    let heard = until(&mut bob, |it| matches!(it, ToClient::Edited(_))).await;
    assert_eq!(heard, ToClient::Edited(told.clone()));
    let held = now(&mut bob, &first).await;
    assert_eq!((held.content.as_str(), held.change), ("Hello", Some(told.id)));
    assert_eq!((held.edited, held.at, held.deleted), (Some(told.at), first.at, false));
    server.stop().await;
}

#[tokio::test]
async fn any_device_of_the_author_may_edit_and_nobody_else() {
    let server = Moderated::start().await;
    let mut ann = server.person("dev", "Ann", 1).await;
    let mut phone = server.person("dev", "Ann", 1).await;
    let mut bob = server.person("dev", "Bob", 2).await;
    let mut moderator = server.moderator("dev").await;
    let mut guest = server.server.connect(&query("dev", "Zoe", "")).await;
    guest.expect_entry().await;
    let first = said(&mut ann, "one").await;
    assert!(matches!(ask(&mut phone, edit(&first, "two")).await, ToClient::Edited(_)));
    assert_eq!(refused(&mut bob, edit(&first, "three")).await, Code::NotAllowed);
    assert_eq!(refused(&mut moderator, edit(&first, "three")).await, Code::NotAllowed);
    assert_eq!(refused(&mut guest, edit(&first, "three")).await, Code::NoName);
    let of_guest = said(&mut guest, "hi").await;
    assert_eq!(refused(&mut guest, edit(&of_guest, "hello")).await, Code::NoName);
    assert_eq!(now(&mut bob, &first).await.content.as_str(), "two");
    server.server.stop().await;
}

#[tokio::test]
async fn what_is_not_there_or_was_deleted_cannot_be_edited() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let first = said(&mut ann, "one").await;
    assert!(matches!(ask(&mut ann, delete(&first)).await, ToClient::Deleted(_)));
    assert_eq!(refused(&mut ann, edit(&first, "two")).await, Code::NotFound);
    for message in [json!(1), json!(first.id.get() + 999)] {
        let edit = json!({"type": "edit", "room": "dev", "message": message, "content": "x"});
        assert_eq!(refused(&mut ann, edit).await, Code::NotFound);
    }
    ann.send(json!({"type": "join", "room": "ops"}).to_string()).await;
    let elsewhere = json!({"type": "edit", "room": "ops", "message": first.id, "content": "x"});
    assert_eq!(refused(&mut ann, elsewhere).await, Code::NotFound);
    let outside = json!({"type": "edit", "room": "else", "message": first.id, "content": "x"});
    assert_eq!(refused(&mut ann, outside).await, Code::NotInRoom);
    for (content, code) in [(" ", Code::ContentBlank), (&*"x".repeat(4097), Code::ContentTooLong)] {
        assert_eq!(refused(&mut ann, edit(&first, content)).await, code);
    }
    server.stop().await;
}

#[tokio::test]
async fn where_the_operator_says_so_nobody_edits_and_everybody_deletes() {
    let never = Config { edit_window: Duration::ZERO, ..Config::for_tests() };
    let server = TestServer::start_with(never).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let first = said(&mut ann, "one").await;
    assert_eq!(refused(&mut ann, edit(&first, "two")).await, Code::TooLate);
    assert!(matches!(ask(&mut ann, delete(&first)).await, ToClient::Deleted(_)));
    server.stop().await;
}

#[tokio::test]
async fn an_edit_that_is_sent_again_edits_once() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let first = said(&mut ann, "one").await;
    let with_ref = |content: &str, reference: &str| {
        let mut envelope = edit(&first, content);
        envelope["ref"] = json!(reference);
        envelope
    };
    let ToClient::Edited(told) = ask(&mut ann, with_ref("two", "e1")).await else { panic!() };
    let ToClient::Edited(other) = ask(&mut ann, with_ref("three", "e2")).await else { panic!() };
    let ToClient::Edited(again) = ask(&mut ann, with_ref("two", "e1")).await else { panic!() };
    assert_eq!(again, told);
    let held = now(&mut ann, &first).await;
    assert_eq!((held.content.as_str(), held.change), ("three", Some(other.id)));
    server.stop().await;
}

#[tokio::test]
async fn who_is_muted_may_neither_edit_nor_react() {
    let server = Moderated::start().await;
    let mut ann = server.person("dev", "Ann", 1).await;
    let mut moderator = server.moderator("dev").await;
    let first = said(&mut ann, "one").await;
    let mute = json!({"type": "mute", "user": "Ann", "room": "dev", "seconds": 60});
    ask(&mut moderator, mute).await;
    assert_eq!(refused(&mut ann, edit(&first, "two")).await, Code::Muted);
    assert_eq!(refused(&mut ann, super::react(&first, "👍", true)).await, Code::Muted);
    assert!(matches!(ask(&mut ann, delete(&first)).await, ToClient::Deleted(_)));
    server.server.stop().await;
}

#[tokio::test]
async fn nothing_is_left_of_the_old_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let config = Config { db: Db::File(path.clone()), ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let first = said(&mut ann, "the former wording").await;
    assert!(matches!(ask(&mut ann, edit(&first, "another")).await, ToClient::Edited(_)));
    server.stop().await;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let is_there = bytes.windows(18).any(|window| window == b"the former wording");
        assert!(!is_there, "{} still has it", path.display());
    }
}
