//! Two thousand clients whose server restarts: all are back soon, with all that was said.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Code, MessageId, ToClient};
use server::{Config, Db};
use tokio::sync::Barrier;
use tokio::time::{Instant, sleep_until};

use crate::support::harness::{Peer, TestServer, query, say};

const CLIENTS: usize = 2000;
const ROOMS: usize = 20;

/// What a client went through.
struct Return {
    /// It stays.
    _peer: Peer,
    retry_ms: u64,
    /// When it tried last without being let in.
    refused: Option<Instant>,
}

fn url(address: SocketAddr, client: usize, since: MessageId) -> String {
    let (room, user) = (format!("room{}", client % ROOMS), format!("client{client}"));
    format!("ws://{address}/?{}", query(&room, &user, &format!("&since={since}")))
}

/// Waits as it was told, and then tries with a growing wait of which it takes a random part.
async fn come_back(
    address: SocketAddr,
    client: usize,
    since: MessageId,
    retry_ms: u64,
) -> (Peer, Option<Instant>) {
    let mut wait = Duration::from_millis(retry_ms);
    let (mut longest, mut refused) = (Duration::from_millis(500), None);
    loop {
        sleep_until(Instant::now() + wait).await;
        let tried = Instant::now();
        match Peer::dial(&url(address, client, since), Some(1)).await {
            Ok(peer) => return (peer, refused),
            Err(_) => refused = Some(tried),
        }
        longest *= 2;
        wait = longest.mul_f64(fastrand::f64());
    }
}

/// One client over the restart. It hears each of the two messages of its room once.
async fn live(address: SocketAddr, client: usize, all_heard: Arc<Barrier>) -> Return {
    let mut peer = Peer::dial(&url(address, client, MessageId::ZERO), Some(1)).await.unwrap();
    peer.history().await;
    let before = peer.message().await;
    assert_eq!(before.content.as_str(), "before");
    all_heard.wait().await;
    let retry_ms = loop {
        match peer.next_or_close().await {
            Ok(ToClient::Error(note)) if note.code == Code::Stopping => {
                break note.retry_ms.unwrap();
            }
            Ok(_) => {}
            Err(closed) => panic!("closed with {closed:?} before it was told"),
        }
    };
    drop(peer);
    let (mut peer, refused) = come_back(address, client, before.id, retry_ms).await;
    let history = peer.history().await;
    let after = match &history.messages[..] {
        [] => peer.message().await,
        [missed] => missed.clone(),
        more => panic!("{more:?}"),
    };
    assert_eq!((after.content.as_str(), history.more), ("after", false));
    Return { _peer: peer, retry_ms, refused }
}

async fn tell_all_rooms(server: &TestServer, text: &str) {
    for room in (0..ROOMS).map(|n| format!("room{n}")) {
        // The same key each time: the name may still be with the connection before.
        let mut talker = server.connect_with(&query(&room, "talker", ""), Some(2)).await;
        talker.send(say(&room, text)).await;
        talker.message().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_brings_two_thousand_clients_back_and_refuses_none_once_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { db: Db::File(folder.path().join("nebula.db")), ..Config::for_tests() };
    let server = TestServer::start_with(config.clone()).await;
    let address = server.address;
    let all_heard = Arc::new(Barrier::new(CLIENTS + 1));
    let live = |client| tokio::spawn(live(address, client, all_heard.clone()));
    let clients: Vec<_> = (0..CLIENTS).map(live).collect();
    while server.metric("nebula_connections").await < CLIENTS as f64 {}
    tell_all_rooms(&server, "before").await;
    all_heard.wait().await;
    server.stop().await;
    let server = TestServer::start_at(address, config).await;
    let there = Instant::now();
    tell_all_rooms(&server, "after").await;
    let mut waits = BTreeSet::new();
    let mut back = Vec::new();
    for client in clients {
        let client = client.await.unwrap();
        let refused = client.refused.map(|tried| tried.saturating_duration_since(there));
        assert_eq!(refused.unwrap_or_default(), Duration::ZERO, "since it was there");
        waits.insert(client.retry_ms);
        back.push(client);
    }
    // Spread over four seconds, 500 a second.
    let (first, last) = (waits.first().unwrap(), waits.last().unwrap());
    assert!(*first >= 500 && *last <= 4600, "{first} to {last}");
    assert!(waits.len() > 1000, "{} different waits", waits.len());
    // Each room was read from the database once or twice, and from memory for all others.
    let database = server.metric("nebula_history_pages_total{from=\"database\"}").await;
    let memory = server.metric("nebula_history_pages_total{from=\"memory\"}").await;
    assert!(database <= 2.0 * ROOMS as f64, "{database} pages were read from the database");
    assert!(memory >= (CLIENTS - 2 * ROOMS) as f64, "{memory} pages were found in memory");
}
