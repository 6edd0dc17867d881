//! What is read on one device is read on the others: two terminals of one person, and a real server.

use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, accept_hdr};

use crate::processes::{Home, ServerProcess};
use crate::terminal::Client;
use crate::terminal::hostile::speak;

#[test]
fn what_is_unread_is_the_same_on_two_devices_and_mentions_are_listed() {
    let server = ServerProcess::fresh();
    let (home, bob) = (Home::new(), Home::new());
    let mut first = Client::of(&home, &server.address, "Alice").start();
    first.expect("1 online");
    first.types("/join ops\r");
    first.expect("Message #ops as Alice");
    first.types("\u{10}");
    first.expect("Message #dev as Alice");
    let mut second = Client::of(&home, &server.address, "Alice").start();
    second.expect("Message #dev as Alice");
    second.expect("2 #ops");
    let arguments = ["--user", "Bob", "--room", "ops", "--server", &server.address];
    let (code, ..) = bob.run(&arguments, "@Alice look at this\nand at that");
    assert_eq!(code, 0);
    first.expect("!2");
    second.expect("!2");
    // A client that starts now counts the same, before it has looked anywhere.
    let mut third = Client::of(&home, &server.address, "Alice").start();
    third.expect("!2");
    third.leaves();
    first.types("\u{1b}2");
    first.expect("and at that");
    second.wait_for("nothing unread", |screen| !screen.contents().contains("!2"));
    second.types("/mentions\r");
    second.expect("#ops Bob: @Alice look at this");
    second.types("\r");
    second.expect("Here it is");
    second.leaves();
    first.leaves();
}

/// A server of one room, in which Bob says two things to who comes in: all frames that it hears until the end.
fn heard(listener: &TcpListener) -> Vec<String> {
    let mut socket = accept_hdr(listener.accept().unwrap().0, speak).unwrap();
    let mut say = |frame: &Value| socket.send(Message::text(frame.to_string())).unwrap();
    say(&json!({"type": "history", "room": "dev", "messages": [], "more": false, "head": 1}));
    say(&json!({"type": "join", "room": "dev", "sender": "Alice"}));
    say(&json!({"type": "presence", "room": "dev", "users": ["Alice", "Bob"]}));
    let mut heard = Vec::new();
    while let Ok(message) = socket.read() {
        let Message::Text(text) = message else { continue };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if frame["type"] == "rooms" {
            let mut say = |frame: &Value| socket.send(Message::text(frame.to_string())).unwrap();
            let dev = json!({"room": "dev", "kind": "open", "people": 2, "joined": true,
                             "place": 1000, "read": 1, "head": 1});
            say(&json!({"type": "rooms", "rooms": [dev], "more": false, "ref": frame["ref"]}));
            for (id, text) in [(5, "one"), (6, "the last")] {
                say(&json!({"type": "message", "room": "dev", "sender": "Bob", "content": text,
                            "id": id, "at": 0}));
            }
        }
        heard.push(text.to_string());
    }
    heard
}

#[test]
fn what_was_read_a_moment_ago_is_told_before_the_client_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || heard(&listener));
    let home = Home::new();
    let mut terminal = Client::of(&home, &address, "Alice").start();
    terminal.expect("the last");
    terminal.leaves();
    let heard = server.join().unwrap();
    let read: Vec<_> = heard.iter().filter(|frame| frame.contains(r#""type":"read""#)).collect();
    let expected = [5, 6].map(|id| format!(r#"{{"type":"read","room":"dev","upto":{id}}}"#));
    assert_eq!(read, expected.iter().collect::<Vec<_>>());
}
