//! Which rooms there are, for whom, in which order.

use protocol::{ROOMS_MAX, RoomKind, RoomRole, ToClient};
use serde_json::json;

use super::{
    ANN, BOB, added, addresses, ask, comes, comes_to, direct, join, list, made, private, says,
    until,
};
use crate::people::on;
use crate::support::child::operator;
use crate::support::harness::TestServer;

#[tokio::test]
async fn open_rooms_are_listed_for_everybody_and_others_for_their_members() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let mut guest = server.enter("Attic", "Guest").await;
    made(&mut ann, json!({"type": "create", "room": "dev", "topic": "Code"})).await;
    let ops = private(&mut ann, "cellar").await;
    let both = direct(&mut ann, &["Bob"]).await;
    join(&mut bob, "dev").await;
    says(&mut bob, "dev", "hi").await;
    let all = list(&mut ann, json!({"type": "rooms"})).await;
    assert_eq!(addresses(&all), [&*both, "Attic", &*ops, "dev", "lobby"]);
    assert!(!all.more);
    let dev = &all.rooms[3];
    assert_eq!((dev.kind, dev.role, dev.people), (RoomKind::Open, Some(RoomRole::Owner), 1));
    assert!(dev.topic.as_str() == "Code" && dev.last.is_some());
    assert_eq!((all.rooms[2].title.as_ref().unwrap().as_str(), all.rooms[2].people), ("cellar", 0));
    assert_eq!(all.rooms[4].people, 2);
    let theirs = list(&mut bob, json!({"type": "rooms"})).await;
    assert_eq!(addresses(&theirs), [&*both, "Attic", "dev", "lobby"]);
    let guests = list(&mut guest, json!({"type": "rooms"})).await;
    assert_eq!(addresses(&guests), ["Attic", "dev", "lobby"]);
    let mine = list(&mut ann, json!({"type": "rooms", "mine": true})).await;
    assert_eq!(addresses(&mine), [&*both, &*ops, "dev"]);
}

#[tokio::test]
async fn a_text_is_looked_for_in_names_titles_topics_and_the_people_of_direct_rooms() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    made(&mut ann, json!({"type": "create", "room": "Straße", "topic": "Wege"})).await;
    made(&mut ann, json!({"type": "create", "room": "dev", "topic": "Code for Bobsleds"})).await;
    let ops = private(&mut ann, "Bob's Ops").await;
    let both = direct(&mut ann, &["Bob"]).await;
    for (query, found) in [
        ("STRASSE", vec!["Straße"]),
        ("weg", vec!["Straße"]),
        ("BOB", vec![&*both, &*ops, "dev"]),
        ("lob", vec!["lobby"]),
        ("nothing", vec![]),
        ("%", vec![]),
        ("@", vec![]),
    ] {
        let question = json!({"type": "rooms", "query": query});
        assert_eq!(addresses(&list(&mut ann, question).await), found, "{query}");
    }
    let question = json!({"type": "rooms", "query": "bob", "mine": true});
    assert_eq!(addresses(&list(&mut bob, question).await), Vec::<&str>::new());
    let mine = json!({"type": "rooms", "query": "ann", "mine": true});
    assert_eq!(addresses(&list(&mut bob, mine).await), [&*both]);
    // What is set later counts.
    ask(&mut ann, json!({"type": "setting", "room": "dev", "joined": true})).await;
    join(&mut ann, "dev").await;
    let topic = json!({"type": "topic", "room": "dev", "content": "Skis"});
    assert!(matches!(ask(&mut ann, topic).await, ToClient::Topic(_)));
    let question = json!({"type": "rooms", "query": "skis"});
    assert_eq!(addresses(&list(&mut ann, question).await), ["dev"]);
}

#[tokio::test]
async fn a_direct_room_is_found_by_what_its_people_are_called_now() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    let (mut ann, bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let both = direct(&mut ann, &["Bob"]).await;
    drop((ann, bob));
    server.stop().await;
    assert_eq!(operator(&["release-name", "Bob"], "--db", &path).0, Some(0));
    let server = TestServer::start_with(on(&path)).await;
    let (mut ann, _robert) = (comes(&server, ANN).await, comes(&server, ("Robert", BOB.1)).await);
    let found = list(&mut ann, json!({"type": "rooms", "query": "robert"})).await;
    assert_eq!(addresses(&found), [&*both]);
    assert_eq!(found.rooms[0].users[1].as_str(), "Robert");
    let former = list(&mut ann, json!({"type": "rooms", "query": "bob"})).await;
    assert_eq!(addresses(&former), Vec::<&str>::new());
}

#[tokio::test]
async fn a_list_comes_in_pages_that_leave_nothing_out() {
    let server = TestServer::start_with(super::limits::unlimited()).await;
    let mut ann = comes_to(&server, "r000", ANN).await;
    // Every third is in the database, every second has somebody in it, and some have an owner.
    for n in 0..220 {
        let room = format!("r{n:03}");
        if n % 3 == 0 && n > 0 {
            made(&mut ann, json!({"type": "create", "room": room})).await;
        }
        if n % 2 == 0 && n > 0 {
            join(&mut ann, &room).await;
        }
    }
    let titles: Vec<_> = ["r01", "r139x", "a"].iter().map(|it| (*it).to_owned()).collect();
    for title in &titles {
        private(&mut ann, title).await;
    }
    let first = list(&mut ann, json!({"type": "rooms"})).await;
    assert_eq!((first.rooms.len(), first.more), (ROOMS_MAX, true));
    let mut all = first.rooms.clone();
    let mut more = first.more;
    while more {
        let after = all.last().unwrap().room.as_str().to_owned();
        let next = list(&mut ann, json!({"type": "rooms", "after": after})).await;
        more = next.more;
        all.extend(next.rooms);
    }
    let open = (0..220).filter(|n| n % 3 == 0 || n % 2 == 0).count();
    let expected = open + titles.len();
    assert_eq!(all.len(), expected, "some are missing, or twice");
    let key = |entry: &protocol::RoomEntry| {
        let sort = entry.title.as_ref().map_or(entry.room.as_str(), |title| title.as_str());
        (sort.to_lowercase(), entry.room.as_str().to_owned())
    };
    assert!(all.is_sorted_by_key(key));
}

#[tokio::test]
async fn who_is_counted_is_who_is_there_now() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let room = private(&mut ann, "Ops").await;
    added(&mut ann, &room, "Bob").await;
    let people = async |ann: &mut crate::support::harness::Peer| {
        let mine = list(ann, json!({"type": "rooms", "mine": true})).await;
        mine.rooms[0].people
    };
    assert_eq!(people(&mut ann).await, 0);
    join(&mut bob, &room).await;
    join(&mut ann, &room).await;
    assert_eq!(people(&mut ann).await, 2);
    bob.send(json!({"type": "leave", "room": room}).to_string()).await;
    until(&mut ann, |it| matches!(it, ToClient::Leave(_))).await;
    assert_eq!(people(&mut ann).await, 1);
}
