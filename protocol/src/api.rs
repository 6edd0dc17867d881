//! The HTTP API: which requests there are, and which envelope each stands for.
//!
//! A request's parameters and its body are the fields of an envelope and read as those of a frame, so that the same
//! limits and refusals hold. This file does not know HTTP, or who asks.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

use crate::connect::number;
use crate::envelope::{BadEnvelope, ToServer};
use crate::name::RoomName;
use crate::refusal::Refusal;

/// Before every path.
pub const API_PREFIX: &str = "/api/v1/";

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiRequest {
    /// What this envelope asks for.
    Envelope(Box<ToServer>),
    /// Who is in a room.
    People(RoomName),
    /// The description of the API, in the form of OpenAPI.
    Description,
}

/// Why a request asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadApiRequest {
    /// There is nothing at this path.
    NoSuchPath,
    /// Only these methods are served at this path.
    Method(Vec<&'static str>),
    /// A part of it is wrong.
    Refused(Refusal),
}

impl From<Refusal> for BadApiRequest {
    fn from(refusal: Refusal) -> Self {
        BadApiRequest::Refused(refusal)
    }
}

/// A request that is served.
#[derive(Debug, Clone, Copy)]
pub struct ApiRoute {
    /// The method of HTTP.
    pub method: &'static str,
    /// The path behind [`API_PREFIX`], in which a name in braces stands for any part.
    pub path: &'static str,
    asks: Asks,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
enum Asks {
    Description,
    People,
    /// What an envelope of this type asks for. Its fields are the names in the path, these parameters of the query, and
    /// what is in a body, if it has one.
    Envelope {
        kind: &'static str,
        parameters: &'static [&'static str],
        has_body: bool,
    },
    /// To take an emoji away: the envelope that puts one there says so.
    Unreact,
}

/// All requests.
pub const API_ROUTES: [ApiRoute; 10] = [
    ApiRoute { method: "GET", path: "openapi.json", asks: Asks::Description },
    route("GET", "rooms", "rooms", &["query", "after", "mine"]),
    ApiRoute { method: "GET", path: "rooms/{room}/people", asks: Asks::People },
    route("GET", MESSAGES, "history", &["before", "after", "around", "limit"]),
    route_with_body("POST", MESSAGES, "message"),
    route_with_body("PATCH", MESSAGE, "edit"),
    route("DELETE", MESSAGE, "delete", &["ref"]),
    route("PUT", REACTION, "react", &["ref"]),
    ApiRoute { method: "DELETE", path: REACTION, asks: Asks::Unreact },
    route("GET", "search", "search", &["query", "room", "before", "limit"]),
];

const MESSAGES: &str = "rooms/{room}/messages";
const MESSAGE: &str = "rooms/{room}/messages/{message}";
const REACTION: &str = "rooms/{room}/messages/{message}/reactions/{emoji}";

const fn route(
    method: &'static str,
    path: &'static str,
    kind: &'static str,
    parameters: &'static [&'static str],
) -> ApiRoute {
    ApiRoute { method, path, asks: Asks::Envelope { kind, parameters, has_body: false } }
}

const fn route_with_body(method: &'static str, path: &'static str, kind: &'static str) -> ApiRoute {
    ApiRoute { method, path, asks: Asks::Envelope { kind, parameters: &[], has_body: true } }
}

/// Parameters that are whole numbers. All others are texts.
const NUMBERS: [&str; 5] = ["before", "after", "around", "limit", "message"];

/// Fields of an envelope.
type FieldList<'a> = Vec<(&'a str, Value)>;

impl ApiRequest {
    /// Reads a request: its method, its path behind [`API_PREFIX`], percent-encoded, its query and its body. An empty
    /// parameter counts as absent, an unknown one is ignored.
    ///
    /// # Errors
    /// [`BadApiRequest`].
    pub fn read(method: &str, path: &str, query: &str, body: &str) -> Result<Self, BadApiRequest> {
        let parts: Vec<_> = path.split('/').collect();
        let here = API_ROUTES.iter().filter(|route| is_like(&parts, route.path));
        let here: Vec<_> = here.collect();
        let Some(route) = here.iter().find(|route| route.method == method) else {
            return Err(match here.is_empty() {
                true => BadApiRequest::NoSuchPath,
                false => BadApiRequest::Method(here.iter().map(|route| route.method).collect()),
            });
        };
        let mut fields = named(&parts, route.path)?;
        let (kind, parameters, has_body) = match route.asks {
            Asks::Description => return Ok(ApiRequest::Description),
            Asks::People => return people(&fields),
            Asks::Envelope { kind, parameters, has_body } => (kind, parameters, has_body),
            Asks::Unreact => {
                fields.push(("on", Value::Bool(false)));
                ("react", &["ref"][..], false)
            }
        };
        fields.extend(asked(kind, query, parameters)?);
        let body = if has_body { body } else { "{}" };
        let envelope = ToServer::parse(&frame(kind, &fields, body)?);
        let envelope = envelope.map_err(|BadEnvelope { refusal, .. }| refusal)?;
        Ok(ApiRequest::Envelope(Box::new(envelope)))
    }
}

