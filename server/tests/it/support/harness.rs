//! A server on a port of its own, and people who connect to it. Nothing here sleeps: a deadline is
//! only how a test fails.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Once;
use std::thread;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    Code, ErrorNote, History, Key, Message, Presence, RoomName, SUBPROTOCOL, ToClient, UserName,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use server::{Config, Gauges, Listeners, RunError, Stopped};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request};
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

#[cfg(feature = "cluster")]
use super::{engine::again, nodes::as_node};

/// How long to wait for what should come at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    /// Where it serves its metrics.
    pub(crate) metrics: SocketAddr,
    running: Option<Running>,
    /// Of a node that stands for a server in memory: it goes last.
    #[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "no test is a node"))]
    folder: Option<TempDir>,
}

/// A thread of its own, so that the end of a test can wait for it, whatever the test's runtime.
struct Running {
    stop: oneshot::Sender<()>,
    thread: thread::JoinHandle<Result<Stopped, RunError>>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        TestServer::start_with(Config::for_tests()).await
    }

    pub(crate) async fn start_with(config: Config) -> Self {
        TestServer::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), config).await
    }

    pub(crate) async fn start_at(address: SocketAddr, config: Config) -> Self {
        allow_descriptors();
        #[cfg(feature = "cluster")]
        if let Some((config, folder)) = as_node(&config).await {
            let mut server = TestServer::begin(address, config).await;
            server.is_ready().await;
            server.folder = Some(folder);
            return server;
        }
        TestServer::begin(address, config).await
    }

    async fn begin(address: SocketAddr, config: Config) -> Self {
        let chat = TcpListener::bind(address).await.unwrap();
        let metrics = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, at) = (chat.local_addr().unwrap(), metrics.local_addr().unwrap());
        let listeners = [chat, metrics].map(|listener| listener.into_std().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let [chat, metrics] = listeners.map(|it| TcpListener::from_std(it).unwrap());
                let listeners = Listeners { chat, metrics: Some(metrics) };
                server::run(listeners, config, async { drop(stopped.await) }).await
            })
        });
        TestServer { address, metrics: at, running: Some(Running { stop, thread }), folder: None }
    }

    /// Waits until it says that it is ready.
    #[cfg(feature = "cluster")]
    pub(crate) async fn is_ready(&self) {
        let is_ready = async || get(self.metrics, "/readyz").await.contains(" 200 ").then_some(());
        again(is_ready).await;
    }

    pub(crate) async fn stop(mut self) -> Stopped {
        let running = self.running.take().unwrap();
        tokio::task::spawn_blocking(|| running.end()).await.unwrap()
    }

    /// Waits until it ends of itself.
    #[cfg(feature = "cluster")]
    pub(crate) async fn ended(mut self) -> Result<Stopped, RunError> {
        let Running { stop, thread } = self.running.take().unwrap();
        let ends = tokio::task::spawn_blocking(|| thread.join().unwrap());
        let ended = timeout(PATIENCE, ends).await.expect("it does not end").unwrap();
        drop(stop);
        ended
    }

    /// Begins to stop, and goes on.
    pub(crate) fn stopping(mut self) -> tokio::task::JoinHandle<Stopped> {
        let running = self.running.take().unwrap();
        tokio::task::spawn_blocking(|| running.end())
    }

    /// One figure, as /metrics tells it: its name with its labels.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let metrics = get(self.metrics, "/metrics").await;
        let line = metrics.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name} in {metrics}")).parse().unwrap()
    }

    pub(crate) fn url(&self, query: &str) -> String {
        format!("ws://{}/?{query}", self.address)
    }

    /// Somebody without a key who has entered a room and heard their own `join` and `presence`.
    pub(crate) async fn enter(&self, room: &str, user: &str) -> Peer {
        let mut peer = self.connect(&query(room, user, "")).await;
        peer.expect_entry().await;
        peer
    }

    pub(crate) async fn connect(&self, query: &str) -> Peer {
        self.connect_with(query, None).await
    }

    /// The same for somebody with a key made of one byte.
    pub(crate) async fn connect_with(&self, query: &str, key: Option<u8>) -> Peer {
        Peer::dial(&self.url(query), key).await.unwrap()
    }

    pub(crate) async fn raw(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

impl Running {
    fn end(self) -> Stopped {
        drop(self.stop);
        self.thread.join().unwrap().unwrap()
    }
}

/// After every test nothing is left: no task, and nothing that a gauge counts.
impl Drop for TestServer {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let stopped = running.end();
        if !thread::panicking() {
            assert_eq!(stopped, Stopped { tasks_left: 0, gauges: Gauges::default() });
        }
    }
}

