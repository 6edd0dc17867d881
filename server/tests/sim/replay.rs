//! What runs committed is applied again, to empty databases: the same events make the same database
//! and the same outcomes, however they are cut into commits.

use std::ops::Range;
use std::thread;

use fastrand::Rng;
use protocol::{AccessCode, BotToken, MessageId, Ref, TopicText, UserName};
use rusqlite::Connection;
use rusqlite::types::Value;
use strum::EnumCount as _;

use super::Mutant;
use super::rooms::World as RoomsWorld;
use super::seeds::{Run as _, Tracing};
use super::world::World;
use crate::log::Outcome;
use crate::log::acts_of_operator::{Import, Imported, ImportedMessage};
use crate::log::acts_of_people::{
    AcceptInvite, AddDevice, EndInvite, MakeInvite, MakeLink, NameProof, RevokeDevice, TakeName,
    UseDevice, UseName,
};
use crate::log::acts_of_programs::{EndHook, MakeBot, MakeHook, Maker, SayAsHook};
use crate::log::acts_on_messages::Calls;
use crate::log::database::Database;
use crate::log::database::store::Store;
use crate::log::event::{Act, ActKind, Author, Event, Expire, Forget, Say};
use crate::log::sanction::{Kind, Lift, LiftBy, Sanction};
use crate::log::sequencer::Sequencer;
use crate::log::time::clock::Clock;
use crate::people::code_hash::CodeHash;
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;
use crate::webhooks::{HookUrl, OutgoingHook, SigningKey};

const RUNS: u64 = 2_000;
/// Runs whose events go into one database: to make one takes as long as ten runs.
const RUNS_TOGETHER: u64 = 100;
/// Events between which nothing rare happens, on average.
const BETWEEN_RARE: u8 = 3;

#[test]
fn the_same_events_make_the_same_database_however_they_are_cut() {
    let chapters = RUNS / RUNS_TOGETHER;
    let counts = thread::scope(|scope| {
        let halves = [0..chapters / 2, chapters / 2..chapters];
        let halves = halves.map(|half| scope.spawn(|| half.map(chapter).collect::<Vec<_>>()));
        halves.map(|half| half.join().unwrap()).concat()
    });
    for kind in 0..ActKind::COUNT {
        let count: usize = counts.iter().map(|counts| counts[kind]).sum();
        assert!(count > 100, "acts of kind {kind} happen {count} times");
    }
}

/// Replays some runs in two ways; how many acts of each kind they had.
fn chapter(number: u64) -> [usize; ActKind::COUNT] {
    let first = number * RUNS_TOGETHER;
    let events = events(first..first + RUNS_TOGETHER);
    let mut rng = Rng::with_seed(first);
    let one = replay(&events, || rng.usize(1..4));
    let other = replay(&events, || rng.usize(1..200));
    assert_eq!(one, other, "runs from {first}");
    let mut counts = [0; ActKind::COUNT];
    events.iter().for_each(|event| counts[ActKind::from(&event.act) as usize] += 1);
    counts
}

/// The events of some runs, and between them what no client asks for.
fn events(seeds: Range<u64>) -> Vec<Event> {
    let mut rng = Rng::with_seed(seeds.start);
    let mut sequencer = Sequencer::new(Clock::default());
    let mut events: Vec<Event> = Vec::new();
    let acts = seeds.flat_map(|seed| {
        let mut world = World::new(seed, Mutant::None, Tracing::Off);
        world.play().unwrap();
        // A few of these have all acts about rooms.
        let of_rooms = seed.is_multiple_of(4).then(|| {
            let mut rooms = RoomsWorld::new(seed, Mutant::None, Tracing::Off);
            rooms.play().unwrap();
            rooms.events()
        });
        world.events().into_iter().chain(of_rooms.into_iter().flatten())
    });
    for Event { id, act, .. } in acts {
        if rng.u8(0..=BETWEEN_RARE) == 0 {
            let rare = rare(&mut rng, &events);
            let again = rare.as_ref().and_then(lifted_again);
            let acts = rare.into_iter().chain(again);
            events.extend(acts.map(|act| sequencer.place(act, id.get())));
        }
        let taken = if let Act::TakeName(take) = &act { Some(take.clone()) } else { None };
        let said = if let Act::Say(say) = &act { Some(say.clone()) } else { None };
        events.push(sequencer.place(act, id.get()));
        if let Some(say) = said.filter(|_| rng.u8(0..8) == 0) {
            let of_bots = of_bots(&mut rng, say.clone());
            for act in [of_hooks(&mut rng, say), of_bots] {
                events.push(sequencer.place(act, id.get()));
            }
        }
        for take in taken.iter().cycle().take(2) {
            let act = of_devices(&mut rng, id, take);
            events.extend(act.map(|act| sequencer.place(act, id.get())));
        }
    }
    events
}

