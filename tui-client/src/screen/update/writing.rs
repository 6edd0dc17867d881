//! What is written: cleared, pasted, edited elsewhere.

use std::time::Duration;

use protocol::CONTENT_CHARS_MAX;

use super::enter::unsent;
use crate::chat;
use crate::chat::writing::code;
use crate::screen::event::Effect;
use crate::screen::keys::KeyCommand;
use crate::screen::model::{Confirm, Pasted, Screen};
use crate::screen::overlay::Overlay;
use crate::text;

/// Ctrl-C twice within this time leaves: long enough for a hand, too short for an accident.
const LEAVE_TIME: Duration = Duration::from_secs(3);
/// More lines than this are not pasted without a question.
const PASTE_LINES_MAX: usize = 20;

/// Clears the input, for C-y to bring it back; if there is nothing to clear, leaves when asked for
/// twice within a short time.
pub(super) fn interrupt(screen: &mut Screen, confirmed: bool) -> Vec<Effect> {
    if confirmed {
        return vec![Effect::Chat(chat::Effect::Quit)];
    }
    if screen.input.clear() {
        return Vec::new();
    }
    screen.confirming = Some(Confirm::Leave);
    let pending = screen.chat.rooms.iter().flat_map(|room| &room.pending);
    let waiting = unsent(pending.filter(|pending| pending.failed.is_none()));
    let waiting = waiting.map(|unsent| format!(". {unsent} will be sent when you start again"));
    let waiting = waiting.unwrap_or_default();
    let (key, seconds) = (interrupt_key(screen), LEAVE_TIME.as_secs());
    screen.chat.notice = Some(format!("Press {key} again within {seconds} s to quit{waiting}"));
    vec![Effect::ConfirmWithin(LEAVE_TIME)]
}

/// Written out, since it may be the first key that somebody presses here.
fn interrupt_key(screen: &Screen) -> String {
    let key = screen.keys.shown(KeyCommand::Interrupt).unwrap_or("it");
    match key.strip_prefix("C-") {
        Some(letter) => format!("Ctrl-{}", letter.to_uppercase()),
        None => key.to_owned(),
    }
}

/// Nobody pressed it again in time: the next Ctrl-C only asks.
pub(super) fn unconfirmed(screen: &mut Screen) {
    if screen.confirming == Some(Confirm::Leave) {
        screen.confirming = None;
        screen.chat.notice = None;
    }
}

/// Never sends by itself, whatever was pasted; asks if it is long.
pub(super) fn paste(screen: &mut Screen, pasted: &str) {
    let mut pasted = text::clean(pasted);
    screen.offer = None;
    // The end of a single line that was copied is not meant.
    if pasted.trim_end_matches('\n').lines().count() <= 1 {
        pasted.truncate(pasted.trim_end_matches('\n').len());
    }
    match &mut screen.overlay {
        Overlay::Prompt(prompt) => prompt.input.insert(&pasted.replace('\n', " ")),
        Overlay::Entrance(entrance) => entrance.input.insert(pasted.trim()),
        Overlay::Paste(_) | Overlay::Question => {}
        _ if is_long(&pasted) => screen.overlay = Overlay::Paste(pasted),
        _ => {
            screen.overlay = Overlay::None;
            insert(screen, pasted);
        }
    }
}

/// Takes what was pasted as it is; what looks like code can become a block of it with one key.
pub(super) fn insert(screen: &mut Screen, text: String) {
    let start = screen.input.caret();
    screen.input.insert(&text);
    let may_be_code = screen.is_formatted && code::is_likely(&text);
    let has_key = screen.keys.shown(KeyCommand::Complete).is_some();
    if may_be_code && has_key && !code::is_inside(screen.input.text(), start) {
        let words = [(KeyCommand::Complete, "puts it in a code block")];
        screen.chat.notice = Some(screen.keys.advise("This looks like code", ":", &words));
        screen.pasted = Some(Pasted { start, text });
    }
}

/// Puts what was pasted last in a block of code; false if something else stands there now.
pub(super) fn fence(screen: &mut Screen, pasted: &Pasted) -> bool {
    let (input, Pasted { start, text }) = (&mut screen.input, pasted);
    let caret = input.caret();
    if input.text().get(*start..caret) != Some(text) {
        return false;
    }
    let block = code::fenced(text, &input.text()[..*start], &input.text()[caret..]);
    input.replace(*start, text, &block);
    true
}

fn is_long(pasted: &str) -> bool {
    pasted.lines().count() > PASTE_LINES_MAX || pasted.chars().count() > CONTENT_CHARS_MAX
}

/// What came back from the editor takes the place of what was written.
pub(super) fn edited(screen: &mut Screen, written: Result<String, String>) {
    chat::update::focus(&mut screen.chat, true);
    screen.offer = None;
    match written {
        Ok(text) => screen.input.write(text::clean(text.trim_end_matches(['\r', '\n']))),
        Err(sentence) => screen.chat.notice = Some(sentence),
    }
}
