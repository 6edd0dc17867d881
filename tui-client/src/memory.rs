//! What is remembered from one run to the next: the rooms, how far each was read, what was being
//! written there, what still waits to be sent, and what was sent.
//!
//! This file does not know the network or the screen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use protocol::{MessageId, Ref, RoomName};
use serde::{Deserialize, Serialize};

use crate::config::{make_folder, write_whole};
use crate::input::SENT_MAX;
use crate::model::{Model, PENDING_MAX, Pending, Room};

/// Most rooms that come back: as many as a connection may be in.
const ROOMS_MAX: usize = 32;

/// A file of its own beside the key.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    server: String,
    /// Under which name this client was started; empty for a guest.
    user: String,
    /// This client's part of the file, as it was written last.
    written: File,
}

/// A room as it was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    server: String,
    /// Whose it is; what older versions wrote has no name, and is whose name comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    room: String,
    #[serde(default)]
    read: u64,
    /// Where the line above what is new stands, if it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    muted: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    draft: String,
    /// What waits for the line: sent again under the same names, it makes no second message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<Waiting>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    #[serde(rename = "ref")]
    reference: String,
    content: String,
    /// Why the server refused it: then it does not go out by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    /// What was sent, on any server, oldest first.
    #[serde(default)]
    sent: Vec<String>,
    #[serde(default)]
    rooms: Vec<Kept>,
}

impl Memory {
    /// Brings the rooms of last time back into a model, behind the one it begins with. What cannot
    /// be read is as good as nothing: it is only a memory.
    pub fn recall(folder: &Path, server: &str, model: &mut Model) -> Self {
        let path = folder.join("rooms.toml");
        let user = model.me.as_ref().map(|me| me.as_str().to_owned()).unwrap_or_default();
        let mut written = read(&path).unwrap_or_default();
        written.rooms.retain(|kept| kept.is_of(server, &user));
        for kept in written.rooms.iter().take(ROOMS_MAX) {
            bring_back(model, kept);
        }
        written.sent.iter().for_each(|text| model.input.remember(text.clone()));
        let draft = std::mem::take(&mut model.room_mut().draft);
        model.input.write(draft);
        Memory { path, server: server.to_owned(), user, written }
    }

    /// Writes down what is different from last time, beside what others wrote meanwhile.
    ///
    /// # Errors
    /// If the file cannot be read or written; it is as it was then.
    pub fn keep(&mut self, model: &Model) -> io::Result<()> {
        let rooms = model.rooms.iter().enumerate().map(|(at, room)| self.kept(model, at, room));
        let mine = File { sent: model.input.sent().to_vec(), rooms: rooms.collect() };
        if mine == self.written {
            return Ok(());
        }
        let mut file = read(&self.path)?;
        file.rooms.retain(|kept| !kept.is_of(&self.server, &self.user));
        file.rooms.extend(mine.rooms.iter().cloned());
        file.sent.retain(|text| !mine.sent.contains(text));
        file.sent.extend(mine.sent.iter().cloned());
        let old = file.sent.len().saturating_sub(SENT_MAX);
        file.sent.drain(..old);
        let text = toml::to_string(&file).map_err(io::Error::other)?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        make_folder(folder)?;
        let whole = write_whole(folder, "rooms", text.as_bytes())?;
        fs::rename(whole, &self.path)?;
        self.written = mine;
        Ok(())
    }

    fn kept(&self, model: &Model, at: usize, room: &Room) -> Kept {
        let draft = if at == model.active { model.input.draft() } else { &room.draft };
        // The line stays where it is as long as something new stands below it.
        let line = room.new_line(model.me.as_ref()).and(room.looked_away).map(MessageId::get);
        let waiting = room.pending.iter().map(|pending| Waiting {
            reference: pending.reference.as_str().to_owned(),
            content: pending.content.clone(),
            failed: pending.failed.clone(),
        });
        Kept {
            server: self.server.clone(),
            user: Some(self.user.clone()),
            room: room.name.as_str().to_owned(),
            read: room.read.get(),
            line,
            muted: room.muted,
            draft: draft.to_owned(),
            waiting: waiting.collect(),
        }
    }
}

impl Kept {
    fn is_of(&self, server: &str, user: &str) -> bool {
        self.server == server && self.user.as_ref().is_none_or(|mine| mine == user)
    }
}

