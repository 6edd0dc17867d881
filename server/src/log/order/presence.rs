//! Who is connected to this node, and what of it the others are still to hear.
//!
//! It is counted here, so that the first connection of a person and their last are news and the others are
//! not. Nobody waits for it but who wants a name. This file does not know how records are made or sent.

#[cfg(test)]
mod seen;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use protocol::{Refusal, Role, RoomName, UserName};
use tokio::sync::{Notify, oneshot};

use super::answer::{Answer, ClaimId, Moderator};
use super::entry::{Claim, Come, Entry, Here, Moderation, Present};
use super::record::ENTRIES_MAX;

/// Comings and goings that wait to be told. With more, all of it is told anew.
const WAITING_MAX: usize = 200_000;
/// Bytes of one part of [`Presence::everybody`], about: half of what a record takes.
const PART_BYTES: usize = 256 * 1024;

/// Rooms of a person in one part: with the longest names they are half of [`PART_BYTES`].
const PART_ROOMS: usize = 512;

/// What became of a claim: how the name is spelt, or why it is not theirs.
pub(crate) type Verdict = Result<UserName, Refusal>;

/// Somebody who is connected, by a number of this process: who comes again after their name was lost is
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PresentId(u64);

/// Shared by the connections of this node and the task that sends its records.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    state: Mutex<State>,
    /// There is something to tell.
    pub(crate) changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    people: BTreeMap<Arc<str>, Person>,
    /// Names to be claimed, in order.
    claims: VecDeque<Arc<str>>,
    /// What else is to be told, in order.
    passing: VecDeque<(Entry, Answer)>,
    /// Claims that were sent and not decided, and how many there were so far.
    undecided: HashSet<ClaimId>,
    sent: u64,
    /// People so far.
    came: u64,
    /// Nothing can be told, and all of it is to be told anew.
    lost: bool,
}

#[derive(Debug)]
struct Person {
    id: PresentId,
    claim: Claim,
    connections: usize,
    stage: Stage,
    rooms: BTreeMap<Arc<str>, Room>,
    waiting: Vec<oneshot::Sender<Verdict>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The claim is still to be sent.
    Wanted,
    /// It was sent, and is not decided.
    Sent(ClaimId),
    Held,
    /// They came in while nothing could be told.
    LetIn,
}

#[derive(Debug)]
struct Room {
    name: RoomName,
    role: Role,
    connections: usize,
}

impl Presence {
    /// One more connection of a person, who hears what becomes of their claim.
    pub(crate) fn claim(&self, claim: Claim) -> (PresentId, oneshot::Receiver<Verdict>) {
        let (decided, verdict) = oneshot::channel();
        let mut state = self.state.lock();
        let (key, proof, lost) = (claim.name.key().clone(), claim.proof, state.lost);
        let person = state.person(claim);
        if person.claim.proof != proof {
            // Somebody goes whose name is not free in the cluster yet.
            let _ = decided.send(Err(Refusal::NameTaken));
            return (PresentId(0), verdict);
        }
        let id = person.id;
        person.connections += 1;
        if lost {
            let _ = decided.send(Err(Refusal::Unavailable));
            return (id, verdict);
        }
        if person.stage == Stage::Held {
            // Who asks is there.
            let _ = decided.send(Ok(person.claim.name.clone()));
            return (id, verdict);
        }
        person.waiting.push(decided);
        let is_due = match person.stage {
            Stage::Wanted => person.connections == 1,
            Stage::LetIn => true,
            Stage::Sent(_) | Stage::Held => false,
        };
        if is_due {
            person.stage = Stage::Wanted;
            state.claims.push_back(key);
        }
        drop(state);
        self.changed.notify_one();
        (id, verdict)
    }

    /// One more connection of a person while nothing can be told: the claim is sent when it can.
    pub(crate) fn let_in(&self, claim: Claim) -> PresentId {
        let mut state = self.state.lock();
        let (key, lost) = (claim.name.key().clone(), state.lost);
        let person = state.person(claim);
        let id = person.id;
        person.connections += 1;
        if person.connections == 1 && lost {
            person.stage = Stage::LetIn;
        } else if person.connections == 1 {
            // It has just become possible.
            state.claims.push_back(key);
        }
        drop(state);
        self.changed.notify_one();
        id
    }

    /// One connection less; nothing if the name was lost.
    pub(crate) fn release(&self, id: PresentId, name: &UserName) {
        let mut state = self.state.lock();
        let Some(person) = state.find(id, name) else { return };
        person.connections -= 1;
        if person.connections > 0 {
            return;
        }
        match person.stage {
            Stage::Wanted => state.claims.retain(|key| key != name.key()),
            Stage::LetIn => {}
            // Decided or not: others may hold it for held.
            Stage::Sent(_) | Stage::Held => state.tell(Entry::Yield(name.clone())),
        }
        state.people.remove(name.key());
        drop(state);
        self.changed.notify_one();
    }

