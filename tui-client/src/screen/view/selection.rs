//! What keys do with the message that is selected: those that are refused for it are not named.
//!
//! This file does not know where that is shown.

use protocol::MessageId;

use super::pane::pane_of;
use crate::chat::Place;
use crate::chat::update::link_of;
use crate::chat::writing::code;
use crate::screen::keys::KeyCommand;
use crate::screen::model::Screen;
use crate::screen::rows::hides;

/// Which keys move on, what others do with it, and which one ends that.
pub(super) fn words(screen: &Screen, id: MessageId) -> String {
    let keys = &screen.keys;
    let moves = keys.advice(&[(KeyCommand::Select, "older"), (KeyCommand::SelectNewer, "newer")]);
    let does = acts(screen, id).join(", ");
    let ends = keys.advise(&does, ",", &[(KeyCommand::Escape, "ends")]);
    if moves.is_empty() { ends } else { format!("{moves}: {ends}") }
}

fn acts(screen: &Screen, id: MessageId) -> Vec<&'static str> {
    let (chat, me) = (&screen.chat, screen.chat.me.as_ref());
    let message = chat.room().shown_by_id(id, me);
    let said = message.as_deref().filter(|message| !message.deleted);
    let is_own = said.is_some_and(|message| Some(&message.sender) == me);
    let has_name = !chat.list.is_refused;
    let has_code = said.is_some_and(|said| !code::blocks(said.content.as_str()).is_empty());
    let is_reply = message.as_deref().is_some_and(|message| message.reply.is_some());
    let acts = [
        ("r reply", said.is_some()),
        ("e edit", is_own && has_name),
        ("+ react", said.is_some() && has_name),
        ("d delete", said.is_some() && (is_own && has_name || chat.room().moderates)),
        ("y copy", said.is_some()),
        ("c code", has_code),
        ("o open", link_of(chat, id).is_some() || can_be_opened(screen, id)),
        ("u unread from here", chat.list.keeps_marks()),
        ("p permalink", true),
        ("g its original", is_reply),
    ];
    acts.into_iter().filter_map(|(act, works)| works.then_some(act)).collect()
}

/// More of it is to be seen, or is seen because it was opened.
fn can_be_opened(screen: &Screen, id: MessageId) -> bool {
    let (room, pane) = (screen.chat.room(), pane_of(screen, 0));
    let at = room.line_index(Place::of(id));
    pane.unfolded == Some(id) || at < room.lines().len() && hides(room, at, &pane)
}
