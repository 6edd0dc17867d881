//! The scenarios that every client follows, against the core alone. Their form is described beside them, in
//! `protocol/tests/golden/clients/scenarios/README.md`.

mod looks;

use std::path::{Path, PathBuf};
use std::time::Duration;

use nebula::chat::commands::parse;
use nebula::chat::room::level::level;
use nebula::chat::update::{
    back_to_end, browse, browse_more, command, compose_edit, compose_reply, confirm, delete,
    dial_now, edit, end_search, focus, go_to_found, go_to_mention, link_by, load_older,
    mark_unread, more_found, more_mentions, move_room, next_found, pick, previous_found,
    question_revoke, react, read_at, read_on, reply, say, show_room, types, update,
};
use nebula::chat::{
    Answer, Connection, Effect, EntryCode, Event, Hello, Model, Reading, Room, Servers, Target,
    Timer, Wait,
};
use protocol::{AccessCode, Emoji, MessageId, Notify, Ref, RoomName, ToClient, UserName};
use serde_json::{Value, json};
use url::Url;

const FOLDER: &str = "../protocol/tests/golden/clients/scenarios";

#[test]
fn every_scenario_is_followed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let scenarios: Value = serde_json::from_str(&text).unwrap();
        for case in scenarios["cases"].as_array().unwrap() {
            let mut client = Client::begin(case, scenarios["session"].as_str().unwrap());
            for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
                let (name, what) = step.as_object().unwrap().iter().next().unwrap();
                let place = format!("{}: {}, step {number}", file.display(), case["about"]);
                client.step(name, what, &place);
            }
        }
    }
}

/// A client without anything around it; its time is a number.
struct Client {
    model: Model,
    now: Duration,
    timers: Vec<(Duration, Timer)>,
    sent: Vec<Value>,
    dialled: Vec<(Hello, Wait)>,
    shown: Vec<Answer>,
    notice: Option<String>,
    notified: Vec<String>,
}

