//! The connection against real NATS servers, which are killed, cut off and asked by several at once.

use std::fs;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::timeout;

use self::cable::Cable;
use self::engine::{Engine, again};
use super::reading::{Incoming, Reader};
use super::*;
use crate::config::{ClusterConfig, Config};

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../../../tests/it/support/cable.rs"]
mod cable;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../../../tests/it/support/engine.rs"]
mod engine;

const PATIENCE: Duration = Duration::from_secs(60);

/// The settings of a node of this cluster.
fn node(urls: &str, cluster_name: &str) -> ClusterConfig {
    ClusterConfig {
        cluster: urls.split(',').map(|url| url.parse().unwrap()).collect(),
        cluster_name: cluster_name.to_owned(),
        cluster_replicas: urls.split(',').count(),
        ..Config::for_tests().cluster
    }
}

async fn connect(config: &ClusterConfig) -> Nats {
    Nats::connect(config, Some(PATIENCE)).await.unwrap()
}

async fn append(nats: &Nats, text: String) -> u64 {
    nats.publish(text.into()).await.unwrap().await.unwrap().seq
}

async fn read(reader: &mut Reader) -> Result<Incoming, ReadError> {
    timeout(PATIENCE, reader.next()).await.unwrap()
}

#[tokio::test]
async fn what_is_appended_is_read_in_order_with_its_time() {
    let nats = connect(&node(&Engine::shared().await.urls(), "order")).await;
    assert_eq!(nats.doubt(), None);
    assert_eq!(nats.find().await.unwrap(), None);
    assert_eq!(nats.read_from("one", 1).await.unwrap_err(), ReadError::Gone);
    let made = nats.create("one").await.unwrap();
    assert_eq!((&*made.id, made.first_seq, made.last_seq), ("one", 1, 0));
    assert!(nats.differences(&made).is_empty());
    assert_eq!(nats.read_from("other", 1).await.unwrap_err(), ReadError::Replaced);
    let mut reader = nats.read_from("one", 1).await.unwrap();
    // All on the way at once.
    let mut acks = Vec::new();
    for number in 1..=500_u64 {
        acks.push(nats.publish(number.to_string().into()).await.unwrap());
    }
    let mut newest = 0;
    for number in 1..=500 {
        let record = read(&mut reader).await.unwrap();
        assert_eq!((record.seq, &*record.payload), (number, number.to_string().as_bytes()));
        assert!(record.timestamp_us >= newest && record.timestamp_us > 1_700_000_000_000_000);
        newest = record.timestamp_us;
    }
    for (number, ack) in (1..).zip(acks) {
        assert_eq!(ack.await.unwrap().seq, number);
    }
    let mut later = nats.read_from("one", 499).await.unwrap();
    assert_eq!(read(&mut later).await.unwrap().seq, 499);
    assert_eq!(nats.get(499).await.unwrap(), Some(Bytes::from("499")));
    assert_eq!(nats.get(501).await.unwrap(), None);
    let found = nats.find().await.unwrap().unwrap();
    assert_eq!((found.first_seq, found.last_seq), (1, 500));
    let wanted = nats.read_from("one", 502).await.unwrap_err();
    assert_eq!(wanted, ReadError::Rewound { wanted: 502, last: 500 });
    nats.delete_stream().await.unwrap();
    assert_eq!(nats.find().await.unwrap(), None);
}

#[tokio::test]
async fn a_reader_is_ended_by_nobody_waiting_for_it_as_little_as_by_silence() {
    let nats = connect(&node(&Engine::shared().await.urls(), "waiting")).await;
    nats.create("one").await.unwrap();
    let mut reader = nats.read_from("one", 1).await.unwrap();
    let mut sent = 0;
    // Longer than the silence that ends a reader: only heartbeats come.
    for _ in 0..40 {
        assert!(timeout(Duration::from_millis(100), reader.next()).await.is_err());
    }
    // More than JetStream sends without having heard that it was taken.
    let large = "x".repeat(200_000);
    for number in 1..=100 {
        sent = append(&nats, large.clone()).await;
        assert_eq!(sent, number);
    }
    let mut seen = 0;
    while seen < sent {
        // Nobody waits, most of the time.
        if let Ok(record) = timeout(Duration::from_micros(50), reader.next()).await {
            seen += 1;
            assert_eq!(record.unwrap().seq, seen);
        }
    }
}

