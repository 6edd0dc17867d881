//! Rooms that are made, found and kept, and what is sent again.

use super::*;

#[test]
fn an_open_room_that_is_made_has_an_owner_and_one_that_came_by_a_join_has_none() {
    let mut log = Log::with(&["Ann", "Bob"]);
    let (dev, ops) = (room("Dev"), room("ops"));
    let Outcome::Made(made) = log.create_as("Ann", (dev.clone(), None), "Code", "c1") else {
        panic!()
    };
    assert_eq!((made.kind, made.role), (RoomKind::Open, Some(RoomRole::Owner)));
    assert_eq!(refusal(log.create_as("Bob", (room("DEV"), None), "", "")), Refusal::RoomExists);
    // Somebody is in it, but what was made before is answered.
    let visited = |log: &Log, room, reference| Create {
        room,
        title: None,
        is_visited: true,
        topic: TopicText::default(),
        author: log.author("Ann"),
        reference: self::reference(reference),
    };
    let create = visited(&log, room("full"), "");
    assert_eq!(refusal(log.apply(Act::Create(Box::new(create)))), Refusal::RoomExists);
    let again = visited(&log, dev.clone(), "c1");
    assert!(matches!(log.apply(Act::Create(Box::new(again))), Outcome::Repeated(_)));
    assert_eq!(refusal(log.create_as("Zed", (room("x"), None), "", "")), Refusal::NoName);
    assert!(matches!(refusal(log.topic("Bob", &dev, "mine")), Refusal::NotAllowedHere(_)));
    assert!(matches!(log.topic("Ann", &dev, "hers"), Outcome::TopicSet(_)));
    assert!(matches!(log.topic("Zed", &ops, "anybody's"), Outcome::TopicSet(_)));
    assert!(matches!(log.say("Bob", &dev), Outcome::Said(_)));
    for outcome in [log.add("Ann", &dev, "Bob"), log.remove("Ann", &dev, "Bob")] {
        assert!(matches!(refusal(outcome), Refusal::NotAllowedHere(_)));
    }
    let none = log.role("Bob", &ops, "Bob", RoomRole::Owner);
    assert!(matches!(refusal(none), Refusal::NotAllowedHere(_)));
    log.role("Ann", &dev, "Bob", RoomRole::Moderator);
    assert!(matches!(log.topic("Bob", &dev, "theirs"), Outcome::TopicSet(_)));
    assert_eq!(
        told(log.remove("Ann", &dev, "Ann")),
        ["Ann removes Ann: false", "Ann makes Bob Owner"]
    );
    // Something was said in it.
    log.say("Zed", &room("talk"));
    assert_eq!(refusal(log.create_as("Ann", (room("talk"), None), "", "")), Refusal::RoomExists);
}

#[test]
fn an_open_room_without_owner_messages_and_topic_is_forgotten() {
    let mut log = Log::with(&["Ann"]);
    log.create_as("Ann", (room("dev"), None), "", "");
    let day = 25 * 60 * 60 * 1000;
    let now = log.id / 1000 + day;
    log.apply(Act::Expire(Expire { now, earliest: 0, names_used_before: 0 }));
    assert_eq!(log.text("SELECT count(*) FROM rooms"), "1", "its owner keeps it");
    assert_eq!(told(log.remove("Ann", &room("dev"), "Ann")), ["Ann removes Ann: false"]);
    assert_eq!(log.text("SELECT count(*) FROM rooms"), "0");
}

#[test]
fn a_direct_room_is_found_by_its_people_and_stays_theirs() {
    let mut log = Log::with(&["Ann", "Bob", "Cy"]);
    let made = |outcome| match outcome {
        Outcome::Made(info) => *info,
        other => panic!("{other:?}"),
    };
    let first = made(log.direct("Ann", &["Bob"]));
    let users: Vec<_> = first.users.iter().map(UserName::as_str).collect();
    assert_eq!((first.kind, users), (RoomKind::Direct, vec!["Ann", "Bob"]));
    for (user, others) in [("Bob", &["Ann"][..]), ("Ann", &["bob", "Ann", "BOB"])] {
        assert_eq!(made(log.direct(user, others)).room, first.room);
    }
    assert_ne!(made(log.direct("Ann", &["Bob", "Cy"])).room, first.room);
    assert!(matches!(refusal(log.direct("Ann", &["Ann"])), Refusal::BadField(_)));
    assert!(matches!(refusal(log.direct("Ann", &["Bob", "Zed"])), Refusal::NoSuchPerson(_)));
    assert_eq!(refusal(log.direct("Zed", &["Ann"])), Refusal::NoName);
    for outcome in [log.add("Ann", &first.room, "Cy"), log.remove("Ann", &first.room, "Ann")] {
        assert!(matches!(refusal(outcome), Refusal::NotAllowedHere(_)));
    }
    let role = log.role("Ann", &first.room, "Bob", RoomRole::Owner);
    assert!(matches!(refusal(role), Refusal::NotAllowedHere(_)));
    assert_eq!(refusal(log.say("Cy", &first.room)), Refusal::NoSuchRoom);
    assert!(matches!(log.topic("Bob", &first.room, "us"), Outcome::TopicSet(_)));
}

#[test]
fn ten_people_are_the_most_of_a_direct_room() {
    let people: Vec<_> = ('a'..='k').map(|letter| format!("{letter}x")).collect();
    let people: Vec<_> = people.iter().map(String::as_str).collect();
    let mut log = Log::with(&people);
    assert!(matches!(log.direct("ax", &people[..10]), Outcome::Made(_)));
    assert!(matches!(refusal(log.direct("ax", &people[1..])), Refusal::BadField(_)));
}

