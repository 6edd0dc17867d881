//! Deleting one's own messages; what moderators delete is in `log/tombstones.rs`.

use protocol::{Code, ToClient};

use super::{delete, now, react, said};
use crate::people::moderation::Moderated;
use crate::rooms::{ask, refused, until};
use crate::support::harness::query;

#[tokio::test]
async fn authors_delete_their_own_messages_and_nobody_else_does() {
    let server = Moderated::start().await;
    let mut ann = server.person("dev", "Ann", 1).await;
    let mut phone = server.person("dev", "Ann", 1).await;
    let mut bob = server.person("dev", "Bob", 2).await;
    let mut guest = server.server.connect(&query("dev", "Zoe", "")).await;
    guest.expect_entry().await;
    let first = said(&mut ann, "one").await;
    assert_eq!(refused(&mut bob, delete(&first)).await, Code::NotAllowed);
    assert_eq!(refused(&mut guest, delete(&first)).await, Code::NoName);
    let ToClient::Deleted(told) = ask(&mut phone, delete(&first)).await else { panic!() };
    assert_eq!((told.by.as_str(), told.message), ("Ann", first.id));
    let heard = until(&mut bob, |it| matches!(it, ToClient::Deleted(_))).await;
    assert_eq!(heard, ToClient::Deleted(told.clone()));
    let ToClient::Deleted(again) = ask(&mut ann, delete(&first)).await else { panic!() };
    assert_eq!((again.id, again.at), (told.id, told.at));
    server.server.stop().await;
}

#[tokio::test]
async fn a_deleted_message_has_no_reactions_and_gets_none() {
    let server = Moderated::start().await;
    let mut ann = server.person("dev", "Ann", 1).await;
    let mut bob = server.person("dev", "Bob", 2).await;
    let first = said(&mut ann, "one").await;
    assert!(matches!(ask(&mut bob, react(&first, "👍", true)).await, ToClient::Reacted(_)));
    let mut moderator = server.moderator("dev").await;
    assert!(matches!(ask(&mut moderator, delete(&first)).await, ToClient::Deleted(_)));
    assert_eq!(refused(&mut bob, react(&first, "👍", true)).await, Code::NotFound);
    assert_eq!(refused(&mut bob, react(&first, "👍", false)).await, Code::NotFound);
    let left = now(&mut bob, &first).await;
    assert!(left.deleted && left.reactions.is_empty() && left.edited.is_none());
    server.server.stop().await;
}