#[tokio::test]
async fn two_who_found_at_once_get_one_id() {
    let engine = Engine::shared().await;
    for round in 0..10 {
        let config = node(&engine.urls(), &format!("founders-{round}"));
        let (one, other) = (connect(&config).await, connect(&config).await);
        let (first, second) = tokio::join!(one.create("one"), other.create("other"));
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.id, second.id);
        assert_eq!(one.find().await.unwrap().unwrap().id, first.id);
    }
}

#[tokio::test]
async fn a_stream_stays_as_it_was_made_and_what_differs_is_told() {
    let config = node(&Engine::shared().await.urls(), "stays");
    connect(&config).await.create("one").await.unwrap();
    let longer = ClusterConfig { cluster_keep: Duration::from_secs(60), ..config };
    let nats = connect(&longer).await;
    let state = nats.create("other").await.unwrap();
    assert_eq!((&*state.id, state.keep), ("one", Duration::from_secs(24 * 60 * 60)));
    let told = nats.differences(&state);
    assert!(told.len() == 1 && told[0].starts_with("--cluster-keep is 60 s"), "{told:?}");
}

#[tokio::test]
async fn what_was_forgotten_is_told_and_not_passed_over() {
    let config = node(&Engine::shared().await.urls(), "trimmed");
    let config = ClusterConfig { cluster_keep: Duration::from_millis(200), ..config };
    let nats = connect(&config).await;
    nats.create("one").await.unwrap();
    append(&nats, "old".to_owned()).await;
    let found = again(async || {
        let state = nats.find().await.unwrap().unwrap();
        (state.first_seq > 1).then_some(state)
    })
    .await;
    assert_eq!((found.first_seq, found.last_seq), (2, 1));
    let wanted = nats.read_from("one", 1).await.unwrap_err();
    assert_eq!(wanted, ReadError::Trimmed { wanted: 1, found: 2 });
    let mut reader = nats.read_from("one", 2).await.unwrap();
    assert_eq!(append(&nats, "new".to_owned()).await, 2);
    assert_eq!(read(&mut reader).await.unwrap().seq, 2);
}

#[tokio::test]
async fn nothing_is_appended_without_a_connection_and_readers_notice_silence() {
    let engine = Engine::shared().await;
    let far = engine.url(0).trim_start_matches("nats://").parse().unwrap();
    let cable = Cable::to(far).await;
    let nats = connect(&node(&format!("nats://{}", cable.address), "cable")).await;
    nats.create("one").await.unwrap();
    let mut link = nats.link();
    assert_eq!(*link.borrow_and_update(), Link { is_up: true, times_up: 1 });
    let mut reader = nats.read_from("one", 1).await.unwrap();

    cable.cut();
    timeout(PATIENCE, link.wait_for(|link| !link.is_up)).await.unwrap().unwrap();
    assert!(matches!(nats.publish(Bytes::new()).await, Err(PublishError::Disconnected)));
    let asked = nats.ask("x", Bytes::new(), PATIENCE).await;
    assert!(matches!(asked, Err(AskError::Disconnected)));
    cable.mend();
    timeout(PATIENCE, link.wait_for(|link| link.times_up == 2)).await.unwrap().unwrap();
    assert!(nats.is_connected());
    assert_eq!(append(&nats, "after".to_owned()).await, 1);
    // It was opened over the connection that is gone, and may go on over this one.
    if let Ok(record) = read(&mut reader).await {
        assert_eq!(record.seq, 1);
    }

    let mut reader = nats.read_from("one", 2).await.unwrap();
    cable.freeze();
    let silent = read(&mut reader).await.unwrap_err();
    assert_eq!(silent, ReadError::Reopen("nothing came for 2.5 s".to_owned()));
    // The connection counts as gone a little later.
    timeout(PATIENCE, link.wait_for(|link| !link.is_up)).await.unwrap().unwrap();
    cable.mend();
    timeout(PATIENCE, link.wait_for(|link| link.is_up)).await.unwrap().unwrap();
    assert_eq!(append(&nats, "later".to_owned()).await, 2);
    assert_eq!(read(&mut nats.read_from("one", 2).await.unwrap()).await.unwrap().seq, 2);
}

