//! Every kind of entry, and every act, goes through a record and is written as it always was.
//!
//! Nodes of an older program read what is written here. No line of `tests/records` ever changes: what is new is a new
//! form (`record.rs`), with a file of its own.

mod operators;

use std::fmt::Write as _;

use protocol::{
    AccessCode, Action, Body, Emoji, Label, MessageId, Note, Notify, Reason, Ref, Role, RoomName,
    RoomRole, Title, TopicText, UserName,
};
use strum::EnumCount as _;

use super::entry::{Claim, Come, Entry, EntryKind, Here, Moderation, Present, Settings, Start};
use super::record::{BadRecord, Record};
use super::verify::Seen;
use crate::log::acts_of_people::{
    AcceptInvite, AddDevice, EndInvite, MakeInvite, MakeLink, NameProof, RevokeDevice, TakeName,
    UseDevice, UseName,
};
use crate::log::acts_of_programs::{EndHook, MakeHook, Maker, SayAsHook};
use crate::log::acts_of_rooms::{
    Create, Direct, KeepRoom, KeepRoomAs, NoteRead, OfMember, SetRole,
};
use crate::log::acts_on_messages::{
    Calls, Crowd, Edit, EditMention, Mention, OnMessage, React, Reply,
};
use crate::log::event::{Act, ActKind, Author, Delete, Expire, Forget, Say, SetTopic};
use crate::log::sanction::{Kind, Lift, Sanction};
use crate::people::code_hash::CodeHash;
use crate::people::key_hash::KeyHash;
use crate::people::names::{PersonId, Proof};

const FORM_1: &str = include_str!("../../../tests/records/form1.txt");
const FORM_2: &str = include_str!("../../../tests/records/form2.txt");
const FORM_3: &str = include_str!("../../../tests/records/form3.txt");
const FORM_4: &str = include_str!("../../../tests/records/form4.txt");
const FORM_5: &str = include_str!("../../../tests/records/form5.txt");
const FORM_6: &str = include_str!("../../../tests/records/form6.txt");
/// Of each form, what was written in it.
const KEPT: [&str; 6] = [FORM_1, FORM_2, FORM_3, FORM_4, FORM_5, FORM_6];

fn user() -> UserName {
    UserName::try_from("Zoë").unwrap()
}

fn room() -> RoomName {
    RoomName::try_from("Dev").unwrap()
}

fn id(number: u64) -> MessageId {
    MessageId::try_from(number).unwrap()
}

fn key() -> KeyHash {
    KeyHash::try_from(&[0xcd; 32][..]).unwrap()
}

fn reference() -> Option<Ref> {
    Some(Ref::try_from("r-1").unwrap())
}

fn author() -> Author {
    let person = Some(PersonId::made_by(id(7)));
    Author { name: user(), person, key: Some(key()), checked: Some(id(9)) }
}

fn sanction() -> Sanction {
    Sanction {
        kind: Kind::Mute,
        room: Some(room()),
        user: user(),
        person: Some(PersonId::made_by(id(7))),
        key: Some(key()),
        until: Some(1_800_000_000_000),
        reason: Some(Reason::try_from("shouting").unwrap()),
        by: UserName::try_from("Bob").unwrap(),
    }
}

fn acts() -> Vec<(&'static str, Act)> {
    let (content, person) = (Body::try_from("Hello, wörld").unwrap(), PersonId::made_by(id(7)));
    let say = Say { room: room(), author: author(), content, reference: reference() };
    let stranger = Author { name: user(), person: None, key: None, checked: None };
    let plain = Say { author: stranger, reference: None, ..say.clone() };
    let delete = Delete { room: room(), message: id(300), by: user(), reference: reference() };
    let content = TopicText::try_from("Releases").unwrap();
    let topic = SetTopic { room: room(), author: author(), content, reference: reference() };
    let kept = NameProof::Key { hash: key(), expired: 1_700_000_000_000 };
    let take = |proof| Act::TakeName(Box::new(TakeName { name: user(), proof, used: 5 }));
    let uses = UseName { name: user(), person, used: 1_800_000_000_000 };
    let lift = Lift { kind: Kind::Ban, room: None, owner: sanction().owner() };
    let expire = Expire { now: 3, earliest: 2, names_used_before: 1 };
    let forget = Forget { room: Some(room()), upto: id(300) };
    vec![
        ("say", Act::Say(say)),
        ("say, of a stranger", Act::Say(plain)),
        ("delete", Act::Delete(Box::new(delete))),
        ("topic", Act::SetTopic(Box::new(topic))),
        ("take a name, with a key", take(kept)),
        ("take a name, with a token", take(NameProof::Token)),
        ("use a name", Act::UseName(Box::new(uses))),
        ("impose", Act::Impose(Box::new(sanction()))),
        ("lift", Act::Lift(Box::new(lift))),
        ("expire", Act::Expire(expire)),
        ("forget", Act::Forget(Box::new(forget))),
        ("note the time", Act::NoteTime(1_800_000_000_000)),
        ("release a name", Act::ReleaseName(user())),
    ]
    .into_iter()
    .chain(acts_of_devices())
    .chain(acts_of_rooms())
    .chain(acts_on_messages())
    .chain(acts_of_readers())
    .chain(acts_of_programs())
    .chain(operators::acts())
    .collect()
}

