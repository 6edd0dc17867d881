//! Deleted messages: live, in pages, for who comes back, for who sends again, and on the disk.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::{
    CHANGED_BYTES_MAX, CHANGED_MAX, Code, DELETED_CONTENT, Deleted, HISTORY_BYTES_MAX, History,
    Message, MessageId, ToClient,
};
use rusqlite::Connection;
use serde_json::json;
use tokio::time::{interval, timeout};

use crate::people::moderation::Moderated;
use crate::support::harness::{PATIENCE, Peer, query, say, say_ref};

fn delete(id: u64) -> String {
    json!({"type": "delete", "room": "dev", "message": id, "ref": "m"}).to_string()
}

async fn deleted(peer: &mut Peer) -> Deleted {
    loop {
        match peer.next().await {
            ToClient::Deleted(deleted) => return deleted,
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
}

/// Says so many things; their ids.
async fn said(peer: &mut Peer, count: usize) -> Vec<u64> {
    let mut ids = Vec::new();
    for n in 0..count {
        peer.send(say_ref("dev", &format!("secret {n}"), &format!("r{n}"))).await;
        ids.push(peer.message().await.id.get());
    }
    ids
}

async fn back(server: &Moderated, since: u64) -> History {
    server.server.connect(&format!("room=dev&since={since}")).await.history().await
}

/// Ids of the messages that changed; each is told whole, as a tombstone.
fn stale(history: &History) -> Vec<u64> {
    let is_tombstone = |message: &Message| {
        message.deleted
            && message.content.as_str() == DELETED_CONTENT
            && message.sender.as_str() == "Alice"
            && message.change > Some(message.id)
    };
    assert!(history.changed.iter().all(is_tombstone), "{:?}", history.changed);
    assert!(history.changed.is_sorted_by_key(|message| message.change));
    history.changed.iter().map(|message| message.id.get()).collect()
}

#[tokio::test]
async fn a_deletion_is_told_in_its_place_and_leaves_a_tombstone() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let ids = said(&mut alice, 3).await;
    moderator.send(delete(ids[1])).await;
    let told = deleted(&mut alice).await;
    assert_eq!((told.message.get(), told.by.as_str()), (ids[1], "Mod"));
    assert!(told.id.get() > ids[2], "it has a place of its own");
    assert_eq!(deleted(&mut moderator).await, told);
    alice.send(say("dev", "after")).await;
    let after = alice.message().await;
    assert!(after.id > told.id && after.at >= told.at);
    drop((alice, moderator));
    // From memory, and from the database after a restart.
    let mut server = server;
    for _ in 0..2 {
        let page = back(&server, 0).await;
        let found: Vec<_> = page.messages.iter().map(|m| (m.id.get(), m.deleted)).collect();
        let last = after.id.get();
        assert_eq!(found, [(ids[0], false), (ids[1], true), (ids[2], false), (last, false)]);
        assert_eq!(page.messages[1].content.as_str(), DELETED_CONTENT);
        assert_eq!(page.messages[1].sender.as_str(), "Alice");
        let changes: Vec<_> = page.messages.iter().map(|message| message.change).collect();
        assert_eq!(changes, [None, Some(told.id), None, None]);
        assert_eq!(
            (stale(&page), page.changed_more),
            (vec![], false),
            "who has nothing missed nothing"
        );
        server = server.restart().await;
    }
}

#[tokio::test]
async fn who_was_away_learns_of_it_whatever_they_have() {
    let mut server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let ids = said(&mut alice, 4).await;
    moderator.send(delete(ids[0])).await;
    let first = deleted(&mut alice).await.id.get();
    moderator.send(delete(ids[2])).await;
    let second = deleted(&mut alice).await.id.get();
    drop((alice, moderator));
    for _ in 0..2 {
        for (since, live, tombstones, missed) in [
            (ids[0], vec![ids[1], ids[3]], vec![ids[2]], vec![ids[0]]),
            (ids[1], vec![ids[3]], vec![ids[2]], vec![ids[0]]),
            (ids[3], vec![], vec![], vec![ids[0], ids[2]]),
            (first, vec![], vec![], vec![ids[2]]),
            (second, vec![], vec![], vec![]),
        ] {
            let page = back(&server, since).await;
            let of = |deleted: bool| -> Vec<u64> {
                let these = page.messages.iter().filter(|m| m.deleted == deleted);
                these.map(|m| m.id.get()).collect()
            };
            assert_eq!((of(false), of(true)), (live, tombstones), "since {since}");
            assert_eq!(stale(&page), missed, "since {since}");
            assert_eq!((page.head.get(), page.changed_more), (second, false));
        }
        server = server.restart().await;
    }
}

#[tokio::test]
async fn it_is_told_also_by_a_room_that_was_empty_and_then_talked_without_being_read() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let ids = said(&mut alice, 1).await;
    moderator.send(delete(ids[0])).await;
    deleted(&mut moderator).await;
    drop((alice, moderator));
    while server.server.metric("nebula_rooms").await > 0.0 {}
    let mut bob = server.person("dev", "Bob", 2).await;
    for _ in 0..120 {
        bob.send(say("dev", "x")).await;
        bob.message().await;
    }
    for more in ["", "&history=50"] {
        let since = format!("room=dev&since={}{more}", ids[0]);
        let page = server.server.connect(&since).await.history().await;
        assert_eq!((stale(&page), page.changed_more), (ids.clone(), false), "{since}");
    }
}

