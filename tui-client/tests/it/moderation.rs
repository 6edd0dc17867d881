//! Moderation, as the person sees it who does it and those to whom it is done.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::event::Event;

use crate::client::{Client, sent};

#[test]
fn a_moderator_types_and_the_server_is_asked() {
    let mut client = Client::entered(80, 24);
    client.says(7, "Bob", "spam");
    client.says(8, "Bob", "more");
    client.did();
    for (typed, asked) in [
        ("/kick Bob go away", r#"{"type":"kick","room":"dev","user":"Bob","reason":"go away"}"#),
        ("/ban -s Bob 2h", r#"{"type":"ban","user":"Bob","seconds":7200}"#),
        ("/silence Bob 10m", r#"{"type":"mute","room":"dev","user":"Bob","seconds":600}"#),
        ("/delete 2", r#"{"type":"delete","room":"dev","message":7}"#),
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
    // Who was away is told with the replay: of old ones by their ids, of new ones as they are.
    client.happens(Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"(deleted)","id":11,"at":0,"deleted":true}],"more":false,"head":12,"deleted":[8]}"#);
    assert_eq!(deleted(&client), 3);
    // The same id again, now deleted.
    client.hears(r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"(deleted)","id":9,"at":0,"deleted":true}],"more":false,"head":12}"#);
    assert_eq!(deleted(&client), 4);
    assert_eq!(client.model.room().mentions(client.model.me.as_ref()), 0);
    // So many that nobody lists them: all is fetched anew.
    client.happens(Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":12,"deleted_more":true}"#);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert_eq!(client.model.room().entries.len(), 0);
    client.did();
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    assert_eq!(sent(&client.did()), [r#"{"type":"history","room":"dev","before":13,"limit":200}"#]);
}

#[test]
fn who_is_put_out_sees_why_and_comes_in_again() {
    let mut client = Client::entered(80, 24);
    client.hears(r#"{"type":"moderated","action":"kick","room":"dev","user":"Alice","by":"Mod","reason":"too loud"}"#);
    client.hears(r#"{"type":"leave","room":"dev","sender":"Alice"}"#);
    let screen = client.screen().join("\n");
    assert!(
        screen.contains("Mod kicked Alice: too loud")
            && screen.contains("/join it to come in again"),
        "{screen}"
    );
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.hears(r#"{"type":"moderated","action":"ban","room":"dev","user":"Alice","by":"Mod","seconds":7200}"#);
    client.hears(r#"{"type":"leave","room":"dev","sender":"Alice"}"#);
    let status = client.screen()[22].clone();
    assert!(status.contains("✕ Mod banned Alice for 2h") && !status.contains("/join"), "{status}");
    client.types("stays here\n");
    client.did();
    client.types("/join dev\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"join","room":"dev","history":100}"#]);
    client
        .hears(r#"{"type":"error","code":"banned","content":"you are banned here","room":"dev"}"#);
    assert!(client.screen().join("").contains("✕ you are banned here"));
    client.types("/join dev\n");
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert!(client.screen().join("").contains("● "));
    assert_eq!(sent(&client.did()).len(), 2, "the join, and what was written meanwhile");
}
