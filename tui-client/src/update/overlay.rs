//! Keys while something lies over the messages, or asks.

use protocol::ToServer;

use super::editing::edit;
use super::reading::{page, search, show_place};
use super::{request, select};
use crate::event::Action;
use crate::keys::{Meaning, Wish};
use crate::model::{Kind, Model, Overlay, Prompt, Question};
use crate::view::{help_rows, pane_size};

pub(super) fn key(model: &mut Model, meaning: Meaning) -> Vec<Action> {
    match std::mem::take(&mut model.overlay) {
        Overlay::None => {}
        Overlay::Help(first) => model.overlay = help(model, meaning, first),
        Overlay::Select(id) => return select::key(model, meaning, id),
        Overlay::Ask(asked) => return answer(model, meaning, asked),
        Overlay::Prompt(prompt) => return ask(model, meaning, prompt),
    }
    Vec::new()
}

/// Any key but those that turn its pages closes the help.
fn help(model: &Model, meaning: Meaning, first: usize) -> Overlay {
    let (_, rows) = pane_size(model);
    let last = help_rows(model).saturating_sub(rows);
    let page = rows.saturating_sub(1).max(1);
    Overlay::Help(match meaning {
        Meaning::Wish(Wish::PageUp) => first.saturating_sub(page),
        Meaning::Wish(Wish::PageDown) => (first + page).min(last),
        Meaning::Wish(Wish::Up) => first.saturating_sub(1),
        Meaning::Wish(Wish::Down) => (first + 1).min(last),
        _ => return Overlay::None,
    })
}

fn answer(model: &mut Model, meaning: Meaning, asked: Question) -> Vec<Action> {
    let is_yes = match meaning {
        Meaning::Wish(Wish::Send) | Meaning::Char('y' | 'Y') => true,
        Meaning::Wish(Wish::Escape | Wish::Interrupt) | Meaning::Char('n' | 'N') => false,
        // A key that was meant for something else answers nothing.
        _ => {
            model.overlay = Overlay::Ask(asked);
            return Vec::new();
        }
    };
    model.room_mut().found = None;
    match asked {
        Question::Paste(text) if is_yes => model.input.insert(&text),
        Question::Paste(_) => model.notice = Some("Nothing pasted".to_owned()),
        Question::Delete { room, message, .. } if is_yes => {
            let delete = ToServer::Delete(protocol::Delete { room, message, reference: None });
            return request::ask(model, delete);
        }
        Question::Delete { .. } => model.notice = Some("Nothing deleted".to_owned()),
    }
    Vec::new()
}

fn ask(model: &mut Model, meaning: Meaning, mut prompt: Prompt) -> Vec<Action> {
    match meaning {
        Meaning::Wish(Wish::Send) => return accept(model, prompt),
        Meaning::Wish(Wish::Escape | Wish::Interrupt) => return Vec::new(),
        // The key that opened it goes on to the next one.
        Meaning::Wish(
            Wish::Down | Wish::Recall | Wish::Switch | Wish::Complete | Wish::NextRoom,
        ) => {
            prompt.at += 1;
        }
        Meaning::Wish(Wish::Up | Wish::CompleteBack | Wish::PreviousRoom) => {
            prompt.at = prompt.at.saturating_sub(1);
        }
        Meaning::Wish(wish @ (Wish::PageUp | Wish::PageDown)) if prompt.kind == Kind::Words => {
            model.overlay = Overlay::Prompt(prompt);
            return page(model, wish == Wish::PageUp);
        }
        Meaning::Wish(Wish::Newline) | Meaning::First => {}
        Meaning::Wish(wish) => {
            edit(&mut prompt.input, wish);
        }
        Meaning::Char(c) => {
            prompt.input.type_in(c);
            prompt.at = 0;
        }
    }
    prompt.at = prompt.at.min(prompt.choices(model).len().saturating_sub(1));
    model.overlay = Overlay::Prompt(prompt);
    Vec::new()
}

fn accept(model: &mut Model, prompt: Prompt) -> Vec<Action> {
    if prompt.kind == Kind::Words {
        search(model, prompt.input.text());
        // Enter once more goes to the next older one.
        model.overlay = Overlay::Prompt(prompt);
        return Vec::new();
    }
    let chosen = prompt.choices(model).get(prompt.at).map(|(_, at)| *at);
    match (prompt.kind, chosen) {
        (_, None) => {
            model.notice = Some(format!("No match for {:?}", prompt.input.text()));
            model.overlay = Overlay::Prompt(prompt);
        }
        (Kind::Room, Some(at)) => show_place(model, at),
        (_, Some(at)) => {
            let text = model.input.sent()[at].clone();
            model.input.clear();
            model.input.insert(&text);
        }
    }
    Vec::new()
}
