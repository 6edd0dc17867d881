//! What may be said on the command line or in the environment.
//!
//! This file does not know what becomes of it.

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, RangedU64ValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use protocol::{
    AccessCode, INVITE_CODE_CHARS, LINK_CODE_CHARS, Label, MessageId, RoomName, Token, UserName,
};
use url::Url;

use crate::address;
use crate::chat::highlight::WORDS_MAX;
use crate::effects::Notify;
use crate::screen::theme::{Depth, Theme};

/// Messages from before that `tail` can be asked for.
pub const BEFORE_MAX: usize = 50_000;

const EXAMPLES: &str = "\
Examples:
  nebula --room dev --user Alice             chat
  nebula --plain --room dev                  chat in plain lines, without a screen
  make 2>&1 | tail -1 | nebula send --room dev -
  nebula tail --room dev -n 100 --json       the last 100 messages, then new ones
  nebula --link 7K3M-Q0ZD                    be yourself on this device too

Settings: flags, then environment, then config.toml, then defaults; --print-config shows them.
Exit codes: 0 success, 1 refused, 2 wrong usage or the server cannot be reached.";

/// Nebula's terminal client: chat in rooms, from a terminal.
///
/// Type a message and press Enter to send it. PgUp and PgDn scroll, F1 or /help shows the help, Ctrl-C
/// twice quits.
#[derive(Debug, Clone, Parser)]
#[command(name = "nebula", version, about, max_term_width = 100, after_help = EXAMPLES)]
pub struct Args {
    /// Where to, as whom, and how.
    #[command(flatten)]
    pub options: Options,

    /// Something else than to chat.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command understands. What is not said here may stand in the configuration.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Address of the server: ws, wss, http or https; or several [default: ws://127.0.0.1:8080]
    ///
    /// The nodes of one server, up to 32, separated by commas or with --server repeated: the first
    /// that answers is used, and if it goes away, the next.
    #[arg(long, env = "NEBULA_SERVER", value_name = "URLS", global = true, hide_env_values = true,
          value_parser = parse_servers)]
    pub server: Option<Vec<Vec<Url>>>,

    /// Room to join, 1 to 64 characters; of a private or direct one its address [default: general]
    ///
    /// `send` and `tail` also take the title of a private room, with + before it: '+The ops team'.
    #[arg(long, env = "NEBULA_ROOM", value_name = "NAME", global = true, hide_env_values = true,
          value_parser = parse_room)]
    pub room: Option<RoomName>,

    /// Your name, 1 to 32 characters [default: that of last time, the login name, or a guest's name]
    #[arg(long, env = "NEBULA_USER", value_name = "NAME", global = true, hide_env_values = true,
          value_parser = parse_user)]
    pub user: Option<UserName>,

    /// Come in as yourself with a code from another of your devices, where /link shows it
    ///
    /// The code, or the address with it. From then on this device has the name of the other.
    #[arg(long, value_name = "CODE", global = true, conflicts_with = "invite",
          value_parser = parse_link)]
    pub link: Option<Code>,

    /// Come in by an invite: its code, or the address with it
    #[arg(long, value_name = "CODE", global = true, value_parser = parse_invite)]
    pub invite: Option<Code>,

    /// Begin at a message, by its address: http://HOST/?room=ROOM#m=ID, as p copies it
    #[arg(long, value_name = "ADDRESS", value_parser = parse_permalink)]
    pub goto: Option<Permalink>,

    /// What this device is called among yours, up to 64 characters [default: nebula on HOSTNAME]
    #[arg(long, env = "NEBULA_LABEL", value_name = "TEXT", global = true, hide_env_values = true,
          value_parser = parse_label)]
    pub label: Option<Label>,

    /// Token for a closed server, or a bot's; in the environment or the settings file, others on this machine
    /// cannot see it
    #[arg(long, env = "NEBULA_TOKEN", value_name = "TOKEN", global = true, hide_env_values = true)]
    pub token: Option<String>,

    /// Trust the certificate authorities in this PEM file for wss, instead of the platform's
    #[arg(long, env = "NEBULA_CA", value_name = "FILE", global = true, hide_env_values = true)]
    pub ca: Option<PathBuf>,

    /// Plain lines instead of a screen: for pipes and screen readers
    ///
    /// Automatic when standard input or output is not a terminal, or TERM is dumb.
    #[arg(long, env = "NEBULA_PLAIN", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub plain: bool,

    /// Colour theme; any suits every background [default: any]
    #[arg(long, env = "NEBULA_THEME", value_name = "NAME", hide_env_values = true)]
    pub theme: Option<Theme>,

    /// Number of colours; overrides NO_COLOR and what the terminal reports
    #[arg(long, env = "NEBULA_COLOR", value_name = "HOW", hide_env_values = true)]
    pub color: Option<Depth>,

    /// Make links clickable in terminals that support it [default: auto]
    #[arg(long, env = "NEBULA_LINKS", value_name = "WHEN", hide_env_values = true)]
    pub links: Option<When>,

    /// How to notify you of mentions while you look elsewhere [default: bell]
    #[arg(long, env = "NEBULA_NOTIFY", value_name = "HOW", hide_env_values = true)]
    pub notify: Option<Notify>,

    /// Words that are highlighted and notify you like your name, separated by commas
    #[arg(long, env = "NEBULA_HIGHLIGHT", value_name = "WORDS", hide_env_values = true,
          value_parser = parse_words)]
    pub highlight: Option<Words>,

    /// Show emoji as pictures, or as their names [default: picture]
    #[arg(long, env = "NEBULA_EMOJI", value_name = "HOW", hide_env_values = true)]
    pub emoji: Option<Emoji>,

    /// What Up does with nothing written: edit your newest message, or recall what you sent [default: edit]
    #[arg(long, env = "NEBULA_UP", value_name = "WHAT", hide_env_values = true)]
    pub up: Option<Up>,

    /// Format messages, or show them as they were typed [default: on]
    #[arg(long, env = "NEBULA_FORMATTING", value_name = "HOW", hide_env_values = true)]
    pub formatting: Option<Formatting>,

    /// Start with the mouse on: it scrolls and clicks, instead of selecting text
    #[arg(long, env = "NEBULA_MOUSE", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub mouse: bool,

    /// Settings file [default: $XDG_CONFIG_HOME/nebula/config.toml]
    #[arg(long, env = "NEBULA_CONFIG", value_name = "FILE", global = true, hide_env_values = true)]
    pub config: Option<PathBuf>,

    /// Print the effective settings as a configuration file, and exit
    #[arg(long)]
    pub print_config: bool,
}

