//! Nodes that do not reach the others: what their people see, and what everybody else does.

use std::time::{Duration, Instant};

use protocol::{Code, Standing, ToClient};
use rusqlite::Connection;

use crate::support::engine::Engine;
use crate::support::harness::{Peer, TestServer, get, joined, left, query, say, say_ref};
use crate::support::nodes::Nodes;

/// Ten beats that the others miss, one a second, and what a busy machine takes.
const GONE_WITHIN: Duration = Duration::from_secs(15 + 5);
/// From then on messages are refused.
const CUT_AFTER: Duration = Duration::from_secs(15);

async fn person(node: &TestServer, user: &str, key: Option<u8>) -> Peer {
    let mut peer = node.connect_with(&query("dev", user, ""), key).await;
    peer.expect_entry().await;
    peer
}

/// Waits until somebody hears that this node stands like that.
async fn hears(peer: &mut Peer, standing: Standing) {
    loop {
        if let ToClient::Cluster(told) = peer.next().await
            && told.standing == standing
        {
            return;
        }
    }
}

async fn says(peer: &mut Peer, text: &str) -> u64 {
    peer.send(say("dev", text)).await;
    loop {
        let message = peer.message().await;
        if message.content.as_str() == text {
            return message.id.get();
        }
    }
}

#[tokio::test]
async fn a_dead_node_is_gone_in_time_and_comes_back_in_a_new_life() {
    let mut nodes = Nodes::start(Engine::shared().await, "dead", 1).await;
    let cable = nodes.cable().await;
    nodes.servers.push(Nodes::start_with(nodes.config_over(&cable, 1)).await);
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut watcher = person(first, "watcher", None).await;
    let mut eve = person(second, "Eve", Some(5)).await;
    let mut nobody = person(second, "Nobody", None).await;
    for name in ["Eve", "Nobody"] {
        let came = ToClient::parse(&joined("dev", name)).unwrap();
        while watcher.next().await != came {}
    }
    cable.freeze();
    let begun = Instant::now();
    let mut gone = 0;
    while gone < 2 {
        gone += usize::from(matches!(watcher.next().await, ToClient::Leave(_)));
    }
    println!("the people of a dead node were gone after {:?}", begun.elapsed());
    assert!(begun.elapsed() < GONE_WITHIN, "{:?}", begun.elapsed());
    // A name that is nobody's is whose who comes first.
    let _other = person(first, "Nobody", None).await;
    cable.mend();
    nobody.expect_refusal(Code::NameTaken, 4001).await;
    let came = ToClient::parse(&joined("dev", "Eve")).unwrap();
    while watcher.next().await != came {}
    // What she says is heard, and what others say is heard by her.
    let id = says(&mut eve, "I am back").await;
    assert_eq!(watcher.message().await.id.get(), id);
    drop(eve);
    let gone = ToClient::parse(&left("dev", "Eve")).unwrap();
    while watcher.next().await != gone {}
}

#[tokio::test]
async fn a_cut_node_reads_on_and_refuses_what_it_cannot_store() {
    let mut nodes = Nodes::start(Engine::shared().await, "cut", 1).await;
    let cable = nodes.cable().await;
    nodes.servers.push(Nodes::start_with(nodes.config_over(&cable, 1)).await);
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut alice = person(first, "Alice", Some(1)).await;
    drop(person(second, "Carol", Some(3)).await);
    let mut bob = person(second, "Bob", Some(2)).await;
    let mut all = vec![says(&mut alice, "before").await];
    assert_eq!(bob.message().await.id.get(), all[0]);
    cable.cut();
    let begun = Instant::now();
    hears(&mut bob, Standing::Waiting).await;
    assert!(get(second.address, "/readyz").await.contains(" 503 "));
    bob.send(say_ref("dev", "refused 1", "r1")).await;
    for n in 0..5 {
        all.push(says(&mut alice, &format!("meanwhile {n}")).await);
    }
    let note = loop {
        match bob.next().await {
            ToClient::Error(note) => break note,
            ToClient::Cluster(told) => assert_eq!(told.standing, Standing::Cut),
            other => panic!("{other:?}"),
        }
    };
    println!("a cut node refused messages after {:?}", begun.elapsed());
    assert!(begun.elapsed() >= CUT_AFTER - Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::Unavailable, "r1"));
    bob.send(say_ref("dev", "refused 2", "r2")).await;
    let note = loop {
        match bob.next().await {
            ToClient::Error(note) => break note,
            ToClient::Cluster(told) => assert_eq!(told.standing, Standing::Cut),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::Unavailable, "r2"));
    assert!(get(second.address, "/readyz").await.contains(" 503 "));
    who_comes_to_a_cut_node(second, all[0], *all.last().unwrap()).await;
    let mut carol = person(second, "Carol", Some(3)).await;
    cable.mend();
    hears(&mut carol, Standing::Current).await;
    hears_all(&mut bob, &all[1..]).await;
    all.push(says(&mut bob, "after").await);
    assert_eq!(alice.message().await.id.get(), *all.last().unwrap());
    // Who came meanwhile is seen everywhere.
    let mut dave = first.connect(&query("dev", "Dave", "")).await;
    assert!(matches!(dave.next().await, ToClient::Join(_)));
    while !dave.presence().await.contains(&"Carol".to_owned()) {}
    for at in 0..2 {
        let db = Connection::open(nodes.db(at)).unwrap();
        let stored = "SELECT count(*) FROM messages WHERE content LIKE 'refused%'";
        let stored: i64 = db.query_row(stored, [], |row| row.get(0)).unwrap();
        assert_eq!(stored, 0, "of node {at}");
    }
}

/// Whose name is kept comes in and reads, unless they saw more elsewhere; nobody knows who a stranger is.
async fn who_comes_to_a_cut_node(node: &TestServer, newest: u64, newest_elsewhere: u64) {
    let mut carol = node.connect_with(&query("dev", "Carol", "&history=10"), Some(3)).await;
    let history = loop {
        match carol.next().await {
            ToClient::History(history) => break history,
            ToClient::Cluster(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(history.head.get(), newest);
    carol.expect_entry().await;
    let saw_more = query("dev", "Carol", &format!("&since={newest_elsewhere}"));
    for (query, key) in [
        (saw_more, Some(3)),
        (query("dev", "Stranger", ""), Some(7)),
        (query("dev", "Stranger", ""), None),
        ("room=dev".to_owned(), None),
    ] {
        let mut stranger = node.connect_with(&query, key).await;
        stranger.expect_refusal(Code::Unavailable, 1013).await;
    }
    let mut thief = node.connect_with(&query("dev", "Carol", ""), Some(8)).await;
    thief.expect_refusal(Code::NameTaken, 4001).await;
}

async fn hears_all(peer: &mut Peer, ids: &[u64]) {
    let mut heard = Vec::new();
    while heard.len() < ids.len() {
        if let ToClient::Message(message) = peer.next().await {
            heard.push(message.id.get());
        }
    }
    assert_eq!(heard, ids);
}
