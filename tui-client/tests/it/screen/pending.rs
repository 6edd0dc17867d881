//! What one says and does, and what becomes of it when it is refused, revoked or cannot be written down.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat::{self, Act, Composing, Effect, Pending, Room, Target, Timer};
use nebula::screen::Event;
use protocol::{Ref, RoomName};

use crate::client::{Client, sent};

fn has(client: &Client, words: &str) -> bool {
    client.screen().iter().any(|row| row.contains(words))
}

fn refuses(client: &mut Client, reference: &str) {
    client.did();
    client.hears(&format!(
        r#"{{"type":"error","code":"content_too_long","content":"too long","room":"dev","ref":"{reference}"}}"#
    ));
}

fn up(client: &mut Client) {
    client.presses(KeyCode::Up, KeyModifiers::NONE);
}

#[test]
fn an_edit_of_a_message_that_is_refused_meanwhile_changes_it_and_holds_up_nothing() {
    let mut client = Client::entered(80, 12);
    client.types("one\n");
    up(&mut client);
    refuses(&mut client, "s-1");
    client.types("!\n");
    assert!(has(&client, "one!  (too long)"), "{:#?}", client.screen());
    client.types("two\n");
    let two = r#"{"type":"message","room":"dev","content":"two","ref":"s-2"}"#;
    assert_eq!(sent(&client.did()), [two]);
}

#[test]
fn an_edit_without_its_message_holds_up_nothing() {
    let mut client = Client::entered(80, 12);
    let named = |name: &str| Ref::try_from(name).unwrap();
    let edit = Act::Edit(Target::Waiting(named("gone")));
    client.screen.chat.room_mut().pending.push(Pending::new(named("x"), edit, "y".to_owned()));
    client.types("one\n");
    assert_eq!(sent(&client.did()).len(), 1);
}

#[test]
fn a_refused_reply_is_sent_again_and_edited_as_one() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "shall we?");
    client.types("/reply\nyes\n");
    refuses(&mut client, "s-1");
    client.types("/retry\n");
    let reply = r#"{"type":"message","room":"dev","content":"yes","reply":1,"ref":"s-2"}"#;
    assert_eq!(sent(&client.did()), [reply]);
    refuses(&mut client, "s-2");
    client.types("/edit\n");
    assert!(has(&client, "reply> yes"), "{:#?}", client.screen());
}

#[test]
fn a_text_that_comes_back_is_typed_as_the_same_text() {
    let mut client = Client::entered(80, 12);
    client.types("//etc\n");
    refuses(&mut client, "s-1");
    client.types("/edit\n");
    assert_eq!(client.screen.input.text(), "//etc");
}

#[test]
fn the_text_of_an_edit_outlives_the_device() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Alice", "one");
    up(&mut client);
    client.types("s\n");
    client.types("half a");
    client.hears(r#"{"type":"error","code":"revoked","content":"revoked"}"#);
    client.happens(chat::Event::Lost { code: Some(4003), reason: "revoked".to_owned() });
    assert_eq!(client.screen.input.text(), "half a\nones");
    assert!(client.screen.chat.room().pending.is_empty());
}

#[test]
fn what_cannot_be_written_down_goes_back_to_its_own_room() {
    let mut client = Client::new(80, 12);
    client.types("one\n");
    let ops = RoomName::try_from("ops").unwrap();
    client.screen.chat.add_room(Room::new(ops));
    client.presses(KeyCode::Char('n'), KeyModifiers::CONTROL);
    let (room, reference) = ("dev".try_into().unwrap(), Ref::try_from("s-1").unwrap());
    client.happens(chat::Event::NotKept { room, reference, reason: "disk full".to_owned() });
    assert_eq!(client.screen.input.text(), "");
    client.presses(KeyCode::Char('p'), KeyModifiers::CONTROL);
    assert_eq!(client.screen.input.text(), "one");
}

#[test]
fn messages_are_counted_without_those_that_are_deleted_and_own_ones_with_those_that_wait() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Alice", "one");
    client.says(2, "Bob", "two");
    client.hears(r#"{"type":"deleted","room":"dev","message":2,"by":"Bob","id":3,"at":9}"#);
    client.types("/reply\n");
    let one = protocol::MessageId::try_from(1).unwrap();
    assert_eq!(client.screen.chat.room().composing, Composing::Reply(one));
    client.types("three\n");
    client.types("/edit 2\n");
    assert_eq!(client.screen.input.text(), "one");
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    client.types("/edit 1\n");
    assert_eq!(client.screen.input.text(), "three");
}

