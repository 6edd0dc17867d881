//! The life of messages on the screen: edited, deleted, answered, reacted to; and who is writing.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat::Effect as ChatEffect;
use nebula::chat::list::OwnList;
use nebula::screen::Event;

use crate::client::{Client, sent, servers};

/// Alice and Bob have said something.
fn talking(columns: u16, rows: u16) -> Client {
    let mut client = Client::entered(columns, rows);
    client.says(1, "Alice", "one");
    client.says(2, "Bob", "shall we https://chat.example/a meet?");
    client.did();
    client
}

fn escapes(client: &mut Client) {
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
}

/// Selects the newest message, and so many older.
fn selects(client: &mut Client, older: usize) {
    (0..=older).for_each(|_| client.presses(KeyCode::Up, KeyModifiers::ALT));
}

fn has(client: &Client, words: &str) -> bool {
    client.screen().iter().any(|row| row.contains(words))
}

fn copied(client: &mut Client) -> Option<String> {
    client.did().into_iter().find_map(|effect| match effect {
        ChatEffect::Copy(text) => Some(text),
        _ => None,
    })
}

#[test]
fn up_edits_ones_newest_message_and_escape_gives_the_draft_back() {
    let mut client = talking(80, 12);
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "one");
    let screen = client.screen();
    assert!(screen[11].starts_with("edit> one"), "{screen:#?}");
    assert!(
        screen[10].starts_with("Editing your message: Enter saves, Esc cancels"),
        "{screen:#?}"
    );
    client.types("s\n");
    let edit = r#"{"type":"edit","room":"dev","message":1,"content":"ones","ref":"s-1"}"#;
    assert_eq!(sent(&client.did()), [edit]);
    assert!(has(&client, "Alice       ones (edited) …"), "{:#?}", client.screen());
    client.hears(
        r#"{"type":"edited","room":"dev","message":1,"content":"ones","sender":"Alice","id":9,"at":9,"ref":"s-1"}"#,
    );
    assert!(has(&client, "ones (edited)") && !has(&client, "(edited) …"));
    client.types("half a");
    selects(&mut client, 1);
    client.types("e");
    assert_eq!(client.screen.input.text(), "ones");
    escapes(&mut client);
    assert_eq!(client.screen.input.text(), "half a");
    assert!(client.screen()[11].starts_with("> half a"));
}

#[test]
fn an_empty_edit_says_what_is_missing_and_goes_on() {
    let mut client = talking(80, 12);
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    let screen = client.screen();
    assert!(screen[11].starts_with("edit> Edit your message · Esc cancels  "), "{screen:#?}");
    for typed in ["\n", " \n", "\u{200b}\n"] {
        client.types(typed);
        assert!(has(&client, "A message needs some visible text"), "{:#?}", client.screen());
        assert_eq!(sent(&client.did()), Vec::<String>::new());
    }
    client.types("ones\n");
    assert_eq!(sent(&client.did()).len(), 1);
    // A new message that is empty is simply not sent.
    client.types("\n");
    assert!(!has(&client, "visible text"), "{:#?}", client.screen());
    client.happens(Event::Resize(30, 12));
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    assert!(has(&client, "edit> Edit your message "), "{:#?}", client.screen());
}

#[test]
fn an_edit_stays_in_its_room_and_a_text_that_looks_like_a_command_can_be_edited() {
    let mut client = talking(80, 12);
    client.says(3, "Alice", "/etc");
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "//etc");
    client.types("/hosts");
    client.types("x");
    client.presses(KeyCode::Backspace, KeyModifiers::NONE);
    client.types("\n");
    let edit = r#"{"type":"edit","room":"dev","message":3,"content":"/etc/hosts","ref":"s-1"}"#;
    assert_eq!(sent(&client.did()), [edit]);
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.happens(Event::Resize(80, 12));
    client.screen.chat.add_room(nebula::chat::Room::new("ops".try_into().unwrap()));
    client.presses(KeyCode::Char('n'), KeyModifiers::CONTROL);
    assert_eq!(client.screen.input.text(), "");
    client.presses(KeyCode::Char('p'), KeyModifiers::CONTROL);
    assert_eq!(client.screen.input.text(), "//etc/hosts");
}

#[test]
fn a_refused_edit_is_undone_and_its_text_is_in_the_input() {
    let mut client = talking(80, 12);
    client.types("/edit\n");
    client.types("!\n");
    client.hears(
        r#"{"type":"error","code":"too_late","content":"too late to edit","room":"dev","ref":"s-1"}"#,
    );
    assert!(has(&client, "Alice       one  ") && has(&client, "Not edited: too late to edit"));
    assert_eq!(client.screen.input.text(), "one!");
}

