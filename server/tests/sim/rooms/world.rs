//! The world of one run: which step comes next, and what goes wrong in it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use protocol::{
    ChangeMember, ChangeSetting, Create, Direct, HistoryQuery, Leave, MessageId, NewRoom,
    PrivateRoom, RoomName, RoomRole, SetRole, SetTopic, Title, ToClient, ToServer, TopicText,
};

use super::member::{Member, is_member, rooms};
use crate::frame::Frame;
use crate::log::event::Event;
use crate::monitoring::metrics::Metrics;
use crate::sim::process::Process;
use crate::sim::store::Store;
use crate::sim::time::{Clocks, Time};
use crate::sim::{Mutant, Tracing};

const STEPS: usize = 1_200;
/// Rooms of one run: few, so that many have to do with each.
const ROOMS: usize = 3;
/// Steps that coming to rest may take: far more than it does.
const STEPS_TO_REST: usize = 2_000;
const NOW_US: u64 = 1_800_000_000_000_000;

thread_local! {
    /// Making one takes longer than a run; it only counts.
    static METRICS: Arc<Metrics> = Arc::default();
}

pub(in crate::sim) struct World {
    rng: Rng,
    clocks: Clocks,
    passed: Duration,
    store: Store,
    process: Option<Process>,
    people: Vec<Member>,
    wires: Vec<VecDeque<Arc<Frame>>>,
    lines: u64,
    mutant: Mutant,
    tracing: Tracing,
    told: Vec<String>,
    steps: usize,
}

impl World {
    pub(in crate::sim) fn new(seed: u64, mutant: Mutant, tracing: Tracing) -> Self {
        let people: Vec<_> =
            (11..).zip(["ann", "bob", "cy"]).map(|(key, name)| Member::new(name, key)).collect();
        let clocks = Clocks { now_us: NOW_US, truth_us: NOW_US };
        let mut store = Store::new();
        let time = Time::start(&mut store, clocks, mutant);
        let process = METRICS.with(|metrics| Process::start(&store, metrics, time, mutant));
        World {
            rng: Rng::with_seed(seed),
            clocks,
            passed: Duration::ZERO,
            process: Some(process),
            store,
            wires: people.iter().map(|_| VecDeque::new()).collect(),
            people,
            lines: 0,
            mutant,
            tracing,
            told: Vec::new(),
            steps: 0,
        }
    }

    pub(super) fn told(self) -> Vec<String> {
        self.told
    }

    /// Everything that was committed.
    pub(in crate::sim) fn events(self) -> Vec<Event> {
        self.store.events
    }

    pub(in crate::sim) fn play(&mut self) -> Result<(), String> {
        for _ in 0..STEPS {
            self.step()?;
        }
        self.rest()?;
        (0..self.people.len()).try_for_each(|who| self.sees_all(who))
    }

