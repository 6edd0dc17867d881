//! What a scenario asks about: what was dialled, what is shown, and who is there.

use nebula::chat::answer::grouped;
use nebula::chat::room::about::role_word;
use nebula::chat::room::is_own;
use nebula::chat::room::level::level_word;
use nebula::chat::{Answer, EntryCode, Hello, Room, What};
use protocol::{Message, MessageId, Standing, UserName};
use serde_json::{Map, Value, json};

use super::{Client, dialled_as};

impl Client {
    /// The code for another device, as it is shown.
    pub(super) fn link(&self) -> Value {
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
    pub(super) fn shown_as(&mut self, name: &str) -> Value {
        let mut found = Value::Null;
        self.shown.retain(|answer| {
            let (kind, what) = match answer {
                Answer::Link(_) | Answer::Members(_) | Answer::Mentions(_) => return true,
                Answer::Devices(list) => {
                    ("devices", list.iter().map(|it| it.device).collect::<Vec<_>>().into())
                }
                Answer::Invites(list) => (
                    "invites_shown",
                    list.iter().map(|it| it.invite.invite).collect::<Vec<_>>().into(),
                ),
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

    /// The one attempt to connect, in the words of the scenario.
    pub(super) fn attempt(&mut self, wanted: &Value) -> Value {
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
    pub(super) fn shown(&self, name: &str, wanted: &Map<String, Value>) -> Value {
        let room = self.model.rooms.iter().find(|room| room.name.as_str() == name).unwrap();
        let me = self.model.me.as_ref();
        let own = |is_failed: bool| {
            let own = room.said().filter(|(own, _)| own.failed.is_some() == is_failed);
            own.map(|(_, text)| text).collect::<Vec<_>>()
        };
        let life = self.life(room);
        let highlighted = room.entries.iter().filter(|entry| self.model.is_highlighted(entry));
        let highlighted = highlighted.filter_map(|entry| Some(entry.message()?.id.get()));
        let highlighted: Vec<_> = highlighted.collect();
        let all = json!({
            "messages": room.messages().map(|message| message.id.get()).collect::<Vec<_>>(),
            "unread": room.unread(me),
            "mentions": room.mentions(me),
            "meant": room.is_meant(me),
            "people": room.people.known().iter().map(UserName::as_str).collect::<Vec<_>>(),
            "count": room.people.count(),
            "line": room.new_line(me).map(MessageId::get),
            "waiting": own(false),
            "failed": own(true),
            "reasons": room.pending.iter().filter_map(|own| own.failed.as_deref()).collect::<Vec<_>>(),
            "joined": room.joined,
            "excluded": room.excluded.is_some(),
            "topic": room.topic.as_str(),
            "muted": room.is_muted(),
            "notify": level_word(room.notify),
            "highlighted": highlighted,
            "label": room.label(me),
            "role": room.about.role.map(role_word),
            "members": members(room),
            "draft": room.draft,
            "typing": room.typing.words(),
        });
        let named =
            wanted.keys().map(|key| (key.clone(), all.get(key).unwrap_or(&life[key]).clone()));
        Value::Object(named.collect())
    }

    /// What became of its messages.
    fn life(&self, room: &Room) -> Value {
        let me = self.model.me.as_ref();
        let shown: Vec<_> = room.messages().map(|message| room.as_shown(message, me)).collect();
        let ids = |is_it: &dyn Fn(&Message) -> bool| {
            let found = shown.iter().filter(|message| is_it(message));
            found.map(|message| message.id.get()).collect::<Vec<_>>()
        };
        let reactions = shown.iter().filter(|message| !message.reactions.is_empty());
        let reactions = reactions.map(|message| {
            let kinds = message.reactions.iter().map(|kind| {
                let is_own = me.is_some_and(|me| is_own(message, kind.emoji.as_str(), me));
                let own = if is_own { " own" } else { "" };
                format!("{} {}{own}", kind.emoji.as_str(), kind.count)
            });
            (message.id.get().to_string(), kinds.collect::<Vec<_>>().into())
        });
        let replies = shown.iter().filter_map(|message| Some((message.id, message.reply?)));
        let replies = replies.map(|(id, reply)| {
            let original = room.shown_by_id(reply, me);
            let words = original
                .map(|it| format!("{}: {}", it.sender, it.content.as_str().replace('\n', " ")));
            (id.get().to_string(), words.into())
        });
        json!({
            "texts": shown.iter().map(|message| message.content.as_str()).collect::<Vec<_>>(),
            "edited": ids(&|message| message.edited.is_some()),
            "changing": ids(&|message| room.is_changing(message.id)),
            "reactions": Value::Object(reactions.collect()),
            "replies": Value::Object(replies.collect()),
        })
    }

    pub(super) fn standing(&self) -> &'static str {
        match self.model.standing {
            Standing::Waiting => "waiting",
            Standing::Cut => "cut",
            Standing::Current => "current",
            Standing::Other => "other",
        }
    }

    /// The list of all rooms.
    pub(super) fn browsed(&self) -> Value {
        self.model.browser.as_ref().map_or(Value::Null, |browser| {
            let rooms = browser.rooms.iter().map(|entry| entry.room.as_str());
            json!({"rooms": rooms.collect::<Vec<_>>(), "more": browser.more})
        })
    }

    /// The list of messages that mention this person.
    pub(super) fn mentioned(&self) -> Value {
        self.model.inbox.as_ref().map_or(Value::Null, |inbox| {
            let messages = inbox.messages.iter().map(|message| message.id.get());
            json!({"messages": messages.collect::<Vec<_>>(), "more": inbox.more})
        })
    }

    /// What was searched for, as it is shown: of what the scenario may leave out, what it names.
    pub(super) fn found(&self, wanted: &Value) -> Value {
        let Some(search) = &self.model.search else { return Value::Null };
        let shown: Vec<_> =
            search.found.messages.iter().map(|message| search.shown(message)).collect();
        let marked = shown.iter().flat_map(|(text, marks)| {
            marks.iter().map(|mark| text[mark.clone()].to_owned()).collect::<Vec<_>>()
        });
        let mut all = json!({
            "query": search.query,
            "messages": search.found.messages.iter().map(|message| message.id.get()).collect::<Vec<_>>(),
            "more": search.found.more,
            "at": search.at.map(MessageId::get),
            "marked": marked.collect::<Vec<_>>(),
            "texts": shown.iter().map(|(text, _)| text).collect::<Vec<_>>(),
        });
        let all = all.as_object_mut().unwrap();
        for name in ["at", "marked", "texts"] {
            if wanted.get(name).is_none() {
                all.remove(name);
            }
        }
        Value::Object(all.clone())
    }

    /// Who came and left, as it stands among the messages.
    pub(super) fn told(&self) -> Value {
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

fn members(room: &Room) -> Vec<String> {
    let members = room.about.members.iter();
    members.map(|member| format!("{} {}", member.user, role_word(member.role))).collect()
}
