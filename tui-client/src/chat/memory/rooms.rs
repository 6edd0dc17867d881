//! `rooms.toml`: the rooms of every person and server, how far each was read, and what was sent.
//!
//! All running clients write it, one at a time. Each changes what it changed itself since it wrote
//! last, and takes away what it had itself: the rest is another's. This file does not know the model.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use protocol::Notify;
use serde::{Deserialize, Serialize};

use super::owner::{Owner, is_same};
use super::unsent::Waiting;
use crate::address::without_credentials;
use crate::chat::model::SENT_MAX;
use crate::disk;

/// What it is called.
pub(super) const FILE: &str = "rooms.toml";

/// What is kept of all rooms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Rooms {
    /// What was sent, on any server, oldest first.
    #[serde(default)]
    pub(super) sent: Vec<String>,
    /// Emoji that were used last, on any server, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) emoji: Vec<String>,
    #[serde(default)]
    pub(super) rooms: Vec<Kept>,
    /// What a newer version has to say.
    #[serde(flatten)]
    pub(super) other: toml::Table,
}

/// A room as it was left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) server: String,
    /// What older versions wrote has no name, and is whose name comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    pub(super) room: String,
    /// It is the one that was looked at last.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) shown: bool,
    #[serde(default)]
    pub(super) read: u64,
    /// Which log that is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) epoch: Option<String>,
    /// Where the line above what is new stands, if it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) muted: bool,
    /// Of what else than usual it notifies; older versions know only `muted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) notify: Option<Notify>,
    /// It was in the person's list of rooms.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) listed: bool,
    /// What people call a private room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    /// Whose direct room it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) users: Vec<String>,
    /// Where older versions kept what was not sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) draft: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waiting: Vec<Waiting>,
    #[serde(flatten)]
    pub(super) other: toml::Table,
}

/// Reads the file; what is none is set aside, and its new name told.
///
/// # Errors
/// If it is there and cannot be read or set aside: then it must not be written.
pub(super) fn read(path: &Path) -> io::Result<(Rooms, Option<PathBuf>)> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(error) => return Err(error),
    };
    match toml::from_slice::<Rooms>(&bytes) {
        Ok(mut rooms) => {
            // Older versions kept a password that stood in the address.
            rooms.rooms.iter_mut().for_each(|it| it.server = without_credentials(&it.server));
            Ok((rooms, None))
        }
        Err(_) => Ok((Rooms::default(), Some(disk::set_aside(path)?))),
    }
}

impl Rooms {
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        disk::replace(path, text.as_bytes(), disk::Durable::No).map(drop)
    }

    /// The rooms of one person.
    pub(super) fn of<'a>(&'a self, owner: &'a Owner) -> impl Iterator<Item = &'a Kept> {
        self.rooms.iter().filter(|kept| kept.is_of(owner))
    }

    /// Takes in what one client changed: from `before`, as it wrote it last, to `now`.
    pub(super) fn take_in(&mut self, owner: &Owner, before: &Rooms, now: &Rooms) {
        if now.shown() != before.shown() {
            let mine = self.rooms.iter_mut().filter(|kept| kept.is_of(owner));
            mine.for_each(|kept| kept.shown = false);
        }
        let was_left = |kept: &Kept| before.find(&kept.room).is_some();
        self.rooms.retain_mut(|kept| {
            if !kept.is_of(owner) {
                return true;
            }
            let Some(now) = now.find(&kept.room) else { return !was_left(kept) };
            kept.change(before.find(&kept.room), now);
            true
        });
        let new: Vec<_> = now.rooms.iter().filter(|now| self.has_no(owner, now)).cloned().collect();
        self.rooms.extend(new);
        self.sent.retain(|text| !now.sent.contains(text));
        self.sent.extend(now.sent.iter().cloned());
        let old = self.sent.len().saturating_sub(SENT_MAX);
        self.sent.drain(..old);
        if now.emoji != before.emoji {
            self.emoji.clone_from(&now.emoji);
        }
    }

    fn has_no(&self, owner: &Owner, room: &Kept) -> bool {
        !self.of(owner).any(|kept| is_same(&kept.room, &room.room))
    }

    pub(super) fn shown(&self) -> Option<&str> {
        self.rooms.iter().find(|kept| kept.shown).map(|kept| kept.room.as_str())
    }

    fn find(&self, room: &str) -> Option<&Kept> {
        self.rooms.iter().find(|kept| is_same(&kept.room, room))
    }
}

impl Kept {
    pub(super) fn is_of(&self, owner: &Owner) -> bool {
        self.server == owner.server && self.user.as_ref().is_none_or(|user| *user == owner.user)
    }

    /// What was read stays read, whoever read it; unless it was of a log that is no more.
    fn change(&mut self, before: Option<&Kept>, now: &Kept) {
        let none = Kept::default();
        let before = before.unwrap_or(&none);
        self.user.clone_from(&now.user);
        self.room.clone_from(&now.room);
        if self.epoch == now.epoch || self.epoch.is_none() || now.epoch.is_none() {
            self.read = self.read.max(now.read);
            self.epoch = self.epoch.take().or_else(|| now.epoch.clone());
        } else if now.epoch != before.epoch {
            // This client heard of another log; one that has not is behind.
            (self.read, self.epoch) = (now.read, now.epoch.clone());
        }
        if now.line != before.line {
            self.line = now.line;
        }
        if (now.muted, now.notify) != (before.muted, before.notify) {
            (self.muted, self.notify) = (now.muted, now.notify);
        }
        if now.shown != before.shown {
            self.shown = now.shown;
        }
        self.listed = now.listed;
        self.title.clone_from(&now.title);
        self.users.clone_from(&now.users);
    }
}