    /// One more connection of a person in a room.
    pub(crate) fn enter(&self, id: PresentId, room: &RoomName, user: &UserName, role: Role) {
        let mut state = self.state.lock();
        let Some(person) = state.find(id, user) else { return };
        let is_told = person.stage == Stage::Held;
        let fresh = || Room { name: room.clone(), role, connections: 0 };
        let there = person.rooms.entry(room.key().clone()).or_insert_with(fresh);
        there.connections += 1;
        if there.connections > 1 || !is_told {
            return;
        }
        let come = Come { room: room.clone(), user: person.claim.name.clone(), role };
        state.tell(Entry::Come(Box::new(come)));
        drop(state);
        self.changed.notify_one();
    }

    /// One connection less in a room.
    pub(crate) fn leave(&self, id: PresentId, room: &RoomName, user: &UserName) {
        let mut state = self.state.lock();
        let Some(person) = state.find(id, user) else { return };
        let is_told = person.stage == Stage::Held;
        let Some(there) = person.rooms.get_mut(room.key()) else { return };
        there.connections -= 1;
        if there.connections > 0 {
            return;
        }
        person.rooms.remove(room.key());
        if is_told {
            state.tell(Entry::Go(room.clone(), user.clone()));
            drop(state);
            self.changed.notify_one();
        }
    }

    /// What a moderator did; false if nothing can be told.
    pub(crate) fn moderated(&self, moderation: Moderation, moderator: Moderator) -> bool {
        let mut state = self.state.lock();
        if state.lost {
            return false;
        }
        let entry = Entry::Moderated(Box::new(moderation));
        state.passing.push_back((entry, Answer::Moderator(moderator)));
        drop(state);
        self.changed.notify_one();
        true
    }

    /// What is to be told next, at most so much of it: goings and comings first, so that a name is free before it
    /// is claimed. No claims while `hold` is set.
    pub(crate) fn take(&self, max: usize, hold: bool) -> Vec<(Entry, Answer)> {
        let mut state = self.state.lock();
        let count = state.passing.len().min(max);
        let mut entries: Vec<_> = state.passing.drain(..count).collect();
        while !hold
            && entries.len() < max
            && let Some(key) = state.claims.pop_front()
        {
            let id = ClaimId(state.sent);
            let Some(person) = state.people.get_mut(&key) else { continue };
            person.stage = Stage::Sent(id);
            entries.push((Entry::Claim(Box::new(person.claim.clone())), Answer::Claim(id)));
            state.sent += 1;
            state.undecided.insert(id);
        }
        entries
    }

    /// Whether anything waits to be told; claims do not count while `hold` is set.
    pub(crate) fn has_news(&self, hold: bool) -> bool {
        let state = self.state.lock();
        !state.passing.is_empty() || !hold && !state.claims.is_empty()
    }

    /// A claim of this node was decided. A name that somebody has here and another got is told back: its
    /// connections have to end.
    pub(crate) fn decided(
        &self,
        id: ClaimId,
        claim: &Claim,
        verdict: &Verdict,
    ) -> Option<UserName> {
        let mut state = self.state.lock();
        state.undecided.remove(&id);
        let person = state.people.get_mut(claim.name.key());
        // Else they have gone, or a new life of the node asks again.
        let person = person.filter(|it| it.stage == Stage::Sent(id))?;
        let waiting = std::mem::take(&mut person.waiting);
        // Who asked may have gone.
        let answer = |asked: oneshot::Sender<Verdict>| drop(asked.send(verdict.clone()));
        let came_in = person.connections > waiting.len();
        match verdict {
            Ok(name) => state.hold(claim, name),
            Err(_) => {
                state.people.remove(claim.name.key());
                // A node that did not know everybody yet may have taken it for theirs.
                state.tell(Entry::Yield(claim.name.clone()));
            }
        }
        drop(state);
        waiting.into_iter().for_each(answer);
        self.changed.notify_one();
        (verdict.is_err() && came_in).then(|| claim.name.clone())
    }