#[tokio::test]
async fn a_reader_is_opened_again_after_its_server_was_killed() {
    let mut engine = Engine::start(3).await;
    let nats = connect(&node(&engine.urls(), "killed")).await;
    let made = nats.create("one").await.unwrap();
    assert_eq!((made.replicas, made.peers.len()), (3, 2));
    let mut reader = nats.read_from("one", 1).await.unwrap();
    append(&nats, "before".to_owned()).await;
    assert_eq!(read(&mut reader).await.unwrap().seq, 1);
    let stream = nats.jetstream.get_stream_no_info("NEBULA_killed").await.unwrap();
    let server = again(async || stream.consumers().try_next().await.ok()??.cluster?.leader).await;
    let killed = server.trim_start_matches('n').parse().unwrap();
    engine.kill(killed);
    assert!(matches!(read(&mut reader).await, Err(ReadError::Reopen(_))));
    // Without a leader there is neither a reader nor an ack for some seconds.
    let mut reader = again(async || nats.read_from("one", 2).await.ok()).await;
    let sent = again(async || nats.publish(Bytes::from("after")).await.ok()?.await.ok()).await;
    let first = read(&mut reader).await.unwrap();
    assert!(first.seq == 2 && sent.seq >= 2, "{first:?}, {sent:?}");
    assert_ne!(engine.leader("NEBULA_killed").await, killed);
    engine.restart(killed).await;
    again(async || {
        let peers = nats.find().await.ok()??.peers;
        let are_well = peers.iter().all(|peer| peer.is_current && !peer.is_offline);
        (are_well && peers.len() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn nodes_ask_one_another() {
    let config = node(&Engine::shared().await.urls(), "asking");
    let (one, other, third) =
        (connect(&config).await, connect(&config).await, connect(&config).await);
    let asked = third.ask("copy", Bytes::new(), PATIENCE).await;
    assert_eq!(asked, Err(AskError::Nobody));
    for nats in [&one, &other] {
        let (mut all, mut shared) = (
            nats.serve("who", None).await.unwrap(),
            nats.serve("copy", Some("all")).await.unwrap(),
        );
        let nats = nats.clone();
        tokio::spawn(async move {
            loop {
                let request = tokio::select! {
                    request = all.next() => request,
                    request = shared.next() => request,
                };
                let Some(request) = request else { return };
                let answer = [b"re: ", &request.payload[..]].concat();
                nats.respond(request, answer.into()).await.unwrap();
            }
        });
    }
    let wait = Duration::from_millis(500);
    let answers = third.ask_all("who", Bytes::from("a"), wait).await.unwrap();
    assert_eq!(answers, ["re: a", "re: a"]);
    assert_eq!(third.ask_all("copy", Bytes::from("b"), wait).await.unwrap(), ["re: b"]);
    assert_eq!(third.ask("copy", Bytes::from("c"), PATIENCE).await.unwrap(), "re: c");
    assert_eq!(third.ask_all("nobody", Bytes::new(), PATIENCE).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn tls_is_spoken_with_certificates_of_both_and_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["server", "node"] {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        fs::write(at(&format!("{name}.pem")), made.cert.pem()).unwrap();
        fs::write(at(&format!("{name}.key")), made.signing_key.serialize_pem()).unwrap();
    }
    fs::write(at("right"), "nebula\nsecret\n").unwrap();
    fs::write(at("wrong"), "nebula\nguessed\n").unwrap();
    let path = folder.path().display();
    let engine = Engine::start_with(
        1,
        &format!(
            "tls {{ cert_file: \"{path}/server.pem\", key_file: \"{path}/server.key\", \
             ca_file: \"{path}/node.pem\", verify: true }}\n\
             authorization {{ user: nebula, password: secret }}"
        ),
    )
    .await;
    let good = ClusterConfig {
        cluster_auth: Some(at("right")),
        cluster_ca: Some(at("server.pem")),
        cluster_cert: Some(at("node.pem")),
        cluster_key: Some(at("node.key")),
        ..node(&engine.url(0).replace("nats://", "tls://"), "tls")
    };
    let nats = connect(&good).await;
    nats.create("one").await.unwrap();
    assert_eq!(append(&nats, "secret".to_owned()).await, 1);

    let soon = Some(Duration::from_millis(500));
    let wrong = ClusterConfig { cluster_auth: Some(at("wrong")), ..good.clone() };
    let told = Nats::connect(&wrong, None).await.unwrap_err();
    assert!(matches!(told, NatsError::Refused { .. }), "{told}");
    let strange = ClusterConfig { cluster_ca: Some(at("node.pem")), ..good.clone() };
    let told = Nats::connect(&strange, soon).await.unwrap_err().to_string();
    assert!(told.contains("certificate"), "{told}");
    let swapped = ClusterConfig { cluster_ca: Some(at("node.key")), ..good };
    let told = Nats::connect(&swapped, None).await.unwrap_err().to_string();
    assert!(told.starts_with("--cluster-ca") && told.contains("private key"), "{told}");
}

/// A server that says what servers of this version say first.
#[tokio::test]
async fn a_server_that_is_too_old_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let info = r#"INFO {"server_name":"n1","version":"2.9.10","max_payload":1048576}"#;
        socket.write_all(format!("{info}\r\nPONG\r\n").as_bytes()).await.unwrap();
        let _ = socket.read_to_end(&mut Vec::new()).await;
    });
    let told = Nats::connect(&node(&url, "old"), Some(PATIENCE)).await.unwrap_err().to_string();
    let version = format!("the NATS server n1 at {url} is version 2.9.10: a cluster needs 2.10");
    assert!(told.starts_with(&version), "{told}");
}

#[tokio::test]
async fn servers_without_jetstream_are_told_to_have_none() {
    let engine = Engine::start_with(1, "jetstream: false").await;
    let nats = connect(&node(&engine.urls(), "off")).await;
    assert!(matches!(nats.find().await, Err(StreamError::NoJetStream)));
    assert!(matches!(nats.create("one").await, Err(StreamError::NoJetStream)));
    let sent = nats.publish(Bytes::new()).await.unwrap().await;
    assert!(matches!(sent, Err(PublishError::NoStream)));
}

#[tokio::test]
async fn a_first_connection_that_cannot_be_made_says_why() {
    let nobody = node("nats://127.0.0.1:1", "nobody");
    let told = Nats::connect(&nobody, Some(Duration::from_millis(100))).await.unwrap_err();
    let told = told.to_string();
    let begin = "no NATS server can be reached at nats://127.0.0.1:1: IO error: Connection refused";
    assert!(told.starts_with(begin), "{told}");
    let missing = ClusterConfig { cluster_auth: Some("/no/such/file".into()), ..nobody };
    let told = Nats::connect(&missing, None).await.unwrap_err().to_string();
    assert!(told.starts_with("--cluster-auth /no/such/file: No such file"), "{told}");
}
