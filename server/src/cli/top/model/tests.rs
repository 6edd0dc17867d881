//! What is said of a server, from metrics as a server writes them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::monitoring::gauges::Gauges;
use crate::monitoring::log_lines::LogLinesDropped;
use crate::monitoring::metrics::{Dropped, Ended, Limit, Metrics, TurnedAway};

/// A moment in 2026.
const NOW_MS: u64 = 1_780_000_000_000;

/// A server, and who watches it each second.
struct Watched {
    log_lines: LogLinesDropped,
    metrics: Metrics,
    gauges: Gauges,
    not_ready: Vec<NotReady>,
    monitor: Monitor,
    seconds: u64,
}

impl Watched {
    fn new() -> Self {
        let log_lines = LogLinesDropped::default();
        let watched = Watched {
            metrics: Metrics::new(&log_lines),
            log_lines,
            gauges: Gauges::default(),
            not_ready: Vec::new(),
            monitor: Monitor::default(),
            seconds: 0,
        };
        watched.metrics.disk.free_bytes.set(1 << 40);
        watched
    }

    fn look(&mut self) {
        let text = self.metrics.text(&self.gauges, &self.not_ready).unwrap();
        self.monitor.heard(Duration::from_secs(self.seconds), NOW_MS, &text);
        self.seconds += 1;
    }

    fn value(&self, key: &str) -> Option<f64> {
        self.monitor.figures().find(|it| it.figure.key == key).and_then(|it| it.value)
    }

    fn keys(&self) -> BTreeSet<&str> {
        self.monitor.figures().map(|it| it.figure.key).collect()
    }

    /// The figures that are red.
    fn red(&self) -> Vec<&str> {
        self.monitor.figures().filter(|it| it.is_red).map(|it| it.figure.key).collect()
    }
}

#[test]
fn every_figure_is_made_of_a_metric_that_there_is() {
    let text = Metrics::default().text(&Gauges::default(), &[]).unwrap();
    let sample = Sample::parse(&text);
    for figure in FIGURES {
        let key = figure.key;
        match figure.source {
            Source::Gauge(name)
            | Source::NonZero(name)
            | Source::OfNode(name)
            | Source::Rate(name)
            | Source::Until(name) => assert!(sample.value(name).is_some(), "{key}: {name}"),
            Source::RateOf(name, label, values) => {
                let there: Vec<_> = sample.by(name, label).map(|(value, _)| value).collect();
                assert!(!there.is_empty(), "{key}: {name}");
                // What a connection was refused with is told from its first time on.
                let misses = values.iter().find(|it| !there.contains(it) && **it != "too_slow");
                assert_eq!(misses, None, "{key}: {name}");
            }
            Source::Quantile(_, name) => {
                assert!(sample.by(&format!("{name}_bucket"), "le").count() > 10, "{key}: {name}");
            }
        }
    }
    let keys: BTreeSet<_> = FIGURES.iter().map(|figure| figure.key).collect();
    assert_eq!(keys.len(), FIGURES.len(), "each has a name of its own");
}

#[test]
fn rates_and_latencies_are_those_of_the_last_seconds() {
    let mut it = Watched::new();
    it.metrics.messages.inc_by(1000);
    it.metrics.committed(1, Duration::from_secs(1));
    it.look();
    assert_eq!(
        (it.value("messages"), it.value("commit_p99")),
        (None, None),
        "one sample is no rate"
    );
    it.look();
    assert_eq!((it.value("messages"), it.value("commit_p99")), (Some(0.0), None));
    it.metrics.messages.inc_by(30);
    it.metrics.committed(30, Duration::from_micros(100));
    it.look();
    assert_eq!(it.value("messages"), Some(15.0));
    assert!(it.value("commit_p99").is_some_and(|p99| p99 < 0.001));
    (0..SAMPLES_MAX).for_each(|_| it.look());
    assert_eq!((it.value("messages"), it.value("commit_p99")), (Some(0.0), None), "long ago");
    let messages = it.monitor.figures().find(|it| it.figure.key == "messages");
    let points: Vec<_> = messages.map(|it| it.points.iter().copied().flatten().collect()).unwrap();
    assert_eq!(points[..3], [0.0, 15.0, 10.0]);
}

#[test]
fn a_healthy_server_has_no_problem_and_one_alone_no_cluster() {
    let mut it = Watched::new();
    (0..3).for_each(|_| it.look());
    assert_eq!((it.monitor.is_ready(), it.monitor.problems()), (Some(true), Vec::new()));
    assert!(
        !it.keys().iter().any(|key| key.starts_with("cluster") || key.starts_with("certificate"))
    );
    it.metrics.disk.free_bytes.set(0);
    it.look();
    assert_eq!(it.monitor.problems(), Vec::new(), "a database in memory has no disk");
    assert!(!it.keys().contains("disk_free_bytes"));
}

