//! What strangers send to the socket, nearly right: request heads, and WebSocket frames after a good
//! handshake. The server answers as HTTP says, or hangs up; it never panics, and afterwards nothing
//! is left.
//!
//! `PROPTEST_CASES=100000 cargo test --release -p server --test fuzz` goes on for longer. What it
//! finds belongs into `tests/corpus`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../../../protocol/tests/fuzz/mutate.rs"]
mod mutate;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use proptest::test_runner::{Config as Runs, TestCaseError, TestRunner};
use server::{Config, Gauges, Stopped};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use self::mutate::{corpus, mutants};

/// Changed files for each kind; a second or two.
const CASES: u32 = 5_000;
/// Longest wait for the server to hang up. It waits for a goodbye for 2 s at most.
const PATIENCE: Duration = Duration::from_secs(20);

const UPGRADE: &[u8] = b"GET /?room=dev HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// What the tokens in the corpus are signed with.
const SECRET: &str = "a secret of the fuzzer that nobody else has, of 32 bytes or more";

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Shakes hands first if it should, says it all, ends its half, and hears the whole answer.
fn say(address: SocketAddr, handshake: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = Vec::new();
    if !handshake.is_empty() {
        socket.write_all(handshake).unwrap();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            answer.extend(byte);
        }
    }
    // The server may have hung up already: then there is an answer, or there is none.
    let _ = socket.write_all(bytes);
    let _ = socket.shutdown(Shutdown::Write);
    if let Err(error) = socket.read_to_end(&mut answer) {
        assert_ne!(error.kind(), ErrorKind::WouldBlock, "the server does not hang up");
    }
    answer
}

/// Shows a server every kept file and many changed ones; `check` looks at what was said and at the
/// answer to it.
fn show(kind: &str, config: Config, handshake: &[u8], check: fn(&[u8], &[u8]) -> bool) {
    // Counted beside what a test's own panic prints.
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        told(info);
    }));
    let corpus = corpus(env!("CARGO_MANIFEST_DIR"), kind);
    let (address_is, address) = std::sync::mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            address_is.send(listener.local_addr().unwrap()).unwrap();
            server::run(listener, config, async { drop(stopped.await) }).await
        })
    });
    let address = address.recv().unwrap();
    let read = |bytes: &[u8]| {
        let answer = say(address, handshake, bytes);
        let shown = String::from_utf8_lossy(&answer).into_owned();
        if check(bytes, &answer) { Ok(()) } else { Err(TestCaseError::fail(shown)) }
    };
    corpus.iter().for_each(|bytes| read(bytes).unwrap());
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if asked { Runs::default().cases } else { CASES };
    let runs = Runs { cases, failure_persistence: None, ..Runs::default() };
    let outcome = TestRunner::new(runs).run(&mutants(&corpus), |bytes| read(&bytes));
    outcome.unwrap_or_else(|failure| panic!("{kind}: {failure}"));
    // After a whole handshake it hears a goodbye in good form, too: the server is as it was.
    assert!(say(address, UPGRADE, b"\x88\x80\0\0\0\0").starts_with(b"HTTP/1.1 101 "));
    drop(stop);
    let left = server.join().unwrap().unwrap();
    assert_eq!(left, Stopped { tasks_left: 0, gauges: Gauges::default() });
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);
}

fn is_answer(answer: &[u8]) -> bool {
    let status = answer.get(9..12).map(|digits| std::str::from_utf8(digits).unwrap_or("?"));
    let known =
        ["101", "200", "304", "400", "403", "404", "405", "412", "413", "414", "426", "431"];
    answer.is_empty() || status.is_some_and(|status| known.contains(&status))
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn request_heads() {
    static ANSWERED: AtomicUsize = AtomicUsize::new(0);
    show("request", Config::for_tests(), b"", |_, answer| {
        ANSWERED.fetch_add(usize::from(!answer.is_empty()), Ordering::Relaxed);
        is_answer(answer)
    });
    let answered = ANSWERED.load(Ordering::Relaxed);
    assert!(answered > CASES as usize / 2, "only {answered} requests were answered");
}

fn good_token() -> &'static str {
    let head = include_str!("../corpus/token/bearer");
    head.split_once("Bearer ").unwrap().1.trim()
}

/// Only who brings the good token as it is comes in.
#[test]
fn tokens_to_a_closed_server() {
    static LET_IN: AtomicUsize = AtomicUsize::new(0);
    let folder = tempfile::tempdir().unwrap();
    let token_key = folder.path().join("secret");
    std::fs::write(&token_key, SECRET).unwrap();
    let config = Config { token_key: Some(token_key), ..Config::for_tests() };
    show("token", config, b"", |asked, answer| {
        let is_in = holds(answer, "\"join\"");
        LET_IN.fetch_add(usize::from(is_in), Ordering::Relaxed);
        is_answer(answer) && (!is_in || holds(asked, good_token()))
    });
    assert!(LET_IN.load(Ordering::Relaxed) > 2, "the good token is not let in");
}

#[test]
fn frames() {
    show("frames", Config::for_tests(), UPGRADE, |_, answer| answer.starts_with(b"HTTP/1.1 101 "));
}
