//! A plain model of rooms, held against the rules: random joins, leaves and messages on both, and
//! after each the same news to the same members.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use protocol::{Role, RoomName, UserName};

use super::core::{Core, Effect, Input, Notification};
use super::presence::Budget;
use super::room::ConnectionId;

type Told = BTreeMap<u64, Vec<String>>;

#[derive(Debug, Clone)]
enum Step {
    Join { room: usize, id: u64 },
    Leave { room: usize, id: u64 },
    Deliver { room: usize },
}

/// Names that are equal when folded count as one person.
const PEOPLE: [&str; 4] = ["Alice", "bob", "Çelik", "ALICE"];
const ROOMS: [&str; 3] = ["general", "Dev", "ops"];

fn person(id: u64) -> UserName {
    let index = usize::try_from(id).unwrap() % PEOPLE.len();
    UserName::try_from(PEOPLE[index]).unwrap()
}

fn room(index: usize) -> RoomName {
    RoomName::try_from(ROOMS[index]).unwrap()
}

/// What the rules say, in the most obvious way: who is where, as a set.
#[derive(Default)]
struct Model {
    here: BTreeMap<usize, BTreeSet<u64>>,
}

impl Model {
    fn people(&self, room: usize) -> Vec<UserName> {
        let ids = self.here.get(&room).into_iter().flatten();
        let people: BTreeSet<_> = ids.map(|id| person(*id)).collect();
        people.into_iter().collect()
    }

    /// Applies a step and says who should be told what.
    fn apply(&mut self, step: &Step) -> Told {
        match *step {
            Step::Deliver { room } => self.all(room, &["message".to_owned()]),
            Step::Join { room, id } => {
                let before = self.people(room);
                let is_here = !self.here.entry(room).or_default().insert(id);
                let mut told = match is_here || before.contains(&person(id)) {
                    true => self.only(id, room, "join"),
                    false => self.all(room, &[named("join", id), presence(&self.people(room))]),
                };
                told.entry(id).or_default().push("entered".to_owned());
                told
            }
            Step::Leave { room, id } => {
                if !self.here.entry(room).or_default().remove(&id) {
                    return Told::new();
                }
                let mut told = Told::from([(id, vec![named("leave", id)])]);
                if !self.people(room).contains(&person(id)) {
                    let news = [named("leave", id), presence(&self.people(room))];
                    told.extend(self.all(room, &news));
                }
                told
            }
        }
    }

    fn all(&self, room: usize, news: &[String]) -> Told {
        let ids = self.here.get(&room).into_iter().flatten();
        ids.map(|id| (*id, news.to_vec())).collect()
    }

    fn only(&self, id: u64, room: usize, what: &str) -> Told {
        Told::from([(id, vec![named(what, id), presence(&self.people(room))])])
    }
}

fn named(what: &str, id: u64) -> String {
    format!("{what} {}", person(id).key())
}

fn presence(people: &[UserName]) -> String {
    let keys: Vec<_> = people.iter().map(|user| &**user.key()).collect();
    format!("presence {}", keys.join(","))
}

fn shown(news: &Notification<()>) -> String {
    match news {
        Notification::Join(user, _) => format!("join {}", user.key()),
        Notification::Leave(user) => format!("leave {}", user.key()),
        Notification::Presence(people) => presence(&people.users),
        Notification::Entered => "entered".to_owned(),
        Notification::Typing(user) => format!("typing {}", user.key()),
        Notification::Message(()) => "message".to_owned(),
    }
}

/// Performs effects as the shard does, but into a table.
fn told(core: &Core<u64>, effects: Vec<Effect<u64, ()>>) -> Told {
    let mut told = Told::new();
    for effect in effects {
        match effect {
            Effect::One(id, _, news) => told.entry(id).or_default().push(shown(&news)),
            Effect::Room(room, news) => {
                for id in core.members(&room) {
                    told.entry(*id).or_default().push(shown(&news));
                }
            }
            Effect::Others(room, except, news) => {
                for id in core.members(&room).filter(|id| !except.contains(id)) {
                    told.entry(*id).or_default().push(shown(&news));
                }
            }
        }
    }
    told
}

fn input(step: &Step) -> Input<u64, ()> {
    match *step {
        Step::Deliver { room: r } => Input::Deliver { room: room(r), message: () },
        Step::Leave { room: r, id } => {
            Input::Leave { room: room(r), id: ConnectionId(id), user: person(id) }
        }
        Step::Join { room: r, id } => {
            let role = Role::Member;
            Input::Join { room: room(r), id: ConnectionId(id), user: person(id), role, member: id }
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (rooms, ids) = (0..ROOMS.len(), 0..12_u64);
    let step = prop_oneof![
        3 => (rooms.clone(), ids.clone()).prop_map(|(room, id)| Step::Join { room, id }),
        2 => (rooms.clone(), ids).prop_map(|(room, id)| Step::Leave { room, id }),
        1 => rooms.prop_map(|room| Step::Deliver { room }),
    ];
    proptest::collection::vec(step, 0..120)
}

proptest! {
    #[test]
    fn the_rules_tell_what_the_model_tells(steps in steps()) {
        let (mut core, mut model) = (Core::new(Budget(1)), Model::default());
        for step in &steps {
            let mut effects = Vec::new();
            core.apply(Duration::ZERO, input(step), &mut effects);
            prop_assert_eq!(told(&core, effects), model.apply(step), "after {:?}", step);
        }
    }

    #[test]
    fn a_room_that_everybody_left_costs_nothing(steps in steps()) {
        let mut core = Core::new(Budget(1));
        let mut effects: Vec<Effect<u64, ()>> = Vec::new();
        for step in &steps {
            core.apply(Duration::ZERO, input(step), &mut effects);
        }
        for (room, id) in (0..ROOMS.len()).flat_map(|room| (0..12).map(move |id| (room, id))) {
            core.apply(Duration::ZERO, input(&Step::Leave { room, id }), &mut effects);
        }
        prop_assert_eq!(core.room_count(), 0);
    }
}

#[test]
fn who_leaves_hears_why_first_and_is_out_before_what_is_told_next() {
    let mut core = Core::new(Budget(0));
    let mut effects = Vec::new();
    for id in 0..3 {
        core.apply(Duration::ZERO, input(&Step::Join { room: 0, id }), &mut effects);
    }
    let told_of = |core: &mut Core<u64>, input: Input<u64, ()>| {
        let mut effects = Vec::new();
        core.apply(Duration::ZERO, input, &mut effects);
        told(core, effects)
    };
    let (leaving, also) = (vec![(person(0), 0), (person(0), 8)], vec![1, 9]);
    let reach = Input::Reach { room: room(0), message: (), also, leaving };
    let strings = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let stays = strings(&["message", "leave alice", "presence bob,çelik"]);
    let expected = Told::from([
        (0, strings(&["message", "leave alice"])),
        (1, stays.clone()),
        (2, stays),
        (8, strings(&["message"])),
        (9, strings(&["message"])),
    ]);
    assert_eq!(told_of(&mut core, reach), expected);
    let next = told_of(&mut core, input(&Step::Deliver { room: 0 }));
    assert_eq!(next.into_keys().collect::<Vec<_>>(), [1, 2]);
    // Of a room that nobody is in, too.
    let reach = Input::Reach { room: room(1), message: (), also: vec![7], leaving: Vec::new() };
    assert_eq!(told_of(&mut core, reach), Told::from([(7, strings(&["message"]))]));
}
