//! Every limit is reached, and passed by one.

use protocol::Code;
use server::Config;
use server::config::{BAD_FRAMES_MAX, ROOMS_PER_CONNECTION_MAX};

use crate::support::harness::{TestServer, say, say_ref};

#[tokio::test]
async fn after_a_burst_the_rate_applies_and_says_when_to_come_back() {
    let config = Config { message_rate: 1, message_burst: 5, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let (said, note) = alice.says_too_much("dev", "r").await;
    assert!(said >= 5, "{said}");
    assert!((1..=1001).contains(&note.retry_ms.unwrap()), "{:?}", note.retry_ms);
}

#[tokio::test]
async fn a_rate_of_zero_is_none() {
    let config = Config { message_rate: 0, message_burst: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    for _ in 0..200 {
        alice.send(say("dev", "x")).await;
    }
    for _ in 0..200 {
        alice.message().await;
    }
}

#[tokio::test]
async fn a_connection_is_in_so_many_rooms_and_no_more() {
    let server = TestServer::start().await;
    let mut alice = server.enter("room0", "Alice").await;
    let join = |i: usize| format!(r#"{{"type":"join","room":"room{i}"}}"#);
    for i in 1..ROOMS_PER_CONNECTION_MAX {
        alice.send(join(i)).await;
        alice.expect_entry().await;
    }
    alice.send(join(ROOMS_PER_CONNECTION_MAX)).await;
    assert_eq!(alice.error().await.code, Code::TooManyRooms);
    alice.send(r#"{"type":"leave","room":"room3"}"#).await;
    alice.next().await;
    alice.send(join(ROOMS_PER_CONNECTION_MAX)).await;
    alice.expect_entry().await;
}

#[tokio::test]
async fn bad_frames_in_a_row_end_the_connection_and_a_good_one_forgives() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    for _ in 0..2 {
        for _ in 1..BAD_FRAMES_MAX {
            alice.send("bad").await;
            assert_eq!(alice.error().await.code, Code::BadJson);
        }
        alice.send(say("dev", "good")).await;
        alice.message().await;
    }
    for _ in 0..BAD_FRAMES_MAX {
        alice.send("bad").await;
    }
    alice.expect_refusal(Code::TooManyBadFrames, 1008).await;
}

#[tokio::test]
async fn content_of_4096_characters_is_taken_and_one_more_is_not() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    alice.send(say("dev", &"漢".repeat(4096))).await;
    alice.message().await;
    alice.send(say_ref("dev", &"漢".repeat(4097), "r1")).await;
    let note = alice.error().await;
    assert_eq!((note.code, note.reference.is_some()), (Code::ContentTooLong, true));
    alice.send(say("dev", " \n ")).await;
    assert_eq!(alice.error().await.code, Code::ContentBlank);
}
