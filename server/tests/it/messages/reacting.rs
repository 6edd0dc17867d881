//! Reactions: who put what, in which order, how many, and once.

use protocol::{Code, REACTION_KINDS_MAX, Reacted, Reaction, ToClient, react as apply};
use serde_json::json;
use server::Config;

use super::{now, react, said};
use crate::rooms::{ANN, BOB, ask, comes_to, refused, until};
use crate::support::harness::{Peer, TestServer, query};

async fn reacted(peer: &mut Peer, envelope: serde_json::Value) -> Reacted {
    match ask(peer, envelope.clone()).await {
        ToClient::Reacted(told) => told,
        other => panic!("{envelope} is answered with {other:?}"),
    }
}

fn shown(reactions: &[Reaction]) -> String {
    let shown = reactions.iter().map(|it| {
        let users: Vec<_> = it.users.iter().map(|user| user.as_str()).collect();
        format!("{} {} {}", it.emoji.as_str(), it.count, users.join("+"))
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn pages_hold_what_who_heard_each_reaction_has() {
    let server = TestServer::start_with(Config { message_rate: 0, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let first = said(&mut ann, "one").await;
    reacted(&mut bob, react(&first, "👍", true)).await;
    reacted(&mut ann, react(&first, "🚀", true)).await;
    reacted(&mut ann, react(&first, "👍", true)).await;
    assert_eq!(shown(&now(&mut bob, &first).await.reactions), "👍 2 Bob+Ann, 🚀 1 Ann");
    reacted(&mut bob, react(&first, "👍", false)).await;
    reacted(&mut bob, react(&first, "🚀", true)).await;
    reacted(&mut ann, react(&first, "🚀", false)).await;
    let last = reacted(&mut ann, react(&first, "❤", true)).await;
    assert_eq!(last.emoji.as_str(), "❤️", "however it was typed");
    let held = now(&mut bob, &first).await;
    assert_eq!(shown(&held.reactions), "👍 1 Ann, 🚀 1 Bob, ❤️ 1 Ann");
    assert_eq!((held.change, &held.content), (Some(last.id), &first.content));
    // Who was there all the time has the same.
    let mut cy = server.connect_with(&query("dev", "Cy", "&history=50"), Some(3)).await;
    let fresh = cy.history().await.messages.remove(0);
    assert_eq!(fresh, held);
    server.stop().await;
}

#[tokio::test]
async fn a_reaction_is_there_once_and_what_is_not_there_cannot_go() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut phone = comes_to(&server, "dev", ANN).await;
    let mut guest = server.connect(&query("dev", "Zoe", "")).await;
    guest.expect_entry().await;
    let first = said(&mut ann, "one").await;
    assert_eq!(refused(&mut ann, react(&first, "👍", false)).await, Code::NotFound);
    let told = reacted(&mut ann, react(&first, "👍", true)).await;
    let again = reacted(&mut phone, react(&first, "👍", true)).await;
    assert_eq!((again.id, again.at, again.on), (told.id, told.at, true));
    assert_ne!(again.reference, told.reference);
    assert_eq!(shown(&now(&mut ann, &first).await.reactions), "👍 1 Ann");
    assert_eq!(refused(&mut guest, react(&first, "👍", true)).await, Code::NoName);
    reacted(&mut phone, react(&first, "👍", false)).await;
    assert!(now(&mut ann, &first).await.reactions.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn what_is_sent_again_after_a_change_of_mind_changes_nothing() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let first = said(&mut ann, "one").await;
    let mut on = react(&first, "👍", true);
    on["ref"] = json!("on");
    let told = reacted(&mut ann, on.clone()).await;
    let mut off = react(&first, "👍", false);
    off["ref"] = json!("off");
    let taken = reacted(&mut ann, off.clone()).await;
    for (again, before) in [(on, told), (off, taken)] {
        assert_eq!(reacted(&mut ann, again).await, before);
        assert!(now(&mut ann, &first).await.reactions.is_empty());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_message_has_twenty_kinds_at_most() {
    let server = TestServer::start_with(Config { message_rate: 0, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let first = said(&mut ann, "one").await;
    let kinds = ('🍇'..='🍟').take(REACTION_KINDS_MAX).map(String::from);
    for emoji in kinds {
        reacted(&mut ann, react(&first, &emoji, true)).await;
    }
    assert_eq!(refused(&mut ann, react(&first, "👍", true)).await, Code::TooManyReactions);
    // One more of a kind that is there is none.
    assert_eq!(reacted(&mut bob, react(&first, "🍇", true)).await.sender.as_str(), "Bob");
    reacted(&mut ann, react(&first, "🍈", false)).await;
    reacted(&mut bob, react(&first, "👍", true)).await;
    for bad in ["x", "👍👍", ":+1:", ""] {
        assert_eq!(refused(&mut ann, react(&first, bad, true)).await, Code::BadField);
    }
    server.stop().await;
}

#[tokio::test]
async fn beyond_twenty_people_the_first_are_named_and_all_are_counted() {
    let server = TestServer::start_with(Config { message_rate: 0, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let first = said(&mut ann, "one").await;
    let mut list = Vec::new();
    for n in 0..23_u8 {
        let name = format!("p{n:02}");
        let mut peer = comes_to(&server, "dev", (&name, 20 + n)).await;
        apply(&mut list, &reacted(&mut peer, react(&first, "👍", true)).await);
    }
    let mut third = comes_to(&server, "dev", ("p02", 22)).await;
    let told = reacted(&mut third, react(&first, "👍", false)).await;
    assert_eq!(told.next.as_ref().map(|next| next.as_str()), Some("p20"));
    apply(&mut list, &told);
    let mut late = comes_to(&server, "dev", ("p22", 42)).await;
    let told = reacted(&mut late, react(&first, "👍", false)).await;
    assert_eq!(told.next, None);
    apply(&mut list, &told);
    until(&mut ann, |it| matches!(it, ToClient::Reacted(told) if told.next.is_some())).await;
    let held = now(&mut ann, &first).await;
    assert_eq!((held.reactions[0].count, held.reactions[0].users.len()), (21, 20));
    assert_eq!(shown(&held.reactions), shown(&list));
    server.stop().await;
}
