//! Which pages may open a WebSocket: those of the same host, and those that the operator names.
//!
//! A page of another site must not speak in the name of who visits it. This file does not know HTTP.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The origin of a page: scheme, host, and port where it is not the usual one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text names no origin that a page could have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}; an origin is like https://chat.example or http://localhost:3000", match self {
    BadOrigin::Scheme => "it does not begin with https:// or http://",
    BadOrigin::Host => "what follows https:// is not the name of a host, with or without a port",
    BadOrigin::Wildcard => "* stands for nothing here: name each origin, with commas between",
    BadOrigin::More => "it has more than scheme, host and port, and no page's origin has",
})]
pub enum BadOrigin {
    /// Of other schemes browsers say `null`, and so does every page that hides its own.
    Scheme,
    /// No host at all, or one that cannot be.
    Host,
    /// A pattern, which would be taken for a name.
    Wildcard,
    /// A path, a user, or anything else.
    More,
}

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let text = text.trim();
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if text.contains('*') {
            return Err(BadOrigin::Wildcard);
        }
        if !scheme.is_some_and(|scheme| matches!(&*scheme, "http" | "https")) {
            return Err(BadOrigin::Scheme);
        }
        let url = Url::parse(text).map_err(|_| BadOrigin::Host)?;
        if url.port() == Some(0) {
            return Err(BadOrigin::Host);
        }
        let is_bare = matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if is_bare { Ok(Origin(url.origin().ascii_serialization())) } else { Err(BadOrigin::More) }
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
        for (bad, why) in [
            ("null", BadOrigin::Scheme),
            ("", BadOrigin::Scheme),
            ("chat.example", BadOrigin::Scheme),
            ("localhost:3000", BadOrigin::Scheme),
            ("wss://chat.example", BadOrigin::Scheme),
            ("file:///", BadOrigin::Scheme),
            ("*", BadOrigin::Wildcard),
            ("https://*.example", BadOrigin::Wildcard),
            ("https://chat.example:*", BadOrigin::Wildcard),
            ("https://", BadOrigin::Host),
            ("https://a b", BadOrigin::Host),
            ("https://a:0", BadOrigin::Host),
            ("https://a:65536", BadOrigin::Host),
            ("https://a/b", BadOrigin::More),
            ("https://a//", BadOrigin::More),
            ("https://a?b", BadOrigin::More),
            ("https://a#b", BadOrigin::More),
            ("https://u@a", BadOrigin::More),
            ("https://u:p@a", BadOrigin::More),
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(why), "{bad}");
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
