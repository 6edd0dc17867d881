//! Who reads much waits, alone: quotas for each connection and address, and turns.

use futures_util::SinkExt as _;
use protocol::{Code, ErrorNote, ToClient};
use server::{Config, Limits};
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::harness::{Peer, TestServer, query, say};

/// The longest texts there are, in a room: each page is about 120 KiB.
async fn filled(limits: Limits) -> (TestServer, Peer) {
    let config = Config { message_rate: 0, limits, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let text = "漢".repeat(4096);
    for _ in 0..12 {
        alice.send(say("dev", &text)).await;
        alice.message().await;
    }
    (server, alice)
}

async fn from(server: &TestServer, address: &str, user: &str) -> Peer {
    let mut request = Peer::request(&server.url(&query("dev", user, "")), None).unwrap();
    request.headers_mut().insert("X-Forwarded-For", address.parse().unwrap());
    let mut peer = Peer::dial_request(request).await.unwrap();
    peer.expect_entry().await;
    peer
}

fn page(reference: usize) -> String {
    format!(r#"{{"type":"history","room":"dev","limit":200,"ref":"r{reference}"}}"#)
}

/// The next answer to a question, whoever comes and goes meanwhile.
async fn answer(peer: &mut Peer) -> Result<usize, ErrorNote> {
    loop {
        match peer.next().await {
            ToClient::History(history) => return Ok(history.messages.len()),
            ToClient::Error(note) => return Err(note),
            ToClient::Join { .. } | ToClient::Leave { .. } | ToClient::Presence(_) => {}
            other => panic!("{other:?} instead of an answer"),
        }
    }
}

#[tokio::test]
async fn a_connection_that_read_too_much_is_told_when_to_ask_again_and_nothing_else_suffers() {
    let (server, mut alice) = filled(Limits { read_rate: 1, ..Limits::for_tests() }).await;
    let mut pages = 0;
    let note = loop {
        alice.send(page(pages)).await;
        match answer(&mut alice).await {
            Ok(messages) => assert!(messages > 5),
            Err(note) => break note,
        }
        pages += 1;
    };
    // 4 MiB at once, in pages of 110 to 128 KiB.
    assert!((32..=39).contains(&pages), "{pages} pages");
    assert_eq!((note.code, note.room.unwrap().as_str()), (Code::TooFast, "dev"));
    assert_eq!(note.reference.unwrap().as_str(), format!("r{pages}"));
    assert!(note.retry_ms.unwrap() > 0);
    for (question, room) in [
        (r#"{"type":"join","room":"ops","history":5}"#, "ops"),
        (r#"{"type":"join","room":"ops","since":0}"#, "ops"),
        (r#"{"type":"presence","room":"dev","after":"A"}"#, "dev"),
    ] {
        alice.send(question).await;
        let note = alice.error().await;
        assert_eq!((note.code, note.room.unwrap().as_str()), (Code::TooFast, room));
        assert!(note.retry_ms.is_some());
    }
    alice.send(r#"{"type":"join","room":"ops"}"#).await;
    alice.expect_entry().await;
    alice.send(say("dev", "still here")).await;
    assert_eq!(alice.message().await.content.as_str(), "still here");
    let limited = server.metric("nebula_limited_total{limit=\"reads\"}").await;
    assert_eq!(limited, 4.0);
    // Another connection has its own.
    let mut bob = server.connect(&query("dev", "Bob", "&history=200")).await;
    assert!(bob.history().await.messages.len() > 5);
}

#[tokio::test]
async fn an_address_that_read_too_much_waits_and_others_do_not() {
    let limits = Limits {
        trust_proxy: vec!["127.0.0.0/8".parse().unwrap()],
        read_rate: 0,
        address_read_rate: 1,
        ..Limits::for_tests()
    };
    let (server, _alice) = filled(limits).await;
    let mut greedy = Vec::new();
    for (n, address) in ["198.51.100.7", "evil, 198.51.100.7"].into_iter().enumerate() {
        greedy.push(from(&server, address, &format!("Eve{n}")).await);
    }
    // 16 MiB at once, in pages of 110 to 128 KiB, and one more for each thread that reads.
    const ASKED: usize = 90;
    for peer in &mut greedy {
        for n in 0..ASKED {
            peer.socket.feed(Frame::text(page(n))).await.unwrap();
        }
        peer.socket.flush().await.unwrap();
    }
    // As many as surely fit, of whichever.
    let [one, other] = &mut greedy[..] else { panic!() };
    for _ in 0..128 {
        let answered = tokio::select! {
            answered = answer(one) => answered,
            answered = answer(other) => answered,
        };
        assert!(answered.unwrap() > 5);
    }
    // Somebody of another address reads, and more than one page.
    let mut bob = from(&server, "198.51.100.8", "Bob").await;
    for n in 0..20 {
        bob.send(page(n)).await;
        assert!(answer(&mut bob).await.unwrap() > 5);
    }
    let mut found = 0.0;
    for from in ["memory", "database"] {
        found += server.metric(&format!("nebula_history_pages_total{{from=\"{from}\"}}")).await;
    }
    assert!(found <= 20.0 + 160.0, "{found} pages were found, of {}", 2 * ASKED + 20);
    // Whoever waits is still heard of, and the server stops while they wait.
    bob.send(say("dev", "hello")).await;
    bob.message().await;
}
