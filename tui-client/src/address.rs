//! A server's address: what is one, and what may be shown and kept of it.
//!
//! This file does not know how a server is dialled.

use url::{Host, Url};

/// An address as a person or a server writes it, as one to dial.
///
/// # Errors
/// What is wrong with it, for a person.
pub(crate) fn parse(text: &str) -> Result<Url, String> {
    // Without a scheme the rest is meant: `localhost:8080` would parse as a scheme of its own.
    let full = if text.contains("://") { text.to_owned() } else { format!("ws://{text}") };
    let mut url = Url::parse(&full).map_err(|error| format!("{error}; try ws://HOST:PORT"))?;
    let scheme = match url.scheme() {
        "ws" | "http" => "ws",
        "wss" | "https" => "wss",
        other => return Err(format!("unknown scheme {other:?}; use ws, wss, http or https")),
    };
    if url.set_scheme(scheme).is_err() || url.host_str().is_none() {
        return Err("no host in this address; try ws://HOST:PORT".to_owned());
    }
    url.set_fragment(None);
    url.set_query(None);
    Ok(url)
}

pub(crate) fn is_tls(server: &Url) -> bool {
    server.scheme() == "wss"
}

pub(crate) fn is_this_machine(server: &Url) -> bool {
    match server.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An address without the name and password that may stand in it: they are neither shown nor kept.
pub(crate) fn without_credentials(server: &str) -> String {
    let Ok(mut url) = Url::parse(server) else { return server.to_owned() };
    // Refused only where there is no host, and so nothing of the kind.
    let is_bare = url.set_username("").is_ok() && url.set_password(None).is_ok();
    if is_bare { url.to_string() } else { server.to_owned() }
}

/// The address of the server's page, with a code in its fragment, which no server is told. The page lies beside
/// where a client connects.
pub(crate) fn page(server: &Url, what: &str, code: &str) -> String {
    format!("{}#{what}={code}", pages(server))
}

/// The address of a message on the server's page.
pub(crate) fn of_message(server: &Url, room: &str, id: u64) -> String {
    let room: String = url::form_urlencoded::byte_serialize(room.as_bytes()).collect();
    format!("{}?room={room}#m={id}", pages(server))
}

/// The server, the room and the id in the address of a message.
pub(crate) fn parse_message(text: &str) -> Option<(Url, String, u64)> {
    let server = parse(text).ok()?;
    let url = Url::parse(text).ok()?;
    let room = url.query_pairs().find(|(name, _)| name == "room")?.1.into_owned();
    let id = url.fragment()?.strip_prefix("m=")?.parse().ok()?;
    Some((server, room, id))
}

fn pages(server: &Url) -> String {
    let scheme = if is_tls(server) { "https" } else { "http" };
    let path = server.path().strip_suffix("/ws").unwrap_or(server.path()).trim_end_matches('/');
    format!("{scheme}://{}{path}/", host(server))
}

/// Host and port of a server, as a person writes them.
pub(crate) fn host(server: &Url) -> String {
    let port = server.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", server.host_str().unwrap_or_default())
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
            assert_eq!(parse(typed).unwrap().as_str(), meant);
        }
        for typed in ["ftp://example.org", "ws://", "not an address"] {
            assert!(parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn the_address_of_a_message_is_read_as_it_is_made() {
        let server = parse("wss://chat.example/chat/").unwrap();
        for room in ["dev", "+q7x2m9k4t1ab", "Küche"] {
            let made = of_message(&server, room, 7);
            assert_eq!(parse_message(&made), Some((server.clone(), room.to_owned(), 7)), "{made}");
        }
        for wrong in ["dev", "http://h/#m=7", "http://h/?room=dev", "http://h/?room=dev#m=x"] {
            assert_eq!(parse_message(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_page_lies_where_its_server_is_and_the_code_in_the_fragment() {
        for (server, expected) in [
            ("ws://127.0.0.1:8080", "http://127.0.0.1:8080/#link=X"),
            ("https://chat.example", "https://chat.example/#link=X"),
            ("wss://example.org/chat/", "https://example.org/chat/#link=X"),
            ("wss://example.org/chat/ws", "https://example.org/chat/#link=X"),
            ("wss://name:word@example.org/ws", "https://example.org/#link=X"),
        ] {
            assert_eq!(page(&parse(server).unwrap(), "link", "X"), expected);
        }
    }
}
