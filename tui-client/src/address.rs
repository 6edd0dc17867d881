//! A server's address in words: what may be shown and kept of it.
//!
//! This file does not know how a server is dialled.

use url::Url;

/// An address without the name and password that may stand in it: they are neither shown nor kept.
pub(crate) fn without_credentials(server: &str) -> String {
    let Ok(mut url) = Url::parse(server) else { return server.to_owned() };
    // Refused only where there is no host, and so nothing of the kind.
    let is_bare = url.set_username("").is_ok() && url.set_password(None).is_ok();
    if is_bare { url.to_string() } else { server.to_owned() }
}

/// Host and port of a server, as a person writes them.
pub(crate) fn host(server: &Url) -> String {
    let port = server.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", server.host_str().unwrap_or_default())
}
