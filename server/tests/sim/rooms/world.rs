//! The world of one run: which step comes next, and what goes wrong in it.

use std::time::Duration;

use fastrand::Rng;
use protocol::{
    ChangeMember, ChangeSetting, Create, Direct, HistoryQuery, Leave, MessageId, NewRoom, Notify,
    PrivateRoom, RoomName, RoomRole, SetRole, SetTopic, Span, Title, ToClient, ToServer, TopicText,
};

use super::member::{Member, is_member, rooms};
use crate::log::event::Event;
use crate::sim::Mutant;
use crate::sim::machine::{Machine, Wire};
use crate::sim::seeds::{Run, Tracing};

const STEPS: usize = 1_200;
/// Rooms of one run: few, so that many have to do with each.
const ROOMS: usize = 3;
/// Steps that coming to rest may take: far more than it does.
const STEPS_TO_REST: usize = 2_000;

pub(in crate::sim) struct World {
    rng: Rng,
    machine: Machine,
    people: Vec<Member>,
}

impl Run for World {
    fn new(seed: u64, mutant: Mutant, tracing: Tracing) -> Self {
        let people: Vec<_> =
            (11..).zip(["ann", "bob", "cy"]).map(|(key, name)| Member::new(name, key)).collect();
        let machine = Machine::new(people.len(), mutant, tracing);
        World { rng: Rng::with_seed(seed), machine, people }
    }

    fn play(&mut self) -> Result<(), String> {
        for _ in 0..STEPS {
            self.step()?;
        }
        self.rest()?;
        (0..self.people.len()).try_for_each(|who| self.sees_all(who))
    }

    fn told(self) -> Vec<String> {
        self.machine.steps.told
    }
}

impl World {
    /// Everything that was committed.
    pub(in crate::sim) fn events(self) -> Vec<Event> {
        self.machine.store.events
    }

    fn step(&mut self) -> Result<(), String> {
        let passed = self.rng.u64(1..5_000);
        self.machine.passed += Duration::from_millis(1);
        self.machine.pass(passed);
        let who = self.rng.usize(0..self.people.len());
        if self.machine.process.is_none() && self.rng.u8(0..4) == 0 {
            self.machine.start();
        }
        match self.rng.u8(0..100) {
            0..=7 => self.connect(who),
            8..=29 => self.act(who),
            30..=45 => self.hear(who)?,
            46..=67 => {
                let readable = self.rng.u8(0..12) > 0;
                self.pump(who, readable);
            }
            68..=82 => drop(self.machine.shard()),
            83..=89 => self.machine.begin_commit(),
            90..=96 => {
                let well = self.rng.u8(0..8) > 0;
                self.machine.end_commit(well);
            }
            97 => self.cut(who),
            98 => drop(self.machine.notice()),
            _ if self.rng.u8(0..4) == 0 => self.crash(),
            _ => {}
        }
        Ok(())
    }

    /// Somebody does something, whether they may or not.
    fn act(&mut self, who: usize) {
        if self.people[who].line.is_none() {
            return;
        }
        let all = rooms(&self.machine.store.applied);
        let other = self.people[self.rng.usize(0..self.people.len())].name.clone();
        let member = &mut self.people[who];
        let reference = member.reference();
        let Some(room) = self.rng.choice(&all).cloned() else {
            let envelope = create(member);
            return self.send(who, &envelope);
        };
        let envelope = match self.rng.u8(0..20) {
            0 if all.len() < ROOMS => create(member),
            19 => {
                let (joined, place) = (self.rng.bool(), Some(7));
                let notify = joined.then_some(Notify::Mentions);
                let joined = Some(joined);
                let setting = ChangeSetting::of(room);
                ToServer::Setting(ChangeSetting { joined, notify, place, reference, ..setting })
            }
            18 => ToServer::Direct(Direct { users: vec![other], reference }),
            0..=3 => ToServer::Add(ChangeMember { room, user: other, reference }),
            4..=6 => ToServer::Remove(ChangeMember { room, user: other, reference }),
            7 => {
                let role = RoomRole::Moderator;
                ToServer::Role(SetRole { room, user: other, role, reference })
            }
            8..=11 => Member::join(room),
            12 => ToServer::Leave(Leave { room }),
            13 => {
                let content = TopicText::try_from("about").unwrap();
                ToServer::Topic(SetTopic { room, content, reference })
            }
            14 => {
                let (span, limit) = (Span::Before(MessageId::LAST), Some(5));
                ToServer::History(HistoryQuery { room, span, limit, reference })
            }
            _ => member.say(room),
        };
        self.send(who, &envelope);
    }

