//! Rooms that are made or found: direct ones for some people, open and private ones of one's own.
//!
//! This file does not know where the text that is said there was written.

use protocol::{Direct, Message, RoomInfo, RoomKind, ToServer, UserName};

use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::About;
use crate::chat::update::entering::join_room;
use crate::chat::update::request;
use crate::chat::update::rooms::show_room;
use crate::chat::update::sending::say;
use crate::text;

/// Shows the direct room with these people, and says something there, if there is something to say.
pub fn write_to(model: &mut Model, users: Vec<UserName>, text: Option<String>) -> Vec<Effect> {
    let mut all: Vec<_> = users.iter().chain(&model.me).collect();
    all.sort();
    all.dedup();
    match model.rooms.iter().position(|room| room.is_direct_of(&all)) {
        Some(at) => {
            show_room(model, at);
            say_there(model, text)
        }
        None => {
            let typed = format!("/msg {}", names(&users));
            let envelope = ToServer::Direct(Direct { users, reference: None });
            let effects = request::ask(model, envelope, typed);
            if let Some(request) = model.requests.last_mut() {
                request.then_say = text;
            }
            effects
        }
    }
}

fn names(users: &[UserName]) -> String {
    let names: Vec<_> = users.iter().map(|user| text::name(user.as_str())).collect();
    names.join(",")
}

/// To who wrote last in the room that is shown, and is not oneself.
pub fn write_to_last(model: &mut Model) -> Vec<Effect> {
    let me = model.me.as_ref();
    let others = |message: &&Message| Some(&message.sender) != me;
    let last = model.room().messages().rev().find(others).map(|message| message.sender.clone());
    match last {
        Some(sender) => write_to(model, vec![sender], None),
        None => {
            model.notice = Some("Nobody else has written here yet".to_owned());
            Vec::new()
        }
    }
}

/// It is there: joined, shown, and what was meant for it said.
pub(in crate::chat::update) fn made(
    model: &mut Model,
    info: RoomInfo,
    text: Option<String>,
) -> Vec<Effect> {
    let mut effects = join_room(model, info.room.clone());
    if let Some(room) = model.find(&info.room) {
        room.topic = info.topic.clone();
        room.about = About::of(info);
        if room.kind() == RoomKind::Private {
            let called = room.in_words(None);
            model.notice = Some(format!("{called} is yours: /add NAME makes somebody a member"));
        }
    }
    effects.extend(say_there(model, text));
    effects
}

fn say_there(model: &mut Model, text: Option<String>) -> Vec<Effect> {
    let said = text.map(|text| say(model, &text)).unwrap_or_else(|| Ok(Vec::new()));
    said.unwrap_or_else(|sentence| {
        model.notice = Some(sentence);
        Vec::new()
    })
}
