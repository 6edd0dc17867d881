//! What follows from outcomes: who is told what, and what the memory of rooms holds then.
//!
//! Pure: it knows no thread and no database, so a simulator can be the commit and fail it.

use std::sync::Arc;

use protocol::{
    ErrorNote, Message, MessageId, Moderated, Ref, Refusal, RoomInfo, RoomKind, RoomName, Setting,
    ToClient, Topic, UserName,
};

use crate::frame::{Delivery, Frame};
use crate::hub::room_tag;
use crate::log::command::ReplyTo;
use crate::log::event::{Act, Event};
use crate::log::health::Health;
use crate::log::order::answer::{Answer, Moderator};
use crate::log::outcome::{Began, Forgotten, Outcome, Revision, RoomChange};
use crate::log::reading::page::{self, Stored};
use crate::monitoring::metrics::Metrics;
use crate::outbox::{End, Outbox};
use crate::people::names::PersonId;

/// Who hears of something.
#[derive(Debug)]
pub(crate) enum To {
    /// Everybody in the room.
    Everybody,
    /// The outgoing hooks of the room, of a message that people have said.
    Hooks(MessageId),
    /// The author of something that was done before.
    Author(Outbox),
    /// Everybody in the room, and these, who may be elsewhere; those who leave go out of it.
    Reach { also: Vec<Outbox>, leaving: Vec<(UserName, Outbox)> },
}

/// Of who is to be put out of a room.
pub(crate) const NOT_HERE: Refusal = Refusal::NotFound("nobody of this name is here");

/// What a moderator did, as people are told; and, for the moderator alone, that the person is not there.
pub(crate) fn moderated(told: Moderated) -> (Arc<Frame>, Arc<Frame>) {
    let (room, reference) = (told.room.clone(), told.reference.clone());
    let room_tag = room.as_ref().map(room_tag);
    let absent = ErrorNote { room, reference, ..ErrorNote::from(&NOT_HERE) };
    let envelopes = (ToClient::Moderated(Box::new(told)), ToClient::Error(absent));
    let within = room_tag.map_or(Delivery::Always, |room_tag| Delivery::Within { room_tag });
    let frame = |envelope: ToClient, delivery| Frame::text(envelope.encode(), delivery);
    (frame(envelopes.0, within), frame(envelopes.1, Delivery::Always))
}

/// Carries out what follows.
#[derive(Debug)]
pub(crate) struct Effects {
    health: Health,
    metrics: Arc<Metrics>,
}

impl Effects {
    pub(crate) fn new(health: Health, metrics: Arc<Metrics>) -> Self {
        Effects { health, metrics }
    }

    /// The commit of these events is done: `tell` whom they concern, in their order.
    pub(crate) fn follow(
        &self,
        batch: Vec<(Event, ReplyTo)>,
        outcomes: Vec<Outcome>,
        mut tell: impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        // On a disk that is nearly full what makes room may be all that is stored.
        if batch.iter().any(|(event, _)| !event.act.is_upkeep()) {
            self.can_store();
        }
        for ((event, reply), outcome) in batch.into_iter().zip(outcomes) {
            self.follow_one(&event, outcome, reply, &mut tell);
        }
    }

    /// The commit of this event is done: `tell` whom it concerns.
    pub(crate) fn follow_one(
        &self,
        event: &Event,
        outcome: Outcome,
        reply: ReplyTo,
        tell: &mut impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        match reply {
            ReplyTo::Author(outbox) => self.carry_out(outcome, event, Some(outbox), tell),
            ReplyTo::Nobody => self.carry_out(outcome, event, None, tell),
            ReplyTo::Waiting(waiting) => {
                self.carry_out(outcome.clone(), event, None, tell);
                // Who asked may have gone.
                let _ = waiting.send(outcome);
            }
        }
    }

    /// A commit was stored.
    pub(crate) fn can_store(&self) {
        if self.health.set_failing(false) {
            tracing::info!("messages can be stored again");
        }
    }

    /// A commit could not be stored. Told once, not for every one until it works again.
    pub(crate) fn cannot_store(&self, error: &dyn std::error::Error) {
        if self.health.set_failing(true) {
            tracing::error!(%error, "cannot store messages");
        }
        self.metrics.log_failures.inc();
    }