/// Whether a path is one of those that a template stands for.
fn is_like(parts: &[&str], template: &str) -> bool {
    let mut wanted = template.split('/');
    let all = parts.iter().all(|part| {
        let wanted = wanted.next();
        wanted.is_some_and(|it| if it.starts_with('{') { !part.is_empty() } else { it == *part })
    });
    all && wanted.next().is_none()
}

/// What the parts of a path name.
fn named<'a>(parts: &[&str], template: &'a str) -> Result<FieldList<'a>, Refusal> {
    let names = template.split('/').zip(parts);
    let names = names.filter_map(|(name, part)| {
        let name = name.strip_prefix('{')?.strip_suffix('}')?;
        Some(decoded(name, part).and_then(|text| Ok((name, value(name, text)?))))
    });
    names.collect()
}

fn decoded<'a>(name: &str, part: &'a str) -> Result<Cow<'a, str>, Refusal> {
    percent_decode_str(part)
        .decode_utf8()
        .map_err(|_| Refusal::BadField(format!("the part {name:?} of the path is not UTF-8")))
}

fn value(name: &str, text: Cow<'_, str>) -> Result<Value, Refusal> {
    if !NUMBERS.contains(&name) {
        return Ok(Value::String(text.into_owned()));
    }
    number(name, &text).map(Value::from)
}

fn people(fields: &FieldList<'_>) -> Result<ApiRequest, BadApiRequest> {
    let room = fields.first().and_then(|(_, room)| room.as_str()).unwrap_or_default();
    Ok(ApiRequest::People(RoomName::known(room).map_err(Refusal::BadRoom)?))
}

/// The parameters of a query.
fn asked<'a>(
    kind: &str,
    query: &str,
    wanted: &'a [&'static str],
) -> Result<FieldList<'a>, Refusal> {
    let mut found = FieldList::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        let Some(name) = wanted.iter().find(|it| **it == name) else { continue };
        if found.iter().any(|(known, _)| known == name) {
            return Err(Refusal::BadField(format!("the parameter {name:?} is repeated")));
        }
        if text.is_empty() {
            continue;
        }
        found.push((
            name,
            match (kind, *name) {
                // Of rooms it is a name.
                ("rooms", "after") => Value::String(text.into_owned()),
                (_, "mine") => Value::Bool(flag(&text)?),
                (_, name) => value(name, text)?,
            },
        ));
    }
    Ok(found)
}

