//! The list of all rooms: asked for in pages and by words, one question at a time, while somebody looks at it.
//!
//! This file does not know how it is shown.

use protocol::{ROOMS_QUERY_CHARS_MAX, RoomEntry, RoomName, RoomsQuery, ToServer};

use crate::chat::event::Effect;
use crate::chat::list::BROWSED_MAX;
use crate::chat::model::Model;
use crate::chat::update::entering::join_room;
use crate::chat::update::request;

/// Looks for rooms with this in name, title or topic; for all, if it is empty.
pub fn browse(model: &mut Model, query: &str) -> Vec<Effect> {
    let query: String = query.trim().chars().take(ROOMS_QUERY_CHARS_MAX).collect();
    model.browser.get_or_insert_default().query.clone_from(&query);
    // Who types on is asked for when the answer is here.
    if model.is_asking_for_rooms() { Vec::new() } else { ask(model, query, None) }
}

/// What is behind the last one that is here.
pub fn browse_more(model: &mut Model) -> Vec<Effect> {
    let asked = model.is_asking_for_rooms();
    let Some(browser) = model.browser.as_ref().filter(|browser| browser.more && !asked) else {
        return Vec::new();
    };
    let (query, last) = (browser.query.clone(), browser.rooms.last());
    let after = last.map(|entry| entry.room.clone());
    ask(model, query, after)
}

/// Nobody looks at it any more.
pub fn close_browser(model: &mut Model) {
    model.browser = None;
}

/// Joins one of its rooms and shows it.
pub fn pick(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    let browser = model.browser.take().unwrap_or_default();
    let effects = join_room(model, name.clone());
    let entry = browser.rooms.iter().find(|entry| entry.room == *name);
    if let (Some(entry), Some(room)) = (entry, model.find(name)) {
        room.about.listed(entry);
    }
    effects
}

fn ask(model: &mut Model, query: String, after: Option<RoomName>) -> Vec<Effect> {
    let query = Some(query).filter(|query| !query.is_empty()).map(String::into_boxed_str);
    let query = RoomsQuery { mine: false, room: None, query, after, reference: None };
    request::ask(model, ToServer::Rooms(query), String::new())
}

/// What was looked for may have changed meanwhile: then that is asked for.
pub(in crate::chat::update) fn page_came(
    model: &mut Model,
    asked: &RoomsQuery,
    rooms: Vec<RoomEntry>,
    more: bool,
) -> Vec<Effect> {
    let Some(browser) = &mut model.browser else { return Vec::new() };
    if asked.after.is_none() {
        browser.rooms.clear();
    }
    browser.rooms.extend(rooms);
    browser.rooms.truncate(BROWSED_MAX);
    browser.more = more && browser.rooms.len() < BROWSED_MAX;
    let query = browser.query.clone();
    if asked.query.as_deref().unwrap_or_default() == query {
        return Vec::new();
    }
    ask(model, query, None)
}