    fn step(&mut self) -> Result<(), String> {
        let passed = self.rng.u64(1..5_000);
        self.pass(passed);
        let who = self.rng.usize(0..self.people.len());
        if self.process.is_none() && self.rng.u8(0..4) == 0 {
            self.start();
        }
        match self.rng.u8(0..100) {
            0..=7 => self.connect(who),
            8..=29 => self.act(who),
            30..=45 => self.hear(who)?,
            46..=67 => {
                let readable = self.rng.u8(0..12) > 0;
                self.pump(who, readable);
            }
            68..=82 => drop(self.shard()),
            83..=89 => drop(self.begin_commit()),
            90..=96 => {
                let well = self.rng.u8(0..8) > 0;
                self.end_commit(well);
            }
            97 => self.cut(who),
            98 => drop(self.notice()),
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
        let all = rooms(&self.store.applied);
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
                let (joined, muted, place) = (Some(self.rng.bool()), None, Some(7));
                ToServer::Setting(ChangeSetting { room, joined, muted, place, reference })
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
                let (before, limit) = (Some(MessageId::LAST), Some(5));
                ToServer::History(HistoryQuery { room, before, limit, reference })
            }
            _ => member.say(room),
        };
        self.send(who, &envelope);
    }

    fn send(&mut self, who: usize, envelope: &ToServer) {
        let (Some(process), Some(line)) = (&mut self.process, self.people[who].line) else {
            return;
        };
        if let Some(connection) = process.connections.get_mut(&line) {
            connection.inbox.push_back(envelope.clone());
            self.tell(|| format!("{who} says {envelope:?}"));
        }
    }

    fn connect(&mut self, who: usize) {
        let (Some(process), member) = (&mut self.process, &mut self.people[who]) else { return };
        if member.line.is_some() {
            return;
        }
        let line = self.lines;
        self.lines += 1;
        if process.connect(line, member.hello(), member.key, &self.store).is_ok() {
            member.line = Some(line);
            self.tell(|| format!("{who} connects on {line}"));
        }
    }

    fn hear(&mut self, who: usize) -> Result<(), String> {
        let Some(line) = self.people[who].line else { return Ok(()) };
        let Some(process) = self.process.as_ref().filter(|it| it.connections.contains_key(&line))
        else {
            return Ok(());
        };
        match process.take(line) {
            Ok(batch) => self.wires[who].extend(batch),
            Err(end) if self.wires[who].is_empty() => {
                self.tell(|| format!("{who} is ended: {end:?}"));
                self.process.iter_mut().for_each(|process| process.end(line));
                self.people[who].lost();
                return Ok(());
            }
            Err(_) => {}
        }
        while let Some(frame) = self.wires[who].pop_front() {
            let envelope = ToClient::parse(frame.envelope()).map_err(|e| e.to_string())?;
            self.tell(|| format!("{who} hears {envelope:?}"));
            self.people[who].hear(&envelope, &self.store.applied)?;
        }
        Ok(())
    }

    fn pump(&mut self, who: usize, readable: bool) {
        let (Some(process), Some(line)) = (&mut self.process, self.people[who].line) else {
            return;
        };
        if process.pump(line, &self.store, readable) {
            self.tell(|| format!("the pump of {line} works"));
        }
    }

    fn shard(&mut self) -> bool {
        let now = self.passed;
        let worked = self.process.as_mut().is_some_and(|process| process.shard(now));
        if worked {
            self.tell(|| "the hub works".to_owned());
        }
        worked
    }

    fn begin_commit(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::begin_commit)
    }

    fn end_commit(&mut self, well: bool) -> bool {
        let Some(process) = &mut self.process else { return false };
        let ended = process.end_commit(&mut self.store, well);
        if ended {
            self.tell(|| format!("the commit ends, well: {well}"));
        }
        ended
    }

    fn cut(&mut self, who: usize) {
        let Some(line) = self.people[who].line else { return };
        self.people[who].lost();
        self.wires[who].clear();
        if let Some(process) = &mut self.process
            && let Some(connection) = process.connections.get_mut(&line)
        {
            connection.cut = true;
        }
        self.tell(|| format!("{who} is cut from {line}"));
    }

    fn notice(&mut self) -> bool {
        let Some(process) = &mut self.process else { return false };
        let mut lines = process.connections.iter();
        let cut = lines.find(|(line, connection)| connection.cut && !process.waits(**line));
        let Some(line) = cut.map(|(line, _)| *line) else { return false };
        process.end(line);
        true
    }

    fn crash(&mut self) {
        let Some(process) = self.process.take() else { return };
        let stored = self.rng.bool();
        process.die(&mut self.store, stored);
        for (member, wire) in self.people.iter_mut().zip(&mut self.wires) {
            member.lost();
            wire.clear();
        }
        self.tell(|| "the server dies".to_owned());
    }

    fn start(&mut self) {
        if self.process.is_none() {
            let time = Time::start(&mut self.store, self.clocks, self.mutant);
            let start =
                |metrics: &Arc<Metrics>| Process::start(&self.store, metrics, time, self.mutant);
            self.process = Some(METRICS.with(start));
        }
    }

    fn pass(&mut self, passed_us: u64) {
        self.passed += Duration::from_millis(1);
        self.clocks.now_us += passed_us;
        self.clocks.truth_us += passed_us;
        if let Some(process) = &mut self.process {
            process.now = self.passed;
            process.time.look(self.clocks);
        }
    }

    /// Nothing goes wrong any more, and everybody who belongs to a room enters it anew.
    fn rest(&mut self) -> Result<(), String> {
        self.start();
        (0..self.people.len()).for_each(|who| self.cut(who));
        self.settle()?;
        let all = rooms(&self.store.applied);
        for who in 0..self.people.len() {
            all.iter().for_each(|room| self.send(who, &Member::join(room.clone())));
        }
        self.settle()
    }

    fn settle(&mut self) -> Result<(), String> {
        for _ in 0..STEPS_TO_REST {
            self.pass(5_000);
            self.passed += Duration::from_secs(1);
            let before = self.steps;
            while self.notice() {}
            for who in 0..self.people.len() {
                self.connect(who);
                self.pump(who, true);
                while self.shard() {}
                self.hear(who)?;
            }
            self.begin_commit();
            self.end_commit(true);
            if self.steps == before && self.people.iter().all(|member| member.line.is_some()) {
                return Ok(());
            }
        }
        Err("it never comes to rest".to_owned())
    }

    /// One has seen all of the rooms that they belong to, and is in no other.
    fn sees_all(&self, who: usize) -> Result<(), String> {
        let member = &self.people[who];
        for room in rooms(&self.store.applied) {
            let is_theirs = is_member(&self.store.applied, &room, &member.name, u64::MAX, u64::MAX);
            let seen = member.rooms.get(&**room.key());
            let there = self.there(&room);
            if seen != is_theirs.then_some(&there) {
                return Err(format!("{} sees {seen:?} of {there:?}: {is_theirs}", member.name));
            }
        }
        Ok(())
    }

    fn there(&self, room: &RoomName) -> Vec<u64> {
        self.store.ids(room)
    }

    fn tell(&mut self, what: impl FnOnce() -> String) {
        self.steps += 1;
        match self.tracing {
            Tracing::Off => {}
            Tracing::Remember => self.told.push(what()),
            Tracing::Print => println!("{:>6} {}", self.steps, what()),
        }
    }
}

fn create(member: &mut Member) -> ToServer {
    let (title, topic) = (Title::try_from("Ops").unwrap(), TopicText::default());
    let (room, reference) = (NewRoom::Private(PrivateRoom { title }), member.reference());
    ToServer::Create(Create { room, topic, reference })
}