fn flag(text: &str) -> Result<bool, Refusal> {
    text.parse().map_err(|_| Refusal::BadField(r#""mine" is true or false"#.to_owned()))
}

/// The envelope as a frame, with what is in the body copied as it stands: what is there twice is refused.
fn frame(kind: &str, fields: &FieldList<'_>, body: &str) -> Result<String, Refusal> {
    let rest = body.trim_start().strip_prefix('{').ok_or(Refusal::BadJson)?;
    let mut frame = format!("{{\"type\":\"{kind}\"");
    for (name, value) in fields {
        frame.push_str(&format!(",\"{name}\":{value}"));
    }
    if !rest.trim_start().starts_with('}') {
        frame.push(',');
    }
    Ok(frame + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    fn read(request: &str, body: &str) -> Result<ApiRequest, BadApiRequest> {
        let (method, path) = request.split_once(' ').unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        ApiRequest::read(method, path, query, body)
    }

    fn frame_of(request: &str, body: &str) -> String {
        match read(request, body) {
            Ok(ApiRequest::Envelope(envelope)) => envelope.encode(),
            other => panic!("{request}: {other:?}"),
        }
    }

    fn code(request: &str, body: &str) -> Code {
        match read(request, body) {
            Err(BadApiRequest::Refused(refusal)) => refusal.code(),
            other => panic!("{request} {body}: {other:?}"),
        }
    }

    #[test]
    fn each_request_stands_for_an_envelope() {
        for (request, body, frame) in [
            ("GET rooms", "", r#"{"type":"rooms"}"#),
            (
                "GET rooms?query=op&after=dev&mine=true",
                "",
                r#"{"type":"rooms","mine":true,"query":"op","after":"dev"}"#,
            ),
            (
                "GET rooms/dev/messages?before=7&limit=3&x=1",
                "",
                r#"{"type":"history","room":"dev","before":7,"limit":3}"#,
            ),
            (
                "POST rooms/%2Bab/messages",
                r#" { "content":"a/b", "ref":"1", "reply":5 } "#,
                r#"{"type":"message","room":"+ab","content":"a/b","reply":5,"ref":"1"}"#,
            ),
            (
                "PATCH rooms/dev/messages/9",
                r#"{"content":"x"}"#,
                r#"{"type":"edit","room":"dev","message":9,"content":"x"}"#,
            ),
            (
                "DELETE rooms/d%20%C3%A9/messages/9?ref=r",
                "",
                r#"{"type":"delete","room":"d é","message":9,"ref":"r"}"#,
            ),
            (
                "PUT rooms/dev/messages/9/reactions/%F0%9F%91%8D",
                "ignored",
                r#"{"type":"react","room":"dev","message":9,"emoji":"👍"}"#,
            ),
            (
                "DELETE rooms/dev/messages/9/reactions/👍",
                "",
                r#"{"type":"react","room":"dev","message":9,"emoji":"👍","on":false}"#,
            ),
            (
                "GET search?query=a+b%22&room=dev&before=5&limit=2",
                "",
                r#"{"type":"search","query":"a b\"","room":"dev","before":5,"limit":2}"#,
            ),
        ] {
            assert_eq!(frame_of(request, body), frame, "{request}");
        }
        let room = RoomName::known("dev").unwrap();
        assert_eq!(read("GET rooms/dev/people", ""), Ok(ApiRequest::People(room)));
        assert_eq!(read("GET openapi.json", ""), Ok(ApiRequest::Description));
    }

    #[test]
    fn every_request_in_the_list_is_read() {
        for ApiRoute { method, path, .. } in API_ROUTES {
            let path = path.replace("{room}", "dev").replace("{message}", "1");
            let request = format!("{method} {}?query=x", path.replace("{emoji}", "👍"));
            assert!(read(&request, r#"{"content":"x"}"#).is_ok(), "{request}");
        }
    }

    #[test]
    fn a_path_that_is_not_there_and_a_method_that_is_not_served_are_told_apart() {
        for path in ["", "room", "rooms/", "rooms/dev", "rooms//messages", "rooms/dev/messages/1/x"]
        {
            assert_eq!(read(&format!("GET {path}"), ""), Err(BadApiRequest::NoSuchPath), "{path}");
        }
        let served = BadApiRequest::Method(vec!["GET", "POST"]);
        assert_eq!(read("PUT rooms/dev/messages", ""), Err(served));
    }

    #[test]
    fn what_is_wrong_has_the_code_that_it_has_in_a_frame() {
        for (request, body, wanted) in [
            ("POST rooms/dev/messages", "", Code::BadJson),
            ("POST rooms/dev/messages", "[]", Code::BadJson),
            ("POST rooms/dev/messages", r#"{"content":"x"}}"#, Code::BadJson),
            ("POST rooms/dev/messages", "{}", Code::BadField),
            ("POST rooms/dev/messages", r#"{"content":1}"#, Code::BadField),
            ("POST rooms/dev/messages", r#"{"content":" "}"#, Code::ContentBlank),
            ("POST rooms/dev/messages", r#"{"content":"x","room":"ops"}"#, Code::BadField),
            ("POST rooms/dev/messages", r#"{"type":"topic","content":"x"}"#, Code::BadField),
            ("POST rooms/%FF/messages", r#"{"content":"x"}"#, Code::BadField),
            ("POST rooms/%0A/messages", r#"{"content":"x"}"#, Code::BadRoom),
            ("DELETE rooms/dev/messages/x", "", Code::BadField),
            ("DELETE rooms/dev/messages/-1", "", Code::BadField),
            ("PUT rooms/dev/messages/1/reactions/x", "", Code::BadField),
            ("GET rooms/dev/messages?before=1&after=2", "", Code::BadField),
            ("GET rooms/dev/messages?before=1&before=2", "", Code::BadField),
            ("GET rooms?mine=perhaps", "", Code::BadField),
            ("GET search", "", Code::BadField),
        ] {
            assert_eq!(code(request, body), wanted, "{request} {body}");
        }
        let long = format!(r#"{{"content":"{}"}}"#, "x".repeat(5000));
        assert_eq!(code("POST rooms/dev/messages", &long), Code::ContentTooLong);
        let empty = frame_of("GET rooms/dev/messages?before=", "");
        assert_eq!(empty, r#"{"type":"history","room":"dev"}"#);
    }
}
