//! One message that is selected: moved to, and then copied, shown whole, or deleted. And the question
//! before a message is deleted: which one it means is settled when it is asked.

use protocol::MessageId;

use super::reading::{load_older, open_long, with_pane};
use crate::event::Action;
use crate::keys::{Meaning, Wish};
use crate::model::{Entry, Model, Overlay, Place, Question};
use crate::scroll::{self, in_sight};
use crate::text;

/// Cells of a message's first words in a question: enough to know it again.
const WORDS_CELLS: usize = 40;

/// Selects the newest message in sight.
pub(super) fn begin(model: &mut Model) {
    let newest = with_pane(model, |room, pane| {
        let mut seen = room.entries.range(in_sight(room, pane)).rev().filter_map(Entry::message);
        seen.next().map(|message| message.id)
    });
    match newest {
        Some(id) => show(model, id),
        None => model.notice = Some("No messages here to select".to_owned()),
    }
}

pub(super) fn key(model: &mut Model, meaning: Meaning, id: MessageId) -> Vec<Action> {
    match meaning {
        Meaning::Wish(Wish::Select | Wish::Up) => return older(model, id),
        Meaning::Wish(Wish::SelectNewer | Wish::Down) => newer(model, id),
        Meaning::Wish(Wish::Delete) | Meaning::Char('d') => ask_to_delete(model, Some(id)),
        Meaning::Char('c' | 'y') => {
            let said = model.room().messages().find(|message| message.id == id);
            let said = said.map(|message| message.content.as_str().to_owned());
            model.room_mut().found = None;
            return super::command::copy(model, said, "message");
        }
        Meaning::Wish(Wish::Open | Wish::Send) | Meaning::Char('o') => {
            open_long(model, Some(id));
            model.overlay = Overlay::Select(id);
        }
        Meaning::Wish(Wish::Escape | Wish::Interrupt) => model.room_mut().found = None,
        _ => model.overlay = Overlay::Select(id),
    }
    Vec::new()
}

fn older(model: &mut Model, id: MessageId) -> Vec<Action> {
    let older = model.room().messages().rev().map(|message| message.id).find(|other| *other < id);
    show(model, older.unwrap_or(id));
    if older.is_none() { load_older(model.room_mut()) } else { Vec::new() }
}

/// Beyond the newest there is nothing to select.
fn newer(model: &mut Model, id: MessageId) {
    let newer = model.room().messages().map(|message| message.id).find(|other| *other > id);
    match newer {
        Some(newer) => show(model, newer),
        None => {
            model.room_mut().found = None;
            model.room_mut().to_bottom();
        }
    }
}

fn show(model: &mut Model, id: MessageId) {
    model.overlay = Overlay::Select(id);
    with_pane(model, |room, pane| {
        room.found = Some(id);
        let place = Place { id, note: 0 };
        let (at, seen) = (room.index(place), in_sight(room, pane));
        // What is all in sight moves nothing.
        if at <= seen.start || at + 1 >= seen.end {
            scroll::show(room, pane, place);
        }
    });
}

/// Asks, with its first words, before a message is deleted.
pub(super) fn ask_to_delete(model: &mut Model, id: Option<MessageId>) {
    let room = model.room();
    let message = room.messages().find(|message| Some(message.id) == id);
    let Some(message) = message.filter(|message| !message.deleted) else {
        let is_gone = message.is_some();
        let words = if is_gone { "It is deleted already" } else { "No such message here" };
        model.notice = Some(words.to_owned());
        return;
    };
    if !room.joined {
        model.notice = Some(super::command::NOT_IN_ROOM.to_owned());
        return;
    }
    let sender = text::clean_line(message.sender.as_str());
    let words = text::fitted(&text::clean_line(message.content.as_str()), WORDS_CELLS);
    let (room, message) = (room.name.clone(), message.id);
    if !model.has_screen {
        let question = format!(
            "Delete {}'s message \"{words}\"? This can't be undone",
            text::isolated(&sender)
        );
        model.notice = Some(format!("{question}: /delete yes deletes it"));
    }
    model.overlay = Overlay::Ask(Question::Delete { room, message, sender, words });
}
