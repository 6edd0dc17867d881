//! What may be typed instead of text: one table, from which the help and the completion are made
//! too.
//!
//! This file does not know what a command does.

mod arguments;
mod asked;

use protocol::{AccessCode, Action, Emoji, Notify, RoomName, UserName};

use crate::text;
use arguments::{
    emoji_and_number, highlight, invite, link_code, listed, message, moderation, new_room, notify,
    number, number_if_any, number_or_one, one_person, role, room_or_address, topic,
};
pub use asked::{Asked, InviteCommand, ModerationCommand};

/// Something typed, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    Text(String),
    /// `/help [COMMAND]`: all, or the words about one.
    Help(Option<&'static Command>),
    Join(RoomName),
    Leave,
    Rooms,
    Room(String),
    Who,
    /// `/topic` alone: what the room is about.
    Topic,
    Nick(UserName),
    Reconnect,
    /// `/search [QUERY]`
    Search(String),
    /// `/url [N]`
    Url(Option<usize>),
    /// `/copy [N]`
    Copy(usize),
    /// `/mute`, or `/unmute`
    Mute(bool),
    /// `/mentions`
    Mentions,
    /// `/highlight [WORDS]`: which they are, without any.
    Highlight(Option<Vec<String>>),
    /// `/notify [LEVEL]`: what it is, without one.
    Notify(Option<Notify>),
    Clear,
    Theme(String),
    Plain,
    Key,
    Retry,
    /// `/edit [N]`: what was refused here, else one's newest message, or the N-th newest.
    Edit(Option<usize>),
    Drop,
    /// `/reply [N]`
    Reply(usize),
    /// `/react EMOJI [N]`
    React(Emoji, usize),
    /// `/open [N]`
    Open(usize),
    /// `/permalink [N]`
    Permalink(usize),
    /// Something that is asked of the server as it is.
    Ask(Asked),
    /// `/delete [N]`
    Delete(usize),
    /// `/list [TEXT]`: all rooms, or those with this text.
    List(String),
    /// `/msg NAME [TEXT]`
    WriteTo(Vec<UserName>, Option<String>),
    Members,
    /// `/remove NAME`: oneself is asked about first.
    Remove(UserName),
    /// `/move N`
    Move(usize),
    /// `/revoke N`
    Revoke(u32),
    /// `/delete yes` and the like: what was asked about, by the command of this name.
    Confirmed(&'static str),
    /// `/link CODE`: this device becomes one of the person who has shown the code.
    LinkBy(AccessCode),
    Quit,
}

impl Typed {
    /// What is written next may be something else than a message.
    pub fn composes(&self) -> bool {
        matches!(self, Typed::Edit(_) | Typed::Reply(_))
    }

    /// It is done only after it was confirmed.
    pub fn asks_first(&self) -> bool {
        matches!(self, Typed::Delete(_) | Typed::Revoke(_) | Typed::Remove(_))
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// What is typed after the slash.
    pub name: &'static str,
    /// What else it is called: as other chats call it.
    pub aliases: &'static [&'static str],
    /// What follows it.
    pub arguments: &'static str,
    /// The words of the help.
    pub what: &'static str,
}

/// What a command begins with: also as an input method for wide letters writes it.
pub(crate) const SLASHES: [char; 2] = ['/', '／'];

impl Command {
    /// What stands in brackets may be left out.
    fn needs_arguments(&self) -> bool {
        let is_optional = self.arguments.split(' ').all(|argument| argument.starts_with('['));
        !self.arguments.is_empty() && !is_optional
    }
}

const fn command(
    name: &'static str,
    aliases: &'static [&'static str],
    arguments: &'static str,
    what: &'static str,
) -> Command {
    Command { name, aliases, arguments, what }
}

