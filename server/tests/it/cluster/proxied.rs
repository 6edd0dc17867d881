//! The files of `contrib/cluster`: people come in through the real proxy, and go on at another node when theirs
//! stops.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use protocol::{Code, MessageId};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{interval, timeout};

use crate::support::engine::{self, Engine};
use crate::support::harness::{PATIENCE, Peer, query, say_ref};
use crate::support::nodes::Nodes;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../contrib/cluster")
}

/// An address of this machine that no other test asks for.
fn free() -> SocketAddr {
    let [.., high, low] = std::process::id().to_be_bytes();
    let socket = std::net::TcpListener::bind((IpAddr::from([127, 98, high, low]), 0)).unwrap();
    socket.local_addr().unwrap()
}

/// Tries until something works.
async fn works<T, E>(mut tried: impl AsyncFnMut() -> Result<T, E>) -> T {
    let mut looks = interval(Duration::from_millis(20));
    let trying = async {
        loop {
            looks.tick().await;
            if let Ok(done) = tried().await {
                return done;
            }
        }
    };
    timeout(PATIENCE, trying).await.expect("it never works")
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_brings_people_to_a_node_and_to_another_when_theirs_stops() {
    let engine = Engine::shared().await;
    let mut nodes = Nodes::start(engine, "proxied", 3).await;
    let (own, proxy) = (tempfile::tempdir().unwrap(), free());
    let mut text = std::fs::read_to_string(folder().join("haproxy.cfg")).unwrap();
    let mut changes = vec![("bind :8080".to_owned(), format!("bind {proxy}"))];
    for (at, node) in nodes.servers.iter().enumerate() {
        changes.push((
            format!("server n{n} 127.0.0.1:808{n}", n = at + 1),
            format!("server n{at} {}", node.address),
        ));
    }
    for (from, to) in changes {
        assert!(text.contains(&from), "{from}");
        text = text.replace(&from, &to);
    }
    std::fs::write(own.path().join("haproxy.cfg"), text).unwrap();
    let mut command = Command::new("/usr/sbin/haproxy");
    command.args(["-db", "-f"]).arg(own.path().join("haproxy.cfg")).stdout(Stdio::null());
    let _running = command.kill_on_drop(true).spawn().expect("the proxy is not installed");
    works(async || TcpStream::connect(proxy).await).await;
    let url = |since: MessageId| {
        format!("ws://{proxy}/ws?{}", query("dev", "Alice", &format!("&since={since}")))
    };
    let mut alice = works(async || Peer::dial(&url(MessageId::ZERO), Some(1)).await).await;
    alice.send(say_ref("dev", "one", "r1")).await;
    let one = loop {
        if let protocol::ToClient::Message(one) = alice.next().await {
            break one.id;
        }
    };
    let mut theirs = None;
    for (at, node) in nodes.servers.iter().enumerate() {
        if node.metric("nebula_connections").await > 0.0 {
            theirs = Some(at);
        }
    }
    let stopped = nodes.servers.remove(theirs.unwrap()).stopping();
    alice.expect_refusal(Code::Stopping, 1001).await;
    let mut bob = nodes.servers[0].enter("dev", "Bob").await;
    bob.send(say_ref("dev", "two", "r2")).await;
    assert_eq!(bob.message().await.content.as_str(), "two");
    let mut alice = works(async || Peer::dial(&url(one), Some(1)).await).await;
    let missed = loop {
        match alice.next().await {
            protocol::ToClient::Message(missed) => break missed.content,
            protocol::ToClient::History(history) if !history.messages.is_empty() => {
                break history.messages[0].content.clone();
            }
            _ => {}
        }
    };
    assert_eq!(missed.as_str(), "two");
    stopped.await.unwrap();
}

#[test]
fn the_files_for_nats_are_what_it_takes() {
    for n in 1..=3 {
        let file = folder().join(format!("nats-{n}.conf"));
        let output =
            std::process::Command::new(engine::binary()).arg("-t").arg("-c").arg(file).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.contains("is valid"), "{said}");
        let text = std::fs::read_to_string(folder().join(format!("nats-{n}.conf"))).unwrap();
        assert!(text.contains("sync_interval: always"), "nothing is lost with the power");
    }
}
