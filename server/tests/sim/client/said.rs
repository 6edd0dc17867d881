//! What a client has to say, until it hears of it: messages, topics, and what it does to messages.

use protocol::{
    Body, Edit, Emoji, MessageId, React, Ref, RoomName, Say, SetTopic, ToServer, TopicText,
};

use super::Client;

/// What is put on messages: few, so that people meet.
const EMOJI: [&str; 3] = ["👍", "❤️", "🚀"];

/// Whom texts call: mostly nobody.
const CALLED: [&str; 7] = ["", " @Bob", "", " @nobody", " @all", "", " @bob, @here"];

#[derive(Debug, Clone)]
pub(in crate::sim) struct Said {
    pub(super) room: RoomName,
    pub(super) content: Body,
    pub(super) reference: Ref,
    pub(super) what: What,
    /// On this line.
    pub(super) sent: bool,
    /// How often, on whatever line.
    pub(super) times: u32,
}

/// What is done with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// It is said, perhaps as an answer.
    Say(Option<MessageId>),
    /// The room is about it from now on.
    Topic,
    /// A message has it from now on.
    Edit(MessageId),
    /// An emoji is put on a message, or taken away.
    React(MessageId, Emoji, bool),
}

impl Client {
    /// Thinks of something to say.
    pub(in crate::sim) fn think(&mut self, room: usize) {
        self.thoughts += 1;
        let what = self.choose(room);
        let called = CALLED[self.next as usize % CALLED.len()];
        let content = format!("{}-{}{called}", self.device, self.next);
        let content = Body::try_from(content).unwrap();
        let reference = self.reference();
        let room = self.view(room).room.clone();
        self.pending.push_back(Said { room, content, reference, what, sent: false, times: 0 });
    }

    /// What it does with the next text, to messages that it holds.
    fn choose(&self, room: usize) -> What {
        let (view, n) = (self.view(room), self.next);
        let newest = view.seen.last().and_then(|id| MessageId::try_from(*id).ok());
        let own = view.held.values().rev().find(|it| it.sender == self.name);
        match (n % 5, newest, own) {
            (0, ..) => What::Topic,
            (1, Some(newest), _) => What::Say(Some(newest)),
            (2, Some(newest), own) => What::Edit(own.map_or(newest, |own| own.id)),
            (3, Some(newest), _) => {
                let emoji = EMOJI[n as usize / 5 % EMOJI.len()];
                What::React(newest, Emoji::try_from(emoji).unwrap(), n % 2 == 1)
            }
            _ => What::Say(None),
        }
    }

    /// Gives up waiting for an answer, and sends it again.
    pub(in crate::sim) fn doubt(&mut self) {
        if let Some(said) = self.pending.front_mut() {
            said.sent = false;
        }
    }

    /// The next thing that is not on its way yet and whose room is open.
    pub(in crate::sim) fn speak(&mut self) -> Option<ToServer> {
        let rooms = &self.rooms;
        let is_due = |said: &&mut Said| !said.sent && rooms[&**said.room.key()].entered;
        let said = self.pending.iter_mut().find(is_due)?;
        said.sent = true;
        said.times += 1;
        self.sent += 1;
        if said.times == 1 {
            let place = (self.line.unwrap_or_default(), self.sent);
            self.sent_once.insert(said.content.as_str().to_owned(), place);
        } else {
            self.sent_once.remove(said.content.as_str());
        }
        Some(said.envelope())
    }
}

impl Said {
    fn envelope(&self) -> ToServer {
        let (room, reference) = (self.room.clone(), Some(self.reference.clone()));
        let content = self.content.clone();
        match &self.what {
            What::Say(reply) => ToServer::Message(Say { room, content, reply: *reply, reference }),
            What::Topic => {
                let content = TopicText::try_from(content.as_str()).unwrap();
                ToServer::Topic(SetTopic { room, content, reference })
            }
            What::Edit(message) => {
                ToServer::Edit(Edit { room, message: *message, content, reference })
            }
            What::React(message, emoji, on) => {
                let (message, emoji, on) = (*message, emoji.clone(), *on);
                ToServer::React(React { room, message, emoji, on, reference })
            }
        }
    }
}
