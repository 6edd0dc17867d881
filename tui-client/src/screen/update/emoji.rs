//! Pictures for names while one types: offered, chosen among, and put in.
//!
//! This file does not know which names there are.

use crate::chat::writing::emoji::{Offer, complete, offer};
use crate::screen::keys::KeyCommand;
use crate::screen::model::Screen;

/// A character was typed: a name may be complete with it, or begin.
pub(super) fn typed(screen: &mut Screen, c: char) {
    screen.input.type_in(c);
    if c == ':' && screen.is_formatted {
        let input = &mut screen.input;
        if let Some((start, picture)) = complete(input.text(), input.caret()) {
            let name = input.text()[start..input.caret()].to_owned();
            return input.replace(start, &name, picture);
        }
    }
    look(screen);
}

/// Offers what stands before the caret may become.
pub(super) fn look(screen: &mut Screen) {
    let (input, is_wanted) = (&screen.input, screen.is_formatted);
    screen.offer = is_wanted.then(|| offer(input.text(), input.caret())).flatten();
}

/// Does what a key means to the names that are offered; false if it means nothing to them.
pub(super) fn key(screen: &mut Screen, command: KeyCommand, mut offer: Offer) -> bool {
    let count = offer.found.len();
    match command {
        KeyCommand::Send | KeyCommand::Complete => return take(screen, &offer),
        KeyCommand::Down => offer.at = (offer.at + 1) % count.max(1),
        KeyCommand::Up => offer.at = offer.at.checked_sub(1).unwrap_or(count.saturating_sub(1)),
        KeyCommand::Escape => return true,
        _ => return false,
    }
    screen.offer = Some(offer);
    true
}

/// One of the names was clicked.
pub(super) fn choose(screen: &mut Screen, at: usize) {
    if let Some(offer) = screen.offer.take() {
        take(screen, &Offer { at, ..offer });
    }
}

/// False if something else stands there now: a paste came between.
fn take(screen: &mut Screen, offer: &Offer) -> bool {
    let (input, Offer { start, typed, found, at }) = (&mut screen.input, offer);
    let stands = input.text().get(*start..input.caret()) == Some(typed);
    match found.get(*at).filter(|_| stands) {
        Some(named) => input.replace(*start, typed, named.picture),
        None => return false,
    }
    true
}