/// As many sockets as the machine allows: by default a shell's programs may have 1,024.
fn allow_descriptors() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let limit = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    });
}

/// The whole answer to a request on a connection of its own.
pub(crate) async fn get(address: SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

pub(crate) fn query(room: &str, user: &str, more: &str) -> String {
    let hello = protocol::Connect {
        room: RoomName::known(room).unwrap(),
        user: Some(UserName::known(user).unwrap()),
        since: None,
        history: None,
    };
    format!("{}{more}", hello.to_query())
}

pub(crate) fn say(room: &str, content: &str) -> String {
    serde_json::json!({"type": "message", "room": room, "content": content}).to_string()
}

pub(crate) fn say_ref(room: &str, content: &str, reference: &str) -> String {
    serde_json::json!({"type": "message", "room": room, "content": content, "ref": reference})
        .to_string()
}

/// One connection.
pub(crate) struct Peer {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    put_back: VecDeque<ToClient>,
}

impl Peer {
    pub(crate) async fn dial(url: &str, key: Option<u8>) -> Result<Self, tungstenite::Error> {
        Peer::dial_request(Peer::request(url, key)?).await
    }

    pub(crate) fn request(url: &str, key: Option<u8>) -> Result<Request<()>, tungstenite::Error> {
        let mut request = url.into_client_request()?;
        if let Some(byte) = key {
            let key = Key::new(&[byte; 16]).unwrap().to_subprotocol();
            let offered = HeaderValue::from_str(&format!("{SUBPROTOCOL}, {key}")).unwrap();
            request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
        }
        Ok(request)
    }

    pub(crate) async fn dial_request(request: Request<()>) -> Result<Self, tungstenite::Error> {
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Peer { socket, put_back: VecDeque::new() })
    }

    /// Somebody on a socket that is connected already.
    pub(crate) async fn over(socket: TcpStream, url: &str) -> Self {
        let socket = MaybeTlsStream::Plain(socket);
        let (socket, _) = tokio_tungstenite::client_async(url, socket).await.unwrap();
        Peer { socket, put_back: VecDeque::new() }
    }

    pub(crate) async fn send(&mut self, frame: impl Into<String>) {
        self.socket.send(Frame::text(frame.into())).await.unwrap();
    }

    /// The next envelope.
    pub(crate) async fn next(&mut self) -> ToClient {
        if let Some(envelope) = self.put_back.pop_front() {
            return envelope;
        }
        match self.next_or_close().await {
            Ok(envelope) => envelope,
            Err(code) => panic!("closed with {code:?} instead of an envelope"),
        }
    }

    /// The next envelope, or the close code; `None` if the socket just ended.
    pub(crate) async fn next_or_close(&mut self) -> Result<ToClient, Option<u16>> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Frame::Text(text))) => return Ok(ToClient::parse(&text).unwrap()),
                    Some(Ok(Frame::Close(close))) => {
                        return Err(close.map(|close| close.code.into()));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Err(None),
                }
            }
        };
        timeout(PATIENCE, next).await.expect("nothing comes")
    }

    pub(crate) async fn expect(&mut self, json: &str) {
        let expected = ToClient::parse(json).unwrap();
        assert_eq!(self.next().await, expected);
    }

    /// One's own `join` and the `presence` after it.
    pub(crate) async fn expect_entry(&mut self) {
        loop {
            match self.next().await {
                ToClient::Join(_) => break,
                // How a node stands.
                ToClient::Cluster(_) => {}
                other => panic!("{other:?} instead of a join"),
            }
        }
        // Somebody else may come before the list is out: it is then the newer one.
        self.presence().await;
    }

    /// The next message, whatever comes and goes meanwhile.
    pub(crate) async fn message(&mut self) -> Message {
        loop {
            match self.next().await {
                ToClient::Message(message) => return message,
                ToClient::Join { .. }
                | ToClient::Leave { .. }
                | ToClient::Presence(_)
                | ToClient::Room(_)
                | ToClient::Added(_)
                | ToClient::Removed(_)
                | ToClient::Role(_)
                | ToClient::Cluster(_) => {}
                other => panic!("{other:?} instead of a message"),
            }
        }
    }

    pub(crate) async fn history(&mut self) -> History {
        match self.next().await {
            ToClient::History(history) => history,
            other => panic!("{other:?} instead of a history"),
        }
    }

    /// The next presence list.
    pub(crate) async fn people(&mut self) -> Presence {
        loop {
            if let ToClient::Presence(presence) = self.next().await {
                return presence;
            }
        }
    }

    /// The names in it.
    pub(crate) async fn presence(&mut self) -> Vec<String> {
        self.people().await.users.iter().map(|user| user.as_str().to_owned()).collect()
    }

    pub(crate) async fn error(&mut self) -> ErrorNote {
        match self.next().await {
            ToClient::Error(note) => note,
            other => panic!("{other:?} instead of an error"),
        }
    }

    /// The code of the next error, whatever comes before it.
    pub(crate) async fn refusal(&mut self) -> Code {
        loop {
            if let ToClient::Error(note) = self.next().await {
                return note.code;
            }
        }
    }

    /// Says one thing after another, each when the one before is told, until it is too fast: how many
    /// were taken, and the refusal.
    pub(crate) async fn says_too_much(&mut self, room: &str, mark: &str) -> (u32, ErrorNote) {
        let mut taken = 0;
        loop {
            let reference = format!("{mark}{taken}");
            self.send(say_ref(room, "x", &reference)).await;
            loop {
                let (said, refused) = match self.next().await {
                    ToClient::Message(message) => (message.reference, None),
                    ToClient::Error(note) => (note.reference.clone(), Some(note)),
                    _ => continue,
                };
                if said.is_none_or(|said| said.as_str() != reference) {
                    continue;
                }
                if let Some(note) = refused {
                    assert_eq!(note.code, Code::TooFast);
                    return (taken, note);
                }
                break;
            }
            taken += 1;
            assert!(taken < 1000, "never too fast");
        }
    }

    /// Says something that is refused, and hears of that next: nothing else was on its way.
    pub(crate) async fn silence(&mut self) {
        self.send("silence?").await;
        assert_eq!(self.error().await.code, Code::BadJson);
    }

    /// An `error` with this code, then a close with that one.
    pub(crate) async fn expect_refusal(&mut self, code: Code, close: u16) {
        loop {
            match self.next_or_close().await {
                Ok(ToClient::Error(note)) if note.code == code => break,
                Ok(_) => {}
                Err(closed) => panic!("closed with {closed:?} before the error {code:?}"),
            }
        }
        assert_eq!(self.next_or_close().await, Err(Some(close)));
    }
}

/// An envelope from a template.
pub(crate) fn joined(room: &str, user: &str) -> String {
    serde_json::json!({"type": "join", "room": room, "sender": user}).to_string()
}

pub(crate) fn left(room: &str, user: &str) -> String {
    serde_json::json!({"type": "leave", "room": room, "sender": user}).to_string()
}

pub(crate) fn present(room: &str, users: &[&str]) -> String {
    serde_json::json!({"type": "presence", "room": room, "users": users}).to_string()
}