fn acts_of_devices() -> Vec<(&'static str, Act)> {
    let (person, code) = (PersonId::made_by(id(7)), CodeHash::of(&code()));
    let label = Some(Label::try_from("Zoë's phone").unwrap());
    let link = MakeLink { name: user(), code, makes_room: true };
    let add = AddDevice { code, key: key(), label: label.clone() };
    let uses = UseDevice { person, key: key(), label, used: 1_800_000_000_000 };
    let invite = MakeInvite {
        code,
        by: Some(person),
        moderates_all: true,
        rooms: vec![room()],
        uses: 300,
        lasts_ms: 600_000,
        note: Some(Note::try_from("the new team").unwrap()),
    };
    let proof = NameProof::Key { hash: key(), expired: 1_700_000_000_000 };
    let take = TakeName { name: user(), proof, used: 5 };
    vec![
        ("make a link", Act::MakeLink(Box::new(link))),
        ("add a device", Act::AddDevice(Box::new(add))),
        ("revoke a device", Act::RevokeDevice(Box::new(RevokeDevice { person, device: 3 }))),
        ("use a device", Act::UseDevice(Box::new(uses))),
        ("make an invite", Act::MakeInvite(Box::new(invite))),
        ("end an invite", Act::EndInvite(Box::new(EndInvite { invite: 300, by: None }))),
        (
            "accept an invite",
            Act::AcceptInvite(Box::new(AcceptInvite { code, take, is_needed: true })),
        ),
    ]
}

fn code() -> AccessCode {
    AccessCode::from_random(&[0xab; 5])
}

fn acts_of_rooms() -> Vec<(&'static str, Act)> {
    let address = |text: &str| RoomName::known(text).unwrap();
    let (author, reference, topic) = (author(), reference(), TopicText::try_from("Keys").unwrap());
    let create = Create { room: room(), title: None, is_visited: true, topic, author, reference };
    let title = Some(Title::try_from("Ops").unwrap());
    let (room, is_visited) = (address("+k3v9x0q2m7p1z8ab"), false);
    let private = Create { room, title, is_visited, ..create.clone() };
    let Create { author, reference, room: at, .. } = private.clone();
    let users = vec![user(), UserName::try_from("Bob").unwrap()];
    let found = address("@0t5c8w1n6r4y2j9e");
    let direct =
        Direct { room: found, users, author: author.clone(), reference: reference.clone() };
    let of_member = OfMember {
        room: at.clone(),
        user: user(),
        author: author.clone(),
        reference: reference.clone(),
    };
    let role = SetRole {
        room: at.clone(),
        user: user(),
        role: RoomRole::Moderator,
        author: author.clone(),
        reference: reference.clone(),
    };
    let (joined, muted, place) = (Some(true), None, Some(7));
    let keep = KeepRoom { room: at, joined, muted, place, author, reference };
    vec![
        ("create", Act::Create(Box::new(create))),
        ("create a private one", Act::Create(Box::new(private))),
        ("direct", Act::Direct(Box::new(direct))),
        ("add", Act::Add(Box::new(of_member.clone()))),
        ("remove", Act::Remove(Box::new(of_member))),
        ("role", Act::SetRole(Box::new(role))),
        ("setting", Act::KeepRoom(Box::new(keep))),
    ]
}

