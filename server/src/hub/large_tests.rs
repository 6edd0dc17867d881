//! Large rooms: what is told stays under its budget, and everybody learns the truth in time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use protocol::{PEOPLE_MAX, Role, RoomName, UserName};

use super::core::{Core, Effect, Input, Notification, People};
use super::presence::{AT_ONCE_MAX, Budget, LIST_WITHIN, NAMES_MIN, envelope_bytes, name_bytes};
use super::roll_call::{CROWD_MAX, Present, RollCall};
use super::room::ConnectionId;

const TICK: Duration = Duration::from_millis(100);

fn room() -> RoomName {
    RoomName::general()
}

fn person(id: u64) -> UserName {
    UserName::try_from(format!("p{id:05}").as_str()).unwrap()
}

/// What one member believes, as a client does: lists replace, lines correct.
#[derive(Debug, Default)]
struct Belief {
    count: usize,
    heard_own_join: bool,
}

/// A room, its members' beliefs, and the bytes they were told.
struct Crowd {
    core: Core<u64>,
    beliefs: BTreeMap<u64, Belief>,
    present: BTreeSet<u64>,
    now: Duration,
    bytes: u64,
    lists: Vec<People>,
}

impl Crowd {
    fn new(budget: u64) -> Self {
        Crowd {
            core: Core::new(Budget(budget)),
            beliefs: BTreeMap::new(),
            present: BTreeSet::new(),
            now: Duration::ZERO,
            bytes: 0,
            lists: Vec::new(),
        }
    }

    fn join(&mut self, id: u64) {
        self.present.insert(id);
        self.beliefs.insert(id, Belief::default());
        let user = person(id);
        let role = Role::Member;
        self.apply(Input::Join { room: room(), id: ConnectionId(id), user, role, member: id });
    }

    fn leave(&mut self, id: u64) {
        self.present.remove(&id);
        self.apply(Input::Leave { room: room(), id: ConnectionId(id), user: person(id) });
        self.beliefs.remove(&id);
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += TICK;
            self.apply(Input::Tick);
        }
    }

    fn apply(&mut self, input: Input<u64, ()>) {
        let mut effects = Vec::new();
        self.core.apply(self.now, input, &mut effects);
        for effect in effects {
            let (ids, news): (Vec<u64>, _) = match effect {
                Effect::One(id, _, news) => (vec![id], news),
                Effect::Room(room, news) | Effect::Others(room, _, news) => {
                    (self.core.members(&room).copied().collect(), news)
                }
            };
            self.bytes += ids.len() as u64 * bytes(&news);
            ids.into_iter().for_each(|id| self.hear(id, &news));
            if let Notification::Presence(people) = news {
                self.lists.push(people);
            }
        }
    }

    fn hear(&mut self, id: u64, news: &Notification<()>) {
        let belief = self.beliefs.get_mut(&id).unwrap();
        match news {
            Notification::Join(user, _) if *user == person(id) => belief.heard_own_join = true,
            Notification::Join(..) => belief.count += 1,
            Notification::Leave(_) => belief.count = belief.count.saturating_sub(1),
            Notification::Presence(People { after: Some(_), .. })
            | Notification::Entered
            | Notification::Typing(_)
            | Notification::Message(()) => {}
            Notification::Presence(People { users, count, .. }) => {
                assert!(belief.heard_own_join, "a list came before one's own join");
                belief.count = count.unwrap_or(users.len());
            }
        }
    }

    fn everybody_knows(&self) -> bool {
        self.beliefs.values().all(|belief| belief.count == self.present.len())
    }
}

fn bytes(news: &Notification<()>) -> u64 {
    envelope_bytes(&room())
        + match news {
            Notification::Join(user, _)
            | Notification::Leave(user)
            | Notification::Typing(user) => name_bytes(user),
            Notification::Presence(people) => people.users.iter().map(name_bytes).sum(),
            Notification::Entered | Notification::Message(()) => 0,
        }
}

#[test]
fn up_to_the_limit_everybody_knows_everything_at_once() {
    let mut crowd = Crowd::new(1);
    for id in 0..AT_ONCE_MAX as u64 {
        crowd.join(id);
        assert!(crowd.everybody_knows() && !crowd.core.is_gathering());
    }
    assert!(crowd.lists.iter().all(|list| list.count.is_none()));
    crowd.join(AT_ONCE_MAX as u64);
    assert!(crowd.core.is_gathering());
    let list = crowd.lists.pop().unwrap();
    assert_eq!((list.users.len(), list.count), (NAMES_MIN, Some(AT_ONCE_MAX + 1)));
}

#[test]
fn a_room_that_became_small_again_tells_all_at_once() {
    let mut crowd = Crowd::new(1);
    (0..=AT_ONCE_MAX as u64).for_each(|id| crowd.join(id));
    assert!(crowd.core.is_gathering());
    crowd.leave(7);
    assert!(crowd.everybody_knows() && !crowd.core.is_gathering());
}

