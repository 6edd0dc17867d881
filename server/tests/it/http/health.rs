//! What is seen from outside: alive, ready, and the metrics.

use std::collections::BTreeSet;
use std::path::Path;

use protocol::Code;
use server::{Config, Gauges, Stopped};

use crate::support::harness::{TestServer, get, query, say};

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

#[tokio::test]
async fn a_server_that_serves_is_alive_and_ready() {
    let server = TestServer::start().await;
    for address in [server.address, server.metrics] {
        for path in ["/healthz", "/readyz"] {
            let answer = get(address, path).await;
            assert_eq!(status(&answer), "200", "{answer}");
            assert!(answer.to_lowercase().contains("cache-control: no-store"), "{answer}");
        }
    }
    assert_eq!(status(&get(server.address, "/metrics").await), "404", "not for everybody");
    assert_eq!(status(&get(server.metrics, "/").await), "404");
}

#[tokio::test]
async fn while_it_stops_it_is_alive_but_not_ready_and_says_when_to_come_back() {
    let server = TestServer::start().await;
    let (address, metrics) = (server.address, server.metrics);
    let mut alice = server.enter("dev", "Alice").await;
    let stopping = server.stopping();
    // Told to go, and not gone yet: so the server is still stopping.
    loop {
        if let protocol::ToClient::Error(note) = alice.next().await {
            assert_eq!(note.code, Code::Stopping);
            assert!((500..=1000).contains(&note.retry_ms.unwrap()), "{note:?}");
            break;
        }
    }
    for address in [address, metrics] {
        assert_eq!(status(&get(address, "/healthz").await), "200");
        assert_eq!(status(&get(address, "/readyz").await), "503");
    }
    let answer = get(address, "/?room=dev").await;
    assert_eq!(status(&answer), "503");
    assert!(answer.to_lowercase().contains("retry-after: 1\r\n"), "{answer}");
    let text = get(metrics, "/metrics").await;
    assert!(text.contains("nebula_ready 0\n"), "{text}");
    assert!(text.contains("nebula_turned_away_total{reason=\"stopping\"} 1\n"), "{text}");
    assert!(text.contains("nebula_not_ready{reason=\"stopping\"} 1\n"), "{text}");
    drop(alice);
    let stopped = stopping.await.unwrap();
    assert_eq!(stopped, Stopped { tasks_left: 0, gauges: Gauges::default() });
}

#[tokio::test]
async fn the_metrics_tell_what_happened() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    let mut bob = server.enter("dev", "Bob").await;
    let _again = server.connect(&query("ops", "Carol", "&history=5")).await.history().await;
    for text in ["one", "two", "three"] {
        alice.send(say("dev", text)).await;
        alice.message().await;
        bob.message().await;
    }
    bob.silence().await;
    let answer = get(server.metrics, "/metrics").await;
    let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
    assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    assert!(answer.contains("# TYPE nebula_fan_out_seconds histogram\n"), "{answer}");
    for (name, value) in [
        ("nebula_connections", 2.0),
        ("nebula_rooms", 1.0),
        ("nebula_people", 2.0),
        ("nebula_outbox_bytes", 0.0),
        ("nebula_ready", 1.0),
        ("nebula_not_ready{reason=\"stopping\"}", 0.0),
        ("nebula_not_ready{reason=\"cannot_store\"}", 0.0),
        ("nebula_messages_total", 3.0),
        ("nebula_deliveries_total", 6.0),
        ("nebula_fan_out_seconds_count", 3.0),
        ("nebula_log_commit_messages_sum", 3.0),
        ("nebula_log_commit_seconds_count", 3.0),
        ("nebula_history_pages_total{from=\"database\"}", 1.0),
        ("nebula_refusals_total{code=\"bad_json\"}", 1.0),
        ("nebula_ended_total{reason=\"gone\"}", 1.0),
        ("nebula_dropped_total{reason=\"too_slow\"}", 0.0),
        ("nebula_limited_total{limit=\"room\"}", 0.0),
        ("nebula_turned_away_total{reason=\"full\"}", 0.0),
        ("nebula_log_failures_total", 0.0),
    ] {
        assert_eq!(server.metric(name).await, value, "{name}");
    }
}

#[tokio::test]
async fn what_waits_for_who_does_not_read_is_told_and_then_dropped() {
    let config = Config { message_rate: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let _slow = server.enter("dev", "Slow").await;
    let mut waited = 0.0_f64;
    loop {
        alice.send(say("dev", &"x".repeat(4000))).await;
        if matches!(alice.next().await, protocol::ToClient::Leave { .. }) {
            break;
        }
        waited = waited.max(server.metric("nebula_outbox_bytes").await);
    }
    assert!(waited > 100_000.0, "{waited}");
    assert!(server.metric("nebula_dropped_total{reason=\"too_slow\"}").await > 50.0);
    assert_eq!(server.metric("nebula_ended_total{reason=\"too_slow\"}").await, 1.0);
    assert!(server.metric("nebula_outbox_bytes").await < 5000.0);
}

/// What the dashboard and the alerts ask for is there under that name.
#[tokio::test]
async fn dashboard_and_alerts_name_metrics_that_there_are() {
    let server = TestServer::start().await;
    let metrics = get(server.metrics, "/metrics").await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/monitoring");
    for file in ["grafana.json", "alerts.yml"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '_'));
        let asked: BTreeSet<_> = words.filter(|word| word.starts_with("nebula_")).collect();
        assert!(asked.len() >= 6, "{file}: {asked:?}");
        for name in asked {
            let found = metrics.lines().any(|line| {
                line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']))
            });
            assert!(found, "{file} asks for {name}");
        }
        if file.ends_with("json") {
            let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(dashboard["panels"].as_array().unwrap().len() > 10);
        }
    }
}

/// The rules are well formed, and fire when they should, as Prometheus's own tool sees it.
#[test]
fn the_alerts_are_what_prometheus_takes_and_fire_when_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/monitoring");
    for arguments in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]] {
        let ran =
            std::process::Command::new("promtool").args(arguments).current_dir(&folder).output();
        let output = match ran {
            // Where it is not installed, only their names are checked.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            ran => ran.unwrap(),
        };
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    }
}
