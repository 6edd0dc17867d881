//! Messages that were said before: on joining, when asked for, from memory and from the file.

use protocol::{Code, HISTORY_BYTES_MAX, HISTORY_MAX, History};
use server::{Config, Db};

use crate::support::harness::{Peer, TestServer, query, say};

fn in_file(folder: &tempfile::TempDir) -> Config {
    Config { db: Db::File(folder.path().join("nebula.db")), message_rate: 0, ..Config::for_tests() }
}

async fn fill(peer: &mut Peer, room: &str, texts: impl Iterator<Item = String>) -> Vec<u64> {
    let mut ids = Vec::new();
    for text in texts {
        peer.send(say(room, &text)).await;
        ids.push(peer.message().await.id.get());
    }
    ids
}

fn numbered(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|i| format!("m{i}"))
}

fn ids(history: &History) -> Vec<u64> {
    history.messages.iter().map(|message| message.id.get()).collect()
}

#[tokio::test]
async fn an_empty_room_has_a_history_too() {
    let server = TestServer::start().await;
    let mut alice = server.connect("room=dev&username=Alice&history=5").await;
    let history = alice.history().await;
    assert_eq!((history.messages.len(), history.more, history.head.get()), (0, false, 0));
    alice.expect_entry().await;
}

#[tokio::test]
async fn who_joins_gets_the_newest_messages_first_and_then_the_present() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(in_file(&folder)).await;
    let mut alice = server.enter("dev", "Alice").await;
    let all = fill(&mut alice, "dev", numbered(10)).await;
    for (asked, expected, more) in
        [("&history=3", &all[7..], true), ("&history=200", &all[..], false)]
    {
        let mut bob = server.connect(&query("dev", "Bob", asked)).await;
        let history = bob.history().await;
        assert_eq!((ids(&history), history.more), (expected.to_vec(), more));
        assert_eq!(history.head.get(), all[9]);
        bob.expect_entry().await;
        drop(bob);
        while alice.presence().await.len() > 1 {}
    }
}

#[tokio::test]
async fn since_means_everything_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(in_file(&folder)).await;
    let mut alice = server.enter("dev", "Alice").await;
    let all = fill(&mut alice, "dev", numbered(10)).await;
    for (i, (since, limit)) in
        [(0, ""), (all[4], ""), (all[9], ""), (all[2], "&history=2"), (all[4] - 1, "")]
            .into_iter()
            .enumerate()
    {
        let more = format!("&since={since}{limit}");
        let mut peer = server.connect(&query("dev", &format!("p{i}"), &more)).await;
        let history = peer.history().await;
        let after: Vec<_> = all.iter().copied().filter(|id| *id > since).collect();
        let cut = if limit.is_empty() { 0 } else { after.len() - 2 };
        assert_eq!((ids(&history), history.more), (after[cut..].to_vec(), cut > 0));
    }
}

#[tokio::test]
async fn a_room_can_be_paged_back_to_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(in_file(&folder)).await;
    let mut alice = server.enter("dev", "Alice").await;
    let all = fill(&mut alice, "dev", numbered(450)).await;
    let mut found = Vec::new();
    let mut before = String::new();
    let mut pages = 0;
    loop {
        pages += 1;
        alice
            .send(format!(r#"{{"type":"history","room":"dev"{before},"limit":999,"ref":"p"}}"#))
            .await;
        let page = alice.history().await;
        assert_eq!(page.reference.as_ref().unwrap().as_str(), "p");
        assert_eq!(page.head.get(), all[449]);
        let mut older = ids(&page);
        before = format!(r#","before":{}"#, older[0]);
        older.extend(found);
        found = older;
        if !page.more {
            break;
        }
        assert_eq!(page.messages.len(), usize::from(HISTORY_MAX));
    }
    assert_eq!((found, pages), (all, 3));
    alice.send(r#"{"type":"history","room":"dev"}"#).await;
    assert_eq!(alice.history().await.messages.len(), 50, "the usual page");
}

#[tokio::test]
async fn long_messages_make_short_pages() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(in_file(&folder)).await;
    let mut alice = server.enter("dev", "Alice").await;
    let all = fill(&mut alice, "dev", (0..40).map(|_| "漢".repeat(4096))).await;
    alice.send(r#"{"type":"history","room":"dev","limit":40}"#).await;
    let page = alice.history().await;
    assert!(page.more && page.messages.len() >= 10);
    assert!(protocol::ToClient::History(page.clone()).encode().len() < HISTORY_BYTES_MAX);
    assert_eq!(page.messages.last().unwrap().id.get(), all[39]);
}

#[tokio::test]
async fn messages_and_refs_outlive_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(in_file(&folder)).await;
    let mut alice = server.enter("Dev", "Alice").await;
    alice.send(crate::support::harness::say_ref("dev", "kept", "r1")).await;
    let first = alice.message().await;
    drop(alice);
    assert_eq!(server.stop().await.tasks_left, 0);

    let server = TestServer::start_with(in_file(&folder)).await;
    let mut alice = server.connect(&query("dev", "alice", "&history=5")).await;
    let history = alice.history().await;
    assert_eq!(ids(&history), [first.id.get()]);
    assert_eq!(history.messages[0].content.as_str(), "kept");
    alice.expect_entry().await;
    alice.send(crate::support::harness::say_ref("dev", "kept", "r1")).await;
    assert_eq!(alice.message().await.id, first.id, "no second message");
    alice.send(say("dev", "new")).await;
    let next = alice.message().await;
    assert!(next.id > first.id && next.at >= first.at);
}

#[tokio::test]
async fn in_memory_nothing_outlives_it() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    fill(&mut alice, "dev", numbered(3)).await;
    alice.send(r#"{"type":"history","room":"dev","limit":2}"#).await;
    assert_eq!(alice.history().await.messages.len(), 2);
    drop(alice);
    server.stop().await;
    let server = TestServer::start().await;
    let mut alice = server.connect("room=dev&history=5").await;
    assert!(alice.history().await.messages.is_empty());
}

#[tokio::test]
async fn a_history_is_for_those_in_the_room() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    alice.send(r#"{"type":"history","room":"ops","ref":"x"}"#).await;
    let note = alice.error().await;
    assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::NotInRoom, "x"));
}

#[tokio::test]
async fn further_rooms_can_be_joined_with_a_replay() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(in_file(&folder)).await;
    let mut alice = server.enter("dev", "Alice").await;
    let all = fill(&mut alice, "dev", numbered(5)).await;
    let mut bob = server.enter("ops", "Bob").await;
    bob.send(format!(r#"{{"type":"join","room":"dev","since":{}}}"#, all[1])).await;
    assert_eq!(ids(&bob.history().await), all[2..]);
    bob.expect_entry().await;
}
