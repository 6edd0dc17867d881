//! What is exported and imported is the same again, and each piece of a file is counted once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use protocol::{
    AccessCode, Body, Emoji, Key, Message, MessageId, RoomName, Title, ToClient, TopicText,
    UserName,
};
use tempfile::TempDir;

use super::piece::{Piece, SourceError, Target};
use super::read::read_lines;
use super::report::Report;

use crate::config::SyncMode;
use crate::log::acts_of_people::{NameProof, TakeName};
use crate::log::acts_of_programs::{MakeHook, Maker, SayAsHook};
use crate::log::acts_of_rooms::Create;
use crate::log::acts_on_messages::{Delete, Edit, OnMessage, React, Reply, Say};
use crate::log::database::Database;
use crate::log::database::store::Store;
use crate::log::event::{Act, Author, SetTopic};
use crate::log::operator::export::{Wanted, export};
use crate::log::operator::intake::{Intake, IntakeError};
use crate::log::sequencer::Sequencer;
use crate::log::time::clock::now_us;
use crate::people::code_hash::CodeHash;
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

/// After all that is said in these tests.
const NOW: u64 = 4_000_000_000_000;

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

fn import(lines: &str, db: &Path, into: Option<&str>) -> Report {
    import_of(lines, db, (None, into))
}

fn import_of(lines: &str, db: &Path, (from, into): (Option<&str>, Option<&str>)) -> Report {
    let [from, into] = [from, into].map(|it| it.map(|room| RoomName::known(room).unwrap()));
    let target = Target { from, into, now: NOW, ..Target::default() };
    let (mut intake, mut report) = (Intake::open(db).unwrap(), Report::default());
    read_lines(lines.as_bytes(), &target, |piece| -> Result<(), Failed> {
        match piece {
            Piece::LeftOut(reason, count) => report.left_out(reason, count),
            Piece::Import(import, changed) => {
                report.asked(changed);
                let mut became = Vec::new();
                intake.take(*import, &mut became)?;
                report.became(became);
            }
        }
        Ok(())
    })
    .unwrap();
    let mut became = Vec::new();
    intake.finish(&mut became).unwrap();
    report.became(became);
    report
}

fn all(taken: u64, known: u64) -> Report {
    let mut report = Report::default();
    (report.taken, report.known) = (taken, known);
    report
}

fn exported(db: &Path) -> String {
    let mut lines = Vec::new();
    export(db, &Wanted::default(), &mut lines).unwrap();
    String::from_utf8(lines).unwrap()
}

/// The lines with their places among all in place of ids, which are those of a server.
fn without_ids(lines: &str) -> Vec<ToClient> {
    let mut places = HashMap::new();
    let place = |places: &mut HashMap<_, _>, id: MessageId| {
        let next = places.len() as u64;
        MessageId::try_from(*places.entry(id).or_insert(next)).unwrap()
    };
    let known = lines.lines().map(|line| match ToClient::parse(line).unwrap() {
        ToClient::Message(message) => ToClient::Message(Message {
            id: place(&mut places, message.id),
            reply: message.reply.map(|reply| place(&mut places, reply)),
            ..message
        }),
        ToClient::Topic(mut topic) => {
            topic.id = MessageId::ZERO;
            ToClient::Topic(topic)
        }
        other => other,
    });
    known.collect()
}

struct Writer {
    store: Store,
    sequencer: Sequencer,
    now: u64,
    ids: Vec<(bool, MessageId)>,
    ann: Author,
}

fn name(text: &str) -> UserName {
    UserName::try_from(text).unwrap()
}

fn room(is_first: bool) -> RoomName {
    RoomName::try_from(if is_first { "Dev" } else { "Überraum 東" }).unwrap()
}