#[test]
fn what_is_red_is_explained() {
    type Harm = fn(&mut Watched);
    let harms: &[(&str, Harm)] = &[
        ("outbox_bytes", |it| it.gauges.outbox_bytes = 300 << 20),
        ("commit_p99", |it| it.metrics.committed(1, Duration::from_millis(900))),
        ("refused_full", |it| it.metrics.turned_away(TurnedAway::Full)),
        ("refused_connections", |it| {
            (0..99).for_each(|_| it.metrics.turned_away(TurnedAway::AddressRate));
        }),
        ("over_daily_bytes", |it| it.metrics.limited(Limit::DailyBytes)),
        ("slow_readers", |it| {
            let slow = Ended::Refused(protocol::Code::TooSlow);
            (0..9).for_each(|_| it.metrics.ended(slow));
        }),
        ("commit_failures", |it| {
            it.metrics.log_failures.inc();
        }),
        ("read_failures", |it| {
            it.metrics.disk.read_failures.inc();
        }),
        ("log_lines_dropped", |it| it.log_lines.add(1)),
        ("wal_bytes", |it| {
            it.metrics.disk.wal_bytes.set(300 << 20);
        }),
        ("disk_free_bytes", |it| {
            it.metrics.disk.free_bytes.set(1 << 20);
        }),
        ("certificate_seconds", |it| it.metrics.certificate_ends(NOW_MS / 1000 + 86_400)),
        ("certificate_seconds", |it| it.metrics.certificate_ends(NOW_MS / 1000 - 1)),
        ("cluster_lag_records", |it| {
            it.metrics.cluster.lag_records.set(5000);
        }),
        ("cluster_replicas", |it| {
            it.metrics.cluster.replicas.set(2);
        }),
        ("cluster_settings_differ", |it| {
            it.metrics.cluster.settings_differ.set(1);
        }),
    ];
    for (key, harm) in harms {
        let mut it = Watched::new();
        if key.starts_with("cluster") {
            it.metrics.cluster.standing.set(2);
            it.metrics.cluster.replicas.set(3);
        }
        it.metrics.dropped(Dropped::Gone, 1);
        it.look();
        it.look();
        assert_eq!(it.red(), Vec::<&str>::new(), "{key}");
        harm(&mut it);
        it.look();
        assert_eq!(it.red(), [*key]);
        assert_eq!(it.monitor.problems().len(), 1, "{key}");
    }
    let tested: BTreeSet<_> = harms.iter().map(|(key, _)| *key).collect();
    let red = FIGURES.iter().filter(|figure| figure.red.is_some()).map(|figure| figure.key);
    let untested: Vec<_> = red.filter(|key| !tested.contains(key)).collect();
    assert_eq!(untested, Vec::<&str>::new());
}

#[test]
fn every_reason_for_not_being_ready_comes_first_with_what_to_do() {
    for &reason in NotReady::VARIANTS {
        let mut it = Watched::new();
        it.not_ready = vec![reason];
        it.metrics.disk.free_bytes.set(1);
        it.look();
        assert_eq!(it.monitor.is_ready(), Some(false));
        let problems = it.monitor.problems();
        assert_eq!(problems.len(), 2, "{reason}");
        let begins = &reason.sentence()[1..20];
        assert!(problems[0].what.contains(begins), "{problems:?}");
        assert!(problems[0].what.ends_with('.') && problems[0].to_do.ends_with('.'));
    }
}

#[test]
fn a_server_that_is_not_ready_for_an_unknown_reason_has_a_problem() {
    let text = "nebula_not_ready{reason=\"disk_low\"} 0\nnebula_not_ready{reason=\"too_hot\"} 1\nnebula_ready 0\n";
    let mut monitor = Monitor::default();
    monitor.heard(Duration::ZERO, NOW_MS, text);
    let what = "The server is not ready.".to_owned();
    assert_eq!(monitor.problems(), [Problem { what, to_do: "See its log." }]);
}

#[test]
fn a_server_that_does_not_answer_is_the_only_problem_and_a_gap_in_the_plots() {
    let mut it = Watched::new();
    it.metrics.disk.free_bytes.set(1);
    it.look();
    it.monitor.failed("no answer".to_owned());
    assert_eq!(it.monitor.is_ready(), None);
    let problems = it.monitor.problems();
    assert_eq!(problems.iter().map(|it| &*it.what).collect::<Vec<_>>(), ["no answer"]);
    assert_eq!(it.value("connections"), None);
    it.metrics.messages.inc_by(50);
    it.look();
    assert_eq!(it.value("messages"), None, "nobody knows for how long it was away");
    let points = it.monitor.figures().next().map(|it| it.points.clone());
    assert_eq!(points, Some([Some(0.0), None, Some(0.0)].into()));
    (0..POINTS_MAX + 5).for_each(|_| it.look());
    assert!(it.monitor.figures().all(|it| it.points.len() == POINTS_MAX));
}
