//! What may be typed instead of text: one table, from which the help is made too.
//!
//! This file does not know what a command does.

use protocol::{RoomName, UserName};

use crate::theme::Theme;

/// Something typed, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Text to send.
    Text(String),
    /// `/help`
    Help,
    /// `/join ROOM`
    Join(RoomName),
    /// `/leave`
    Leave,
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
    /// `/quit`
    Quit,
}

/// A command's name, its arguments, and the words of the help.
pub const COMMANDS: &[(&str, &str, &str)] = &[
    ("help", "", "show keys and commands"),
    ("join", "ROOM", "enter a room, or show it"),
    ("leave", "", "go out of the room shown"),
    ("who", "", "list who is here"),
    ("me", "TEXT", "say what you do"),
    ("nick", "NAME", "come back under another name"),
    ("reconnect", "", "connect again, now"),
    ("search", "TEXT", "go to an older message that holds this; again: an older one"),
    ("url", "[N]", "list the links of this room, or copy the N-th newest"),
    ("copy", "[N]", "copy the newest message, or the N-th newest"),
    ("mute", "", "no bell for this room; again: the bell is back"),
    ("clear", "", "empty the screen; PgUp brings it back"),
    ("theme", "NAME", "other colours: any, dark, light, mono, colour-blind"),
    ("quit", "", "leave Nebula"),
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
    match name {
        "help" => Ok(Typed::Help),
        "join" => room(rest).map(Typed::Join),
        "leave" => Ok(Typed::Leave),
        "who" => Ok(Typed::Who),
        "me" if rest.is_empty() => Err("/me needs a text: /me waves".to_owned()),
        // It travels as it is typed, and clients draw it as something done.
        "me" => Ok(Typed::Text(format!("/me {rest}"))),
        "nick" => UserName::try_from(rest).map(Typed::Nick).map_err(|e| format!("/nick: {e}")),
        "reconnect" => Ok(Typed::Reconnect),
        "search" if rest.is_empty() => Err("/search needs a text: /search build".to_owned()),
        "search" => Ok(Typed::Search(rest.to_owned())),
        "url" if rest.is_empty() => Ok(Typed::Url(None)),
        "url" => number(rest).map(|n| Typed::Url(Some(n))).map_err(|e| format!("/url: {e}")),
        "copy" if rest.is_empty() => Ok(Typed::Copy(1)),
        "copy" => number(rest).map(Typed::Copy).map_err(|e| format!("/copy: {e}")),
        "mute" => Ok(Typed::Mute),
        "clear" => Ok(Typed::Clear),
        "theme" => Theme::parse(rest).map(Typed::Theme).map_err(|e| format!("/theme: {e}")),
        "quit" => Ok(Typed::Quit),
        _ => Err(unknown(name)),
    }
}

fn number(rest: &str) -> Result<usize, String> {
    let number = rest.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{rest:?} is no number from 1 on"))
}

fn room(rest: &str) -> Result<RoomName, String> {
    RoomName::try_from(rest.strip_prefix('#').unwrap_or(rest)).map_err(|e| format!("/join: {e}"))
}

fn unknown(name: &str) -> String {
    let shares = |known: &str| known.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
    let nearest = COMMANDS.iter().map(|(known, ..)| *known).max_by_key(|known| shares(known));
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
        assert_eq!(parse("/quit"), Ok(Typed::Quit));
        assert!(parse("/jion dev").unwrap_err().contains("/join"));
        assert!(parse("/xyzzy").unwrap_err().contains("/help"));
        assert!(parse("/join").is_err());
        assert!(parse("/nick \u{202e}x").is_err());
        assert!(parse("/me").is_err());
        assert!(parse("/").is_err());
    }

    #[test]
    fn every_command_of_the_table_exists() {
        for (name, arguments, _) in COMMANDS {
            let arguments = match *name {
                "theme" => "dark",
                "url" | "copy" => "2",
                _ => arguments,
            };
            assert!(parse(&format!("/{name} {}", arguments.to_lowercase())).is_ok(), "/{name}");
        }
    }
}