    /// Everybody who is connected here, behind what is still to be told of them: as records, unless a claim is not
    /// decided.
    pub(crate) fn everybody(&self, address: Option<&str>) -> Option<Vec<Vec<(Entry, Answer)>>> {
        let mut state = self.state.lock();
        if state.lost || !state.undecided.is_empty() {
            return None;
        }
        let mut records = Vec::new();
        while !state.passing.is_empty() {
            let count = state.passing.len().min(ENTRIES_MAX);
            records.push(state.passing.drain(..count).collect());
        }
        let held = state.people.values().filter(|person| person.stage == Stage::Held);
        let (mut parts, mut people, mut bytes) = (Vec::new(), Vec::new(), 0);
        for present in held.flat_map(Person::present) {
            bytes += present.bytes();
            people.push(present);
            if bytes >= PART_BYTES {
                let people = std::mem::take(&mut people);
                parts.push(Here { people, is_last: false, address: None });
                bytes = 0;
            }
        }
        parts.push(Here { people, is_last: true, address: address.map(Into::into) });
        let part = |part| vec![(Entry::Here(Box::new(part)), Answer::Nobody)];
        records.extend(parts.into_iter().map(part));
        Some(records)
    }

    /// Whether no claim waits or is undecided.
    pub(crate) fn is_settled(&self) -> bool {
        let state = self.state.lock();
        state.claims.is_empty() && state.undecided.is_empty()
    }

    /// Nothing can be told: who waits for a name hears `unavailable`, and all else is told anew later. Gives back
    /// who hears that what they did is refused.
    pub(crate) fn cut(&self) -> Vec<Answer> {
        let mut state = self.state.lock();
        state.lost = true;
        state.claims.clear();
        let mut refused = Vec::new();
        state.people.retain(|_, person| {
            let were_in = person.connections > person.waiting.len();
            refused.append(&mut person.waiting);
            were_in
        });
        let passing = std::mem::take(&mut state.passing);
        drop(state);
        refused.into_iter().for_each(|asked| drop(asked.send(Err(Refusal::Unavailable))));
        passing.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Whether all of it is to be told anew, in a new life of the node.
    pub(crate) fn is_lost(&self) -> bool {
        self.state.lock().lost
    }

    /// A new life begins: nobody has heard of anything. Gives back who hears that what they did is refused.
    pub(crate) fn begin_anew(&self) -> Vec<Answer> {
        let mut state = self.state.lock();
        let State { people, claims, passing, undecided, lost, .. } = &mut *state;
        people.values_mut().for_each(|person| person.stage = Stage::Wanted);
        *claims = people.keys().cloned().collect();
        let passed_over = std::mem::take(passing);
        undecided.clear();
        *lost = false;
        drop(state);
        self.changed.notify_one();
        passed_over.into_iter().map(|(_, answer)| answer).collect()
    }
}

impl Person {
    fn new(id: PresentId, claim: Claim) -> Self {
        let (rooms, waiting) = (BTreeMap::new(), Vec::new());
        Person { id, claim, connections: 0, stage: Stage::Wanted, rooms, waiting }
    }

    /// All that is told of them; in several parts if they are in very many rooms.
    fn present(&self) -> Vec<Present> {
        let Claim { name, proof, moderates, .. } = &self.claim;
        let rooms: Vec<_> = self.rooms.values().map(|it| (it.name.clone(), it.role)).collect();
        let part = |rooms: &[(RoomName, Role)]| Present {
            name: name.clone(),
            proof: *proof,
            moderates: *moderates,
            rooms: rooms.to_vec(),
        };
        let mut parts: Vec<_> = rooms.chunks(PART_ROOMS).map(part).collect();
        if parts.is_empty() {
            parts.push(part(&[]));
        }
        parts
    }
}

impl State {
    /// Who is here with this claim, from now on.
    fn person(&mut self, claim: Claim) -> &mut Person {
        let State { people, came, .. } = self;
        people.entry(claim.name.key().clone()).or_insert_with(|| {
            *came += 1;
            Person::new(PresentId(*came), claim)
        })
    }

    fn find(&mut self, id: PresentId, name: &UserName) -> Option<&mut Person> {
        self.people.get_mut(name.key()).filter(|person| person.id == id)
    }

    fn tell(&mut self, entry: Entry) {
        if self.lost {
            return;
        }
        self.passing.push_back((entry, Answer::Nobody));
        if self.passing.len() > WAITING_MAX {
            self.passing.clear();
            self.lost = true;
        }
    }

    /// The name is theirs, spelt like this; the rooms that they are in already are news.
    fn hold(&mut self, claim: &Claim, name: &UserName) {
        let Some(person) = self.people.get_mut(claim.name.key()) else { return };
        person.stage = Stage::Held;
        person.claim.name = name.clone();
        let come =
            |room: &Room| Come { room: room.name.clone(), user: name.clone(), role: room.role };
        let comes: Vec<_> = person.rooms.values().map(come).collect();
        comes.into_iter().for_each(|come| self.tell(Entry::Come(Box::new(come))));
    }
}
