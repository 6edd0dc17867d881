//! Lists of rooms that have no end, or not the form that was meant.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat::list::{BROWSED_MAX, ENTRIES_MAX};
use nebula::chat::request::REQUESTS_MAX_OF_LIST;
use nebula::chat::update::{browse, browse_more, move_room};
use nebula::chat::{Effect, Room};

use protocol::RoomName;

use crate::client::{Client, sent};

/// A page of a list, with so many rooms from this number on.
fn page(from: usize, count: usize, reference: &str) -> String {
    let room = |n| format!(r#"{{"room":"r{n:05}","kind":"open","people":0,"joined":true}}"#);
    let rooms: Vec<_> = (from..from + count).map(room).collect();
    format!(r#"{{"type":"rooms","rooms":[{}],"more":true,"ref":"{reference}"}}"#, rooms.join(","))
}

/// In a room, with the person's list being asked for.
fn listing() -> Client {
    let mut client = Client::new(80, 24);
    client.screen.chat.list.is_wanted = true;
    client.happens(nebula::chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client
}

#[test]
fn a_list_of_ones_own_rooms_that_does_not_end_is_ended() {
    let mut client = listing();
    for n in 0..ENTRIES_MAX / 100 {
        assert!(sent(&client.did()).last().unwrap().contains("\"mine\":true"));
        client.hears(&page(n * 100, 100, &format!("s-{}", n + 1)));
    }
    assert_eq!(client.screen.chat.rooms.len(), ENTRIES_MAX + 1);
    let sent = sent(&client.did());
    assert!(!sent.iter().any(|frame| frame.contains("mine")), "nothing more is asked for");
}

#[test]
fn a_page_without_rooms_ends_a_list_whatever_it_says() {
    let mut client = listing();
    client.did();
    client.hears(&page(0, 0, "s-1"));
    let sent = sent(&client.did());
    assert_eq!(sent.len(), 1, "only that dev is among them now: {sent:?}");
    assert!(sent[0].contains("setting"), "{sent:?}");
}

#[test]
fn a_list_of_all_rooms_that_does_not_end_is_ended_and_long_words_are_cut() {
    let mut client = Client::entered(80, 24);
    client.presses(KeyCode::F(6), KeyModifiers::NONE);
    for n in 0..BROWSED_MAX / 100 {
        client.hears(&page(n * 100, 100, &format!("s-{}", n + 1)));
        let asked = browse_more(&mut client.screen.chat);
        assert_eq!(asked.is_empty(), n + 1 == BROWSED_MAX / 100, "page {n}");
    }
    let browser = client.screen.chat.browser.as_ref().unwrap();
    assert_eq!((browser.rooms.len(), browser.more), (BROWSED_MAX, false));
    let asked = browse(&mut client.screen.chat, &"x".repeat(300));
    let [Effect::Send(asked)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(asked.encode().matches('x').count(), 250);
}

#[test]
fn where_no_place_is_left_behind_the_last_room_all_get_new_ones() {
    let mut client = listing();
    client.hears(
        r#"{"type":"rooms","rooms":[{"room":"dev","kind":"open","people":1,"joined":true,"place":999500}],"more":false,"ref":"s-1"}"#,
    );
    client.did();
    client.types("/join ops\n");
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    let sent = sent(&client.did());
    assert_eq!(
        sent[1..],
        [
            r#"{"type":"setting","room":"ops","joined":true,"ref":"s-2"}"#,
            r#"{"type":"setting","room":"dev","place":1000,"ref":"s-3"}"#,
            r#"{"type":"setting","room":"ops","place":2000,"ref":"s-4"}"#,
        ]
    );
}

#[test]
fn a_room_is_moved_among_its_own_kind_and_no_further() {
    let mut client = listing();
    client.hears(
        r#"{"type":"rooms","rooms":[{"room":"@aaaaaaaaaaaa","kind":"direct","users":["Alice","Bob"],"people":0,"joined":true,"place":1000},{"room":"dev","kind":"open","people":1,"joined":true,"place":2000}],"more":false,"ref":"s-1"}"#,
    );
    client.did();
    assert_eq!(move_room(&mut client.screen.chat, 2), []);
    client.types("/room bob\n/move 1\n");
    assert_eq!(sent(&client.did()), [""; 0]);
    let names: Vec<_> = client.screen.chat.rooms.iter().map(|room| room.name.as_str()).collect();
    assert_eq!(names, ["dev", "@aaaaaaaaaaaa"]);
}

#[test]
fn two_hundred_rooms_are_taken_over_at_once_and_no_endless_changes_wait() {
    let mut client = Client::new(80, 24);
    client.screen.chat.list.is_wanted = true;
    let names = (1..200).map(|n| RoomName::try_from(format!("r{n:03}").as_str()).unwrap());
    client.screen.chat.rooms.extend(names.map(Room::new));
    client.happens(nebula::chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.hears(r#"{"type":"rooms","rooms":[],"more":false,"ref":"s-1"}"#);
    for n in 1..200 {
        client.hears(&format!(r#"{{"type":"join","room":"r{n:03}","sender":"Alice"}}"#));
    }
    let sent = sent(&client.did());
    assert_eq!(sent.iter().filter(|frame| frame.contains("\"joined\":true")).count(), 200);
    assert_eq!(client.screen.chat.notice, None);
    for _ in 0..REQUESTS_MAX_OF_LIST {
        client.types("/mute\n");
    }
    assert_eq!(client.screen.chat.requests.len(), REQUESTS_MAX_OF_LIST);
}

#[test]
fn a_private_room_from_which_one_was_removed_goes_with_the_next_list() {
    let mut client = listing();
    client.hears(r#"{"type":"rooms","rooms":[],"more":false,"ref":"s-1"}"#);
    let room = "+q7x2m9k4t1ab";
    for envelope in [
        r#"{"type":"setting","room":"dev","joined":true,"place":1000,"id":2,"ref":"s-2"}"#
            .to_owned(),
        format!(r#"{{"type":"added","room":"{room}","user":"Alice","by":"Bob","id":4,"at":0}}"#),
        format!(r#"{{"type":"join","room":"{room}","sender":"Alice"}}"#),
        format!(
            r#"{{"type":"setting","room":"{room}","joined":true,"place":2000,"id":5,"ref":"s-3"}}"#
        ),
        format!(r#"{{"type":"removed","room":"{room}","user":"Alice","by":"Bob","id":6,"at":0}}"#),
        format!(r#"{{"type":"leave","room":"{room}","sender":"Alice"}}"#),
    ] {
        client.hears(&envelope);
    }
    assert_eq!(client.screen.chat.rooms.len(), 2, "it says why one is out");
    client.happens(nebula::chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(nebula::chat::Event::Connected);
    client.did();
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    let asked = sent(&client.did());
    let asked = asked.iter().find(|frame| frame.contains("mine")).unwrap();
    let reference = asked.split("\"ref\":").nth(1).unwrap();
    client.hears(&format!(
        r#"{{"type":"rooms","rooms":[{{"room":"dev","kind":"open","people":1,"joined":true,"place":1000}}],"more":false,"ref":{reference}"#
    ));
    assert_eq!(client.screen.chat.rooms.len(), 1);
}

#[test]
fn what_comes_while_the_list_is_on_its_way_is_not_undone_by_it() {
    let mut client = listing();
    client
        .hears(r#"{"type":"room","room":"@k3x9m2q7t4ab","kind":"direct","users":["Alice","Bob"]}"#);
    client.hears(r#"{"type":"setting","room":"ops","joined":true,"place":500,"id":4}"#);
    client.hears(
        r#"{"type":"rooms","rooms":[{"room":"dev","kind":"open","people":1,"joined":true,"place":1000}],"more":false,"ref":"s-1"}"#,
    );
    let names: Vec<_> = client.screen.chat.rooms.iter().map(|room| room.name.as_str()).collect();
    assert_eq!(names, ["ops", "dev", "@k3x9m2q7t4ab"]);
    let sent = sent(&client.did());
    assert!(!sent.iter().any(|frame| frame.contains("leave")), "{sent:?}");
    // No more of them than of the list itself are kept.
    client.happens(nebula::chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(nebula::chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    for n in 0..ENTRIES_MAX + 10 {
        client.hears(&format!(r#"{{"type":"setting","room":"r{n}","joined":true,"id":9}}"#));
    }
    assert_eq!(client.screen.chat.list.settings.len(), ENTRIES_MAX);
}
