//! Messages: who said them, to whom they go, and that each is stored once.

use protocol::{Code, ToClient};

use crate::support::harness::{TestServer, query, say, say_ref};

#[tokio::test]
async fn the_server_says_who_the_sender_is() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    alice
        .send(r#"{"type":"message","room":"dev","sender":"Bob","content":"x","id":5,"at":1}"#)
        .await;
    let message = alice.message().await;
    assert_eq!(message.sender.as_str(), "Alice");
    assert!(message.id.get() > 1_000_000);
}

#[tokio::test]
async fn a_room_is_spelt_as_its_opener_spelt_it() {
    let server = TestServer::start().await;
    let mut alice = server.enter("Dev", "Alice").await;
    let mut bob = server.connect("room=DEV&username=Bob").await;
    let ToClient::Join(protocol::Joined { room, .. }) = bob.next().await else { panic!() };
    assert_eq!(room.as_str(), "Dev");
    bob.send(say("dEV", "hi")).await;
    assert_eq!(alice.message().await.room.as_str(), "Dev");
}

#[tokio::test]
async fn ids_grow_over_the_whole_server_and_times_never_go_back() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    alice.send(r#"{"type":"join","room":"ops"}"#).await;
    alice.expect_entry().await;
    let mut last = (0, 0);
    for i in 0..15 {
        alice.send(say(if i % 2 == 0 { "dev" } else { "ops" }, "x")).await;
        let message = alice.message().await;
        assert!(message.id.get() > last.0 && message.at >= last.1);
        last = (message.id.get(), message.at);
    }
    assert!(last.0 < protocol::ID_END);
}

#[tokio::test]
async fn the_same_ref_again_is_the_first_message_again_and_no_second_one() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    let mut bob = server.enter("dev", "Bob").await;
    alice.send(say_ref("dev", "one", "r1")).await;
    let first = alice.message().await;
    assert_eq!(first.reference.as_ref().unwrap().as_str(), "r1");
    alice.send(say_ref("dev", "another text", "r1")).await;
    assert_eq!(alice.message().await, first);
    assert_eq!(bob.message().await, first);
    bob.silence().await;
    // Another author or another room is another message.
    bob.send(say_ref("dev", "mine", "r1")).await;
    assert_ne!(bob.message().await.id, first.id);
    alice.send(r#"{"type":"join","room":"ops"}"#).await;
    alice.message().await;
    alice.expect_entry().await;
    alice.send(say_ref("ops", "there", "r1")).await;
    assert_ne!(alice.message().await.id, first.id);
}

#[tokio::test]
async fn text_of_every_kind_arrives_as_it_was_sent() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    for text in ["x", " \u{1b}[2J\0 ", "\"\\\n\t", "日本語 👩‍👩‍👧 שלום \u{202e}", &"𝄞".repeat(4096)]
    {
        alice.send(say("dev", text)).await;
        assert_eq!(alice.message().await.content.as_str(), text);
    }
}

#[tokio::test]
async fn several_rooms_over_one_connection() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    let mut bob = server.enter("ops", "Bob").await;
    alice.send(r#"{"type":"join","room":"ops"}"#).await;
    alice.expect_entry().await;
    assert_eq!(bob.presence().await, ["Alice", "Bob"]);
    bob.send(say("ops", "to ops")).await;
    assert_eq!(alice.message().await.room.as_str(), "ops");
    alice.send(r#"{"type":"join","room":"OPS"}"#).await;
    assert_eq!(alice.error().await.code, Code::AlreadyInRoom);
    alice.send(r#"{"type":"leave","room":"ops"}"#).await;
    alice.expect(r#"{"type":"leave","room":"ops","sender":"Alice"}"#).await;
    assert_eq!(bob.presence().await, ["Bob"]);
    bob.send(say("ops", "alone again")).await;
    bob.message().await;
    alice.silence().await;
    alice.send(r#"{"type":"leave","room":"ops"}"#).await;
    assert_eq!(alice.error().await.code, Code::NotInRoom);
}

#[tokio::test]
async fn both_addresses_upgrade() {
    let server = TestServer::start().await;
    let url = format!("ws://{}/ws?{}", server.address, query("dev", "Alice", ""));
    let mut alice = crate::support::harness::Peer::dial(&url, None).await.unwrap();
    alice.expect_entry().await;
}
