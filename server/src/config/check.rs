//! What is wrong with settings that are each well formed.
//!
//! This file does not know the machine they are meant for.

use std::net::SocketAddr;
use std::time::Duration;

use protocol::HISTORY_BYTES_MAX;

use super::{Config, Db, THREADS_MAX};

impl Config {
    /// Everything that cannot work, a sentence each, with the flag and its value.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let times = [
            ("--ping-interval", Some(self.ping_interval)),
            ("--ping-timeout", Some(self.ping_timeout)),
            ("--stall-timeout", Some(self.stall_timeout)),
            ("--handshake-timeout", Some(self.limits.handshake_timeout)),
            ("--keep", self.upkeep.keep),
            ("--keep-every", Some(self.upkeep.keep_every)),
            ("--cluster-keep", Some(self.cluster.cluster_keep)),
        ];
        for (flag, time) in times {
            if time == Some(Duration::ZERO) {
                problems.push(format!("{flag} is 0: it must be more"));
            }
        }
        // A history, and what is said while it is on its way.
        let bytes_min = 2 * HISTORY_BYTES_MAX;
        if self.outbox_bytes_max < bytes_min {
            let bytes = self.outbox_bytes_max;
            problems.push(format!(
                "--outbox-bytes-max is {bytes}: a history needs {bytes_min} at least"
            ));
        }
        if self.outbox_frames_max < 4 {
            let frames = self.outbox_frames_max;
            problems.push(format!("--outbox-frames-max is {frames}: entering a room needs 4"));
        }
        for (flag, number) in [("--threads", self.threads), ("--shards", self.shards)] {
            if number > THREADS_MAX {
                problems.push(format!("{flag} is {number}: it may be {THREADS_MAX} at most"));
            }
        }
        if let Some(at) = self.upkeep.metrics_listen.filter(|at| is_same(*at, self.listen)) {
            let listen = self.listen;
            problems.push(format!(
                "--metrics-listen is {at}, where --listen ({listen}) is: choose another port"
            ));
        }
        if self.cluster.is_node() && self.db == Db::Memory {
            problems
                .push("--cluster needs a database that stays: name a file with --db".to_owned());
        }
        if cfg!(not(feature = "cluster")) && self.cluster.is_node() {
            let urls: Vec<_> = self.cluster.cluster.iter().map(ToString::to_string).collect();
            let urls = urls.join(",");
            problems.push(format!(
                "--cluster is {urls}, and this build has no cluster support: build it with the \
                 feature `cluster`"
            ));
        }
        problems
    }
}

/// Whether only one can be listened on: an address that stands for all takes every other's port.
fn is_same(one: SocketAddr, other: SocketAddr) -> bool {
    let is_all = [one, other].iter().any(|address| address.ip().is_unspecified());
    one.port() != 0 && one.port() == other.port() && (one.ip() == other.ip() || is_all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ClusterConfig, Limits, Upkeep};

    #[test]
    fn the_defaults_are_well_and_each_problem_names_its_flag() {
        let good = Config::for_tests();
        assert_eq!(good.problems(), Vec::<String>::new());
        let at = "127.0.0.1:8080".parse().unwrap();
        let all = "0.0.0.0:8080".parse().unwrap();
        let zero = Duration::ZERO;
        let upkeep = |keep, metrics_listen| Upkeep { keep, metrics_listen, ..good.upkeep.clone() };
        let limits = Limits { handshake_timeout: zero, ..good.limits.clone() };
        for (flag, config) in [
            ("--ping-interval", Config { ping_interval: zero, ..good.clone() }),
            ("--handshake-timeout", Config { limits, ..good.clone() }),
            ("--keep ", Config { upkeep: upkeep(Some(zero), None), ..good.clone() }),
            ("--outbox-bytes-max", Config { outbox_bytes_max: 1000, ..good.clone() }),
            ("--outbox-frames-max", Config { outbox_frames_max: 0, ..good.clone() }),
            (
                "--metrics-listen",
                Config { listen: at, upkeep: upkeep(None, Some(at)), ..good.clone() },
            ),
            (
                "--metrics-listen",
                Config { listen: all, upkeep: upkeep(None, Some(at)), ..good.clone() },
            ),
            (
                "--cluster-keep",
                Config {
                    cluster: ClusterConfig { cluster_keep: zero, ..good.cluster.clone() },
                    ..good.clone()
                },
            ),
            ("--threads", Config { threads: THREADS_MAX + 1, ..good.clone() }),
            ("--shards", Config { shards: THREADS_MAX + 1, ..good.clone() }),
        ] {
            let problems = config.problems();
            assert!(problems.len() == 1 && problems[0].starts_with(flag), "{problems:?}");
        }
    }

    #[test]
    fn a_node_needs_a_database_file() {
        let mut config = Config::for_tests();
        config.cluster.cluster = vec!["nats://n1".parse().unwrap()];
        let is_refused = |config: &Config| config.problems().iter().any(|it| it.contains("--db"));
        assert!(is_refused(&config));
        config.db = Db::File("nebula.db".into());
        assert!(!is_refused(&config));
    }

    #[test]
    fn a_build_without_cluster_support_refuses_to_be_a_node() {
        let mut config = Config::for_tests();
        config.cluster.cluster = vec!["nats://n1".parse().unwrap()];
        let is_refused = config.problems().iter().any(|it| it.contains("no cluster support"));
        assert_eq!(is_refused, cfg!(not(feature = "cluster")));
    }
}
