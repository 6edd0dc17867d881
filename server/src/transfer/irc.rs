//! Logs of IRC, as WeeChat and irssi write them.
//!
//! Their times are those of a place, which they do not name. This file does not know files.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use protocol::{Body, CONTENT_CHARS_MAX, Ref, RoomName, fitting_name};
use ring::digest::{Context, SHA256};

use super::piece::{BLANK, CUT, Piece, RENAMED, Target};
use crate::log::acts_of_operator::{Import, Imported, ImportedMessage};

const NEWS: &str = "joins, leaves and other news of the channel";
const NO_LINE: &str = "lines that no such log has";
const NO_DATE: &str = "before the first line with a date";
const SIGNS: &str = "colours and the like: left out";

/// What a log is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    WeeChat,
    Irssi,
}

impl Program {
    /// By the beginning of its first line.
    pub(super) fn of(beginning: &[u8]) -> Option<Self> {
        let line = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let is_weechat = || weechat(&line).is_some();
        if line.starts_with("--- Log opened ") || line.starts_with("--- Day changed ") {
            Some(Program::Irssi)
        } else {
            is_weechat().then_some(Program::WeeChat)
        }
    }
}

/// Reads one line after the other.
pub(super) struct Irc<'a> {
    program: Program,
    room: RoomName,
    target: &'a Target,
    /// Of irssi, which tells it once.
    date: Option<Date>,
    /// Lines of the same moment: equal ones differ by how often they came before.
    moment: (u64, Vec<[u8; 16]>),
}

/// What somebody said, and when.
struct Said<'a> {
    time: DateTime,
    nick: &'a str,
    text: &'a str,
    is_action: bool,
}

impl<'a> Irc<'a> {
    pub(super) fn new(program: Program, room: RoomName, target: &'a Target) -> Self {
        Irc { program, room, target, date: None, moment: (0, Vec::new()) }
    }

    pub(super) fn read(&mut self, line: &str) -> Option<Piece> {
        if line.trim().is_empty() {
            return None;
        }
        let said = match self.program {
            Program::WeeChat => weechat(line).unwrap_or(Err(NO_LINE)),
            Program::Irssi => match dated(line) {
                Some(date) => {
                    self.date = date;
                    return None;
                }
                None => irssi(line, self.date),
            },
        };
        Some(match said {
            Ok(said) => self.piece(&said),
            Err(reason) => Piece::LeftOut(reason, 1),
        })
    }

    fn piece(&mut self, said: &Said<'_>) -> Piece {
        let mut changed = Vec::new();
        let Some(at) = moment(said.time, self.target.utc_offset_s) else {
            return Piece::LeftOut(NO_LINE, 1);
        };
        let origin = self.origin(at, said);
        let (sender, is_as_it_was) = fitting_name(said.nick);
        if !is_as_it_was {
            changed.push(RENAMED);
        }
        let text = without_signs(said.text);
        if text != said.text {
            changed.push(SIGNS);
        }
        let text = if said.is_action { format!("/me {text}") } else { text };
        let cut: String = text.chars().take(CONTENT_CHARS_MAX).collect();
        if cut.len() < text.len() {
            changed.push(CUT);
        }
        let (Ok(content), Ok(origin)) = (Body::try_from(cut), origin) else {
            return Piece::LeftOut(BLANK, 1);
        };
        let content = Some(content);
        let what = ImportedMessage { content, ..ImportedMessage::default() };
        let (room, what) = (self.room.clone(), Imported::Message(what));
        Piece::new(Import { room, origin, sender, at, what }, changed, self.target.now)
    }

