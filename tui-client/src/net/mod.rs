//! The connection: dial, speak, hear, and say when it is lost. When to dial again is not decided
//! here, and this file does not know the model.

mod endpoint;
mod faults;
pub mod trust;

use std::io;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    FRAME_BYTES_MAX, HISTORY_BYTES_MAX, Key, Label, SUBPROTOCOL, ToClient, ToServer, Token,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header::AUTHORIZATION};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};

use crate::address;
use crate::chat::{EntryCode, Event, Hello, Wait};
pub use endpoint::{Access, Endpoint, Logins};
use faults::sentence;

/// The server is pinged this often, and how long it takes to answer is told.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// Without any frame for so long after that, the connection counts as dead.
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that lasts so long is stable: the wait before dialling grows from the start again.
const STABLE_AFTER: Duration = Duration::from_secs(30);
/// Envelopes that may wait to be sent.
pub const OUTGOING_MAX: usize = 1024;
/// Events that may wait to be handled: then the socket waits, and with it the server.
pub const EVENTS_MAX: usize = 1024;

/// Why a connection ended that nobody gave a reason for.
const HUNG_UP: &str = "The server closed the connection";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Holds one connection from dialling to its end, and tells of everything in events. Ends with the
/// connection, or when nobody wants its events any more.
pub async fn connect(
    endpoint: Endpoint,
    hello: Hello,
    wait: Wait,
    outgoing: mpsc::Receiver<ToServer>,
    events: mpsc::Sender<Event>,
) {
    count_down(wait, &events).await;
    let lost = match timeout(wait.answer, dial(&endpoint, &hello)).await {
        Ok(Ok(socket)) => {
            if events.send(Event::Connected).await.is_err() {
                return;
            }
            talk(socket, &endpoint, outgoing, &events).await
        }
        Ok(Err(error)) => {
            if let Some(time) = faults::retry_after(&error) {
                // The receiver may be gone.
                let _ = events.send(Event::ComeBackAfter(time)).await;
            }
            lost(faults::status(&error), sentence(&error, &endpoint))
        }
        Err(_) => lost(None, format!("{} does not answer", address::host(&endpoint.server))),
    };
    // The receiver is gone when the client is quitting.
    let _ = events.send(lost).await;
}

/// Waits, and tells every second how many are left, and none when it dials.
async fn count_down(wait: Wait, events: &mpsc::Sender<Event>) {
    let wait = wait.least.max(wait.spread.mul_f64(fastrand::f64()));
    let end = Instant::now() + wait;
    for left in (0..=wait.as_secs()).rev() {
        sleep_until(end - Duration::from_secs(left)).await;
        // The receiver may be gone.
        let _ = events.send(Event::DialIn(left)).await;
    }
}

/// When to ping, and when there was no answer.
struct Pulse {
    ask_at: Instant,
    /// None while no answer is waited for.
    asked: Option<Instant>,
    heard: Instant,
    /// None once that was told.
    stable_at: Option<Instant>,
}

enum Due {
    Ask,
    Dead,
    Stable,
}

impl Pulse {
    fn new() -> Self {
        let now = Instant::now();
        Pulse { ask_at: now, asked: None, heard: now, stable_at: Some(now + STABLE_AFTER) }
    }

    async fn next(&self) -> Due {
        let (beat, due) = match self.asked {
            Some(asked) => (asked.max(self.heard) + PING_TIMEOUT, Due::Dead),
            None => (self.ask_at, Due::Ask),
        };
        match self.stable_at.filter(|stable_at| *stable_at < beat) {
            Some(stable_at) => {
                sleep_until(stable_at).await;
                Due::Stable
            }
            None => {
                sleep_until(beat).await;
                due
            }
        }
    }

    fn ask(&mut self) {
        let now = Instant::now();
        (self.asked, self.ask_at) = (Some(now), now + PING_INTERVAL);
    }

    /// Any frame shows that it lives; the answer to a ping says how long it took.
    fn hear(&mut self, message: &Message) -> Option<Duration> {
        self.heard = Instant::now();
        match message {
            Message::Pong(_) => self.asked.take().map(|asked| asked.elapsed()),
            _ => None,
        }
    }
}

