//! Which pages may open a WebSocket: those of the same host, and those that the operator names.
//!
//! A page of another site must not speak in the name of who visits it. This file does not know HTTP.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The origin of a page: scheme, host, and port where it is not the usual one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// Text that names no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is like https://chat.example or http://localhost:3000, without a path")]
pub struct BadOrigin;

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let url = Url::parse(text.trim()).map_err(|_| BadOrigin)?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
        // Of other schemes browsers say `null`, and so does every page that hides its own.
        if !matches!(url.scheme(), "http" | "https") || !is_bare || url.fragment().is_some() {
            return Err(BadOrigin);
        }
        Ok(Origin(url.origin().ascii_serialization()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a page may connect. Who says no origin is no browser, and free to claim any.
pub(crate) fn may_connect(origin: Option<&[u8]>, host: Option<&[u8]>, allowed: &[Origin]) -> bool {
    let Some(origin) = origin else { return true };
    let own = [&b"http://"[..], b"https://"].iter().find_map(|scheme| origin.strip_prefix(*scheme));
    let same =
        |own: &[u8]| host.is_some_and(|host| !host.is_empty() && own.eq_ignore_ascii_case(host));
    own.is_some_and(same)
        || allowed.iter().any(|Origin(allowed)| origin.eq_ignore_ascii_case(allowed.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_no_more() {
        for (text, origin) in [
            ("https://chat.example", "https://chat.example"),
            ("HTTPS://Chat.Example/", "https://chat.example"),
            ("https://chat.example:443", "https://chat.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://größe.example", "https://xn--gre-6ka8i.example"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), origin);
        }
        for bad in [
            "null",
            "",
            "*",
            "chat.example",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "file:///",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(BadOrigin), "{bad}");
        }
    }

    #[test]
    fn the_same_host_and_who_is_allowed_may_connect() {
        let allowed = ["https://chat.example", "http://localhost:3000"].map(|o| o.parse().unwrap());
        let may = |origin: &str| may_connect(Some(origin.as_bytes()), Some(b"own:8080"), &allowed);
        for origin in
            ["http://own:8080", "https://OWN:8080", "https://chat.example", "http://localhost:3000"]
        {
            assert!(may(origin), "{origin}");
        }
        for origin in [
            "null",
            "",
            "http://own",
            "http://own:8081",
            "http://chat.example",
            "https://chat.example.evil",
            "https://evil/chat.example",
            "https://chat.example:444",
            "ws://own:8080",
        ] {
            assert!(!may(origin), "{origin}");
        }
        assert!(may_connect(None, None, &[]));
        assert!(!may_connect(Some(b"http://"), Some(b""), &[]));
    }
}