impl Client {
    fn begin(case: &Value, session: &str) -> Self {
        let me = case["me"].as_str().map(|me| UserName::try_from(me).unwrap());
        let rooms = case["rooms"].as_array().unwrap().iter().map(|room| {
            let read = MessageId::try_from(room["read"].as_u64().unwrap()).unwrap();
            let mut known = Room::as_read(room_name(&room["room"]), read);
            let is = |name: &str| room[name].as_bool().unwrap_or_default();
            known.listed = is("listed");
            known.notify = level(is("muted"), Notify::Default);
            known.by_default = is("default");
            known
        });
        let mut model = Model::new(RoomName::general(), me, session.to_owned());
        model.rooms = rooms.collect();
        model.list.is_wanted = case["list"].as_bool().unwrap_or_default();
        let server = case["server"].as_str().map(|server| vec![dialled_as(server)]);
        model.servers = Servers::of(server.unwrap_or_default());
        let code = entry_code(&case["code"]);
        code.iter().for_each(|code| model.bring(code.clone()));
        let first = dial_now(&mut model);
        let (timers, sent, dialled, shown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let now = Duration::ZERO;
        let (notice, notified) = (None, Vec::new());
        let mut client = Client { model, now, timers, sent, dialled, shown, notice, notified };
        match code {
            Some(_) => client.run(first),
            None => client.happens(Event::Connected),
        }
        client
    }

    fn happens(&mut self, event: Event) {
        let effects = update(&mut self.model, event);
        self.run(effects);
    }

    fn run(&mut self, mut effects: Vec<Effect>) {
        effects.extend(read_on(&mut self.model));
        for effect in effects {
            match effect {
                Effect::Send(envelope) => {
                    self.sent.push(serde_json::from_str(&envelope.encode()).unwrap());
                }
                Effect::After(time, timer) => self.timers.push((self.now + time, timer)),
                Effect::Dial(hello, wait) => self.dialled.push((hello, wait)),
                Effect::Show(answer) => self.shown.push(answer),
                Effect::Notify(words) => self.notified.push(words),
                Effect::Write(text) => self.model.room_mut().draft.push_str(&text),
                _ => {}
            }
        }
        self.notice = self.model.notice.take().or(self.notice.take());
    }

    fn step(&mut self, name: &str, what: &Value, place: &str) {
        match name {
            "sent" => assert_eq!(Value::Array(std::mem::take(&mut self.sent)), *what, "{place}"),
            "dialled" => assert_eq!(self.attempt(what), *what, "{place}"),
            "expect" => {
                for (room, wanted) in what.as_object().unwrap() {
                    let shown = self.shown(room, wanted.as_object().unwrap());
                    assert_eq!(shown, *wanted, "{place}");
                }
            }
            "standing" => assert_eq!(self.standing(), what, "{place}"),
            "told" => assert_eq!(self.told(), *what, "{place}"),
            "me" => {
                assert_eq!(self.model.me.as_ref().map(UserName::as_str), what.as_str(), "{place}")
            }
            "refused" => {
                let Connection::Refused { reason, .. } = &self.model.connection else {
                    return assert!(what.is_null(), "{place}: {:?}", self.model.connection);
                };
                assert!(
                    what.as_str().is_some_and(|what| reason.contains(what)),
                    "{place}: {reason}"
                );
            }
            "link" => assert_eq!(self.link(), *what, "{place}"),
            "rooms" => {
                let rooms = self.model.rooms.iter().map(|room| room.name.as_str());
                assert_eq!(json!(rooms.collect::<Vec<_>>()), *what, "{place}");
            }
            "shows" => {
                assert_eq!(self.model.room().name.as_str(), what.as_str().unwrap(), "{place}")
            }
            "browsed" => assert_eq!(self.browsed(), *what, "{place}"),
            "mentioned" => assert_eq!(self.mentioned(), *what, "{place}"),
            "found" => assert_eq!(self.found(what), *what, "{place}"),
            "asked" => {
                let question = self.model.question.as_ref().unwrap();
                let words = question.words(str::to_owned);
                assert!(words.contains(what.as_str().unwrap()), "{place}: {words}");
            }
            "notified" => {
                let told = std::mem::take(&mut self.notified);
                assert!(holds_each(&told, what), "{place}: notified {told:?}");
            }
            "devices" | "invites_shown" | "invited" => {
                assert_eq!(self.shown_as(name), *what, "{place}");
            }
            "notice" => {
                let told = self.notice.take();
                let wanted = what.as_str();
                let is_told = match (&told, wanted) {
                    (Some(told), Some(wanted)) => told.contains(wanted),
                    (told, wanted) => told.is_none() && wanted.is_none(),
                };
                assert!(is_told, "{place}: told {told:?}");
            }
            name => self.happens_as(name, what, place),
        }
    }

    fn happens_as(&mut self, name: &str, what: &Value, place: &str) {
        let effects = match name {
            "hears" => {
                let envelope = ToClient::parse(&what.to_string()).unwrap();
                update(&mut self.model, Event::Received(envelope))
            }
            "cut" => {
                let code = what["code"].as_u64().map(|code| u16::try_from(code).unwrap());
                let reason = what["reason"].as_str().unwrap_or("cut").to_owned();
                update(&mut self.model, Event::Lost { code, reason })
            }
            "connects" => update(&mut self.model, Event::Connected),
            "passes_ms" => return self.pass(Duration::from_millis(what.as_u64().unwrap())),
            "says" => say(&mut self.model, what.as_str().unwrap()).unwrap(),
            "types" => return self.types(what.as_str().unwrap()),
            "marks" => mark_unread(&mut self.model, message_id(what)),
            "types_text" => {
                let written = what.as_str().unwrap();
                self.model.room_mut().write(written);
                types(&mut self.model, written)
            }
            "revokes" => {
                question_revoke(&mut self.model, number(what));
                confirm(&mut self.model)
            }
            "confirms" => confirm(&mut self.model),
            "moves" => move_room(&mut self.model, what.as_u64().unwrap().try_into().unwrap()),
            "browses" => browse(&mut self.model, what.as_str().unwrap()),
            "browses_more" => browse_more(&mut self.model),
            "picks" => pick(&mut self.model, &room_name(what)),
            "asks" => return self.types(&format!("/{}", what.as_str().unwrap())),
            "invites" => return self.types(&invite_typed(what)),
            "uninvites" => return self.types(&format!("/uninvite {what}")),
            "links" => {
                let code = AccessCode::try_from(what.as_str().unwrap()).unwrap();
                link_by(&mut self.model, code)
            }
            "asks_older" => load_older(self.model.room_mut()),
            "focus" => {
                focus(&mut self.model, what.as_bool().unwrap());
                Vec::new()
            }
            "show" => return self.show(&room_name(what)),
            "scroll" => {
                let oldest = self.model.room().oldest().unwrap_or_default();
                read_at(&mut self.model, Reading::Above(oldest));
                Vec::new()
            }
            "escape" => {
                back_to_end(&mut self.model);
                Vec::new()
            }
            name => match self.acts(name, what).or_else(|| self.goes_through(name, what)) {
                Some(effects) => effects,
                None => panic!("{place}: no such step: {name}"),
            },
        };
        self.run(effects);
    }

    /// What is done to a message.
    fn acts(&mut self, name: &str, what: &Value) -> Option<Vec<Effect>> {
        let model = &mut self.model;
        Some(match name {
            "deletes" => {
                let room = model.room().name.clone();
                delete(model, &room, target(what)).unwrap()
            }
            "edits" => edit(model, target(&what[0]), what[1].as_str().unwrap()).unwrap(),
            "begins_edit" => {
                compose_edit(model, Some(target(&what[0]))).unwrap();
                model.room_mut().write(what[1].as_str().unwrap());
                Vec::new()
            }
            "reacts" => {
                let emoji = Emoji::try_from(what[1].as_str().unwrap()).unwrap();
                react(model, message_id(&what[0]), emoji).unwrap_or_default()
            }
            "replies" => {
                let text = what[1].as_str().unwrap();
                reply(model, text, Some(message_id(&what[0]))).unwrap()
            }
            "begins_reply" => {
                let begun = compose_reply(model, Some(message_id(what)));
                model.notice = begun.err().or(model.notice.take());
                Vec::new()
            }
            _ => return None,
        })
    }

    /// What is done with the messages that mention one, or that were searched for.
    fn goes_through(&mut self, name: &str, what: &Value) -> Option<Vec<Effect>> {
        let model = &mut self.model;
        Some(match name {
            "mentioned_more" => more_mentions(model),
            "goes_to" => go_to_mention(model, message_id(what)),
            "found_more" => more_found(model),
            "goes_to_found" => go_to_found(model, message_id(what)),
            "next_found" => next_found(model),
            "previous_found" => previous_found(model),
            "found_ends" => {
                end_search(model);
                Vec::new()
            }
            _ => return None,
        })
    }

    fn show(&mut self, name: &RoomName) {
        let number = self.model.rooms.iter().position(|room| room.name == *name).unwrap();
        show_room(&mut self.model, number);
        self.run(Vec::new());
    }

    fn types(&mut self, typed: &str) {
        let effects = command(&mut self.model, parse(typed).unwrap());
        self.run(effects);
    }

    /// What is due happens in its order, and may make more due.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.timers.sort_by_key(|(due, _)| *due);
            if self.timers.first().is_none_or(|(due, _)| *due > end) {
                break;
            }
            let (due, timer) = self.timers.remove(0);
            self.now = due;
            self.happens(Event::Time(timer));
        }
        self.now = end;
    }
}

