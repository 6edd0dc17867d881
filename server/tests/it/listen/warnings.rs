//! What the log says of those who are turned away: whom, why, and which flag is about it; once for
//! each cause.

use protocol::ToClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::child::Server;
use crate::support::harness::{PATIENCE, query, say_ref};

async fn start(flags: &[&str]) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    Server::spawn(command.args(["--listen", "127.0.0.1:0", "--db", ":memory:"]).args(flags)).await
}

/// Asks for a WebSocket with these headers; the head of the answer, and the connection.
async fn ask(server: &Server, headers: &str) -> (String, TcpStream) {
    let mut socket = TcpStream::connect(&server.address).await.unwrap();
    let request = format!(
        "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap());
    }
    (String::from_utf8(head).unwrap(), socket)
}

/// The warnings so far, after a last one that was asked for.
async fn warnings(server: &mut Server) -> Vec<String> {
    ask(server, "Host: x\r\nContent-Length: 1").await;
    let mut lines = Vec::new();
    loop {
        let line = timeout(PATIENCE, server.lines.next_line()).await.unwrap().unwrap().unwrap();
        if line.contains("has no body") {
            return lines;
        }
        if line.contains(" WARN ") {
            lines.push(line);
        }
    }
}

#[tokio::test]
async fn a_page_that_is_refused_is_logged_once_with_both_values_and_what_to_change() {
    let mut server = start(&[]).await;
    for _ in 0..20 {
        let headers = "Host: 127.0.0.1\r\nOrigin: https://chat.example";
        assert!(ask(&server, headers).await.0.starts_with("HTTP/1.1 403 "));
        let headers = "Host: 127.0.0.1\r\nOrigin: https://evil.example";
        assert!(ask(&server, headers).await.0.starts_with("HTTP/1.1 403 "));
    }
    let lines = warnings(&mut server).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    for part in ["\"https://chat.example\"", "Host is \"127.0.0.1\"", "--allow-origin", "proxy"] {
        assert!(lines[0].contains(part), "{part}: {lines:?}");
    }
    assert!(lines[1].contains("\"https://evil.example\""), "{lines:?}");
}

#[tokio::test]
async fn whoever_makes_up_causes_gets_few_lines_and_none_of_their_own() {
    let mut server = start(&[]).await;
    for n in 0..200 {
        ask(&server, &format!("Host: x\r\nOrigin: http://a{n}.example\x1b[2J")).await;
        ask(&server, &format!("Host: x\r\nOrigin: http://a{n}.example")).await;
    }
    let mut lines = Vec::new();
    server.child.kill().await.unwrap();
    while let Some(line) = timeout(PATIENCE, server.lines.next_line()).await.unwrap().unwrap() {
        assert!(!line.contains('\x1b'), "{line}");
        lines.push(line);
    }
    let told = lines.iter().filter(|line| line.contains("another origin")).count();
    assert!((2..=66).contains(&told), "{told} lines");
}

#[tokio::test]
async fn a_flooding_address_is_named_once_with_the_flag_for_it() {
    for (flag, value, why) in [
        ("--address-connections", "2", "2 connections"),
        ("--address-rate", "3", "3 connections a minute"),
    ] {
        let mut server = start(&["--trust-proxy", "127.0.0.1", flag, value]).await;
        let mut held = Vec::new();
        for _ in 0..6 {
            held.push(ask(&server, "Host: x\r\nX-Forwarded-For: 198.51.100.7").await);
        }
        let lines = warnings(&mut server).await;
        assert_eq!(lines.len(), 1, "{flag}: {lines:?}");
        for part in ["198.51.100.7", why, &format!("({flag}"), "--trust-proxy"] {
            assert!(lines[0].contains(part), "{part}: {lines:?}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_named() {
    let mut server = start(&[]).await;
    for _ in 0..3 {
        ask(&server, "Host: x\r\nX-Forwarded-For: 198.51.100.7").await;
    }
    let lines = warnings(&mut server).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("127.0.0.1") && lines[0].contains("--trust-proxy"), "{lines:?}");
}

#[tokio::test]
async fn whoever_says_too_much_is_named_once_with_the_flag_for_it() {
    let mut server = start(&["--message-burst", "2", "--message-rate", "1"]).await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    for n in 0..20 {
        alice.send(say_ref("dev", "again", &format!("r{n}"))).await;
    }
    loop {
        let reference = match alice.next().await {
            ToClient::Message(message) => message.reference,
            ToClient::Error(note) => note.reference,
            _ => continue,
        };
        if reference.is_some_and(|reference| reference.as_str() == "r19") {
            break;
        }
    }
    let lines = warnings(&mut server).await;
    let named: Vec<_> = lines.iter().filter(|line| line.contains("Alice")).collect();
    assert_eq!(named.len(), 1, "{lines:?}");
    assert!(named[0].contains("--message-rate"), "{lines:?}");
}
