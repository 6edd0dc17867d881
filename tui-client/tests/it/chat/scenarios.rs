//! The scenarios that every client follows, against the core alone. Their form is described beside them, in
//! `protocol/tests/golden/clients/scenarios/README.md`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use nebula::chat::answer::grouped;
use nebula::chat::commands::parse;
use nebula::chat::room::about::role_word;
use nebula::chat::update::{
    back_to_end, browse, browse_more, command, confirm, dial_now, focus, link_by, load_older,
    move_room, pick, question_deletion, question_revoke, read_at, say, show_room, update,
};
use nebula::chat::{
    Answer, Connection, Effect, EntryCode, Event, Hello, Model, Reading, Room, Servers, Timer,
    Wait, What,
};
use protocol::{AccessCode, MessageId, RoomName, Standing, ToClient, UserName};
use serde_json::{Map, Value, json};
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
}

impl Client {
    fn begin(case: &Value, session: &str) -> Self {
        let me = case["me"].as_str().map(|me| UserName::try_from(me).unwrap());
        let rooms = case["rooms"].as_array().unwrap().iter().map(|room| {
            let read = MessageId::try_from(room["read"].as_u64().unwrap()).unwrap();
            let mut known = Room::as_read(room_name(&room["room"]), read);
            let is = |name: &str| room[name].as_bool().unwrap_or_default();
            (known.muted, known.listed) = (is("muted"), is("listed"));
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
        let mut client = Client { model, now, timers, sent, dialled, shown, notice: None };
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

    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(envelope) => {
                    self.sent.push(serde_json::from_str(&envelope.encode()).unwrap());
                }
                Effect::After(time, timer) => self.timers.push((self.now + time, timer)),
                Effect::Dial(hello, wait) => self.dialled.push((hello, wait)),
                Effect::Show(answer) => self.shown.push(answer),
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
            "standing" => {
                let shown = match self.model.standing {
                    Standing::Waiting => "waiting",
                    Standing::Cut => "cut",
                    Standing::Current => "current",
                    Standing::Other => "other",
                };
                assert_eq!(shown, what, "{place}");
            }
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
            "browsed" => {
                let shown = self.model.browser.as_ref().map_or(Value::Null, |browser| {
                    let rooms = browser.rooms.iter().map(|entry| entry.room.as_str());
                    json!({"rooms": rooms.collect::<Vec<_>>(), "more": browser.more})
                });
                assert_eq!(shown, *what, "{place}");
            }
            "asked" => {
                let question = self.model.question.as_ref().unwrap();
                let words = question.words(str::to_owned);
                assert!(words.contains(what.as_str().unwrap()), "{place}: {words}");
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
            "deletes" => {
                let id = MessageId::try_from(what.as_u64().unwrap()).unwrap();
                question_deletion(&mut self.model, Some(id));
                confirm(&mut self.model)
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
            "show" => {
                let name = room_name(what);
                let number = self.model.rooms.iter().position(|room| room.name == name).unwrap();
                show_room(&mut self.model, number);
                Vec::new()
            }
            "scroll" => {
                let oldest = self.model.room().oldest().unwrap_or_default();
                read_at(&mut self.model, Reading::Above(oldest));
                Vec::new()
            }
            "escape" => {
                back_to_end(&mut self.model);
                Vec::new()
            }
            other => panic!("{place}: no such step: {other}"),
        };
        self.run(effects);
    }

    fn types(&mut self, typed: &str) {
        let effects = command(&mut self.model, parse(typed).unwrap());
        self.run(effects);
    }

    /// The code for another device, as it is shown.
    fn link(&self) -> Value {
        let shown = self.shown.iter().rev().find_map(|answer| match answer {
            Answer::Link(link) if Some(&link.code) == self.model.link.as_ref() => Some(link),
            _ => None,
        });
        shown.map_or(
            Value::Null,
            |link| json!({"code": grouped(&link.code), "address": link.address}),
        )
    }

    /// What of one kind was shown last; it is looked at once.
    fn shown_as(&mut self, name: &str) -> Value {
        let mut found = Value::Null;
        self.shown.retain(|answer| {
            let (kind, what) = match answer {
                Answer::Link(_) | Answer::Members(_) => return true,
                Answer::Devices(list) => {
                    ("devices", list.iter().map(|it| it.device).collect::<Vec<_>>().into())
                }
                Answer::Invites(list) => {
                    ("invites_shown", list.iter().map(|it| it.invite).collect::<Vec<_>>().into())
                }
                Answer::Invite(shown) => {
                    let code = grouped(&shown.invite.code);
                    ("invited", json!({"code": code, "address": shown.address}))
                }
            };
            if kind == name {
                found = what;
            }
            kind != name
        });
        found
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

    /// The one attempt to connect, in the words of the scenario.
    fn attempt(&mut self, wanted: &Value) -> Value {
        let attempts = std::mem::take(&mut self.dialled);
        let [(Hello { connect, code }, wait)] = &attempts[..] else {
            return if attempts.is_empty() { Value::Null } else { json!(attempts.len()) };
        };
        let mut told = Map::new();
        told.insert("room".to_owned(), json!(connect.room.as_str()));
        let user = connect.user.as_ref().map(|user| json!(user.as_str()));
        told.extend(user.map(|user| ("username".to_owned(), user)));
        told.extend(connect.since.map(|since| ("since".to_owned(), json!(since.get()))));
        told.extend(connect.history.map(|history| ("history".to_owned(), json!(history))));
        told.extend(code.as_ref().map(|code| match code {
            EntryCode::Link(code) => ("link".to_owned(), json!(code.as_str())),
            EntryCode::Invite(code) => ("invite".to_owned(), json!(code.as_str())),
        }));
        if wanted.get("not_before_ms").is_some() {
            told.insert("not_before_ms".to_owned(), json!(wait.least.as_millis()));
        }
        if let Some(server) = wanted.get("server") {
            let server = dialled_as(server.as_str().unwrap());
            let is_it = self.model.servers.current() == Some(&server);
            told.insert(
                "server".to_owned(),
                if is_it { wanted["server"].clone() } else { Value::Null },
            );
        }
        Value::Object(told)
    }

    /// Of a room what the scenario names.
    fn shown(&self, name: &str, wanted: &Map<String, Value>) -> Value {
        let room = self.model.rooms.iter().find(|room| room.name.as_str() == name).unwrap();
        let me = self.model.me.as_ref();
        let own = |is_failed: bool| {
            let own = room.pending.iter().filter(|own| own.failed.is_some() == is_failed);
            own.map(|own| own.content.as_str()).collect::<Vec<_>>()
        };
        let all = json!({
            "messages": room.messages().map(|message| message.id.get()).collect::<Vec<_>>(),
            "unread": room.unread(me),
            "mentions": room.mentions(me),
            "people": room.people.known().iter().map(UserName::as_str).collect::<Vec<_>>(),
            "count": room.people.count(),
            "line": room.new_line(me).map(MessageId::get),
            "waiting": own(false),
            "failed": own(true),
            "reasons": room.pending.iter().filter_map(|own| own.failed.as_deref()).collect::<Vec<_>>(),
            "joined": room.joined,
            "excluded": room.excluded.is_some(),
            "topic": room.topic.as_str(),
            "muted": room.muted,
            "label": room.label(me),
            "role": room.about.role.map(role_word),
            "members": members(room),
        });
        let named = wanted.keys().map(|key| (key.clone(), all[key].clone()));
        Value::Object(named.collect())
    }

    /// Who came and left, as it stands among the messages.
    fn told(&self) -> Value {
        let rooms = self.model.rooms.iter().map(|room| {
            let told = room.entries.iter().filter_map(|entry| match &entry.what {
                What::Join(name) => Some(format!("join {name}")),
                What::Leave(name) => Some(format!("leave {name}")),
                _ => None,
            });
            (room.name.as_str().to_owned(), told.collect::<Vec<_>>().into())
        });
        Value::Object(rooms.collect())
    }
}

/// An address of a page, as it is dialled.
fn dialled_as(server: &str) -> Url {
    server.replacen("http", "ws", 1).parse().unwrap()
}

fn room_name(name: &Value) -> RoomName {
    RoomName::known(name.as_str().unwrap()).unwrap()
}

fn members(room: &Room) -> Vec<String> {
    let members = room.about.members.iter();
    members.map(|member| format!("{} {}", member.user, role_word(member.role))).collect()
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
