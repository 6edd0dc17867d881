//! What may be typed instead of text: one table, from which the help and the completion are made
//! too.
//!
//! This file does not know what a command does.

use protocol::{Action, Moderate, Reason, RoomName, SetTopic, ToServer, TopicText, UserName};

use super::duration::seconds;
use crate::text;

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
    Search(String),
    /// `/url [N]`
    Url(Option<usize>),
    /// `/copy [N]`
    Copy(usize),
    Mute,
    Clear,
    Theme(String),
    Key,
    Retry,
    Edit,
    Drop,
    /// Something that is asked of the server as it is.
    Ask(Asked),
    /// `/delete [N]`
    Delete(usize),
    /// `/delete yes`: the message that was asked about.
    DeleteConfirmed,
    Quit,
}

/// What is asked of the server, without the room that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// `/kick`, `/ban`, `/unban`, `/silence`, `/unsilence`: something done to a person.
    Moderate(ModerationCommand),
    /// `/topic TEXT`
    Topic(TopicText),
}

/// What a moderator does to a person, in the room that is shown or in the whole server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModerationCommand {
    pub action: Action,
    pub user: UserName,
    pub everywhere: bool,
    pub seconds: Option<u64>,
    pub reason: Option<Reason>,
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
        let is_optional = self.arguments.starts_with('[') && !self.arguments.contains(' ');
        !self.arguments.is_empty() && !is_optional
    }
}

impl Asked {
    /// What is sent, of the room that is shown.
    pub fn envelope(self, room: &RoomName) -> ToServer {
        match self {
            Asked::Moderate(command) => {
                let ModerationCommand { action, user, everywhere, seconds, reason } = command;
                let room = (!everywhere).then(|| room.clone());
                let act = Moderate { action, room, user, seconds, reason, reference: None };
                ToServer::Moderate(Box::new(act))
            }
            Asked::Topic(content) => {
                ToServer::Topic(SetTopic { room: room.clone(), content, reference: None })
            }
        }
    }

