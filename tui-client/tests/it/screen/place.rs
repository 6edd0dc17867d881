//! The reading place: what is being read stays where it is, whatever comes or goes around it.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::room::{ENTRIES_MAX, ENTRIES_MAX_READING, Page};
use nebula::screen::Event;

use crate::client::Client;

/// The row of the screen where a text stands.
fn row_of(client: &Client, text: &str) -> Option<usize> {
    client.screen().iter().position(|row| row.contains(text))
}

fn history(ids: std::ops::Range<u64>) -> String {
    let message = |id: u64| {
        format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"message {id}.","id":{id},"at":0}}"#
        )
    };
    let messages: Vec<_> = ids.map(message).collect();
    format!(
        r#"{{"type":"history","room":"dev","messages":[{}],"more":true,"head":1}}"#,
        messages.join(",")
    )
}

#[test]
fn check_2_the_row_that_is_read_stays_through_arrivals_resizes_trims_and_older_history() {
    let mut client = Client::new(80, 24);
    client.happens(chat::Event::Connected);
    client.hears(&history(1000..1100));
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    for _ in 0..3 {
        client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    }
    let top = client.screen()[1].clone();
    let read = top.split('│').next().unwrap().trim_end().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(row_of(&client, &read), Some(1));

    (2000..2500).for_each(|id| client.says(id, "Bob", "more, and long enough to wrap somewhere"));
    assert_eq!(row_of(&client, &read), Some(1), "after arrivals");
    for n in 0..20_u16 {
        let (columns, rows) = (40 + n * 7 % 130, 8 + n * 5 % 40);
        client.happens(Event::Resize(columns, rows));
        assert_eq!(row_of(&client, &read), Some(1), "at {columns} x {rows}");
        client.says(3000 + u64::from(n), "Bob", "meanwhile");
    }
    client.happens(Event::Resize(80, 24));
    assert_eq!(client.screen()[1], top, "the very row");

    while client.screen.chat.room().oldest().unwrap().get() == 1000 {
        client.screen.chat.room_mut().awaited = Some(Page::Before(1000.try_into().unwrap()));
        client.hears(&history(800..1000));
    }
    assert_eq!(client.screen()[1], top, "after older history");
    // Far more than is kept otherwise: what is read is not taken away.
    let many = u64::try_from(ENTRIES_MAX).unwrap();
    (4000..4000 + many).for_each(|id| client.says(id, "Bob", "x"));
    assert_eq!(client.screen()[1], top, "after a trim");
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(client.screen.chat.room().entries.len(), ENTRIES_MAX);
}

#[test]
fn somebody_who_reads_for_days_does_not_fill_the_memory() {
    let mut client = Client::entered(80, 24);
    (1..100).for_each(|id| client.says(id, "Bob", "x"));
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    let many = u64::try_from(ENTRIES_MAX_READING).unwrap();
    (100..200 + many).for_each(|id| client.says(id, "Bob", "x"));
    assert_eq!(client.screen.chat.room().entries.len(), ENTRIES_MAX_READING);
    assert!(client.screen()[1].contains("Bob"), "and something is shown");
}

#[test]
fn a_row_in_the_middle_of_a_long_message_is_found_again() {
    let mut client = Client::entered(80, 12);
    let long = "word ".repeat(300);
    client.says(1, "Bob", "before");
    client.says(2, "Bob", long.trim());
    (3..20).for_each(|id| client.says(id, "Bob", "after"));
    client.happens(Event::Wheel(-20));
    let before = client.screen();
    // So wide that it has fewer rows than were scrolled past.
    client.happens(Event::Resize(200, 12));
    assert!(client.screen()[1].contains("word") || client.screen()[1].contains("Bob"));
    client.happens(Event::Resize(80, 12));
    assert_eq!(client.screen(), before);
    // A line that appears above moves nothing below it.
    client.happens(Event::Focus(false));
    client.says(30, "Bob", "unseen");
    assert_eq!(client.screen()[1..10], before[1..10]);
}

#[test]
fn one_finds_what_is_new_and_where_one_was_called() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "alice: first call");
    (2..40).for_each(|id| client.says(id, "Bob", "line"));
    client.says(40, "Bob", "second call, Alice");
    (41..80).for_each(|id| client.says(id, "Bob", "line"));
    client.happens(Event::Focus(false));
    client.says(80, "Bob", "the first unseen");
    (81..120).for_each(|id| client.says(id, "Bob", "line"));
    client.happens(Event::Focus(true));
    assert_eq!(row_of(&client, "unseen"), None);
    client.presses(KeyCode::Char('u'), KeyModifiers::ALT);
    assert!(row_of(&client, "unseen").is_some());
    client.presses(KeyCode::Char('p'), KeyModifiers::ALT);
    assert!(row_of(&client, "second call").is_some());
    client.presses(KeyCode::Char('p'), KeyModifiers::ALT);
    assert!(row_of(&client, "first call").is_some());
    client.presses(KeyCode::Char('p'), KeyModifiers::ALT);
    assert!(client.screen().join("").contains("No earlier mention of you"));
    client.presses(KeyCode::Char('n'), KeyModifiers::ALT);
    assert!(row_of(&client, "second call").is_some());
}

#[test]
fn a_room_that_is_all_in_sight_follows_the_end_whatever_is_turned() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "the first");
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    client.happens(Event::Wheel(-3));
    (2..30).for_each(|id| client.says(id, "Bob", &format!("message {id}.")));
    assert!(row_of(&client, "message 29.").is_some());
}

#[test]
fn the_day_stands_above_the_first_message_and_moves_nothing_when_older_ones_come() {
    let mut client = Client::new(80, 12);
    client.happens(chat::Event::Connected);
    client.hears(&history(1000..1100));
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert_eq!(row_of(&client, "Thu 1 Jan 1970"), None);
    client.presses(KeyCode::Home, KeyModifiers::ALT);
    assert_eq!(row_of(&client, "Thu 1 Jan 1970"), Some(1));
    assert_eq!(row_of(&client, "message 1000."), Some(2));
    client.hears(&history(800..1000));
    assert_eq!(row_of(&client, "message 1000."), Some(2));
    assert_eq!(row_of(&client, "message 999."), Some(1));
}

#[test]
fn the_next_call_is_another_one_also_behind_those_who_came_and_left_at_once() {
    let mut client = Client::entered(80, 12);
    let fill = |client: &mut Client, ids: std::ops::Range<u64>| {
        ids.for_each(|id| client.says(id, "Bob", "line"));
    };
    for call in 1..=3 {
        fill(&mut client, call * 100..call * 100 + 30);
        for _ in 0..3 {
            for what in ["join", "leave"] {
                client.hears(&format!(r#"{{"type":"{what}","room":"dev","sender":"Eve"}}"#));
            }
        }
        client.says(call * 100 + 30, "Bob", &format!("call {call}, Alice"));
        client.says(call * 100 + 31, "Bob", &format!("again {call}, Alice"));
    }
    fill(&mut client, 400..430);
    let order = ["again 3", "call 3", "again 2", "call 2", "again 1", "call 1"];
    for call in order {
        client.presses(KeyCode::Char('p'), KeyModifiers::ALT);
        assert_eq!(row_of(&client, call), Some(2), "{call}: {:#?}", client.screen());
    }
    for call in order.into_iter().rev().skip(1) {
        client.presses(KeyCode::Char('n'), KeyModifiers::ALT);
        assert_eq!(row_of(&client, call), Some(2), "{call}: {:#?}", client.screen());
    }
    client.presses(KeyCode::Char('n'), KeyModifiers::ALT);
    assert!(client.screen().join("").contains("No later mention of you"));
}