#[test]
fn a_small_room_that_many_run_through_is_told_little_of_it_and_the_truth_in_time() {
    const STAY: u64 = 150;
    const RUNS: u64 = 20_000;
    let mut crowd = Crowd::new(4 << 20);
    (0..STAY).for_each(|id| crowd.join(id));
    let before = crowd.bytes;
    for n in 0..RUNS {
        crowd.join(STAY + n);
        if n % 50 == 0 {
            crowd.wait(TICK);
        }
        crowd.leave(STAY + n);
    }
    let bytes = crowd.bytes - before;
    let list = envelope_bytes(&room()) + STAY * name_bytes(&person(0));
    let all_of_it = 2 * RUNS * STAY * list;
    assert!(bytes < all_of_it / 20, "{bytes} bytes of {all_of_it}");
    crowd.wait(LIST_WITHIN + TICK);
    assert!(crowd.everybody_knows() && !crowd.core.is_gathering());
    crowd.wait(Duration::from_secs(60));
    crowd.join(0xffff);
    assert!(crowd.everybody_knows() && !crowd.core.is_gathering(), "calm again");
}

#[test]
fn a_storm_of_joins_stays_under_its_budget_and_ends_in_the_truth() {
    const BUDGET: u64 = 4 << 20;
    let mut crowd = Crowd::new(BUDGET);
    (0..200).for_each(|id| crowd.join(id));
    let before = crowd.bytes;
    (200..2000).for_each(|id| crowd.join(id));
    crowd.wait(LIST_WITHIN + TICK);
    assert!(crowd.everybody_knows(), "after the last join and the time of a list");
    let entries: u64 = 1800 * (64 + NAMES_MIN as u64 * 16);
    let bytes = crowd.bytes - before;
    assert!(bytes <= 2 * 5 * BUDGET + entries, "{bytes} bytes");
}

#[test]
fn a_list_that_does_not_fit_holds_what_fits() {
    let mut crowd = Crowd::new(1 << 20);
    (0..2000).for_each(|id| crowd.join(id));
    crowd.wait(LIST_WITHIN + TICK);
    let list = crowd.lists.last().unwrap();
    assert_eq!(list.count, Some(2000));
    // Three quarters of five seconds of budget for 2,000 receivers: 1,966 bytes for each.
    assert!((200..220).contains(&list.users.len()), "{} names", list.users.len());
    assert!(list.users.is_sorted());
}

#[test]
fn pages_hold_everybody_once() {
    let mut crowd = Crowd::new(1 << 20);
    (0..1234).for_each(|id| crowd.join(id));
    let (mut seen, mut after) = (BTreeSet::from([person(0)]), person(0));
    loop {
        crowd.apply(Input::People { room: room(), id: ConnectionId(5), after: after.clone() });
        let page = crowd.lists.pop().unwrap();
        assert_eq!((page.count, &page.after), (Some(1234), &Some(after)));
        assert!(page.users.len() <= PEOPLE_MAX);
        let Some(last) = page.users.last() else { break };
        after = last.clone();
        assert!(page.users.into_iter().all(|user| seen.insert(user)), "a name came twice");
    }
    assert_eq!(seen.len(), 1234);
}

#[derive(Debug, Clone)]
enum Step {
    Come(u64),
    Go(u64),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..400_u64).prop_map(Step::Come),
        4 => (0..400_u64).prop_map(Step::Go),
        1 => (1..30_u64).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whoever_comes_and_goes_everybody_learns_the_truth_in_time(steps in steps()) {
        let mut crowd = Crowd::new(1 << 16);
        (0..190).for_each(|id| crowd.join(id));
        for step in steps {
            match step {
                Step::Come(id) if !crowd.present.contains(&id) => crowd.join(id),
                Step::Go(id) if crowd.present.contains(&id) => crowd.leave(id),
                Step::Wait(ticks) => crowd.wait(TICK * u32::try_from(ticks).unwrap()),
                Step::Come(_) | Step::Go(_) => {}
            }
        }
        crowd.wait(LIST_WITHIN + TICK);
        prop_assert!(crowd.everybody_knows());
        prop_assert!(!crowd.core.is_gathering());
    }
}

#[test]
fn a_roll_call_tells_who_of_those_called_is_there_and_of_a_crowd_the_first() {
    let people = u64::try_from(CROWD_MAX).unwrap() + 3;
    let mut crowd = Crowd::new(0);
    (0..people).for_each(|id| crowd.join(id));
    let names = vec![person(1), person(people + 1)];
    let mut called = RollCall { names, everybody: false };
    let present = crowd.core.present(&room(), &called);
    let expected = Present { names: vec![person(1)], people: CROWD_MAX + 3, crowd: Vec::new() };
    assert_eq!(present, expected);
    called.everybody = true;
    let present = crowd.core.present(&room(), &called);
    assert_eq!((present.people, present.crowd.len()), (CROWD_MAX + 3, CROWD_MAX));
    assert_eq!(present.crowd[CROWD_MAX - 1], person(u64::try_from(CROWD_MAX).unwrap() - 1));
    let elsewhere = RoomName::try_from("elsewhere").unwrap();
    assert_eq!(crowd.core.present(&elsewhere, &called), Present::default());
}
