//! Names between colons become pictures while one types.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::screen::Event;

use crate::client::{Client, sent};

fn offered(client: &Client) -> Vec<String> {
    let rows = client.screen().into_iter().map(|row| row.trim_end().to_owned());
    rows.filter(|row| row.ends_with(':') && row.contains(" :")).collect()
}

fn input(client: &Client) -> &str {
    client.screen.input.text()
}

#[test]
fn the_beginning_of_a_name_is_offered_with_its_picture_and_a_key_takes_it() {
    for key in [KeyCode::Tab, KeyCode::Enter] {
        let mut client = Client::entered(40, 12);
        client.did();
        client.types("hi :s");
        assert_eq!(offered(&client), [""; 0]);
        client.types("mi");
        assert_eq!(offered(&client)[..2], [">😄 :smile:", " 😏 :smirk:"]);
        client.presses(KeyCode::Down, KeyModifiers::NONE);
        assert_eq!(offered(&client)[..2], [" 😄 :smile:", ">😏 :smirk:"]);
        client.presses(key, KeyModifiers::NONE);
        assert_eq!((input(&client), offered(&client).len()), ("hi 😏", 0));
        assert_eq!(sent(&client.did()), [""; 0], "nothing is sent by that");
        client.types("\n");
        assert_eq!(sent(&client.did()).len(), 1);
    }
}

#[test]
fn a_complete_name_becomes_its_picture_at_once_and_undo_brings_it_back() {
    let mut client = Client::entered(40, 12);
    client.types("hi :smile:");
    assert_eq!((input(&client), offered(&client).len()), ("hi 😄", 0));
    client.presses(KeyCode::Char('_'), KeyModifiers::CONTROL);
    assert_eq!(input(&client), "hi :smile:");
}

#[test]
fn esc_leaves_what_was_typed_and_enter_sends_it_then() {
    let mut client = Client::entered(40, 12);
    client.did();
    client.types(":smi");
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!((input(&client), offered(&client).len()), (":smi", 0));
    client.types("\n");
    assert!(sent(&client.did())[0].contains(":smi"));
    client.types(":smix");
    assert_eq!(offered(&client), [""; 0]);
    client.presses(KeyCode::Backspace, KeyModifiers::NONE);
    assert!(!offered(&client).is_empty(), "what is taken back is looked at again");
    client.happens(Event::Paste("x".to_owned()));
    assert_eq!(offered(&client), [""; 0]);
}

#[test]
fn nothing_becomes_a_picture_in_code_or_when_formatting_is_off() {
    let mut client = Client::entered(40, 12);
    client.types("`:smile:");
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    client.types("/plain\n:smi");
    assert_eq!(offered(&client), [""; 0]);
    client.types("le:");
    assert_eq!(input(&client), ":smile:");
}

#[test]
fn a_click_takes_the_picture_that_it_hits() {
    let mut client = Client::entered(40, 12);
    client.types(":smi");
    let row = client.screen().iter().position(|row| row.contains(":smirk:")).unwrap();
    client.happens(Event::Click(3, u16::try_from(row).unwrap()));
    assert_eq!(input(&client), "😏");
}

/// Those that are offered for a reaction, with nothing typed.
fn for_reactions(client: &Client) -> Vec<&str> {
    client.screen.chat.latest_emoji.iter().map(|emoji| emoji.as_str()).collect()
}

#[test]
fn the_usual_ones_and_those_used_last_are_offered_as_in_every_client() {
    let golden = include_str!("../../../../protocol/tests/golden/clients/latest_emoji.json");
    let golden: BTreeMap<String, Vec<String>> = serde_json::from_str(golden).unwrap();
    let mut client = Client::entered(40, 12);
    assert_eq!(for_reactions(&client), golden["usual"]);
    for emoji in &golden["uses"] {
        client.screen.chat.remember_emoji(&emoji.as_str().try_into().unwrap());
    }
    assert_eq!(for_reactions(&client), golden["offered"]);
}
