//! Plain mode: a conversation as lines that are only ever added, for pipes, simple terminals and
//! screen readers. Lines come from standard input, the conversation goes to standard output, and
//! what the client itself has to say to standard error.
//!
//! This file does not know sockets or drawing.

pub mod lines;
pub mod news;
mod stdin;

use std::io::{self, IsTerminal as _};

use protocol::CONTENT_CHARS_MAX;

use crate::commands::{self, COMMANDS, Command};
use crate::output;
use crate::run::Exit;
use crate::session::{Session, tell};
use crate::settings::Settings;
use crate::text;
use crate::update::{command, say};
use lines::Liner;
use news::{From, Teller};
use stdin::Typed;

/// Messages from before one came that are told: a screen of them.
const BEFORE: usize = 20;

/// Commands that only a screen has a use for: the help does not list them.
const ON_SCREEN: [&str; 5] = ["clear", "copy", "edit", "mute", "theme"];

/// Chats until the input ends and everything that was typed is stored.
///
/// # Errors
/// If standard output cannot be written, for another reason than that nobody reads it any more.
pub async fn plain(settings: &Settings) -> anyhow::Result<Exit> {
    let mut plain = Plain {
        session: Session::new(settings),
        teller: Teller::new(From::Before(BEFORE)),
        liner: Liner::new(settings.zone.clone()),
        commands: io::stdin().is_terminal(),
        refused: false,
    };
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
            let goes_on = tokio::select! {
                event = self.session.next() => self.session.happens(event),
                line = typed.recv(), if ready && !ended => match line {
                    Some(line) => self.typed(line),
                    None => { ended = true; true }
                },
                Some(()) = reader_goes.recv() => false,
            };
            self.tell_refused();
            if !tell_news(&mut self.session, &mut self.teller, &mut self.liner)? || !goes_on {
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
        for room in &self.session.model.rooms {
            for pending in &room.pending {
                self.refused = true;
                let content = text::clean_line(&pending.content);
                tell(&format!("not known to be stored: {content}"));
            }
        }
        Ok(if self.refused { Exit::Refused } else { Exit::Well })
    }

    /// In an empty room a person would see nothing at all.
    fn greet(&self) {
        let model = &self.session.model;
        let me = model.me.as_ref().map_or("a guest".into(), |name| text::name(name.as_str()));
        let room = text::name(model.room().name.as_str());
        tell(&format!("in #{room} as {me}; /help lists commands, Ctrl-D leaves"));
    }

    /// False if the person wants to leave.
    fn typed(&mut self, typed: Typed) -> bool {
        let said = match typed {
            Typed::Line(line) if line.trim().is_empty() => return true,
            Typed::Line(line) if self.commands => match commands::parse(&line) {
                Ok(commands::Typed::Text(text)) => say(&mut self.session.model, &text),
                Ok(commands::Typed::Help(None)) => return help(),
                Ok(typed) => Ok(command(&mut self.session.model, typed)),
                Err(sentence) => Err(sentence),
            },
            Typed::Line(line) => say(&mut self.session.model, &line),
            Typed::TooLong => {
                Err(format!("a message has at most {CONTENT_CHARS_MAX} characters; this has more"))
            }
        };
        self.liner.names_rooms = self.session.model.rooms.len() > 1;
        match said {
            Ok(actions) => self.session.perform(actions),
            Err(sentence) => {
                self.refused |= !self.commands;
                tell(&format!("not sent: {sentence}"));
                true
            }
        }
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

/// Writes what is new to standard output. False if nobody reads it any more.
pub(crate) fn tell_news(
    session: &mut Session,
    teller: &mut Teller,
    liner: &mut Liner,
) -> anyhow::Result<bool> {
    let (news, actions) = teller.news(&mut session.model);
    session.perform(actions);
    let lines: Vec<_> = news.iter().flat_map(|news| liner.lines(news)).collect();
    write_lines(&lines)
}

/// Writes lines at once, and says whether anybody still reads them.
pub(crate) fn write_lines(lines: &[String]) -> anyhow::Result<bool> {
    if lines.is_empty() {
        return Ok(true);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    output::write(text.as_bytes())
}

fn help() -> bool {
    let useful = |command: &&Command| !ON_SCREEN.contains(&command.name);
    for Command { name, arguments, what, .. } in COMMANDS.iter().filter(useful) {
        tell(&format!("{:<18} {what}", format!("/{name} {arguments}")));
    }
    true
}