#[tokio::test]
async fn more_changes_than_an_answer_holds_are_told_as_such() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let ids = said(&mut alice, CHANGED_MAX + 1).await;
    let last = *ids.last().unwrap();
    for (n, id) in ids.iter().enumerate() {
        moderator.send(delete(*id)).await;
        deleted(&mut moderator).await;
        if n + 1 == CHANGED_MAX {
            let page = back(&server, last).await;
            assert_eq!((page.changed.len(), page.changed_more), (CHANGED_MAX, false));
        }
    }
    let page = back(&server, last).await;
    assert_eq!((page.changed.len(), page.changed_more), (CHANGED_MAX, true));
    assert_eq!(stale(&page), ids[1..], "the newest are told");
    let page = back(&server, 0).await;
    assert!(page.messages.iter().all(|message| message.deleted) && !page.changed_more);
}

#[tokio::test]
async fn an_answer_keeps_its_size_whatever_changed() {
    let server = Moderated::start().await;
    let (room, name) = ("漢".repeat(64), "字".repeat(32));
    let mut moderator = server.moderator(&room).await;
    let mut author = server.person(&room, &name, 1).await;
    let mut ids = Vec::new();
    for n in 0..150 {
        author.send(say_ref(&room, "x", &format!("{n}{}", "\"".repeat(60)))).await;
        ids.push(author.message().await.id.get());
    }
    for id in &ids {
        let delete = json!({"type": "delete", "room": room, "message": id});
        moderator.send(delete.to_string()).await;
        deleted(&mut author).await;
    }
    for _ in 0..10 {
        author.send(say(&room, &"漢".repeat(4096))).await;
        author.message().await;
    }
    let last = *ids.last().unwrap();
    // Of more than fit, the newest are told, of either list.
    let url = query(&room, "Bob", &format!("&since={last}"));
    let page = server.server.connect_with(&url, Some(2)).await.history().await;
    assert!(page.changed_more && page.more && !page.messages.is_empty());
    assert_eq!(page.changed.last().unwrap().id.get(), last);
    let bytes = |messages: &[Message]| -> usize {
        messages.iter().map(|it| ToClient::Message(it.clone()).encode().len()).sum()
    };
    let (told, all) = (bytes(&page.changed), ToClient::History(page.clone()).encode().len());
    assert!(told <= CHANGED_BYTES_MAX && told + 1000 > CHANGED_BYTES_MAX, "{told}");
    assert!(all < HISTORY_BYTES_MAX && all + 20_000 > HISTORY_BYTES_MAX, "{all}");
}

#[tokio::test]
async fn sending_it_again_brings_the_tombstone_back_and_no_new_message() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("dev", "Alice", 1).await;
    let ids = said(&mut alice, 1).await;
    moderator.send(delete(ids[0])).await;
    deleted(&mut alice).await;
    alice.send(say_ref("dev", "secret 0", "r0")).await;
    let again = alice.message().await;
    assert_eq!((again.id.get(), again.deleted), (ids[0], true));
    deleted(&mut moderator).await;
    moderator.send(delete(ids[0])).await;
    assert_eq!(deleted(&mut moderator).await.message.get(), ids[0], "it is told to who asks again");
    alice.silence().await;
}

