//! Incoming hooks: what other programs post, as they would to Slack, or as GitHub does.
//!
//! A fault is told in Slack's words, which programs know. The path has a secret in it and stands in no log. This file does
//! not know how a text is made of a body, or where it is said.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use protocol::{
    BadPost, Body, HOOK_BYTES_MAX, Posted, Ref, Refusal, RoomName, fold, github, slack,
};
use ring::hmac;
use tokio::time::timeout;

use super::answers::{Answer, plain, seconds, set};
use crate::connection::engine::Engine;
use crate::connection::posted;
use crate::log::reading::hooks::FoundHook;
use crate::log::{Asker, NotRead};
use crate::people::code_hash::CodeHash;

/// How long a body may take: a slow one holds a place among those that are read.
const READING_TIMEOUT: Duration = Duration::from_secs(10);
/// When to come again if all places are taken.
const PLACE_RETRY: Duration = Duration::from_secs(1);

/// Why nothing is said.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("only POST is served")]
    Method,
    #[error("no_service")]
    NoService,
    #[error("channel_not_found")]
    ChannelNotFound,
    #[error(transparent)]
    Post(#[from] BadPost),
    #[error("invalid_signature")]
    Signature,
    #[error("payload_too_large")]
    TooLarge,
    #[error("request_timeout")]
    TooSlow,
    #[error("rate_limited")]
    TooFast(Duration),
    #[error("unavailable")]
    Unavailable,
}

/// Which hook is posted to, and how.
struct Place {
    hook: u32,
    secret: String,
    is_github: bool,
}

/// Whether it is about a hook.
pub(super) fn is_wanted(path: &str) -> bool {
    path.starts_with("/hooks/")
}

/// What somebody at an address is answered, whether or not its limits hold there.
pub(super) async fn answer(
    engine: Arc<Engine>,
    (address, counts): (IpAddr, bool),
    request: Request<Incoming>,
) -> Answer {
    match take(&engine, &Asker::new(address, counts), request).await {
        Ok(()) => plain(StatusCode::OK, "ok"),
        Err(fault) => fault.answer(),
    }
}

async fn take(engine: &Engine, asker: &Asker, request: Request<Incoming>) -> Result<(), Fault> {
    if request.method() != Method::POST {
        return Err(Fault::Method);
    }
    let place = place(request.uri().path()).ok_or(Fault::NoService)?;
    let secret = CodeHash::of_secret(&place.secret);
    let found = engine.log.find_hook(asker, (place.hook, secret)).await?;
    let hook = found.ok_or(Fault::NoService)?;
    engine.posting.take(place.hook, engine.began.elapsed()).map_err(Fault::TooFast)?;
    let (head, body) = request.into_parts();
    let said = {
        let _place = engine.posting.place().ok_or(Fault::TooFast(PLACE_RETRY))?;
        let body = read(body).await?;
        match place.is_github {
            true => of_github(&head.headers, &body, &place.secret)?,
            false => of_slack(&body, &hook)?,
        }
    };
    // An event that nobody has to hear of.
    let Some(said) = said else { return Ok(()) };
    Ok(posted::say(engine, (place.hook, hook), said).await?)
}

/// The parts of a path: `/hooks/ID/SECRET`, and perhaps `/github`.
fn place(path: &str) -> Option<Place> {
    let mut parts = path.strip_prefix("/hooks/")?.split('/');
    let (hook, secret) = (parts.next()?.parse().ok()?, parts.next()?.to_owned());
    let is_github = match (parts.next(), parts.next()) {
        (None, None) => false,
        (Some("github"), None) => true,
        _ => return None,
    };
    Some(Place { hook, secret, is_github })
}

async fn read(body: Incoming) -> Result<Bytes, Fault> {
    let bytes_max = u64::try_from(HOOK_BYTES_MAX).unwrap_or(u64::MAX);
    if body.size_hint().lower() > bytes_max {
        return Err(Fault::TooLarge);
    }
    let read = Limited::new(body, HOOK_BYTES_MAX).collect();
    let read = timeout(READING_TIMEOUT, read).await.map_err(|_| Fault::TooSlow)?;
    // Who breaks off hears nothing of it.
    Ok(read.map_err(|_| Fault::TooLarge)?.to_bytes())
}

/// What is to be said, under which `ref`.
type Said = Option<(Body, Option<Ref>)>;

fn of_slack(body: &[u8], hook: &FoundHook) -> Result<Said, Fault> {
    let Posted { text, channel, .. } = slack(body)?;
    if channel.is_some_and(|channel| !is_called(hook, &channel)) {
        return Err(Fault::ChannelNotFound);
    }
    Ok(Some((text, None)))
}

/// A hook speaks in its own room alone, which has a name or an address, and perhaps a title.
fn is_called(hook: &FoundHook, channel: &str) -> bool {
    let channel = channel.strip_prefix('#').unwrap_or(channel);
    let is_name = RoomName::known(channel).is_ok_and(|room| room == hook.room);
    is_name || hook.title.as_ref().is_some_and(|title| fold(title) == fold(channel))
}

fn of_github(headers: &HeaderMap, body: &[u8], secret: &str) -> Result<Said, Fault> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let signature = text(HeaderName::from_static("x-hub-signature-256"));
    if !signature.is_some_and(|signature| is_signed(signature, body, secret)) {
        return Err(Fault::Signature);
    }
    let kind = text(HeaderName::from_static("x-github-event")).unwrap_or_default();
    let delivery = text(HeaderName::from_static("x-github-delivery"));
    let reference = delivery.and_then(|delivery| Ref::try_from(delivery).ok());
    Ok(github(kind, body)?.map(|text| (text, reference)))
}

/// `sha256=` and the HMAC of the body in hexadecimal.
fn is_signed(signature: &str, body: &[u8], secret: &str) -> bool {
    let Some(hex) = signature.strip_prefix("sha256=").filter(|hex| hex.is_ascii()) else {
        return false;
    };
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let Some(tag) = (0..hex.len()).step_by(2).map(byte).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, body, &tag).is_ok()
}

impl Fault {
    fn answer(&self) -> Answer {
        let status = match self {
            Fault::Method => StatusCode::METHOD_NOT_ALLOWED,
            Fault::NoService | Fault::ChannelNotFound => StatusCode::NOT_FOUND,
            Fault::Post(_) => StatusCode::BAD_REQUEST,
            Fault::Signature => StatusCode::FORBIDDEN,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Fault::TooFast(_) => StatusCode::TOO_MANY_REQUESTS,
            Fault::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut answer = plain(status, self.to_string());
        match self {
            Fault::Method => {
                answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Fault::TooFast(wait) => {
                set(answer.headers_mut(), header::RETRY_AFTER, &seconds(*wait).to_string());
            }
            _ => {}
        }
        answer
    }
}

impl From<NotRead> for Fault {
    fn from(error: NotRead) -> Self {
        match error {
            NotRead::TooMany { retry } => Fault::TooFast(retry),
            NotRead::Unavailable
            | NotRead::NoSuchRoom
            | NotRead::NoSuchMessage
            | NotRead::TooLong => Fault::Unavailable,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // It ended meanwhile.
            Refusal::NotFound(_) => Fault::NoService,
            _ => Fault::Unavailable,
        }
    }
}
