//! What the conversation asks for: what of it is done on the screen.

use super::standing::reveal;
use crate::chat;
use crate::chat::Answer;
use crate::chat::commands::put_below;
use crate::screen::event::Effect;
use crate::screen::model::Screen;
use crate::screen::overlay::{Kind, Overlay, Prompt};

/// Does it, and gives what is left to be done.
pub(super) fn take(screen: &mut Screen, effects: Vec<chat::Effect>) -> Vec<Effect> {
    let mut left = Vec::new();
    for effect in effects {
        match effect {
            chat::Effect::Write(text) => {
                // Several texts may come back one after another: none takes another's place.
                let written = put_below(screen.input.text(), &text);
                screen.input.write(written);
            }
            chat::Effect::Copy(text) => {
                screen.chat.notice = Some("Copied".to_owned());
                left.push(Effect::Chat(chat::Effect::Copy(text)));
            }
            chat::Effect::Reveal(room, id) => reveal(screen, &room, id),
            chat::Effect::Show(answer) => left.extend(show(screen, answer)),
            other => left.push(Effect::Chat(other)),
        }
    }
    left
}

/// It lies over the messages; the address of an invite is there to be sent.
fn show(screen: &mut Screen, answer: Answer) -> Option<Effect> {
    if matches!(answer, Answer::Mentions(_)) {
        screen.overlay = Overlay::Prompt(Prompt::new(Kind::Mentions));
        return None;
    }
    let address = match &answer {
        Answer::Invite(shown) => shown.address.clone(),
        _ => None,
    };
    screen.overlay = Overlay::Answer(answer, 0);
    screen.chat.notice = address.as_ref().map(|_| "The address is copied".to_owned());
    address.map(|address| Effect::Chat(chat::Effect::Copy(address)))
}
