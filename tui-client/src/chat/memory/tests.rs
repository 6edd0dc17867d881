//! What comes back of what was kept, by whom, and whatever happened to the files.

use std::fs;

use protocol::{Ref, UserName};

use super::*;
use crate::chat::model::SENT_MAX;
use crate::chat::room::{Act, Pending};

/// One run of the client.
struct Run {
    model: Model,
    memory: Memory,
    told: Vec<String>,
}

impl Run {
    /// In the room `dev`, which was asked for.
    fn of(user: &str, folder: &Path) -> Self {
        Run::begin(user, folder, "one", Some("dev"))
    }

    fn begin(user: &str, folder: &Path, server: &str, asked: Option<&str>) -> Self {
        let room = RoomName::try_from(asked.unwrap_or("general")).unwrap();
        let id = format!("{:016x}", fastrand::u64(..));
        let mut model = Model::new(room, UserName::try_from(user).ok(), id);
        let (memory, told) = Memory::recall(folder, server, asked.is_some(), &mut model);
        Run { model, memory, told }
    }

    fn keeps(&mut self) {
        assert_eq!(self.memory.keep(&self.model), Vec::<String>::new());
    }

    fn ends(mut self) {
        assert_eq!(self.memory.keep_at_the_end(&self.model), Vec::<String>::new());
    }

    fn enters(&mut self, room: &str) {
        self.model.rooms.push(Room::new(RoomName::try_from(room).unwrap()));
    }

    fn leaves(&mut self, room: &str) {
        self.model.rooms.retain(|known| known.name.as_str() != room);
    }

    fn waits(&mut self, room: &str, reference: &str) {
        let pending = pending(reference);
        self.room(room).pending.push(pending);
    }

    fn room(&mut self, room: &str) -> &mut Room {
        self.model.find(&RoomName::try_from(room).unwrap()).unwrap()
    }

    fn draft(&self, room: &str) -> &str {
        let mut rooms = self.model.rooms.iter();
        &rooms.find(|known| known.name.as_str() == room).unwrap().draft
    }

    fn rooms(&self) -> Vec<&str> {
        self.model.rooms.iter().map(|room| room.name.as_str()).collect()
    }

    fn waiting(&self, room: &str) -> Vec<String> {
        let mut rooms = self.model.rooms.iter();
        let room = rooms.find(|known| known.name.as_str() == room).unwrap();
        room.pending.iter().map(|pending| pending.reference.as_str().to_owned()).collect()
    }
}

fn pending(reference: &str) -> Pending {
    let reference = Ref::try_from(reference).unwrap();
    let said = Pending::new(reference, Act::Say(None), "unsent".to_owned());
    Pending { late: true, was_sent: true, ..said }
}

fn id(id: u64) -> MessageId {
    MessageId::try_from(id).unwrap()
}

/// Names of the files there, but for the lock.
fn files(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != "lock").collect();
    names.sort();
    names
}

#[test]
fn rooms_drafts_and_what_was_read_come_back_on_their_own_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = Run::of("", folder.path());
    before.enters("ops \"x\"");
    before.room("dev").read = id(7);
    before.room("ops \"x\"").draft = "a\n\u{1b}b".to_owned();
    (before.room("dev").notify, before.room("ops \"x\"").notify) =
        (Notify::Everything, Notify::Nothing);
    before.model.room_mut().draft = "half a".to_owned();
    before.model.remember_sent("said".to_owned());
    before.model.remember_emoji(&Emoji::try_from("🦀").unwrap());
    let refused = Pending { failed: Some("too loud".to_owned()), ..pending("s-2") };
    before.room("dev").pending.extend([pending("s-1"), refused.clone()]);
    before.ends();
    let other = Run::begin("", folder.path(), "two", Some("general"));
    assert_eq!(other.rooms(), ["general"]);
    other.ends();

    let mut after = Run::begin("", folder.path(), "one", Some("general"));
    assert_eq!(after.told, Vec::<String>::new());
    assert_eq!(after.rooms(), ["general", "dev", "ops \"x\""]);
    assert_eq!(after.room("dev").read.get(), 7);
    assert_eq!(after.room("dev").looked_away, MessageId::try_from(7).ok());
    assert_eq!(after.room("dev").pending, [pending("s-1"), refused]);
    assert!(after.room("dev").notify == Notify::Everything && after.room("ops \"x\"").is_muted());
    assert_eq!(after.model.sent, ["said"]);
    assert_eq!(after.model.latest_emoji[0].as_str(), "🦀");
    assert_eq!((after.draft("dev"), after.model.room().draft.as_str()), ("half a", ""));
    assert_eq!(after.draft("ops \"x\""), "a\n\u{1b}b");
}