#[test]
fn the_first_message_of_a_direct_room_tells_its_people_of_it() {
    let mut log = Log::with(&["Ann", "Bob"]);
    let Outcome::Made(info) = log.direct("Ann", &["Bob"]) else { panic!() };
    let Outcome::Began(began) = log.say("Ann", &info.room) else { panic!() };
    assert_eq!(began.info.users, info.users);
    assert_eq!(began.persons.len(), 2);
    assert!(matches!(log.say("Bob", &info.room), Outcome::Said(_)));
}

#[test]
fn what_is_sent_again_under_its_ref_is_answered_as_the_first_time() {
    let mut log = Log::with(&["Ann", "Bob", "Cy"]);
    let Outcome::Made(first) = log.create("Ann", "Ops", "c1") else { panic!() };
    let again = |outcome| match outcome {
        Outcome::Repeated(told) => *told,
        other => panic!("{other:?}"),
    };
    assert_eq!(again(log.create("Ann", "Other", "c1")), ToClient::Room((*first).clone()));
    assert!(matches!(log.create("Bob", "Ops", "c1"), Outcome::Made(_)), "another's");
    let mut twice = |act: fn(Box<OfMember>) -> Act, user, reference| {
        let first = log.of_member("Ann", &first.room, user, reference);
        let Outcome::Changed(changes) = log.apply(act(first.clone())) else { panic!() };
        assert_eq!(again(log.apply(act(first))), changes[0].told);
    };
    twice(Act::Add, "Bob", "a1");
    twice(Act::Remove, "Bob", "a2");
    twice(Act::Add, "Cy", "a3");
    twice(Act::Remove, "Ann", "a4");
    assert_eq!(log.text("SELECT group_concat(ref) FROM answers WHERE room IS NULL"), "a4");
    for n in 0..40 {
        log.create("Cy", "x", &format!("n{n}"));
    }
    let cy = log.person("Cy").unwrap().get();
    assert_eq!(log.text(&format!("SELECT count(*) FROM answers WHERE person = {cy}")), "32");
}

#[test]
fn a_person_keeps_so_many_rooms_and_what_is_kept_in_no_way_is_not_counted() {
    let mut log = Log::with(&["Ann", "Bob"]);
    let ops = log.private(&["Ann", "Bob"]);
    let Outcome::Set(set) = log.keep("Bob", &ops, true, Some(7)) else { panic!() };
    assert_eq!((set.1.joined, set.1.muted, set.1.place), (true, false, Some(7)));
    let before = set.1.id;
    let Outcome::Repeated(same) = log.keep("Bob", &ops, true, None) else { panic!() };
    let ToClient::Setting(same) = *same else { panic!() };
    assert_eq!((same.id, same.place), (before, Some(7)), "what is absent stays");
    log.remove("Ann", &ops, "Bob");
    assert_eq!(log.text("SELECT count(*) FROM kept_rooms"), "0", "it goes with the membership");
    for n in 0..KEPT_MAX {
        assert!(matches!(log.keep("Ann", &room(&format!("r{n}")), true, None), Outcome::Set(_)));
    }
    let refused = refusal(log.keep("Ann", &room("late"), true, None));
    assert_eq!(refused, Refusal::TooManyRooms { max: KEPT_MAX });
    assert!(matches!(log.keep("Ann", &room("r0"), false, None), Outcome::Set(_)));
    assert!(matches!(log.keep("Ann", &room("late"), true, None), Outcome::Set(_)));
}

#[test]
fn a_private_room_has_so_many_members() {
    let mut log = Log::with(&["Ann", "Zoe"]);
    let ops = log.private(&["Ann"]);
    let fill = "INSERT INTO members SELECT 1, value, 3, value, 0, 'Ann', 'x', 'x', 'ops'
        FROM generate_series(1, ?1)";
    let fill = fill.replace(
        "generate_series(1, ?1)",
        "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?1)
            SELECT value FROM n)",
    );
    log.beside.execute(&fill, [MEMBERS_MAX - 1]).unwrap();
    let refused = refusal(log.add("Ann", &ops, "Zoe"));
    assert_eq!(refused, Refusal::TooManyMembers { max: MEMBERS_MAX });
    log.beside.execute("DELETE FROM members WHERE person = 1", []).unwrap();
    assert_eq!(told(log.add("Ann", &ops, "Zoe")), ["Ann adds Zoe"]);
}

#[test]
fn who_was_muted_meanwhile_makes_nothing_that_others_hear_of() {
    let mut log = Log::with(&["Ann", "Bob"]);
    let ops = log.private(&["Ann"]);
    let before = id(log.id);
    let mute = Sanction {
        kind: Kind::Mute,
        room: None,
        user: name("Ann"),
        person: log.person("Ann"),
        key: None,
        until: None,
        reason: None,
        by: name("Mod"),
    };
    log.apply(Act::Impose(Box::new(mute)));
    let checked = |mut author: Author| {
        author.checked = Some(before);
        author
    };
    let mut add = log.of_member("Ann", &ops, "Bob", "");
    add.author = checked(add.author);
    let create = Create {
        room: room("+other"),
        title: Some(Title::try_from("x").unwrap()),
        is_visited: false,
        topic: TopicText::default(),
        author: checked(log.author("Ann")),
        reference: None,
    };
    for act in [Act::Add(add), Act::Create(Box::new(create))] {
        assert!(matches!(refusal(log.apply(act)), Refusal::Muted(_)));
    }
}
