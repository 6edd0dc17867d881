//! How this person keeps a room, told to the server.
//!
//! This file does not know what of it has changed.

use protocol::{ChangeSetting, RoomName, ToServer};

use super::request;
use crate::chat::event::Effect;
use crate::chat::model::Model;

pub(super) fn change(
    model: &mut Model,
    name: &RoomName,
    set: impl FnOnce(&mut ChangeSetting),
) -> Vec<Effect> {
    let mut change = ChangeSetting::of(name.clone());
    set(&mut change);
    request::ask(model, ToServer::Setting(change), String::new())
}
