//! A private room by its title, where a script names one: `--room '+The ops team'`.
//!
//! Only the server knows all of a person's rooms, and it answers who is in one: so this asks from #general. This file
//! does not know what the room is wanted for.

use std::time::Duration;

use protocol::{Ref, RoomEntry, RoomKind, RoomName, RoomsQuery, Title, ToClient, ToServer};
use tokio::time::{Instant, timeout_at};

use super::session::Session;
use crate::chat::list::ENTRIES_MAX;
use crate::chat::memory::is_title_of_own_room;
use crate::chat::{Effect, Event, Room};
use crate::cli::settings::Settings;
use crate::exit::Exit;
use crate::folders;
use crate::output::tell;
use crate::text;

/// Before the title of a private room, as before its address.
const SIGN: char = protocol::PRIVATE_SIGN;
/// Characters of an address behind its sign, as the server chooses them.
const ADDRESS_CHARS: usize = 16;

/// Puts the address into the settings, where they name a private room by its title.
///
/// # Errors
/// How the program ends if there is no such room, or several; the person has been told.
pub(crate) async fn resolve(settings: &mut Settings, wait: Duration) -> Result<(), Exit> {
    let Some(title) = title(settings) else { return Ok(()) };
    // A code is good once, and then for the connection that it is given for.
    if settings.code.is_some() {
        return Ok(());
    }
    let rooms = own_rooms(settings, wait).await?;
    settings.room = chosen(&rooms, &settings.room, &title).map_err(|sentence| {
        tell(&sentence);
        Exit::Refused
    })?;
    Ok(())
}

/// The title that is meant, if one is: behind the sign; or alone, if it is that of a room that is known here.
fn title(settings: &Settings) -> Option<Title> {
    let room = &settings.room;
    let Some(behind) = room.as_str().strip_prefix(SIGN) else {
        let folder = folders::state_folder().ok()?;
        let (server, user) = (settings.first_server().as_str(), settings.user.as_ref()?);
        let is_title = is_title_of_own_room(&folder, server, user, room);
        return is_title.then(|| Title::known(room.as_str()).ok()).flatten();
    };
    let is_of_address = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    let is_address = behind.len() == ADDRESS_CHARS && behind.chars().all(is_of_address);
    Title::known(behind).ok().filter(|_| !is_address)
}

/// The one room with this title, or this address.
fn chosen(rooms: &[RoomEntry], typed: &RoomName, title: &Title) -> Result<RoomName, String> {
    if let Some(entry) = rooms.iter().find(|entry| entry.room == *typed) {
        return Ok(entry.room.clone());
    }
    let has_title = |entry: &&RoomEntry| {
        entry.kind == RoomKind::Private
            && entry.title.as_ref().is_some_and(|known| known.key() == title.key())
    };
    let found: Vec<_> = rooms.iter().filter(has_title).map(|entry| &entry.room).collect();
    let title = text::name(title.as_str());
    match found[..] {
        [only] => Ok(only.clone()),
        [] => Err(format!("you are in no private room that is called {title}")),
        _ => {
            let addresses: Vec<_> = found.iter().map(|room| text::name(room.as_str())).collect();
            let addresses = addresses.join(", ");
            Err(format!(
                "several private rooms are called {title}; name one by its address: {addresses}"
            ))
        }
    }
}

/// All rooms of the person, as the server has them.
async fn own_rooms(settings: &Settings, wait: Duration) -> Result<Vec<RoomEntry>, Exit> {
    let deadline = Instant::now() + wait;
    let mut session = Session::new(settings);
    session.model.rooms = vec![Room::new(RoomName::general())];
    session.model.history_on_join = 1;
    session.dial();
    let (mut rooms, mut is_asked) = (Vec::new(), false);
    loop {
        let Ok(event) = timeout_at(deadline, session.next()).await else {
            tell(&format!("cannot reach {}; is the server running?", session.trouble()));
            return Err(Exit::UsageOrConnection);
        };
        match event {
            Event::Received(ToClient::Rooms(list)) => {
                let last = list.rooms.last().map(|entry| entry.room.clone());
                rooms.extend(list.rooms);
                if !list.more || rooms.len() >= ENTRIES_MAX {
                    return Ok(rooms);
                }
                session.perform(vec![ask(last)]);
                continue;
            }
            Event::Received(ToClient::Error(note)) if note.reference == reference() => {
                tell(&text::clean_line(&note.content));
                return Err(Exit::Refused);
            }
            event => drop(session.happens(event)),
        }
        if let Some(refusal) = session.refusal() {
            tell(&refusal);
            return Err(Exit::Refused);
        }
        let is_in = session.model.room().joined;
        if is_in && !is_asked {
            rooms.clear();
            session.perform(vec![ask(None)]);
        }
        // After a cut it is asked again.
        is_asked = is_in;
    }
}

fn ask(after: Option<RoomName>) -> Effect {
    let (mine, reference) = (true, reference());
    let query = RoomsQuery { mine, room: None, query: None, after, reference };
    Effect::Send(ToServer::Rooms(query))
}

/// By which a refusal is known.
fn reference() -> Option<Ref> {
    Ref::try_from("rooms").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(room: &str, title: &str) -> RoomEntry {
        let list = format!(
            r#"{{"type":"rooms","rooms":[{{"room":"{room}","kind":"private","title":"{title}","people":1}}],"more":false}}"#
        );
        match ToClient::parse(&list).unwrap() {
            ToClient::Rooms(mut list) => list.rooms.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_title_means_the_one_room_that_has_it() {
        let rooms = [entry("+a1", "Ops"), entry("+b2", "Team"), entry("+c3", "TEAM")];
        let of = |typed: &str| {
            let room = RoomName::known(typed).unwrap();
            let title = Title::known(typed.trim_start_matches(SIGN)).unwrap();
            chosen(&rooms, &room, &title).map(|room| room.as_str().to_owned())
        };
        assert_eq!(of("+ops"), Ok("+a1".to_owned()));
        assert_eq!(of("Ops"), Ok("+a1".to_owned()));
        assert_eq!(of("+c3"), Ok("+c3".to_owned()));
        assert_eq!(of("+x"), Err("you are in no private room that is called x".to_owned()));
        let several = "several private rooms are called team; name one by its address: +b2, +c3";
        assert_eq!(of("+team"), Err(several.to_owned()));
    }
}
