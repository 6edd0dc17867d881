//! Going to a message that is far back, and back to the newest.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat::{self, Model, Reading};
use nebula::screen::Event;
use protocol::{MessageId, RoomName, UserName};

use crate::client::{Client, sent};

const AROUND: &str = r#"{"type":"history","room":"dev","around":5,"limit":100,"ref":"jump"}"#;

/// Bob has said ten things, and replied to something that is far back.
fn replied() -> Client {
    let mut client = Client::entered(80, 12);
    (100..110).for_each(|id| client.says(id, "Bob", &format!("now {id}")));
    client.hears(
        r#"{"type":"message","room":"dev","sender":"Bob","content":"yes","id":110,"at":6600000,"reply":5}"#,
    );
    client.did();
    client
}

fn page(ids: std::ops::RangeInclusive<u64>, ends: &str) -> String {
    let message = |id: u64| {
        format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"old {id}","id":{id},"at":{}}}"#,
            id * 60_000
        )
    };
    let messages: Vec<_> = ids.map(message).collect();
    format!(r#"{{"type":"history","room":"dev","messages":[{}],{ends}}}"#, messages.join(","))
}

fn has(client: &Client, words: &str) -> bool {
    client.screen().iter().any(|row| row.contains(words))
}

/// Selects the reply, and goes to its original.
fn goes(client: &mut Client) {
    client.presses(KeyCode::Up, KeyModifiers::ALT);
    assert!(client.screen().join(" ").contains("g its original"), "{:#?}", client.screen());
    client.types("g");
}

fn ids(client: &Client) -> Vec<u64> {
    client.screen.chat.room().messages().map(|message| message.id.get()).collect()
}

#[test]
fn a_reply_leads_to_its_original_from_where_one_reads_on_to_the_newest() {
    let mut client = replied();
    goes(&mut client);
    assert_eq!(sent(&client.did()), [AROUND]);
    client.hears(&page(1..=40, r#""more":false,"newer":true,"head":110,"ref":"jump""#));
    assert!(has(&client, "old 5") && !has(&client, "now 109"), "{:#?}", client.screen());
    assert!(has(&client, "Esc goes back"), "{:#?}", client.screen());
    assert_eq!(client.screen.room_view().found.map(MessageId::get), Some(5));
    client.says(111, "Bob", "meanwhile");
    client.hears(
        r#"{"type":"edited","room":"dev","message":5,"content":"new five","sender":"Bob","id":112,"at":9}"#,
    );
    assert!(has(&client, "new five (edited)") && !has(&client, "meanwhile"));
    let mut asked = Vec::new();
    while asked.is_empty() && !has(&client, "now 109") {
        client.presses(KeyCode::PageDown, KeyModifiers::NONE);
        asked = sent(&client.did());
    }
    assert_eq!(asked, [r#"{"type":"history","room":"dev","after":40,"limit":200}"#]);
    assert!(has(&client, "old 40") && !has(&client, "now 1"), "{:#?}", client.screen());
    client.hears(&page(41..=111, r#""more":false,"head":111"#));
    assert_eq!(ids(&client), (1..=111).collect::<Vec<_>>());
    assert!(has(&client, "old 40"), "{:#?}", client.screen());
    client.presses(KeyCode::PageDown, KeyModifiers::NONE);
    assert!(has(&client, "old 41"), "{:#?}", client.screen());
}

#[test]
fn escape_and_end_go_back_to_the_newest() {
    for key in [KeyCode::Esc, KeyCode::End] {
        let mut client = replied();
        goes(&mut client);
        client.hears(&page(1..=40, r#""more":true,"newer":true,"head":110,"ref":"jump""#));
        client.did();
        client.presses(KeyCode::Home, KeyModifiers::ALT);
        let older = r#"{"type":"history","room":"dev","before":1,"limit":200}"#;
        assert_eq!(sent(&client.did()), [older]);
        client.presses(key, KeyModifiers::NONE);
        client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":110}"#);
        assert!(has(&client, "now 109") && !has(&client, "old"), "{:#?}", client.screen());
        assert_eq!(ids(&client), (100..=110).collect::<Vec<_>>());
        assert_eq!(client.screen.chat.room().reading, Reading::End);
    }
}

#[test]
fn what_is_here_is_gone_to_at_once() {
    let mut client = Client::entered(80, 12);
    (1..40).for_each(|id| client.says(id, "Bob", &format!("now {id}")));
    client.hears(
        r#"{"type":"message","room":"dev","sender":"Bob","content":"yes","id":40,"at":6600000,"reply":5}"#,
    );
    client.did();
    client.presses(KeyCode::Up, KeyModifiers::ALT);
    client.presses(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(sent(&client.did()), Vec::<String>::new());
    assert!(has(&client, "now 5 ") || has(&client, "now 6"), "{:#?}", client.screen());
    assert_eq!(client.screen.room_view().found.map(MessageId::get), Some(5));
}

#[test]
fn a_message_that_is_not_there_is_said_to_be_so() {
    for answer in [
        r#"{"type":"error","code":"not_found","content":"no such message","room":"dev","ref":"jump"}"#
            .to_owned(),
        page(1..=4, r#""more":false,"newer":true,"head":110,"ref":"jump""#),
    ] {
        let mut client = replied();
        goes(&mut client);
        client.hears(&answer);
        let words = "That message isn't in this room, or was removed";
        assert!(has(&client, words), "{:#?}", client.screen());
        assert!(has(&client, "now 109"));
        goes(&mut client);
        assert_eq!(sent(&client.did()), [AROUND, AROUND]);
    }
}

#[test]
fn a_page_that_is_refused_for_a_time_is_asked_for_again() {
    let mut client = replied();
    goes(&mut client);
    client.did();
    client
        .hears(r#"{"type":"error","code":"too_fast","content":"wait","room":"dev","ref":"jump"}"#);
    let again = client.did().into_iter().find_map(|effect| match effect {
        chat::Effect::After(_, timer) => Some(timer),
        _ => None,
    });
    client.happens(chat::Event::Time(again.unwrap()));
    assert_eq!(sent(&client.did()), [AROUND]);
}

#[test]
fn a_client_begins_at_a_message_once_it_is_let_in() {
    let (room, me) = (RoomName::try_from("dev").unwrap(), UserName::try_from("Alice").unwrap());
    let begun = || {
        let mut model = Model::new(room.clone(), Some(me.clone()), "s".to_owned());
        model.room_mut().jumping = MessageId::try_from(5).ok();
        let mut client = Client::of(model, 80, 12);
        client.happens(chat::Event::Connected);
        client.did();
        client
    };
    let mut client = begun();
    client.hears(&page(100..=110, r#""more":true,"head":110"#));
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert_eq!(sent(&client.did()), [AROUND]);
    client.hears(&page(1..=40, r#""more":false,"newer":true,"head":110,"ref":"jump""#));
    client.happens(Event::Resize(80, 12));
    assert!(has(&client, "old 5 ") || has(&client, "old 6"), "{:#?}", client.screen());
    let mut client = begun();
    client.hears(r#"{"type":"error","code":"banned","content":"you are banned","room":"dev"}"#);
    assert!(has(&client, "you are banned"), "{:#?}", client.screen());
}