#[test]
fn two_names_on_one_machine_share_nothing_and_take_nothing_from_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut alice = Run::of("Alice", folder.path());
    let mut bob = Run::of("Bob", folder.path());
    alice.model.room_mut().draft = "of Alice".to_owned();
    alice.model.remember_sent("said by Alice".to_owned());
    alice.keeps();
    bob.model.room_mut().draft = "of Bob".to_owned();
    bob.ends();
    alice.model.room_mut().draft = "of Alice again".to_owned();
    alice.keeps();
    for number in 0..2 * SENT_MAX {
        alice.model.remember_sent(number.to_string());
        alice.keeps();
    }
    alice.ends();
    assert_eq!(Run::of("", folder.path()).model.room().draft.as_str(), "");
    let bob = Run::of("Bob", folder.path());
    assert_eq!((bob.model.room().draft.as_str(), bob.model.sent.len()), ("of Bob", SENT_MAX));
    assert_eq!(Run::of("Alice", folder.path()).model.room().draft.as_str(), "of Alice again");
}

#[test]
fn another_name_has_rooms_of_its_own_and_takes_along_what_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Run::of("Alice", folder.path());
    run.enters("of-alice");
    run.room("dev").read = id(7);
    run.waits("dev", "s-1");
    run.keeps();
    run.leaves("of-alice");
    run.model.person = UserName::try_from("Bob").ok();
    run.ends();
    let mut alice = Run::of("Alice", folder.path());
    assert_eq!(alice.rooms(), ["dev", "of-alice"]);
    assert_eq!((alice.room("dev").read, alice.waiting("dev")), (id(7), Vec::new()));
    let bob = Run::of("Bob", folder.path());
    assert_eq!((bob.rooms(), bob.waiting("dev")), (vec!["dev"], vec!["s-1".to_owned()]));
}

#[test]
fn what_was_read_is_of_a_log_and_goes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let epoch = |text: &str| protocol::Epoch::try_from(text).unwrap();
    let mut run = Run::of("Alice", folder.path());
    run.room("dev").read = id(7);
    run.room("dev").take_epoch(epoch("a"));
    run.ends();
    let mut one = Run::of("Alice", folder.path());
    let mut behind = Run::of("Alice", folder.path());
    assert_eq!((one.room("dev").read, one.room("dev").epoch.clone()), (id(7), Some(epoch("a"))));
    // A backup took its place, of which less was there to be read.
    assert!(one.room("dev").take_epoch(epoch("b")));
    one.room("dev").head = id(3);
    one.room("dev").read_no_further();
    one.ends();
    behind.room("dev").read = id(8);
    behind.ends();
    let mut after = Run::of("Alice", folder.path());
    assert_eq!(
        (after.room("dev").read, after.room("dev").epoch.clone()),
        (id(3), Some(epoch("b")))
    );
}

#[test]
fn of_two_clients_of_one_person_neither_takes_away_what_the_other_has() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Run::of("Alice", folder.path());
    let mut two = Run::of("Alice", folder.path());
    for (run, room, reference) in [(&mut one, "only-one", "a-1"), (&mut two, "only-two", "b-1")] {
        run.enters(room);
        run.waits(room, reference);
        run.waits("dev", &format!("{reference}-dev"));
        run.room(room).notify = Notify::Nothing;
        run.room(room).read = id(5);
        run.model.room_mut().draft = format!("draft of {room}");
        run.keeps();
    }
    one.room("dev").read = id(9);
    two.room("dev").read = id(8);
    one.ends();
    two.ends();
    let mut after = Run::of("Alice", folder.path());
    assert_eq!(after.rooms(), ["dev", "only-one", "only-two"]);
    assert_eq!(after.waiting("only-one"), ["a-1"]);
    assert_eq!(after.waiting("only-two"), ["b-1"]);
    let mut waiting = after.waiting("dev");
    waiting.sort();
    assert_eq!(waiting, ["a-1-dev", "b-1-dev"]);
    assert_eq!(after.room("dev").read, id(9), "what was read stays read");
    for room in ["only-one", "only-two"] {
        assert!(after.model.room().draft.as_str().contains(&format!("draft of {room}")));
        assert!(after.room(room).is_muted() && after.room(room).read == id(5));
    }
}

