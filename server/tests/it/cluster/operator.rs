//! What an operator does with what is kept of people in a cluster: asked of one node, it holds on all.

use std::fs;
use std::path::Path;

use protocol::{Code, ToClient};
use tokio::time::timeout;

use crate::cli::operations::{run, said};
use crate::http::hooks;
use crate::http::requests::request;
use crate::people::moderation::{MOD_HASH, MOD_KEY, moderated};
use crate::support::engine::Engine;
use crate::support::harness::{PATIENCE, Peer, TestServer, query, say_ref};
use crate::support::nodes::Nodes;

async fn told(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments).await;
    (output.status.code(), said(&output))
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Nodes that know the moderator, each of which lets people in.
async fn moderated_nodes(engine: &Engine, name: &str, count: usize) -> Nodes {
    let mut nodes = Nodes::start(engine, name, 0).await;
    let moderators = nodes.folder.path().join("moderators");
    fs::write(&moderators, MOD_HASH).unwrap();
    for at in 0..count {
        let mut config = nodes.config(at);
        config.moderators = Some(moderators.clone());
        nodes.servers.push(TestServer::start_with(config).await);
        nodes.servers[at].is_ready().await;
    }
    nodes
}

async fn enter(node: &TestServer, user: &str, key: u8) -> Peer {
    let mut peer = node.connect_with(&query("dev", user, ""), Some(key)).await;
    peer.expect_entry().await;
    peer
}