    /// A log has no ids: what was said is known by who said what when, numbered among equal lines of the same moment.
    fn origin(&mut self, at: u64, said: &Said<'_>) -> Result<Ref, protocol::BadRef> {
        let mut hash = Context::new(&SHA256);
        for part in [at.to_string().as_str(), said.nick, said.text] {
            hash.update(part.as_bytes());
            hash.update(&[0]);
        }
        let hash = hash.finish();
        let mut known = [0; 16];
        known.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
        if self.moment.0 != at {
            self.moment = (at, Vec::new());
        }
        let before = self.moment.1.iter().filter(|it| **it == known).count();
        self.moment.1.push(known);
        let hash: String = known.iter().map(|byte| format!("{byte:02x}")).collect();
        Ref::try_from(&*format!("irc:{hash}-{before}"))
    }
}

/// None for what is no line of WeeChat's.
fn weechat(line: &str) -> Option<Result<Said<'_>, &'static str>> {
    let mut parts = line.splitn(3, '\t');
    let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", parts.next()?).ok()?;
    let (prefix, text) = (parts.next()?, parts.next()?);
    let (nick, text, is_action) = match prefix.trim() {
        "-->" | "<--" | "--" | "" | "=!=" => return Some(Err(NEWS)),
        "*" => {
            let (nick, text) = text.split_once(' ').unwrap_or((text, ""));
            (nick, text, true)
        }
        nick => (nick, text, false),
    };
    Some(Ok(Said { time, nick: without_mode(nick), text, is_action }))
}

/// The day from which on the lines are, or none that can be read; nothing for another line.
fn dated(line: &str) -> Option<Option<Date>> {
    let told = line.strip_prefix("--- ")?;
    if let Some(day) = told.strip_prefix("Day changed ") {
        return Some(Date::strptime("%a %b %d %Y", day).ok());
    }
    let time = told.strip_prefix("Log opened ").or(told.strip_prefix("Log closed "))?;
    Some(DateTime::strptime("%a %b %d %H:%M:%S %Y", time).ok().map(DateTime::date))
}

fn irssi(line: &str, date: Option<Date>) -> Result<Said<'_>, &'static str> {
    let (time, rest) = line.split_once(' ').ok_or(NO_LINE)?;
    let time = if time.matches(':').count() == 1 {
        Time::strptime("%H:%M", time)
    } else {
        Time::strptime("%H:%M:%S", time)
    };
    let time = time.map_err(|_| NO_LINE)?;
    if rest.starts_with("-!- ") || rest.starts_with('-') {
        return Err(NEWS);
    }
    let (nick, text, is_action) = if let Some(action) = rest.trim_start().strip_prefix("* ") {
        let (nick, text) = action.split_once(' ').unwrap_or((action, ""));
        (nick, text, true)
    } else {
        let (nick, text) =
            rest.strip_prefix('<').and_then(|rest| rest.split_once("> ")).ok_or(NO_LINE)?;
        (nick, text, false)
    };
    let time = date.ok_or(NO_DATE)?.to_datetime(time);
    Ok(Said { time, nick: without_mode(nick), text, is_action })
}

/// What a nick is in the channel stands before it.
fn without_mode(nick: &str) -> &str {
    nick.trim_start_matches([' ', '@', '+', '%', '&', '~', '!'])
}

/// Bold, colours and the like are single characters; behind a colour's stand its numbers.
fn without_signs(text: &str) -> String {
    let (mut told, mut rest) = (String::new(), text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '\u{3}' => {
                let mut digits = 0;
                let mut has_comma = false;
                while let Some(next) = rest.peek() {
                    match next {
                        '0'..='9' if digits < 2 => digits += 1,
                        ',' if digits > 0 && !has_comma => (has_comma, digits) = (true, 0),
                        _ => break,
                    }
                    rest.next();
                }
            }
            '\u{2}' | '\u{f}' | '\u{11}' | '\u{16}' | '\u{1d}' | '\u{1e}' | '\u{1f}' => {}
            c => told.push(c),
        }
    }
    told
}

fn moment(time: DateTime, offset_s: i32) -> Option<u64> {
    let moment = Offset::from_seconds(offset_s).ok()?.to_timestamp(time).ok()?;
    u64::try_from(moment.as_millisecond()).ok()
}
