//! Real processes under fire: nodes and NATS servers are killed and stopped while people talk, and nothing that
//! was acknowledged is lost, doubled, or in another order for anybody.
//!
//! `NEBULA_FIRE_FAULTS=100 cargo test -p server --test it fire -- --nocapture` does a hundred things at random in
//! place of the few that are always done.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::process::Signal;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::timeout;

use super::clients::{Shared, listen, send};
use super::rows::are_equal;
use crate::connection::resume::Random;
use crate::support::child::Server;
use crate::support::engine::{Engine, again};
use crate::support::nodes::Nodes;

const SENDERS: u8 = 6;
const LISTENERS: u8 = 3;
/// How long what is stopped stands still, always, and when it is left to chance.
const STOPPED: Duration = Duration::from_secs(5);
const STOPPED_MAX: u64 = 60;
/// So much has to be said after each fault.
const PROGRESS: usize = 40;

struct Field {
    engine: Engine,
    nodes: Nodes,
    running: Vec<Server>,
    shared: Arc<Shared>,
}

impl Field {
    async fn start() -> Self {
        let engine = Engine::start(3).await;
        let nodes = Nodes::none(&engine, "fire");
        let mut running = Vec::new();
        for at in 0..3 {
            running.push(spawn(&nodes, at).await);
        }
        let addresses = running.iter().map(|node| node.address.clone()).collect();
        let shared = Arc::new(Shared::new(addresses));
        Field { engine, nodes, running, shared }
    }

    /// Waits until all of them let people in, and enough was said.
    async fn recovers(&mut self, what: &str) {
        let before = self.shared.acknowledged();
        let begun = Instant::now();
        again(async || (self.shared.acknowledged() > before).then_some(())).await;
        let first = begun.elapsed();
        for node in &self.running {
            node.is_ready(true).await;
        }
        let ready = begun.elapsed();
        again(async || (self.shared.acknowledged() >= before + PROGRESS).then_some(())).await;
        println!("{what}: said on after {first:?}, ready after {ready:?}");
    }

    async fn suffer(&mut self, fault: Fault) {
        match fault {
            Fault::KillNode(at) => self.kill_node(at).await,
            Fault::StopNode(at, time) => {
                self.running[at].signal(Signal::STOP);
                stand_still(time).await;
                self.running[at].signal(Signal::CONT);
            }
            Fault::KillNats(at) => {
                self.engine.kill(at);
                self.recovers("without it").await;
                self.engine.restart(at).await;
            }
            Fault::KillAllNats => {
                (0..3).for_each(|at| self.engine.kill(at));
                for at in 0..3 {
                    self.engine.restart(at).await;
                }
            }
            Fault::KillNodeAndLeader(at) => {
                let leader = self.engine.leader(&self.nodes.stream()).await;
                self.engine.kill(leader);
                self.kill_node(at).await;
                self.engine.restart(leader).await;
            }
            Fault::StopLeader(time) => {
                let leader = self.engine.leader(&self.nodes.stream()).await;
                self.engine.pause(leader);
                stand_still(time).await;
                self.engine.resume(leader);
            }
        }
        self.recovers(&format!("{fault:?}")).await;
    }

    async fn kill_node(&mut self, at: usize) {
        self.running[at].child.kill().await.unwrap();
        self.running[at] = spawn(&self.nodes, at).await;
        self.shared.moved(at, &self.running[at].address);
    }
}

/// What happens to some process, or to several at once.
#[derive(Debug, Clone, Copy)]
enum Fault {
    KillNode(usize),
    StopNode(usize, Duration),
    KillNats(usize),
    KillAllNats,
    KillNodeAndLeader(usize),
    StopLeader(Duration),
}

impl Fault {
    /// Each kind at least once, and every NATS server: so also the leader, and that of each node.
    const ALWAYS: [Fault; 10] = [
        Fault::KillNode(0),
        Fault::KillNode(1),
        Fault::KillNode(2),
        Fault::StopNode(1, STOPPED),
        Fault::KillNats(0),
        Fault::KillNats(1),
        Fault::KillNats(2),
        Fault::StopLeader(STOPPED),
        Fault::KillAllNats,
        Fault::KillNodeAndLeader(2),
    ];

    fn at_random(random: &mut Random) -> Self {
        let mut below = |bound| random.below(bound);
        let at = usize::try_from(below(3)).unwrap();
        let time = Duration::from_secs(STOPPED.as_secs().max(below(STOPPED_MAX + 1)));
        match below(8) {
            0 | 1 => Fault::KillNode(at),
            2 => Fault::StopNode(at, time),
            3 | 4 => Fault::KillNats(at),
            5 => Fault::KillAllNats,
            6 => Fault::KillNodeAndLeader(at),
            _ => Fault::StopLeader(time),
        }
    }
}

fn faults(seed: u64) -> Vec<Fault> {
    let Ok(count) = std::env::var("NEBULA_FIRE_FAULTS") else { return Fault::ALWAYS.into() };
    let mut random = Random(seed);
    (0..count.parse().unwrap()).map(|_: u32| Fault::at_random(&mut random)).collect()
}

async fn stand_still(time: Duration) {
    let _ = timeout(time, pending::<()>()).await;
}

async fn spawn(nodes: &Nodes, at: usize) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--message-rate", "0", "--node", &format!("n{at}")]);
    let node = Server::spawn(command.arg("--db").arg(nodes.db(at)).args(nodes.flags())).await;
    node.is_ready(true).await;
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn under_fire_nothing_acknowledged_is_lost_doubled_or_in_another_order() {
    let mut field = Field::start().await;
    let seed = crate::connection::resume::seed();
    let (stop, _) = watch::channel(false);
    let sending = (0..SENDERS).map(|n| {
        tokio::spawn(send(field.shared.clone(), n, seed ^ u64::from(n), stop.subscribe()))
    });
    let sending: Vec<_> = sending.collect();
    let until = Arc::new(AtomicU64::new(u64::MAX));
    let listening = (0..LISTENERS).map(|n| {
        let seed = seed ^ (u64::from(n) << 8);
        tokio::spawn(listen(field.shared.clone(), n, seed, until.clone()))
    });
    let listening: Vec<_> = listening.collect();
    field.recovers("nothing happened").await;
    for fault in faults(seed) {
        field.suffer(fault).await;
    }
    stop.send(true).unwrap();
    let mut acknowledged = BTreeMap::new();
    for sent in sending {
        acknowledged.extend(sent.await.unwrap());
    }
    let databases: Vec<_> = (0..3).map(|at| field.nodes.db(at)).collect();
    are_equal(&databases).await;
    let db = Connection::open(&databases[0]).unwrap();
    let mut stored = db.prepare("SELECT ref, id FROM messages ORDER BY id").unwrap();
    let stored: Vec<(String, i64)> = stored
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let stored: Vec<_> =
        stored.into_iter().map(|(said, id)| (said, u64::try_from(id).unwrap())).collect();
    let ids: Vec<_> = stored.iter().map(|(_, id)| *id).collect();
    until.store(*ids.last().unwrap(), Ordering::Release);
    assert_eq!(stored.into_iter().collect::<BTreeMap<_, _>>(), acknowledged, "seed {seed}");
    assert_eq!(ids.len(), acknowledged.len(), "stored twice, seed {seed}");
    for heard in listening {
        assert_eq!(heard.await.unwrap(), ids, "seed {seed}");
    }
    println!("{} messages", ids.len());
}