    /// As it is typed, without what is rare.
    pub fn typed(&self) -> String {
        match self {
            Asked::Moderate(ModerationCommand { action, user, .. }) => {
                let command = match action {
                    Action::Kick => "kick",
                    Action::Ban => "ban",
                    Action::Unban => "unban",
                    Action::Mute => "silence",
                    Action::Unmute => "unsilence",
                };
                format!("/{command} {}", text::name(user.as_str()))
            }
            Asked::Topic(_) => "/topic".to_owned(),
        }
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
    command("leave", &["part", "close"], "", "leave this room"),
    command("rooms", &[], "", "list your rooms"),
    command(
        "room",
        &["switch", "buffer"],
        "NAME|N",
        "switch to a room by name, part of it, or number",
    ),
    command("who", &["names"], "", "list who is online here"),
    command("me", &[], "TEXT", "send an action, as in /me waves"),
    command("nick", &[], "NAME", "change your name"),
    command("search", &["lastlog"], "TEXT", "find an older message with this text; again: older"),
    command("url", &[], "[N]", "list the links in this room, or copy the N-th newest"),
    command("copy", &[], "[N]", "copy the newest message, or the N-th newest"),
    command("clear", &[], "", "clear the screen; scrolling up brings the messages back"),
    command("mute", &[], "", "mute or unmute the notifications of this room"),
    command("topic", &[], "[TEXT]", "show or set what this room is about; - clears it"),
    command("theme", &[], "NAME", "change colours: any, dark, light, mono, colour-blind"),
    command("key", &[], "", "show what reserves your name, and where it is stored"),
    command("retry", &[], "", "resend the messages that were refused here"),
    command("edit", &[], "", "put the messages that were refused here back into the input"),
    command("drop", &[], "", "discard the messages that were refused here"),
    command("kick", &[], "NAME [REASON]", "moderators: remove somebody from this room"),
    command("ban", &[], "[-s] NAME [TIME] [REASON]", "moderators: ban; -s: on the whole server"),
    command("unban", &[], "[-s] NAME", "moderators: lift a ban"),
    command("silence", &[], "[-s] NAME TIME [REASON]", "moderators: silence for 10m, 2h or 3d"),
    command("unsilence", &[], "[-s] NAME", "moderators: let somebody speak again"),
    command("delete", &[], "[N]", "moderators: delete the newest message, or the N-th; asks first"),
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
    let command = find(name).ok_or_else(|| unknown(name))?;
    if rest.is_empty() && command.needs_arguments() {
        return Err(usage(command));
    }
    understood(command, rest).map_err(|error| format!("/{}: {error}", command.name))
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
        "help" => {
            let name = rest.trim_start_matches(SLASHES);
            Typed::Help(Some(find(name).ok_or_else(|| unknown(name))?))
        }
        "join" => Typed::Join(room(rest)?),
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
        "url" if rest.is_empty() => Typed::Url(None),
        "url" => Typed::Url(Some(number(rest)?)),
        "copy" if rest.is_empty() => Typed::Copy(1),
        "copy" => Typed::Copy(number(rest)?),
        "clear" => Typed::Clear,
        "mute" => Typed::Mute,
        "theme" => Typed::Theme(rest.to_owned()),
        "key" => Typed::Key,
        "retry" => Typed::Retry,
        "edit" => Typed::Edit,
        "drop" => Typed::Drop,
        "kick" => Typed::Ask(moderation(Action::Kick, rest)?),
        "ban" => Typed::Ask(moderation(Action::Ban, rest)?),
        "unban" => Typed::Ask(moderation(Action::Unban, rest)?),
        "silence" => Typed::Ask(moderation(Action::Mute, rest)?),
        "unsilence" => Typed::Ask(moderation(Action::Unmute, rest)?),
        "delete" if rest.is_empty() => Typed::Delete(1),
        "delete" if rest == "yes" => Typed::DeleteConfirmed,
        "delete" => Typed::Delete(number(rest)?),
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

/// `-s` for the whole server, a name, in quotes if it has spaces, a time where it may have an end, and
/// the rest is the reason.
fn moderation(action: Action, rest: &str) -> Result<Asked, String> {
    let (option, behind) = rest.split_once(char::is_whitespace).unwrap_or_default();
    let (everywhere, rest) = match Some(behind).filter(|_| text::narrow(option) == "-s") {
        Some(_) if action == Action::Kick => {
            return Err(
                "removes from this room only; /ban -s bans from the whole server".to_owned()
            );
        }
        Some(rest) => (true, rest.trim_start()),
        None => (false, rest),
    };
    let (name, rest) = match rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some(quoted) => quoted,
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    let user = UserName::known(name.trim_end_matches(':')).map_err(|error| error.to_string())?;
    let rest = rest.trim_start();
    let (first, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let takes_time = matches!(action, Action::Ban | Action::Mute);
    let (seconds, reason) = match seconds(first).filter(|_| takes_time) {
        Some(seconds) => (Some(seconds), behind.trim_start()),
        None if action == Action::Mute => {
            return Err("needs a time, such as 10m, 2h or 3d".to_owned());
        }
        None => (None, rest),
    };
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    let reason = reason.map(Reason::try_from).transpose().map_err(|error| error.to_string())?;
    Ok(Asked::Moderate(ModerationCommand { action, user, everywhere, seconds, reason }))
}

/// So many of something: 1 message, 2,000 messages.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", text::grouped(count))
}

fn topic(rest: &str) -> Result<TopicText, String> {
    TopicText::try_from(if rest == "-" { "" } else { rest }).map_err(|error| error.to_string())
}

fn number(rest: &str) -> Result<usize, String> {
    let number = rest.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{rest:?} is not a number of 1 or more"))
}

fn room(rest: &str) -> Result<RoomName, String> {
    RoomName::try_from(rest.strip_prefix(['#', '＃']).unwrap_or(rest))
        .map_err(|error| error.to_string())
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
mod tests {
    use super::*;

    #[test]
    fn commands_are_understood_and_mistakes_are_never_sent() {
        let text = |text: &str| Ok(Typed::Text(text.to_owned()));
        assert_eq!(parse("hello /join"), text("hello /join"));
        assert_eq!(parse("//etc"), text("/etc"));
        assert_eq!(parse("/me waves"), text("/me waves"));
        assert_eq!(parse("/join  #Dev "), Ok(Typed::Join(RoomName::try_from("dev").unwrap())));
        assert_eq!((parse("/quit"), parse("/part")), (Ok(Typed::Quit), Ok(Typed::Leave)));
        assert!(parse("/jion dev").unwrap_err().contains("/join"));
        assert!(parse("/help jion").unwrap_err().contains("/join"));
        assert!(parse("/xyzzy").unwrap_err().contains("/help"));
        for wrong in
            ["/join", "/nick \u{202e}x", "/me", "/", "/copy 0", "/room", "/leave #ops", "/mute x"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn commands_are_understood_in_any_case_and_as_wide_letters() {
        let join = Ok(Typed::Join(RoomName::try_from("ops").unwrap()));
        for typed in ["/Join ops", "／join ops", "／ＪＯＩＮ　＃ops", "/J ops"] {
            assert_eq!(parse(typed), join, "{typed}");
        }
        let text = |text: &str| Ok(Typed::Text(text.to_owned()));
        assert_eq!(parse("/ME waves"), text("/me waves"));
        assert_eq!((parse("／／etc"), parse("/／etc")), (text("／etc"), text("／etc")));
        assert_eq!(parse("/HELP ／Join"), parse("/help join"));
        assert!(parse("/JION ops").unwrap_err().contains("Did you mean /join?"));
        assert_eq!(parse("/BAN　-S Bob 2H"), parse("/ban -s Bob 2h"));
    }

    #[test]
    fn what_a_moderator_does_has_a_name_a_time_and_a_reason() {
        let moderation = |action, everywhere, user: &str, seconds, reason: Option<&str>| {
            let user = UserName::try_from(user).unwrap();
            let reason = reason.map(|reason| Reason::try_from(reason).unwrap());
            Ok(Typed::Ask(Asked::Moderate(ModerationCommand {
                action,
                user,
                everywhere,
                seconds,
                reason,
            })))
        };
        let (kick, ban, mute) = (Action::Kick, Action::Ban, Action::Mute);
        assert_eq!(parse("/kick Bob"), moderation(kick, false, "Bob", None, None));
        assert_eq!(
            parse("/kick Bob: 2h late"),
            moderation(kick, false, "Bob", None, Some("2h late"))
        );
        assert_eq!(parse("/ban \"Bob B\" 2h"), moderation(ban, false, "Bob B", Some(7200), None));
        assert_eq!(parse("/ban -s Bob spam"), moderation(ban, true, "Bob", None, Some("spam")));
        assert_eq!(
            parse("/silence Bob 10m too loud"),
            moderation(mute, false, "Bob", Some(600), Some("too loud"))
        );
        for wrong in ["/silence Bob", "/silence Bob 900d", "/kick", "/kick -s Bob", "/delete x"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_command_of_the_table_exists_under_all_its_names() {
        for command in COMMANDS {
            let arguments = match command.name {
                "help" => "join",
                "theme" => "dark",
                "url" | "copy" => "2",
                "ban" | "silence" => "-s bob 2h spam",
                "kick" => "bob",
                "delete" => "2",
                name if name.starts_with("un") => "-s \"bob b\"",
                _ => command.arguments,
            };
            for name in command.aliases.iter().chain([&command.name]) {
                assert!(parse(&format!("/{name} {}", arguments.to_lowercase())).is_ok(), "/{name}");
            }
        }
        let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        names.extend(COMMANDS.iter().flat_map(|command| command.aliases));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "a name stands twice");
    }
}