    fn send(&mut self, who: usize, envelope: &ToServer) {
        self.machine.send((who, self.people[who].line), envelope);
    }

    fn connect(&mut self, who: usize) {
        let member = &mut self.people[who];
        if member.line.is_none() {
            member.line = self.machine.connect((who, member.key), member.hello(), []);
        }
    }

    fn hear(&mut self, who: usize) -> Result<(), String> {
        let Some(line) = self.people[who].line else { return Ok(()) };
        match self.machine.write((who, line)) {
            Wire::Open => {}
            Wire::Away => return Ok(()),
            Wire::Over => {
                self.people[who].lost();
                return Ok(());
            }
        }
        while let Some(frame) = self.machine.wires[who].pop_front() {
            let envelope = ToClient::parse(frame.envelope()).map_err(|e| e.to_string())?;
            self.machine.say(|| format!("{who} hears {envelope:?}"));
            self.people[who].hear(&envelope, &self.machine.store.applied)?;
        }
        Ok(())
    }

    fn pump(&mut self, who: usize, readable: bool) {
        if let Some(line) = self.people[who].line {
            self.machine.pump(line, readable);
        }
    }

    fn cut(&mut self, who: usize) {
        if let Some(line) = self.people[who].line {
            self.people[who].lost();
            self.machine.cut((who, line));
        }
    }

    fn crash(&mut self) {
        if self.machine.crash(|| self.rng.bool()) {
            self.people.iter_mut().for_each(Member::lost);
        }
    }

    /// Nothing goes wrong any more, and everybody who belongs to a room enters it anew.
    fn rest(&mut self) -> Result<(), String> {
        self.machine.start();
        (0..self.people.len()).for_each(|who| self.cut(who));
        self.settle()?;
        let all = rooms(&self.machine.store.applied);
        for who in 0..self.people.len() {
            all.iter().for_each(|room| self.send(who, &Member::join(room.clone())));
        }
        self.settle()
    }

    fn settle(&mut self) -> Result<(), String> {
        for _ in 0..STEPS_TO_REST {
            self.machine.passed += Duration::from_secs(1);
            self.machine.pass(5_000);
            let before = self.machine.steps.count;
            while self.machine.notice() {}
            for who in 0..self.people.len() {
                self.connect(who);
                self.pump(who, true);
                while self.machine.shard() {}
                self.hear(who)?;
            }
            self.machine.begin_commit();
            self.machine.end_commit(true);
            if self.machine.steps.count == before
                && self.people.iter().all(|member| member.line.is_some())
            {
                return Ok(());
            }
        }
        Err("it never comes to rest".to_owned())
    }

    /// One has seen all of the rooms that they belong to, and is in no other.
    fn sees_all(&self, who: usize) -> Result<(), String> {
        let member = &self.people[who];
        for room in rooms(&self.machine.store.applied) {
            let is_theirs =
                is_member(&self.machine.store.applied, &room, &member.name, u64::MAX, u64::MAX);
            let seen = member.rooms.get(&**room.key());
            let there = self.there(&room);
            if seen != is_theirs.then_some(&there) {
                return Err(format!("{} sees {seen:?} of {there:?}: {is_theirs}", member.name));
            }
        }
        Ok(())
    }

    fn there(&self, room: &RoomName) -> Vec<u64> {
        self.machine.store.ids(room)
    }
}

fn create(member: &mut Member) -> ToServer {
    let (title, topic) = (Title::try_from("Ops").unwrap(), TopicText::default());
    let (room, reference) = (NewRoom::Private(PrivateRoom { title }), member.reference());
    ToServer::Create(Create { room, topic, reference })
}
