//! Screens, drawn beside what led to them: keys and envelopes in, text out.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::{Effect, Timer};

use crate::client::{Client, sent};

#[test]
fn a_room_with_people_and_messages() {
    let mut client = Client::entered(64, 8);
    client.says(1, "Bob", "hello, this is a text that does not fit into one row of it");
    client.hears(r#"{"type":"join","room":"dev","sender":"Carol"}"#);
    client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Bob","Carol"]}"#);
    client.says(2, "Carol", "/me waves");
    client.shows(&[
        " #dev                                                     Alice",
        "00:01 Bob         hello, this is a text that  │ 3 online",
        "                  does not fit into one row   │ ● Alice",
        "                  of it                       │ ● Bob",
        "→ Carol joined                                │ ● Carol",
        "00:02 Carol       * waves                     │",
        "                                          ● connected · 3 online",
        "> Message #dev as Alice · F1 help",
    ]);
}

#[test]
fn a_narrow_screen_has_no_columns() {
    let mut client = Client::entered(30, 6);
    client.says(1, "Bob", "hello from a phone to all of you");
    client.says(2, "Bob", "/me waves");
    client.shows(&[
        " #dev   ● connected · 2 online",
        "─────── Thu 1 Jan 1970 ───────",
        "Bob: hello from a phone to all",
        "  of you",
        "00:02 Bob: * waves",
        "> Message #dev · F1 help",
    ]);
}

#[test]
fn every_size_down_to_one_cell_can_be_drawn() {
    for columns in 1..40 {
        for rows in 1..12 {
            let mut client = Client::entered(columns, rows);
            client.says(1, "Bob", "日本語 👩‍👩‍👧 text");
            client.types("some input that is longer than the screen");
            client.presses(KeyCode::PageUp, KeyModifiers::NONE);
            assert_eq!(client.screen().len(), usize::from(rows));
            client.presses(KeyCode::F(1), KeyModifiers::NONE);
            client.screen();
        }
    }
}

#[test]
fn an_own_message_waits_is_sent_once_and_settles() {
    let mut client = Client::entered(64, 5);
    client.did();
    client.types("hi there\n");
    let message = r#"{"type":"message","room":"dev","content":"hi there","ref":"s-1"}"#;
    let actions = client.did();
    assert_eq!(sent(&actions), [message]);
    let late = actions.iter().find_map(|action| match action {
        Effect::After(_, timer @ Timer::Overdue(..)) => Some(timer.clone()),
        _ => None,
    });
    assert!(client.screen()[1].starts_with("      you         hi there"), "no mark at once");
    client.happens(chat::Event::Time(late.unwrap()));
    assert!(client.screen()[1].starts_with("…     you         hi there"));
    let stored = r#"{"type":"message","room":"dev","sender":"Alice","content":"hi there","id":5,"at":60000,"ref":"s-1"}"#;
    client.hears(stored);
    client.hears(stored);
    assert!(client.screen.chat.room().pending.is_empty());
    assert_eq!(client.screen.chat.room().entries.len(), 1, "told twice, shown once");
}

#[test]
fn a_refused_message_says_why_and_a_hasty_one_is_sent_again() {
    let mut client = Client::entered(64, 6);
    client.types("a\nb\n");
    client.did();
    client.hears(r#"{"type":"error","code":"too_fast","content":"wait","room":"dev","ref":"s-1","retry_ms":50}"#);
    let actions = client.did();
    let [Effect::After(after, again @ Timer::Retry(..))] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(after.as_millis(), 50);
    client.happens(chat::Event::Time(again.clone()));
    assert_eq!(sent(&client.did()).len(), 1);
    client.hears(r#"{"type":"error","code":"content_too_long","content":"too long","room":"dev","ref":"s-1"}"#);
    assert!(client.screen().iter().any(|row| row.contains("a  (too long)")));
    assert!(sent(&client.did())[0].contains("s-2"), "what stands behind a refused one still goes");
}

/// A page of what was missed.
fn page(ids: &[u64], more: bool) -> String {
    let message = |id: &u64| {
        format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"m{id}","id":{id},"at":0}}"#
        )
    };
    let messages: Vec<_> = ids.iter().map(message).collect();
    format!(
        r#"{{"type":"history","room":"dev","messages":[{}],"more":{more},"head":20}}"#,
        messages.join(",")
    )
}