#[test]
fn a_room_is_gone_when_who_had_it_left_it_unless_another_client_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Run::of("Alice", folder.path());
    one.enters("left");
    one.enters("shared");
    one.keeps();
    let two = Run::of("Alice", folder.path());
    one.leaves("left");
    one.leaves("shared");
    one.ends();
    two.ends();
    assert_eq!(Run::of("Alice", folder.path()).rooms(), ["dev", "left", "shared"]);
    let mut one = Run::of("Alice", folder.path());
    one.leaves("left");
    one.ends();
    assert_eq!(Run::of("Alice", folder.path()).rooms(), ["dev", "shared"]);
}

#[test]
fn what_a_client_left_behind_goes_to_one_of_those_that_start_and_is_never_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut killed = Run::of("Alice", folder.path());
    killed.waits("dev", "s-1");
    killed.memory.keep_unsent(&killed.model).unwrap();
    let beside = Run::of("Alice", folder.path());
    assert_eq!(beside.waiting("dev"), Vec::<String>::new(), "the other one still runs");
    drop(killed);
    let mut started: Vec<_> = std::thread::scope(|scope| {
        let start = || {
            let run = Run::of("Alice", folder.path());
            (run.waiting("dev").len(), run.memory)
        };
        let started: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    started.retain(|(waiting, _)| *waiting == 1);
    assert_eq!(started.len(), 1, "one of them has it");
    drop(started);
    let mut last = Run::of("Alice", folder.path());
    assert_eq!(last.waiting("dev"), ["s-1"], "who had it ended without sending it");
    last.room("dev").pending.clear();
    last.ends();
    assert_eq!(Run::of("Alice", folder.path()).waiting("dev"), Vec::<String>::new());
    assert_eq!(files(&folder.path().join("running")), Vec::<String>::new());
}

#[test]
fn files_that_cannot_be_understood_are_set_aside_and_told() {
    for bytes in [&b"rooms = 5"[..], b"[[rooms]]\nroom = 'x", b"\xff\xfe", b"[[rooms]]\nread = 1\n"]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.toml");
        fs::write(&path, bytes).unwrap();
        let run = Run::of("Alice", folder.path());
        assert!(run.told.join("").contains("rooms.toml.broken-1"), "{:?}", run.told);
        run.ends();
        // While it runs, too; and nothing is lost of what it has itself.
        let mut run = Run::of("Alice", folder.path());
        fs::write(&path, bytes).unwrap();
        run.enters("ops");
        assert!(run.memory.keep(&run.model).join("").contains("rooms.toml.broken-2"));
        run.ends();
        assert_eq!(Run::of("Alice", folder.path()).rooms(), ["dev", "ops"]);
        for number in 1..=2 {
            let aside = folder.path().join(format!("rooms.toml.broken-{number}"));
            assert_eq!(fs::read(aside).unwrap(), bytes);
        }
        fs::create_dir_all(folder.path().join("running")).unwrap();
        fs::write(folder.path().join("running/0.toml"), bytes).unwrap();
        let run = Run::of("Alice", folder.path());
        assert!(run.told.join("").contains("0.toml.broken-1"), "{:?}", run.told);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_not_touched_and_what_waits_is_kept_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody can read it, whatever they may do.
    fs::create_dir(folder.path().join("rooms.toml")).unwrap();
    let mut run = Run::of("Alice", folder.path());
    assert!(run.told.join("").contains("Cannot save rooms"), "{:?}", run.told);
    run.waits("dev", "s-1");
    assert!(run.memory.keep(&run.model).join("").contains("Cannot save rooms"));
    drop(run);
    assert!(folder.path().join("rooms.toml").is_dir());
    assert_eq!(Run::of("Alice", folder.path()).waiting("dev"), ["s-1"]);
}

#[test]
fn what_a_newer_version_says_stays_and_a_password_in_an_address_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.toml");
    let text = "new = 1\n[[rooms]]\nserver = 'ws://h/'\nuser = 'Alice'\nroom = 'dev'\ncolour = 'e'\n\
                [[rooms]]\nserver = 'ws://u:secret@h/'\nuser = 'Alice'\nroom = 'ops'\n[table]\nx = 2\n";
    fs::write(&path, text).unwrap();
    let mut run = Run::begin("Alice", folder.path(), "ws://h/", Some("dev"));
    assert_eq!(run.rooms(), ["dev", "ops"]);
    run.room("dev").read = id(3);
    run.ends();
    let text = fs::read_to_string(&path).unwrap();
    for kept in ["new = 1", "colour = \"e\"", "x = 2", "read = 3"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn what_an_older_version_kept_is_whose_name_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let old = "[[rooms]]\nserver = 'one'\nroom = 'dev'\nread = 7\ndraft = 'old'\n\
               [[rooms.waiting]]\nref = 's-1'\ncontent = 'unsent'\n";
    fs::write(folder.path().join("rooms.toml"), old).unwrap();
    let mut alice = Run::of("Alice", folder.path());
    assert_eq!((alice.room("dev").read.get(), alice.model.room().draft.as_str()), (7, "old"));
    assert_eq!(alice.waiting("dev"), ["s-1"]);
    let beside = Run::of("Alice", folder.path());
    assert_eq!((beside.model.room().draft.as_str(), beside.model.room().pending.len()), ("", 0));
    alice.ends();
    assert_eq!(Run::of("Bob", folder.path()).model.room().draft.as_str(), "");
    let alice = Run::of("Alice", folder.path());
    assert_eq!((alice.model.room().draft.as_str(), alice.waiting("dev").len()), ("old", 1));
}

#[test]
fn without_a_room_that_was_asked_for_one_begins_where_one_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Run::begin("Alice", folder.path(), "one", None);
    assert_eq!(run.rooms(), ["general"], "the first time");
    run.enters("dev");
    run.enters("ops");
    run.leaves("general");
    run.model.active = 1;
    run.ends();
    let run = Run::begin("Alice", folder.path(), "one", None);
    assert_eq!((run.rooms(), run.model.active), (vec!["dev", "ops"], 1));
    // Of two clients, who went elsewhere last says where.
    let mut other = Run::begin("Alice", folder.path(), "one", None);
    other.model.active = 0;
    other.ends();
    run.ends();
    assert_eq!(Run::begin("Alice", folder.path(), "one", None).model.active, 0);
    let run = Run::begin("Alice", folder.path(), "one", Some("Ops"));
    assert_eq!((run.rooms(), run.model.active), (vec!["ops", "dev"], 0), "as one asks");
}

