//! What the conversation asks for: what of it is done on the screen.

use crate::chat;
use crate::screen::event::Effect;
use crate::screen::input::Input;
use crate::screen::model::Screen;

/// Does it, and gives what is left to be done.
pub(super) fn take(screen: &mut Screen, effects: Vec<chat::Effect>) -> Vec<Effect> {
    let mut left = Vec::new();
    for effect in effects {
        match effect {
            chat::Effect::Write(text) => write_below(&mut screen.input, &text),
            chat::Effect::Copy(text) => {
                screen.chat.notice = Some("Copied".to_owned());
                left.push(Effect::Chat(chat::Effect::Copy(text)));
            }
            other => left.push(Effect::Chat(other)),
        }
    }
    left
}

/// Several texts may come back one after another: none takes another's place.
fn write_below(input: &mut Input, text: &str) {
    let written = input.text();
    let both = if written.is_empty() { text.to_owned() } else { format!("{written}\n{text}") };
    input.write(both);
}