    /// Nothing of these was stored, so nobody but the authors hears of it. Who waits hears that there
    /// is no outcome.
    pub(crate) fn failed(&self, batch: Vec<(Event, ReplyTo)>, error: &dyn std::error::Error) {
        self.cannot_store(error);
        for (event, reply) in batch {
            self.unavailable(reply, event.act.about());
        }
    }

    /// Something will not be stored, and its author hears so. Who waits hears that there is no outcome.
    pub(crate) fn unavailable(&self, reply: ReplyTo, about: (Option<&RoomName>, Option<&Ref>)) {
        if let ReplyTo::Author(author) = reply {
            self.refuse(&Refusal::Unavailable, about, &author);
        }
    }

    /// An entry of this node never gets a place in the order, and who did it hears so.
    pub(crate) fn give_up(&self, answer: Answer) {
        match answer {
            Answer::Command(reply, (room, reference)) => {
                self.unavailable(reply, (room.as_ref(), reference.as_ref()));
            }
            Answer::Moderator(Moderator { outbox, .. }) => {
                self.unavailable(ReplyTo::Author(outbox), (None, None));
            }
            // A new life of the node asks again.
            Answer::Claim(_) | Answer::Nobody => {}
        }
    }

    fn carry_out(
        &self,
        outcome: Outcome,
        event: &Event,
        author: Option<Outbox>,
        tell: &mut impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        match outcome {
            Outcome::Made(info) => self.made(event.id, *info, author),
            Outcome::Began(began) => self.began(*began, tell),
            Outcome::Named(_, _, changes) | Outcome::Changed(changes) => {
                let mut author = author;
                for change in changes {
                    // What else follows is not told to an author who has left.
                    self.changed(change, event.id, author.take(), tell);
                }
            }
            Outcome::Set(set) => self.set(set.0, set.1),
            Outcome::Said(message) => {
                // What programs say starts no hook, and what was said elsewhere is not said now.
                let starts = !message.bot && !matches!(event.act, Act::Import(_));
                let starts_hooks = starts && self.health.webhooks.hear(&message.room);
                self.said(message, starts_hooks, tell);
            }
            Outcome::Revised(revision) => self.revised(*revision, tell),
            Outcome::TopicSet(topic) => self.topic_set(*topic, tell),
            Outcome::Repeated(first) => {
                let Some(author) = author else { return };
                let frame = Frame::text(first.encode(), Delivery::Always);
                match event.act.about() {
                    (Some(room), _) => tell(room.clone(), frame, To::Author(author)),
                    (None, _) => author.push(&frame),
                }
            }
            Outcome::Refused(refusal) => {
                if let Some(author) = author {
                    self.refuse(&refusal, event.act.about(), &author);
                }
            }
            Outcome::BotEnded(person) => self.put_out(person),
            Outcome::Forgotten(rooms) => rooms.iter().for_each(|room| self.forgotten(room)),
            Outcome::Numbered(number) => {
                if let Act::MakeOutgoing(hook) = &event.act {
                    self.health.webhooks.add(number, (**hook).clone());
                }
            }
            Outcome::Kept(_) => {
                if let Act::EndHook(end) = &event.act {
                    self.health.webhooks.end(end.hook, &self.metrics);
                }
            }
            Outcome::HasDevices(_) => {}
        }
    }

    fn said(
        &self,
        message: Message,
        starts_hooks: bool,
        tell: &mut impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        // First: who hears of it may look at the count.
        self.metrics.messages.inc();
        let room = message.room.clone();
        let open = self.health.rooms.find(room.key());
        // Who enters later reads it.
        if open.is_none() && !starts_hooks {
            return;
        }
        let stored = Stored::new(message);
        let (id, frame) = (stored.id, stored.frame.clone());
        if let Some(open) = open {
            open.push(stored);
            tell(room.clone(), frame.clone(), To::Everybody);
        }
        if starts_hooks {
            tell(room, frame, To::Hooks(id));
        }
    }

