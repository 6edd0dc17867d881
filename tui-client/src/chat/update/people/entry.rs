//! Codes that let somebody in: those that are brought, and those that are asked for and shown.
//!
//! This file does not know how they are shown or typed.

use std::time::Duration;

use protocol::{AccessCode, Devices, Invite, Invites, Ref, RoomName};

use crate::address;
use crate::chat::answer::{Answer, LinkCode, ListedInvite, ShownInvite};
use crate::chat::event::{Effect, EntryCode, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::update::connection::reconnect;
use crate::chat::update::request;

/// This device becomes one of whoever has shown the code, whatever name it has now.
pub fn link_by(model: &mut Model, code: AccessCode) -> Vec<Effect> {
    let has_name = !matches!(model.connection, Connection::Refused { .. });
    model.before = model.before.take().or_else(|| model.me.clone().filter(|_| has_name));
    model.bring(EntryCode::Link(code));
    reconnect(model)
}

/// One was let in: the code has done what it is for. True if it was that of a link.
pub(in crate::chat::update) fn let_in(model: &mut Model) -> bool {
    matches!(model.code.take(), Some(EntryCode::Link(_)))
}

pub(in crate::chat::update) fn link_came(
    model: &mut Model,
    code: AccessCode,
    expires_ms: u64,
    reference: Option<&Ref>,
) -> Vec<Effect> {
    let Some(mut effects) = request::answered(model, reference) else { return Vec::new() };
    let server = model.servers.current();
    let address = server.map(|server| address::page(server, "link", code.as_str()));
    let is_local = server.is_some_and(address::is_this_machine);
    let over = Timer::LinkOver(code.clone());
    effects.push(Effect::After(Duration::from_millis(expires_ms), over));
    model.link = Some(code.clone());
    let shown = LinkCode { code, address, expires_ms, is_local };
    effects.push(Effect::Show(Answer::Link(shown)));
    effects
}

/// Another code may be shown by now.
pub(in crate::chat::update) fn link_over(model: &mut Model, code: &AccessCode) {
    model.link.take_if(|shown| shown == code);
}

pub(in crate::chat::update) fn devices_came(model: &mut Model, list: Devices) -> Vec<Effect> {
    let effects = request::answered(model, list.reference.as_ref());
    model.devices.clone_from(&list.devices);
    shown(effects, Answer::Devices(list.devices))
}

pub(in crate::chat::update) fn invite_came(model: &mut Model, invite: Invite) -> Vec<Effect> {
    let effects = request::answered(model, invite.reference.as_ref());
    let server = model.servers.current();
    let address = server.map(|server| address::page(server, "invite", invite.code.as_str()));
    let rooms = called(model, &invite.rooms);
    shown(effects, Answer::Invite(ShownInvite { invite, address, rooms }))
}

pub(in crate::chat::update) fn invites_came(model: &mut Model, list: Invites) -> Vec<Effect> {
    let effects = request::answered(model, list.reference.as_ref());
    let invites = list.invites.into_iter().map(|invite| {
        let rooms = called(model, &invite.rooms);
        ListedInvite { invite, rooms }
    });
    let invites = invites.collect();
    shown(effects, Answer::Invites(invites))
}

fn called(model: &Model, rooms: &[RoomName]) -> Vec<String> {
    rooms.iter().map(|room| model.in_words(room)).collect()
}

/// What nobody asked for here is not shown.
fn shown(effects: Option<Vec<Effect>>, answer: Answer) -> Vec<Effect> {
    let Some(mut effects) = effects else { return Vec::new() };
    effects.push(Effect::Show(answer));
    effects
}