#[test]
fn a_replay_longer_than_what_is_kept_is_not_fetched_for_ever() {
    let mut client = Client::entered(64, 6);
    (1..8).for_each(|id| client.says(id, "Bob", "before"));
    client.screen.chat.room_mut().reading_max = 4;
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    client.happens(chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(chat::Event::Connected);
    client.hears(&page(&[18, 19, 20], true));
    client.did();
    client.hears(&page(&[12, 15, 17], true));
    assert_eq!(sent(&client.did()), Vec::<String>::new());
    let room = client.screen.chat.room();
    assert!(room.cut && room.missed && room.gap_after.is_none());
    let ids: Vec<_> = room.messages().map(|message| message.id.get()).collect();
    assert_eq!(ids, [17, 18, 19, 20]);
}

#[test]
fn a_refusal_for_good_is_not_dialled_again() {
    let mut client = Client::new(64, 5);
    client.did();
    client
        .happens(chat::Event::Lost { code: Some(4001), reason: "this name is in use".to_owned() });
    assert_eq!(client.did(), []);
    assert!(client.screen()[3].starts_with("This name is in use "), "{:#?}", client.screen());
    assert!(client.screen()[3].ends_with("tries again"), "{:#?}", client.screen());
    client.types("/nick Alison\n");
    let actions = client.did();
    let [Effect::Dial(hello, _)] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(hello.connect.user.as_ref().unwrap().as_str(), "Alison");
}

#[test]
fn what_is_being_read_stays_where_it_is_while_messages_arrive() {
    let mut client = Client::entered(64, 10);
    (1..=50).for_each(|id| client.says(id, "Bob", &format!("message {id}")));
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    let before = client.screen();
    (51..=80).for_each(|id| client.says(id, "Bob", "more"));
    let after = client.screen();
    assert_eq!(before[1..7], after[1..7]);
    assert!(after[8].starts_with("v 30 newer"), "{:?}", after[8]);
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert!(client.screen()[7].contains("more"));
}

/// Entered with one message, and older ones at the server.
fn above_which_is_more() -> Client {
    let mut client = Client::new(64, 10);
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"x","id":9,"at":0}],"more":true,"head":9}"#);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.did();
    client
}

#[test]
fn scrolling_past_the_top_asks_for_older_messages_once() {
    let mut client = above_which_is_more();
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    let asked = r#"{"type":"history","room":"dev","before":9,"limit":200}"#;
    assert_eq!(sent(&client.did()), [asked]);
}

#[test]
fn hostile_text_reaches_no_cell_as_it_came() {
    let mut client = Client::entered(64, 6);
    client.hears("{\"type\":\"message\",\"room\":\"dev\",\"sender\":\"Bob\",\"content\":\"\\u001b[2Jx\\u202ey\\u0007\",\"id\":1,\"at\":0}");
    client.hears(
        "{\"type\":\"error\",\"code\":\"unavailable\",\"content\":\"\\u001b]0;t\\u0007no\"}",
    );
    let screen = client.screen().concat();
    assert!(screen.contains("[2Jx[U+202E]y"));
    assert!(!screen.chars().any(|c| c.is_control() || c == '\u{202e}'));
}

#[test]
fn several_rooms_over_one_connection() {
    let mut client = Client::entered(64, 6);
    client.did();
    client.types("/join #ops\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"join","room":"ops","history":100}"#]);
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    client.says(3, "Bob", "in the other room");
    assert!(client.screen()[1].starts_with(" 1 #dev          1 │"), "{:#?}", client.screen());
    assert!(client.screen()[0].starts_with(">#ops "));
    client.presses(KeyCode::Char('n'), KeyModifiers::CONTROL);
    assert!(client.screen()[0].starts_with(">#dev "));
    client.types("/leave\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"leave","room":"dev"}"#]);
    assert!(client.screen()[0].starts_with(" #ops "));
}

#[test]
fn a_mistyped_command_stays_in_the_input() {
    let mut client = Client::entered(64, 5);
    client.did();
    client.types("/jion ops\n");
    assert_eq!(client.did(), []);
    assert!(client.screen()[4].starts_with("> /jion ops"));
    let said = client.screen().join("");
    assert!(said.contains("Did you mean /join?"), "{said}");
}
