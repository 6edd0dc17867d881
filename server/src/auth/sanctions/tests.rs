//! Where bans and mutes hold, for whom, and how many there may be.

use super::*;
use crate::auth::NewModerators;
use crate::people::names::{PersonId, Proof};
use protocol::{Grant, Key, Role, RoomPattern};

fn name(text: &str) -> UserName {
    UserName::try_from(text).unwrap()
}

fn id(number: u64) -> MessageId {
    MessageId::try_from(number).unwrap()
}

fn hash(byte: u8) -> KeyHash {
    KeyHash::of(&Key::new(&[byte; 16]).unwrap())
}

fn person(text: &str, byte: u8) -> Person {
    Person::new(name(text), Proof::Key(hash(byte)))
}

fn sanction(kind: Kind, room: Option<&str>, user: &str, until: Option<u64>) -> Sanction {
    let room = room.map(|room| RoomName::try_from(room).unwrap());
    let (user, key, by) = (name(user), Some(hash(1)), name("Mod"));
    Sanction { kind, room, user, person: None, key, until, reason: None, by }
}

#[test]
fn a_ban_holds_for_the_name_and_for_the_key_where_it_was_said() {
    let dev = RoomName::try_from("dev").unwrap();
    let ban = sanction(Kind::Ban, Some("DEV"), "Eve", Some(5000));
    let sanctions = Sanctions::new(vec![ban], id(1), Moderators::default());
    for (who, is) in [(person("EVE", 2), true), (person("Eva", 1), true), (person("Eva", 2), false)]
    {
        assert_eq!(sanctions.ban(&who, None, Some(&dev), 0).is_some(), is, "{who:?}");
        assert_eq!(sanctions.ban(&who, None, None, 0), None);
        assert_eq!(sanctions.mute(&who, None, &dev, || 0), None);
    }
    let eve = person("Eve", 1);
    assert_eq!(sanctions.ban(&eve, None, Some(&dev), 3001).unwrap().seconds, Some(2));
    assert_eq!(sanctions.ban(&eve, None, Some(&dev), 5000), None, "its time is over");
    sanctions.impose(sanction(Kind::Ban, None, "Eve", None), id(2));
    let everywhere = Restriction { server: true, seconds: None, reason: None };
    assert_eq!(sanctions.ban(&eve, None, Some(&dev), 0), Some(everywhere), "what lasts longest");
}

#[test]
fn a_ban_on_a_person_is_not_inherited_by_whoever_has_the_name_next() {
    let [eve, next] = [10, 20].map(|number| PersonId::made_by(id(number)));
    let person = |byte, number: Option<PersonId>| {
        let person = person("Eve", byte);
        number.into_iter().for_each(|number| person.is(number));
        person
    };
    let ban = Sanction { person: Some(eve), ..sanction(Kind::Ban, None, "Eve", None) };
    let sanctions = Sanctions::new(vec![ban.clone()], id(30), Moderators::default());
    for (who, is) in [
        (person(1, Some(eve)), true),
        (person(2, Some(eve)), true),
        (person(2, Some(next)), false),
        (person(2, None), false),
        (person(1, Some(next)), true),
    ] {
        assert_eq!(sanctions.ban(&who, None, None, 0).is_some(), is, "{who:?}");
    }
    let on_next = Sanction { person: Some(next), key: None, ..ban.clone() };
    assert!(!sanctions.has(&on_next, 0));
    assert_eq!(*sanctions.named(&on_next, 0).unwrap(), ban, "of whoever had the name");
    sanctions.impose(on_next.clone(), id(40));
    assert_eq!(*sanctions.named(&on_next, 0).unwrap(), on_next, "of who has it now");
    assert_eq!((sanctions.all.read().count, sanctions.newest()), (2, id(40)));
}

#[test]
fn none_holds_for_a_moderator_by_token_or_as_the_list_is_now() {
    let (dev, moderators) = (RoomName::try_from("dev").unwrap(), Moderators::default());
    let set = [Kind::Ban, Kind::Mute].map(|kind| sanction(kind, None, "Eve", None)).into();
    let sanctions = Sanctions::new(set, id(1), moderators.clone());
    let hold = |person: &Person, pass: Option<&Permissions>| {
        [sanctions.ban(person, pass, None, 0), sanctions.mute(person, pass, &dev, || 0)]
            .map(|s| s.is_some())
    };
    let by_token = Person::new(name("Eve"), Proof::Token);
    for (role, rooms, hold_here) in [
        (Role::Member, "*", [true; 2]),
        (Role::Moderator, "dev", [false; 2]),
        (Role::Moderator, "ops", [false, true]),
    ] {
        let rooms = vec![RoomPattern::try_from(rooms).unwrap()];
        let grant = Grant { sub: name("Eve"), rooms, exp: 0, role };
        let pass = Permissions { role, grant: Some(grant), expires: None, bot: None };
        assert_eq!(hold(&by_token, Some(&pass)), hold_here, "{pass:?}");
    }
    // What a list said when they came in does not count.
    let listed = Permissions { role: Role::Moderator, grant: None, expires: None, bot: None };
    assert_eq!(hold(&person("Eve", 1), Some(&listed)), [true; 2]);
    moderators.set(NewModerators([hash(1)].into()));
    assert_eq!(hold(&person("Eve", 1), None), [false; 2]);
    assert_eq!(hold(&person("Eve", 2), None), [true; 2]);
}

