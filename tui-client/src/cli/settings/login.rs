//! The name and password that may stand in a server's address: they open what stands before the
//! server, and are shown nowhere.
//!
//! This file does not know how the server is dialled.

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use url::Url;

/// Takes them out of the address, as the value of `Authorization` (RFC 7617).
pub(super) fn taken_out_of(server: &mut Url) -> anyhow::Result<Option<HeaderValue>> {
    let (name, password) = (server.username(), server.password());
    if name.is_empty() && password.is_none() {
        return Ok(None);
    }
    let decoded = |text| percent_decode_str(text).decode_utf8().context(NOT_UTF8);
    let (name, password) = (decoded(name)?, decoded(password.unwrap_or_default())?);
    ensure!(!name.contains(':'), "the name in the server's address must not contain a colon");
    let value = format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")));
    let mut value = HeaderValue::from_str(&value)?;
    value.set_sensitive(true);
    if server.set_username("").is_err() || server.set_password(None).is_err() {
        bail!("this address cannot have a name and password");
    }
    Ok(Some(value))
}

const NOT_UTF8: &str = "the name and password in the server's address are not UTF-8";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, value: Option<&str>) {
        let mut server = Url::parse(address).unwrap();
        let taken = taken_out_of(&mut server).unwrap();
        assert_eq!(taken.as_ref().map(|taken| taken.to_str().unwrap()), value, "{address}");
        assert_eq!(server.as_str(), "ws://h/x");
    }

    #[test]
    fn what_is_sent_is_what_was_meant() {
        check("ws://h/x", None);
        check("ws://Aladdin:open%20sesame@h/x", Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        check("ws://test:123%C2%A3@h/x", Some("Basic dGVzdDoxMjPCow=="));
        check("ws://u@h/x", Some("Basic dTo="));
        check("ws://:p%40%3A@h/x", Some("Basic OnBAOg=="));
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_being_repeated() {
        for address in ["ws://a%3Ab:secret@h/", "ws://a:secret%FF@h/"] {
            let error = taken_out_of(&mut Url::parse(address).unwrap()).unwrap_err();
            assert!(!format!("{error:#}").contains("secret"), "{error:#}");
        }
    }
}