pub const COMMANDS: &[Command] = &[
    command("help", &[], "[COMMAND]", "show all keys and commands, or explain one command"),
    command("join", &["j"], "ROOM", "join a room, or switch to it"),
    command("leave", &["part", "close"], "", "leave this room; you stay a member of a private one"),
    command("list", &["browse"], "[TEXT]", "find a room among all there are, and join it"),
    command("rooms", &[], "", "list your rooms"),
    command(
        "room",
        &["switch", "buffer"],
        "NAME|N",
        "switch to a room by name, part of it, or number",
    ),
    command("move", &[], "N", "move this room to be your N-th"),
    command(
        "msg",
        &["query", "dm"],
        "NAME[,NAME] [TEXT]",
        "write to somebody alone, or to several",
    ),
    command("create", &[], "NAME [private]", "make a room of your own; private: for its members"),
    command("members", &[], "", "list who belongs to this room, by role"),
    command(
        "add",
        &[],
        "NAME",
        "owner and moderators: make somebody a member of this private room",
    ),
    command(
        "remove",
        &[],
        "NAME",
        "owner and moderators: end a membership; yourself: leave for good, asks first",
    ),
    command("role", &[], "NAME owner|moderator|member", "owner: change what somebody is here"),
    command("who", &["names"], "", "list who is online here"),
    command("me", &[], "TEXT", "send an action, as in /me waves"),
    command("nick", &[], "NAME", "change your name"),
    command(
        "search",
        &["lastlog"],
        "[QUERY]",
        "find messages: words, \"phrases\", word*, -not, from:, in:, before:, after:, has:link",
    ),
    command("url", &[], "[N]", "list the links in this room, or copy the N-th newest"),
    command("copy", &[], "[N]", "copy the newest message, or the N-th newest"),
    command("clear", &[], "", "clear the screen; scrolling up brings the messages back"),
    command("mentions", &[], "", "messages that mention you"),
    command("highlight", &[], "[WORDS]", "words that are highlighted like your name"),
    command(
        "notify",
        &[],
        "[LEVEL]",
        "what this room notifies you of: everything, mentions, nothing or default",
    ),
    command("mute", &[], "", "no notifications from this room: /notify nothing"),
    command("unmute", &[], "", "notifications from this room again: /notify default"),
    command("topic", &[], "[TEXT]", "show or set what this room is about; - clears it"),
    command("theme", &[], "NAME", "change colours: any, dark, light, mono, colour-blind"),
    command("plain", &[], "", "show messages as they were typed, or formatted again"),
    command("key", &[], "", "show what reserves your name, and where it is stored"),
    command("link", &[], "[CODE]", "use your name on another device; with its code, on this one"),
    command("devices", &[], "", "list the devices that have your name"),
    command("revoke", &[], "N", "take your name off a device of the list; asks first"),
    command(
        "invite",
        &[],
        "[-r] [USES] [TIME] [NOTE]",
        "invite people to this server; with -r, or in a private room, to that: /invite 5 2d",
    ),
    command("invites", &[], "", "list the invites that are still good"),
    command("uninvite", &[], "N", "end an invite of the list"),
    command("retry", &[], "", "resend the messages that were refused here"),
    command(
        "edit",
        &[],
        "[N]",
        "edit your newest message, or the N-th newest; first those that were refused here",
    ),
    command("reply", &[], "[N]", "reply to the newest message, or the N-th newest"),
    command(
        "react",
        &[],
        "EMOJI [N]",
        "react to the newest message, or the N-th newest; again: remove it",
    ),
    command("open", &[], "[N]", "open the newest link in this room, or the N-th newest"),
    command("permalink", &[], "[N]", "copy the address of the newest message, or the N-th"),
    command("drop", &[], "", "discard the messages that were refused here"),
    command("kick", &[], "NAME [REASON]", "moderators: remove somebody from this room"),
    command("ban", &[], "[-s] NAME [TIME] [REASON]", "moderators: ban; -s: on the whole server"),
    command("unban", &[], "[-s] NAME", "moderators: lift a ban"),
    command("silence", &[], "[-s] NAME TIME [REASON]", "moderators: silence for 10m, 2h or 3d"),
    command("unsilence", &[], "[-s] NAME", "moderators: let somebody speak again"),
    command("delete", &[], "[N]", "delete the newest message, or the N-th newest; asks first"),
    command("reconnect", &["connect"], "", "reconnect now"),
    command("quit", &["exit", "q"], "", "quit Nebula"),
];

/// Reads what was typed. `//` sends a slash; an unknown command is never sent as text.
///
/// # Errors
/// A sentence for the person; what was typed should stay where it is.
pub fn parse(typed: &str) -> Result<Typed, String> {
    let Some(command) = typed.strip_prefix(SLASHES) else {
        return Ok(Typed::Text(typed.to_owned()));
    };
    if command.starts_with(SLASHES) {
        return Ok(Typed::Text(command.to_owned()));
    }
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    let rest = rest.trim();
    let command = found(name)?;
    if rest.is_empty() && command.needs_arguments() {
        return Err(usage(command));
    }
    understood(command, rest).map_err(|error| format!("/{}: {error}", command.name))
}

/// A text as it is typed: what looks like a command begins with one more slash.
pub(crate) fn as_typed(text: &str) -> String {
    match parse(text) {
        Ok(Typed::Text(same)) if same == text => same,
        _ => format!("/{text}"),
    }
}

/// A text that comes back to where something may be written: below that, or alone as it is typed.
pub(crate) fn put_below(written: &str, text: &str) -> String {
    if written.is_empty() { as_typed(text) } else { text::below(written, text) }
}

fn usage(command: &Command) -> String {
    format!("Usage: /{} {}", command.name, command.arguments)
}