#[test]
fn a_new_one_replaces_the_same_and_can_be_lifted() {
    let dev = RoomName::try_from("dev").unwrap();
    let (eve, sanctions) = (person("Eve", 1), Sanctions::default());
    for until in [1000, 2000] {
        sanctions.impose(sanction(Kind::Mute, None, "Eve", Some(until)), id(until));
    }
    assert_eq!(sanctions.all.read().count, 1);
    assert_eq!(sanctions.mute(&eve, None, &dev, || 500).unwrap().seconds, Some(2));
    assert!(!sanctions.has(&sanction(Kind::Mute, Some("dev"), "Eve", None), 0));
    assert!(!sanctions.has(&sanction(Kind::Ban, None, "Eve", None), 0));
    let lifted = sanction(Kind::Mute, None, "EVE", None);
    assert!(sanctions.has(&lifted, 0));
    sanctions.lift(&lifted);
    assert_eq!(sanctions.mute(&eve, None, &dev, || panic!("nobody asks for the time")), None);
    assert!(sanctions.all.read().by_key.is_empty() && sanctions.all.read().by_name.is_empty());
}

fn by(room: Option<&str>, user: usize, by: &str) -> Sanction {
    Sanction { by: name(by), ..sanction(Kind::Ban, room, &format!("n{user}"), Some(1000)) }
}

fn fill(sanctions: &Sanctions, many: impl Iterator<Item = Sanction>) {
    let mut all = sanctions.all.write();
    many.for_each(|sanction| all.insert(sanction));
}

fn full(sanctions: &Sanctions, new: &Sanction) -> Option<usize> {
    match sanctions.has_place(new, &|by| *by == new.by, 0) {
        Err(Refusal::TooManySanctions { max, .. }) => usize::try_from(max).ok(),
        other => other.map(|()| None).unwrap(),
    }
}

#[test]
fn one_room_and_one_moderator_leave_places_to_others() {
    let sanctions = Sanctions::default();
    fill(&sanctions, (0..ROOM_SANCTIONS_MAX - 1).map(|n| by(Some("dev"), n, "Mo")));
    let (dev, ops) = (by(Some("dev"), 9999, "Mo"), by(Some("ops"), 9999, "Mo"));
    assert_eq!(full(&sanctions, &dev), None);
    fill(&sanctions, [dev.clone()].into_iter());
    assert_eq!(full(&sanctions, &by(Some("DEV"), 7777, "Max")), Some(ROOM_SANCTIONS_MAX));
    assert_eq!(full(&sanctions, &ops), None, "another room");
    let more = MODERATOR_SANCTIONS_MAX - ROOM_SANCTIONS_MAX;
    fill(&sanctions, (0..more).map(|n| by(Some(&format!("r{n}")), n, "Mo")));
    assert_eq!(full(&sanctions, &ops), Some(MODERATOR_SANCTIONS_MAX));
    assert_eq!(full(&sanctions, &by(None, 9999, "Mo")), Some(MODERATOR_SANCTIONS_MAX));
    assert_eq!(full(&sanctions, &by(Some("ops"), 9999, "Max")), None, "another moderator");
    let two_names = sanctions.has_place(&by(None, 9999, "Max"), &|by| by.as_str() != "Other", 0);
    assert!(two_names.is_err(), "under another name of theirs");
    assert_eq!(sanctions.has_place(&dev, &|_| true, 1000), Ok(()), "time makes room");
    assert_eq!(sanctions.all.read().count, 0);
}

#[test]
fn all_rooms_together_leave_places_to_the_whole_server() {
    let (sanctions, rooms_max) = (Sanctions::default(), 9000);
    let many = |from, to, room| (from..to).map(move |n| by(room, n, &format!("mo{}", n % 50)));
    fill(&sanctions, (0..rooms_max).map(|n| by(Some(&format!("r{}", n % 90)), n, "Mo")));
    assert_eq!(full(&sanctions, &by(Some("ops"), 9999, "Max")), Some(rooms_max));
    assert_eq!(full(&sanctions, &by(None, 9999, "Max")), None);
    fill(&sanctions, many(rooms_max, SANCTIONS_MAX, None));
    assert_eq!(full(&sanctions, &by(None, 9999, "Max")), Some(SANCTIONS_MAX));
}

#[test]
fn what_the_operator_lifted_is_forgotten_and_what_was_set_anew_is_not() {
    let (eve, sanctions) = (person("Eve", 1), Sanctions::default());
    sanctions.impose(sanction(Kind::Ban, None, "Eve", None), id(2));
    let lifted = sanctions.find(Kind::Ban, (&eve, None), None, 0).unwrap();
    sanctions.impose(sanction(Kind::Ban, None, "Eve", Some(5000)), id(3));
    sanctions.forget(&lifted);
    let anew = sanctions.find(Kind::Ban, (&eve, None), None, 0).unwrap();
    assert_eq!(anew.until, Some(5000));
    sanctions.impose(sanction(Kind::Mute, Some("dev"), "Eve", None), id(4));
    sanctions.keep_only(&[sanction(Kind::Mute, Some("DEV"), "EVE", None)]);
    assert_eq!(sanctions.ban(&eve, None, None, 0), None);
    assert_eq!(sanctions.all.read().count, 1);
    sanctions.keep_only(&[]);
    assert!(sanctions.all.read().by_key.is_empty() && sanctions.all.read().by_name.is_empty());
}