fn acts_on_messages() -> Vec<(&'static str, Act)> {
    let (content, reference) = (Body::try_from("Hello, wörld").unwrap(), reference());
    let say = Say { room: room(), author: author(), content: content.clone(), reference };
    let on = OnMessage {
        room: room(),
        message: id(300),
        author: author(),
        reference: say.reference.clone(),
    };
    let edit = Edit { on: on.clone(), content, window_ms: 86_400_000 };
    let emoji = Emoji::try_from("❤️").unwrap();
    let put = React { on: on.clone(), emoji, put: true };
    let take_away = React { put: false, ..put.clone() };
    vec![
        ("reply", Act::Reply(Box::new(Reply { to: id(300), say }))),
        ("edit", Act::Edit(Box::new(edit))),
        ("delete one's own", Act::DeleteOwn(Box::new(on))),
        ("react", Act::React(Box::new(put))),
        ("take a reaction away", Act::React(Box::new(take_away))),
    ]
}

/// What is kept since people have read markers and mentions are kept.
fn acts_of_readers() -> Vec<(&'static str, Act)> {
    let (content, to) = (Body::try_from("@Zoë, look").unwrap(), Some(id(300)));
    let say = Say { room: room(), author: author(), content, reference: reference() };
    let crowd = Crowd { people: 300, names: vec![user()], moderated: true };
    let calls = Calls { named: vec![user()], everybody: Some(crowd) };
    let alone = Calls { named: Vec::new(), everybody: None };
    let on = OnMessage { room: room(), message: id(300), author: author(), reference: reference() };
    let edit = Edit { on, content: say.content.clone(), window_ms: 86_400_000 };
    let keep = KeepRoom {
        room: room(),
        joined: Some(true),
        muted: None,
        place: None,
        author: author(),
        reference: reference(),
    };
    let keep = |notify, marked| KeepRoomAs { keep: keep.clone(), notify: Some(notify), marked };
    let note = NoteRead { room: room(), markers: vec![(PersonId::made_by(id(7)), id(300))] };
    let alone = Mention { say: say.clone(), to: None, calls: alone };
    let mut acts = vec![
        ("mention", Act::Mention(Box::new(Mention { say, to, calls: calls.clone() }))),
        ("mention nobody here", Act::Mention(Box::new(alone))),
        ("edit that mentions", Act::EditMention(Box::new(EditMention { edit, calls }))),
        ("read", Act::NoteRead(Box::new(note))),
    ];
    for (name, notify) in [
        ("notify as usual", Notify::Default),
        ("notify of everything", Notify::Everything),
        ("notify of mentions", Notify::Mentions),
        ("notify of nothing", Notify::Nothing),
    ] {
        acts.push((name, Act::KeepRoomAs(Box::new(keep(notify, Some(id(300)))))));
    }
    acts
}

/// What is kept since programs speak in rooms.
fn acts_of_programs() -> Vec<(&'static str, Act)> {
    let by = Maker { person: Some(PersonId::made_by(id(7))), moderates_all: true };
    let secret = CodeHash::of(&code());
    let make = MakeHook { room: room(), name: user(), secret, mentions: true, by };
    let by_operator = MakeHook { by: Maker::OPERATOR, ..make.clone() };
    let author = Author { name: user(), person: None, key: None, checked: None };
    let content = Body::try_from("@Zoë, the disk is full").unwrap();
    let say = Say { room: room(), author, content, reference: reference() };
    let calls = Some(Calls { named: vec![user()], everybody: None });
    let calling = SayAsHook { hook: 300, say: say.clone(), calls };
    vec![
        ("make a hook", Act::MakeHook(Box::new(make))),
        ("make a hook, as the operator", Act::MakeHook(Box::new(by_operator))),
        ("end a hook", Act::EndHook(Box::new(EndHook { hook: 300, by }))),
        ("say as a hook", Act::SayAsHook(Box::new(SayAsHook { hook: 7, say, calls: None }))),
        ("call as a hook", Act::SayAsHook(Box::new(calling))),
    ]
}