/// Tries until they are in: a node hears a moment later of what another one was told.
async fn gets_in(node: &TestServer, user: &str, key: u8) {
    let tries = async {
        loop {
            let mut peer = node.connect_with(&query("dev", user, ""), Some(key)).await;
            if matches!(peer.next_or_close().await, Ok(ToClient::Join { .. })) {
                return;
            }
        }
    };
    timeout(PATIENCE, tries).await.expect("they never get in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_released_on_all_nodes_or_on_none() {
    let engine = Engine::shared().await;
    let nodes = Nodes::start(engine, "release", 2).await;
    drop(enter(&nodes.servers[0], "Alice", 1).await);
    let mut other = nodes.servers[1].connect_with(&query("dev", "Alice", ""), Some(2)).await;
    other.expect_refusal(Code::NameTaken, 4001).await;
    for at in [0, 1] {
        let db = text(&nodes.db(at));
        let (code, names) = told(&["names", "--db", &db]).await;
        assert!(code == Some(0) && names.contains("Alice"), "{names}");
        let (code, told) = told(&["release-name", "Alice", "--db", &db]).await;
        assert_eq!(code, Some(2));
        assert!(told.contains("belongs to a cluster") && told.contains("--cluster"), "{told}");
    }
    let release = nodes.operator(&["release-name", "Alice"]).await;
    assert_eq!(release, (Some(0), "Alice is free\n".to_owned()));
    gets_in(&nodes.servers[1], "Alice", 2).await;
    let mut first = nodes.servers[0].connect_with(&query("dev", "Alice", ""), Some(1)).await;
    first.expect_refusal(Code::NameTaken, 4001).await;
    let (code, words) = nodes.operator(&["release-name", "Nobody"]).await;
    assert!(
        code == Some(2) && words.contains("Nobody is not kept in the cluster release"),
        "{words}"
    );
    let nobody = ["release-name", "Alice", "--cluster", nodes.flags()[1], "--cluster-name", "none"];
    let (code, words) = told(&nobody).await;
    assert!(code == Some(2) && words.contains("no node answers"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_and_a_mute_are_lifted_on_all_nodes() {
    let engine = Engine::shared().await;
    let nodes = moderated_nodes(engine, "lift", 2).await;
    let mut moderator = enter(&nodes.servers[0], "Mod", MOD_KEY).await;
    let mut tom = enter(&nodes.servers[1], "Tom", 3).await;
    drop(enter(&nodes.servers[1], "Eve", 2).await);
    for act in [
        r#"{"type":"ban","user":"Eve"}"#,
        r#"{"type":"ban","user":"Ned"}"#,
        r#"{"type":"mute","room":"dev","user":"Tom","seconds":60}"#,
    ] {
        moderator.send(act).await;
        moderated(&mut moderator).await;
    }
    let bans = told(&["bans", "--db", &text(&nodes.db(1))]).await;
    assert_eq!((bans.0, bans.1.lines().count()), (Some(0), 3), "{}", bans.1);
    for at in [0, 1] {
        let mut eve = nodes.servers[at].connect_with(&query("dev", "Eve", ""), Some(2)).await;
        eve.expect_refusal(Code::Banned, 4003).await;
    }
    let db = text(&nodes.db(0));
    for command in [&["unban", "Eve"][..], &["unmute", "--all", "--room", "dev"]] {
        let (code, words) = told(&[command, &["--db", &*db]].concat()).await;
        assert!(code == Some(2) && words.contains("belongs to a cluster"), "{words}");
    }
    let unban = nodes.operator(&["unban", "Eve"]).await;
    assert_eq!(unban, (Some(0), "1 ban lifted\n".to_owned()));
    gets_in(&nodes.servers[0], "Eve", 2).await;
    gets_in(&nodes.servers[1], "Eve", 2).await;
    let unmute = nodes.operator(&["unmute", "--all", "--room", "dev"]).await;
    assert_eq!(unmute, (Some(0), "1 mute lifted\n".to_owned()));
    // His node hears of it a moment later, too.
    loop {
        tom.send(say_ref("dev", "I can speak", "t1")).await;
        let answer = loop {
            match tom.next().await {
                ToClient::Error(note) => break Some(note.code),
                ToClient::Message(_) => break None,
                _ => {}
            }
        };
        match answer {
            None => break,
            code => assert_eq!(code, Some(Code::Muted)),
        }
    }
    let (code, words) = nodes.operator(&["unban", "Eve"]).await;
    assert!(code == Some(2) && words.contains("no such ban in the cluster lift"), "{words}");
}

#[tokio::test]
async fn check_config_says_which_cluster_it_is_and_whether_nats_answers() {
    let engine = Engine::shared().await;
    let nodes = Nodes::start(engine, "look", 1).await;
    let db = text(&nodes.db(7));
    let look = ["check-config", "--db", &db, "--listen", "127.0.0.1:0", "--node", "n7"];
    let (code, words) = told(&[&look[..], &nodes.flags()].concat()).await;
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("cluster     look, this node is n7; NATS answers"), "{words}");
    let (code, words) = told(&[&look[..], &["--cluster", "nats://127.0.0.1:1"]].concat()).await;
    assert!(code == Some(0) && words.contains("NATS is not ready: a start waits"), "{words}");
    assert!(words.contains("warning     no NATS server can be reached"), "{words}");
}

#[tokio::test]
async fn a_hook_is_made_and_ended_on_all_nodes() {
    let nodes = Nodes::start(Engine::shared().await, "hooks", 2).await;
    let [a, b] = &*nodes.servers else { panic!() };
    let mut ann = enter(a, "Ann", 1).await;
    let (code, path) = nodes.operator(&["hook", "--room", "dev", "--name", "grafana"]).await;
    assert_eq!(code, Some(0), "{path}");
    let path = path.trim_end();
    // The other node hears of it a moment later.
    let posted = async { while hooks::posted(b, path).await != (200, "ok".to_owned()) {} };
    timeout(PATIENCE, posted).await.unwrap();
    let message = ann.message().await;
    assert_eq!((message.sender.as_str(), message.bot), ("grafana", true));
    let (code, list) = told(&["hooks", "--db", &text(&nodes.db(1))]).await;
    assert_eq!((code, &*list), (Some(0), "1 #dev grafana\n"));
    for command in [&["unhook", "1"][..], &["hook", "--room", "dev", "--name", "x"]] {
        let (code, words) = told(&[command, &["--db", &text(&nodes.db(0))]].concat()).await;
        assert!(code == Some(2) && words.contains("belongs to a cluster"), "{words}");
    }
    let unhook = nodes.operator(&["unhook", "1"]).await;
    assert_eq!(unhook, (Some(0), "the hook 1 has ended\n".to_owned()));
    let ended = async { while hooks::posted(b, path).await != (404, "no_service".to_owned()) {} };
    timeout(PATIENCE, ended).await.unwrap();
    let (code, words) = nodes.operator(&["unhook", "1"]).await;
    assert!(code == Some(2) && words.contains("no hook 1 in the cluster hooks"), "{words}");
    for (name, why) in [("Ann", "taken"), ("\u{410}nn", "looks like")] {
        let (code, words) = nodes.operator(&["hook", "--room", "dev", "--name", name]).await;
        assert!(code == Some(2) && words.contains(why), "{words}");
    }
}

#[tokio::test]
async fn a_bot_is_made_and_ended_on_all_nodes() {
    let nodes = Nodes::start(Engine::shared().await, "bots", 2).await;
    let [a, b] = &*nodes.servers else { panic!() };
    let (code, token) = nodes.operator(&["bot", "builds", "--rooms", "dev"]).await;
    assert_eq!(code, Some(0), "{token}");
    let bearer = format!("Bearer {}", token.trim_end());
    let asked = async |node: &TestServer| {
        let headers = [("Authorization", &*bearer)];
        request(node.address, ("GET", "/api/v1/rooms"), &headers, b"").await.status
    };
    // A node hears of it a moment later.
    let is_there = async { while asked(b).await != 200 {} };
    timeout(PATIENCE, is_there).await.unwrap();
    let mut upgrade = Peer::request(&b.url("room=dev"), None).unwrap();
    upgrade.headers_mut().insert("Authorization", bearer.parse().unwrap());
    let mut bot = Peer::dial_request(upgrade).await.unwrap();
    bot.expect_entry().await;
    let mut ann = enter(a, "Ann", 1).await;
    bot.send(say_ref("dev", "build 7", "1")).await;
    let message = ann.message().await;
    assert_eq!((message.sender.as_str(), message.bot), ("builds", true));
    let (code, words) = told(&["revoke-bot", "builds", "--db", &text(&nodes.db(0))]).await;
    assert!(code == Some(2) && words.contains("belongs to a cluster"), "{words}");
    let revoked = nodes.operator(&["revoke-bot", "builds"]).await;
    assert_eq!(revoked, (Some(0), "the bot builds has ended\n".to_owned()));
    bot.expect_refusal(Code::Revoked, 4003).await;
    let is_gone = async { while asked(b).await != 401 {} };
    timeout(PATIENCE, is_gone).await.unwrap();
    let (code, words) = nodes.operator(&["revoke-bot", "builds"]).await;
    assert!(code == Some(2) && words.contains("no bot builds in the cluster bots"), "{words}");
    drop(ann);
}