impl Writer {
    fn new(path: &Path) -> Self {
        let database = Database::open(path, SyncMode::Normal).unwrap();
        let store = Store::new(database.writer().unwrap());
        let sequencer = Sequencer::new(store.clock().unwrap());
        let ann = Author { name: name("Ann"), person: None, key: None, checked: None };
        // Whatever these say was said in the last hour.
        let now = now_us() - 60 * 60 * 1_000_000;
        let mut writer = Writer { store, sequencer, now, ids: Vec::new(), ann };
        let hash = KeyHash::of(&Key::new(&[7; 16]).unwrap());
        let proof = NameProof::Key { hash, expired: 0 };
        let take = TakeName { name: name("Ann"), proof, used: 0 };
        writer.apply(Act::TakeName(Box::new(take)));
        writer.ann.person = Some(PersonId::made_by(MessageId::try_from(writer.now).unwrap()));
        writer
    }

    fn apply(&mut self, act: Act) -> MessageId {
        self.now += 1_000_003;
        let event = self.sequencer.place(act, self.now);
        let id = event.id;
        self.store.commit([event].iter()).unwrap();
        id
    }

    /// A program says something in the first room.
    fn says_as_hook(&mut self) {
        let by = Maker::OPERATOR;
        let secret = CodeHash::of(&AccessCode::from_random(&[1; 5]));
        let make = MakeHook { room: room(true), name: name("builds"), secret, mentions: false, by };
        self.apply(Act::MakeHook(Box::new(make)));
        let author = Author { name: name("builds"), person: None, key: None, checked: None };
        let content = Body::try_from("build 7 failed").unwrap();
        let say = Say { room: room(true), author, content, reference: None };
        let id = self.apply(Act::SayAsHook(Box::new(SayAsHook { hook: 1, say, calls: None })));
        self.ids.push((true, id));
    }

    /// Does one of all that can happen in a room.
    fn act(&mut self, (kind, is_first, target, text): &(u8, bool, usize, String)) {
        let (room, content) = (room(*is_first), Body::try_from(&**text));
        let Ok(content) = content else { return };
        let bob = Author { name: name("Bob"), person: None, key: None, checked: None };
        let author = if kind.is_multiple_of(2) { self.ann.clone() } else { bob };
        let say = Say { room: room.clone(), author, content, reference: None };
        let there = self.ids.iter().filter(|it| it.0 == *is_first).map(|it| it.1);
        let there: Vec<_> = there.collect();
        let target = there.get(target % there.len().max(1)).copied();
        let on = |author: Author| OnMessage {
            room: room.clone(),
            message: target.unwrap_or_default(),
            author,
            reference: None,
        };
        let act = match (kind, target) {
            (0..=3, _) | (_, None) => Act::Say(say),
            (4..=5, Some(to)) => Act::Reply(Box::new(Reply { to, say })),
            (6, _) => {
                let (on, content) = (on(self.ann.clone()), say.content);
                Act::Edit(Box::new(Edit { on, content, window_ms: u64::MAX }))
            }
            (7, Some(message)) => {
                let by = name("Mod");
                Act::Delete(Box::new(Delete { room, message, by, reference: None }))
            }
            (8, _) => {
                let emoji = Emoji::try_from("👍").unwrap();
                Act::React(Box::new(React { on: on(self.ann.clone()), emoji, put: true }))
            }
            _ => {
                let content = TopicText::try_from(&*text.chars().take(9).collect::<String>());
                let author = self.ann.clone();
                let content = content.unwrap();
                Act::SetTopic(Box::new(SetTopic { room, author, content, reference: None }))
            }
        };
        let is_said = matches!(act, Act::Say(_) | Act::Reply(_));
        let id = self.apply(act);
        if is_said {
            self.ids.push((*is_first, id));
        }
    }
}