#[test]
fn messages_and_changes_that_wait_are_counted_apart() {
    let mut client = Client::entered(100, 12);
    client.says(1, "Alice", "one");
    client.types("two\n/react 👍 1\n");
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    let words = "1 unsent message and 1 change will be sent";
    assert!(client.screen().join("").contains(words), "{:#?}", client.screen());
}

#[test]
fn changes_of_messages_that_are_not_here_are_told_of_while_they_wait() {
    let mut client = Client::new(80, 12);
    client.happens(chat::Event::Lost { code: None, reason: "no server there".to_owned() });
    client.happens(chat::Event::DialIn(3));
    let id = |id: u64| protocol::MessageId::try_from(id).unwrap();
    let thumb = protocol::Emoji::try_from("👍").unwrap();
    let told = [
        (Act::Edit(Target::Stored(id(1))), "o server there. 1 change waits for the connection"),
        (Act::Delete(Target::Stored(id(2))), "o server there. 2 changes wait for the connection"),
        (
            Act::React { message: id(3), emoji: thumb, on: true },
            "o server there. 3 changes wait for the connection",
        ),
    ];
    for (number, (act, words)) in told.into_iter().enumerate() {
        assert!(!has(&client, words), "{:#?}", client.screen());
        let named = Ref::try_from(format!("x-{number}").as_str()).unwrap();
        client.screen.chat.room_mut().pending.push(Pending::new(named, act, "new".to_owned()));
        assert!(has(&client, words), "{:#?}", client.screen());
    }
    client.happens(chat::Event::Connected);
    client.hears(
        r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Alice","content":"old","id":1,"at":0}],"more":false,"head":3}"#,
    );
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert!(!has(&client, "for the connection"), "{:#?}", client.screen());
    // What a message shows is not told of a second time.
    client.happens(chat::Event::Lost { code: None, reason: "no server there".to_owned() });
    client.happens(chat::Event::DialIn(3));
    assert!(has(&client, "new (edited) …"), "{:#?}", client.screen());
    assert!(has(&client, "2 changes wait for the connection"), "{:#?}", client.screen());
}

fn notified(client: &mut Client) -> Vec<String> {
    let notified = client.did().into_iter().filter_map(|effect| match effect {
        Effect::Notify(words) => Some(words),
        _ => None,
    });
    notified.collect()
}

#[test]
fn an_edit_that_names_somebody_newly_calls_them_once() {
    let mut client = Client::entered(80, 12);
    client.happens(Event::Focus(false));
    client.says(1, "Bob", "hi");
    let edited = |id: u64, content: &str| {
        format!(
            r#"{{"type":"edited","room":"dev","message":1,"content":"{content}","sender":"Bob","id":{id},"at":9}}"#
        )
    };
    client.hears(&edited(2, "hi @Alice"));
    assert_eq!(notified(&mut client), ["Bob in #dev: hi @Alice"]);
    client.hears(&edited(3, "hello @Alice"));
    assert_eq!(notified(&mut client), Vec::<String>::new());
}

#[test]
fn only_what_is_said_now_ends_writing_and_no_timer_of_an_earlier_connection_does() {
    let mut client = Client::entered(80, 12);
    let typing = r#"{"type":"typing","room":"dev","sender":"Bob"}"#;
    client.hears(typing);
    let over = client.did().into_iter().find_map(|effect| match effect {
        Effect::After(_, timer @ Timer::TypingOver(..)) => Some(timer),
        _ => None,
    });
    client.hears(
        r#"{"type":"history","room":"dev","messages":[{"type":"message","room":"dev","sender":"Bob","content":"x","id":1,"at":0}],"more":false,"head":1}"#,
    );
    assert!(has(&client, "Bob is writing"), "{:#?}", client.screen());
    client.happens(chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.hears(typing);
    client.happens(chat::Event::Time(over.unwrap()));
    assert!(has(&client, "Bob is writing"), "{:#?}", client.screen());
}

#[test]
fn what_is_hidden_is_not_in_the_question_and_links_stand_without_its_signs() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Alice", "||https://chat.example/a||");
    client.types("/open\n");
    assert_eq!(client.did().last(), Some(&Effect::Open("https://chat.example/a".to_owned())),);
    client.happens(chat::Event::NotOpened("https://chat.example/a".to_owned()));
    assert!(has(&client, "Copied"), "{:#?}", client.screen());
    client.types("/delete\n");
    assert!(has(&client, "message \"(spoiler)\"?"), "{:#?}", client.screen());
}

#[test]
fn only_an_action_is_told_as_one() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "`/me waves`");
    client.types("/reply\n");
    assert!(has(&client, "Replying to Bob: /me waves"), "{:#?}", client.screen());
}
