//! How a cluster is, and what an operator should do about what is not as it should be.
//!
//! Pure: it knows what was asked and answered, and neither how, nor how it is shown.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::nats::{Peer, StreamError, StreamState};
use super::status::NodeStatus;

/// How a cluster is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) stream: StreamReport,
    /// By name; also those that live and do not answer.
    pub(crate) nodes: Vec<NodeReport>,
}

/// The stream between the nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamReport {
    /// None: it cannot be looked at.
    pub(crate) state: Option<StreamState>,
    pub(crate) servers: Vec<ServerReport>,
    pub(crate) problems: Vec<String>,
}

/// A NATS server that stores the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerReport {
    pub(crate) name: String,
    pub(crate) is_leader: bool,
    pub(crate) is_current: bool,
    pub(crate) is_offline: bool,
    pub(crate) lag: u64,
    pub(crate) problems: Vec<String>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeReport {
    pub(crate) node: String,
    /// What it answered.
    pub(crate) status: Option<NodeStatus>,
    pub(crate) problems: Vec<String>,
}

impl Report {
    /// `replicas`: how many servers should store the stream.
    pub(crate) fn of(
        stream: Result<Option<StreamState>, StreamError>,
        replicas: usize,
        answers: &[NodeStatus],
    ) -> Self {
        Report { stream: StreamReport::of(stream, replicas), nodes: nodes(answers) }
    }

    pub(crate) fn is_well(&self) -> bool {
        let servers = self.stream.servers.iter().map(|server| &server.problems);
        let nodes = self.nodes.iter().map(|node| &node.problems);
        let mut all = servers.chain(nodes).chain([&self.stream.problems]);
        all.all(Vec::is_empty)
    }
}

impl StreamReport {
    fn of(found: Result<Option<StreamState>, StreamError>, replicas: usize) -> Self {
        let state = match found {
            Ok(Some(state)) => state,
            Ok(None) => {
                return StreamReport::missing(
                    "it is not there. If it is lost: stop all nodes, and run `nebula-server cluster \
                     found` with the database that is furthest"
                        .to_owned(),
                );
            }
            Err(error) => {
                return StreamReport::missing(format!(
                    "{error}. A leader may be chosen, within 10 s: ask again. Else start NATS servers \
                     until a majority of them runs"
                ));
            }
        };
        let mut problems = Vec::new();
        if state.replicas < replicas {
            problems.push(format!(
                "{} of {replicas} NATS servers store it: start {replicas}, then `nats stream edit \
                 --replicas {replicas}`; or set --cluster-replicas",
                state.replicas
            ));
        }
        let leader = state.leader.iter().map(|name| ServerReport {
            name: name.clone(),
            is_leader: true,
            is_current: true,
            is_offline: false,
            lag: 0,
            problems: Vec::new(),
        });
        let servers = leader.chain(state.peers.iter().map(ServerReport::follower)).collect();
        StreamReport { state: Some(state), servers, problems }
    }

    fn missing(problem: String) -> Self {
        StreamReport { state: None, servers: Vec::new(), problems: vec![problem] }
    }
}

impl ServerReport {
    fn follower(peer: &Peer) -> Self {
        let problem = if peer.is_offline {
            Some(
                "it is away: start it again. Until then there is one copy less, and one failure \
                 fewer that the cluster survives",
            )
        } else if !peer.is_current {
            Some("it catches up: wait. If it stays behind, see its log and its disk")
        } else {
            None
        };
        ServerReport {
            name: peer.name.clone(),
            is_leader: false,
            is_current: peer.is_current,
            is_offline: peer.is_offline,
            lag: peer.lag,
            problems: problem.into_iter().map(str::to_owned).collect(),
        }
    }
}

fn nodes(answers: &[NodeStatus]) -> Vec<NodeReport> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.node.clone()).or_default() += 1;
    }
    let silent: BTreeSet<_> = answers.iter().flat_map(|it| &it.lives).cloned().collect();
    let silent = silent.into_iter().filter(|node| !counts.contains_key(node));
    let mut nodes: Vec<_> = silent
        .map(|node| {
            let silent = "it lives, as the others know, and does not answer. After 12 s they take it \
                          for dead, and it is no longer listed; see its machine and its log";
            NodeReport { node, status: None, problems: vec![silent.to_owned()] }
        })
        .collect();
    nodes.extend(answers.iter().map(|answer| {
        let mut problems: Vec<_> = standing(answer).map(str::to_owned).into_iter().collect();
        if counts.get(&answer.node).is_some_and(|count| *count > 1) {
            problems.push("several processes have this name: give each a --node of its own".into());
        }
        if answer.settings_differ {
            problems.push(
                "its --name-expiry, --keep or --keep-messages differ from those that hold, which are \
                 those of the node that started last: start all nodes with the same"
                    .to_owned(),
            );
        }
        if answer.standing != "diverged" {
            problems.extend(differs(answer, answers).map(str::to_owned));
        }
        NodeReport { node: answer.node.clone(), status: Some(answer.clone()), problems }
    }));
    nodes.sort_by(|one, other| one.node.cmp(&other.node));
    nodes
}

const DIVERGED: &str = "it made something else of the order than the others: stop it, move its \
    database away (and keep it, for a report), and start it: it copies another node's";

