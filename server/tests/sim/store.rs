//! The log on disk: the real one, on a database in memory that survives the process, and a record of
//! what it said became of each event, for the checkers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::{Epoch, History, Message, MessageId, RoomName, Span, ToClient, UserName};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, params};

use super::Mutant;
use super::replay::dump;
use crate::log::acts_on_messages::Reply;
use crate::log::database::Database;
use crate::log::database::place::Place;
use crate::log::database::store::Store as Log;
use crate::log::event::{Act, Event};
use crate::log::order::replica::{Applied, Became, Incoming, Replica, Unapplied};
use crate::log::outcome::Forgotten;
use crate::log::reading::about::About;
use crate::log::reading::reader::Reader;
use crate::log::sanction::Sanction;
use crate::log::time::clock::Clock;
use crate::log::{Asked, Outcome, Page, Viewer};
use crate::people::key_hash::KeyHash;
use crate::people::names::{Kept, PersonId, Proof};

thread_local! {
    /// To copy a database is faster than to make its tables.
    static EMPTY: Connection = Database::memory().unwrap().writer().unwrap();
}

#[derive(Debug)]
pub(super) struct Store {
    log: Log,
    reader: Reader,
    /// As an operator's commands have it.
    beside: Connection,
    /// In the order of commits, as they are now.
    pub(super) messages: Vec<Message>,
    /// What changed them, as it was told, with the person who did so.
    pub(super) changes: Vec<(MessageId, ToClient)>,
    /// Messages as they were before a change.
    before: Vec<Message>,
    /// Names, and whose they are.
    names: Vec<Kept>,
    /// Up to when time has passed for certain.
    pub(super) known_ms: Option<u64>,
    /// Bans and mutes, and the event of each.
    sanctions: Vec<(MessageId, Sanction)>,
    /// Everything that was committed, as it was asked for.
    pub(super) events: Vec<Event>,
    /// What of it was neither refused nor done before. Only these have their ids for themselves.
    pub(super) applied: Vec<Event>,
    /// Up to where messages of a room, by key, were cleared away.
    forgotten: BTreeMap<Arc<str>, u64>,
    /// The newest record of the stream that was applied, if it is that of a node.
    pub(super) seq: u64,
}

impl Store {
    pub(super) fn new() -> Self {
        let database = Database::memory().unwrap();
        let mut writer = database.upkeeper().unwrap();
        EMPTY.with(|empty| {
            let copy = Backup::new(empty, &mut writer).unwrap();
            assert_eq!(copy.step(-1).unwrap(), StepResult::Done);
        });
        Store {
            log: Log::new(writer),
            reader: Reader::new(database.reader().unwrap()),
            beside: database.upkeeper().unwrap(),
            messages: Vec::new(),
            changes: Vec::new(),
            before: Vec::new(),
            names: Vec::new(),
            known_ms: None,
            sanctions: Vec::new(),
            events: Vec::new(),
            applied: Vec::new(),
            forgotten: BTreeMap::new(),
            seq: 0,
        }
    }

