//! Does to the database what events say. Nothing else writes what is kept.
//!
//! The same events over equal databases make equal databases and equal outcomes, however they are cut
//! into commits: nothing here asks a clock, a random number or the configuration. All rules of what
//! lasts are decided here; what was checked before only saves work.

mod audit;
mod bots;
mod devices;
mod expiry;
mod hooks;
mod invites;
mod known;
mod markers;
mod mentions;
mod messages;
mod names;
mod persons;
mod rooms;
mod sanctions;
#[cfg(test)]
mod tests;
mod topics;

use rusqlite::Connection;

pub(in crate::log) use self::devices::{keep_link, load as devices_of};
pub(in crate::log) use self::hooks::{ROOM_HOOKS_MAX, keep as keep_hook, may_hook};
pub use self::invites::PERSON_INVITES_MAX;
pub(in crate::log) use self::invites::keep as keep_invite;
pub(super) use self::known::Known;
pub(super) use self::messages::{
    COLUMNS as MESSAGE_COLUMNS, NEWER_TOPIC, read_envelope, read_message,
};
pub(in crate::log) use self::names::{kept_for_another, release_now};
pub(in crate::log) use self::persons::named as person_named;
pub(super) use self::rooms::{kind_of, look, notify_of, place, role_of, room_number, users};
pub(in crate::log) use self::sanctions::lift_all;
pub(super) use self::sanctions::{newest_sanction, room_key};
use crate::log::database::column::signed;
use crate::log::event::{Act, Event};
use crate::log::outcome::Outcome;

/// Applies one event within a transaction.
pub(super) fn apply(
    db: &Connection,
    known: &mut Known,
    event: &Event,
) -> rusqlite::Result<Outcome> {
    let outcome = match &event.act {
        // The rest is rare: messages themselves tell where the order ended.
        Act::Say(say) => return messages::say(db, known, event, say),
        Act::Reply(it) => return messages::reply(db, known, event, it),
        Act::Mention(it) => messages::mention(db, known, event, it),
        Act::Edit(edit) => messages::edit(db, known, event, (edit, None)),
        Act::EditMention(it) => messages::edit(db, known, event, (&it.edit, Some(&it.calls))),
        Act::SayAsHook(it) => hooks::say(db, known, event, it),
        Act::Delete(delete) => messages::delete(db, event, delete),
        Act::DeleteOwn(own) => messages::delete_own(db, event, own),
        Act::React(react) => messages::react(db, known, event, react),
        Act::SetTopic(set) => topics::set(db, known, event, set),
        Act::TakeName(take) => names::take(db, event, take),
        Act::UseName(used) => names::note_use(db, event, used),
        Act::Impose(sanction) => sanctions::impose(db, known, event, sanction),
        Act::Lift(lift) => sanctions::lift(db, event, (lift, None)),
        Act::LiftBy(it) => sanctions::lift(db, event, (&it.lift, Some(&it.by))),
        Act::Expire(expire) => expiry::expire(db, known, event, expire),
        Act::Forget(forget) => expiry::forget(db, known, forget),
        Act::NoteTime(known_ms) => expiry::note_time(db, event, *known_ms),
        Act::ReleaseName(name) => names::release(db, event, name),
        Act::MakeLink(make) => devices::make_link(db, event, make),
        Act::AddDevice(new) => devices::add_device(db, event, new),
        Act::RevokeDevice(revoke) => devices::revoke(db, event, revoke),
        Act::UseDevice(used) => devices::note_use(db, event, used),
        Act::MakeInvite(make) => invites::make(db, event, make),
        Act::EndInvite(end) => invites::end(db, event, end),
        Act::AcceptInvite(accept) => invites::accept(db, event, accept),
        Act::Create(create) => rooms::create(db, known, event, create),
        Act::Direct(direct) => rooms::direct(db, event, direct),
        Act::Add(add) => rooms::add(db, known, event, add),
        Act::Remove(remove) => rooms::remove(db, known, event, remove),
        Act::SetRole(set) => rooms::set_role(db, event, set),
        Act::KeepRoom(keep) => rooms::keep_room(db, event, keep),
        Act::KeepRoomAs(keep) => rooms::keep_room_as(db, event, keep),
        Act::MakeHook(make) => hooks::make(db, event, make),
        Act::MakeOutgoing(hook) => hooks::make_outgoing(db, event, hook),
        Act::EndHook(end) => hooks::end(db, event, end),
        Act::MakeBot(make) => bots::make(db, known, event, make),
        Act::EndBot(name) => bots::end(db, known, event, name),
        Act::NoteRead(note) => markers::note(db, event, note),
        Act::Import(import) => messages::import(db, known, event, import),
    }?;
    if let Outcome::Changed(changes) | Outcome::Named(_, _, changes) = &outcome {
        audit::note_changes(db, event.at, changes)?;
    }
    note_end(db, event)?;
    Ok(outcome)
}

/// Where the order ended, so that no id is given twice.
fn note_end(db: &Connection, event: &Event) -> rusqlite::Result<()> {
    let note = "UPDATE log SET last = ?1, last_at = ?2";
    db.prepare_cached(note)?.execute([signed(event.id.get()), signed(event.at)])?;
    Ok(())
}
