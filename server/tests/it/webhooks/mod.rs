//! What people say is posted to other programs, which listen on a port of this process, and what those answer.

mod answering;
mod examples;
mod failing;
mod making;
mod networks;
mod sending;

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::ToClient;
use ring::hmac;
use server::{Config, WebhookTimes};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::support::child::operator;
use crate::support::harness::{PATIENCE, TestServer};

/// A program that is posted to. It takes requests, and answers them, only when a test says so.
pub(crate) struct Receiver {
    listener: TcpListener,
}

/// What it was posted, until that is answered.
pub(crate) struct Request {
    socket: TcpStream,
    /// The request line, and the headers with names in small letters.
    head: String,
    pub(crate) body: String,
}

impl Receiver {
    pub(crate) async fn new() -> Self {
        Receiver::at("127.0.0.1:0").await
    }

    async fn at(address: &str) -> Self {
        Receiver { listener: TcpListener::bind(address).await.unwrap() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hear?x=1", self.listener.local_addr().unwrap())
    }

    /// The next request, whole.
    pub(crate) async fn next(&self) -> Request {
        timeout(PATIENCE, self.accept()).await.expect("nothing is posted")
    }

    async fn accept(&self) -> Request {
        let (mut socket, _) = self.listener.accept().await.unwrap();
        let mut read = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&read).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() == length(head)
            {
                let (head, body) = (head.to_owned(), body.to_owned());
                return Request { socket, head, body };
            }
            assert!(socket.read_buf(&mut read).await.unwrap() > 0, "cut off after {text}");
        }
    }

    /// The text of the next message, which is taken.
    pub(crate) async fn takes(&self) -> String {
        let request = self.next().await;
        let text = request.text();
        request.answer("200 OK", "", "").await;
        text
    }
}

fn length(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.map(|(_, value)| value.parse().unwrap()).next().unwrap()
}

impl Request {
    fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found: Vec<_> =
            lines.filter(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1).collect();
        assert_eq!(found.len(), 1, "{name} in {}", self.head);
        found[0]
    }

    fn id(&self) -> String {
        self.header("webhook-id").to_owned()
    }

    /// What somebody said.
    fn text(&self) -> String {
        match ToClient::parse(&self.body).unwrap() {
            ToClient::Message(message) => message.content.as_str().to_owned(),
            other => panic!("{other:?} is posted"),
        }
    }

    /// Whether the secret's owner has signed it.
    fn is_signed(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let signed = format!("{}.{}.{}", self.id(), self.header("webhook-timestamp"), self.body);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
        self.header("webhook-signature") == format!("v1,{}", STANDARD.encode(tag))
    }

    /// Answers with a status and headers, each with its end of line, and a body.
    async fn answer(mut self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        // Who posted it may have given up.
        let _ = self.socket.write_all(answer.as_bytes()).await;
    }

    /// Answers with JSON.
    async fn says(self, json: &str) {
        self.answer("200 OK", "Content-Type: application/json; charset=utf-8\r\n", json).await;
    }
}

/// What the operator's command prints, and its exit code.
fn told(arguments: &[&str], db: &Path) -> (i32, String) {
    let (exit, told) = operator(arguments, "--db", db);
    (exit.unwrap(), told.trim_end().to_owned())
}

/// Sends what is said in a room to a receiver; the secret.
fn hook(db: &Path, room: &str, receiver: &Receiver) -> String {
    let url = receiver.url();
    let arguments = ["hook", "--out", &url, "--room", room, "--name", "ci", "--allow-private"];
    let (exit, secret) = told(&arguments, db);
    assert!(exit == 0 && secret.starts_with("whsec_"), "{secret}");
    secret
}

/// Whoever failed is tried again at once.
fn impatient() -> Config {
    let (wait_min, wait_max) = (Duration::from_millis(1), Duration::from_millis(20));
    let webhooks = WebhookTimes { wait_min, wait_max, ..WebhookTimes::default() };
    Config { webhooks, ..Config::for_tests() }
}

/// Waits until one of the server's figures is this.
async fn counts(server: &TestServer, name: &str, figure: f64) {
    let counts = async { while server.metric(name).await != figure {} };
    let counted = timeout(PATIENCE, counts).await;
    if counted.is_err() {
        panic!("{name} is {} and not {figure}", server.metric(name).await);
    }
}
