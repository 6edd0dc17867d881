//! What is remembered from one run to the next: the rooms, how far each was read, what was being
//! written there, what still waits to be sent, what was sent, and the latest emoji.
//!
//! `rooms` is what all clients of a person share, `unsent` what each has alone. None of this knows the
//! network or the screen.

mod names;
mod owner;
mod rooms;
mod unsent;
mod waiting;

use std::io;
use std::path::{Path, PathBuf};

use protocol::{Emoji, Epoch, MessageId, Notify, RoomName, Title, UserName};

use crate::chat::model::Model;
use crate::chat::room::Room;
use crate::chat::room::level::level;
use crate::disk;
pub use names::{is_title_of_own_room, keep_name, name_of_last_time};
use owner::Owner;
use rooms::{Kept, Rooms};
use unsent::{Left, OfRoom, Own, Unsent};

/// Most rooms that come back: as many as a connection may be in. Those where something waits to be
/// sent come back in any case.
const ROOMS_MAX: usize = 200;

/// What this client remembers, beside what others of the same person do.
#[derive(Debug)]
pub struct Memory {
    folder: PathBuf,
    /// Under which name this client chats.
    owner: Owner,
    /// This client's part of `rooms.toml`, as it was written last.
    written: Rooms,
    own: Own,
    /// The name that the next start will have.
    name: Option<UserName>,
}

impl Memory {
    /// Brings the rooms of last time back into a model, and what clients that ended did not send.
    /// Unless a room was `asked` for, it begins with the one that was looked at last. What went wrong
    /// is told in sentences.
    pub fn recall(
        folder: &Path,
        server: &str,
        asked: bool,
        model: &mut Model,
    ) -> (Self, Vec<String>) {
        let owner = Owner { server: server.to_owned(), user: user(model) };
        let own = Own::new(folder, &model.session);
        let (folder, written) = (folder.to_owned(), Rooms::default());
        let mut memory = Memory { folder, owner, written, own, name: None };
        let mut told = Vec::new();
        // Without a lock nothing can be written either, which is told then.
        let _lock = disk::lock(&memory.folder);
        let mut file = memory.read(&mut told).unwrap_or_else(|error| {
            told.push(cannot_keep(&error));
            Rooms::default()
        });
        let (unsent, left) = memory.left_behind(&file, &mut told);
        memory.bring_back(&file, &unsent, asked, model);
        match memory.own.write(&unsent) {
            Ok(()) => told.extend(memory.let_go(&mut file, &left).err().as_ref().map(cannot_keep)),
            // Then it stays where it was.
            Err(error) => told.push(cannot_keep(&error)),
        }
        (memory, told)
    }

    /// Writes down what is different from last time, beside what others wrote meanwhile. What went
    /// wrong is told in sentences; it is tried again the next time.
    pub fn keep(&mut self, model: &Model) -> Vec<String> {
        let (now, unsent) = self.of(model);
        let mut told = Vec::new();
        let kept = match now == self.written {
            true => Ok(()),
            false => self.write(now, &mut told),
        };
        let faults = [self.own.write(&unsent), kept, self.keep_name(model)];
        told.extend(faults.into_iter().find_map(Result::err).as_ref().map(cannot_keep));
        told
    }

    /// The server has let this client in under it.
    fn keep_name(&mut self, model: &Model) -> io::Result<()> {
        let is_in = model.rooms.iter().any(|room| room.joined);
        let Some(name) = model.person.as_ref().filter(|_| is_in) else { return Ok(()) };
        if self.name.as_ref() != Some(name) {
            keep_name(&self.folder, &self.owner.server, name)?;
            self.name = Some(name.clone());
        }
        Ok(())
    }

    /// The same at the end, also if nothing is different: another client may have left rooms that
    /// this one is in.
    pub fn keep_at_the_end(&mut self, model: &Model) -> Vec<String> {
        let mut told = self.keep(model);
        if told.is_empty() {
            let (now, _) = self.of(model);
            let kept = self.write(now, &mut told);
            told.extend(kept.err().as_ref().map(cannot_keep));
        }
        told
    }

