//! Which pages may open a WebSocket: those of the same host, those that the operator names, and those
//! of the other nodes of a cluster.
//!
//! A page of another site must not speak in the name of who visits it. This file does not know HTTP.

use crate::config::Origin;

/// Whether a page may connect. Who says no origin is no browser, and free to claim any.
pub(crate) fn may_connect<'a>(
    origin: Option<&[u8]>,
    host: Option<&[u8]>,
    allowed: impl IntoIterator<Item = &'a Origin>,
) -> bool {
    let Some(origin) = origin else { return true };
    let own = [&b"http://"[..], b"https://"].iter().find_map(|scheme| origin.strip_prefix(*scheme));
    let same =
        |own: &[u8]| host.is_some_and(|host| !host.is_empty() && own.eq_ignore_ascii_case(host));
    own.is_some_and(same)
        || allowed.into_iter().any(|it| origin.eq_ignore_ascii_case(it.as_str().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::siblings::Siblings;

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
    #[test]
    fn pages_of_the_other_nodes_may_connect_for_as_long_as_they_are_nodes() {
        let siblings = Siblings::default();
        let may = |origin: &str| {
            may_connect(Some(origin.as_bytes()), Some(b"a.example"), &*siblings.now())
        };
        assert!(!may("https://b.example"));
        siblings.set(["https://b.example", "http://c:8080"].map(|o| o.parse().unwrap()).into());
        assert!(may("https://b.example") && may("http://c:8080") && may("https://a.example"));
        assert!(!may("http://b.example") && !may("https://d.example"));
        siblings.set(Vec::new());
        assert!(!may("https://b.example") && may("https://a.example"));
    }
}
