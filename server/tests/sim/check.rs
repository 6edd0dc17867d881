//! What must be true: at every moment, and when everything has come to rest.

mod reading;

use std::collections::{BTreeMap, BTreeSet};

use protocol::{MessageId, Span, ToClient, UserName};

use super::client::{Client, ELSEWHERE};
use super::connection::{MESSAGE_BURST, MESSAGE_RATE};
use super::process::{MODERATORS, Process, hash};
use super::store::Store;
use super::time::LEAP_MS;
use crate::log::Asked;
use crate::log::event::Act;
use crate::log::sanction::Sanction;
use crate::people::names::Owner;

const DAY_US: u64 = 24 * 60 * 60 * 1_000_000;
/// What else there is to tell of a room.
pub(super) const NEWEST: Asked = Asked { since: MessageId::ZERO, span: Span::Newest, limit: 0 };

/// No two keys hold one name at a time, and nobody one that is kept for another.
pub(super) fn owners(process: &Process, store: &Store) -> Result<(), String> {
    let mut owners = BTreeMap::new();
    for connection in process.connections.values() {
        let (name, key) = (connection.name(), connection.key);
        if *owners.entry(name.key()).or_insert(key) != key {
            return Err(format!("the name {name} has two owners"));
        }
        if store.owner(name).is_some_and(|owner| owner != hash(key)) {
            return Err(format!("the name {name} is kept for another"));
        }
    }
    Ok(())
}

/// Nobody has more kept than the rate of a connection allows.
pub(super) fn rates(process: &Process) -> Result<(), String> {
    for connection in process.connections.values() {
        let kept = &connection.kept;
        let Some(last) = kept.last() else { continue };
        for (at, first) in kept.iter().enumerate() {
            let allowed =
                f64::from(MESSAGE_BURST) + (*last - *first).as_secs_f64() * f64::from(MESSAGE_RATE);
            let count = kept.len() - at;
            if count as f64 > allowed + 1.0 {
                return Err(format!("{} is too fast: {kept:?}", connection.name()));
            }
        }
    }
    Ok(())
}

