//! The opening handshake of a WebSocket (RFC 6455, section 4.2), strictly: what a server lets pass
//! here, something on the way may have understood otherwise.
//!
//! This file does not know who may come in.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, PAD};
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};
use protocol::SUBPROTOCOL;
use tungstenite::handshake::derive_accept_key;

use super::request::{Fault, list, one};
use crate::http::answers::{Answer, plain, set};

/// The bits after the last byte of a key are nobody's business: only its length is prescribed.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, PAD.with_decode_allow_trailing_bits(true));

const KEY_BYTES: usize = 16;

/// Why a WebSocket is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(
        "this address is for WebSockets, but the headers Upgrade and Connection do not ask for one: \
         a proxy in between has to forward them"
    )]
    NoUpgrade,
    #[error(
        "only WebSocket version 13 is supported: the header Sec-WebSocket-Version asks for another"
    )]
    OtherVersion,
}

impl Refused {
    pub(super) fn answer(&self) -> Answer {
        if let Refused::Fault(fault) = self {
            return fault.answer();
        }
        let mut answer = plain(StatusCode::UPGRADE_REQUIRED, format!("{self}\n"));
        let all = answer.headers_mut();
        ask_for_websocket(all);
        all.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        answer
    }
}

/// Whether a request is to open a WebSocket, or was before a proxy changed it.
pub(super) fn is_wanted<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let is_handshake = || {
        has_token(headers, header::UPGRADE, "websocket")
            || headers.contains_key(header::SEC_WEBSOCKET_KEY)
    };
    match request.uri().path() {
        "/" => is_handshake(),
        "/ws" => is_handshake() || matches!(*request.method(), Method::GET | Method::HEAD),
        _ => false,
    }
}

/// The handshake's key, if everything about it is right.
///
/// # Errors
/// [`Refused`] for the first thing that is not.
pub(super) fn check<B>(request: &Request<B>) -> Result<&HeaderValue, Refused> {
    let headers = request.headers();
    if !has_token(headers, header::UPGRADE, "websocket")
        || !has_token(headers, header::CONNECTION, "upgrade")
    {
        return Err(Refused::NoUpgrade);
    }
    if request.version() < Version::HTTP_11 {
        return Err(Fault::OldHttp.into());
    }
    if request.method() != Method::GET {
        return Err(Fault::Method.into());
    }
    let length = one(headers, header::CONTENT_LENGTH)?;
    if length.is_some_and(|length| length != "0") || headers.contains_key(header::TRANSFER_ENCODING)
    {
        return Err(Fault::Body.into());
    }
    if one(headers, header::SEC_WEBSOCKET_VERSION)?.is_none_or(|version| version != "13") {
        return Err(Refused::OtherVersion);
    }
    for name in [header::ORIGIN, header::AUTHORIZATION] {
        one(headers, name)?;
    }
    let key = one(headers, header::SEC_WEBSOCKET_KEY)?;
    let key = key.ok_or(Fault::Missing(header::SEC_WEBSOCKET_KEY))?;
    let is_key = BASE64.decode(key).is_ok_and(|bytes| bytes.len() == KEY_BYTES);
    if is_key { Ok(key) } else { Err(Fault::BadKey.into()) }
}

/// The answer after which a WebSocket is spoken.
pub(super) fn switching(headers: &HeaderMap, key: &HeaderValue) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let all = answer.headers_mut();
    ask_for_websocket(all);
    set(all, header::SEC_WEBSOCKET_ACCEPT, &derive_accept_key(key.as_bytes()));
    if has_token(headers, header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        all.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    answer
}

fn ask_for_websocket(all: &mut HeaderMap) {
    all.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    all.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

fn has_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    list(headers, name).any(|found| found.eq_ignore_ascii_case(token))
}
