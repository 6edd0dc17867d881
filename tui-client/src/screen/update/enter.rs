//! What is typed and sent off: text, or a command.

use protocol::MessageId;

use super::compose::show_written;
use super::conversation::keep_draft;
use super::effects::take;
use super::search;
use crate::chat::commands::{self, SLASHES, Typed, counted};
use crate::chat::update::{NO_TEXT, command, question_deletion, send_written};
use crate::chat::{Pending, Reading, What};
use crate::screen::event::Effect;
use crate::screen::keys::{KeyCommand, Keys};
use crate::screen::model::{Confirm, Screen};
use crate::screen::overlay::{Kind, Overlay, Prompt};
use crate::screen::theme::Theme;

/// Sends what is written, or does it, if it is a command: some only when asked for twice.
pub(super) fn enter(screen: &mut Screen, confirmed: bool) -> Vec<Effect> {
    let written = screen.input.text();
    if written.trim().is_empty() {
        // An empty message is simply not sent; who edits is told why nothing happens.
        if screen.chat.room().is_editing() {
            screen.chat.notice = Some(NO_TEXT.to_owned());
        }
        return Vec::new();
    }
    let done = commands::parse(written).and_then(|typed| {
        if let Some(doubt) = doubt(screen, &typed).filter(|_| !confirmed) {
            screen.confirming = Some(Confirm::Enter);
            return Err(doubt);
        }
        typed_in(screen, typed)
    });
    // What cannot be done stays in the input, with the reason below it.
    done.unwrap_or_else(|sentence| {
        screen.chat.notice = Some(sentence);
        Vec::new()
    })
}

fn typed_in(screen: &mut Screen, typed: Typed) -> Result<Vec<Effect>, String> {
    match typed {
        Typed::Text(text) => {
            let was_editing = screen.chat.room().is_editing();
            let effects = send_written(&mut screen.chat, &text)?;
            screen.room_view_mut().found = None;
            match was_editing {
                true => show_written(screen),
                false => sent(screen),
            }
            Ok(take(screen, effects))
        }
        Typed::Theme(name) => {
            let theme = Theme::parse(&name).map_err(|error| format!("/theme: {error}"))?;
            sent(screen);
            screen.looks.theme = theme;
            Ok(Vec::new())
        }
        Typed::Plain => {
            sent(screen);
            screen.is_formatted = !screen.is_formatted;
            let words = match screen.is_formatted {
                true => "Messages are formatted",
                false => "Messages are shown as they were typed. /plain formats them again",
            };
            screen.chat.notice = Some(words.to_owned());
            Ok(Vec::new())
        }
        typed => {
            sent(screen);
            Ok(done(screen, typed))
        }
    }
}

/// The input is empty, and what was in it can be called back.
fn sent(screen: &mut Screen) {
    screen.chat.remember_sent(screen.input.text().to_owned());
    screen.input.send();
    keep_draft(screen);
}

fn done(screen: &mut Screen, typed: Typed) -> Vec<Effect> {
    match typed {
        Typed::Help(None) => screen.overlay = Overlay::Help(0),
        Typed::Search(query) => return search::ask(screen, &query),
        typed => {
            let (asks, composes) = (typed.asks_first(), typed.composes());
            let last = screen.chat.room().entries.back().map(|entry| entry.place);
            let effects = command(&mut screen.chat, typed);
            let effects = take(screen, effects);
            let room = screen.chat.room();
            let answer = room.entries.back().filter(|entry| Some(entry.place) != last);
            let is_answered = answer.is_some_and(|entry| matches!(entry.what, What::Note(_)));
            if is_answered && room.reading != Reading::End {
                let key = screen.keys.to_bottom(screen.input.text().is_empty());
                let shows = key.map(|key| format!(": {key} shows it")).unwrap_or_default();
                screen.chat.notice = Some(format!("The answer is at the end{shows}"));
            }
            if asks {
                ask_first(screen);
            }
            if composes && screen.chat.room().is_editing() {
                show_written(screen);
            }
            if let Some(browser) = &screen.chat.browser {
                let mut prompt = Prompt::new(Kind::Browse);
                prompt.input.write(browser.query.clone());
                screen.overlay = Overlay::Prompt(prompt);
            }
            return effects;
        }
    }
    Vec::new()
}

/// Asks before a message is deleted.
pub(super) fn ask_to_delete(screen: &mut Screen, id: MessageId) {
    question_deletion(&mut screen.chat, Some(id.into()));
    if screen.chat.question.is_none() {
        screen.room_view_mut().found = None;
    }
    ask_first(screen);
}

fn ask_first(screen: &mut Screen) {
    if screen.chat.question.is_some() {
        screen.overlay = Overlay::Question;
    }
}

/// What speaks against it: a command that begins with a space would be sent as text, and who leaves a
/// room leaves behind what waits there.
fn doubt(screen: &Screen, typed: &Typed) -> Option<String> {
    let keys = &screen.keys;
    match typed {
        Typed::Text(text) if text.starts_with(' ') && text.trim_start().starts_with(SLASHES) => {
            let about = "It starts with a space, so it is not a command";
            Some(press_again(keys, about, "send it as text"))
        }
        Typed::Leave => {
            let unsent = unsent(screen.chat.room().pending.iter())?;
            Some(press_again(keys, &format!("Leaving discards {unsent} here"), "leave"))
        }
        _ => None,
    }
}

/// How many messages, and changes to some, are not stored; none if all are.
pub(super) fn unsent<'a>(pending: impl Iterator<Item = &'a Pending>) -> Option<String> {
    let (said, acts): (Vec<_>, Vec<_>) = pending.partition(|pending| pending.is_said());
    match (said.len(), acts.len()) {
        (0, 0) => None,
        (0, acts) => Some(counted(acts, "unsent change")),
        (said, 0) => Some(counted(said, "unsent message")),
        (said, acts) => {
            Some(format!("{} and {}", counted(said, "unsent message"), counted(acts, "change")))
        }
    }
}

fn press_again(keys: &Keys, about: &str, to: &str) -> String {
    let key = keys.shown(KeyCommand::Send).unwrap_or("the same key");
    format!("{about}. Press {key} again to {to}")
}