const TIED: &str = "as many nodes made something else of the order as made the same: stop all, keep all \
    databases, and run `nebula-server cluster found` with one of which you know that it is right";

fn standing(answer: &NodeStatus) -> Option<&'static str> {
    match &*answer.standing {
        "current" => None,
        "joining" => Some(
            "it reads what it has missed, or waits to hear who is connected to another node: wait. \
             If that takes more than a minute, see its log",
        ),
        "waiting" => Some(
            "its records have not come back for 5 s, and messages wait: the stream may be choosing a \
             leader, for up to 10 s. If it stays so, see the stream above, and its way to NATS",
        ),
        "diverged" => Some(DIVERGED),
        _ => Some(
            "its records have not come back for 15 s, and it refuses messages: see its disk, its log \
             and its way to NATS. It comes back by itself",
        ),
    }
}

/// Whether more of those that are as far have another hash, or as many.
fn differs(answer: &NodeStatus, answers: &[NodeStatus]) -> Option<&'static str> {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for other in answers.iter().filter(|other| other.seq == answer.seq) {
        *groups.entry(&other.hash).or_default() += 1;
    }
    let own = groups.remove(&*answer.hash).unwrap_or_default();
    let most = groups.into_values().max().unwrap_or_default();
    match most.cmp(&own) {
        Ordering::Less => None,
        Ordering::Equal => Some(TIED),
        Ordering::Greater => Some(DIVERGED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, seq: u64, hash: &str) -> NodeStatus {
        NodeStatus {
            node: name.to_owned(),
            standing: "current".to_owned(),
            seq,
            hash: hash.to_owned(),
            people: 1,
            version: "0".to_owned(),
            address: None,
            lives: ["a", "b", "c"].map(str::to_owned).into(),
            settings_differ: false,
        }
    }

    fn stream() -> StreamState {
        let peer = |name: &str| Peer {
            name: name.to_owned(),
            is_current: true,
            is_offline: false,
            lag: 0,
        };
        StreamState {
            id: "x/0".to_owned(),
            first_seq: 1,
            last_seq: 9,
            replicas: 3,
            keep: std::time::Duration::from_secs(60),
            leader: Some("n1".to_owned()),
            peers: [peer("n2"), peer("n3")].into(),
        }
    }

    /// Whose problems begin with what.
    fn problems(report: &Report) -> Vec<(String, String)> {
        let nodes = report.nodes.iter().map(|node| (&node.node, &node.problems));
        let servers = report.stream.servers.iter().map(|server| (&server.name, &server.problems));
        let stream = "stream".to_owned();
        let all = servers.chain(nodes).chain([(&stream, &report.stream.problems)]);
        let begin = |text: &String| text.split(&[':', ',', '.'][..]).next().unwrap().to_owned();
        all.flat_map(|(name, all)| all.iter().map(move |it| (name.clone(), begin(it)))).collect()
    }

    fn only(name: &str, what: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), what.to_owned())]
    }

    #[test]
    fn what_is_not_as_it_should_be_has_a_sentence_and_nothing_else_has() {
        let all = || vec![node("a", 9, "x"), node("b", 9, "x"), node("c", 8, "y")];
        let well = Report::of(Ok(Some(stream())), 3, &all());
        assert_eq!(problems(&well), []);
        assert!(well.is_well());
        let mut other = all();
        other[1].hash = "y".to_owned();
        other[2] = node("c", 9, "x");
        let report = Report::of(Ok(Some(stream())), 3, &other);
        let diverged = "it made something else of the order than the others";
        assert_eq!(problems(&report), only("b", diverged));
        other[1].standing = "diverged".to_owned();
        let report = Report::of(Ok(Some(stream())), 3, &other);
        assert_eq!(problems(&report), only("b", diverged));
        let two = vec![node("a", 9, "x"), node("b", 9, "y"), node("c", 8, "y")];
        let report = Report::of(Ok(Some(stream())), 3, &two);
        let tied = "as many nodes made something else of the order as made the same";
        assert_eq!(problems(&report), [only("a", tied), only("b", tied)].concat());
        let report = Report::of(Ok(Some(stream())), 3, &all()[..2]);
        assert_eq!(problems(&report), only("c", "it lives"));
        let twice = [all(), vec![node("c", 8, "y")]].concat();
        let report = Report::of(Ok(Some(stream())), 3, &twice);
        let several = only("c", "several processes have this name");
        assert_eq!(problems(&report), [several.clone(), several].concat());
    }

    #[test]
    fn the_stream_has_a_leader_and_as_many_copies_as_it_should() {
        let all = || vec![node("a", 9, "x"), node("b", 9, "x"), node("c", 8, "y")];
        let of = |stream| problems(&Report::of(stream, 3, &all()));
        let mut away = stream();
        away.peers[1].is_offline = true;
        assert_eq!(of(Ok(Some(away))), only("n3", "it is away"));
        let mut behind = stream();
        behind.peers[0].is_current = false;
        assert_eq!(of(Ok(Some(behind))), only("n2", "it catches up"));
        let alone = StreamState { replicas: 1, leader: None, peers: Vec::new(), ..stream() };
        assert_eq!(of(Ok(Some(alone))), only("stream", "1 of 3 NATS servers store it"));
        assert_eq!(of(Ok(None)), only("stream", "it is not there"));
        assert_eq!(of(Err(StreamError::NoJetStream))[0].0, "stream");
    }
}
