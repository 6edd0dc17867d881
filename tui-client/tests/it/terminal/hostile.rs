//! A server that means harm: no escape sequence of its own reaches the terminal, nothing crashes, and
//! the memory stays bounded.

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept_hdr};

use crate::processes::Home;
use crate::terminal::sequences::{is_ours, sequences};
use crate::terminal::{Client, Terminal};

/// A client that is fed with whatever frames, and speaks with nobody.
struct Fed {
    terminal: Terminal,
    feed: Sender<Message>,
    _home: Home,
}

impl Fed {
    /// In the room, as far as it knows.
    fn entered() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (feed, frames) = channel::<Message>();
        thread::spawn(move || {
            // Each connection gets what is fed until it ends. The next one is not answered before
            // there is something to say: so long it can be seen why the last one ended.
            let mut unsaid = None;
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(mut next) = unsaid.take().or_else(|| frames.recv().ok()) else { return };
                let Ok(mut socket) = accept_hdr(stream, speak) else {
                    unsaid = Some(next);
                    continue;
                };
                loop {
                    let closes = next.is_close();
                    if socket.send(next.clone()).is_err() {
                        unsaid = Some(next);
                        break;
                    }
                    if closes {
                        break;
                    }
                    let Ok(more) = frames.recv() else { return };
                    next = more;
                }
                drop_all(socket);
            }
        });
        let home = Home::new();
        let terminal = Client::of(&home, &address, "Alice").start();
        let mut fed = Fed { terminal, feed, _home: home };
        fed.says(r#"{"type":"history","room":"dev","messages":[],"more":true,"head":1}"#);
        fed.says(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
        fed.says(r#"{"type":"presence","room":"dev","users":["Alice","Bob"]}"#);
        fed.terminal.expect("2 online");
        fed
    }

    fn feeds(&self, frame: Message) {
        self.feed.send(frame).unwrap();
    }

    fn says(&self, text: &str) {
        self.feeds(Message::text(text));
    }

    /// It is still there, and shows what it is told now.
    fn lives(&mut self, word: &str) {
        self.says(&format!(r#"{{"type":"error","code":"unavailable","content":"{word}"}}"#));
        self.terminal.expect(word);
    }

    /// Kilobytes of memory that the client has.
    fn memory_kb(&self) -> u64 {
        let pid = self.terminal.child.process_id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

#[expect(clippy::result_large_err, reason = "the library's callback is made so")]
pub(crate) fn speak(
    _: &Request,
    mut response: Response,
) -> Result<Response, tokio_tungstenite::tungstenite::handshake::server::ErrorResponse> {
    response.headers_mut().insert("Sec-WebSocket-Protocol", "nebula.v1".parse().unwrap());
    Ok(response)
}

fn drop_all(socket: WebSocket<TcpStream>) {
    let stream = socket.into_inner();
    drop(stream.shutdown(std::net::Shutdown::Both));
}

const ESCAPES: &str = "\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\u202eevil\\u0007";

#[test]
fn text_of_a_hostile_server_is_never_obeyed() {
    let mut fed = Fed::entered();
    let reason = "\u{1b}]0;bye\u{7}\u{9b}31mclosed".into();
    fed.feeds(Message::Close(Some(CloseFrame { code: 1011.into(), reason })));
    fed.terminal.expect("]0;bye31mclosed");
    fed.says(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    fed.says(&format!(
        r#"{{"type":"message","room":"dev","sender":"Bob","content":"{ESCAPES}","id":5,"at":18446744073709551615}}"#
    ));
    fed.says(&format!(r#"{{"type":"error","code":"unavailable","content":"{ESCAPES}"}}"#));
    fed.says(&format!(
        r#"{{"type":"moderated","action":"kick","room":"dev","user":"Bob","by":"Eve","reason":"{ESCAPES}"}}"#
    ));
    fed.lives("still here");
    fed.terminal.leaves_reading(|raw| {
        for (at, sequence) in sequences(raw) {
            assert!(is_ours(&sequence), "{sequence:?} at {at}");
        }
        assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains('\u{202e}'));
    });
}

#[test]
fn frames_that_make_no_sense_change_nothing() {
    let mut fed = Fed::entered();
    for nonsense in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"type":"dance"}"#,
        r#"{"type":"message"}"#,
        r#"{"type":"message","room":"dev","sender":"Bob","content":"x","id":-1,"at":0}"#,
        r#"{"type":"message","room":"other","sender":"Bob","content":"x","id":7,"at":0}"#,
        r#"{"type":"presence","room":"dev","users":["Alice"],"count":18446744073709551615}"#,
        r#"{"type":"join","room":"dev","sender":"Zed"}"#,
        r#"{"type":"leave","room":"nowhere","sender":"Alice"}"#,
        r#"{"type":"history","room":"dev","messages":[],"more":true,"head":9007199254740991}"#,
        r#"{"type":"deleted","room":"dev","message":99,"by":"Eve","id":1,"at":0}"#,
        r#"{"type":"error","code":"too_fast","content":"x","room":"dev","ref":"none","retry_ms":18446744073709551615}"#,
    ] {
        fed.says(nonsense);
    }
    fed.feeds(Message::binary(vec![0; 1000]));
    fed.feeds(Message::Pong(vec![1; 100].into()));
    fed.lives("nothing happened");
    // Too large to be read: that connection ends, and the next one is as good.
    fed.says(&"x".repeat(2 * protocol::HISTORY_BYTES_MAX));
    fed.terminal.expect("○ ");
    // So that nothing more is said into the one that ended.
    fed.feeds(Message::Close(None));
    fed.says(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    fed.lives("on another line");
    fed.terminal.leaves();
}

#[test]
fn floods_of_a_hostile_server_fill_no_memory() {
    // Somewhat more people, and messages, than are kept of a room.
    let mut fed = Fed::entered();
    fed.lives("before");
    let before = fed.memory_kb();
    for n in 0..25_000 {
        fed.says(&format!(r#"{{"type":"join","room":"dev","sender":"person {n}"}}"#));
    }
    fed.lives("meanwhile");
    for n in 0..12_000 {
        fed.says(&format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"flood {n}","id":{},"at":0}}"#,
            1000 + n
        ));
    }
    fed.lives("after");
    let more = fed.memory_kb().saturating_sub(before);
    assert!(more < 48 * 1024, "{more} KiB more");
    fed.terminal.leaves();
}
