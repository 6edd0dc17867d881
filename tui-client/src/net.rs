//! The connection: dial, speak, hear, and say when it is lost. When to dial again is not decided
//! here, and this file does not know the model.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    FRAME_BYTES_MAX, HISTORY_BYTES_MAX, Hello, Key, SUBPROTOCOL, ToClient, ToServer, Token,
};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};
use url::Url;

use crate::event::Event;

/// Longest time for a connection to be made.
const DIAL_TIMEOUT: Duration = Duration::from_secs(10);
/// After so long without any frame the line counts as dead: the server asks for a sign of life
/// every 25 s by default, and waits 20 s for it.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// Envelopes that may wait to be sent.
pub const OUTGOING_MAX: usize = 1024;
/// Events that may wait to be handled: then the socket waits, and with it the server.
pub const EVENTS_MAX: usize = 1024;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Where to, and as whom.
#[derive(Debug, Clone)]
pub struct Line {
    /// The server's address.
    pub server: Url,
    /// What makes a name the same person again.
    pub key: Option<Key>,
    /// What opens a closed server.
    pub token: Option<Token>,
    /// Whom to trust, for a server inside TLS.
    pub trust: Option<Arc<ClientConfig>>,
}

/// Holds one connection from dialling to its end, and tells of everything in events. Ends with the
/// connection, or when nobody wants its events any more.
pub async fn connect(
    line: Line,
    hello: Hello,
    after: Duration,
    outgoing: mpsc::Receiver<ToServer>,
    events: mpsc::Sender<Event>,
) {
    // Full jitter: a thousand clients that lost the same server do not come back as one.
    sleep(after.mul_f64(fastrand::f64())).await;
    let lost = match timeout(DIAL_TIMEOUT, dial(&line, &hello)).await {
        Ok(Ok(socket)) => {
            if events.send(Event::Connected).await.is_err() {
                return;
            }
            talk(socket, outgoing, &events).await
        }
        Ok(Err(error)) => lost(None, sentence(&error)),
        Err(_) => lost(None, "the server does not answer".to_owned()),
    };
    // Nobody is left to hear it when the client is leaving.
    let _ = events.send(lost).await;
}

async fn dial(line: &Line, hello: &Hello) -> Result<Socket, tungstenite::Error> {
    let mut url = line.server.clone();
    url.set_query(Some(&hello.to_query()));
    let mut request = url.as_str().into_client_request()?;
    let mut offered = SUBPROTOCOL.to_owned();
    if let Some(key) = &line.key {
        offered.push_str(", ");
        offered.push_str(&key.to_subprotocol());
    }
    if let Some(token) = &line.token {
        offered.push_str(", ");
        offered.push_str(&token.to_subprotocol());
    }
    let offered = HeaderValue::from_str(&offered).map_err(tungstenite::http::Error::from)?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    let largest = HISTORY_BYTES_MAX.max(FRAME_BYTES_MAX);
    let config = WebSocketConfig::default()
        .max_message_size(Some(largest))
        .max_frame_size(Some(largest))
        .read_buffer_size(16 * 1024);
    let tls = line.trust.clone().map(Connector::Rustls);
    let (socket, _) = connect_async_tls_with_config(request, Some(config), true, tls).await?;
    Ok(socket)
}

async fn talk(
    mut socket: Socket,
    mut outgoing: mpsc::Receiver<ToServer>,
    events: &mpsc::Sender<Event>,
) -> Event {
    let mut last_error = None;
    loop {
        tokio::select! {
            next = timeout(SILENCE_MAX, socket.next()) => match next {
                Ok(Some(Ok(message))) => match heard(message, &mut last_error) {
                    Ok(Some(event)) => {
                        if events.send(event).await.is_err() {
                            return lost(None, String::new());
                        }
                    }
                    Ok(None) => {}
                    Err(lost) => return lost,
                },
                Ok(Some(Err(error))) => return lost(None, sentence(&error)),
                Ok(None) => return lost(None, "the server hung up".to_owned()),
                Err(_) => return lost(None, "the line is silent".to_owned()),
            },
            said = outgoing.recv() => {
                let Some(said) = said else {
                    // The goodbye is a courtesy; the server sees the end of the socket as well.
                    let _ = socket.close(None).await;
                    return lost(None, String::new());
                };
                if let Err(error) = socket.send(Message::text(said.encode())).await {
                    return lost(None, sentence(&error));
                }
            }
        }
    }
}

/// An envelope becomes an event; the last error before a close is the reason for it.
fn heard(message: Message, last_error: &mut Option<String>) -> Result<Option<Event>, Event> {
    match message {
        Message::Text(text) => {
            // What is of no known kind comes from a newer server, and is not for us.
            let Ok(envelope) = ToClient::parse(&text) else { return Ok(None) };
            if let ToClient::Error(note) = &envelope {
                *last_error = Some(note.content.clone());
            }
            Ok(Some(Event::Received(envelope)))
        }
        Message::Close(frame) => {
            let code = frame.as_ref().map(|frame| frame.code.into());
            let reason = last_error.take().or(frame.map(|frame| frame.reason.to_string()));
            let reason = reason.filter(|reason| !reason.is_empty());
            Err(lost(code, reason.unwrap_or_else(|| "the server hung up".to_owned())))
        }
        _ => Ok(None),
    }
}

fn lost(code: Option<u16>, reason: String) -> Event {
    Event::Lost { code, reason }
}

fn sentence(error: &tungstenite::Error) -> String {
    match error {
        tungstenite::Error::Io(error) => error.to_string(),
        tungstenite::Error::Http(answer) => format!("the server answers {}", answer.status()),
        other => other.to_string(),
    }
}
