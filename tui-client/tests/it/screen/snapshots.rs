//! Whole screens at five sizes, with all that is hard to draw. `cargo insta review` shows a change.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::commands::COMMANDS;
use nebula::screen::Event;
use nebula::screen::entrance::Entrance;

use super::people_rooms::{BOB, OPS, says, settled};
use crate::client::{Client, sent, servers};

const SIZES: &[(u16, u16)] = &[(1, 1), (20, 5), (40, 12), (80, 24), (200, 60)];

/// A room with all kinds of names and texts, and another one with news.
fn busy(columns: u16, rows: u16) -> Client {
    let mut client = Client::entered(columns, rows);
    client.screen.chat.servers = servers(&["ws://chat.example"]);
    client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Bob","李小龙","🦀 crab","שרה","a-very-long-name-of-32-character"]}"#);
    client.types("/join ops\n");
    client.hears(r#"{"type":"history","room":"ops","messages":[],"more":false,"head":0}"#);
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    client.says(
        1,
        "李小龙",
        "日本語テキスト that is long enough to be broken on each of these screens, or nearly",
    );
    client.says(1440, "🦀 crab", "family 👩‍👩‍👧 astronaut 👨🏽‍🚀 heart ❤️ flag 🇩🇪 e\u{301}");
    client.says(1441, "שרה", "שלום, مرحبا بالعالم and left to right");
    for (what, who) in [("join", "Dan"), ("join", "Eve"), ("leave", "Fay")] {
        client.hears(&format!(r#"{{"type":"{what}","room":"dev","sender":"{who}"}}"#));
    }
    client.says(1442, "a-very-long-name-of-32-character", "see https://ci.example/run/81, Alice");
    client.happens(Event::Focus(false));
    client.says(1443, "Bob", "/me ships it");
    client.says(1444, "Bob", "two\\nlines");
    client.hears(r#"{"type":"message","room":"ops","sender":"Bob","content":"alice: the disk is full","id":1500,"at":0}"#);
    client.happens(Event::Focus(true));
    client.types("a message that is being written");
    client
}

fn snapshot(name: &str, make: impl FnMut(u16, u16) -> Client) {
    snapshot_at(SIZES, name, make);
}

fn snapshot_at(sizes: &[(u16, u16)], name: &str, mut make: impl FnMut(u16, u16) -> Client) {
    for (columns, rows) in sizes {
        let screen = make(*columns, *rows).screen();
        let screen: Vec<_> = screen.iter().map(|row| row.trim_end()).collect();
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen.join("\n"));
    }
}

#[test]
fn a_busy_room() {
    snapshot("busy", busy);
}

#[test]
fn a_busy_room_with_emoji_as_names() {
    snapshot("names", |columns, rows| {
        let mut client = busy(columns, rows);
        client.screen.names_emoji = true;
        client
    });
}

#[test]
fn three_hundred_people() {
    snapshot("people", |columns, rows| {
        let mut client = Client::entered(columns, rows);
        let names: Vec<_> = (0..300).map(|n| format!("\"person-{n:03}\"")).collect();
        let users = names.join(",");
        client.hears(&format!(r#"{{"type":"presence","room":"dev","users":[{users}]}}"#));
        client.screen.people_shown = Some(true);
        client
    });
}

#[test]
fn reading_further_up_without_a_line() {
    snapshot("up", |columns, rows| {
        let mut client = busy(columns, rows);
        (2000..2100).for_each(|id| client.says(id, "Bob", "one of many"));
        client.presses(KeyCode::PageUp, KeyModifiers::NONE);
        (2100..2104).for_each(|id| client.says(id, "Bob", "newer"));
        client.happens(chat::Event::Lost { code: None, reason: "the line is silent".to_owned() });
        client.happens(chat::Event::DialIn(7));
        client
    });
}

#[test]
fn the_help_the_switcher_and_the_bare_view() {
    let help = |columns, rows| {
        let mut client = busy(columns, rows);
        client.presses(KeyCode::F(1), KeyModifiers::NONE);
        client
    };
    // A large screen shows the whole table of commands, which is held against the help by itself.
    let (large, smaller) = SIZES.split_last().unwrap();
    snapshot_at(smaller, "help", help);
    let screen = help(large.0, large.1).screen().join("\n");
    for command in COMMANDS {
        let row = screen.lines().find(|row| row.contains(&format!(" /{} ", command.name)));
        let row = row.unwrap_or_else(|| panic!("/{} is not in {screen}", command.name));
        assert!(row.contains(command.arguments) && screen.contains(command.what), "{row}");
    }
    snapshot("switcher", |columns, rows| {
        let mut client = busy(columns, rows);
        client.presses(KeyCode::Char('g'), KeyModifiers::CONTROL);
        client.types("o");
        client
    });
    snapshot("bare", |columns, rows| {
        let mut client = busy(columns, rows);
        client.presses(KeyCode::Char('l'), KeyModifiers::ALT);
        client
    });
}

/// What somebody sees who never saw Nebula.
fn first_minute(name: &str, make: impl Fn(u16, u16) -> Client) {
    for (columns, rows) in [(40, 12), (80, 24), (200, 50)] {
        let client = make(columns, rows);
        let screen = client.screen();
        let shown = screen.join("\n");
        for (what, expected) in [
            ("the room", &["#dev"][..]),
            ("oneself", &["Alice"]),
            ("how to write", &["Message #dev", "Type a message"]),
            ("the help", &["F1"]),
            ("the connection", &["●", "connecting", "retry in"]),
        ] {
            assert!(expected.iter().any(|word| shown.contains(word)), "{what}: {shown}");
        }
        let screen: Vec<_> = screen.iter().map(|row| row.trim_end()).collect();
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen.join("\n"));
    }
}

#[test]
fn the_first_minute() {
    first_minute("first_start", |columns, rows| {
        let mut client = Client::entered(columns, rows);
        client.screen.chat.servers = servers(&["ws://chat.example"]);
        client
    });
    first_minute("first_offline", |columns, rows| {
        let mut client = Client::new(columns, rows);
        client.screen.chat.servers = servers(&["ws://chat.example"]);
        client.screen.chat.now = 14 * 60 * 60 * 1000 + 5 * 60 * 1000;
        client.happens(chat::Event::Lost {
            code: None,
            reason: "No server at chat.example".to_owned(),
        });
        client.happens(chat::Event::DialIn(5));
        client
    });
    first_minute("first_six_rooms", |columns, rows| {
        let mut client = Client::entered(columns, rows);
        client.screen.chat.servers = servers(&["ws://chat.example"]);
        let rooms = ["ops", "random", "backend-api", "support", "lunch"];
        for room in rooms {
            client.types(&format!("/join {room}\n"));
            client.hears(&format!(
                r#"{{"type":"history","room":"{room}","messages":[],"more":false,"head":0}}"#
            ));
            client.hears(&format!(r#"{{"type":"join","room":"{room}","sender":"Alice"}}"#));
        }
        client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
        client.says(1, "Bob", "good morning");
        client.says(2, "Carol", "the build is green again");
        for (id, room, content) in [
            (3, "ops", "alice: the disk is full"),
            (4, "backend-api", "x"),
            (5, "backend-api", "y"),
            (6, "lunch", "pizza"),
        ] {
            client.hears(&format!(
                r#"{{"type":"message","room":"{room}","sender":"Bob","content":"{content}","id":{id},"at":0}}"#
            ));
        }
        client
    });
}

/// The sizes of a phone's, a usual and a large terminal.
const WHOLE: &[(u16, u16)] = &[(40, 12), (80, 24), (200, 50)];

#[test]
fn rooms_of_people_the_list_of_all_rooms_and_the_first_screen() {
    snapshot_at(WHOLE, "people_rooms", |columns, rows| {
        let mut client = settled(columns, rows);
        for (id, room, sender) in [(10, BOB, "Bob"), (11, "zoo", "Cy"), (12, OPS, "Cy")] {
            says(&mut client, room, id, sender, "the pager is quiet");
        }
        client
    });
    snapshot_at(WHOLE, "all_rooms", |columns, rows| {
        let mut client = settled(columns, rows);
        client.presses(KeyCode::F(6), KeyModifiers::NONE);
        let asked = sent(&client.did()).pop().unwrap();
        let reference = asked.split("\"ref\":").nth(1).unwrap();
        client.hears(&format!(
            r#"{{"type":"rooms","rooms":[
            {{"room":"art","kind":"open","people":1234,"topic":"what we look at","last":1764000000000}},
            {{"room":"a-room-with-a-very-long-name-indeed","kind":"open","people":0}},
            {{"room":"@k3x9m2q7t4ab","kind":"direct","users":["Alice","Bob"],"people":1}},
            {{"room":"+q7x2m9k4t1ab","kind":"private","title":"Ops team","topic":"pagers","people":2,"last":1764000000000}}
            ],"more":true,"ref":{reference}"#
        ));
        client
    });
    snapshot_at(WHOLE, "first_screen", |columns, rows| {
        Client::arriving(Entrance::new(false, "al"), "al", columns, rows)
    });
}

#[test]
fn a_code_for_another_device() {
    snapshot_at(WHOLE, "link", |columns, rows| {
        let mut client = settled(columns, rows);
        client.screen.chat.servers = servers(&["wss://chat.example"]);
        client.types("/link\n");
        let asked = sent(&client.did()).pop().unwrap();
        let reference = asked.split("\"ref\":").nth(1).unwrap();
        client.hears(&format!(
            r#"{{"type":"link","code":"7K3MQ0ZD","expires_ms":600000,"ref":{reference}"#
        ));
        client
    });
}
