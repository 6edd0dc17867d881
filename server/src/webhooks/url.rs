//! Where an outgoing hook sends to.
//!
//! Parsed once, so that nothing that cannot be requested is kept. This file does not know names' addresses.

use std::fmt;
use std::net::IpAddr;

use hyper::http::uri::PathAndQuery;
use serde::{Deserialize, Serialize};
use url::{Host, Position, Url};

/// Bytes of an address: what proxies and servers take at least.
const BYTES_MAX: usize = 2048;

/// An address over HTTP or HTTPS.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct HookUrl(Url);

/// Why nothing can be sent to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadUrl {
    #[error("not a URL: {0}")]
    Malformed(#[from] url::ParseError),
    #[error("a hook sends over http:// or https://")]
    Scheme,
    #[error("a hook's URL has no user name or password in it: the receiver checks the signature")]
    UserInfo,
    #[error("a hook's URL has no # in it: what stands behind it is never sent")]
    Fragment,
    #[error("its path has characters in it that no request can carry: percent-encode them")]
    Path,
    #[error("longer than {BYTES_MAX} bytes")]
    TooLong,
}

impl HookUrl {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// A name, or an address where one stands in the URL.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The address that stands in the URL; none if that is a name.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// Host and port, as a request names them.
    pub(super) fn authority(&self) -> &str {
        &self.0[Position::BeforeHost..Position::AfterPort]
    }

    /// What is requested there.
    pub(super) fn path_and_query(&self) -> &str {
        &self.0[Position::BeforePath..Position::AfterQuery]
    }
}

impl TryFrom<&str> for HookUrl {
    type Error = BadUrl;

    fn try_from(text: &str) -> Result<Self, BadUrl> {
        let url = Url::parse(text)?;
        // The length as stored: what is not ASCII is percent-encoded there.
        if url.as_str().len() > BYTES_MAX {
            return Err(BadUrl::TooLong);
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadUrl::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(BadUrl::Fragment);
        }
        let url = HookUrl(url);
        match PathAndQuery::try_from(url.path_and_query()) {
            Ok(_) => Ok(url),
            Err(_) => Err(BadUrl::Path),
        }
    }
}

impl TryFrom<String> for HookUrl {
    type Error = BadUrl;

    fn try_from(text: String) -> Result<Self, BadUrl> {
        HookUrl::try_from(&*text)
    }
}

impl From<HookUrl> for String {
    fn from(url: HookUrl) -> Self {
        url.0.into()
    }
}

/// Many receivers know who may post by the path, so it is not printed.
impl fmt::Debug for HookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HookUrl({}, ..)", self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_requested_is_refused() {
        let long = format!("https://a.example/{}", "x".repeat(BYTES_MAX));
        let encoded = format!("https://a.example/{}", "é".repeat(BYTES_MAX / 3));
        for (text, why) in [
            ("ci.example/hook", "not a URL"),
            ("https://", "not a URL"),
            ("https://a b/", "not a URL"),
            ("ftp://a.example/", "http:// or https://"),
            ("file:///etc/passwd", "http:// or https://"),
            ("https://user@a.example/", "no user name"),
            ("https://:pass@a.example/", "no user name"),
            ("https://a.example/#x", "no #"),
            (&long, "longer than 2048"),
            (&encoded, "longer than 2048"),
        ] {
            let error = HookUrl::try_from(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn its_parts_are_those_of_a_request() {
        for (text, parts) in [
            ("https://a.example", (true, "a.example", 443, "a.example", "/")),
            (
                "http://A.example:8080/x%20y?z=1",
                (false, "a.example", 8080, "a.example:8080", "/x%20y?z=1"),
            ),
            (
                "http://[2001:DB8::1]:81/ü",
                (false, "[2001:db8::1]", 81, "[2001:db8::1]:81", "/%C3%BC"),
            ),
            ("https://a.example:443?q", (true, "a.example", 443, "a.example", "/?q")),
        ] {
            let url = HookUrl::try_from(text).unwrap();
            let found =
                (url.is_https(), url.host(), url.port(), url.authority(), url.path_and_query());
            assert_eq!(found, parts, "{text}");
        }
    }

    /// However much of it is encoded.
    #[test]
    fn what_is_kept_is_read_again() {
        let longest = format!("https://a.example/{}", "é".repeat((BYTES_MAX - 18) / 6));
        for text in ["http://ü.example/ü?ü", "HTTP://A.example:80", &longest] {
            let url = HookUrl::try_from(text).unwrap();
            assert_eq!(HookUrl::try_from(url.as_str()), Ok(url), "{text}");
        }
    }

    /// However it is written.
    #[test]
    fn an_address_in_it_is_known() {
        for (text, address) in [
            ("http://127.0.0.1/", Some("127.0.0.1")),
            ("http://2130706433/", Some("127.0.0.1")),
            ("http://0x7f.1/", Some("127.0.0.1")),
            ("http://[::1]/", Some("::1")),
            ("http://localhost/", None),
        ] {
            let found = HookUrl::try_from(text).unwrap().address();
            assert_eq!(found, address.map(|it| it.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn its_path_is_not_printed() {
        let url = HookUrl::try_from("https://a.example/T0/secret").unwrap();
        assert_eq!(format!("{url:?}"), "HookUrl(a.example, ..)");
    }
}