    /// Applies all of them.
    pub(super) fn commit<'a>(
        &mut self,
        batch: impl Iterator<Item = &'a Event>,
        mutant: Mutant,
    ) -> Vec<Outcome> {
        let batch: Vec<_> = batch.collect();
        let mutated: Vec<_> = batch.iter().map(|event| mutate(event, mutant)).collect();
        let outcomes = self.log.commit(mutated.iter()).unwrap();
        for (event, outcome) in batch.into_iter().zip(&outcomes) {
            self.record(event, outcome);
            if !matches!(outcome, Outcome::Refused(_) | Outcome::Repeated(_)) {
                self.applied.push(event.clone());
            }
            self.events.push(event.clone());
        }
        outcomes
    }

    /// Applies what the stream brings.
    pub(super) fn apply(
        &mut self,
        replica: &mut Replica,
        records: &mut [Incoming],
    ) -> Result<Vec<Applied>, Unapplied> {
        let applied = replica.apply(&mut self.log, records)?;
        self.seq = replica.seen().seq;
        for became in applied.iter().flat_map(Applied::results) {
            let Became::Lasting(lasting) = became else { continue };
            let (event, outcome) = &**lasting;
            self.record(event, outcome);
            if !matches!(outcome, Outcome::Refused(_) | Outcome::Repeated(_)) {
                self.applied.push(event.clone());
            }
        }
        Ok(applied)
    }

    /// That of a node of a cluster.
    pub(super) fn of_a_node(cluster: &Epoch) -> Self {
        let mut store = Store::new();
        store.log.belong_to(cluster).unwrap();
        store
    }

    /// How far it is in the order of its cluster.
    pub(super) fn place(&self) -> Place {
        self.log.place().unwrap().unwrap()
    }

    /// Another with the same in it.
    pub(super) fn copy(&self) -> Self {
        let mut copy = Store::new();
        let backup = Backup::new(&self.beside, &mut copy.beside).unwrap();
        assert_eq!(backup.step(-1).unwrap(), StepResult::Done);
        drop(backup);
        Store {
            messages: self.messages.clone(),
            changes: self.changes.clone(),
            before: self.before.clone(),
            names: self.names.clone(),
            known_ms: self.known_ms,
            sanctions: self.sanctions.clone(),
            events: self.events.clone(),
            applied: self.applied.clone(),
            forgotten: self.forgotten.clone(),
            seq: self.seq,
            ..copy
        }
    }

    /// All that the database holds.
    pub(super) fn dump(&self) -> Vec<String> {
        dump(&self.beside)
    }

    fn record(&mut self, event: &Event, outcome: &Outcome) {
        match outcome {
            Outcome::Said(message) => self.messages.push(message.clone()),
            Outcome::Began(began) => self.messages.push(began.message.clone()),
            Outcome::Revised(revision) => {
                let it = self.messages.iter_mut().find(|it| it.id == revision.state.id).unwrap();
                self.before.push(std::mem::replace(it, revision.state.clone()));
                self.changes.push((revision.id, revision.told.clone()));
            }
            Outcome::Named(person, devices, _) => {
                let Act::TakeName(take) = &event.act else { panic!("{event:?}") };
                let (name, used) = (take.name.clone(), take.used);
                let devices = devices.clone().unwrap();
                self.names.retain(|kept| kept.name != name);
                self.names.push(Kept { name, devices, used, person: Some(*person) });
            }
            Outcome::Kept(id) => self.record_sanction(&event.act, *id),
            Outcome::Forgotten(rooms) => {
                for Forgotten { room, upto, .. } in rooms {
                    self.forgotten.insert(room.clone(), upto.get());
                }
            }
            _ => {}
        }
    }

    fn record_sanction(&mut self, act: &Act, id: MessageId) {
        match act {
            Act::Impose(new) => {
                self.sanctions.retain(|(_, it)| it.room != new.room || it.owner() != new.owner());
                self.sanctions.push((id, Sanction::clone(new)));
            }
            Act::LiftBy(it) => {
                let lift = &it.lift;
                self.sanctions.retain(|(_, it)| it.room != lift.room || it.owner() != lift.owner);
            }
            _ => {}
        }
    }

    /// All bans and mutes, and the newest event of them.
    pub(super) fn sanctions(&self) -> (Vec<Sanction>, MessageId) {
        let all = self.sanctions.iter().map(|(_, sanction)| sanction.clone()).collect();
        (all, self.sanctions.iter().map(|(id, _)| *id).max().unwrap_or_default())
    }

    /// Whether there is such a ban or mute.
    pub(super) fn has_sanction(&self, like: &Sanction) -> bool {
        let is_it = |it: &Sanction| it.room == like.room && it.owner() == like.owner();
        self.sanctions.iter().any(|(_, sanction)| is_it(sanction))
    }

    /// Whether somebody with this key did what stands at this place in the order, or whoever had no number, and may have been the same.
    pub(super) fn may_be_of(&self, message: MessageId, key: KeyHash) -> bool {
        self.applied.iter().rev().filter(|event| event.id == message).any(|event| {
            let author = match &event.act {
                Act::Say(say) => &say.author,
                Act::SetTopic(set) => &set.author,
                Act::Reply(reply) => &reply.say.author,
                Act::Mention(it) => &it.say.author,
                Act::Edit(edit) => &edit.on.author,
                Act::EditMention(it) => &it.edit.on.author,
                Act::React(react) => &react.on.author,
                Act::DeleteOwn(own) => &own.author,
                _ => return false,
            };
            author.key == Some(key) || author.person.is_none()
        })
    }

    /// Whether a name is kept, and not for who has it in use.
    pub(super) fn keeps_for_another(&self, name: &str, proof: Proof) -> bool {
        let kept = self.names.iter().find(|kept| &**kept.name.key() == name);
        kept.is_some_and(|kept| proof.key() != Some(kept.devices.main()))
    }

    /// Whose a name is.
    pub(super) fn owner(&self, name: &UserName) -> Option<KeyHash> {
        self.names.iter().find(|kept| kept.name == *name).map(|kept| kept.devices.main())
    }

    /// All names that are somebody's.
    pub(super) fn names(&self) -> Vec<Kept> {
        self.names.clone()
    }

    /// A name is nobody's again.
    pub(super) fn release(&mut self, name: &UserName) {
        self.beside.execute("DELETE FROM names WHERE key = ?1", [name.key()]).unwrap();
        self.names.retain(|kept| kept.name != *name);
    }

    /// Where ids and times of earlier runs ended.
    pub(super) fn clock(&self) -> Clock {
        self.log.clock().unwrap()
    }

    /// Whether it is stored, or was as it is until it was changed.
    pub(super) fn holds(&self, message: &Message) -> bool {
        self.messages.iter().rev().chain(&self.before).any(|kept| kept == message)
    }

    /// Whether a change is stored, as it is told, under whatever `ref`.
    pub(super) fn has_told(&self, told: &ToClient) -> bool {
        let told = without_ref(told);
        self.changes.iter().any(|(_, kept)| without_ref(kept) == told)
    }

    /// The messages of a room as somebody finds them who was never there.
    pub(super) fn fresh(&self, room: &RoomName) -> BTreeMap<u64, Message> {
        let (since, mut after, mut all) = (MessageId::ZERO, MessageId::ZERO, BTreeMap::new());
        loop {
            let asked = Asked { since, span: Span::After(after), limit: 200 };
            let page = self.page(room, &asked).envelope(room, since, None, None);
            let Ok(ToClient::History(History { messages, more, .. })) =
                ToClient::parse(page.envelope())
            else {
                panic!("no page")
            };
            all.extend(messages.into_iter().map(|message| (message.id.get(), message)));
            after = match all.last_key_value() {
                Some((last, _)) if more => MessageId::try_from(*last).unwrap(),
                _ => return all,
            };
        }
    }

    /// Up to where messages of a room were cleared away.
    pub(super) fn forgotten(&self, room: &RoomName) -> u64 {
        self.forgotten.get(room.key()).copied().unwrap_or_default()
    }

    pub(super) fn ids(&self, room: &RoomName) -> Vec<u64> {
        let here = self.messages.iter().filter(|message| message.room == *room);
        here.map(|message| message.id.get()).collect()
    }

    /// Up to where a person has read a room.
    pub(super) fn marker(&self, person: PersonId, room: &RoomName) -> Option<MessageId> {
        self.ids_of("SELECT read FROM markers", person, room).pop()
    }

    /// The messages of a room that mention a person.
    pub(super) fn mentions(&self, person: PersonId, room: &RoomName) -> BTreeSet<u64> {
        let all = self.ids_of("SELECT message FROM mentions", person, room);
        all.into_iter().map(MessageId::get).collect()
    }

    fn ids_of(&self, select: &str, person: PersonId, room: &RoomName) -> Vec<MessageId> {
        let select =
            format!("{select} WHERE person = ?1 AND room = (SELECT id FROM rooms WHERE key = ?2)");
        let mut select = self.beside.prepare_cached(&select).unwrap();
        let bounds = params![person.get().cast_signed(), room.key()];
        let found = select.query_map(bounds, |row| row.get::<_, i64>(0)).unwrap();
        found.map(|id| MessageId::try_from(id.unwrap().cast_unsigned()).unwrap()).collect()
    }

    /// Whether a room is there for somebody.
    pub(super) fn is_there(&self, room: &RoomName, person: Option<PersonId>) -> bool {
        self.about(room, Viewer { person, told: false }).is_some()
    }

    /// What a room is for somebody, if it is there for them.
    pub(super) fn about(&self, room: &RoomName, viewer: Viewer) -> Option<About> {
        self.reader.about(room, viewer.person, viewer.told).unwrap()
    }

    /// One snapshot.
    pub(super) fn page(&self, room: &RoomName, asked: &Asked) -> Page {
        self.reader.page(room, asked).unwrap().unwrap()
    }

    /// One snapshot, of as much as is kept in memory.
    pub(super) fn newest_page(&self, room: &RoomName, asked: &Asked) -> Page {
        self.reader.newest_page(room, asked).unwrap()
    }
}

