//! What `top` shows of a server: each figure with the metric that it is made of, and when it is red. That is
//! judged by the last seconds, where most of the example alerts for Prometheus wait for minutes.
//!
//! This file does not know how a figure is calculated.

use strum::Display;

/// One line of the screen.
#[derive(Debug)]
pub(crate) struct Figure {
    /// Its name for programs.
    pub(crate) key: &'static str,
    pub(crate) group: Group,
    pub(crate) label: &'static str,
    pub(crate) unit: Unit,
    pub(super) source: Source,
    pub(super) red: Option<Red>,
}

/// What a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Group {
    People,
    Messages,
    Latency,
    Refused,
    Log,
    Disk,
    #[strum(serialize = "TLS")]
    Tls,
    Cluster,
}

/// What a figure is made of.
#[derive(Debug)]
pub(super) enum Source {
    /// A gauge.
    Gauge(&'static str),
    /// A gauge that says nothing while it is zero.
    NonZero(&'static str),
    /// A gauge that means something where a server is a node of a cluster.
    OfNode(&'static str),
    /// How fast a counter grows.
    Rate(&'static str),
    /// How fast a counter grows for some values of its label, or for all.
    RateOf(&'static str, &'static str, &'static [&'static str]),
    /// A quantile of a histogram.
    Quantile(f64, &'static str),
    /// Seconds until a moment.
    Until(&'static str),
}

/// What a figure's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Count,
    EachSecond,
    Bytes,
    Seconds,
    Standing,
}

/// When a figure is red, and what to do then.
#[derive(Debug)]
pub(super) struct Red {
    pub(super) when: When,
    pub(super) what: &'static str,
    pub(super) to_do: &'static str,
}

#[derive(Debug)]
pub(super) enum When {
    Above(f64),
    Below(f64),
}

const MIB: f64 = 1024.0 * 1024.0;
const DAY: f64 = 24.0 * 60.0 * 60.0;

/// All figures, in the order in which they are shown.
pub(super) const FIGURES: &[Figure] = &[
    count(Group::People, "connections", "connections", "nebula_connections"),
    count(Group::People, "sockets", "sockets", "nebula_sockets"),
    count(Group::People, "people", "names in use", "nebula_people"),
    count(Group::People, "rooms", "rooms", "nebula_rooms"),
    rate(Group::Messages, "messages", "stored", "nebula_messages_total"),
    rate(Group::Messages, "deliveries", "delivered", "nebula_deliveries_total"),
    rate_of(
        Group::Messages,
        "history_pages",
        "history pages",
        ("nebula_history_pages_total", "from", &[]),
    ),
    bytes(Group::Messages, "outbox_bytes", "queued", "nebula_outbox_bytes").red(
        When::Above(256.0 * MIB),
        "More than 256 MiB is queued for connections that do not read.",
        "Look for a slow network. If it lasts, lower --outbox-bytes-max.",
    ),
    latency("commit_p50", "commit, median", 0.5, "nebula_log_commit_seconds"),
    latency("commit_p99", "commit, p99", 0.99, "nebula_log_commit_seconds").red(
        When::Above(0.25),
        "One commit in a hundred takes more than a quarter of a second.",
        "The disk is slow or busy: see what else uses it.",
    ),
    latency("fan_out_p99", "fan-out, p99", 0.99, "nebula_fan_out_seconds"),
    rate_of(
        Group::Refused,
        "refused_full",
        "server full",
        ("nebula_turned_away_total", "reason", &["full"]),
    )
    .red(
        When::Above(0.0),
        "New connections are refused because the limit is reached.",
        "Raise the limit of open files, or --connections-max.",
    ),
    rate_of(
        Group::Refused,
        "refused_connections",
        "connections",
        (
            "nebula_turned_away_total",
            "reason",
            &["address_connections", "address_rate", "too_late", "bad_request"],
        ),
    )
    .red(
        When::Above(10.0),
        "Somebody opens too many connections, or sends bad requests; they are refused.",
        "Behind a proxy, check that it is in --trust-proxy: without that all clients \
         share the proxy's limits. The server's log names the address.",
    ),
    rate_of(Group::Refused, "refused_requests", "requests", ("nebula_refusals_total", "code", &[])),
    rate_of(Group::Refused, "rate_limited", "over a rate", ("nebula_limited_total", "limit", &[])),
    rate_of(
        Group::Refused,
        "over_daily_bytes",
        "daily bytes",
        ("nebula_limited_total", "limit", &["address_bytes", "daily_bytes"]),
    )
    .red(
        When::Above(0.0),
        "An address, or all people together, have used up their daily bytes.",
        "If it is not a flood, raise --address-daily-bytes or --daily-bytes.",
    ),
    rate_of(
        Group::Refused,
        "slow_readers",
        "slow readers",
        ("nebula_ended_total", "reason", &["too_slow", "stalled"]),
    )
    .red(
        When::Above(1.0),
        "More than one connection a second is disconnected because it reads too slowly.",
        "The network is bad, or too slow for the busiest rooms.",
    ),
    rate(Group::Log, "commit_failures", "failed commits", "nebula_log_failures_total").red(
        When::Above(0.0),
        "Commits fail: messages are refused.",
        "Is the disk full, or the database held by another process? The server's log \
         has the error.",
    ),
    rate(Group::Log, "read_failures", "failed reads", "nebula_log_read_failures_total").red(
        When::Above(0.0),
        "Some messages cannot be read; rooms go on without them.",
        "See the server's log. If the database is damaged, stop the server and run \
         `nebula-server restore`.",
    ),
    rate(Group::Log, "log_lines_dropped", "lost log lines", "nebula_log_lines_dropped_total").red(
        When::Above(0.0),
        "Lines of the server's own log cannot be written.",
        "Is the reader of its standard error alive, and does that disk have free space?",
    ),
    bytes(Group::Disk, "database_bytes", "database", "nebula_database_bytes"),
    bytes(Group::Disk, "wal_bytes", "write-ahead log", "nebula_wal_bytes").red(
        When::Above(256.0 * MIB),
        "The write-ahead log takes more than 256 MiB.",
        "A long-running reader, such as a backup or an SQLite shell, keeps it from \
         shrinking: end that reader.",
    ),
    figure(
        Group::Disk,
        "disk_free_bytes",
        "free",
        Unit::Bytes,
        Source::NonZero("nebula_disk_free_bytes"),
    )
    .red(
        When::Below(1024.0 * MIB),
        "Less than 1 GiB is free on the database's disk.",
        "Free some space: below --disk-free-min the server stops storing. --keep \
         deletes old messages.",
    ),
    figure(
        Group::Tls,
        "certificate_seconds",
        "certificate",
        Unit::Seconds,
        Source::Until("nebula_tls_not_after_seconds"),
    )
    .red(
        When::Below(14.0 * DAY),
        "The TLS certificate expires in less than two weeks, or has expired.",
        "Renew it and send SIGHUP; `nebula-server check-config` says which file it is.",
    ),
    of_node("cluster_standing", "this node", Unit::Standing, "nebula_cluster_standing"),
    of_node("cluster_nodes", "nodes", Unit::Count, "nebula_cluster_nodes"),
    of_node("cluster_lag_records", "records behind", Unit::Count, "nebula_cluster_lag_records")
        .red(
            When::Above(1000.0),
            "This node has not applied records that the stream has.",
            "Is its disk slow, or its machine overloaded?",
        ),
    of_node("cluster_on_the_way", "records sent", Unit::Count, "nebula_cluster_on_the_way"),
    of_node("cluster_replicas", "replicas", Unit::Count, "nebula_cluster_replicas_current").red(
        When::Below(3.0),
        "Fewer than three NATS servers have all of the stream.",
        "Start the one that is away: the next failure may stop the cluster. With a \
         smaller --cluster-replicas this is as it should be.",
    ),
    of_node(
        "cluster_settings_differ",
        "other settings",
        Unit::Count,
        "nebula_cluster_settings_differ",
    )
    .red(
        When::Above(0.0),
        "This node was started with other settings than those that hold in its cluster.",
        "Start all nodes with the same --name-expiry, --keep and --keep-messages.",
    ),
];

const fn figure(
    group: Group,
    key: &'static str,
    label: &'static str,
    unit: Unit,
    source: Source,
) -> Figure {
    Figure { key, group, label, unit, source, red: None }
}

const fn count(
    group: Group,
    key: &'static str,
    label: &'static str,
    gauge: &'static str,
) -> Figure {
    figure(group, key, label, Unit::Count, Source::Gauge(gauge))
}

const fn bytes(
    group: Group,
    key: &'static str,
    label: &'static str,
    gauge: &'static str,
) -> Figure {
    figure(group, key, label, Unit::Bytes, Source::Gauge(gauge))
}

const fn rate(
    group: Group,
    key: &'static str,
    label: &'static str,
    counter: &'static str,
) -> Figure {
    figure(group, key, label, Unit::EachSecond, Source::Rate(counter))
}

const fn rate_of(
    group: Group,
    key: &'static str,
    label: &'static str,
    (counter, of, values): (&'static str, &'static str, &'static [&'static str]),
) -> Figure {
    figure(group, key, label, Unit::EachSecond, Source::RateOf(counter, of, values))
}

const fn latency(
    key: &'static str,
    label: &'static str,
    q: f64,
    histogram: &'static str,
) -> Figure {
    figure(Group::Latency, key, label, Unit::Seconds, Source::Quantile(q, histogram))
}

const fn of_node(
    key: &'static str,
    label: &'static str,
    unit: Unit,
    gauge: &'static str,
) -> Figure {
    figure(Group::Cluster, key, label, unit, Source::OfNode(gauge))
}

impl Figure {
    /// The same, with a bound.
    const fn red(self, when: When, what: &'static str, to_do: &'static str) -> Figure {
        Figure { red: Some(Red { when, what, to_do }), ..self }
    }
}
