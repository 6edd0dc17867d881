//! What persons have read, and what mentions them, when everything has come to rest.

use std::collections::BTreeSet;

use protocol::{Message, MessageId};

use crate::people::names::PersonId;
use crate::sim::client::Client;
use crate::sim::process::Process;
use crate::sim::store::Store;

/// A device knows what its person has read, as the server does, and the server knows what mentions them.
pub(super) fn agrees(client: &Client, store: &Store, process: &Process) -> Result<(), String> {
    let connection = client.line.and_then(|line| process.connections.get(&line));
    let Some(person) = connection.and_then(|it| it.person().number()) else { return Ok(()) };
    let moved = process.health.markers.of(person);
    for view in client.rooms.values() {
        let stored = store.marker(person, &view.room);
        let waiting = moved.get(view.room.key()).copied();
        let read = stored.max(waiting).unwrap_or(MessageId::ZERO);
        if read != view.read || stored < waiting {
            let (who, shown) = (&client.name, view.read);
            return Err(format!("{who} has read up to {shown}, and the server says {stored:?}"));
        }
        let called = called(client, person, store.fresh(&view.room).values());
        let mut kept = store.mentions(person, &view.room);
        kept.retain(|id| !called.unknown.contains(id));
        if kept != called.certain {
            let who = &client.name;
            return Err(format!("{who} is mentioned by {:?}, and not by {kept:?}", called.certain));
        }
    }
    Ok(())
}

/// Messages that call somebody.
#[derive(Default)]
struct Called {
    certain: BTreeSet<u64>,
    /// Of these it depends on who was there.
    unknown: BTreeSet<u64>,
}

fn called<'a>(
    client: &Client,
    person: PersonId,
    messages: impl Iterator<Item = &'a Message>,
) -> Called {
    let (mut called, sign) = (Called::default(), format!("@{}", client.name.key()));
    for message in messages {
        let (id, text) = (message.id.get(), message.content.as_str().to_lowercase());
        let is_to_all = text.contains("@all") || text.contains("@here");
        if id < person.get() || is_to_all {
            called.unknown.insert(id);
        } else if text.contains(&sign) && message.sender != client.name {
            called.certain.insert(id);
        }
    }
    called
}