/// There are as many texts as parts, and each holds its part.
fn holds_each(texts: &[String], parts: &Value) -> bool {
    let parts: Vec<_> = parts.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    texts.len() == parts.len() && texts.iter().zip(&parts).all(|(text, part)| text.contains(part))
}

/// An address of a page, as it is dialled.
fn dialled_as(server: &str) -> Url {
    server.replacen("http", "ws", 1).parse().unwrap()
}

fn room_name(name: &Value) -> RoomName {
    RoomName::known(name.as_str().unwrap()).unwrap()
}

fn message_id(id: &Value) -> MessageId {
    MessageId::try_from(id.as_u64().unwrap()).unwrap()
}

/// A message by its id, or, while it is not stored, by its ref.
fn target(named: &Value) -> Target {
    match named.as_str() {
        Some(reference) => Target::Waiting(Ref::try_from(reference).unwrap()),
        None => Target::Stored(message_id(named)),
    }
}

fn number(number: &Value) -> u32 {
    u32::try_from(number.as_u64().unwrap()).unwrap()
}

fn entry_code(code: &Value) -> Option<EntryCode> {
    let named = |name: &str| code[name].as_str().map(|code| AccessCode::try_from(code).unwrap());
    named("link").map(EntryCode::Link).or_else(|| named("invite").map(EntryCode::Invite))
}

/// The command that makes an invite.
fn invite_typed(what: &Value) -> String {
    let mut words = vec!["/invite".to_owned()];
    words.extend(what["room"].as_str().map(|_| "-r".to_owned()));
    words.extend(what["uses"].as_u64().map(|uses| uses.to_string()));
    words.extend(what["seconds"].as_u64().map(|seconds| format!("{seconds}s")));
    words.extend(what["note"].as_str().map(str::to_owned));
    words.join(" ")
}
