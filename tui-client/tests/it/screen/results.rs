//! What a search has found: kept up to date, gone through, and closed.

use crossterm::event::{KeyCode, KeyModifiers};

use super::search::{HITS, found, has, marked, searched};
use crate::client::{Client, sent};

const NONE: KeyModifiers = KeyModifiers::NONE;

fn delete(client: &mut Client, id: u64) {
    client.hears(&format!(
        r#"{{"type":"deleted","room":"dev","message":{id},"by":"Bob","id":{},"at":0}}"#,
        id + 100
    ));
}

fn found_ids(client: &Client) -> Vec<u64> {
    let search = client.screen.chat.search.as_ref().unwrap();
    search.found.messages.iter().map(|message| message.id.get()).collect()
}

#[test]
fn a_page_comes_although_the_message_before_it_is_deleted_meanwhile() {
    let mut client = searched(80, 24);
    (0..3).for_each(|_| client.presses(KeyCode::Down, NONE));
    assert_eq!(sent(&client.did()).len(), 1);
    delete(&mut client, 7);
    client.hears(&found(&[(3, "dev", "first coffee")], false, "s-2"));
    assert_eq!(found_ids(&client), [19, 12, 3]);
}

#[test]
fn what_follows_can_be_asked_for_when_all_that_is_here_is_deleted() {
    let mut client = searched(80, 24);
    HITS.iter().for_each(|(id, ..)| delete(&mut client, *id));
    assert!(found_ids(&client).is_empty());
    client.presses(KeyCode::Down, NONE);
    let asked = r#"{"type":"search","query":"coff* in:dev","before":7,"ref":"s-2"}"#;
    assert_eq!(sent(&client.did()), [asked]);
    client.hears(&found(&[(3, "dev", "first coffee")], false, "s-2"));
    assert_eq!(found_ids(&client), [3]);
}

/// At the newest result, among the messages around it.
fn at_a_result() -> Client {
    let mut client = searched(80, 24);
    client.presses(KeyCode::Enter, NONE);
    client.hears(r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"More coffee","id":19,"at":0}],"more":true,"head":40,"newer":true,"ref":"jump"}"#);
    client.did();
    client
}

fn gone_to(client: &Client) -> Option<u64> {
    client.screen.chat.search.as_ref().and_then(|search| search.at).map(|id| id.get())
}

#[test]
fn escape_in_the_conversation_ends_the_search_and_again_goes_to_the_newest_message() {
    let mut client = at_a_result();
    client.presses(KeyCode::Esc, NONE);
    assert!(client.screen.chat.search.is_none() && marked(&client).is_empty());
    assert!(client.screen.chat.room().past.is_some() && has(&client, "More coffee"));
    client.presses(KeyCode::Esc, NONE);
    assert!(client.screen.chat.room().past.is_none() && !has(&client, "More coffee"));
}

#[test]
fn escape_in_a_list_that_was_opened_again_keeps_the_search() {
    let mut client = at_a_result();
    client.presses(KeyCode::Char('f'), KeyModifiers::CONTROL);
    assert!(has(&client, "3+ results: Enter opens one, Esc closes the list"));
    client.presses(KeyCode::Esc, NONE);
    assert!(!has(&client, "a coffin") && gone_to(&client) == Some(19), "{:#?}", client.screen());
    client.presses(KeyCode::F(3), NONE);
    assert_eq!(gone_to(&client), Some(12));
}

#[test]
fn under_an_open_list_the_conversation_stays_where_it_is() {
    let mut client = at_a_result();
    (0..3).for_each(|_| client.presses(KeyCode::F(3), NONE));
    assert!(has(&client, "Loading older results …"), "{:#?}", client.screen());
    client.presses(KeyCode::Char('f'), KeyModifiers::CONTROL);
    client.hears(&found(&[(3, "qa", "first coffee")], false, "s-2"));
    assert_eq!((gone_to(&client), found_ids(&client)), (Some(7), vec![19, 12, 7, 3]));
    assert_eq!(client.screen.chat.room().name.as_str(), "dev");
    assert!(has(&client, ">1970-01-01 00:07 #dev Bob"), "{:#?}", client.screen());
}

#[test]
fn when_the_last_of_the_list_is_deleted_the_one_before_it_is_marked() {
    let mut client = searched(80, 24);
    (0..2).for_each(|_| client.presses(KeyCode::Down, NONE));
    delete(&mut client, 7);
    assert!(has(&client, ">1970-01-01 00:12 #qa Bob"), "{:#?}", client.screen());
    client.presses(KeyCode::Enter, NONE);
    assert_eq!(gone_to(&client), Some(12));
}
