//! Clients of a cluster whose nodes come and go: they go to another node, send again with the same `ref`, and
//! resume with the id of what they heard last, as the real ones do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::SinkExt as _;
use parking_lot::Mutex;
use protocol::{History, ToClient};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::connection::resume::Random;
use crate::support::harness::{Peer, query, say_ref};

/// A node that says nothing for so long is left for another.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where the nodes are, and how much was acknowledged.
pub(super) struct Shared {
    addresses: Mutex<Vec<String>>,
    acknowledged: AtomicUsize,
}

impl Shared {
    pub(super) fn new(addresses: Vec<String>) -> Self {
        Shared { addresses: Mutex::new(addresses), acknowledged: AtomicUsize::new(0) }
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Acquire)
    }

    /// A node is somewhere else now.
    pub(super) fn moved(&self, at: usize, address: &str) {
        address.clone_into(&mut self.addresses.lock()[at]);
    }

    /// A connection to some node, if that takes it.
    async fn connect(&self, query: &str, key: u8, random: &mut Random) -> Option<Peer> {
        let address = {
            let addresses = self.addresses.lock();
            addresses[usize::try_from(random.below(addresses.len() as u64)).unwrap()].clone()
        };
        let url = format!("ws://{address}/?{query}");
        timeout(PATIENCE, Peer::dial(&url, Some(key))).await.ok()?.ok()
    }
}

/// Says one thing after the other, each until it is acknowledged: under which id each was.
pub(super) async fn send(
    shared: Arc<Shared>,
    n: u8,
    seed: u64,
    stop: watch::Receiver<bool>,
) -> Vec<(String, u64)> {
    let (mut random, mut acknowledged) = (Random(seed), Vec::new());
    let hello = query("dev", &format!("sender {n}"), "");
    while !*stop.borrow() {
        let Some(mut peer) = shared.connect(&hello, n + 1, &mut random).await else { continue };
        loop {
            let reference = format!("{n}-{}", acknowledged.len());
            let Some(id) = say_once(&mut peer, &reference).await else { break };
            acknowledged.push((reference, id));
            shared.acknowledged.fetch_add(1, Ordering::AcqRel);
            if *stop.borrow() || random.below(50) == 0 {
                break;
            }
        }
    }
    // What was said last may be stored: until it is acknowledged nobody knows.
    let reference = format!("{n}-{}", acknowledged.len());
    loop {
        let Some(mut peer) = shared.connect(&hello, n + 1, &mut random).await else { continue };
        if let Some(id) = say_once(&mut peer, &reference).await {
            acknowledged.push((reference, id));
            return acknowledged;
        }
    }
}

/// The id of what was said; none if that is not known.
async fn say_once(peer: &mut Peer, reference: &str) -> Option<u64> {
    peer.socket.send(Frame::text(say_ref("dev", reference, reference))).await.ok()?;
    let until = Instant::now() + PATIENCE;
    loop {
        match timeout_at(until, peer.next_or_close()).await.ok()?.ok()? {
            ToClient::Message(message)
                if message.reference.as_ref().is_some_and(|it| it.as_str() == reference) =>
            {
                return Some(message.id.get());
            }
            ToClient::Error(_) => return None,
            _ => {}
        }
    }
}

/// All that is heard, in order, up to this id.
pub(super) async fn listen(
    shared: Arc<Shared>,
    n: u8,
    seed: u64,
    until: Arc<AtomicU64>,
) -> Vec<u64> {
    let (mut random, mut heard) = (Random(seed), Vec::new());
    loop {
        let since = heard.last().copied().unwrap_or(0);
        let hello = query("dev", &format!("listener {n}"), &format!("&since={since}"));
        let Some(mut peer) = shared.connect(&hello, 100 + n, &mut random).await else { continue };
        while let Some(()) = hear(&mut peer, &mut heard).await {
            if heard.last().is_some_and(|last| *last >= until.load(Ordering::Acquire)) {
                return heard;
            }
            if random.below(100) == 0 {
                break;
            }
        }
    }
}

/// One thing more; none if the connection is over.
async fn hear(peer: &mut Peer, heard: &mut Vec<u64>) -> Option<()> {
    match timeout(PATIENCE, peer.next_or_close()).await.ok()?.ok()? {
        ToClient::Message(message) => heard.push(message.id.get()),
        ToClient::History(history) => {
            let missed = missed(peer, history, heard.last().copied().unwrap_or(0)).await?;
            heard.extend(missed);
        }
        _ => {}
    }
    Some(())
}

/// All after an id: what a replay left out is paged back to, and what is told meanwhile follows.
async fn missed(peer: &mut Peer, first: History, after: u64) -> Option<Vec<u64>> {
    let (mut page, mut replayed, mut live) = (first, Vec::new(), Vec::new());
    loop {
        let ids = page.messages.iter().map(|message| message.id.get());
        let ids: Vec<_> = ids.filter(|id| *id > after).collect();
        let is_cut = page.more && ids.len() == page.messages.len();
        replayed.splice(0..0, ids);
        let Some(before) = replayed.first().filter(|_| is_cut) else {
            replayed.extend(live);
            return Some(replayed);
        };
        let ask = format!(r#"{{"type":"history","room":"dev","before":{before},"limit":200}}"#);
        peer.socket.send(Frame::text(ask)).await.ok()?;
        page = loop {
            match timeout(PATIENCE, peer.next_or_close()).await.ok()?.ok()? {
                ToClient::History(history) => break history,
                ToClient::Message(message) => live.push(message.id.get()),
                ToClient::Error(_) => return None,
                _ => {}
            }
        };
    }
}
