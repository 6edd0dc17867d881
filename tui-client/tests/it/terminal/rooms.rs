//! Private and direct rooms, and one list of rooms on several devices: real binaries, in real terminals.

use std::fs;

use crate::processes::{Home, ServerProcess};
use crate::terminal::{Client, Terminal};

/// Another device of whoever has this home, as if it had been linked: with the same key and nothing else.
fn other_device(home: &Home) -> Home {
    let other = Home::new();
    fs::create_dir_all(other.path("state/nebula")).unwrap();
    fs::copy(home.path("state/nebula/key"), other.path("state/nebula/key")).unwrap();
    other
}

fn start(home: &Home, server: &ServerProcess, user: &str) -> Terminal {
    let mut client = Client::of(home, &server.address, user).start();
    client.expect(" online");
    client
}

#[test]
fn people_write_to_each_other_alone_also_while_one_is_away() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = start(&home, &server, "Alice");
    let mut bob = start(&other, &server, "Bob");
    alice.types("/msg Bob psst\r");
    bob.expect("Direct messages");
    bob.expect("● Alice      !1");
    // To the next room with something new.
    bob.types("\u{1b}a");
    bob.expect("Alice       psst");
    bob.types("what is it?\r");
    alice.expect("Bob         what is it?");
    bob.leaves();
    alice.expect("○ Bob");
    alice.types("the pager\r");
    alice.expect("the pager");
    let mut again = start(&other, &server, "Bob");
    again.expect("Alice      !1");
    again.types("\u{1b}a");
    again.expect("Alice       the pager");
    again.leaves();
    alice.leaves();
}

#[test]
fn a_private_room_is_made_shared_and_left_for_good() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = start(&home, &server, "Alice");
    let mut bob = start(&other, &server, "Bob");
    alice.types("/create The ops team private\r");
    alice.expect(">2 +The ops team");
    alice.expect("1 online");
    alice.types("/add Bob\r");
    alice.expect("you added Bob");
    bob.expect(" 2 +The ops team");
    bob.types("\u{1b}2hello\r");
    alice.expect("Bob         hello");
    alice.types("/role Bob moderator\r");
    bob.expect("Alice made you moderator");
    alice.types("/remove Bob\r");
    bob.expect("Alice removed you from +The ops team");
    alice.types("/remove Alice\r");
    alice.expect("You are its last member");
    alice.types("y");
    alice.expect("You left +The ops team for good");
    alice.wait_for("the room is gone", |screen| screen.contents().starts_with(" #dev"));
    alice.leaves();
    bob.leaves();
}

#[test]
fn rooms_their_order_and_which_are_muted_are_the_same_on_all_devices() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut one = start(&home, &server, "Alice");
    one.types("/join ops\r");
    one.expect(">2 #ops");
    one.types("/move 1\r");
    one.expect(">1 #ops");
    let other = other_device(&home);
    let mut two = start(&other, &server, "Alice");
    two.wait_for("the rooms in their order", |screen| {
        screen.contents().contains(" 1 #ops") && screen.contents().contains(">2 #dev")
    });
    two.types("/join qa\r");
    one.expect(" 3 #qa");
    one.types("\u{1b}3/leave\r");
    two.wait_for("it is left here too", |screen| !screen.contents().contains("#qa"));
    one.leaves();
    two.leaves();
}

#[test]
fn a_room_is_found_among_all_there_are() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = start(&home, &server, "Alice");
    alice.types("/join release-train\r");
    alice.expect("No messages in #release-train yet");
    alice.types("/topic when we ship\r");
    alice.expect("changed the topic");
    let mut bob = start(&other, &server, "Bob");
    bob.types("/list TRAIN\r");
    bob.expect("#release-train");
    bob.expect("when we ship");
    bob.types("\r");
    bob.expect(">2 #release-train");
    alice.expect("→ Bob joined");
    alice.leaves();
    bob.leaves();
}

#[test]
fn in_plain_lines_one_hears_who_writes_to_one_alone_and_finds_rooms() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let dumb = [("TERM", "dumb")];
    let mut bob =
        Client { environment: &dumb, ..Client::of(&other, &server.address, "Bob") }.start();
    bob.expect("joined #dev as Bob");
    let mut alice = start(&home, &server, "Alice");
    alice.types("/msg Bob psst\r");
    bob.expect("@Alice Alice: psst");
    bob.types("/room alice\rwhat?\r");
    alice.expect("Bob         what?");
    bob.types("/list\r");
    bob.expect("#dev (2 online)");
    bob.types("/create Ops private\r");
    bob.expect("+Ops is yours: /add NAME");
    bob.types("hello\r");
    bob.expect("+Ops Bob: hello");
    bob.types("/members\r");
    bob.expect("Bob: owner");
    bob.types("/remove Bob\r");
    bob.expect("You are its last member: it ends with all messages: /remove yes confirms it");
    bob.types("/quit\r");
    assert_eq!(bob.read_to_end(), 0);
    alice.leaves();
}

#[test]
fn scripts_name_a_private_room_by_its_title() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = start(&home, &server, "Alice");
    let at = ["--user", "Alice", "--server", &server.address];
    let send =
        |room: &str, text: &str| home.run(&[&["send", "--room", room, text], &at[..]].concat(), "");
    alice.types("/create The ops team private\r");
    alice.expect(">2 +The ops team");
    for (room, text) in [("+the ops team", "one"), ("+The ops team", "two")] {
        let (code, _, told) = send(room, text);
        assert_eq!(code, 0, "{told}");
        alice.expect(&format!("Alice       {text}"));
    }
    let tail = home.start(&[&["tail", "-n", "2", "--room", "+The ops team"], &at[..]].concat());
    tail.expect("Alice: one");
    tail.expect("Alice: two");
    let (code, _, told) = send("+no such team", "three");
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("you are in no private room that is called no such team"), "{told}");
    alice.types("/create the OPS team private\r");
    alice.expect(">3 +the OPS team");
    let (code, _, told) = send("+The ops team", "three");
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("several private rooms are called The ops team"), "{told}");
    let addresses = told.split_once("address: ").unwrap().1.trim();
    let (first, second) = addresses.split_once(", ").unwrap();
    for address in [first, second] {
        assert_eq!(send(address, "by its address").0, 0);
    }
    alice.leaves();
}

#[test]
fn a_title_that_this_device_knows_means_the_private_room_also_without_its_sign() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = start(&home, &server, "Alice");
    alice.types("/create Ops private\r");
    alice.expect(">2 +Ops");
    alice.leaves();
    let at = ["--user", "Alice", "--server", &server.address];
    assert_eq!(home.run(&[&["send", "--room", "ops", "psst"], &at[..]].concat(), "").0, 0);
    let mut again = start(&home, &server, "Alice");
    again.expect(" 2 +Ops");
    again.types("\u{1b}2");
    again.expect("Alice       psst");
    again.leaves();
}
