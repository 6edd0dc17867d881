//! The files of the page as answers: plain or packed, and whether the client has them already.
//!
//! This file does not know where the files come from.

use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};

use super::request::list;
use crate::config::Origin;
use crate::http::answers::{Answer, plain, set};
use crate::http::assets::Asset;

/// The file, or that the client knows it (RFC 9110, section 13).
pub(super) fn file(
    headers: &HeaderMap,
    host: Option<&[u8]>,
    siblings: &[Origin],
    asset: &Asset,
) -> Answer {
    let packed = asset.gzipped.as_ref().filter(|_| takes_gzip(headers));
    let etag = match packed {
        // The same contents in other bytes have another tag.
        Some(_) => format!("{}-gz\"", asset.etag.trim_end_matches('"')),
        None => asset.etag.clone(),
    };
    if headers.contains_key(header::IF_MATCH) && !names(headers, header::IF_MATCH, &etag, false) {
        return plain(StatusCode::PRECONDITION_FAILED, "the file is another one by now\n");
    }
    let is_known = names(headers, header::IF_NONE_MATCH, &etag, true);
    let mut answer = if is_known {
        let mut answer = Response::new(Full::default());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        answer
    } else {
        Response::new(Full::new(packed.unwrap_or(&asset.plain).clone()))
    };
    let keep = match asset.immutable {
        true => "public, max-age=31536000, immutable",
        // The browser asks each time, and gets a 304: a new version is seen at once.
        false => "no-cache",
    };
    let fixed = [
        (header::CACHE_CONTROL, keep),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "Accept-Encoding"),
    ];
    let all = answer.headers_mut();
    for (name, value) in fixed {
        all.insert(name, HeaderValue::from_static(value));
    }
    if !is_known {
        all.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
        if packed.is_some() {
            all.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    set(all, header::ETAG, &etag);
    set(all, header::CONTENT_SECURITY_POLICY, &content_security_policy(host, siblings));
    answer
}

/// Whether a condition names this tag; `*` names every one. In a weak comparison what stands before
/// the quotes does not count: a proxy that packs a file marks the tag as weak. In a strong one, weak
/// tags are none.
fn names(headers: &HeaderMap, condition: header::HeaderName, etag: &str, weak: bool) -> bool {
    headers.get_all(condition).iter().any(|line| {
        let mut rest = line.as_bytes().trim_ascii();
        if rest == b"*" {
            return true;
        }
        // What stands in quotes may hold commas.
        while let Some(start) = rest.iter().position(|byte| *byte == b'"') {
            let Some(length) = rest[start + 1..].iter().position(|byte| *byte == b'"') else {
                return false;
            };
            let (before, tag) = (&rest[..start], &rest[start..start + length + 2]);
            if tag == etag.as_bytes() && (weak || !before.ends_with(b"W/")) {
                return true;
            }
            rest = &rest[start + length + 2..];
        }
        false
    })
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    list(headers, header::ACCEPT_ENCODING).map(|coding| coding.split(';')).any(|mut parts| {
        parts.next().is_some_and(|name| name.trim().eq_ignore_ascii_case("gzip"))
            && !parts
                .any(|quality| matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Nothing but our own files, and sockets to this very host and to the other nodes: the host is named, since
/// `'self'` does not cover WebSockets in every browser.
fn content_security_policy(host: Option<&[u8]>, siblings: &[Origin]) -> String {
    // The characters of a host alone: a `;` would begin another directive.
    let is_host = |host: &str| {
        let is_part =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        !host.is_empty() && host.chars().all(is_part)
    };
    let host = host.and_then(|host| std::str::from_utf8(host).ok()).filter(|host| is_host(host));
    let own = host.map(|host| format!(" ws://{host} wss://{host}"));
    let others = siblings.iter().filter_map(|origin| {
        let (scheme, host) = origin.as_str().split_once("://")?;
        let socket = if scheme == "https" { "wss" } else { "ws" };
        is_host(host).then(|| format!(" {socket}://{host}"))
    });
    let sockets: String = own.into_iter().chain(others).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         manifest-src 'self'; connect-src 'self'{sockets}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::siblings::Siblings;

    #[test]
    fn a_tag_is_found_in_every_form_of_a_condition() {
        for (lines, weak, strong) in [
            (&["\"a\""][..], true, true),
            (&["W/\"a\""], true, false),
            (&["*"], true, true),
            (&["\"x\", \"a\""], true, true),
            (&["\"x\"", "W/\"y\",W/\"a\""], true, false),
            (&["\"x,\",\"a\""], true, true),
            (&["\"x, \\\"a\\\"\""], false, false),
            (&["a"], false, false),
            (&["\"a"], false, false),
            (&["\"b\""], false, false),
            (&[], false, false),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::IF_MATCH, HeaderValue::from_str(line).unwrap());
            }
            let names = |weak| names(&headers, header::IF_MATCH, "\"a\"", weak);
            assert_eq!((names(true), names(false)), (weak, strong), "{lines:?}");
        }
    }
    #[test]
    fn the_policy_allows_sockets_to_this_host_and_to_the_other_nodes() {
        let siblings = Siblings::default();
        let sockets = |host: &str| {
            let policy = content_security_policy(Some(host.as_bytes()), &siblings.now());
            let named = policy.split("; ").find_map(|it| it.strip_prefix("connect-src 'self'"));
            named.unwrap().to_owned()
        };
        assert_eq!(sockets("a:80"), " ws://a:80 wss://a:80");
        siblings.set(
            ["https://b.example", "http://[::1]:8080", "https://c;script-src"]
                .map(|origin| origin.parse().unwrap())
                .into(),
        );
        assert_eq!(sockets("a"), " ws://a wss://a wss://b.example ws://[::1]:8080");
        assert_eq!(sockets("a;b"), " wss://b.example ws://[::1]:8080");
    }
}
