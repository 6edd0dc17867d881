//! What is told of memberships, of what the server refuses, and of rooms that are named by their titles.

use crossterm::event::{KeyCode, KeyModifiers};

use super::people_rooms::{OPS, settled};
use crate::client::{Client, sent};

const QA: &str = "+w8e2r5t1y9u3";

/// The `ref` of what was sent last, with all that ends an envelope behind it.
fn reference(client: &mut Client) -> String {
    let sent = sent(&client.did());
    let last = sent.last().unwrap_or_else(|| panic!("nothing was sent"));
    last.split("\"ref\":").nth(1).unwrap().to_owned()
}

fn tells(client: &Client, words: &str) {
    let screen = client.screen().join("\n");
    assert!(screen.contains(words), "{words:?} is not in\n{screen}");
}

/// Somebody adds this person to a room, which is joined, and says what it is.
fn is_added(client: &mut Client, room: &str, title: &str) {
    client.hears(&format!(
        r#"{{"type":"added","room":"{room}","user":"Alice","by":"Bob","id":30,"at":0}}"#
    ));
    for envelope in [
        format!(r#"{{"type":"history","room":"{room}","messages":[],"more":false,"head":30}}"#),
        format!(r#"{{"type":"join","room":"{room}","sender":"Alice"}}"#),
        format!(r#"{{"type":"presence","room":"{room}","users":["Alice","Bob"]}}"#),
        format!(
            r#"{{"type":"room","room":"{room}","kind":"private","title":"{title}","role":"member"}}"#
        ),
    ] {
        client.hears(&envelope);
    }
}

#[test]
fn who_is_added_is_told_by_whom_and_to_what() {
    let mut client = settled(80, 24);
    is_added(&mut client, QA, "QA team");
    tells(&client, "Bob added you to +QA team");
    client.types("/room qa\n");
    tells(&client, "-- Bob added you");
    // Who comes back into it is not told again.
    client.screen.chat.notice = None;
    client.hears(&format!(r#"{{"type":"room","room":"{QA}","kind":"private","title":"QA team"}}"#));
    assert_eq!(client.screen.chat.notice, None);
}

#[test]
fn who_has_left_for_good_is_told_so() {
    let mut client = settled(80, 24);
    client.hears(&format!(
        r#"{{"type":"removed","room":"{OPS}","user":"Alice","by":"Alice","id":30,"at":0}}"#
    ));
    tells(&client, "You left +Ops team for good");
    assert!(!client.screen()[3].contains("+Ops team"));
    // Other rooms have nothing to leave for good.
    client.types("/room dev\n/remove Alice\n");
    tells(&client, "Only a private room is left for good. /leave leaves this one");
    assert!(client.screen.chat.question.is_none());
}

#[test]
fn the_members_of_a_direct_room_are_its_people() {
    let mut client = settled(80, 24);
    client.types("/room bob\n/members\n");
    let screen = client.screen();
    let rows: Vec<_> = screen[1..4].iter().map(|row| row.trim_end()).collect();
    assert_eq!(rows, ["Who belongs to @Bob:", "  Alice", "  Bob"]);
    client.types("x/room dev\n/members\n");
    tells(&client, "#dev has no members: /who lists who is online");
}

#[test]
fn a_list_that_does_not_fit_says_which_key_shows_the_rest() {
    let mut client = settled(40, 12);
    let members: Vec<_> =
        (10..30).map(|n| format!(r#"{{"user":"p{n}","role":"member"}}"#)).collect();
    client.hears(&format!(
        r#"{{"type":"room","room":"{OPS}","kind":"private","title":"Ops team","members":[{}]}}"#,
        members.join(",")
    ));
    client.types("/members\n");
    tells(&client, "… PgDn: more");
    let mut seen = String::new();
    for _ in 0..4 {
        seen.push_str(&client.screen().join("\n"));
        client.presses(KeyCode::PageDown, KeyModifiers::NONE);
    }
    tells(&client, "Any key closes this");
    assert!(!client.screen().join("").contains("… PgDn: more"));
    assert!((10..30).all(|n| seen.contains(&format!("p{n}: member"))), "{seen}");
}

#[test]
fn a_refusal_says_what_was_refused() {
    for (typed, named) in [
        ("/add Nobody", "/add Nobody"),
        ("/msg Nobody,Cy hi", "/msg Nobody,Cy"),
        ("/create Ops private", "/create Ops private"),
        ("/create zoo", "/create zoo"),
    ] {
        let mut client = settled(80, 24);
        client.types(&format!("{typed}\n"));
        let reference = reference(&mut client);
        client.hears(&format!(
            r#"{{"type":"error","code":"not_found","content":"no","ref":{reference}"#
        ));
        tells(&client, &format!("{named}: no"));
    }
}

#[test]
fn own_topics_are_one_s_own() {
    let mut client = settled(80, 24);
    for (sender, words) in [("Alice", "you changed"), ("Cy", "Cy changed")] {
        let id = if sender == "Cy" { 31 } else { 30 };
        client.hears(&format!(
            r#"{{"type":"topic","room":"{OPS}","content":"x","sender":"{sender}","id":{id},"at":0}}"#
        ));
        tells(&client, &format!("-- {words} the topic: x"));
    }
}

#[test]
fn in_an_empty_room_what_happened_last_is_in_sight_at_every_size() {
    for (columns, rows) in [(40, 12), (40, 8), (80, 24)] {
        let mut client = settled(columns, rows);
        let topic = "all that has to be known before the pagers ring, for everybody";
        client.hears(&format!(
            r#"{{"type":"topic","room":"{OPS}","content":"{topic}","sender":"Cy","id":30,"at":0}}"#
        ));
        tells(&client, "No messages in +Ops team yet");
        assert!(client.screen().iter().any(|row| row.trim_end().ends_with("everybody")));
    }
}

#[test]
fn a_private_room_is_joined_by_its_title() {
    let mut client = settled(80, 24);
    for typed in ["/join +ops team\n", "/join Ops team\n"] {
        client.types("/room dev\n");
        client.did();
        client.types(typed);
        assert_eq!(sent(&client.did()), [""; 0]);
        assert!(client.screen()[0].starts_with(">+Ops team"), "{}", client.screen()[0]);
    }
    // An open room is called as it is called.
    client.types("/join zoo\n");
    assert!(client.screen()[0].starts_with(">#zoo"), "{}", client.screen()[0]);
    // One title of two rooms says nothing.
    is_added(&mut client, QA, "Ops team");
    client.did();
    client.types("/join Ops team\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"join","room":"Ops team","history":100}"#]);
}

#[test]
fn rooms_are_listed_with_what_they_notify_of() {
    let mut client = settled(80, 24);
    client.types("/room zoo\n/mute\n/room dev\n/notify everything\n/rooms\n");
    tells(&client, "1  #dev: 2 online, 0 unread, notifies you of everything");
    tells(&client, "2  #zoo: 0 online, 0 unread, muted");
    tells(&client, "3  +Ops team: 2 online, 0 unread");
}

#[test]
fn what_was_said_last_in_a_room_of_the_list_has_a_time_today_and_a_date_before() {
    const DAY: u64 = 86_400_000;
    for (columns, at, told) in [
        (80, DAY + 13 * 3_600_000, "#art                     3 online, 13:00"),
        (40, DAY + 13 * 3_600_000, "#art             3 online, 13:00"),
        (40, DAY - 1, "#art             3 online, 1970-01-01"),
    ] {
        let mut client = settled(columns, 12);
        client.screen.chat.now = DAY + 14 * 3_600_000;
        client.types("/list\n");
        let reference = reference(&mut client);
        client.hears(&format!(
            r#"{{"type":"rooms","rooms":[{{"room":"art","kind":"open","people":3,"last":{at}}}],"more":false,"ref":{reference}"#
        ));
        tells(&client, told);
    }
}