#[test]
fn a_reply_stands_below_who_and_what_it_answers() {
    let mut client = talking(80, 14);
    selects(&mut client, 0);
    client.types("r");
    let screen = client.screen();
    assert!(screen[13].starts_with("reply> "), "{screen:#?}");
    assert!(has(&client, "Replying to Bob: shall we"), "{screen:#?}");
    client.types("yes\n");
    let reply = r#"{"type":"message","room":"dev","content":"yes","reply":2,"ref":"s-1"}"#;
    assert_eq!(sent(&client.did()), [reply]);
    assert!(has(&client, "                  ↪ Bob: shall we https://"));
    client.hears(
        r#"{"type":"message","room":"dev","sender":"Alice","content":"yes","id":3,"at":180000,"ref":"s-1","reply":2}"#,
    );
    client.hears(
        r#"{"type":"edited","room":"dev","message":2,"content":"no","sender":"Bob","id":4,"at":9}"#,
    );
    assert!(has(&client, "↪ Bob: no "), "{:#?}", client.screen());
    client.hears(r#"{"type":"deleted","room":"dev","message":2,"by":"Bob","id":5,"at":9}"#);
    assert!(has(&client, "↪ Bob: (deleted)"));
    assert!(client.screen()[13].starts_with("> "));
}

#[test]
fn reactions_stand_below_their_message_and_ones_own_in_brackets() {
    let mut client = talking(80, 14);
    selects(&mut client, 0);
    client.types("+");
    assert!(client.screen()[13].starts_with("emoji: "), "{:#?}", client.screen());
    client.types("party_p\n");
    let react = r#"{"type":"react","room":"dev","message":2,"emoji":"🥳","ref":"s-1"}"#;
    let did = sent(&client.did());
    assert!(did == [react] || did.len() == 1, "{did:?}");
    let emoji = client.screen.chat.latest_emoji[0].as_str().to_owned();
    assert!(has(&client, &format!("[{emoji} 1]")), "{:#?}", client.screen());
    client.hears(
        r#"{"type":"reacted","room":"dev","message":2,"emoji":"👍","on":true,"sender":"Bob","id":9,"at":9}"#,
    );
    assert!(has(&client, "👍 1  ["), "{:#?}", client.screen());
    client.types("/react 👍\n/react thumbsup\n");
    let did = sent(&client.did());
    assert_eq!(did, Vec::<String>::new(), "the first waits for its turn");
    // The six that come first, the latest of all.
    selects(&mut client, 0);
    client.types("+");
    assert!(has(&client, ">👍 ") && has(&client, &format!(" {emoji} ")), "{:#?}", client.screen());
    escapes(&mut client);
}

#[test]
fn a_selected_message_is_copied_opened_linked_to_and_deleted() {
    let mut client = talking(80, 12);
    client.screen.chat.servers = servers(&["ws://chat.example:8080"]);
    let mut on_newest = |key: &str| {
        selects(&mut client, 0);
        client.types(key);
        client.did()
    };
    let text = "shall we https://chat.example/a meet?".to_owned();
    assert_eq!(on_newest("y"), [ChatEffect::Copy(text)]);
    assert_eq!(on_newest("o"), [ChatEffect::Open("https://chat.example/a".to_owned())]);
    let address = "http://chat.example:8080/?room=dev#m=2".to_owned();
    assert_eq!(on_newest("p"), [ChatEffect::Copy(address.clone())]);
    client.types("/permalink\n");
    assert_eq!(copied(&mut client), Some(address));
    selects(&mut client, 1);
    client.types("d");
    let question = "Delete your message \"one\"? This can't be undone (y/n)";
    assert!(has(&client, question), "{:#?}", client.screen());
    client.types("y");
    let delete = r#"{"type":"delete","room":"dev","message":1,"ref":"s-1"}"#;
    assert_eq!(sent(&client.did()), [delete]);
    assert!(has(&client, "Alice       (deleted) …"), "{:#?}", client.screen());
    selects(&mut client, 0);
    client.types("e");
    assert!(has(&client, "You can only edit your own messages"), "{:#?}", client.screen());
}

#[test]
fn somebody_elses_message_is_deleted_by_a_moderator_alone() {
    let mut client = talking(80, 12);
    client.hears(r#"{"type":"room","room":"dev","kind":"open","role":"owner"}"#);
    client.did();
    selects(&mut client, 0);
    client.types("d");
    assert!(has(&client, "You can only delete your own messages"), "{:#?}", client.screen());
    client.types("y");
    assert_eq!(sent(&client.did()), Vec::<String>::new());
    assert!(has(&client, "shall we https") && !has(&client, "(deleted)"));
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice","role":"moderator"}"#);
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    client.did();
    selects(&mut client, 0);
    client.types("dy");
    let delete = r#"{"type":"delete","room":"dev","message":2,"ref":"s-1"}"#;
    assert_eq!(sent(&client.did()), [delete]);
}

#[test]
fn a_message_that_was_deleted_is_not_edited_copied_or_answered() {
    let mut client = talking(80, 12);
    client.hears(r#"{"type":"deleted","room":"dev","message":1,"by":"Alice","id":3,"at":9}"#);
    client.hears(r#"{"type":"deleted","room":"dev","message":2,"by":"Bob","id":4,"at":9}"#);
    client.did();
    for older in [0, 1] {
        for key in ["e", "d", "+", "y", "c", "r"] {
            selects(&mut client, older);
            client.types(key);
            assert!(has(&client, "This message was deleted"), "{key}: {:#?}", client.screen());
            assert_eq!(client.did(), [], "{key}");
            assert_eq!(client.screen.room_view().found, None, "{key}: none is marked");
        }
    }
}

/// What the hint says that keys do with the newest message, or so many older.
fn hinted(client: &mut Client, older: usize) -> String {
    selects(client, older);
    let screen = client.screen();
    let hint = screen.iter().find(|row| row.contains("p permalink")).unwrap();
    let (_, after_moves) = hint.split_once(": ").unwrap();
    let (acts, _) = after_moves.split_once(", Esc ends").unwrap();
    escapes(client);
    acts.to_owned()
}

#[test]
fn the_hint_for_a_selected_message_names_the_keys_that_work_for_it() {
    let mut client = talking(200, 20);
    let own = "r reply, e edit, + react, d delete, y copy, p permalink";
    assert_eq!(hinted(&mut client, 1), own);
    assert_eq!(hinted(&mut client, 0), "r reply, + react, y copy, o open, p permalink");
    client.screen.chat.list.is_wanted = true;
    client.screen.chat.list.is_known = true;
    assert!(hinted(&mut client, 1).ends_with("y copy, u unread from here, p permalink"));
    client.screen.chat.list.is_refused = true;
    assert_eq!(hinted(&mut client, 1), "r reply, y copy, p permalink", "a guest changes nothing");
    client.screen.chat.list = OwnList::default();
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice","role":"moderator"}"#);
    assert_eq!(hinted(&mut client, 0), "r reply, + react, d delete, y copy, o open, p permalink");
    client.says(3, "Bob", r"```\nlet a;\n```");
    client.says(4, "Bob", "||hidden||");
    client.hears(
        r#"{"type":"message","room":"dev","sender":"Alice","content":"x","id":5,"at":9,"reply":1}"#,
    );
    assert!(hinted(&mut client, 2).ends_with("y copy, c code, p permalink"));
    assert!(hinted(&mut client, 1).ends_with("y copy, o open, p permalink"));
    assert!(hinted(&mut client, 0).ends_with("y copy, p permalink, g its original"));
    client.hears(r#"{"type":"deleted","room":"dev","message":1,"by":"Alice","id":6,"at":9}"#);
    assert_eq!(hinted(&mut client, 4), "p permalink");
}

#[test]
fn a_click_selects_a_message() {
    let mut client = talking(80, 12);
    let row = client.screen().iter().position(|row| row.contains("Alice       one")).unwrap();
    client.happens(Event::Click(30, u16::try_from(row).unwrap()));
    assert!(has(&client, "r reply, e edit"), "{:#?}", client.screen());
    client.types("y");
    assert_eq!(copied(&mut client), Some("one".to_owned()));
}

#[test]
fn who_writes_is_shown_where_nothing_else_is_said() {
    let mut client = talking(80, 12);
    client.hears(r#"{"type":"typing","room":"dev","sender":"Bob"}"#);
    assert!(client.screen()[10].starts_with("Bob is writing"), "{:#?}", client.screen());
    client.happens(Event::Resize(40, 12));
    assert!(client.screen()[11].starts_with("> Bob is writing"), "{:#?}", client.screen());
    client.says(3, "Bob", "there");
    assert!(!has(&client, "is writing"));
    client.types("a");
    assert!(client.did().iter().any(|effect| matches!(effect, ChatEffect::Send(_))));
}

#[test]
fn rows_around_a_text_fit_every_width() {
    for (columns, rows) in [(1, 1), (8, 6), (20, 8), (40, 12), (200, 50)] {
        let mut client = talking(columns, rows);
        client.hears(
            r#"{"type":"message","room":"dev","sender":"Bob","content":"yes","id":3,"at":180000,"reply":1}"#,
        );
        for (id, emoji) in [(11, "👍"), (12, "🎉"), (13, "👨‍👩‍👧"), (14, "🇩🇪"), (15, "😀")]
        {
            client.hears(&format!(
                r#"{{"type":"reacted","room":"dev","message":3,"emoji":"{emoji}","on":true,"sender":"Alice","id":{id},"at":9}}"#
            ));
        }
        client.hears(
            r#"{"type":"edited","room":"dev","message":3,"content":"yes yes","sender":"Bob","id":20,"at":9}"#,
        );
        client.screen();
        client.presses(KeyCode::PageUp, KeyModifiers::NONE);
        client.screen();
    }
}
