//! Searching all messages: the field with the list of results, and going through them from the conversation.

use super::completing::words;
use super::effects::take;
use crate::chat::completion::filters;
use crate::chat::update::{end_search, next_found, previous_found, search};
use crate::screen::event::Effect;
use crate::screen::input::completion::Completion;
use crate::screen::keys::KeyCommand;
use crate::screen::model::Screen;
use crate::screen::overlay::{Kind, Overlay, Prompt};

/// Opens the field: with the search that was not ended, where one went to last.
pub(super) fn open(screen: &mut Screen) {
    let search = screen.chat.search.as_ref();
    open_with(screen, search.map(|search| search.query.clone()).unwrap_or_default());
}

fn open_with(screen: &mut Screen, query: String) {
    let mut prompt = Prompt::new(Kind::Search);
    prompt.input.write(query);
    if let Some(search) = &mut screen.chat.search {
        // The conversation stays where it is under the list.
        search.goes_on = false;
        prompt.at = search.at.and_then(|at| search.place(at)).unwrap_or_default();
    }
    screen.overlay = Overlay::Prompt(prompt);
}

/// Asks the server, and shows what it finds; without words there is only the field.
pub(super) fn ask(screen: &mut Screen, query: &str) -> Vec<Effect> {
    if query.trim().is_empty() {
        open(screen);
        return Vec::new();
    }
    let effects = search(&mut screen.chat, query);
    open_with(screen, query.to_owned());
    take(screen, effects)
}

/// To the next result from the one that was gone to last.
pub(super) fn go_through(screen: &mut Screen, older: bool) -> Vec<Effect> {
    if screen.chat.search.is_none() {
        let begins = [(KeyCommand::Search, "searches")];
        screen.chat.notice = Some(screen.keys.advise("No search yet", ".", &begins));
    }
    let to_next = if older { next_found } else { previous_found };
    let effects = to_next(&mut screen.chat);
    take(screen, effects)
}

/// Closes the list: a search that one goes through stays, any other is ended.
pub(super) fn close(screen: &mut Screen) {
    if screen.chat.search.as_ref().is_some_and(|search| search.at.is_none()) {
        end(screen);
    }
}

/// What was found is marked no more. False if there is no search.
pub(super) fn end(screen: &mut Screen) -> bool {
    let is_search = screen.chat.search.is_some();
    if is_search {
        end_search(&mut screen.chat);
        screen.views.values_mut().for_each(|view| view.found = None);
    }
    is_search
}

/// Completes a filter in the field, or takes the next of those that are offered; false if there is none.
pub(super) fn complete(screen: &mut Screen, prompt: &mut Prompt, back: bool) -> bool {
    let input = &mut prompt.input;
    let completing = screen.completing.take().filter(|completing| completing.goes_on(input));
    screen.completing = match completing {
        Some(completing) => Some(completing.turn(input, back)),
        None => {
            let words = words(screen);
            Completion::begin(input, |before| filters(before, &words))
        }
    };
    screen.completing.is_some()
}
