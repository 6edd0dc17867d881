//! What is unread on all devices, what mentions this person, and what is highlighted.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::update::tell_before_leaving;
use nebula::screen::view::title;

use crate::client::{Client, sent};

/// In `dev`, whose list of rooms was told with what is unread in `ops`.
fn listed(ops: &str) -> Client {
    let mut client = Client::new(80, 24);
    client.screen.chat.list.is_wanted = true;
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":0}"#);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.hears(&format!(
        r#"{{"type":"rooms","rooms":[{{"room":"dev","kind":"open","people":1,"joined":true,"place":1000}},{{"room":"ops","kind":"open","people":1,"joined":true,"place":2000,{ops}}}],"more":false,"ref":"s-1"}}"#
    ));
    client.did();
    client
}

fn has(client: &Client, words: &str) -> bool {
    client.screen().iter().any(|row| row.contains(words))
}

#[test]
fn what_is_unread_in_rooms_that_were_not_looked_at_is_shown() {
    let client = listed(r#""read":1,"head":9,"unread":3"#);
    assert_eq!(title(&client.screen), "(3) #dev · Nebula");
    assert!(has(&client, " 2 #ops") && !has(&client, "!3"), "{:#?}", client.screen());
    let client = listed(r#""read":1,"head":9,"unread":3,"mentions":1"#);
    assert!(has(&client, "!3"), "{:#?}", client.screen());
    let client = listed(r#""read":1,"head":9000,"unread":1000"#);
    assert_eq!(title(&client.screen), "(999+) #dev · Nebula");
}

#[test]
fn who_leaves_tells_what_was_read_a_moment_ago() {
    let mut client = listed(r#""read":1,"head":1"#);
    client.says(5, "Bob", "one");
    client.says(6, "Bob", "two");
    assert_eq!(sent(&client.did()), [r#"{"type":"read","room":"dev","upto":5}"#]);
    let told = tell_before_leaving(&mut client.screen.chat);
    assert_eq!(sent(&told), [r#"{"type":"read","room":"dev","upto":6}"#]);
    assert_eq!(tell_before_leaving(&mut client.screen.chat), []);
}

#[test]
fn a_key_marks_the_room_as_unread_from_a_message_on() {
    let mut client = listed(r#""read":1,"head":1"#);
    client.says(5, "Bob", "one");
    client.says(6, "Bob", "two");
    client.did();
    client.presses(KeyCode::Up, KeyModifiers::ALT);
    client.presses(KeyCode::Up, KeyModifiers::ALT);
    client.types("u");
    assert_eq!(sent(&client.did()), [r#"{"type":"setting","room":"dev","marked":5,"ref":"s-2"}"#]);
    assert!(has(&client, "Marked as unread"), "{:#?}", client.screen());
}

const MENTIONS: &str = r#"{"type":"mentions","messages":[{"type":"message","room":"ops","sender":"Bob","content":"@Alice **look** here","id":19,"at":60000,"mentions":["Alice"]},{"type":"message","room":"qa","sender":"Zoe","content":"@all lunch","id":12,"at":0,"mentions":[],"everybody":"all"}],"more":true,"ref":"s-2"}"#;

#[test]
fn keys_list_the_messages_that_mention_one_and_go_to_one() {
    let keys = [
        (KeyCode::Char('i'), KeyModifiers::ALT),
        (KeyCode::Char('m'), KeyModifiers::CONTROL | KeyModifiers::SHIFT),
        (KeyCode::Char('M'), KeyModifiers::CONTROL | KeyModifiers::SHIFT),
    ];
    for (code, with) in keys {
        let mut client = listed(r#""read":1,"head":30"#);
        client.presses(code, with);
        assert_eq!(sent(&client.did()), [r#"{"type":"mentions","ref":"s-2"}"#]);
        client.hears(MENTIONS);
        assert!(client.screen()[23].starts_with("filter mentions: "), "{:#?}", client.screen());
        assert!(
            has(&client, ">1970-01-01 00:01 #ops Bob: @Alice look here"),
            "{:#?}",
            client.screen()
        );
        assert!(has(&client, "#qa Zoe: @all lunch"), "{:#?}", client.screen());
        client.presses(KeyCode::Down, KeyModifiers::NONE);
        assert!(sent(&client.did()).is_empty());
        client.presses(KeyCode::Down, KeyModifiers::NONE);
        assert_eq!(sent(&client.did()), [r#"{"type":"mentions","before":12,"ref":"s-3"}"#]);
        client.presses(KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(sent(&client.did()), [r#"{"type":"join","room":"qa","history":100}"#]);
        client.hears(r#"{"type":"history","room":"qa","messages":[],"more":false,"head":0}"#);
        client.hears(r#"{"type":"join","room":"qa","sender":"Alice"}"#);
        let asked = sent(&client.did());
        let around = r#"{"type":"history","room":"qa","around":12,"limit":100,"ref":"jump"}"#;
        assert!(asked.iter().any(|frame| frame == around), "{asked:?}");
        assert!(client.screen.chat.inbox.is_none());
    }
}

#[test]
fn letters_look_for_some_of_them_and_escape_closes_the_list() {
    let mut client = listed(r#""read":1,"head":30"#);
    client.types("/mentions\n");
    client.hears(MENTIONS);
    client.types("LUNCH");
    assert!(has(&client, "#qa Zoe") && !has(&client, "#ops Bob"), "{:#?}", client.screen());
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert!(!has(&client, "#qa Zoe") && client.screen.chat.inbox.is_none());
}

#[test]
fn an_open_list_is_kept_up_to_date_and_its_mark_stays() {
    let mut client = listed(r#""read":1,"head":30"#);
    client.types("/mentions\n");
    client.types("/mentions\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"mentions","ref":"s-2"}"#]);
    client.hears(MENTIONS);
    let said = |id: u64, ends: &str| {
        format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"hey {id}","id":{id},"at":0{ends}}}"#
        )
    };
    client.hears(&said(31, r#","mentions":["Alice"]"#));
    client.hears(&said(32, ""));
    assert!(has(&client, "#dev Bob: hey 31") && !has(&client, "#dev Bob: hey 32"));
    assert!(has(&client, ">1970-01-01 00:01 #ops Bob"), "{:#?}", client.screen());
    // An edit may add a mention or take it away; what is deleted goes, also in a room that is not here.
    client.hears(r#"{"type":"edited","room":"dev","message":32,"content":"@Alice hey 32","sender":"Bob","id":33,"at":0,"mentions":["Alice"]}"#);
    client.hears(r#"{"type":"edited","room":"dev","message":31,"content":"hey","sender":"Bob","id":34,"at":0}"#);
    client.hears(r#"{"type":"deleted","room":"qa","message":12,"by":"Zoe","id":35,"at":0}"#);
    let ids = |client: &Client| {
        let inbox = client.screen.chat.inbox.as_ref().unwrap();
        inbox.messages.iter().map(|message| message.id.get()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&client), [32, 19]);
    assert!(has(&client, ">1970-01-01 00:01 #ops Bob"), "{:#?}", client.screen());
    // What is older than all of them comes with its page.
    client.hears(&said(9, r#","mentions":["Alice"]"#));
    assert_eq!(ids(&client), [32, 19]);
}

#[test]
fn a_list_of_mentions_has_an_end() {
    let mut client = listed(r#""read":1,"head":1"#);
    client.types("/mentions\n");
    let message = |id: u64| {
        format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"x","id":{id},"at":0,"everybody":"all"}}"#
        )
    };
    let all: Vec<_> = (10..2010).rev().map(message).collect();
    let all = all.join(",");
    client.hears(&format!(r#"{{"type":"mentions","messages":[{all}],"more":true,"ref":"s-2"}}"#));
    client.hears(&message(2010));
    let inbox = client.screen.chat.inbox.as_ref().unwrap();
    let ends = [inbox.messages.first(), inbox.messages.last()];
    assert_eq!(ends.map(|message| message.unwrap().id.get()), [2010, 11]);
    assert!(inbox.messages.len() == 2000 && !inbox.more);
}

#[test]
fn what_comes_moves_no_mark_off_its_room() {
    let mut client = listed(r#""read":1,"head":1"#);
    client.types("/join qa\n");
    client.presses(KeyCode::Char('g'), KeyModifiers::CONTROL);
    assert!(has(&client, ">#dev"), "{:#?}", client.screen());
    client.hears(r#"{"type":"message","room":"ops","sender":"Bob","content":"x","id":5,"at":0}"#);
    assert!(has(&client, ">#dev") && has(&client, " #ops"), "{:#?}", client.screen());
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    assert!(has(&client, ">#ops"), "{:#?}", client.screen());
}

#[test]
fn a_word_of_ones_own_is_found_like_a_mention() {
    let mut client = Client::entered(80, 8);
    client.types("/highlight deploy\n");
    client.says(1, "Bob", "the DEPLOY begins");
    (2..30).for_each(|id| client.says(id, "Bob", "something else"));
    assert!(!has(&client, "DEPLOY"));
    client.presses(KeyCode::Char('p'), KeyModifiers::ALT);
    assert!(has(&client, "the DEPLOY begins"), "{:#?}", client.screen());
}

#[test]
fn everybody_is_offered_where_one_may_mention_them_with_what_that_does() {
    let mut client = Client::entered(80, 12);
    client.types("lunch, @he");
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "lunch, @here ");
    assert!(has(&client, "everybody who is online in this room"), "{:#?}", client.screen());
    let mut client = Client::entered(80, 12);
    let names: Vec<_> = (0..16).map(|n| format!("\"p{n}\"")).collect();
    let users = names.join(",");
    client.hears(&format!(r#"{{"type":"presence","room":"dev","users":[{users}]}}"#));
    client.types("@he");
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "@he");
}

#[test]
fn under_another_name_the_counts_of_the_one_before_do_not_hold() {
    let mut client = listed(r#""read":1,"head":9,"unread":3"#);
    client.types("/nick Alison\n");
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":0}"#);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alison"}"#);
    assert_eq!(title(&client.screen), "#dev · Nebula");
}

fn mentions_listed() -> Client {
    let mut client = listed(r#""read":1,"head":30"#);
    client.types("/mentions\n");
    client.hears(MENTIONS);
    client.did();
    client
}

fn mention_ids(client: &Client) -> Vec<u64> {
    let inbox = client.screen.chat.inbox.as_ref().unwrap();
    inbox.messages.iter().map(|message| message.id.get()).collect()
}

const OLDER: &str = r#"{"type":"mentions","messages":[{"type":"message","room":"qa","sender":"Zoe","content":"@Alice","id":8,"at":0,"mentions":["Alice"]}],"more":false,"ref":"s-3"}"#;

#[test]
fn a_page_of_mentions_comes_although_the_message_before_it_is_deleted_meanwhile() {
    let mut client = mentions_listed();
    (0..2).for_each(|_| client.presses(KeyCode::Down, KeyModifiers::NONE));
    assert_eq!(sent(&client.did()), [r#"{"type":"mentions","before":12,"ref":"s-3"}"#]);
    client.hears(r#"{"type":"deleted","room":"qa","message":12,"by":"Zoe","id":35,"at":0}"#);
    client.hears(OLDER);
    assert_eq!(mention_ids(&client), [19, 8]);
}

#[test]
fn older_mentions_can_be_asked_for_when_all_that_are_here_are_deleted() {
    let mut client = mentions_listed();
    client.hears(r#"{"type":"deleted","room":"qa","message":12,"by":"Zoe","id":35,"at":0}"#);
    client.hears(r#"{"type":"deleted","room":"ops","message":19,"by":"Bob","id":36,"at":0}"#);
    assert!(mention_ids(&client).is_empty());
    // What is unread there is asked for again.
    client.did();
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    assert_eq!(sent(&client.did()), [r#"{"type":"mentions","before":12,"ref":"s-4"}"#]);
    client.hears(&OLDER.replace("s-3", "s-4"));
    assert_eq!(mention_ids(&client), [8]);
}

#[test]
fn what_comes_in_a_page_of_a_room_changes_the_list_too() {
    let mut client = mentions_listed();
    client.hears(r#"{"type":"history","room":"ops","messages":[{"type":"message","room":"ops","sender":"Bob","content":"@Alice again","id":41,"at":0,"mentions":["Alice"]}],"changed":[{"type":"message","room":"ops","sender":"Bob","content":"nobody","id":19,"at":60000,"change":40}],"more":false,"head":41}"#);
    assert_eq!(mention_ids(&client), [41, 12]);
    // What is older than the list comes with its page, and an older state tells nothing new.
    client.hears(r#"{"type":"history","room":"ops","messages":[{"type":"message","room":"ops","sender":"Bob","content":"@Alice","id":9,"at":0,"mentions":["Alice"]}],"more":false,"head":41}"#);
    assert_eq!(mention_ids(&client), [41, 12]);
}