/// A code that lets one in, and the server in whose address it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub code: AccessCode,
    pub server: Option<Url>,
}

/// Words that are highlighted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

/// The address of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permalink {
    pub server: Url,
    pub room: RoomName,
    pub id: MessageId,
}

/// Whether a terminal is told of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum When {
    /// Unless the terminal is known not to support them.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// How emoji are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Emoji {
    /// As what they are.
    #[default]
    Picture,
    /// As their names, like :crab:, where a terminal or a reader cannot show them.
    Name,
}

/// What Up does with nothing written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Up {
    /// Edits one's newest message.
    #[default]
    Edit,
    /// Calls back what was sent.
    Recall,
}

/// Whether the signs of a text become what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Formatting {
    /// As code, quotes, lists and words in bold.
    #[default]
    On,
    /// Texts are shown as they were typed.
    Off,
}

/// What the client does besides chatting.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Send one message and exit once it is stored
    ///
    /// Exit codes: 0 stored, 1 refused, 2 not known to be stored.
    Send {
        /// The message; with - or without one it is read from standard input
        #[arg(allow_hyphen_values = true)]
        text: Option<String>,

        /// How long to keep trying, across disconnects and restarts of the server
        #[arg(long, value_name = "SECONDS", default_value_t = 10)]
        wait: u64,
    },

    /// Print the messages of a room as they arrive, across disconnects and restarts
    Tail {
        /// Print the protocol's envelopes, one JSON object per line
        #[arg(long)]
        json: bool,

        /// Start with the last N messages, 50,000 at most
        #[arg(short = 'n', long, value_name = "N", default_value = "10",
              value_parser = RangedU64ValueParser::<usize>::new().range(0..=BEFORE_MAX as u64))]
        lines: usize,

        /// Start after the message with this id; 0 is the start of the room
        #[arg(long, value_name = "ID", value_parser = parse_id, conflicts_with = "lines")]
        since: Option<MessageId>,

        /// How long to keep trying to join the room at first
        #[arg(long, value_name = "SECONDS", default_value_t = 10)]
        wait: u64,
    },

    /// Print shell completions
    ///
    /// For example: nebula completions bash > ~/.local/share/bash-completion/completions/nebula
    Completions {
        /// The shell
        shell: Shell,
    },

    /// Print a manual page: nebula man | man -l -
    Man {
        /// The command it is about: send, tail, completions; without one, all of nebula
        command: Option<String>,
    },
}

/// Addresses that stand behind commas.
pub(crate) fn parse_servers(text: &str) -> Result<Vec<Url>, String> {
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let parsed = parts.iter().zip(1..).map(|(part, number)| {
        let named = |error| match (parts.len(), text.contains('@')) {
            (1, _) => error,
            // The comma may stand in a password.
            (_, true) => format!("address {number}: {error} (a comma in a password is %2C)"),
            (_, false) => format!("{part:?}: {error}"),
        };
        address::parse(part).map_err(named)
    });
    parsed.collect()
}

