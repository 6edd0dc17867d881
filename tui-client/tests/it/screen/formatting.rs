//! Formatted messages on the screen: what they look like, and how what they hide is opened.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat::Effect;
use nebula::screen::Event;

use crate::client::Client;

/// Without what stands beside the messages.
fn rows(client: &Client) -> Vec<String> {
    let screen = client.screen();
    let rows = screen.iter().map(|row| row.split(" │ ").next().unwrap_or_default());
    rows.map(|row| row.trim_end_matches(['│', ' ']).to_owned()).collect()
}

fn row_of(client: &Client, text: &str) -> u16 {
    let rows = client.screen();
    let row = rows.iter().position(|row| row.contains(text));
    u16::try_from(row.unwrap_or_else(|| panic!("{text}: {rows:#?}"))).unwrap()
}

#[test]
fn blocks_stand_beside_the_name_and_below_it_where_there_are_no_columns() {
    let mut client = Client::entered(40, 12);
    client.says(1, "Bob", "see:\\n```c\\nint a;\\n```");
    client.says(2, "Bob", "- one\\n- two");
    client.says(3, "Bob", "/me **waves**");
    client.shows(&[
        " #dev        ● connected · 2 online (F8)",
        "──────────── Thu 1 Jan 1970 ────────────",
        "Bob: see:",
        "  int a;                               c",
        "00:02 Bob:",
        "  - one",
        "  - two",
        "00:03 Bob: * waves",
        "",
        "",
        "",
        "> Message #dev as Alice · F1 help",
    ]);
    client.happens(Event::Resize(100, 12));
    let shown = rows(&client);
    assert_eq!(
        shown[2..6],
        [
            "00:01 Bob         see:",
            "                  int a;                                                        c",
            "00:02 Bob         - one",
            "                  - two",
        ]
    );
}

#[test]
fn a_spoiler_is_opened_by_a_key_and_by_a_click_and_closed_again() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "it was ||the butler||");
    client.says(2, "Bob", "no");
    let (hidden, opened) = ("it was ███ ██████", "it was the butler");
    let before = row_of(&client, hidden);
    client.presses(KeyCode::Char('o'), KeyModifiers::ALT);
    assert_eq!(row_of(&client, opened), before, "nothing moves");
    client.presses(KeyCode::Char('o'), KeyModifiers::ALT);
    assert_eq!(row_of(&client, hidden), before);
    client.happens(Event::Click(30, before + 1));
    assert_eq!(row_of(&client, hidden), before, "another message was clicked");
    client.happens(Event::Click(30, before));
    assert_eq!(row_of(&client, opened), before);
    client.presses(KeyCode::Up, KeyModifiers::ALT);
    client.presses(KeyCode::Up, KeyModifiers::ALT);
    client.types("\n");
    assert_eq!(row_of(&client, hidden), before, "so does the key for the selected one");
}

#[test]
fn what_is_read_stays_where_it_is_when_a_long_message_is_opened() {
    let mut client = Client::entered(80, 24);
    let lines: Vec<_> = (0..60).map(|n| format!("line {n}.")).collect();
    (1..30).for_each(|id| client.says(id, "Bob", "before"));
    client.says(30, "Eve", &format!("```\\n{}\\n```", lines.join("\\n")));
    client.says(31, "Bob", "after");
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    let before = client.screen();
    let name = row_of(&client, "Eve");
    client.presses(KeyCode::Char('o'), KeyModifiers::ALT);
    assert_eq!(client.screen()[..22], before[..22]);
    assert_eq!(row_of(&client, "Eve"), name);
    client.presses(KeyCode::Char('o'), KeyModifiers::ALT);
    assert_eq!(client.screen()[..22], before[..22]);
    // At the end: what is below grows, and what is read stays.
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    let fold = row_of(&client, "more rows");
    client.happens(Event::Click(30, fold));
    assert_eq!(row_of(&client, "line 29."), fold, "{:#?}", client.screen());
}

#[test]
fn a_failed_message_says_why_behind_its_last_block() {
    let mut client = Client::entered(64, 9);
    client.happens(Event::Paste("```\na\n```".to_owned()));
    client.types("\n");
    client.hears(r#"{"type":"error","code":"content_too_long","content":"too long","room":"dev","ref":"s-1"}"#);
    let shown = rows(&client);
    let row = shown.iter().position(|row| row.contains("you")).unwrap();
    assert_eq!(shown[row].trim_end(), "!     you         a");
    assert_eq!(shown[row + 1].trim(), "(too long)");
}

#[test]
fn copy_mode_shows_what_was_typed() {
    let mut client = Client::entered(64, 9);
    client.says(1, "Bob", "**a** `b`");
    client.presses(KeyCode::Char('l'), KeyModifiers::ALT);
    assert!(client.screen().join("\n").contains("**a** `b`"));
}

#[test]
fn a_command_shows_messages_as_they_were_typed_and_formats_them_again() {
    let mut client = Client::entered(64, 12);
    client.says(1, "Bob", "**a** ||b||\\n```\\nc\\n```");
    assert_eq!(rows(&client)[2..4], ["00:01 Bob         a █", "                  c"]);
    client.types("/plain\n");
    let typed = [
        "00:01 Bob         **a** ||b||",
        "                  ```",
        "                  c",
        "                  ```",
    ];
    assert_eq!(rows(&client)[2..6], typed);
    client.types("/plain\n");
    assert_eq!(rows(&client)[2..4], ["00:01 Bob         a █", "                  c"]);
}

#[test]
fn the_code_of_a_selected_message_is_copied_as_it_was_typed() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "see\\n```rust\\nfn x() {\\n\\t1\\n}\\n```\\n**and** that");
    client.says(2, "Bob", "**no** code");
    let copied = |client: &mut Client, ups: usize| {
        client.did();
        (0..ups).for_each(|_| client.presses(KeyCode::Up, KeyModifiers::ALT));
        client.types("c");
        client.did()
    };
    assert_eq!(copied(&mut client, 2), [Effect::Copy("fn x() {\n\t1\n}".to_owned())]);
    assert_eq!(copied(&mut client, 1), [Effect::Copy("**no** code".to_owned())]);
}
