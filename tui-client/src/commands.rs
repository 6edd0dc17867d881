//! What may be typed instead of text: one table, from which the help and the completion are made
//! too.
//!
//! This file does not know what a command does.

use protocol::{RoomName, UserName};

use crate::theme::Theme;

/// Something typed, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Text to send.
    Text(String),
    /// `/help [COMMAND]`: all, or the words about one.
    Help(Option<&'static Command>),
    /// `/join ROOM`
    Join(RoomName),
    /// `/leave`
    Leave,
    /// `/rooms`
    Rooms,
    /// `/room NAME|N`
    Room(String),
    /// `/who`
    Who,
    /// `/nick NAME`
    Nick(UserName),
    /// `/reconnect`
    Reconnect,
    /// `/search TEXT`
    Search(String),
    /// `/url [N]`
    Url(Option<usize>),
    /// `/copy [N]`
    Copy(usize),
    /// `/mute`
    Mute,
    /// `/clear`
    Clear,
    /// `/theme NAME`
    Theme(Theme),
    /// `/key`
    Key,
    /// `/retry`
    Retry,
    /// `/edit`
    Edit,
    /// `/drop`
    Drop,
    /// `/quit`
    Quit,
}

/// A command.
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

const fn command(
    name: &'static str,
    aliases: &'static [&'static str],
    arguments: &'static str,
    what: &'static str,
) -> Command {
    Command { name, aliases, arguments, what }
}

/// All of them.
pub const COMMANDS: &[Command] = &[
    command("help", &[], "[COMMAND]", "show keys and commands, or what one does"),
    command("join", &["j"], "ROOM", "enter a room, or show it"),
    command("leave", &["part", "close"], "", "go out of the room shown"),
    command("rooms", &[], "", "list the rooms one is in"),
    command("room", &["switch", "buffer"], "NAME|N", "show a room, by a part of its name"),
    command("who", &["names"], "", "list who is here"),
    command("me", &[], "TEXT", "say what you do"),
    command("nick", &[], "NAME", "come back under another name"),
    command("search", &["lastlog"], "TEXT", "go to an older message that holds this; again: older"),
    command("url", &[], "[N]", "list the links of this room, or copy the N-th newest"),
    command("copy", &[], "[N]", "copy the newest message, or the N-th newest"),
    command("clear", &[], "", "empty the screen; PgUp brings it back"),
    command("mute", &[], "", "no bell for this room; again: the bell is back"),
    command("theme", &[], "NAME", "other colours: any, dark, light, mono, colour-blind"),
    command("key", &[], "", "what makes your name yours, and where it is kept"),
    command("retry", &[], "", "send again what was refused here"),
    command("edit", &[], "", "take what was refused here back into the input"),
    command("drop", &[], "", "throw away what was refused here"),
    command("reconnect", &["connect"], "", "connect again, now"),
    command("quit", &["exit", "q"], "", "leave Nebula"),
];

/// Reads what was typed. `//` sends a slash; an unknown command is never sent as text.
///
/// # Errors
/// A sentence for the person; what was typed should stay where it is.
pub fn parse(typed: &str) -> Result<Typed, String> {
    let Some(command) = typed.strip_prefix('/') else { return Ok(Typed::Text(typed.to_owned())) };
    if command.starts_with('/') {
        return Ok(Typed::Text(command.to_owned()));
    }
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    let rest = rest.trim();
    let command = find(name).ok_or_else(|| unknown(name))?;
    understood(command, rest).map_err(|error| format!("/{}: {error}", command.name))
}

fn understood(command: &Command, rest: &str) -> Result<Typed, String> {
    Ok(match command.name {
        "help" if rest.is_empty() => Typed::Help(None),
        "help" => {
            let name = rest.trim_start_matches('/');
            Typed::Help(Some(find(name).ok_or_else(|| unknown(name))?))
        }
        "join" => Typed::Join(room(rest)?),
        "leave" => Typed::Leave,
        "rooms" => Typed::Rooms,
        "room" => Typed::Room(wanted(rest, "a name or a number")?),
        "who" => Typed::Who,
        // It travels as it is typed, and clients draw it as something done.
        "me" => Typed::Text(format!("/me {}", wanted(rest, "a text: /me waves")?)),
        "nick" => Typed::Nick(UserName::try_from(rest).map_err(|error| error.to_string())?),
        "search" => Typed::Search(wanted(rest, "a text: /search build")?),
        "url" if rest.is_empty() => Typed::Url(None),
        "url" => Typed::Url(Some(number(rest)?)),
        "copy" if rest.is_empty() => Typed::Copy(1),
        "copy" => Typed::Copy(number(rest)?),
        "clear" => Typed::Clear,
        "mute" => Typed::Mute,
        "theme" => Typed::Theme(Theme::parse(rest)?),
        "key" => Typed::Key,
        "retry" => Typed::Retry,
        "edit" => Typed::Edit,
        "drop" => Typed::Drop,
        "reconnect" => Typed::Reconnect,
        "quit" => Typed::Quit,
        other => return Err(unknown(other)),
    })
}

/// A command by its name, or what else it is called.
fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name || command.aliases.contains(&name))
}

fn wanted(rest: &str, what: &str) -> Result<String, String> {
    if rest.is_empty() { Err(format!("it needs {what}")) } else { Ok(rest.to_owned()) }
}

fn number(rest: &str) -> Result<usize, String> {
    let number = rest.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{rest:?} is no number from 1 on"))
}

fn room(rest: &str) -> Result<RoomName, String> {
    RoomName::try_from(rest.strip_prefix('#').unwrap_or(rest)).map_err(|error| error.to_string())
}

fn unknown(name: &str) -> String {
    let shares = |known: &str| known.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
    let nearest = COMMANDS.iter().map(|known| known.name).max_by_key(|known| shares(known));
    match nearest.filter(|known| shares(known) > 0) {
        Some(known) => format!("there is no command /{name}; did you mean /{known}? // sends a /"),
        None => format!("there is no command /{name}; see /help, and // sends a /"),
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
        assert!(parse("/theme pink").unwrap_err().starts_with("/theme: "));
        for wrong in ["/join", "/nick \u{202e}x", "/me", "/", "/copy 0", "/room"] {
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
