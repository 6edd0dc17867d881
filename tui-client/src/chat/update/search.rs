//! Searching all messages: asked of the server in pages, one question at a time, kept up to date, gone to, and
//! gone through one by one until the person ends it.
//!
//! This file does not know how it is shown.

use protocol::{Message, MessageId, MessageList, SearchQuery, ToServer};

use super::entering::join_room;
use super::{jump, request};
use crate::chat::event::Effect;
use crate::chat::model::{Connection, Model};
use crate::chat::request::Request;
use crate::chat::room::Change;
use crate::chat::search::{HINT, SearchList};

/// Looks for something else than before.
pub fn search(model: &mut Model, query: &str) -> Vec<Effect> {
    let query = query.trim();
    if query.is_empty() {
        model.notice = Some(format!("Usage: /search QUERY. {HINT}"));
        return Vec::new();
    }
    // What was not sent yet is of use to nobody now.
    let is_old = |request: &Request| request.waits && asked_by(request).is_some();
    model.requests.retain(|request| !is_old(request));
    model.search = Some(SearchList::new(query));
    if model.connection != Connection::Online {
        let words = "Not connected: the search is sent with the next connection";
        model.notice = Some(words.to_owned());
    }
    let effects = ask(model, None, "/search");
    if !is_searching(model) {
        model.search = None;
    }
    effects
}

/// The next page of them.
pub fn more_found(model: &mut Model) -> Vec<Effect> {
    let before = model.search.as_ref().and_then(|search| search.found.next());
    before.map(|before| ask(model, Some(before), "")).unwrap_or_default()
}

fn ask(model: &mut Model, before: Option<MessageId>, typed: &str) -> Vec<Effect> {
    let Some(search) = &model.search else { return Vec::new() };
    let query = search.query.clone();
    let query = SearchQuery { query, room: None, before, limit: None, reference: None };
    let is_same = |asked: &SearchQuery| asked.query == query.query && asked.before == before;
    if model.requests.iter().filter_map(asked_by).any(is_same) {
        return Vec::new();
    }
    request::ask(model, ToServer::Search(query), typed.to_owned())
}

fn asked_by(request: &Request) -> Option<&SearchQuery> {
    match &request.envelope {
        ToServer::Search(asked) => Some(asked),
        _ => None,
    }
}

/// What was found, or more of it, is on its way.
pub fn is_searching(model: &Model) -> bool {
    let mut asked = model.requests.iter().filter_map(asked_by);
    let search = model.search.as_ref();
    search.is_some_and(|search| asked.any(|asked| asked.query == search.query))
}

pub(super) fn found_came(model: &mut Model, found: MessageList) -> Vec<Effect> {
    let asked = request::take(model, found.reference.as_ref()).map(|request| request.envelope);
    let Some(ToServer::Search(asked)) = asked else { return Vec::new() };
    let mut effects = request::next(model);
    // It may answer a search that another has taken the place of.
    let search = model.search.as_mut().filter(|search| search.query == asked.query);
    let Some(search) = search else { return effects };
    if search.found.came(asked.before, found) && std::mem::take(&mut search.goes_on) {
        effects.extend(next_found(model));
    }
    effects
}

/// The server has not looked. False if nobody waits for it any more.
pub(super) fn refused(model: &mut Model, asked: &SearchQuery, sentence: &str) -> bool {
    let search = model.search.as_mut().filter(|search| search.query == asked.query);
    let Some(search) = search else { return false };
    search.goes_on = false;
    if search.found.messages.is_empty() {
        (search.found.more, search.refused) = (false, Some(sentence.to_owned()));
    }
    true
}

pub(super) fn changed(model: &mut Model, change: &Change) {
    let search = model.search.as_ref();
    let held = search.and_then(|search| search.found.messages.get(search.place(change.message())?));
    if let Some(message) = held.and_then(|held| change.applied(held)) {
        take_in(model, &message);
    }
}

/// What is found is shown as it is now.
pub(super) fn take_in(model: &mut Model, message: &Message) {
    let Some(search) = &mut model.search else { return };
    let is_hit = search.place(message.id).is_some() && !message.deleted;
    search.found.take_in(message, is_hit);
}

/// Goes to one of them, joining its room if need be.
pub fn go_to_found(model: &mut Model, id: MessageId) -> Vec<Effect> {
    let Some(search) = &mut model.search else { return Vec::new() };
    let Some(at) = search.place(id) else { return Vec::new() };
    (search.at, search.goes_on) = (Some(id), false);
    let room = search.found.messages[at].room.clone();
    let mut effects = join_room(model, room);
    effects.extend(jump::jump(model, id));
    effects
}

/// The next older result, also if it has to be asked for.
pub fn next_found(model: &mut Model) -> Vec<Effect> {
    let Some(search) = &mut model.search else { return Vec::new() };
    if let Some(id) = search.older() {
        return go_to_found(model, id);
    }
    search.goes_on = search.found.more;
    let words = if search.goes_on { "Loading older results …" } else { "No older results" };
    model.notice = Some(words.to_owned());
    more_found(model)
}

pub fn previous_found(model: &mut Model) -> Vec<Effect> {
    let Some(search) = &mut model.search else { return Vec::new() };
    search.goes_on = false;
    match search.newer() {
        Some(id) => go_to_found(model, id),
        None => {
            model.notice = Some("No newer results".to_owned());
            Vec::new()
        }
    }
}

/// Nobody goes through it any more.
pub fn end_search(model: &mut Model) {
    model.search = None;
}