#[test]
fn a_direct_room_that_nobody_has_looked_at_is_still_unread_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let direct = "@k3x9m2q7t4ab";
    let mut first = Run::of("Al", folder.path());
    let mut room = Room::new(RoomName::known(direct).unwrap());
    room.epoch = Epoch::try_from("83ecf7d34f8f6533").ok();
    first.model.add_room(room);
    first.ends();
    let second = Run::of("Al", folder.path());
    let of =
        |name: &str| second.model.rooms.iter().find(|room| room.name.as_str() == name).unwrap();
    assert!(of(direct).known && !of("dev").known, "what comes is news where one was already");
}

#[test]
fn a_title_is_known_as_one_unless_a_room_has_that_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Run::of("Al", folder.path());
    for (address, title) in [("+a1", "Secret Ops"), ("+b2", "dev")] {
        let mut room = Room::new(RoomName::known(address).unwrap());
        room.about.title = Title::known(title).ok();
        run.model.add_room(room);
    }
    run.ends();
    let is_title = |user: &str, room: &str| {
        let (user, room) = (UserName::known(user).unwrap(), RoomName::known(room).unwrap());
        is_title_of_own_room(folder.path(), "one", &user, &room)
    };
    assert!(is_title("Al", "secret ops"));
    assert!(!is_title("Al", "dev") && !is_title("Al", "qa") && !is_title("Bob", "secret ops"));
}
