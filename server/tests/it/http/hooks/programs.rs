//! A real program posts: Prometheus's Alertmanager, as Debian has it (`scripts/tools`).

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::{interval, timeout};

use super::{hook, owner, post};
use crate::support::harness::{PATIENCE, TestServer, get};

#[tokio::test]
async fn alertmanager_is_content_with_what_it_is_answered() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "alerts").await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("alertmanager.yml");
    let (address, path) = (server.address, hook.path.as_str());
    let text = format!(
        "route:\n  receiver: chat\n  group_wait: 0s\nreceivers:\n- name: chat\n  slack_configs:\n  \
         - api_url: http://{address}{path}\n    channel: '#ops'\n    send_resolved: true\n    \
         text: 'The disk is <https://runbooks.example/disk|nearly full>'\n"
    );
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new("prometheus-alertmanager");
    command.arg("--config.file").arg(&config).arg("--storage.path").arg(folder.path());
    command.args(["--web.listen-address=127.0.0.1:0", "--cluster.listen-address="]);
    let child = command.stderr(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true).spawn();
    let mut child = child.expect("scripts/tools installs it");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let listens = async {
        loop {
            let line = lines.next_line().await.unwrap().expect("it ended");
            if let Some((_, address)) = line.split_once("address=127.0.0.1:") {
                return format!("127.0.0.1:{address}").parse().unwrap();
            }
        }
    };
    let at = timeout(PATIENCE, listens).await.unwrap();
    let alert = json!([{"labels": {"alertname": "DiskFull", "severity": "critical"}}]).to_string();
    let headers = [("Content-Type", "application/json")];
    let posted = async {
        let mut tries = interval(Duration::from_millis(100));
        while post(at, "/api/v2/alerts", &headers, &alert).await.status != 200 {
            tries.tick().await;
        }
    };
    timeout(PATIENCE, posted).await.unwrap();
    let message = timeout(PATIENCE, ann.message()).await.unwrap();
    let text = message.content.as_str();
    assert!(text.contains("[FIRING:1]") && text.contains("DiskFull critical"), "{text}");
    assert!(text.contains("The disk is [nearly full](https://runbooks.example/disk)"), "{text}");
    // It counts what it takes for a failure, when it has heard the answer.
    let counted = async {
        let mut tries = interval(Duration::from_millis(100));
        loop {
            let metrics = get(at, "/metrics").await;
            let count = "alertmanager_notification_latency_seconds_count{integration=\"slack\"} 1";
            if metrics.contains(count) {
                return metrics;
            }
            tries.tick().await;
        }
    };
    let metrics = timeout(PATIENCE, counted).await.unwrap();
    let failed = "alertmanager_notifications_failed_total{integration=\"slack\"} 0";
    assert!(metrics.contains(failed), "{metrics}");
    child.kill().await.unwrap();
}
