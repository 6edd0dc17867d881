//! What `top` shows of a server: each figure with the metric that it is made of, and when it is red. Red means
//! what the example alerts for Prometheus mean.
//!
//! This file does not know how a figure is calculated.

/// One line of the screen.
#[derive(Debug)]
pub(crate) struct Figure {
    /// Its name for programs.
    pub(crate) key: &'static str,
    pub(crate) group: &'static str,
    pub(crate) label: &'static str,
    pub(crate) unit: Unit,
    pub(super) source: Source,
    pub(super) red: Option<Red>,
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
    plain("connections", "people", "connections", Unit::Count, Source::Gauge("nebula_connections")),
    plain("sockets", "people", "sockets", Unit::Count, Source::Gauge("nebula_sockets")),
    plain("people", "people", "names in use", Unit::Count, Source::Gauge("nebula_people")),
    plain("rooms", "people", "rooms", Unit::Count, Source::Gauge("nebula_rooms")),
    plain(
        "messages",
        "messages",
        "stored",
        Unit::EachSecond,
        Source::Rate("nebula_messages_total"),
    ),
    plain(
        "deliveries",
        "messages",
        "delivered",
        Unit::EachSecond,
        Source::Rate("nebula_deliveries_total"),
    ),
    plain(
        "history_pages",
        "messages",
        "history pages",
        Unit::EachSecond,
        Source::RateOf("nebula_history_pages_total", "from", &[]),
    ),
    Figure {
        red: red(
            When::Above(256.0 * MIB),
            "More than 256 MiB is queued for connections that do not read.",
            "Look for a slow network. If it lasts, lower --outbox-bytes-max.",
        ),
        ..plain(
            "outbox_bytes",
            "messages",
            "queued",
            Unit::Bytes,
            Source::Gauge("nebula_outbox_bytes"),
        )
    },
    plain(
        "commit_p50",
        "latency",
        "commit, median",
        Unit::Seconds,
        Source::Quantile(0.5, "nebula_log_commit_seconds"),
    ),
    Figure {
        red: red(
            When::Above(0.25),
            "One commit in a hundred takes more than a quarter of a second.",
            "The disk is slow or busy: see what else uses it.",
        ),
        ..plain(
            "commit_p99",
            "latency",
            "commit, p99",
            Unit::Seconds,
            Source::Quantile(0.99, "nebula_log_commit_seconds"),
        )
    },
    plain(
        "fan_out_p99",
        "latency",
        "fan-out, p99",
        Unit::Seconds,
        Source::Quantile(0.99, "nebula_fan_out_seconds"),
    ),
    Figure {
        red: red(
            When::Above(0.0),
            "New connections are refused because the limit is reached.",
            "Raise the limit of open files, or --connections-max.",
        ),
        ..plain(
            "refused_full",
            "refused",
            "server full",
            Unit::EachSecond,
            Source::RateOf("nebula_turned_away_total", "reason", &["full"]),
        )
    },
    Figure {
        red: red(
            When::Above(10.0),
            "Somebody opens too many connections, or sends bad requests; they are refused.",
            "Behind a proxy, check that it is in --trust-proxy: without that all clients share the proxy's limits. \
             The server's log names the address.",
        ),
        ..plain(
            "refused_connections",
            "refused",
            "connections",
            Unit::EachSecond,
            Source::RateOf(
                "nebula_turned_away_total",
                "reason",
                &["address_connections", "address_rate", "too_late", "bad_request"],
            ),
        )
    },
    plain(
        "refused_requests",
        "refused",
        "requests",
        Unit::EachSecond,
        Source::RateOf("nebula_refusals_total", "code", &[]),
    ),
    plain(
        "rate_limited",
        "refused",
        "over a rate",
        Unit::EachSecond,
        Source::RateOf("nebula_limited_total", "limit", &[]),
    ),
    Figure {
        red: red(
            When::Above(0.0),
            "An address, or all people together, have used up their daily bytes.",
            "If it is not a flood, raise --address-daily-bytes or --daily-bytes.",
        ),
        ..plain(
            "over_daily_bytes",
            "refused",
            "daily bytes",
            Unit::EachSecond,
            Source::RateOf("nebula_limited_total", "limit", &["address_bytes", "daily_bytes"]),
        )
    },
    Figure {
        red: red(
            When::Above(1.0),
            "More than one connection a second is disconnected because it reads too slowly.",
            "The network is bad, or too slow for the busiest rooms.",
        ),
        ..plain(
            "slow_readers",
            "refused",
            "slow readers",
            Unit::EachSecond,
            Source::RateOf("nebula_ended_total", "reason", &["too_slow", "stalled"]),
        )
    },
    Figure {
        red: red(
            When::Above(0.0),
            "Commits fail: messages are refused.",
            "Is the disk full, or the database held by another process? The server's log has the error.",
        ),
        ..plain(
            "commit_failures",
            "log",
            "failed commits",
            Unit::EachSecond,
            Source::Rate("nebula_log_failures_total"),
        )
    },
    Figure {
        red: red(
            When::Above(0.0),
            "Some messages cannot be read; rooms go on without them.",
            "See the server's log. If the database is damaged, stop the server and run `nebula-server restore`.",
        ),
        ..plain(
            "read_failures",
            "log",
            "failed reads",
            Unit::EachSecond,
            Source::Rate("nebula_log_read_failures_total"),
        )
    },
    Figure {
        red: red(
            When::Above(0.0),
            "Lines of the server's own log cannot be written.",
            "Is the reader of its standard error alive, and does that disk have free space?",
        ),
        ..plain(
            "log_lines_dropped",
            "log",
            "lost log lines",
            Unit::EachSecond,
            Source::Rate("nebula_log_lines_dropped_total"),
        )
    },
    plain(
        "database_bytes",
        "disk",
        "database",
        Unit::Bytes,
        Source::Gauge("nebula_database_bytes"),
    ),
    Figure {
        red: red(
            When::Above(256.0 * MIB),
            "The write-ahead log takes more than 256 MiB.",
            "A long-running reader, such as a backup or an SQLite shell, keeps it from shrinking: end that reader.",
        ),
        ..plain(
            "wal_bytes",
            "disk",
            "write-ahead log",
            Unit::Bytes,
            Source::Gauge("nebula_wal_bytes"),
        )
    },
    Figure {
        red: red(
            When::Below(1024.0 * MIB),
            "Less than 1 GiB is free on the database's disk.",
            "Free some space: below --disk-free-min the server stops storing. --keep deletes old messages.",
        ),
        ..plain(
            "disk_free_bytes",
            "disk",
            "free",
            Unit::Bytes,
            Source::NonZero("nebula_disk_free_bytes"),
        )
    },
    Figure {
        red: red(
            When::Below(14.0 * DAY),
            "The TLS certificate expires in less than two weeks, or has expired.",
            "Renew it and send SIGHUP; `nebula-server check-config` says which file it is.",
        ),
        ..plain(
            "certificate_seconds",
            "TLS",
            "certificate",
            Unit::Seconds,
            Source::Until("nebula_tls_not_after_seconds"),
        )
    },
    plain(
        "cluster_standing",
        "cluster",
        "this node",
        Unit::Standing,
        Source::OfNode("nebula_cluster_standing"),
    ),
    plain("cluster_nodes", "cluster", "nodes", Unit::Count, Source::OfNode("nebula_cluster_nodes")),
    Figure {
        red: red(
            When::Above(1000.0),
            "This node has not applied records that the stream has.",
            "Is its disk slow, or its machine overloaded?",
        ),
        ..plain(
            "cluster_lag_records",
            "cluster",
            "records behind",
            Unit::Count,
            Source::OfNode("nebula_cluster_lag_records"),
        )
    },
    plain(
        "cluster_on_the_way",
        "cluster",
        "records sent",
        Unit::Count,
        Source::OfNode("nebula_cluster_on_the_way"),
    ),
    Figure {
        red: red(
            When::Below(3.0),
            "Fewer than three NATS servers have all of the stream.",
            "Start the one that is away: the next failure may stop the cluster. With a smaller \
             --cluster-replicas this is as it should be.",
        ),
        ..plain(
            "cluster_replicas",
            "cluster",
            "replicas",
            Unit::Count,
            Source::OfNode("nebula_cluster_replicas_current"),
        )
    },
    Figure {
        red: red(
            When::Above(0.0),
            "This node was started with other settings than those that hold in its cluster.",
            "Start all nodes with the same --name-expiry, --keep and --keep-messages.",
        ),
        ..plain(
            "cluster_settings_differ",
            "cluster",
            "other settings",
            Unit::Count,
            Source::OfNode("nebula_cluster_settings_differ"),
        )
    },
];

const fn plain(
    key: &'static str,
    group: &'static str,
    label: &'static str,
    unit: Unit,
    source: Source,
) -> Figure {
    Figure { key, group, label, unit, source, red: None }
}

const fn red(when: When, what: &'static str, to_do: &'static str) -> Option<Red> {
    Some(Red { when, what, to_do })
}
