//! Writing: completion, and what was sent before.

use crossterm::event::{KeyCode, KeyModifiers};

use crate::client::Client;

#[test]
fn tab_completes_names_commands_and_rooms() {
    let mut client = Client::entered(80, 12);
    client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Bea","Bob","Zoë"]}"#);
    client.says(1, "Bob", "hi");
    let completed = |client: &mut Client, typed: &str, presses: usize| {
        client.types(typed);
        (0..presses).for_each(|_| client.presses(KeyCode::Tab, KeyModifiers::NONE));
        client.model.input.take()
    };
    // Who spoke last comes first.
    assert_eq!(completed(&mut client, "b", 1), "Bob: ");
    assert_eq!(completed(&mut client, "b", 2), "Bea: ");
    assert_eq!(completed(&mut client, "b", 3), "Bob: ");
    assert_eq!(completed(&mut client, "hello z", 1), "hello Zoë ");
    assert_eq!(completed(&mut client, "@al", 1), "@Alice: ");
    assert_eq!(completed(&mut client, "/rec", 1), "/reconnect ");
    assert_eq!(completed(&mut client, "see #d", 1), "see #dev ");
    assert_eq!(completed(&mut client, "xyzzy", 1), "xyzzy");
    client.types("bx");
    client.presses(KeyCode::Backspace, KeyModifiers::NONE);
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    client.presses(KeyCode::BackTab, KeyModifiers::SHIFT);
    assert_eq!(client.model.input.text(), "Bea: ");
}

#[test]
fn up_calls_back_what_was_sent_and_moves_in_what_is_written() {
    let mut client = Client::entered(80, 12);
    client.types("first\nsecond\n");
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(client.model.input.text(), "first");
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    assert_eq!(client.model.input.text(), "");
    client.types("a");
    client.presses(KeyCode::Enter, KeyModifiers::ALT);
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.types("b");
    assert_eq!(client.model.input.text(), "ba\n");
}

#[test]
fn a_draft_stays_in_its_room() {
    let mut client = Client::entered(80, 12);
    client.types("/join ops\n");
    client.types("for ops");
    client.presses(KeyCode::Char('p'), KeyModifiers::CONTROL);
    assert_eq!(client.model.input.text(), "");
    client.types("for dev");
    client.presses(KeyCode::Char('n'), KeyModifiers::CONTROL);
    assert_eq!(client.model.input.text(), "for ops");
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    assert_eq!(client.model.input.text(), "for dev");
}
