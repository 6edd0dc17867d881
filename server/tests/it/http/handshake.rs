//! What a request has to be to be answered, and a handshake to open a WebSocket; and that whoever has
//! asked gets the answer.

use std::time::Duration;

use server::{Config, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::harness::{PATIENCE, TestServer};

const GOOD: &str = "GET /ws?room=dev HTTP/1.1\r\nHost: HERE\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The head of the answer to this, in lower case; `HERE` stands for the server's address.
async fn head(server: &TestServer, request: &str) -> String {
    let mut socket = server.raw().await;
    let request = request.replace("HERE", &server.address.to_string());
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap());
    }
    String::from_utf8(head).unwrap().to_lowercase()
}

async fn expect(server: &TestServer, status: u32, request: &str) -> String {
    let head = head(server, request).await;
    assert!(
        head.starts_with("http/1.") && head[8..].starts_with(&format!(" {status} ")),
        "{request}{head}"
    );
    head
}

#[tokio::test]
async fn a_handshake_that_is_not_as_the_standard_says_opens_nothing() {
    let server = TestServer::start().await;
    expect(&server, 101, GOOD).await;
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let version = "Sec-WebSocket-Version: 13\r\n";
    let host = "Host: HERE\r\n";
    for (status, what, instead) in [
        (400, "HTTP/1.1", "HTTP/1.0"),
        (400, "GET ", "POST "),
        (400, "GET ", "HEAD "),
        (400, host, ""),
        (400, host, "Host: HERE\r\nHost: HERE\r\n"),
        (400, host, "Host: HERE\r\nHost: evil.example\r\n"),
        (400, host, "Host: evil example\r\n"),
        (400, host, "Host: \r\n"),
        (400, key, ""),
        (400, key, &key.repeat(2)),
        (400, key, "Sec-WebSocket-Key: \r\n"),
        (400, key, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n"),
        (400, key, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n"),
        (400, key, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=\r\n"),
        (400, key, "Sec-WebSocket-Key: not base64 of anything!!\r\n"),
        (400, version, &version.repeat(2)),
        (426, version, ""),
        (426, version, "Sec-WebSocket-Version: 8\r\n"),
        (426, version, "Sec-WebSocket-Version: 13, 8\r\n"),
        (426, "Upgrade: websocket\r\n", ""),
        (426, "Upgrade: websocket\r\n", "Upgrade: h2c\r\n"),
        (426, "Connection: Upgrade\r\n", ""),
        (426, "Connection: Upgrade\r\n", "Connection: close\r\n"),
        (400, key, &format!("{key}Origin: http://HERE\r\nOrigin: http://evil.example\r\n")),
        (400, key, &format!("{key}Authorization: Bearer a.b.c\r\nAuthorization: Basic eA==\r\n")),
        (400, key, &format!("{key}Content-Length: 1\r\n")),
        (400, key, &format!("{key}Transfer-Encoding: chunked\r\n")),
    ] {
        assert!(GOOD.contains(what), "{what}");
        for path in ["/ws?", "/?"] {
            let request = GOOD.replacen(what, instead, 1).replacen("/ws?", path, 1);
            let head = expect(&server, status, &request).await;
            if status == 426 {
                assert!(head.contains("\r\nsec-websocket-version: 13\r\n"), "{head}");
                assert!(head.contains("\r\nupgrade: websocket\r\n"), "{head}");
                assert!(head.contains("\r\nconnection: upgrade"), "{head}");
            }
        }
    }
    for (what, instead) in [
        (key, "Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: nebula.v1\r\n"),
        (key, "Content-Length: 0\r\n"),
        ("Connection: Upgrade", "Connection: keep-alive, upgrade"),
        ("Upgrade: websocket", "Upgrade: h2c, WebSocket"),
    ] {
        let more = if what == key { format!("{key}{instead}") } else { instead.to_owned() };
        expect(&server, 101, &GOOD.replacen(what, &more, 1)).await;
    }
    let refused = "nebula_turned_away_total{reason=\"bad_request\"}";
    assert!(server.metric(refused).await >= 50.0);
}

#[tokio::test]
async fn every_request_names_one_server() {
    let server = TestServer::start().await;
    for (status, request) in [
        (200, "GET /healthz HTTP/1.1\r\nHost: HERE\r\n\r\n"),
        (200, "GET /healthz HTTP/1.0\r\n\r\n"),
        (400, "GET /healthz HTTP/1.1\r\n\r\n"),
        (400, "HEAD / HTTP/1.1\r\n\r\n"),
        (400, "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: http://HERE\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: user@HERE\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        (400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        (200, "GET http://HERE/healthz HTTP/1.1\r\nHost: HERE\r\n\r\n"),
        (200, "GET http://HERE HTTP/1.1\r\nHost: HERE\r\n\r\n"),
        (400, "GET http://HERE/healthz HTTP/1.1\r\n\r\n"),
        (400, "GET http://a@HERE/healthz HTTP/1.1\r\nHost: HERE\r\n\r\n"),
        (400, "GET ftp://HERE/healthz HTTP/1.1\r\nHost: HERE\r\n\r\n"),
    ] {
        expect(&server, status, request).await;
    }
    let mut socket = TcpStream::connect(server.metrics).await.unwrap();
    socket.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, socket.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("host is missing\n"),
        "{answer}"
    );
}

/// The whole address of a request counts, and not the header beside it.
#[tokio::test]
async fn a_page_is_of_the_server_that_the_request_is_for() {
    let server = TestServer::start().await;
    let whole = GOOD.replacen("GET /ws", "GET http://chat.example/ws", 1);
    let from = |origin: &str| {
        whole.replacen("\r\n\r\n", &format!("\r\nOrigin: http://{origin}\r\n\r\n"), 1)
    };
    expect(&server, 101, &from("chat.example")).await;
    expect(&server, 403, &from("HERE")).await;
}

#[tokio::test]
async fn the_way_to_a_websocket_says_what_it_is_for_without_an_upgrade() {
    let server = TestServer::start().await;
    let mut socket = server.raw().await;
    let request =
        format!("GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, socket.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 426 "), "{answer}");
    assert!(answer.contains("Upgrade and Connection") && answer.contains("proxy"), "{answer}");
    expect(&server, 426, "GET /ws HTTP/1.0\r\n\r\n").await;
    expect(&server, 405, "POST /ws HTTP/1.1\r\nHost: HERE\r\nContent-Length: 0\r\n\r\n").await;
}

/// As `printf ... | nc -N` asks.
async fn ask_and_end(address: std::net::SocketAddr, request: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_and_will_say_no_more_gets_the_answer() {
    let server = TestServer::start().await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    for _ in 0..100 {
        let answer = ask_and_end(server.address, &get("/healthz")).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("alive\n"), "{answer}");
        let answer = ask_and_end(server.metrics, &get("/metrics")).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.contains("\nnebula_ready 1\n"),
            "{answer}"
        );
    }
    let page = ask_and_end(server.address, &get("/")).await;
    assert!(page.ends_with("</html>\n"), "{page}");
    // While it stops, too: somebody who has not said goodbye keeps it from its end.
    let (address, mut alice) = (server.address, server.enter("dev", "Alice").await);
    let stopping = server.stopping();
    while alice.next_or_close().await.is_ok() {}
    for _ in 0..20 {
        let answer = ask_and_end(address, &get("/healthz")).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("alive\n"), "{answer}");
    }
    drop(alice);
    stopping.await.unwrap();
}

/// Half a connection is given up in the time that a whole one would be.
#[tokio::test]
async fn half_a_connection_holds_on_no_longer_than_a_whole_one() {
    let limits = Limits { handshake_timeout: Duration::from_secs(1), ..Limits::for_tests() };
    let config = Config { limits, stall_timeout: Duration::from_secs(1), ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    for request in [
        "",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Half",
        "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx",
        &GOOD.replace("HERE", "x"),
    ] {
        ask_and_end(server.address, request).await;
    }
    // More answers than the buffers of both sockets hold, and nobody reads them.
    let mut greedy = server.raw().await;
    let many = "GET /main.js HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20_000);
    let wrote = timeout(PATIENCE, greedy.write_all(many.as_bytes())).await.unwrap();
    if wrote.is_ok() {
        let _ = greedy.shutdown().await;
    }
    let ended = async { while server.metric("nebula_sockets").await > 0.0 {} };
    timeout(PATIENCE, ended).await.unwrap();
}
