//! Searching all messages: the field, the list of results, and going through them from the conversation.

use crossterm::event::{KeyCode, KeyModifiers};
use jiff::tz::{TimeZone, offset};
use nebula::chat;
use nebula::screen::Event;
use nebula::screen::theme::{Depth, Looks, Theme};
use nebula::screen::view::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;

use crate::client::{Client, sent};

const NONE: KeyModifiers = KeyModifiers::NONE;

pub(super) fn found(hits: &[(u64, &str, &str)], more: bool, reference: &str) -> String {
    let messages = hits.iter().map(|(id, room, content)| {
        let at = id * 60_000;
        format!(
            r#"{{"type":"message","room":"{room}","sender":"Bob","content":"{content}","id":{id},"at":{at}}}"#
        )
    });
    let messages = messages.collect::<Vec<_>>().join(",");
    format!(r#"{{"type":"found","messages":[{messages}],"more":{more},"ref":"{reference}"}}"#)
}

pub(super) const HITS: &[(u64, &str, &str)] =
    &[(19, "dev", "More **coffee**, Café?"), (12, "qa", "a coffin"), (7, "dev", "no Coffee")];

/// With the list of what was found.
pub(super) fn searched(columns: u16, rows: u16) -> Client {
    let mut client = Client::entered(columns, rows);
    client.presses(KeyCode::Char('f'), KeyModifiers::CONTROL);
    client.types("coff* in:dev\n");
    client.hears(&found(HITS, true, "s-1"));
    client.did();
    client
}

pub(super) fn has(client: &Client, words: &str) -> bool {
    client.screen().iter().any(|row| row.contains(words))
}

/// What is marked within rows that are not chosen, however many colours there are.
pub(super) fn marked(client: &Client) -> Vec<String> {
    let (columns, rows) = client.screen.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| drop(view(&client.screen, frame))).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mark = Modifier::BOLD | Modifier::REVERSED;
    let (mut marked, mut goes_on) = (Vec::<String>::new(), false);
    for cell in buffer.content() {
        match cell.modifier.contains(mark) {
            true if goes_on => marked.last_mut().unwrap().push_str(cell.symbol()),
            true => marked.push(cell.symbol().to_owned()),
            false => {}
        }
        goes_on = cell.modifier.contains(mark);
    }
    marked.retain(|words| !words.starts_with('>'));
    marked
}

