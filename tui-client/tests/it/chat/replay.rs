//! Check 20: the replay that all clients are held to. Its form is described beside it, in
//! `protocol/tests/golden/README.md`.

use std::path::Path;

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::{Effect, Model, Room, What};
use nebula::screen::Event;
use protocol::{MessageId, RoomName, UserName};
use serde_json::{Value, json};

use crate::client::Client;

#[test]
fn check_20_the_replay_shows_what_every_client_shows() {
    follow("replay.json");
}

#[test]
fn what_was_refused_for_a_time_is_asked_for_again_after_it_as_in_every_client() {
    follow("retries.json");
}

#[test]
fn who_is_back_soon_is_not_announced_as_in_every_client() {
    follow("comings.json");
}

fn follow(name: &str) {
    let file = format!("../protocol/tests/golden/clients/{name}");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let replay: Value = serde_json::from_str(&text).unwrap();
    let cases = replay["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let mut client = begin(case, replay["session"].as_str().unwrap());
        for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
            let (name, what) = step.as_object().unwrap().iter().next().unwrap();
            if name == "sent" {
                assert_eq!(sent(&mut client), *what, "{}, step {number}", case["about"]);
            } else if name == "told" {
                assert_eq!(told(&client.screen.chat), *what, "{}, step {number}", case["about"]);
            } else if name == "expect" {
                let shown = shown(&client.screen.chat, what);
                assert_eq!(shown, *what, "{}, step {number}", case["about"]);
            } else {
                take(&mut client, name, what);
            }
        }
    }
}

fn begin(case: &Value, session: &str) -> Client {
    let me = UserName::try_from(case["me"].as_str().unwrap()).unwrap();
    let rooms = case["rooms"].as_array().unwrap().iter().map(|room| {
        let name = RoomName::try_from(room["room"].as_str().unwrap()).unwrap();
        Room::as_read(name, MessageId::try_from(room["read"].as_u64().unwrap()).unwrap())
    });
    let mut model = Model::new(RoomName::general(), Some(me), session.to_owned());
    model.rooms = rooms.collect();
    let mut client = Client::of(model, 80, 24);
    client.happens(chat::Event::Connected);
    client.effects.clear();
    client
}

fn take(client: &mut Client, step: &str, what: &Value) {
    match step {
        "hears" => client.hears(&what.to_string()),
        "focus" => client.happens(Event::Focus(what.as_bool().unwrap())),
        "show" => {
            let is_it = |room: &Room| room.name.as_str() == what.as_str().unwrap();
            let number = client.screen.chat.rooms.iter().position(is_it).unwrap() + 1;
            let key = char::from_digit(u32::try_from(number).unwrap(), 10).unwrap();
            client.presses(KeyCode::Char(key), KeyModifiers::ALT);
        }
        "scroll" => {
            // A small window, so that there is something further up.
            client.happens(Event::Resize(80, 4));
            client.presses(KeyCode::PageUp, KeyModifiers::NONE);
        }
        "escape" => client.presses(KeyCode::Esc, KeyModifiers::NONE),
        "says" => client.types(&format!("{}\n", what.as_str().unwrap())),
        "later" => {
            let (timers, others) = client.did().into_iter().partition(is_timer);
            client.effects = others;
            for timer in timers {
                let Effect::After(_, timer) = timer else { continue };
                client.happens(chat::Event::Time(timer));
            }
        }
        "reconnect" => {
            client.happens(chat::Event::Lost { code: None, reason: "cut".to_owned() });
            client.effects.clear();
            client.happens(chat::Event::Connected);
        }
        other => panic!("no such step: {other}"),
    }
}

/// Who came and left, as it stands among the messages.
fn told(model: &Model) -> Value {
    let rooms = model.rooms.iter().map(|room| {
        let told = room.entries.iter().filter_map(|entry| match &entry.what {
            What::Join(name) => Some(format!("join {name}")),
            What::Leave(name) => Some(format!("leave {name}")),
            _ => None,
        });
        (room.name.as_str().to_owned(), told.collect::<Vec<_>>().into())
    });
    Value::Object(rooms.collect())
}

fn is_timer(effect: &Effect) -> bool {
    matches!(effect, Effect::After(..))
}

/// What was sent since the connection was opened, or this was asked last.
fn sent(client: &mut Client) -> Value {
    let mut sent = Vec::new();
    client.effects.retain(|action| match action {
        Effect::Send(envelope) => {
            sent.push(serde_json::from_str(&envelope.encode()).unwrap());
            false
        }
        _ => true,
    });
    Value::Array(sent)
}

fn shown(model: &Model, wanted: &Value) -> Value {
    let rooms = model.rooms.iter().filter(|room| wanted.get(room.name.as_str()).is_some());
    let shown = rooms.map(|room| {
        let of_room = json!({
            "messages": room.messages().map(|message| message.id.get()).collect::<Vec<_>>(),
            "unread": room.unread(model.me.as_ref()),
            "mentions": room.mentions(model.me.as_ref()),
            "people": room.people.known().iter().map(UserName::as_str).collect::<Vec<_>>(),
            "count": room.people.count(),
            "line": room.new_line(model.me.as_ref()).map(MessageId::get),
        });
        (room.name.as_str().to_owned(), of_room)
    });
    Value::Object(shown.collect())
}
