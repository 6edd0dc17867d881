//! Whose name it is.

use protocol::{Code, ToClient};

use crate::harness::{TestServer, query};

#[tokio::test]
async fn a_name_in_use_is_refused_to_everybody_else() {
    let server = TestServer::start().await;
    let mut alice = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    alice.expect_entry().await;
    for (name, key) in [("Alice", None), ("alice", Some(2)), ("ALICE", None)] {
        let mut other = server.connect_with(&query("ops", name, ""), key).await;
        other.expect_refusal(Code::NameTaken, 4001).await;
    }
    alice.silence().await;
}

#[tokio::test]
async fn without_a_key_a_name_is_for_one_connection() {
    let server = TestServer::start().await;
    let bob = server.enter("dev", "Bob").await;
    let mut second = server.connect("room=dev&username=Bob").await;
    second.expect_refusal(Code::NameTaken, 4001).await;
    let mut keyed = server.connect_with(&query("dev", "Bob", ""), Some(1)).await;
    keyed.expect_refusal(Code::NameTaken, 4001).await;
    let mut watcher = server.enter("dev", "Watcher").await;
    drop(bob);
    while watcher.presence().await.len() > 1 {}
    server.enter("dev", "bob").await;
}

#[tokio::test]
async fn the_same_key_is_the_same_person_in_any_room() {
    let server = TestServer::start().await;
    let mut first = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    first.expect_entry().await;
    let mut second = server.connect_with(&query("ops", "alice", ""), Some(1)).await;
    let ToClient::Join { sender, .. } = second.next().await else { panic!() };
    assert_eq!(sender.as_str(), "Alice", "spelt as the first connection spelt it");
}

#[tokio::test]
async fn who_names_nobody_is_a_guest() {
    let server = TestServer::start().await;
    let mut names = std::collections::BTreeSet::new();
    for query in ["room=dev", "room=dev&username=", ""] {
        let mut guest = server.connect(query).await;
        let ToClient::Join { sender, .. } = guest.next().await else { panic!() };
        assert!(sender.as_str().starts_with("guest-") && sender.as_str().len() == 10);
        names.insert(sender);
    }
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn a_bad_name_room_or_number_is_told_and_closed() {
    let server = TestServer::start().await;
    for (query, code) in [
        ("username=%20a", Code::BadName),
        ("username=a%E2%80%AEb", Code::BadName),
        ("username=a%00", Code::BadName),
        ("username=%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7", Code::BadName),
        (&format!("username={}", "a".repeat(33)), Code::BadName),
        ("room=%0a", Code::BadRoom),
        ("room=%FF", Code::BadRoom),
        (&format!("room={}", "a".repeat(65)), Code::BadRoom),
        ("since=x", Code::BadField),
        ("history=-1", Code::BadField),
        ("room=a&room=b", Code::BadField),
    ] {
        server.connect(query).await.expect_refusal(code, 4002).await;
    }
}

#[tokio::test]
async fn a_bad_key_is_told_and_closed() {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
    let server = TestServer::start().await;
    let mut request = server.url("room=dev&username=Alice").into_client_request().unwrap();
    let offered = "nebula.v1, nebula.key.dG9vc2hvcnQ".parse().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    let (mut socket, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], "nebula.v1");
    let frame = futures_util::StreamExt::next(&mut socket).await.unwrap().unwrap();
    assert!(frame.to_text().unwrap().contains("bad_key"));
}