pub(crate) fn parse_room(text: &str) -> Result<RoomName, String> {
    let address = RoomName::known(text).ok().filter(RoomName::is_address);
    let name = text.strip_prefix('#').unwrap_or(text);
    address.map_or_else(|| RoomName::try_from(name).map_err(|error| error.to_string()), Ok)
}

pub(crate) fn parse_user(text: &str) -> Result<UserName, String> {
    UserName::known(text).map_err(|error| error.to_string())
}

/// Words that stand behind commas.
pub(crate) fn parse_words(text: &str) -> Result<Words, String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words: Vec<_> = words.map(str::to_owned).collect();
    match words.len() {
        0..=WORDS_MAX => Ok(Words(words)),
        count => Err(format!("at most {WORDS_MAX} words, not {count}")),
    }
}

pub(crate) fn parse_label(text: &str) -> Result<Label, String> {
    Label::try_from(text).map_err(|error| error.to_string())
}

fn parse_link(text: &str) -> Result<Code, String> {
    let error = "not a code of a link, such as 7K3M-Q0ZD, or the address with it";
    parse_code(text, "#link=", LINK_CODE_CHARS).ok_or_else(|| error.to_owned())
}

fn parse_invite(text: &str) -> Result<Code, String> {
    let error = "not the code of an invite, such as 9V5T-Q2M8-0KXD-B3HN, or the address with it";
    parse_code(text, "#invite=", INVITE_CODE_CHARS).ok_or_else(|| error.to_owned())
}

/// A code alone, or behind the address of the server's page.
fn parse_code(text: &str, mark: &str, chars: usize) -> Option<Code> {
    let (server, code) = match text.split_once(mark) {
        Some((server, code)) => (Some(address::parse(server).ok()?), code),
        None => (None, text),
    };
    let code = AccessCode::try_from(code).ok().filter(|code| code.as_str().len() == chars)?;
    Some(Code { code, server })
}

fn parse_permalink(text: &str) -> Result<Permalink, String> {
    let parsed = address::parse_message(text).and_then(|(server, room, id)| {
        let (room, id) = (RoomName::known(room.as_str()).ok()?, MessageId::try_from(id).ok()?);
        Some(Permalink { server, room, id })
    });
    let form = "http://HOST/?room=ROOM#m=ID";
    parsed.ok_or_else(|| format!("not the address of a message, such as {form}"))
}

/// The sentence does not repeat the token.
pub(crate) fn parse_token(text: &str) -> Result<Token, String> {
    Token::try_from(text.trim()).map_err(|error| error.to_string())
}

fn parse_id(text: &str) -> Result<MessageId, String> {
    let id = text.parse::<u64>().map_err(|_| "an id is a whole number".to_owned())?;
    MessageId::try_from(id).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_stand_behind_commas_and_a_wrong_one_is_named_without_a_password() {
        let parsed = parse_servers("a:1, https://b/,wss://u:p@c").unwrap();
        let parsed: Vec<_> = parsed.iter().map(Url::as_str).collect();
        assert_eq!(parsed, ["ws://a:1/", "wss://b/", "wss://u:p@c/"]);
        let error = parse_servers("a:1,ftp://b").unwrap_err();
        assert!(error.starts_with("\"ftp://b\": unknown scheme"), "{error}");
        assert!(parse_servers("a,,b").is_err());
        let error = parse_servers("https://u:sec,ret@h").unwrap_err();
        assert!(error.contains("%2C") && !error.contains("sec"), "{error}");
    }

    #[test]
    fn a_room_may_be_written_with_its_sign_or_as_an_address() {
        assert_eq!(parse_room("#dev").unwrap(), parse_room("dev").unwrap());
        assert!(parse_room("#").is_err());
        assert_eq!(parse_room("+q7x2m9k4t1ab").unwrap().as_str(), "+q7x2m9k4t1ab");
    }

    #[test]
    fn a_code_is_taken_alone_or_with_the_address_of_its_server() {
        let alone = parse_link("7k3m-q0zd").unwrap();
        assert_eq!((alone.code.as_str(), alone.server), ("7K3MQ0ZD", None));
        let invite = parse_invite("https://chat.example/#invite=9V5TQ2M80KXDB3HN").unwrap();
        assert_eq!(invite.code.as_str(), "9V5TQ2M80KXDB3HN");
        assert_eq!(invite.server.unwrap().as_str(), "wss://chat.example/");
        for wrong in ["", "7K3M", "9V5TQ2M80KXDB3HN", "ftp://x/#link=7K3MQ0ZD", "7K3MQ0ZU"] {
            let error = parse_link(wrong).unwrap_err();
            assert!(error.contains("7K3M-Q0ZD"), "{wrong}: {error}");
        }
        assert!(parse_invite("7K3MQ0ZD").is_err());
    }
}