#[test]
fn keys_open_the_field_and_enter_asks_the_server() {
    for key in ['f', 's'] {
        let mut client = Client::entered(80, 24);
        client.presses(KeyCode::Char(key), KeyModifiers::CONTROL);
        assert!(has(&client, "Search all messages: Enter searches"), "{:#?}", client.screen());
        assert!(has(&client, " Search for words, \"phrases\", word*"), "{:#?}", client.screen());
        client.types("coff*");
        assert!(sent(&client.did()).is_empty() && client.screen()[23].starts_with("search: coff*"));
        client.types("\n");
        assert_eq!(sent(&client.did()), [r#"{"type":"search","query":"coff*","ref":"s-1"}"#]);
        assert!(has(&client, "searching …"), "{:#?}", client.screen());
        client.types("\n");
        assert!(sent(&client.did()).is_empty(), "asked once");
        client.hears(&found(HITS, false, "s-1"));
        assert!(has(&client, "3 results: Enter opens one"), "{:#?}", client.screen());
    }
    let mut client = Client::entered(80, 24);
    client.types("/search\n");
    assert!(has(&client, "Search all messages") && sent(&client.did()).is_empty());
    client.presses(KeyCode::Esc, NONE);
    client.types("/search  coff* \n");
    assert_eq!(sent(&client.did()), [r#"{"type":"search","query":"coff*","ref":"s-1"}"#]);
    assert!(client.screen()[23].starts_with("search: coff*"), "{:#?}", client.screen());
}

#[test]
fn hits_are_listed_with_what_was_looked_for_marked_whatever_the_colours() {
    let without = Looks { theme: Theme::Any, depth: Depth::None };
    for (columns, rows) in [(40, 12), (80, 24)] {
        for looks in [Looks::default(), without] {
            let mut client = searched(columns, rows);
            client.screen.looks = looks;
            assert_eq!(marked(&client), ["coffee", "coffin", "Coffee"], "{:#?}", client.screen());
            let screen = client.screen();
            let screen: Vec<_> = screen.iter().map(|row| row.trim_end()).collect();
            insta::assert_snapshot!(format!("search_{columns}x{rows}"), screen.join("\n"));
        }
    }
}

#[test]
fn of_a_long_text_the_part_is_shown_that_was_looked_for() {
    let mut client = Client::entered(40, 12);
    client.types("/search coffee\n");
    let long = format!("{}the coffee is ready {}", "words ".repeat(30), "words ".repeat(30));
    client.hears(&found(&[(9, "dev", &long), (8, "dev", "coffee first")], false, "s-1"));
    assert!(has(&client, "  …words the coffee is ready"), "{:#?}", client.screen());
    assert!(has(&client, "  coffee first"), "{:#?}", client.screen());
    assert_eq!(marked(&client), ["coffee", "coffee"]);
    let rows = client.screen();
    assert!(rows.iter().any(|row| row.trim_end().ends_with('…')), "more follows: {rows:#?}");
}

#[test]
fn emoji_are_marked_by_their_names_where_they_are_shown_so() {
    let mut client = Client::entered(80, 24);
    client.screen.names_emoji = true;
    client.types("/search 🚀\n");
    client.hears(&found(&[(9, "dev", "go 🚀 now")], false, "s-1"));
    assert_eq!(marked(&client), [":rocket:"]);
}

#[test]
fn the_next_page_is_asked_for_at_the_end_of_the_list() {
    let mut client = searched(80, 24);
    client.presses(KeyCode::Down, NONE);
    client.presses(KeyCode::Down, NONE);
    assert!(sent(&client.did()).is_empty());
    client.presses(KeyCode::Down, NONE);
    let asked = r#"{"type":"search","query":"coff* in:dev","before":7,"ref":"s-2"}"#;
    assert_eq!(sent(&client.did()), [asked]);
    client.hears(&found(&[(3, "dev", "first coffee")], false, "s-2"));
    assert!(has(&client, "4 results:") && has(&client, "first coffee"), "{:#?}", client.screen());
    client.presses(KeyCode::Down, NONE);
    client.presses(KeyCode::Down, NONE);
    assert!(has(&client, ">1970-01-01 00:03 #dev Bob"), "{:#?}", client.screen());
    assert!(sent(&client.did()).is_empty());
}

#[test]
fn enter_goes_to_a_hit_keys_to_the_next_ones_and_escape_ends_the_search() {
    let mut client = searched(80, 24);
    client.presses(KeyCode::Enter, NONE);
    let around = r#"{"type":"history","room":"dev","around":19,"limit":100,"ref":"jump"}"#;
    assert_eq!(sent(&client.did()), [around]);
    client.hears(r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"More coffee","id":19,"at":0}],"more":true,"head":40,"newer":true,"ref":"jump"}"#);
    let about = "Result 1 of 3+: F3 older, F4 newer, Esc ends the search";
    assert!(has(&client, about), "{:#?}", client.screen());
    assert_eq!(marked(&client), ["Bob"], "whose message it is");
    client.presses(KeyCode::F(4), NONE);
    assert!(has(&client, "No newer results"), "{:#?}", client.screen());
    client.presses(KeyCode::F(3), NONE);
    assert_eq!(client.screen.chat.room().name.as_str(), "qa");
    client.presses(KeyCode::F(3), NONE);
    assert_eq!(client.screen.chat.search.as_ref().unwrap().at.unwrap().get(), 7);
    client.presses(KeyCode::F(3), KeyModifiers::SHIFT);
    assert_eq!(client.screen.chat.search.as_ref().unwrap().at.unwrap().get(), 12);
    client.presses(KeyCode::F(3), NONE);
    client.did();
    // The oldest that is here: the one behind it is gone to when it comes.
    client.presses(KeyCode::F(3), NONE);
    assert!(has(&client, "Loading older results …"), "{:#?}", client.screen());
    let asked = r#"{"type":"search","query":"coff* in:dev","before":7,"ref":"s-2"}"#;
    assert_eq!(sent(&client.did()), [asked]);
    client.hears(&found(&[(3, "dev", "first coffee")], false, "s-2"));
    assert_eq!(client.screen.chat.search.as_ref().unwrap().at.unwrap().get(), 3);
    client.presses(KeyCode::F(3), NONE);
    assert!(has(&client, "No older results"), "{:#?}", client.screen());
    // The list opens again where one is.
    client.presses(KeyCode::Char('f'), KeyModifiers::CONTROL);
    assert!(has(&client, ">1970-01-01 00:03 #dev Bob"), "{:#?}", client.screen());
    client.presses(KeyCode::Enter, NONE);
    client.presses(KeyCode::Esc, NONE);
    assert!(client.screen.chat.search.is_none());
    assert!(client.screen.views.values().all(|view| view.found.is_none()));
    client.presses(KeyCode::F(3), NONE);
    assert!(has(&client, "No search yet. C-f searches"), "{:#?}", client.screen());
}

#[test]
fn escape_in_the_list_ends_the_search() {
    let mut client = searched(80, 24);
    client.presses(KeyCode::Esc, NONE);
    assert!(client.screen.chat.search.is_none() && !has(&client, "coffin"));
}

#[test]
fn a_deletion_and_an_edit_change_the_list_and_its_mark_stays() {
    let mut client = searched(80, 24);
    client.presses(KeyCode::Down, NONE);
    client.presses(KeyCode::Down, NONE);
    client.hears(r#"{"type":"deleted","room":"qa","message":12,"by":"Bob","id":40,"at":0}"#);
    client.hears(r#"{"type":"edited","room":"dev","message":19,"content":"less coffee","sender":"Bob","id":41,"at":0}"#);
    assert!(has(&client, "  less coffee") && !has(&client, "coffin"), "{:#?}", client.screen());
    assert!(has(&client, ">1970-01-01 00:07 #dev Bob"), "{:#?}", client.screen());
}

#[test]
fn what_has_changed_while_one_was_away_changes_the_list_too() {
    let mut client = searched(80, 24);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"changed":[{"type":"message","room":"dev","sender":"Bob","content":"tea","id":19,"at":0,"change":40},{"type":"message","room":"dev","sender":"Bob","content":"","id":7,"at":0,"change":41,"deleted":true}],"more":false,"head":41}"#);
    assert!(has(&client, "  tea") && !has(&client, "no Coffee"), "{:#?}", client.screen());
    // What was told before the message was read tells nothing new.
    client.hears(r#"{"type":"edited","room":"dev","message":19,"content":"old","sender":"Bob","id":39,"at":0}"#);
    assert!(has(&client, "  tea"), "{:#?}", client.screen());
}

#[test]
fn a_refusal_that_nobody_waits_for_is_not_told() {
    let mut client = Client::entered(80, 24);
    client.types("/search slow\n");
    client.presses(KeyCode::Esc, NONE);
    client.types("/search tea\n");
    client.hears(r#"{"type":"error","code":"search_too_long","content":"this search takes too long","ref":"s-1"}"#);
    assert!(has(&client, "searching …") && !has(&client, "too long"), "{:#?}", client.screen());
}

#[test]
fn under_another_name_what_was_found_is_forgotten() {
    let mut client = searched(80, 24);
    client.presses(KeyCode::Enter, NONE);
    client.types("/nick Alison\n");
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":0}"#);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alison"}"#);
    assert!(client.screen.chat.search.is_none());
}

#[test]
fn other_words_are_asked_for_before_their_hits_are_shown() {
    let mut client = searched(80, 24);
    client.types("x");
    assert!(!has(&client, "coffin") && has(&client, "Enter searches"), "{:#?}", client.screen());
    client.presses(KeyCode::Backspace, NONE);
    assert!(has(&client, "coffin"), "{:#?}", client.screen());
    client.types(" tea\n");
    let asked = r#"{"type":"search","query":"coff* in:dev tea","ref":"s-2"}"#;
    assert_eq!(sent(&client.did()), [asked]);
}

#[test]
fn what_was_not_found_and_why_is_said_in_the_list() {
    let mut client = Client::entered(40, 12);
    client.types("/search nothing\n");
    client.hears(&found(&[], false, "s-1"));
    let shown = client.screen().iter().map(|row| row.trim()).collect::<Vec<_>>().join(" ");
    let hint = "Nothing found. Search for words, \"phrases\", word*, -not, from:, in:, before:, after:, has:link";
    assert!(shown.contains(hint), "{shown}");
    client.types("\n");
    assert_eq!(sent(&client.did()).len(), 2, "asked again");
    client.hears(r#"{"type":"error","code":"search_too_long","content":"this search takes too long: add a word","ref":"s-2"}"#);
    client.types(" ");
    let shown = client.screen().iter().map(|row| row.trim()).collect::<Vec<_>>().join(" ");
    assert!(shown.contains("This search takes too long: add a word"), "{shown}");
}

#[test]
fn without_a_connection_a_search_waits_for_the_next_and_only_the_last_one_is_sent() {
    let mut client = Client::entered(80, 24);
    client.types("/search one\n");
    client.did();
    client.happens(chat::Event::Lost { code: None, reason: "cut".to_owned() });
    assert!(has(&client, "Not connected: searches with the next connection"));
    client.types("x\n");
    client.types("y\n");
    assert!(has(&client, "Not connected: the search is sent"), "{:#?}", client.screen());
    assert!(sent(&client.did()).is_empty());
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":0}"#);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    let asked = sent(&client.did());
    let searches: Vec<_> = asked.iter().filter(|frame| frame.contains(r#""search""#)).collect();
    assert_eq!(searches, [r#"{"type":"search","query":"onexy","ref":"s-3"}"#]);
}

#[test]
fn filters_are_completed_in_the_field_and_behind_the_command() {
    let mut client = Client::entered(80, 24);
    client.screen.chat.now = 1_764_633_600_000;
    client.presses(KeyCode::Char('f'), KeyModifiers::CONTROL);
    let typed = |client: &Client| client.screen()[23].trim_end().to_owned();
    client.types("tea f");
    client.presses(KeyCode::Tab, NONE);
    assert_eq!(typed(&client), "search: tea from:");
    client.presses(KeyCode::Tab, NONE);
    assert_eq!(typed(&client), "search: tea from:Bob");
    client.presses(KeyCode::Tab, NONE);
    assert_eq!(typed(&client), "search: tea from:Alice");
    client.types("in:D");
    client.presses(KeyCode::Tab, NONE);
    client.types("after:");
    client.presses(KeyCode::BackTab, NONE);
    client.presses(KeyCode::BackTab, NONE);
    assert_eq!(typed(&client), "search: tea from:Alice in:dev after:2025-11-02");
    client.presses(KeyCode::Esc, NONE);
    client.types("/search from:b");
    client.presses(KeyCode::Tab, NONE);
    assert_eq!(client.screen.input.text(), "/search from:Bob ");
}

#[test]
fn a_click_goes_to_a_hit_by_either_of_its_rows() {
    for words in ["#qa Bob", "a coffin"] {
        let mut client = searched(80, 24);
        let screen = client.screen();
        let mut places =
            screen.iter().enumerate().map(|(row, words_of)| (row, words_of.find(words)));
        let (row, column) = places.find_map(|(row, column)| Some((row, column?))).unwrap();
        let [column, row] = [column, row].map(|at| u16::try_from(at).unwrap());
        client.happens(Event::Click(column, row));
        assert_eq!(client.screen.chat.room().name.as_str(), "qa", "{words}");
    }
}

#[test]
fn days_are_offered_as_the_server_counts_them_also_in_the_morning_of_the_east() {
    let mut client = Client::entered(80, 24);
    // Nine in the morning of the second of December, an hour before that day begins in UTC.
    client.screen.zone = TimeZone::fixed(offset(10));
    client.screen.chat.now = 1_764_630_000_000;
    client.presses(KeyCode::Char('f'), KeyModifiers::CONTROL);
    client.types("after:");
    client.presses(KeyCode::Tab, NONE);
    assert!(client.screen()[23].starts_with("search: after:2025-12-01 "), "{:#?}", client.screen());
}

#[test]
fn one_result_is_opened_and_many_are_counted_as_far_as_they_are_here() {
    let mut client = Client::entered(80, 24);
    client.types("/search coffee\n");
    client.hears(&found(&HITS[..1], false, "s-1"));
    assert!(
        has(&client, "1 result: Enter opens it, Esc ends the search"),
        "{:#?}",
        client.screen()
    );
}
