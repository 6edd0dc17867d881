//! Moderation, as the person sees it who does it and those to whom it is done.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::Effect;
use nebula::screen::Event;

use crate::client::{Client, sent};

#[test]
fn a_moderator_types_and_the_server_is_asked() {
    let mut client = Client::entered(80, 24);
    client.says(7, "Bob", "spam");
    client.says(8, "Bob", "more");
    client.did();
    for (typed, asked) in [
        (
            "/kick Bob go away",
            r#"{"type":"kick","room":"dev","user":"Bob","reason":"go away","ref":"s-1"}"#,
        ),
        ("/ban -s Bob 2h", r#"{"type":"ban","user":"Bob","seconds":7200,"ref":"s-2"}"#),
        (
            "/silence Bob 10m",
            r#"{"type":"mute","room":"dev","user":"Bob","seconds":600,"ref":"s-3"}"#,
        ),
    ] {
        client.types(&format!("{typed}\n"));
        assert_eq!(sent(&client.did()), [asked]);
    }
    client.hears(
        r#"{"type":"error","code":"not_allowed","content":"this is for moderators","room":"dev"}"#,
    );
    assert!(client.screen().join("").contains("this is for moderators"));
}

#[test]
fn a_message_is_deleted_once_it_was_asked_about_by_its_first_words() {
    let mut client = Client::entered(80, 24);
    client.says(7, "Bob", "spam that nobody wants");
    client.says(8, "Bob", "more");
    client.types("/delete\n");
    let nothing = "No such message here";
    assert!(
        client.screen().join("\n").contains(nothing),
        "one's own alone: {:#?}",
        client.screen()
    );
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice","role":"moderator"}"#);
    client.did();
    client.types("/delete 2\n");
    assert_eq!(sent(&client.did()), Vec::<String>::new(), "it asks");
    let question = "Delete Bob's message \"spam that nobody wants\"? This can't be undone (y/n)";
    assert!(client.screen().join("\n").contains(question), "{:#?}", client.screen());
    // What comes meanwhile does not change which one is meant.
    client.says(9, "Bob", "newer");
    client.types("xn");
    assert_eq!(sent(&client.did()), Vec::<String>::new());
    client.types("/delete 3\n");
    client.says(10, "Bob", "newest");
    client.types("y");
    assert_eq!(sent(&client.did()), [r#"{"type":"delete","room":"dev","message":7,"ref":"s-1"}"#]);
}

#[test]
fn a_message_is_selected_by_moving_to_it() {
    let mut client = Client::entered(80, 12);
    (1..=30).for_each(|id| client.says(id, "Bob", &format!("message {id}.")));
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice","role":"moderator"}"#);
    client.did();
    let up = |client: &mut Client| client.presses(KeyCode::Up, KeyModifiers::ALT);
    (0..20).for_each(|_| up(&mut client));
    let screen = client.screen().join("\n");
    assert!(screen.contains("message 11.") && screen.contains("d delete, y copy"), "{screen}");
    client.presses(KeyCode::Down, KeyModifiers::ALT);
    client.says(31, "Bob", "meanwhile");
    client.types("d");
    assert!(client.screen().join("\n").contains("\"message 12.\"?"));
    client.types("y");
    assert_eq!(sent(&client.did()), [r#"{"type":"delete","room":"dev","message":12,"ref":"s-1"}"#]);
    up(&mut client);
    client.types("c");
    assert!(matches!(&client.did()[..], [Effect::Copy(text)] if text.starts_with("message")));
    client.hears(r#"{"type":"deleted","room":"dev","message":31,"by":"Mod","id":32,"at":0}"#);
    client.presses(KeyCode::End, KeyModifiers::NONE);
    up(&mut client);
    client.types("d");
    assert!(client.screen().join("\n").contains("This message was deleted"));
    // Beyond the newest one writes again.
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    up(&mut client);
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    client.types("hello");
    assert_eq!(client.screen.input.text(), "hello");
}

#[test]
fn a_deleted_message_is_a_tombstone_live_in_history_and_after_a_reconnect() {
    let mut client = Client::entered(80, 24);
    for (id, text) in [(7, "one"), (8, "two"), (9, "three, alice")] {
        client.says(id, "Bob", text);
    }
    let deleted =
        |client: &Client| client.screen().iter().filter(|row| row.contains("(deleted)")).count();
    client.hears(r#"{"type":"deleted","room":"dev","message":7,"by":"Mod","id":10,"at":0}"#);
    assert_eq!(deleted(&client), 1);
    assert!(!client.screen().join("").contains("one"));
    // Who was away is told with the replay, of old ones and of new ones, as they are now.
    client.happens(chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"(deleted)","id":11,"at":0,"change":12,"deleted":true}],"more":false,"head":13,"changed":[{"type":"message","room":"dev","sender":"Bob","content":"(deleted)","id":8,"at":0,"change":13,"deleted":true}]}"#);
    assert_eq!(deleted(&client), 3);
    // The same id again, now deleted.
    client.hears(r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"(deleted)","id":9,"at":0,"change":14,"deleted":true}],"more":false,"head":14}"#);
    assert_eq!(deleted(&client), 4);
    assert_eq!(client.screen.chat.room().mentions(client.screen.chat.me.as_ref()), 0);
    // So many changes that nobody lists them: all is fetched anew.
    client.happens(chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.did();
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":14,"changed_more":true}"#);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert_eq!(client.screen.chat.room().entries.len(), 0);
    assert_eq!(sent(&client.did()), [r#"{"type":"history","room":"dev","before":15,"limit":200}"#]);
}

#[test]
fn who_is_put_out_sees_why_and_comes_in_again() {
    let mut client = Client::entered(80, 24);
    client.hears(r#"{"type":"moderated","action":"kick","room":"dev","user":"Alice","by":"Mod","reason":"too loud"}"#);
    client.hears(r#"{"type":"leave","room":"dev","sender":"Alice"}"#);
    let screen = client.screen().join("\n");
    assert!(
        screen.contains("Mod removed you from #dev: too loud")
            && screen.contains("/join dev rejoins"),
        "{screen}"
    );
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.hears(r#"{"type":"moderated","action":"ban","room":"dev","user":"Alice","by":"Mod","seconds":7200}"#);
    client.hears(r#"{"type":"leave","room":"dev","sender":"Alice"}"#);
    let status = client.screen()[22].clone();
    assert!(
        status.starts_with("Mod banned you from #dev for 2h") && !status.contains("/join"),
        "{status}"
    );
    client.types("stays here\n");
    client.did();
    client.types("/join dev\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"join","room":"dev","history":100}"#]);
    client
        .hears(r#"{"type":"error","code":"banned","content":"you are banned here","room":"dev"}"#);
    assert!(client.screen().join("").contains("you are banned here"));
    client.types("/join dev\n");
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert!(client.screen().join("").contains("● "));
    assert_eq!(sent(&client.did()).len(), 2, "the join, and what was written meanwhile");
}

#[test]
fn no_more_requests_wait_than_can_be_typed() {
    use nebula::chat::request::REQUESTS_MAX;
    let mut client = Client::entered(80, 24);
    client.did();
    (0..=REQUESTS_MAX).for_each(|_| client.types("/kick Bob\n"));
    assert_eq!(sent(&client.did()).len(), REQUESTS_MAX);
    assert_eq!(client.screen.chat.requests.len(), REQUESTS_MAX);
    let told = "Too many requests are waiting for the server";
    assert_eq!(client.screen.chat.notice.as_deref(), Some(told));
}

#[test]
fn names_from_right_to_left_reorder_no_sentence_of_ours() {
    let mut client = Client::entered(80, 12);
    client.happens(Event::Focus(false));
    client.did();
    client.hears(
        r#"{"type":"message","room":"dev","sender":"\u05e9\u05e8\u05d4","content":"Alice: 12","id":1,"at":0}"#,
    );
    let sarah = "\u{2068}\u{5e9}\u{5e8}\u{5d4}\u{2069}";
    assert_eq!(client.did(), [Effect::Notify(format!("{sarah} in #dev: Alice: 12"))]);
    client.hears(
        r#"{"type":"moderated","action":"mute","room":"dev","user":"Bob","by":"\u05e9\u05e8\u05d4","seconds":60}"#,
    );
    let last = client.screen.chat.room().entries.back().unwrap();
    let nebula::chat::What::Note(words) = &last.what else { panic!("{last:?}") };
    assert_eq!(*words, format!("{sarah} silenced Bob in #dev for 1m"));
    // A cell of the screen has no place for what isolates.
    let screen = client.screen().join("\n");
    assert!(!screen.contains("2068") && !screen.contains('\u{2068}'), "{screen}");
    client.types("/join \u{5e9}\u{5dc}\u{5d5}\u{5dd}\n");
    let title = nebula::screen::view::title(&client.screen);
    assert_eq!(title, "(1) #\u{2068}\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{2069} · Nebula");
}