/// A moderator lifts what the operator has lifted.
fn lifted_again(act: &Act) -> Option<Act> {
    let Act::Lift(lift) = act else { return None };
    let by = UserName::try_from("moderator").unwrap();
    Some(Act::LiftBy(Box::new(LiftBy { lift: (**lift).clone(), by })))
}

fn rare(rng: &mut Rng, before: &[Event]) -> Option<Act> {
    let event = &before[rng.usize(0..before.len().max(1)).min(before.len().checked_sub(1)?)];
    let now = before.last()?.at;
    Some(match (&event.act, rng.u8(0..8)) {
        (Act::Say(say), 0..=1) => Act::Impose(Box::new(Sanction {
            kind: if rng.bool() { Kind::Ban } else { Kind::Mute },
            room: rng.bool().then(|| say.room.clone()),
            user: say.author.name.clone(),
            person: say.author.person,
            key: say.author.key.filter(|_| rng.bool()),
            until: rng.bool().then_some(now + 1),
            reason: None,
            by: say.author.name.clone(),
        })),
        (Act::Impose(sanction), _) => Act::Lift(Box::new(Lift {
            kind: sanction.kind,
            room: sanction.room.clone(),
            owner: sanction.owner(),
        })),
        // As of somebody else, and checked long ago.
        (Act::Say(say), 2..=3) => {
            let mut say = say.clone();
            say.author.person = rng.bool().then(|| PersonId::made_by(event.id));
            say.author.checked = Some(MessageId::ZERO);
            Act::Say(say)
        }
        (Act::TakeName(take), 0..=3) => {
            let mut take = take.clone();
            take.proof = if rng.bool() {
                NameProof::Token
            } else {
                let NameProof::Key { hash, .. } = take.proof else { return None };
                NameProof::Key { hash, expired: now }
            };
            Act::TakeName(take)
        }
        (Act::TakeName(take), 4) => Act::ReleaseName(take.name.clone()),
        (Act::TakeName(take), _) => Act::UseName(Box::new(UseName {
            name: take.name.clone(),
            person: PersonId::made_by(event.id),
            used: now,
        })),
        (_, 4) => Act::Expire(Expire { now, earliest: 1, names_used_before: event.at }),
        (Act::Say(say), 5) => {
            let room = rng.bool().then(|| say.room.clone());
            Act::Forget(Box::new(Forget { room, upto: event.id }))
        }
        // One that was said elsewhere, or comes back.
        (Act::Say(say), 6..) => imported(rng, event, say),
        _ => Act::NoteTime(now),
    })
}

fn imported(rng: &mut Rng, event: &Event, say: &Say) -> Act {
    let id = event.id;
    let origin = |log| Ref::try_from(&*format!("{log}:{id}")).unwrap();
    let what = match rng.u8(0..4) {
        0 => Imported::Topic(TopicText::try_from("elsewhere").unwrap()),
        n => Imported::Message(ImportedMessage {
            content: (n > 1).then(|| say.content.clone()),
            reply: rng.bool().then(|| origin(rng.u8(0..2))),
            edited: None,
            reactions: Vec::new(),
            bot: rng.bool(),
        }),
    };
    Act::Import(Box::new(Import {
        room: say.room.clone(),
        origin: origin(rng.u8(0..2)),
        sender: say.author.name.clone(),
        at: event.at + rng.u64(0..2),
        what,
    }))
}

