//! What may be said on the command line or in the environment.
//!
//! This file does not know what becomes of it.

use clap::Parser;
use protocol::{RoomName, UserName};
use url::Url;

/// Nebula's terminal client: chat in rooms, from a terminal.
///
/// Type and press Enter to speak. PgUp and PgDn scroll, /help tells the rest, Ctrl-C twice leaves.
#[derive(Debug, Clone, Parser)]
#[command(name = "nebula", version, about, max_term_width = 100)]
pub struct Args {
    /// Address of the server: ws, wss, http or https
    #[arg(long, env = "NEBULA_SERVER", value_name = "URL", default_value = "ws://127.0.0.1:8080",
          value_parser = parse_server)]
    pub server: Url,

    /// Room to join, 1 to 64 characters
    #[arg(long, env = "NEBULA_ROOM", value_name = "NAME", default_value = "general",
          value_parser = parse_room)]
    pub room: RoomName,

    /// Name to chat under, 1 to 32 characters; without one, the login name, else a guest's name
    #[arg(long, env = "NEBULA_USER", value_name = "NAME", value_parser = parse_user)]
    pub user: Option<UserName>,
}

fn parse_server(text: &str) -> Result<Url, String> {
    // Without a scheme the rest is meant: `localhost:8080` would parse as a scheme of its own.
    let full = if text.contains("://") { text.to_owned() } else { format!("ws://{text}") };
    let mut url = Url::parse(&full).map_err(|error| format!("{error}; try ws://HOST:PORT"))?;
    let scheme = match url.scheme() {
        "ws" | "http" => "ws",
        "wss" | "https" => "wss",
        other => return Err(format!("{other:?} is none of ws, wss, http, https")),
    };
    if url.set_scheme(scheme).is_err() || url.host_str().is_none() {
        return Err("this address names no host; try ws://HOST:PORT".to_owned());
    }
    url.set_fragment(None);
    url.set_query(None);
    Ok(url)
}

fn parse_room(text: &str) -> Result<RoomName, String> {
    let name = text.strip_prefix('#').unwrap_or(text);
    RoomName::try_from(name).map_err(|error| error.to_string())
}

fn parse_user(text: &str) -> Result<UserName, String> {
    UserName::try_from(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_usual_form_are_understood() {
        for (typed, meant) in [
            ("ws://127.0.0.1:8080", "ws://127.0.0.1:8080/"),
            ("http://example.org", "ws://example.org/"),
            ("https://example.org/chat?x=1#y", "wss://example.org/chat"),
            ("wss://example.org", "wss://example.org/"),
            ("localhost:8080", "ws://localhost:8080/"),
        ] {
            assert_eq!(parse_server(typed).unwrap().as_str(), meant);
        }
        for typed in ["ftp://example.org", "ws://", "not an address"] {
            assert!(parse_server(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_room_may_be_written_with_its_sign() {
        assert_eq!(parse_room("#dev").unwrap(), parse_room("dev").unwrap());
        assert!(parse_room("#").is_err());
    }
}
