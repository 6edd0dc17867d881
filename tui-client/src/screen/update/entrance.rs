//! Keys and choices on the first screen, and what follows from the answer.

use protocol::{AccessCode, Code, INVITE_CODE_CHARS, UserName};

use super::editing::edit;
use super::effects::take;
use crate::chat::refusals::advice;
use crate::chat::update::{dial_now, link_by};
use crate::chat::{Connection, Effect as ChatEffect, EntryCode};
use crate::screen::entrance::{CHOICES, Entrance, Step};
use crate::screen::event::Effect;
use crate::screen::keys::{KeyCommand, Meaning};
use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
use crate::text;

pub(super) fn key(screen: &mut Screen, meaning: Meaning, mut entrance: Entrance) -> Vec<Effect> {
    let name = screen.arriving.clone().unwrap_or_default();
    match (entrance.step, meaning) {
        (_, Meaning::Command(KeyCommand::Interrupt)) => {
            return vec![Effect::Chat(ChatEffect::Quit)];
        }
        (_, Meaning::Command(KeyCommand::Send)) => return answer(screen, entrance, &name),
        (Step::Choose(at), Meaning::Command(command)) => {
            entrance.step = Step::Choose(match command {
                KeyCommand::Up | KeyCommand::CompleteBack => at.saturating_sub(1),
                KeyCommand::Down | KeyCommand::Complete => (at + 1).min(CHOICES.len() - 1),
                _ => at,
            });
        }
        (Step::Choose(_), Meaning::Char(c)) => {
            let at = c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1));
            choose(screen, entrance, at.unwrap_or(CHOICES.len()));
            return Vec::new();
        }
        (_, Meaning::Command(KeyCommand::Escape)) => {
            entrance.told = None;
            entrance.go_to(Step::Choose(0), &name);
        }
        (_, Meaning::Command(command)) if command != KeyCommand::Newline => {
            edit(&mut entrance.input, command);
        }
        (_, Meaning::Char(c)) => entrance.input.type_in(c),
        _ => {}
    }
    screen.overlay = Overlay::Entrance(entrance);
    Vec::new()
}

/// One of the ways is chosen, by its place.
pub(super) fn choose(screen: &mut Screen, mut entrance: Entrance, at: usize) {
    let name = screen.arriving.clone().unwrap_or_default();
    if let Some((step, _)) = CHOICES.get(at) {
        entrance.go_to(*step, &name);
    }
    screen.overlay = Overlay::Entrance(entrance);
}

fn answer(screen: &mut Screen, mut entrance: Entrance, name: &str) -> Vec<Effect> {
    let answered = match entrance.step {
        Step::Choose(at) => {
            let step = CHOICES.get(at).map_or(Step::Name, |(step, _)| *step);
            entrance.go_to(step, name);
            screen.overlay = Overlay::Entrance(entrance);
            return Vec::new();
        }
        Step::Name => come_as(screen, entrance.input.text().trim()),
        Step::Code => match access_code(entrance.input.text()) {
            Some(code) if code.as_str().len() == INVITE_CODE_CHARS => {
                screen.chat.bring(EntryCode::Invite(code));
                entrance.told = None;
                entrance.go_to(Step::Name, name);
                screen.overlay = Overlay::Entrance(entrance);
                return Vec::new();
            }
            Some(code) => Ok(link(screen, code)),
            None => Err("This is not a code, such as 7K3M-Q0ZD".to_owned()),
        },
    };
    match answered {
        Ok(mut effects) => {
            // It was ours for this one question.
            effects.extend((!screen.mouse).then_some(Effect::Mouse(false)));
            effects
        }
        Err(sentence) => {
            entrance.told = Some(sentence);
            screen.overlay = Overlay::Entrance(entrance);
            Vec::new()
        }
    }
}

fn come_as(screen: &mut Screen, name: &str) -> Result<Vec<Effect>, String> {
    screen.arriving = Some(name.to_owned());
    screen.chat.code.take_if(|code| matches!(code, EntryCode::Link(_)));
    let name = Some(name).filter(|name| !name.is_empty());
    let name = name.map(UserName::try_from).transpose().map_err(|error| error.to_string())?;
    if name.is_none() && screen.is_invited() {
        return Err("Who comes by an invite needs a name".to_owned());
    }
    screen.chat.person.clone_from(&name);
    screen.chat.me = name;
    let effects = dial_now(&mut screen.chat);
    Ok(take(screen, effects))
}

fn link(screen: &mut Screen, code: AccessCode) -> Vec<Effect> {
    (screen.chat.me, screen.chat.person) = (None, None);
    let effects = link_by(&mut screen.chat, code);
    take(screen, effects)
}

/// A code alone, or in the address that was sent.
fn access_code(typed: &str) -> Option<AccessCode> {
    let typed = typed.trim();
    let marks = ["#link=", "#invite="];
    let code = marks.iter().find_map(|mark| typed.split_once(mark)).map_or(typed, |(_, code)| code);
    AccessCode::try_from(code).ok()
}

/// Who is let in is no longer asked; who is not is asked again, with the reason.
pub(super) fn settle(screen: &mut Screen) {
    let Some(name) = screen.arriving.clone() else { return };
    if screen.chat.rooms.iter().any(|room| room.joined) {
        screen.arriving = None;
        return;
    }
    let Connection::Refused { reason, over_name, code } = &screen.chat.connection else { return };
    if matches!(screen.overlay, Overlay::None) {
        let step = match code {
            Some(Code::BadCode) => Step::Code,
            _ if *over_name => Step::Name,
            _ => Step::Choose(0),
        };
        let mut entrance = Entrance::new(false, &name);
        entrance.go_to(step, &name);
        let advice = code.and_then(advice).map(|advice| format!(". {advice}"));
        let reason = text::sentence(reason);
        entrance.told = Some(format!("{reason}{}", advice.unwrap_or_default()));
        screen.chat.connection = Connection::Connecting;
        screen.overlay = Overlay::Entrance(entrance);
    }
}