/// A change as it is told to everybody but its author.
fn without_ref(told: &ToClient) -> ToClient {
    let mut told = told.clone();
    match &mut told {
        ToClient::Edited(edited) => edited.reference = None,
        ToClient::Deleted(deleted) => deleted.reference = None,
        ToClient::Reacted(reacted) => (reacted.reference, reacted.next) = (None, None),
        _ => {}
    }
    told
}

/// What is broken on purpose in the rules of what lasts.
fn mutate(event: &Event, mutant: Mutant) -> Event {
    let mut event = event.clone();
    match (&mut event.act, mutant) {
        (Act::Say(say), Mutant::ForgetRefs) => say.reference = None,
        (Act::Reply(reply), Mutant::ForgetRefs) => reply.say.reference = None,
        (Act::Say(say), Mutant::ApplyUnchecked) => say.author.checked = None,
        (Act::SetTopic(set), Mutant::ApplyUnchecked) => set.author.checked = None,
        (Act::Say(say), Mutant::OwnBySpelling) => say.author.person = None,
        (Act::Reply(reply), Mutant::OwnBySpelling) => reply.say.author.person = None,
        (Act::SetTopic(set), Mutant::OwnBySpelling) => set.author.person = None,
        (Act::Reply(reply), Mutant::ApplyUnchecked) => reply.say.author.checked = None,
        (Act::Edit(edit), Mutant::ApplyUnchecked) => edit.on.author.checked = None,
        (Act::React(react), Mutant::ApplyUnchecked) => react.on.author.checked = None,
        (Act::Edit(edit), Mutant::ForgetDone) => edit.on.reference = None,
        (Act::Reply(reply), Mutant::ForgetReplies) => event.act = Act::Say(reply.say.clone()),
        (Act::Mention(it), Mutant::ForgetReplies) => it.to = None,
        (Act::Mention(it), Mutant::ForgetRefs) => it.say.reference = None,
        (Act::Mention(it), Mutant::OwnBySpelling) => it.say.author.person = None,
        (Act::Mention(it), Mutant::ApplyUnchecked) => it.say.author.checked = None,
        (Act::EditMention(it), Mutant::ApplyUnchecked) => it.edit.on.author.checked = None,
        (Act::EditMention(it), Mutant::ForgetDone) => it.edit.on.reference = None,
        (Act::NoteRead(note), Mutant::LoseMarkers) => note.markers.clear(),
        (Act::EditMention(it), Mutant::ForgetMentionsOfEdits) => {
            event.act = Act::Edit(Box::new(it.edit.clone()));
        }
        (Act::Mention(it), Mutant::ForgetMentions) => {
            event.act = match it.to {
                Some(to) => Act::Reply(Box::new(Reply { to, say: it.say.clone() })),
                None => Act::Say(it.say.clone()),
            };
        }
        (Act::Delete(delete), Mutant::ChangeInThePast) => {
            event.id = MessageId::try_from(delete.message.get() + 1).unwrap();
        }
        _ => {}
    }
    event
}