fn passing() -> Vec<(&'static str, Entry)> {
    let claim = |proof| {
        let claim = Claim { name: user(), proof, expired: 1_700_000_000_000, moderates: true };
        Entry::Claim(Box::new(claim))
    };
    let come = |role| Entry::Come(Box::new(Come { room: room(), user: user(), role }));
    let moderation = |action| {
        let (seconds, reason) = (Some(60), Some(Reason::try_from("shouting").unwrap()));
        let reference = reference();
        let moderation = Moderation { action, sanction: sanction(), seconds, reason, reference };
        Entry::Moderated(Box::new(moderation))
    };
    let settings = Settings { name_expiry: Some(7), keep: None, keep_messages: 100 };
    let address = Some("https://chat.example".into());
    let start = Start { settings, version: "1.2.3".into(), address: address.clone() };
    let rooms = vec![(room(), Role::Moderator), (RoomName::try_from("ops").unwrap(), Role::Member)];
    let present = Present { name: user(), proof: Proof::Key(key()), moderates: true, rooms };
    let here = Here { people: vec![present], is_last: true, address };
    vec![
        ("claim, with nothing", claim(Proof::None)),
        ("claim, with a key", claim(Proof::Key(key()))),
        ("claim, with a token", claim(Proof::Token)),
        ("yield", Entry::Yield(user())),
        ("come", come(Role::Member)),
        ("come, a moderator", come(Role::Moderator)),
        ("go", Entry::Go(room(), user())),
        ("kick", moderation(Action::Kick)),
        ("ban", moderation(Action::Ban)),
        ("unban", moderation(Action::Unban)),
        ("mute", moderation(Action::Mute)),
        ("unmute", moderation(Action::Unmute)),
        ("start", Entry::Start(Box::new(start))),
        ("here", Entry::Here(Box::new(here))),
        ("stop", Entry::Stop),
        ("bury", Entry::Bury("b".parse().unwrap(), 1_800_000_000_000_000)),
    ]
}

fn entries() -> Vec<(&'static str, Entry)> {
    let acts = acts().into_iter().map(|(name, act)| (name, Entry::Act(act)));
    acts.chain(passing()).collect()
}

fn record(entries: Vec<Entry>, seen: Option<Seen>) -> Record {
    let (node, era, number) = ("node-a".parse().unwrap(), 1_800_000_000_000_000, 300);
    Record { node, era, number, seen, entries }
}

fn records() -> Vec<(&'static str, Record)> {
    let seen = Seen { seq: 400, hash: [0xab; 32] };
    let alone = entries().into_iter().map(|(name, entry)| (name, record(vec![entry], None)));
    alone.chain([("beat", record(Vec::new(), Some(seen)))]).collect()
}

fn line((name, record): &(&str, Record)) -> String {
    let mut line = format!("{name}: ");
    for byte in record.encode().unwrap() {
        write!(line, "{byte:02x}").unwrap();
    }
    line
}

#[test]
fn every_act_and_every_entry_has_an_example() {
    let acts: Vec<_> = acts().iter().map(|(_, act)| ActKind::from(act) as usize).collect();
    let missing: Vec<_> = (0..ActKind::COUNT).filter(|kind| !acts.contains(kind)).collect();
    assert!(missing.is_empty(), "acts of kind {missing:?} have none");
    let entries: Vec<_> = entries().iter().map(|(_, it)| EntryKind::from(it) as usize).collect();
    let missing: Vec<_> = (0..EntryKind::COUNT).filter(|kind| !entries.contains(kind)).collect();
    assert!(missing.is_empty(), "entries of kind {missing:?} have none");
}

#[test]
fn what_is_written_is_read_as_it_was() {
    for (name, record) in records() {
        assert_eq!(Record::decode(&record.encode().unwrap()), Ok(record), "{name}");
    }
}

#[test]
fn records_are_written_as_they_always_were() {
    // What is new stands in a file of its own, since older programs do not read it.
    let is_of = |it: &Record, form| it.encode().unwrap().first() == Some(&form);
    for (form, file) in (1..).zip(KEPT) {
        let mut kept = file.lines();
        for example in records().iter().filter(|(_, record)| is_of(record, form)) {
            assert_eq!(Some(&*line(example)), kept.next(), "the left one is written now");
        }
        assert_eq!(kept.next(), None, "an example is missing");
    }
}

#[test]
fn what_an_older_program_wrote_is_read() {
    let records = records();
    for kept in KEPT.into_iter().flat_map(str::lines) {
        let (name, hex) = kept.split_once(": ").unwrap();
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        let bytes: Vec<_> = (0..hex.len()).step_by(2).map(byte).collect();
        let expected = records.iter().find(|(other, _)| *other == name).unwrap();
        assert_eq!(Record::decode(&bytes), Ok(expected.1.clone()), "{name}");
    }
}

#[test]
fn bytes_that_are_cut_or_changed_are_told_apart_from_a_newer_form() {
    for (name, record) in records() {
        let bytes = record.encode().unwrap();
        for cut in 0..bytes.len() {
            let read = Record::decode(&bytes[..cut]);
            assert!(matches!(read, Err(BadRecord::Malformed(_))), "{name} cut to {cut}: {read:?}");
        }
        let newer = [&[7], &bytes[1..]].concat();
        assert_eq!(Record::decode(&newer), Err(BadRecord::Form(7)), "{name}");
    }
}
