//! `names.toml`: the name that one had on each server last, for a start that asks for none.
//!
//! This file does not know the model.

use std::fs;
use std::io;
use std::path::Path;

use protocol::{RoomName, UserName};
use serde::{Deserialize, Serialize};

use super::owner::{Owner, is_same};
use super::rooms::{self, Kept, Rooms};
use crate::disk::{self, Durable};

/// Servers whose names are kept: those that were used last.
const NAMES_MAX: usize = 100;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Names {
    #[serde(default)]
    names: Vec<Named>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Named {
    server: String,
    name: String,
}

/// The name of last time. Where an older version chatted under the login name, that is it.
pub fn name_of_last_time(
    folder: &Path,
    server: &str,
    login: Option<&UserName>,
) -> Option<UserName> {
    let named = read(folder).names.into_iter().find(|named| named.server == server);
    let named = named.and_then(|named| UserName::known(&named.name).ok());
    named.or_else(|| login.filter(|login| has_rooms(folder, server, login)).cloned())
}

fn has_rooms(folder: &Path, server: &str, user: &UserName) -> bool {
    let owner = Owner { server: server.to_owned(), user: user.as_str().to_owned() };
    rooms_of(folder).of(&owner).next().is_some()
}

/// A private room of this person is called so, and no room that they were in has that name.
pub fn is_title_of_own_room(folder: &Path, server: &str, user: &UserName, room: &RoomName) -> bool {
    let owner = Owner { server: server.to_owned(), user: user.as_str().to_owned() };
    let rooms = rooms_of(folder);
    let is_name = |kept: &Kept| is_same(&kept.room, room.as_str());
    let is_title =
        |kept: &Kept| kept.title.as_ref().is_some_and(|title| is_same(title, room.as_str()));
    !rooms.of(&owner).any(is_name) && rooms.of(&owner).any(is_title)
}

/// What cannot be read says nothing.
fn rooms_of(folder: &Path) -> Rooms {
    let bytes = fs::read(folder.join(rooms::FILE)).unwrap_or_default();
    toml::from_slice(&bytes).unwrap_or_default()
}

/// Keeps the name for the next start.
///
/// # Errors
/// If it cannot be written.
pub fn keep_name(folder: &Path, server: &str, name: &UserName) -> io::Result<()> {
    let _lock = disk::lock(folder)?;
    let mut all = read(folder);
    all.names.retain(|named| named.server != server);
    all.names.push(Named { server: server.to_owned(), name: name.as_str().to_owned() });
    let old = all.names.len().saturating_sub(NAMES_MAX);
    all.names.drain(..old);
    let text = toml::to_string(&all).map_err(io::Error::other)?;
    disk::replace(&folder.join("names.toml"), text.as_bytes(), Durable::Yes).map(drop)
}

/// What cannot be read says nothing: whoever has a name can say it.
fn read(folder: &Path) -> Names {
    let bytes = fs::read(folder.join("names.toml")).unwrap_or_default();
    toml::from_slice(&bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> UserName {
        UserName::try_from(text).unwrap()
    }

    #[test]
    fn each_server_has_the_name_of_last_time_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let of = |server: &str| name_of_last_time(folder.path(), server, None);
        assert_eq!(of("ws://a/"), None);
        for (server, user) in [("ws://a/", "Al"), ("ws://b/", "Bob"), ("ws://a/", "Alice")] {
            keep_name(folder.path(), server, &name(user)).unwrap();
        }
        assert_eq!((of("ws://a/"), of("ws://b/")), (Some(name("Alice")), Some(name("Bob"))));
        for n in 0..NAMES_MAX - 1 {
            keep_name(folder.path(), &format!("ws://{n}/"), &name("x")).unwrap();
        }
        assert_eq!((of("ws://a/"), of("ws://b/")), (Some(name("Alice")), None));
        fs::write(folder.path().join("names.toml"), "no toml").unwrap();
        assert_eq!(of("ws://a/"), None);
    }

    #[test]
    fn who_chatted_with_an_older_version_under_the_login_name_has_that() {
        let folder = tempfile::tempdir().unwrap();
        let kept = "[[rooms]]\nserver = 'ws://a/'\nuser = 'al'\nroom = 'dev'\n";
        fs::write(folder.path().join(rooms::FILE), kept).unwrap();
        let (al, zoe) = (name("al"), name("zoe"));
        let of = |server, login| name_of_last_time(folder.path(), server, Some(login));
        assert_eq!(of("ws://a/", &al), Some(al.clone()));
        assert_eq!((of("ws://a/", &zoe), of("ws://b/", &al)), (None, None));
    }
}
