//! Origins of pages as operators write them.
//!
//! This file does not know what a page of such an origin may do.

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

impl Origin {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
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
}