/// What is no such file is as good as none.
fn read(path: &Path) -> io::Result<File> {
    match fs::read(path) {
        Ok(bytes) => Ok(toml::from_str(&String::from_utf8_lossy(&bytes)).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(File::default()),
        Err(error) => Err(error),
    }
}

fn bring_back(model: &mut Model, kept: &Kept) {
    let (Ok(name), Ok(read)) =
        (RoomName::try_from(kept.room.as_str()), MessageId::try_from(kept.read))
    else {
        return;
    };
    let line = kept.line.and_then(|line| MessageId::try_from(line).ok());
    let known = Room::as_read(name.clone(), read);
    match model.find(&name) {
        Some(room) => *room = known,
        None => model.rooms.push(known),
    }
    let Some(room) = model.find(&name) else { return };
    room.looked_away = line.or(room.looked_away);
    room.muted = kept.muted;
    room.draft = kept.draft.clone();
    let waiting = kept.waiting.iter().filter_map(|Waiting { reference, content, failed }| {
        let reference = Ref::try_from(reference.as_str()).ok()?;
        let (content, failed) = (content.clone(), failed.clone());
        Some(Pending { reference, content, failed, late: true })
    });
    room.pending.extend(waiting.take(PENDING_MAX));
}

#[cfg(test)]
mod tests {
    use protocol::UserName;

    use super::*;

    fn model(room: &str) -> Model {
        Model::new(RoomName::try_from(room).unwrap(), None, "s".to_owned())
    }

    #[test]
    fn rooms_drafts_and_what_was_read_come_back_on_their_own_server() {
        let folder = tempfile::tempdir().unwrap();
        let mut before = model("dev");
        let mut memory = Memory::recall(folder.path(), "one", &mut before);
        before.rooms.push(Room::new(RoomName::try_from("ops \"x\"").unwrap()));
        before.rooms[0].read = MessageId::try_from(7).unwrap();
        before.rooms[1].draft = "a\n\u{1b}b".to_owned();
        before.rooms[1].muted = true;
        before.input.write("half a".to_owned());
        before.input.remember("said".to_owned());
        let reference = Ref::try_from("s-1").unwrap();
        let waiting = Pending { reference, content: "unsent".to_owned(), failed: None, late: true };
        let failed = Some("too loud".to_owned());
        let reference = Ref::try_from("s-2").unwrap();
        let refused = Pending { reference, content: "refused".to_owned(), failed, late: true };
        before.rooms[0].pending.extend([waiting.clone(), refused.clone()]);
        memory.keep(&before).unwrap();
        let mut other = model("general");
        Memory::recall(folder.path(), "two", &mut other).keep(&other).unwrap();
        assert_eq!(other.rooms.len(), 1);

        let mut after = model("general");
        Memory::recall(folder.path(), "one", &mut after);
        let names: Vec<_> = after.rooms.iter().map(|room| room.name.as_str()).collect();
        assert_eq!(names, ["general", "dev", "ops \"x\""]);
        assert_eq!(after.rooms[1].read.get(), 7);
        assert_eq!(after.rooms[1].looked_away, MessageId::try_from(7).ok());
        assert_eq!(after.rooms[1].pending, [waiting, refused]);
        assert_eq!((after.rooms[1].muted, after.rooms[2].muted), (false, true));
        assert_eq!(after.input.sent(), ["said"]);
        assert_eq!((after.rooms[1].draft.as_str(), after.input.text()), ("half a", ""));
        assert_eq!(after.rooms[2].draft, "a\n\u{1b}b");
    }

    #[test]
    fn what_cannot_be_read_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("rooms.toml"), "rooms = 5").unwrap();
        let mut model = model("dev");
        let mut memory = Memory::recall(folder.path(), "one", &mut model);
        assert_eq!(model.rooms.len(), 1);
        memory.keep(&model).unwrap();
        let text = fs::read_to_string(folder.path().join("rooms.toml")).unwrap();
        assert!(text.contains("dev"), "{text}");
    }

    fn of(user: &str, folder: &Path) -> (Model, Memory) {
        let mut model = model("dev");
        model.me = UserName::try_from(user).ok();
        let memory = Memory::recall(folder, "one", &mut model);
        (model, memory)
    }

    #[test]
    fn two_names_on_one_machine_share_nothing_and_take_nothing_from_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let (mut alice, mut of_alice) = of("Alice", folder.path());
        let (mut bob, mut of_bob) = of("Bob", folder.path());
        alice.input.write("of Alice".to_owned());
        alice.input.remember("said by Alice".to_owned());
        of_alice.keep(&alice).unwrap();
        bob.input.write("of Bob".to_owned());
        of_bob.keep(&bob).unwrap();
        alice.input.write("of Alice again".to_owned());
        of_alice.keep(&alice).unwrap();
        assert_eq!(of("Alice", folder.path()).0.input.text(), "of Alice again");
        assert_eq!(of("Bob", folder.path()).0.input.text(), "of Bob");
        assert_eq!(of("", folder.path()).0.input.text(), "");
        assert_eq!(of("Bob", folder.path()).0.input.sent(), ["said by Alice"]);
        for number in 0..2 * SENT_MAX {
            alice.input.remember(number.to_string());
            of_alice.keep(&alice).unwrap();
        }
        assert_eq!(read(&of_alice.path).unwrap().sent.len(), SENT_MAX);
    }

    #[test]
    fn what_an_older_version_kept_is_whose_name_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let old = "[[rooms]]\nserver = 'one'\nroom = 'dev'\nread = 7\ndraft = 'old'\n";
        fs::write(folder.path().join("rooms.toml"), old).unwrap();
        let (alice, mut memory) = of("Alice", folder.path());
        assert_eq!((alice.rooms[0].read.get(), alice.input.text()), (7, "old"));
        memory.keep(&alice).unwrap();
        assert_eq!(of("Bob", folder.path()).0.input.text(), "");
        assert_eq!(of("Alice", folder.path()).0.input.text(), "old");
    }
}
