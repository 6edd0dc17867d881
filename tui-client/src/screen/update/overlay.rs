//! Keys while something lies over the messages, or asks.

use super::editing::edit;
use super::effects::take;
use super::reading::{page, search};
use super::select;
use crate::chat::update::{confirm_deletion, show_room};
use crate::screen::event::Effect;
use crate::screen::keys::{KeyCommand, Meaning};
use crate::screen::model::Screen;
use crate::screen::overlay::{Kind, Overlay, Prompt};
use crate::screen::view::{help_rows, pane_size};

pub(super) fn key(screen: &mut Screen, meaning: Meaning) -> Vec<Effect> {
    match std::mem::take(&mut screen.overlay) {
        Overlay::None => {}
        Overlay::Help(first) => screen.overlay = help(screen, meaning, first),
        Overlay::Select(id) => return select::key(screen, meaning, id),
        Overlay::Paste(text) => paste(screen, meaning, text),
        Overlay::Delete => return delete(screen, meaning),
        Overlay::Prompt(prompt) => return ask(screen, meaning, prompt),
    }
    Vec::new()
}

/// Any key but those that turn its pages closes the help.
fn help(screen: &Screen, meaning: Meaning, first: usize) -> Overlay {
    let (_, rows) = pane_size(screen);
    let last = help_rows(screen).saturating_sub(rows);
    let page = rows.saturating_sub(1).max(1);
    Overlay::Help(match meaning {
        Meaning::Command(KeyCommand::PageUp) => first.saturating_sub(page),
        Meaning::Command(KeyCommand::PageDown) => (first + page).min(last),
        Meaning::Command(KeyCommand::Up) => first.saturating_sub(1),
        Meaning::Command(KeyCommand::Down) => (first + 1).min(last),
        _ => return Overlay::None,
    })
}

/// Whether a key means yes; one that was meant for something else answers nothing.
fn answer(meaning: Meaning) -> Option<bool> {
    match meaning {
        Meaning::Command(KeyCommand::Send) | Meaning::Char('y' | 'Y') => Some(true),
        Meaning::Command(KeyCommand::Escape | KeyCommand::Interrupt) | Meaning::Char('n' | 'N') => {
            Some(false)
        }
        _ => None,
    }
}

fn paste(screen: &mut Screen, meaning: Meaning, text: String) {
    match answer(meaning) {
        Some(true) => screen.input.insert(&text),
        Some(false) => screen.chat.notice = Some("Nothing pasted".to_owned()),
        None => screen.overlay = Overlay::Paste(text),
    }
}

fn delete(screen: &mut Screen, meaning: Meaning) -> Vec<Effect> {
    let Some(is_yes) = answer(meaning) else {
        screen.overlay = Overlay::Delete;
        return Vec::new();
    };
    screen.room_view_mut().found = None;
    if is_yes {
        let effects = confirm_deletion(&mut screen.chat);
        return take(screen, effects);
    }
    screen.chat.deletion = None;
    screen.chat.notice = Some("Nothing deleted".to_owned());
    Vec::new()
}

fn ask(screen: &mut Screen, meaning: Meaning, mut prompt: Prompt) -> Vec<Effect> {
    match meaning {
        Meaning::Command(KeyCommand::Send) => return accept(screen, prompt),
        Meaning::Command(KeyCommand::Escape | KeyCommand::Interrupt) => return Vec::new(),
        // The key that opened it goes on to the next one.
        Meaning::Command(
            KeyCommand::Down
            | KeyCommand::Recall
            | KeyCommand::Switch
            | KeyCommand::Complete
            | KeyCommand::NextRoom,
        ) => {
            prompt.at += 1;
        }
        Meaning::Command(KeyCommand::Up | KeyCommand::CompleteBack | KeyCommand::PreviousRoom) => {
            prompt.at = prompt.at.saturating_sub(1);
        }
        Meaning::Command(command @ (KeyCommand::PageUp | KeyCommand::PageDown))
            if prompt.kind == Kind::Words =>
        {
            screen.overlay = Overlay::Prompt(prompt);
            return page(screen, command == KeyCommand::PageUp);
        }
        Meaning::Command(KeyCommand::Newline) | Meaning::First => {}
        Meaning::Command(command) => {
            edit(&mut prompt.input, command);
        }
        Meaning::Char(c) => {
            prompt.input.type_in(c);
            prompt.at = 0;
        }
    }
    prompt.at = prompt.at.min(prompt.choices(&screen.chat).len().saturating_sub(1));
    screen.overlay = Overlay::Prompt(prompt);
    Vec::new()
}

fn accept(screen: &mut Screen, prompt: Prompt) -> Vec<Effect> {
    if prompt.kind == Kind::Words {
        search(screen, prompt.input.text());
        // Enter once more goes to the next older one.
        screen.overlay = Overlay::Prompt(prompt);
        return Vec::new();
    }
    let chosen = prompt.choices(&screen.chat).get(prompt.at).map(|(_, at)| *at);
    match (prompt.kind, chosen) {
        (_, None) => {
            screen.chat.notice = Some(format!("No match for {:?}", prompt.input.text()));
            screen.overlay = Overlay::Prompt(prompt);
        }
        (Kind::Room, Some(at)) => show_room(&mut screen.chat, at),
        (_, Some(at)) => {
            let text = screen.chat.sent[at].clone();
            screen.input.clear();
            screen.input.insert(&text);
        }
    }
    Vec::new()
}
