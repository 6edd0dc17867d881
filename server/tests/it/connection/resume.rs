//! Cutting a connection at random, many times, under load: after each return with `since` there is
//! no gap and no repeat between what is replayed and what is live.

use protocol::{History, ToClient};
use server::{Config, Db};

use crate::support::harness::{Peer, TestServer, query, say};

const CUTS: usize = 60;
const WRITERS: usize = 3;

/// A small generator, so that a failing seed can be run again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

pub(crate) fn seed() -> u64 {
    let seed = std::env::var("NEBULA_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    println!("NEBULA_SEED={seed}");
    seed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_at_random_misses_nothing_and_sees_nothing_twice() {
    let seed = seed();
    let folder = tempfile::tempdir().unwrap();
    let db = Db::File(folder.path().join("nebula.db"));
    let server =
        TestServer::start_with(Config { db, message_rate: 0, ..Config::for_tests() }).await;
    let mut watcher = server.enter("dev", "watcher").await;
    let (stop, _) = tokio::sync::watch::channel(false);
    let writers: Vec<_> = (0..WRITERS)
        .map(|i| {
            tokio::spawn(write(server.url(&query("dev", &format!("w{i}"), "")), stop.subscribe()))
        })
        .collect();

    let seen = reader(&[&server], Random(seed), CUTS).await;

    stop.send(true).unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    let last = *seen.last().unwrap();
    let first = seen[0];
    let mut told = Vec::new();
    while told.last() < Some(&last) {
        told.push(watcher.message().await.id.get());
    }
    let told: Vec<_> = told.into_iter().skip_while(|id| *id < first).collect();
    assert_eq!(seen, told, "seed {seed}");
}

/// Writes as fast as its own messages come back, and reads all others too.
pub(crate) async fn write(url: String, stop: tokio::sync::watch::Receiver<bool>) {
    let mut peer = Peer::dial(&url, None).await.unwrap();
    peer.expect_entry().await;
    let user = url.rsplit('=').next().unwrap();
    while !*stop.borrow() {
        peer.send(say("dev", "load")).await;
        while peer.message().await.sender.as_str() != user {}
    }
}

/// Reads some messages, cuts, comes back with `since`, and so on; everything it saw, in order.
pub(crate) async fn reader(servers: &[&TestServer], mut random: Random, cuts: usize) -> Vec<u64> {
    let mut seen: Vec<u64> = Vec::new();
    for cut in 0..cuts {
        let server = servers[usize::try_from(random.below(servers.len() as u64)).unwrap()];
        let since = match seen.last() {
            Some(last) => format!("&since={last}"),
            None => "&history=1".to_owned(),
        };
        let mut peer = server.connect_with(&query("dev", "reader", &since), Some(7)).await;
        take(&mut peer, &mut seen).await;
        for _ in 0..random.below(30) {
            take(&mut peer, &mut seen).await;
        }
        if cut % 2 == 0 {
            drop(peer.socket.into_inner());
        }
    }
    seen
}

async fn take(peer: &mut Peer, seen: &mut Vec<u64>) {
    match peer.next().await {
        ToClient::Message(message) => seen.push(message.id.get()),
        ToClient::History(history) => {
            let after = seen.last().copied();
            let replayed = whole(peer, history, after).await;
            seen.extend(replayed);
        }
        _ => {}
    }
}

/// A replay that was cut is paged back to where it should begin, as clients do; what is told
/// meanwhile follows it.
async fn whole(peer: &mut Peer, first: History, after: Option<u64>) -> Vec<u64> {
    let mut page = first;
    let mut replayed = Vec::new();
    let mut live = Vec::new();
    loop {
        let ids = page.messages.iter().map(|message| message.id.get());
        let ids: Vec<_> = ids.filter(|id| after.is_none_or(|after| *id > after)).collect();
        let cut = after.is_some() && page.more && ids.len() == page.messages.len();
        replayed.splice(0..0, ids);
        if !cut {
            replayed.extend(live);
            return replayed;
        }
        let before = replayed[0];
        peer.send(format!(r#"{{"type":"history","room":"dev","before":{before},"limit":200}}"#))
            .await;
        page = loop {
            match peer.next().await {
                ToClient::History(history) => break history,
                ToClient::Message(message) => live.push(message.id.get()),
                _ => {}
            }
        };
    }
}
