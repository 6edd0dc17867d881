//! The index of words follows whatever becomes of messages, whenever they come into it.

use proptest::prelude::*;
use protocol::Body;

use crate::log::acts_on_messages::{Edit, OnMessage};
use crate::log::apply::tests::{Log, id, name, room, say};
use crate::log::event::{Act, Author, Forget};
use crate::people::names::PersonId;

/// What happens. Messages are named by their place among all that were said.
#[derive(Debug, Clone)]
enum Happens {
    Says(&'static str),
    Edits(usize, &'static str),
    Deletes(usize),
    Forgets(usize),
    Indexes,
}

fn happens() -> impl Strategy<Value = Happens> {
    let text = || {
        let texts = ["a b c", "b b", "上海 c", "c https://a.example/b", "…", "Å a-b_c"];
        proptest::sample::select(texts.to_vec())
    };
    prop_oneof![
        4 => text().prop_map(Happens::Says),
        3 => (0_usize..20, text()).prop_map(|(at, text)| Happens::Edits(at, text)),
        2 => (0_usize..20).prop_map(Happens::Deletes),
        1 => (0_usize..8).prop_map(Happens::Forgets),
        3 => Just(Happens::Indexes),
    ]
}

fn does(log: &mut Log, alice: PersonId, said: &mut Vec<u64>, what: &Happens) {
    let on = |at: usize, said: &[u64]| OnMessage {
        room: room("dev"),
        message: id(said[at % said.len()]),
        author: Author { name: name("Alice"), person: Some(alice), key: None, checked: None },
        reference: None,
    };
    let body = |text: &str| Body::try_from(text).unwrap();
    match what {
        Happens::Says(text) => {
            let said_now = format!("r{}", said.len());
            let mut say = say("Alice", Some(alice), &said_now);
            say.content = body(text);
            log.apply(Act::Say(say));
            said.push(log.id);
        }
        Happens::Indexes => {
            log.index();
        }
        _ if said.is_empty() => {}
        Happens::Edits(at, text) => {
            let edit = Edit { on: on(*at, said), content: body(text), window_ms: u64::MAX };
            log.apply(Act::Edit(Box::new(edit)));
        }
        Happens::Deletes(at) => {
            log.apply(Act::DeleteOwn(Box::new(on(*at, said))));
        }
        Happens::Forgets(at) => {
            let upto = id(said[*at % said.len()]);
            log.apply(Act::Forget(Box::new(Forget { room: None, upto })));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn it_is_always_that_of_the_messages_there_are(
        all in proptest::collection::vec(happens(), 1..40)
    ) {
        let mut log = Log::new();
        let alice = log.take("Alice", 1, 0).unwrap();
        let mut said = Vec::new();
        for what in &all {
            does(&mut log, alice, &mut said, what);
        }
        while log.index() {}
        let found = log.indexed();
        log.make_index_anew();
        prop_assert_eq!(found, log.indexed());
    }
}
