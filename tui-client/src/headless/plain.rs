//! Plain mode: a conversation as lines that are only ever added, for pipes, simple terminals and
//! screen readers. Lines come from standard input, the conversation goes to standard output, and
//! what the client itself has to say to standard error.
//!
//! This file does not know sockets or drawing.

use std::io::{self, IsTerminal as _};

use super::changes;
use super::lines::{Liner, brief};
use super::session::Session;
use super::stdin::{self, Typed};
use super::teller::{News, StartAt, Teller};
use crate::chat::commands::{self, COMMANDS, Command};
use crate::chat::plain_text::plain_line;
use crate::chat::update::{command, say, send_written, stop_composing, too_long};
use crate::chat::{Act, Composing, Model, Room, Target};
use crate::cli::settings::Settings;
use crate::exit::Exit;
use crate::output::{self, tell};
use crate::text;

/// Messages from before one came that are told: a screen of them.
const BEFORE: usize = 20;

/// Commands that only a screen has a use for: the help does not list them. What was refused is told and
/// not kept here, so there is nothing to retry or drop.
const ON_SCREEN: [&str; 10] =
    ["clear", "copy", "drop", "highlight", "move", "mute", "notify", "retry", "theme", "unmute"];

/// Chats until the input ends and everything that was typed is stored.
///
/// # Errors
/// If standard output cannot be written, for another reason than that nobody reads it any more.
pub async fn plain(settings: &Settings) -> anyhow::Result<Exit> {
    let mut plain = Plain {
        session: Session::new(settings),
        teller: Teller::new(StartAt::Before(BEFORE)),
        liner: Liner::new(settings.zone.clone()),
        commands: io::stdin().is_terminal(),
        refused: false,
    };
    plain.session.model.list.is_reachable = plain.commands;
    plain.session.dial();
    plain.go().await
}

struct Plain {
    session: Session,
    teller: Teller,
    liner: Liner,
    /// A person's `/who` is a command; in a pipe every line is text, also one with a slash.
    commands: bool,
    refused: bool,
}

impl Plain {
    async fn go(&mut self) -> anyhow::Result<Exit> {
        let (mut typed, mut reader_goes) = (stdin::lines(), output::reader_goes());
        let mut ended = false;
        let mut greeted = !self.commands;
        loop {
            if !greeted && self.session.model.room().joined {
                greeted = true;
                self.greet();
            }
            // The next line waits until the one before it is stored: so they stay in order,
            // whatever the server's rate, and nothing piles up.
            let ready = self.session.all_is_stored();
            let mut change = None;
            let goes_on = tokio::select! {
                event = self.session.next() => {
                    change = changes::told(&self.session.model, &event);
                    self.session.happens(event)
                }
                line = typed.recv(), if ready && !ended => match line {
                    Some(line) => self.typed(line),
                    None => { ended = true; true }
                },
                Some(()) = reader_goes.recv() => false,
            };
            self.tell_refused();
            self.liner.names_rooms = self.session.model.rooms.len() > 1;
            if !self.tell_news(change.as_ref())? || !goes_on {
                break;
            }
            if let Some(refusal) = self.session.refusal() {
                tell(&refusal);
                return Ok(Exit::Refused);
            }
            if ended && self.session.model.room().joined && self.session.all_is_stored() {
                break;
            }
        }
        // Only who stops reading what is said leaves while something waits.
        for unsure in self.session.model.rooms.iter().flat_map(not_known_to_be_stored) {
            self.refused = true;
            tell(&format!("not known to be stored: {unsure}"));
        }
        Ok(if self.refused { Exit::Refused } else { Exit::Success })
    }

    /// In an empty room a person would see nothing at all.
    fn greet(&self) {
        let model = &self.session.model;
        let me = model.me.as_ref().map_or("a guest".into(), |name| text::name(name.as_str()));
        let room = model.room().in_words(model.me.as_ref());
        tell(&format!("joined {room} as {me}; /help lists commands, Ctrl-D quits"));
    }

