//! The page, its headers, and who may open a WebSocket.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::harness::{PATIENCE, TestServer};

/// One request on a connection of its own; the whole answer.
async fn ask(server: &TestServer, request: &str) -> String {
    let mut socket = server.raw().await;
    let request = format!("{request}\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// An opening handshake with more headers; the status line and headers.
async fn upgrade(server: &TestServer, more: &str) -> String {
    let mut socket = server.raw().await;
    let request = format!(
        "GET /?room=dev HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive, Upgrade\r\n\
         Upgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n\r\n",
        server.address
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap());
    }
    String::from_utf8_lossy(&head).to_lowercase()
}

#[tokio::test]
async fn the_page_comes_with_strict_headers() {
    let server = TestServer::start().await;
    for path in [
        "/",
        "/index.html",
        "/style.css",
        "/main.js",
        "/view.js",
        "/icon.svg",
        "/manifest.webmanifest",
    ] {
        let answer = ask(&server, &format!("GET {path} HTTP/1.1")).await;
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{path}: {head}");
        let sockets = format!("connect-src 'self' ws://{0} wss://{0}", server.address);
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cache-control: no-cache",
            "etag: \"",
            "default-src 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            &sockets,
        ] {
            assert!(head.contains(header), "{path} lacks {header}: {head}");
        }
        assert!(!head.contains("unsafe-inline"));
    }
}

#[tokio::test]
async fn a_file_that_is_known_is_not_sent_again() {
    let server = TestServer::start().await;
    let answer = ask(&server, "GET /main.js HTTP/1.1").await;
    let etag = answer.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again =
        ask(&server, &format!("GET /main.js HTTP/1.1\r\nIf-None-Match: \"x\", {etag}")).await;
    assert!(again.starts_with("HTTP/1.1 304") && again.ends_with("\r\n\r\n"), "{again}");
    let other = ask(&server, "GET /main.js HTTP/1.1\r\nIf-None-Match: \"x\"").await;
    assert!(other.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn everything_else_is_not_found() {
    let server = TestServer::start().await;
    for path in [
        "/nothing",
        "/ws",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/test/package.json",
        "//",
        "/web",
    ] {
        let answer = ask(&server, &format!("GET {path} HTTP/1.1")).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    let answer = ask(&server, "POST / HTTP/1.1\r\nContent-Length: 0").await;
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
}

#[tokio::test]
async fn a_strange_host_gets_no_word_into_the_policy() {
    let server = TestServer::start().await;
    let mut socket = server.raw().await;
    let request = "GET / HTTP/1.1\r\nHost: a;script-src\t*\r\nConnection: close\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, socket.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.contains("connect-src 'self';") || answer.starts_with("HTTP/1.1 400"));
    assert!(!answer.contains('*'));
}

#[tokio::test]
async fn pages_of_other_origins_may_not_connect() {
    let server = TestServer::start().await;
    let own = server.address;
    let version = "Sec-WebSocket-Version: 13";
    for (origin, status) in [
        (String::new(), "101"),
        (format!("\r\nOrigin: http://{own}"), "101"),
        (format!("\r\nOrigin: https://{own}"), "101"),
        ("\r\nOrigin: http://evil.example".to_owned(), "403"),
        (format!("\r\nOrigin: http://{own}.evil.example"), "403"),
        ("\r\nOrigin: null".to_owned(), "403"),
        (format!("\r\nOrigin: file://{own}"), "403"),
    ] {
        let head = upgrade(&server, &format!("{version}{origin}")).await;
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{origin}: {head}");
    }
}

#[tokio::test]
async fn the_handshake_answers_as_the_standard_says() {
    let server = TestServer::start().await;
    let head = upgrade(&server, "Sec-WebSocket-Version: 13").await;
    // The example of RFC 6455, section 1.3.
    assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    assert!(!head.contains("sec-websocket-protocol"));
    let offer = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: other, nebula.v1";
    assert!(upgrade(&server, offer).await.contains("sec-websocket-protocol: nebula.v1\r\n"));
    let old = upgrade(&server, "Sec-WebSocket-Version: 8").await;
    assert!(old.starts_with("http/1.1 426") && old.contains("sec-websocket-version: 13"));
}