async fn dial(endpoint: &Endpoint, hello: &Hello) -> Result<Socket, tungstenite::Error> {
    let mut url = endpoint.server.clone();
    url.set_query(Some(&hello.connect.to_query()));
    let mut request = url.as_str().into_client_request()?;
    let offered = offered(endpoint, hello.code.as_ref());
    let offered = HeaderValue::from_str(&offered).map_err(tungstenite::http::Error::from)?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    if let Some(login) = &endpoint.login {
        request.headers_mut().insert(AUTHORIZATION, login.clone());
    }
    let largest = HISTORY_BYTES_MAX.max(FRAME_BYTES_MAX);
    let config = WebSocketConfig::default()
        .max_message_size(Some(largest))
        .max_frame_size(Some(largest))
        .read_buffer_size(16 * 1024);
    let config_of_tls =
        || endpoint.trust.config().map_err(|error| io::Error::other(format!("{error:#}")));
    let tls = address::is_tls(&endpoint.server).then(config_of_tls).transpose()?;
    let tls = tls.map(Connector::Rustls);
    let (socket, _) = connect_async_tls_with_config(request, Some(config), true, tls).await?;
    Ok(socket)
}

/// The subprotocols: what this client speaks, and what it brings.
fn offered(endpoint: &Endpoint, code: Option<&EntryCode>) -> String {
    let Endpoint { key, token, label, .. } = endpoint;
    let code = code.map(|code| match code {
        EntryCode::Link(code) => code.to_link_subprotocol(),
        EntryCode::Invite(code) => code.to_invite_subprotocol(),
    });
    let key = key.as_ref().map(Key::to_subprotocol);
    let token = token.as_ref().map(Token::to_subprotocol);
    let label = label.as_ref().map(Label::to_subprotocol);
    let brought = [key, token, label, code].into_iter().flatten();
    std::iter::once(SUBPROTOCOL.to_owned()).chain(brought).collect::<Vec<_>>().join(", ")
}

async fn talk(
    mut socket: Socket,
    endpoint: &Endpoint,
    mut outgoing: mpsc::Receiver<ToServer>,
    events: &mpsc::Sender<Event>,
) -> Event {
    let (mut last_error, mut pulse) = (None, Pulse::new());
    // After what could not be sent there is still to be read: a server that closes says why.
    let mut unsent: Option<tungstenite::Error> = None;
    loop {
        let event = tokio::select! {
            next = socket.next() => match next {
                Some(Ok(message)) => match pulse.hear(&message) {
                    Some(took) => Some(Event::Latency(took)),
                    None => match heard(message, &mut last_error) {
                        Ok(event) => event,
                        Err(lost) => return *lost,
                    },
                },
                Some(Err(error)) => return lost(None, sentence(&unsent.unwrap_or(error), endpoint)),
                None => {
                    let why = unsent.map_or_else(|| HUNG_UP.to_owned(), |error| sentence(&error, endpoint));
                    return lost(None, why);
                }
            },
            due = pulse.next() => match due {
                Due::Dead => return lost(None, "The server stopped responding".to_owned()),
                Due::Stable => {
                    pulse.stable_at = None;
                    Some(Event::Stable)
                }
                Due::Ask => {
                    pulse.ask();
                    if unsent.is_none() {
                        unsent = socket.send(Message::Ping(Bytes::new())).await.err();
                    }
                    None
                }
            },
            said = outgoing.recv(), if unsent.is_none() => {
                let Some(said) = said else {
                    // The goodbye is a courtesy; the server sees the end of the socket as well.
                    let _ = socket.close(None).await;
                    return lost(None, String::new());
                };
                unsent = socket.send(Message::text(said.encode())).await.err();
                None
            }
        };
        if let Some(event) = event
            && events.send(event).await.is_err()
        {
            return lost(None, String::new());
        }
    }
}

/// An envelope becomes an event; the last error before a close is the reason for it.
fn heard(message: Message, last_error: &mut Option<String>) -> Result<Option<Event>, Box<Event>> {
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
            Err(Box::new(lost(code, reason.unwrap_or_else(|| HUNG_UP.to_owned()))))
        }
        _ => Ok(None),
    }
}

fn lost(code: Option<u16>, reason: String) -> Event {
    Event::Lost { code, reason }
}