    /// Writes down what is not sent; when this returns, no crash can take it back.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_unsent(&mut self, model: &Model) -> io::Result<()> {
        let (_, unsent) = self.of(model);
        self.own.write(&unsent)
    }

    /// What there is to keep of a model: its rooms, and what is not sent in them.
    fn of(&mut self, model: &Model) -> (Rooms, Unsent) {
        let user = user(model);
        if user != self.owner.user {
            // Another person has rooms of their own; what was not sent goes along.
            self.owner.user = user;
            self.written = Rooms::default();
        }
        let emoji = emoji(model);
        let mut now = Rooms { sent: model.sent.clone(), emoji, ..Rooms::default() };
        let mut unsent = Unsent::of(&self.owner);
        for (at, room) in model.rooms.iter().enumerate() {
            let is_shown = at == model.active;
            now.rooms.push(self.kept(model, room, is_shown));
            unsent.add(left_in(room));
        }
        (now, unsent)
    }

    fn kept(&self, model: &Model, room: &Room, shown: bool) -> Kept {
        Kept {
            server: self.owner.server.clone(),
            user: Some(self.owner.user.clone()),
            room: room.name.as_str().to_owned(),
            shown,
            read: room.read.get(),
            epoch: room.epoch.as_ref().map(|epoch| epoch.as_str().to_owned()),
            // The line stays where it is as long as something new stands below it.
            line: room.new_line(model.me.as_ref()).and(room.looked_away).map(MessageId::get),
            muted: room.is_muted(),
            notify: Some(room.notify).filter(|notify| *notify != Notify::Default),
            listed: room.listed,
            title: room.about.title.as_ref().map(|title| title.as_str().to_owned()),
            users: room.about.users.iter().map(|user| user.as_str().to_owned()).collect(),
            ..Kept::default()
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(rooms::FILE)
    }

    fn read(&self, told: &mut Vec<String>) -> io::Result<Rooms> {
        let (file, aside) = rooms::read(&self.path())?;
        let about = |aside: PathBuf| {
            format!("The list of rooms could not be read; it is kept in {}", aside.display())
        };
        told.extend(aside.map(about));
        Ok(file)
    }

    fn write(&mut self, now: Rooms, told: &mut Vec<String>) -> io::Result<()> {
        let _lock = disk::lock(&self.folder)?;
        let mut file = self.read(told)?;
        file.take_in(&self.owner, &self.written, &now);
        file.write(&self.path())?;
        self.written = now;
        Ok(())
    }

    /// What clients that ended did not send: in files of their own, and where older versions had it.
    fn left_behind(&self, file: &Rooms, told: &mut Vec<String>) -> (Unsent, Vec<Left>) {
        let mut unsent = Unsent::of(&self.owner);
        for kept in file.of(&self.owner) {
            let (draft, waiting) = (kept.draft.clone(), kept.waiting.clone());
            unsent.add(OfRoom { room: kept.room.clone(), draft, waiting });
        }
        let (left, faults) = unsent::left_behind(&self.folder, &self.owner);
        told.extend(faults);
        left.iter().flat_map(|left| &left.unsent.rooms).cloned().for_each(|room| unsent.add(room));
        (unsent, left)
    }

    /// What this client has taken over is nobody else's any more.
    fn let_go(&self, file: &mut Rooms, left: &[Left]) -> io::Result<()> {
        let mut is_changed = false;
        for kept in file.rooms.iter_mut().filter(|kept| kept.is_of(&self.owner)) {
            is_changed |= !kept.draft.is_empty() || !kept.waiting.is_empty();
            kept.draft.clear();
            kept.waiting.clear();
        }
        if is_changed {
            file.write(&self.path())?;
        }
        left.iter().try_for_each(Left::remove)
    }

    fn bring_back(&mut self, file: &Rooms, unsent: &Unsent, asked: bool, model: &mut Model) {
        let known: Vec<_> = file.of(&self.owner).take(ROOMS_MAX).cloned().collect();
        let begun = Room::new(model.room().name.clone());
        if !asked && !known.is_empty() {
            model.rooms.clear();
        }
        known.iter().for_each(|kept| bring_back(model, kept));
        unsent.rooms.iter().for_each(|of_room| bring_back_unsent(model, of_room));
        let used = file.emoji.iter().rev().filter_map(|emoji| Emoji::known(emoji).ok());
        used.for_each(|emoji| model.remember_emoji(&emoji));
        let (sent, emoji) = (file.sent.clone(), emoji(model));
        self.written = Rooms { sent, emoji, rooms: known, ..Rooms::default() };
        file.sent.iter().for_each(|text| model.remember_sent(text.clone()));
        let shown = self.written.shown().filter(|_| !asked);
        let shown = shown.and_then(|shown| RoomName::known(shown).ok());
        if model.rooms.is_empty() {
            model.rooms.push(begun);
        }
        if let [only] = &mut model.rooms[..] {
            only.by_default = !asked && self.written.rooms.is_empty() && unsent.rooms.is_empty();
        }
        let place = model.rooms.iter().position(|room| Some(&room.name) == shown.as_ref());
        model.active = place.unwrap_or_default();
    }
}

/// Under which name a client chats; empty for a guest.
fn user(model: &Model) -> String {
    model.person.as_ref().map(|person| person.as_str().to_owned()).unwrap_or_default()
}

fn emoji(model: &Model) -> Vec<String> {
    model.latest_emoji.iter().map(|emoji| emoji.as_str().to_owned()).collect()
}

fn cannot_keep(error: &io::Error) -> String {
    format!("Cannot save rooms and drafts: {}", disk::words(error))
}

fn left_in(room: &Room) -> OfRoom {
    let waiting = room.pending.iter().map(waiting::kept);
    let (draft, waiting) = (room.draft.clone(), waiting.collect());
    OfRoom { room: room.name.as_str().to_owned(), draft, waiting }
}

fn bring_back(model: &mut Model, kept: &Kept) {
    let (Ok(name), Ok(read)) =
        (RoomName::known(kept.room.as_str()), MessageId::try_from(kept.read))
    else {
        return;
    };
    let line = kept.line.and_then(|line| MessageId::try_from(line).ok());
    let mut known = Room::as_read(name.clone(), read);
    known.looked_away = line.or(known.looked_away);
    known.epoch = kept.epoch.as_deref().and_then(|epoch| Epoch::try_from(epoch).ok());
    // It was joined, though nothing in it was read: a direct room that nobody has looked at yet.
    known.known |= known.epoch.is_some();
    known.notify = level(kept.muted, kept.notify.unwrap_or_default());
    known.listed = kept.listed;
    known.about.title = kept.title.as_deref().and_then(|title| Title::known(title).ok());
    let users = kept.users.iter().filter_map(|user| UserName::known(user.as_str()).ok());
    known.about.users = users.collect();
    match model.find(&name) {
        Some(room) => *room = known,
        None => drop(model.add_room(known)),
    }
}

fn bring_back_unsent(model: &mut Model, OfRoom { room, draft, waiting }: &OfRoom) {
    let Ok(name) = RoomName::known(room.as_str()) else { return };
    if model.find(&name).is_none() {
        model.add_room(Room::new(name.clone()));
    }
    let Some(room) = model.find(&name) else { return };
    room.draft.clone_from(draft);
    let waiting = waiting.iter().filter_map(waiting::restored);
    room.pending.extend(waiting);
}

#[cfg(test)]
mod tests;