fn understood(command: &Command, rest: &str) -> Result<Typed, String> {
    if command.arguments.is_empty() && !rest.is_empty() {
        return Err(format!("takes no argument, but got {rest:?}"));
    }
    Ok(match command.name {
        "help" if rest.is_empty() => Typed::Help(None),
        "help" => Typed::Help(Some(found(rest.trim_start_matches(SLASHES))?)),
        "join" => Typed::Join(room_or_address(rest)?),
        "list" => Typed::List(rest.to_owned()),
        "msg" => {
            let (users, text) = message(rest)?;
            Typed::WriteTo(users, text)
        }
        "create" => Typed::Ask(new_room(rest)?),
        "members" => Typed::Members,
        "add" => Typed::Ask(Asked::Add(one_person(rest)?)),
        "delete" | "remove" | "revoke" if rest == "yes" => Typed::Confirmed(command.name),
        "remove" => Typed::Remove(one_person(rest)?),
        "role" => Typed::Ask(role(rest)?),
        "move" => Typed::Move(number(rest)?),
        "leave" => Typed::Leave,
        "rooms" => Typed::Rooms,
        "room" => Typed::Room(rest.to_owned()),
        "topic" if rest.is_empty() => Typed::Topic,
        "topic" => Typed::Ask(Asked::Topic(topic(rest)?)),
        "who" => Typed::Who,
        // It travels as it is typed, and clients draw it as something done.
        "me" => Typed::Text(format!("/me {rest}")),
        "nick" => Typed::Nick(UserName::try_from(rest).map_err(|error| error.to_string())?),
        "search" => Typed::Search(rest.to_owned()),
        "url" => Typed::Url(number_if_any(rest)?),
        "copy" => Typed::Copy(number_or_one(rest)?),
        "clear" => Typed::Clear,
        "mute" | "unmute" => Typed::Mute(command.name == "mute"),
        "mentions" => Typed::Mentions,
        "highlight" => Typed::Highlight(highlight(rest)?),
        "notify" => Typed::Notify(notify(rest)?),
        "theme" => Typed::Theme(rest.to_owned()),
        "plain" => Typed::Plain,
        "key" => Typed::Key,
        "retry" => Typed::Retry,
        "edit" => Typed::Edit(number_if_any(rest)?),
        "reply" => Typed::Reply(number_or_one(rest)?),
        "react" => {
            let (emoji, number) = emoji_and_number(rest)?;
            Typed::React(emoji, number)
        }
        "open" => Typed::Open(number_or_one(rest)?),
        "permalink" => Typed::Permalink(number_or_one(rest)?),
        "drop" => Typed::Drop,
        "kick" => Typed::Ask(moderation(Action::Kick, rest)?),
        "ban" => Typed::Ask(moderation(Action::Ban, rest)?),
        "unban" => Typed::Ask(moderation(Action::Unban, rest)?),
        "silence" => Typed::Ask(moderation(Action::Mute, rest)?),
        "unsilence" => Typed::Ask(moderation(Action::Unmute, rest)?),
        "delete" => Typed::Delete(number_or_one(rest)?),
        "revoke" => Typed::Revoke(listed(rest)?),
        "link" if rest.is_empty() => Typed::Ask(Asked::Link),
        "link" => Typed::LinkBy(link_code(rest)?),
        "devices" => Typed::Ask(Asked::Devices),
        "invite" => Typed::Ask(invite(rest)?),
        "invites" => Typed::Ask(Asked::Invites),
        "uninvite" => Typed::Ask(Asked::Uninvite(listed(rest)?)),
        "reconnect" => Typed::Reconnect,
        "quit" => Typed::Quit,
        other => return Err(unknown(other)),
    })
}

/// A command by its name, or what else it is called, in any case and width.
fn find(name: &str) -> Option<&'static Command> {
    let name = text::narrow(name);
    COMMANDS.iter().find(|known| known.name == name || known.aliases.contains(&name.as_str()))
}

/// It is the name of the command that searches.
pub(super) fn is_search(name: &str) -> bool {
    find(name).is_some_and(|command| command.name == "search")
}

fn found(name: &str) -> Result<&'static Command, String> {
    find(name).ok_or_else(|| unknown(name))
}

/// So many of something: 1 message, 2,000 messages.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", text::grouped(count))
}

fn unknown(name: &str) -> String {
    let typed = text::narrow(name);
    let shares = |known: &str| known.chars().zip(typed.chars()).take_while(|(a, b)| a == b).count();
    let nearest = COMMANDS.iter().map(|known| known.name).max_by_key(|known| shares(known));
    match nearest.filter(|known| shares(known) > 0) {
        Some(known) => {
            format!("Unknown command /{name}. Did you mean /{known}? //{name} sends it as text")
        }
        None => format!("Unknown command /{name}. See /help; //{name} sends it as text"),
    }
}

#[cfg(test)]
mod tests;