    /// False if the person wants to leave.
    fn typed(&mut self, typed: Typed) -> bool {
        let said = match typed {
            Typed::Line(line) if line.trim().is_empty() => {
                if stop_composing(&mut self.session.model) {
                    tell("cancelled");
                }
                return true;
            }
            Typed::Line(line) if self.commands => match commands::parse(&line) {
                Ok(commands::Typed::Text(text)) => send_written(&mut self.session.model, &text),
                Ok(typed) => return self.commanded(typed),
                Err(sentence) => Err(sentence),
            },
            Typed::Line(line) => say(&mut self.session.model, &line),
            Typed::TooLong => Err(too_long("more")),
        };
        match said {
            Ok(effects) => self.session.perform(effects),
            Err(sentence) => {
                self.refused |= !self.commands;
                tell(&format!("not sent: {sentence}"));
                true
            }
        }
    }

    /// False if the person wants to leave.
    fn commanded(&mut self, typed: commands::Typed) -> bool {
        let model = &mut self.session.model;
        match typed {
            commands::Typed::Help(None) => help(),
            commands::Typed::Theme(_) => tell("Plain mode has no colours"),
            commands::Typed::Plain => tell("Plain mode shows messages as they were typed"),
            typed => {
                let (asks, composes) = (typed.asks_first(), typed.composes());
                let effects = command(model, typed);
                if asks {
                    self.ask_first();
                }
                if composes && let Some(words) = about_composing(&self.session.model) {
                    tell(&format!("{words}; an empty line cancels"));
                }
                return self.session.perform(effects);
            }
        }
        true
    }

    /// The answer to the question is a command of its own.
    fn ask_first(&self) {
        let Some(question) = &self.session.model.question else { return };
        let (words, command) = (question.words(brief), question.command());
        tell(&format!("{words}: /{command} yes confirms it"));
    }

    /// Writes what is new to standard output. False if nobody reads it any more.
    fn tell_news(&mut self, change: Option<&News>) -> anyhow::Result<bool> {
        let (news, effects) = self.teller.news(&mut self.session.model);
        self.session.perform(effects);
        let news = news.iter().chain(change);
        let lines: Vec<_> = news.flat_map(|news| self.liner.lines(news)).collect();
        output::write_lines(&lines)
    }

    fn tell_refused(&mut self) {
        for (text, reason) in self.session.refused() {
            self.refused = true;
            tell(&format!("not sent: {}: {reason}", text::clean_line(&text)));
        }
        if let Some(notice) = self.session.model.notice.take() {
            tell(&notice);
        }
    }
}

/// What the next line does, if it is no message.
pub fn about_composing(model: &Model) -> Option<String> {
    let (room, me) = (model.room(), model.me.as_ref());
    match &room.composing {
        Composing::Message => None,
        Composing::Edit { text, .. } => {
            let text = brief(&text::clean_line(text));
            Some(format!("the next line takes the place of \"{text}\""))
        }
        Composing::Reply(id) => {
            let original = room.shown_by_id(*id, me)?;
            let words = brief(&plain_line(original.content.as_str()));
            let sender = text::name(original.sender.as_str());
            Some(format!("the next line is a reply to {sender}: \"{words}\""))
        }
    }
}

/// What of one's own may be lost: messages, and what was done to some that are stored.
fn not_known_to_be_stored(room: &Room) -> impl Iterator<Item = String> {
    let said = room.said().map(|(_, content)| text::clean_line(content));
    said.chain(room.pending.iter().filter_map(|pending| match &pending.act {
        Act::Edit(Target::Stored(_)) => {
            Some(format!("an edit: {}", text::clean_line(&pending.content)))
        }
        Act::Delete(_) => Some("a deletion".to_owned()),
        Act::React { emoji, .. } => Some(format!("the reaction {}", text::name(emoji.as_str()))),
        Act::Say(_) | Act::Edit(Target::Waiting(_)) => None,
    }))
}

fn useful() -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().filter(|command| !ON_SCREEN.contains(&command.name))
}

fn help() {
    for Command { name, arguments, what, .. } in useful() {
        tell(&format!("{:<20}  {what}", format!("/{name} {arguments}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_what_can_be_done_without_a_screen() {
        let listed: Vec<_> = useful().map(|command| command.name).collect();
        assert!(["help", "join", "search", "quit"].iter().all(|name| listed.contains(name)));
        assert!(ON_SCREEN.iter().all(|name| !listed.contains(name)), "{listed:?}");
        // What was refused is told and not kept.
        assert!(["retry", "drop"].iter().all(|name| !listed.contains(name)), "{listed:?}");
        let known = |name: &&str| COMMANDS.iter().any(|command| command.name == *name);
        assert!(ON_SCREEN.iter().all(known), "each is a command");
    }
}