    fn revised(&self, revision: Revision, tell: &mut impl FnMut(RoomName, Arc<Frame>, To)) {
        let Revision { id, told, state } = revision;
        if matches!(told, ToClient::Deleted(_)) {
            self.metrics.deletions.inc();
        }
        let room = state.room.clone();
        self.health.rooms.with(room.key(), |open| open.changed(Stored::new(state)));
        let delivery = Delivery::Sequenced { room_tag: room_tag(&room), number: id.get() };
        tell(room, Frame::text(told.encode(), delivery), To::Everybody);
    }

    fn topic_set(&self, topic: Topic, tell: &mut impl FnMut(RoomName, Arc<Frame>, To)) {
        let (room, id) = (topic.room.clone(), topic.id);
        let now = page::Topic { id, content: topic.content.clone() };
        self.health.rooms.with(room.key(), |open| open.set_topic(now));
        let delivery = Delivery::Sequenced { room_tag: room_tag(&room), number: id.get() };
        tell(room, Frame::text(ToClient::Topic(topic).encode(), delivery), To::Everybody);
    }

    /// A room was made or found; of an open one memory may know something else.
    fn made(&self, id: MessageId, info: RoomInfo, author: Option<Outbox>) {
        self.health.rooms.with(info.room.key(), |open| {
            open.has_roles();
            if info.kind == RoomKind::Open {
                open.set_topic(page::Topic { id, content: info.topic.clone() });
            }
        });
        if let Some(author) = author {
            author.push(&Frame::text(ToClient::Room(info).encode(), Delivery::Always));
        }
    }

    /// Its persons hear of the room first, wherever they are.
    fn began(&self, began: Began, tell: &mut impl FnMut(RoomName, Arc<Frame>, To)) {
        let Began { message, info, persons } = began;
        let frame = Frame::text(ToClient::Room(info).encode(), Delivery::Always);
        for (_, outbox) in persons.iter().flat_map(|person| self.health.connected.of(*person)) {
            outbox.push(&frame);
        }
        // A direct room has no hooks.
        self.said(message, false, tell);
    }

    /// Whom it is about is found after the commit: whoever comes later reads how it is.
    fn changed(
        &self,
        change: RoomChange,
        id: MessageId,
        author: Option<Outbox>,
        tell: &mut impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        let RoomChange { room, told, person, leaves, ends } = change;
        self.health.rooms.with(room.key(), |open| open.has_roles());
        if ends {
            self.health.webhooks.end_room(&room, &self.metrics);
        }
        let theirs = self.health.connected.of(person);
        let mut also: Vec<_> = theirs.iter().map(|(_, outbox)| outbox.clone()).collect();
        also.extend(author.filter(|author| !also.contains(author)));
        let room_tag = room_tag(&room);
        let frame = Frame::text(told.encode(), Delivery::Sequenced { room_tag, number: id.get() });
        if !leaves {
            return tell(room, frame, To::Reach { also, leaving: Vec::new() });
        }
        also.retain(|outbox| !theirs.iter().any(|(_, gone)| gone == outbox));
        tell(room, frame, To::Reach { also, leaving: theirs.clone() });
        // They are out of the room already; their sessions hear of it.
        theirs.iter().for_each(|(_, outbox)| outbox.leave(room_tag));
    }

    fn set(&self, person: PersonId, setting: Setting) {
        let frame = Frame::text(ToClient::Setting(setting).encode(), Delivery::Always);
        self.health.connected.of(person).iter().for_each(|(_, outbox)| outbox.push(&frame));
    }

    /// Their connections end, and they cannot come again.
    fn put_out(&self, person: PersonId) {
        for (_, outbox) in self.health.connected.of(person).iter() {
            outbox.end(End::Refused(Refusal::BotRevoked));
        }
    }

    fn forgotten(&self, forgotten: &Forgotten) {
        let Forgotten { room, upto, messages } = forgotten;
        self.health.rooms.with(room, |open| open.forget(*upto));
        // Last: who sees the count finds them gone.
        self.metrics.cleared.inc_by(*messages);
    }

    fn refuse(
        &self,
        refusal: &Refusal,
        (room, reference): (Option<&RoomName>, Option<&Ref>),
        author: &Outbox,
    ) {
        self.metrics.refused(refusal.code());
        let (room, reference) = (room.cloned(), reference.cloned());
        let note = ErrorNote { room, reference, ..ErrorNote::from(refusal) };
        author.push(&Frame::text(ToClient::Error(note).encode(), Delivery::Always));
    }
}