/// Who speaks is in the room, and who deletes may do so.
pub(super) fn rights(store: &Store, clients: &[Client]) -> Result<(), String> {
    if let Some(stray) = store.messages.iter().find(|it| it.room.as_str() == ELSEWHERE) {
        return Err(format!("{} was said where nobody was in", stray.id));
    }
    // The names of moderators are wanted by others, too, who may have them for a time.
    let is_name =
        |name: &UserName| clients.iter().any(|it| MODERATORS.contains(&it.key) && it.name == *name);
    let said_by = |id: MessageId| store.messages.iter().find(|it| it.id == id).map(|it| &it.sender);
    for (id, told) in &store.changes {
        match told {
            ToClient::Deleted(it) if !is_name(&it.by) && said_by(it.message) != Some(&it.by) => {
                return Err(format!("{} deletes in {id}, who is no moderator", it.by));
            }
            ToClient::Edited(it) if said_by(it.message) != Some(&it.sender) => {
                return Err(format!("{} edits in {id} what another said", it.sender));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Nobody tells a room anything after a mute, which lasts longer than a run, but moderators.
pub(super) fn silence(store: &Store) -> Result<(), String> {
    let moderators = MODERATORS.map(hash);
    let mut mutes: Vec<&Sanction> = Vec::new();
    for event in &store.applied {
        let (room, author) = match &event.act {
            Act::Say(say) => (&say.room, &say.author),
            Act::SetTopic(set) => (&set.room, &set.author),
            Act::Reply(reply) => (&reply.say.room, &reply.say.author),
            Act::Mention(it) => (&it.say.room, &it.say.author),
            Act::Edit(edit) => (&edit.on.room, &edit.on.author),
            Act::EditMention(it) => (&it.edit.on.room, &it.edit.on.author),
            Act::React(react) => (&react.on.room, &react.on.author),
            Act::Impose(mute) => {
                mutes.push(mute);
                continue;
            }
            Act::LiftBy(it) => {
                let lift = &it.lift;
                mutes.retain(|it| it.room != lift.room || it.owner() != lift.owner);
                continue;
            }
            _ => continue,
        };
        let is_theirs = |mute: &&Sanction| {
            mute.key == author.key || mute.owner() == Owner::of(author.person, &author.name)
        };
        let holds = |mute: &&Sanction| mute.room.as_ref().is_none_or(|it| it == room);
        let is_moderator = author.key.is_some_and(|key| moderators.contains(&key));
        if !is_moderator && mutes.iter().any(|mute| holds(mute) && is_theirs(mute)) {
            return Err(format!("{} says {} while muted", author.name, event.id));
        }
    }
    Ok(())
}

/// Ids grow, over all runs, and neither they nor times run far ahead of the truth; nothing is stored
/// twice.
pub(super) fn stored(store: &Store, truth_us: u64) -> Result<(), String> {
    let latest_ms = truth_us / 1000 + LEAP_MS;
    let said_at = store.messages.iter().map(|message| (message.id, message.at));
    let changed_at = store.changes.iter().map(|(id, told)| (*id, changed_at(told)));
    let at: BTreeMap<_, _> = said_at.chain(changed_at).collect();
    let is_far = |(id, at): &(&MessageId, &u64)| id.get() / 1000 > latest_ms || **at > latest_ms;
    if let Some((id, at)) = at.iter().find(is_far) {
        return Err(format!("{id} has the time {at}, far ahead"));
    }
    if at.len() != store.messages.len() + store.changes.len() {
        return Err("an id of a message is that of a change".to_owned());
    }
    for pair in store.messages.windows(2) {
        if pair[0].id >= pair[1].id {
            return Err(format!("the id {} comes after {}", pair[1].id, pair[0].id));
        }
    }
    answers(store)?;
    twice(store)
}

/// What answers another message says which one.
fn answers(store: &Store) -> Result<(), String> {
    for event in &store.applied {
        let to = match &event.act {
            Act::Reply(reply) => Some(reply.to),
            Act::Mention(it) => it.to,
            _ => None,
        };
        let Some(to) = to else { continue };
        let said = store.messages.iter().find(|it| it.id == event.id);
        if said.is_some_and(|said| said.reply != Some(to)) {
            return Err(format!("{} does not say that it answers {to}", event.id));
        }
    }
    Ok(())
}

fn changed_at(told: &ToClient) -> u64 {
    match told {
        ToClient::Edited(edited) => edited.at,
        ToClient::Deleted(deleted) => deleted.at,
        ToClient::Reacted(reacted) => reacted.at,
        _ => 0,
    }
}

/// Nothing is stored twice, unless the first was cleared away. What came under the spelling alone is no longer that of
/// who became a person long ago.
fn twice(store: &Store) -> Result<(), String> {
    let mut said: BTreeMap<(&str, &str, Option<&str>), (Owner, u64)> = BTreeMap::new();
    for event in &store.applied {
        let (room, content, reference, author) = match &event.act {
            Act::Say(say) => (&say.room, say.content.as_str(), &say.reference, &say.author),
            Act::SetTopic(set) => (&set.room, set.content.as_str(), &set.reference, &set.author),
            Act::Reply(reply) => {
                let say = &reply.say;
                (&say.room, say.content.as_str(), &say.reference, &say.author)
            }
            Act::Mention(it) => {
                let say = &it.say;
                (&say.room, say.content.as_str(), &say.reference, &say.author)
            }
            Act::EditMention(it) => {
                let (on, content) = (&it.edit.on, it.edit.content.as_str());
                (&on.room, content, &on.reference, &on.author)
            }
            Act::Edit(edit) => {
                (&edit.on.room, edit.content.as_str(), &edit.on.reference, &edit.on.author)
            }
            Act::React(react) => {
                (&react.on.room, react.emoji.as_str(), &react.on.reference, &react.on.author)
            }
            Act::Forget(forget) => {
                let upto = forget.upto.get();
                let goes = |room| forget.room.as_ref().is_none_or(|it| &**it.key() == room);
                said.retain(|(room, ..), (_, id)| *id > upto || !goes(*room));
                continue;
            }
            _ => continue,
        };
        let reference = reference.as_ref().map(|reference| reference.as_str());
        let (owner, id) = (Owner::of(author.person, &author.name), event.id.get());
        let is_long_ago = author.person.is_some_and(|made| id.saturating_sub(made.get()) > DAY_US);
        let before = said.insert((&**room.key(), content, reference), (owner.clone(), id));
        if before.is_some_and(|(before, _)| before == owner || !is_long_ago) {
            return Err(format!("{content} is stored twice"));
        }
    }
    Ok(())
}

/// Everybody is in, has said everything, has seen everything, and sees everybody.
pub(super) fn at_rest(clients: &[Client], store: &Store, process: &Process) -> Result<(), String> {
    clients.iter().try_for_each(|client| sees_all(client, clients, store))?;
    clients.iter().try_for_each(|client| reading::agrees(client, store, process))?;
    let (names, rooms) = (process.names.count(), process.rooms_in_hub());
    let all: BTreeSet<_> = clients.iter().flat_map(|client| client.rooms.keys()).collect();
    if (names, rooms) != (count_people(clients.iter()), all.len()) {
        return Err(format!("{names} names and {rooms} rooms are in use"));
    }
    Ok(())
}

/// One client has said everything, has seen everything, and sees everybody.
pub(super) fn sees_all(client: &Client, clients: &[Client], store: &Store) -> Result<(), String> {
    let who = client.name.as_str();
    if !client.pending.is_empty() {
        return Err(format!("{who} never heard of {:?}", client.pending));
    }
    for message in &client.acknowledged {
        if !store.holds(message) {
            return Err(format!("{who} was told of {}, and it is lost", message.id));
        }
    }
    for view in client.rooms.values() {
        let there = store.ids(&view.room);
        if view.seen != there {
            return Err(format!("{who} missed some of {there:?}: {:?}", view.seen));
        }
        let (fresh, upto) = (store.fresh(&view.room), store.forgotten(&view.room));
        let mut held = view.held.range(upto + 1..);
        if let Some((id, shown)) = held.find(|(id, shown)| fresh.get(id) != Some(shown)) {
            return Err(format!("{who} shows {shown:?} and not {:?}", fresh.get(id)));
        }
        let topic = store.newest_page(&view.room, &NEWEST).topic.unwrap_or_default().content;
        if view.topic != topic {
            return Err(format!("{who} shows the topic {:?} instead of {topic:?}", view.topic));
        }
        let here = |other: &&Client| other.rooms.contains_key(&**view.room.key());
        let people: BTreeSet<_> =
            clients.iter().filter(here).map(|it| it.name.key().to_string()).collect();
        if view.people != people {
            return Err(format!("{who} sees {:?} instead of {people:?}", view.people));
        }
    }
    Ok(())
}

/// How many people they are: some have several devices.
pub(super) fn count_people<'a>(clients: impl Iterator<Item = &'a Client>) -> usize {
    clients.map(|client| client.name.key()).collect::<BTreeSet<_>>().len()
}
