//! Keys while something lies over the messages, or asks.

use super::editing::edit;
use super::effects::take;
use super::reading::{page, search};
use super::{entrance, select};
use crate::chat::update::{confirm, show_room};
use crate::screen::event::Effect;
use crate::screen::keys::{KeyCommand, Meaning};
use crate::screen::model::Screen;
use crate::screen::overlay::{Kind, Overlay, Prompt};
use crate::screen::view::{answer_rows, help_rows, pane_size};

pub(super) fn key(screen: &mut Screen, meaning: Meaning) -> Vec<Effect> {
    match std::mem::take(&mut screen.overlay) {
        Overlay::None => {}
        Overlay::Help(first) => {
            let first = turned(screen, meaning, first, help_rows(screen));
            screen.overlay = first.map_or(Overlay::None, Overlay::Help);
        }
        Overlay::Select(id) => return select::key(screen, meaning, id),
        Overlay::Paste(text) => paste(screen, meaning, text),
        Overlay::Question => return question(screen, meaning),
        Overlay::Answer(answer, first) => {
            let last = answer_rows(screen, &answer);
            let first = turned(screen, meaning, first, last);
            screen.overlay = first.map_or(Overlay::None, |first| Overlay::Answer(answer, first));
        }
        Overlay::Entrance(entrance) => return entrance::key(screen, meaning, entrance),
        Overlay::Prompt(prompt) => return ask(screen, meaning, prompt),
    }
    Vec::new()
}

/// The first row of so many that is shown after a key; any key but those that turn the pages closes them.
fn turned(screen: &Screen, meaning: Meaning, first: usize, all: usize) -> Option<usize> {
    let (_, rows) = pane_size(screen);
    let last = all.saturating_sub(rows);
    let page = rows.saturating_sub(1).max(1);
    match meaning {
        Meaning::Command(KeyCommand::PageUp) => Some(first.saturating_sub(page)),
        Meaning::Command(KeyCommand::PageDown) => Some((first + page).min(last)),
        Meaning::Command(KeyCommand::Up) => Some(first.saturating_sub(1)),
        Meaning::Command(KeyCommand::Down) => Some((first + 1).min(last)),
        _ => None,
    }
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

fn question(screen: &mut Screen, meaning: Meaning) -> Vec<Effect> {
    let Some(is_yes) = answer(meaning) else {
        screen.overlay = Overlay::Question;
        return Vec::new();
    };
    screen.room_view_mut().found = None;
    if is_yes {
        let effects = confirm(&mut screen.chat);
        return take(screen, effects);
    }
    let question = screen.chat.question.take();
    screen.chat.notice = question.map(|question| question.declined().to_owned());
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