fn folder() -> (TempDir, [PathBuf; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.db", "b.db", "c.db"].map(|name| folder.path().join(name));
    (folder, paths)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_export_of_an_import_of_an_export_is_equal_and_nothing_is_taken_twice(
        acts in vec((0u8..10, any::<bool>(), any::<usize>(), "[ a-zé\\n\"東]{1,20}"), 1..40)
    ) {
        let (_folder, [first, second, third]) = folder();
        let mut writer = Writer::new(&first);
        writer.says_as_hook();
        acts.iter().for_each(|act| writer.act(act));
        drop(writer);
        let lines = exported(&first);
        prop_assert!(lines.contains(r#""bot":true"#));
        let envelopes = without_ids(&lines);
        let rooms = envelopes.iter().filter(|it| matches!(it, ToClient::Room(_))).count();
        let pieces = (envelopes.len() - rooms) as u64;
        let taken = import(&lines, &second, None);
        prop_assert_eq!(&taken, &all(pieces, 0));
        let again = exported(&second);
        prop_assert_eq!(&without_ids(&again), &envelopes);
        for (path, lines) in [(&second, &lines), (&second, &again), (&first, &lines), (&first, &again)] {
            prop_assert_eq!(import(lines, path, None), all(0, pieces));
        }
        // Nor over a third server.
        prop_assert_eq!(import(&again, &third, None).taken, pieces);
        prop_assert_eq!(import(&lines, &third, None).known, pieces);
        prop_assert_eq!(&without_ids(&exported(&third)), &envelopes);
        prop_assert_eq!(&without_ids(&exported(&first)), &envelopes);
    }
}

fn line(id: u64, rest: &str) -> String {
    format!(
        r#"{{"type":"message","room":"dev","sender":"Ann","content":"x","id":{id},"at":5{rest}}}"#
    )
}

#[test]
fn each_line_is_taken_changed_or_left_out_for_a_reason() {
    let (_folder, [db, ..]) = folder();
    let lines = [
        r#"{"type":"room","room":"+abc","kind":"private","members":[{"user":"Ann","role":"owner"}]}"#.to_owned(),
        line(1, r#","ref":"log:1""#),
        line(2, r#","ref":"log:2","reply":1"#),
        line(3, r#","ref":"log:3","reply":99"#),
        line(4, r#","ref":"same""#),
        line(5, r#","ref":"same""#),
        line(1, r#","ref":"log:1""#),
        line(6, "").replace("\"at\":5", "\"at\":9000000000000"),
        line(7, "").replace("dev", "+abc"),
        line(8, "").replace("\"x\"", "\" \""),
        line(9, "").replace("\"dev\"", "\"\u{200b}\""),
        "no envelope".to_owned(),
        r#"{"type":"leave","room":"dev","user":"Ann","count":0}"#.to_owned(),
        String::new(),
    ];
    let report = import(&lines.join("\n"), &db, None);
    assert_eq!((report.taken, report.known), (6, 1), "{report}");
    let reasons =
        |counts: &std::collections::BTreeMap<&'static str, u64>| counts.values().sum::<u64>();
    assert_eq!((reasons(&report.changed), reasons(&report.left_out)), (2, 6), "{report}");
    let said = exported(&db);
    assert_eq!(said.lines().count(), 7, "{said}");
    assert!(!said.contains("+abc"), "{said}");
}

#[test]
fn what_was_said_in_private_goes_only_where_the_operator_says() {
    let (_folder, [db, other, _]) = folder();
    let mut writer = Writer::new(&db);
    let address = RoomName::known("+0123456789abcdef").unwrap();
    writer.apply(Act::Create(Box::new(Create {
        room: address.clone(),
        title: Some(Title::try_from("Ops").unwrap()),
        is_visited: false,
        topic: TopicText::default(),
        author: writer.ann.clone(),
        reference: None,
    })));
    let content = Body::try_from("secret").unwrap();
    let author = writer.ann.clone();
    writer.apply(Act::Say(Say { room: address.clone(), author, content, reference: None }));
    drop(writer);
    let lines = exported(&db);
    assert!(
        lines.contains(r#""title":"Ops","members":[{"user":"Ann","role":"owner"}]"#),
        "{lines}"
    );
    assert_eq!(import(&lines, &other, None).taken, 0);
    assert_eq!(import(&lines, &other, Some("dev")).taken, 0, "nobody names what goes there");
    let from = Some(address.as_str());
    let missing = (from, Some("+ffffffffffffffff"));
    assert_eq!(import_of(&lines, &other, missing).taken, 0, "it is not there");
    assert_eq!(import_of(&lines, &other, (from, None)).taken, 0);
    assert!(!exported(&other).contains("secret"));
    assert_eq!(import_of(&lines, &other, (from, Some("dev"))).taken, 1);
    assert_eq!(import_of(&lines, &db, (from, from)).known, 1);
}