/// Links, devices and invites of whoever takes a name, by few codes: some are right.
fn of_devices(rng: &mut Rng, id: MessageId, take: &TakeName) -> Option<Act> {
    let (person, name) = (PersonId::made_by(id), take.name.clone());
    let code = CodeHash::of(&AccessCode::from_random(&[rng.u8(0..2); 5]));
    let NameProof::Key { hash: key, .. } = take.proof else { return None };
    Some(match rng.u8(0..7) {
        0 => Act::MakeLink(Box::new(MakeLink { name, code, makes_room: rng.bool() })),
        1 => Act::AddDevice(Box::new(AddDevice { code, key, label: None })),
        2 => Act::RevokeDevice(Box::new(RevokeDevice { person, device: u32::from(rng.u8(1..3)) })),
        3 => Act::UseDevice(Box::new(UseDevice { person, key, label: None, used: take.used })),
        4 => Act::MakeInvite(Box::new(MakeInvite {
            code,
            by: rng.bool().then_some(person),
            moderates_all: true,
            rooms: Vec::new(),
            uses: 2,
            lasts_ms: 1_000_000,
            note: None,
        })),
        5 => Act::EndInvite(Box::new(EndInvite { invite: 1, by: None })),
        _ => Act::AcceptInvite(Box::new(AcceptInvite {
            code,
            take: take.clone(),
            is_needed: rng.bool(),
        })),
    })
}

/// A few bots: some of them are there.
fn of_bots(rng: &mut Rng, say: Say) -> Act {
    let number = rng.u8(0..4);
    let name = UserName::try_from(&*format!("bot-{number}")).unwrap();
    match rng.u8(0..4) {
        0..=1 => {
            let token = KeyHash::of_bot(&BotToken::new(&number.to_string()));
            let rooms = vec!["dev".into(), "ops-*".into()];
            let make = MakeBot { name, token, rooms, reads_only: rng.bool() };
            Act::MakeBot(Box::new(make))
        }
        2 => Act::EndBot(name),
        // By its token, as from a node that does not know its number yet.
        _ => {
            let key = Some(KeyHash::of_bot(&BotToken::new(&number.to_string())));
            Act::Say(Say { author: Author { name, person: None, key, checked: None }, ..say })
        }
    }
}

/// Hooks of the room in which somebody says something; some of them are there.
fn of_hooks(rng: &mut Rng, say: Say) -> Act {
    let hook = u32::from(rng.u8(1..9));
    // As whoever spoke, who has a role there or not; else as the operator.
    let by = match rng.bool() {
        true => Maker { person: say.author.person, moderates_all: rng.bool() },
        false => Maker::OPERATOR,
    };
    let name = UserName::try_from(["alerts", "builds"][rng.usize(0..2)]).unwrap();
    match rng.u8(0..9) {
        8 => Act::MakeOutgoing(Box::new(OutgoingHook {
            room: say.room,
            name,
            url: HookUrl::try_from("https://ci.example/").unwrap(),
            key: SigningKey::try_from(vec![7; 32]).unwrap(),
            allows_private: rng.bool(),
        })),
        0 => Act::EndHook(Box::new(EndHook { hook, by })),
        1..=3 => {
            let secret = CodeHash::of_secret("secret");
            let mentions = rng.bool();
            Act::MakeHook(Box::new(MakeHook { room: say.room, name, secret, mentions, by }))
        }
        _ => {
            let author = Author { name, person: None, key: None, checked: None };
            let calls = rng.bool().then(Calls::default);
            Act::SayAsHook(Box::new(SayAsHook { hook, say: Say { author, ..say }, calls }))
        }
    }
}

/// What became of each, and everything that is in the database then.
fn replay(events: &[Event], mut cut: impl FnMut() -> usize) -> (Vec<Outcome>, Vec<String>) {
    let database = Database::memory().unwrap();
    let mut store = Store::new(database.writer().unwrap());
    let (mut rest, mut outcomes) = (events, Vec::new());
    while !rest.is_empty() {
        let (batch, later) = rest.split_at(cut().min(rest.len()));
        outcomes.extend(store.commit(batch.iter()).unwrap());
        rest = later;
    }
    (outcomes, dump(&database.reader().unwrap()))
}

/// All rows of all tables but the epoch, which is another one in each database, and the index of words, which is made
/// of the messages.
pub(super) fn dump(db: &Connection) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'
        AND name NOT LIKE 'search%' ORDER BY name";
    let mut tables = db.prepare(tables).unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let rows = tables.flat_map(|table| {
        let table = table.unwrap();
        let mut select = db.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
        let columns: Vec<_> = select.column_names().map(str::to_owned).collect();
        let mut rows = select.query([]).unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let values = columns.iter().enumerate().filter(|(_, column)| *column != "epoch");
            let values: Vec<_> =
                values.map(|(n, column)| (column, row.get::<_, Value>(n).unwrap())).collect();
            found.push(format!("{table} {values:?}"));
        }
        found
    });
    rows.collect()
}