#[tokio::test]
async fn what_is_not_there_cannot_be_deleted() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("ops", "Alice", 1).await;
    alice.send(say("ops", "elsewhere")).await;
    let elsewhere = alice.message().await.id.get();
    for id in [1, elsewhere] {
        moderator.send(delete(id)).await;
        let note = moderator.error().await;
        assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::NotFound, "m"));
    }
}

#[tokio::test]
async fn its_text_is_gone_from_the_disk() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    moderator.send(say("dev", "a word of which nothing may stay")).await;
    let id = moderator.message().await.id.get();
    let files = ["nebula.db", "nebula.db-wal"].map(|name| server.folder.path().join(name));
    let is_there = || {
        files.iter().any(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(12).any(|some| some == b"nothing may ")
        })
    };
    // Somebody who still reads what there was, like a backup.
    let reader = Connection::open(&files[0]).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM messages").unwrap();
    moderator.send(delete(id)).await;
    deleted(&mut moderator).await;
    assert!(is_there());
    drop(reader);
    // Nothing else is said, and the server goes on.
    let gone = async {
        let mut often = interval(Duration::from_millis(20));
        while is_there() {
            often.tick().await;
        }
    };
    timeout(PATIENCE, gone).await.unwrap();
    moderator.send(say("dev", "another")).await;
    moderator.message().await;
}

/// What somebody knows of a room: the newest change of each message counts.
#[derive(Default)]
struct Known(BTreeMap<MessageId, Message>);

impl Known {
    fn take(&mut self, page: &History) {
        for message in &page.changed {
            if let Some(known) = self.0.get_mut(&message.id)
                && message.change > known.change
            {
                *known = message.clone();
            }
        }
        self.0.extend(page.messages.iter().map(|message| (message.id, message.clone())));
    }

    fn delete(&mut self, deleted: &Deleted) {
        let Some(known) = self.0.get_mut(&deleted.message) else { return };
        known.content = DELETED_CONTENT.try_into().unwrap();
        (known.change, known.deleted) = (Some(deleted.id), true);
    }
}

/// Somebody reads along while messages are said and deleted, is cut off again and again, and has in
/// the end what somebody has who was there all the time.
#[tokio::test]
async fn who_resumes_at_any_moment_ends_with_what_everybody_has() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut has = Known::default();
    let mut since = 0;
    let mut ids = Vec::new();
    for round in 0..30_usize {
        let url = query("dev", "Away", &format!("&since={since}"));
        let mut away = server.server.connect_with(&url, Some(7)).await;
        let page = away.history().await;
        assert!(!page.more && !page.changed_more);
        has.take(&page);
        since = page.head.get().max(since);
        // Half of what happens is heard live, the other half after the next cut.
        for step in 0..6_usize {
            if (round + step) % 3 == 0 && ids.len() > 2 {
                moderator.send(delete(ids[(round * 7 + step) % ids.len()])).await;
                deleted(&mut moderator).await;
            } else {
                moderator.send(say("dev", "x")).await;
                ids.push(moderator.message().await.id.get());
            }
            if step >= 3 {
                continue;
            }
            // A deletion of what was deleted before is told to the moderator alone.
            away.send(r#"{"type":"history","room":"dev","limit":1,"ref":"mark"}"#).await;
            loop {
                match away.next().await {
                    ToClient::Message(message) => {
                        has.0.insert(message.id, message.clone());
                        since = message.id.get();
                    }
                    ToClient::Deleted(deleted) => {
                        has.delete(&deleted);
                        since = deleted.id.get();
                    }
                    ToClient::History(_) => break,
                    _ => {}
                }
            }
        }
        drop(away);
    }
    let page = back(&server, since).await;
    has.take(&page);
    let all = back(&server, 0).await;
    assert!(!all.more);
    let truth: BTreeMap<_, _> = all.messages.into_iter().map(|m| (m.id, m)).collect();
    assert_eq!(has.0, truth);
    assert!(truth.values().filter(|message| message.deleted).count() > 20);
}
