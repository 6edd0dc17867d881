//! Messages and topics: who said them, to whom they go, and that each is stored once.

use protocol::{Code, RoomKind, ToClient, Topic};
use server::{Config, Db};

use crate::people::moderation::Moderated;
use crate::support::harness::{Peer, TestServer, query, say, say_ref};

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

/// Sets a topic, and hears of it.
async fn set_topic(peer: &mut Peer, content: &str, reference: &str) -> Topic {
    let set =
        serde_json::json!({"type": "topic", "room": "dev", "content": content, "ref": reference});
    peer.send(set.to_string()).await;
    heard_topic(peer).await
}

async fn heard_topic(peer: &mut Peer) -> Topic {
    loop {
        match peer.next().await {
            ToClient::Topic(topic) => return topic,
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
}

/// What follows the people of a room, up to a message that is said there.
async fn told_on_joining(server: &TestServer, more: &str) -> Option<String> {
    let mut peer = server.connect(&format!("room=dev{more}")).await;
    peer.people().await;
    peer.send(say("dev", "here")).await;
    match peer.next().await {
        ToClient::Room(info) => {
            assert_eq!(info.kind, RoomKind::Open);
            Some(info.topic.as_str().to_owned())
        }
        ToClient::Message(_) => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_topic_is_told_to_all_and_to_who_joins_later_and_is_in_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { db: Db::File(folder.path().join("nebula.db")), ..Config::for_tests() };
    let server = TestServer::start_with(config()).await;
    let (mut alice, mut bob) =
        (server.enter("Dev", "Alice").await, server.enter("dev", "Bob").await);
    assert_eq!(told_on_joining(&server, "").await, None);
    let topic = set_topic(&mut bob, " ships\non Friday ", "t1").await;
    assert_eq!((topic.room.as_str(), topic.content.as_str()), ("Dev", "ships on Friday"));
    assert_eq!(topic.sender.as_str(), "Bob");
    assert_eq!(heard_topic(&mut alice).await, topic);
    for more in ["", "&history=0", "&history=50", "&since=0"] {
        assert_eq!(
            told_on_joining(&server, more).await.as_deref(),
            Some("ships on Friday"),
            "{more}"
        );
    }
    // Nobody is in the room any more, and another process answers.
    drop((alice, bob));
    server.stop().await;
    let server = TestServer::start_with(config()).await;
    assert_eq!(told_on_joining(&server, "").await.as_deref(), Some("ships on Friday"));
    let mut carol = server.connect(&query("dev", "Carol", "&since=0")).await;
    let history = carol.history().await;
    assert!(history.messages.iter().all(|message| message.content.as_str() == "here"));
    assert!(history.head > topic.id && history.changed.is_empty());
    carol.people().await;
    assert!(matches!(carol.next().await, ToClient::Room(_)));
    assert!(set_topic(&mut carol, "", "t2").await.content.is_empty());
    assert_eq!(told_on_joining(&server, "&history=5").await, None);
}

#[tokio::test]
async fn a_topic_that_is_sent_again_is_the_first_one_even_if_another_holds_since() {
    let server = TestServer::start().await;
    let (mut alice, mut bob) =
        (server.enter("dev", "Alice").await, server.enter("dev", "Bob").await);
    let first = set_topic(&mut alice, "first", "t1").await;
    heard_topic(&mut bob).await;
    set_topic(&mut bob, "second", "t1").await;
    heard_topic(&mut alice).await;
    assert_eq!(set_topic(&mut alice, "first", "t1").await, first);
    bob.silence().await;
    assert_eq!(told_on_joining(&server, "").await.as_deref(), Some("second"));
}

#[tokio::test]
async fn a_topic_that_may_not_be_set_changes_nothing() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    for (room, content, code) in
        [("dev", "x".repeat(251), Code::ContentTooLong), ("ops", "x".to_owned(), Code::NotInRoom)]
    {
        let set =
            serde_json::json!({"type": "topic", "room": room, "content": content, "ref": "t"});
        alice.send(set.to_string()).await;
        let error = alice.error().await;
        assert_eq!((error.code, error.reference.is_some()), (code, true), "{room}");
    }
    assert_eq!(told_on_joining(&server, "").await, None);
}

#[tokio::test]
async fn who_is_silenced_sets_no_topic() {
    let moderated = Moderated::start().await;
    let mut moderator = moderated.moderator("dev").await;
    let mut bob = moderated.server.enter("dev", "Bob").await;
    moderator.send(r#"{"type":"mute","room":"dev","user":"Bob","seconds":600}"#).await;
    while !matches!(bob.next().await, ToClient::Moderated(_)) {}
    bob.send(r#"{"type":"topic","room":"dev","content":"x"}"#).await;
    assert_eq!(bob.error().await.code, Code::Muted);
    assert_eq!(told_on_joining(&moderated.server, "").await, None);
}
