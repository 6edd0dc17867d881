//! The HTTP API, for bots: what is asked with a bot's token, and answered with the envelopes of the protocol.
//!
//! A fault is an `error` envelope. No cookie counts, and no page of another origin may ask. This file does not know
//! what is asked for, or how it is done.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Request, StatusCode};
use protocol::{
    API_PREFIX, ApiRequest, BadApiRequest, Code, ErrorNote, FRAME_BYTES_MAX, Ref, Refusal,
    RoomName, ToClient, Token,
};
use tokio::time::timeout;

use super::answers::{Answer, seconds, set, text};
use crate::auth::bots;
use crate::connection::engine::Engine;
use crate::connection::over_http::Done;
use crate::log::Asker;

/// How long a body may take.
const READING_TIMEOUT: Duration = Duration::from_secs(10);
const JSON: &str = "application/json";
/// All of it, for programs: a test compares it with what is served.
const DESCRIPTION: &str = include_str!("openapi.json");
const NOTHING_HERE: Refusal =
    Refusal::NotFound("there is nothing here: /api/v1/openapi.json says what there is");

/// Why nothing is done.
#[derive(Debug)]
enum Fault {
    Refused(Refusal, Option<RoomName>, Option<Ref>),
    /// Only these methods are served.
    Method(Vec<&'static str>),
    TooLarge,
    TooSlow,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Fault::Refused(refusal, None, None)
    }
}

impl From<BadApiRequest> for Fault {
    fn from(bad: BadApiRequest) -> Self {
        match bad {
            BadApiRequest::NoSuchPath => NOTHING_HERE.into(),
            BadApiRequest::Method(served) => Fault::Method(served),
            BadApiRequest::Refused(refusal) => refusal.into(),
        }
    }
}

/// Whether it is about the API.
pub(super) fn is_wanted(path: &str) -> bool {
    path.starts_with(API_PREFIX)
}

/// What a bot at an address is answered, whether or not its limits hold there.
pub(super) async fn answer(
    engine: Arc<Engine>,
    from: (IpAddr, bool),
    request: Request<Incoming>,
) -> Answer {
    take(&engine, from, request).await.unwrap_or_else(|fault| fault.answer())
}

async fn take(
    engine: &Engine,
    from: (IpAddr, bool),
    request: Request<Incoming>,
) -> Result<Answer, Fault> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().strip_prefix(API_PREFIX).unwrap_or_default();
    let read = |body: &str| {
        let query = head.uri.query().unwrap_or_default();
        ApiRequest::read(head.method.as_str(), path, query, body)
    };
    if matches!(read(""), Ok(ApiRequest::Description)) {
        return Ok(text(StatusCode::OK, JSON, Bytes::from_static(DESCRIPTION.as_bytes())));
    }
    let bearer = head.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = bearer.ok_or(Refusal::NoToken)?;
    let token = Token::from_authorization(token)?.and_then(|token| token.bot());
    let token = token.ok_or_else(|| Refusal::BadToken("it is no bot's".into()))?;
    let bot = bots::find(&engine.log, &Asker::new(from.0, from.1), &token).await?;
    let request = read(&read_body(body).await?)?;
    let has_deleted = head.method == hyper::Method::DELETE;
    let session = engine.bot_session(&bot, from);
    match engine.do_for_bot(&session, request).await {
        Ok(Done::Told(_)) if has_deleted => Ok(text(StatusCode::NO_CONTENT, JSON, Bytes::new())),
        Ok(Done::Told(envelope)) => Ok(text(StatusCode::OK, JSON, envelope.into())),
        Ok(Done::Made(envelope)) => Ok(text(StatusCode::CREATED, JSON, envelope.into())),
        Err(refused) => Err(Fault::Refused(refused.refusal, refused.room, refused.reference)),
    }
}

/// As large as a frame may be.
async fn read_body(body: Incoming) -> Result<String, Fault> {
    let read = Limited::new(body, FRAME_BYTES_MAX).collect();
    let read = timeout(READING_TIMEOUT, read).await.map_err(|_| Fault::TooSlow)?;
    // Who breaks off hears nothing of it.
    let bytes = read.map_err(|_| Fault::TooLarge)?.to_bytes();
    String::from_utf8(bytes.into()).map_err(|_| Refusal::BadUtf8.into())
}

impl Fault {
    fn answer(self) -> Answer {
        let (status, refusal, room, reference) = match &self {
            Fault::Refused(refusal, room, reference) => {
                (status(refusal), refusal.clone(), room.clone(), reference.clone())
            }
            Fault::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, NOTHING_HERE, None, None),
            Fault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, Refusal::FrameTooBig, None, None),
            Fault::TooSlow => (StatusCode::REQUEST_TIMEOUT, Refusal::TooSlow, None, None),
        };
        let note = ErrorNote { room, reference, ..ErrorNote::from(&refusal) };
        let wait = note.retry_ms.map(Duration::from_millis);
        let mut answer = text(status, JSON, ToClient::Error(note).encode().into());
        let headers = answer.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Fault::Method(served) = &self {
            set(headers, header::ALLOW, &served.join(", "));
        }
        if let Some(wait) = wait {
            set(headers, header::RETRY_AFTER, &seconds(wait).to_string());
        }
        answer
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal.code() {
        Code::NoToken | Code::BadToken | Code::Revoked => StatusCode::UNAUTHORIZED,
        Code::NotAllowed
        | Code::NoName
        | Code::Muted
        | Code::Banned
        | Code::TooLate
        | Code::MentionNotAllowed => StatusCode::FORBIDDEN,
        Code::NotFound | Code::NoSuchRoom => StatusCode::NOT_FOUND,
        Code::ContentTooLong => StatusCode::PAYLOAD_TOO_LARGE,
        Code::TooFast => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable | Code::SearchTooLong | Code::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
