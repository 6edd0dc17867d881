//! The page, its headers, and who may open a WebSocket.

use std::io::Read as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::support::harness::{PATIENCE, TestServer};

/// One request on a connection of its own; the whole answer.
async fn ask(server: &TestServer, request: &str) -> String {
    let answer = ask_bytes(server, request.to_owned()).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn ask_bytes(server: &TestServer, request: String) -> Vec<u8> {
    let mut socket = server.raw().await;
    let request = format!("{request}\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    answer
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
        "/style/base.css",
        "/main.js",
        "/view/chat.js",
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
    let gzip = "Accept-Encoding: gzip\r\n";
    let packed = tag(&head(
        &ask_bytes(&server, format!("HEAD /main.js HTTP/1.1\r\n{}", gzip.trim_end())).await,
    ));
    for (status, method, accept, condition) in [
        (304, "GET", "", format!("If-None-Match: {etag}")),
        (304, "HEAD", "", format!("If-None-Match: {etag}")),
        (304, "GET", "", format!("If-None-Match: W/{etag}")),
        (304, "GET", "", "If-None-Match: *".to_owned()),
        (304, "GET", gzip, "If-None-Match: *".to_owned()),
        (304, "GET", "", format!("If-None-Match: \"x,y\",W/\"z\",{etag}")),
        (304, "GET", "", format!("If-None-Match: \"x\"\r\nIf-None-Match: W/{etag}")),
        (304, "GET", gzip, format!("If-None-Match: W/{packed}")),
        // A date is for who has no tag.
        (304, "GET", "", format!("If-None-Match: {etag}\r\nIf-Modified-Since: yesterday")),
        (200, "GET", "", "If-None-Match: \"x\"".to_owned()),
        (200, "GET", "", format!("If-None-Match: \"x,{}\"", etag.trim_matches('"'))),
        (200, "GET", "", format!("If-None-Match: {}", etag.trim_matches('"'))),
        (200, "GET", gzip, format!("If-None-Match: {etag}")),
        (200, "GET", "", "If-Modified-Since: Sun, 29 Nov 2026 00:00:00 GMT".to_owned()),
        (200, "GET", "", "If-Match: *".to_owned()),
        (200, "GET", "", format!("If-Match: \"x\", {etag}")),
        (412, "GET", "", format!("If-Match: W/{etag}")),
        (412, "GET", "", "If-Match: \"x\"".to_owned()),
    ] {
        let request = format!("{method} /main.js HTTP/1.1\r\n{accept}{condition}");
        let answer = ask(&server, &request).await.to_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{condition}: {answer}");
        if status == 304 {
            let tag = if accept.is_empty() { etag } else { &packed };
            for header in
                [&format!("etag: {tag}\r\n"), "cache-control: no-cache", "vary: accept-enc"]
            {
                assert!(answer.contains(header), "{header}: {answer}");
            }
            for header in ["\r\ncontent-type:", "content-encoding"] {
                assert!(!answer.contains(header), "{header}: {answer}");
            }
            assert!(answer.ends_with("\r\n\r\n"), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_file_goes_out_packed_to_whoever_takes_that() {
    let server = TestServer::start().await;
    let get = |accept: &'static str| {
        ask_bytes(&server, format!("GET /main.js HTTP/1.1\r\nAccept-Encoding: {accept}"))
    };
    let plain = get("identity").await;
    let plain_head = head(&plain);
    assert!(
        !plain_head.contains("content-encoding") && plain_head.contains("vary: accept-encoding")
    );
    for accept in ["gzip", "deflate, GZIP;q=0.5, br", "gzip, deflate, br, zstd"] {
        let packed = get(accept).await;
        let packed_head = head(&packed);
        assert!(packed_head.contains("content-encoding: gzip"), "{accept}: {packed_head}");
        assert!(packed_head.contains("vary: accept-encoding"));
        assert!(packed.len() * 2 < plain.len(), "{} of {}", packed.len(), plain.len());
        let body = &packed[packed.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4..];
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(body).read_to_string(&mut unpacked).unwrap();
        assert!(String::from_utf8_lossy(&plain).ends_with(&unpacked));
        // Other bytes have another tag, and a packed file is known by it.
        let etag = tag(&packed_head);
        assert_ne!(etag, tag(&plain_head));
        let known =
            format!("GET /main.js HTTP/1.1\r\nAccept-Encoding: {accept}\r\nIf-None-Match: {etag}");
        assert!(ask(&server, &known).await.starts_with("HTTP/1.1 304"));
    }
    for accept in ["", "br", "gzip;q=0", "xgzip"] {
        assert!(!head(&get(accept).await).contains("content-encoding"), "{accept}");
    }
}

#[tokio::test]
async fn the_page_has_a_tag_of_all_its_files() {
    let server = TestServer::start().await;
    let mut tags = Vec::new();
    for path in ["/", "/index.html", "/main.js"] {
        tags.push(tag(&head(ask(&server, &format!("HEAD {path} HTTP/1.1")).await.as_bytes())));
    }
    assert_eq!(tags[0], tags[1]);
    // One file has its own.
    assert_ne!(tags[0], tags[2]);
}

fn head(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer).to_lowercase();
    text.split("\r\n\r\n").next().unwrap().to_owned()
}

fn tag(head: &str) -> String {
    head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned()
}

#[tokio::test]
async fn everything_else_is_not_found() {
    let server = TestServer::start().await;
    for path in [
        "/nothing",
        "/ws/",
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
    assert!(answer.to_lowercase().contains("\r\nallow: get, head\r\n"), "{answer}");
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
async fn pages_of_origins_that_are_allowed_may_connect_and_null_never() {
    let allow_origin =
        ["https://chat.example", "http://localhost:3000"].map(|o| o.parse().unwrap()).into();
    let config = server::Config { allow_origin, ..server::Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let own = server.address;
    for (origin, status) in [
        (format!("http://{own}"), "101"),
        ("https://chat.example".to_owned(), "101"),
        ("http://localhost:3000".to_owned(), "101"),
        ("http://chat.example".to_owned(), "403"),
        ("https://chat.example.evil.example".to_owned(), "403"),
        ("null".to_owned(), "403"),
    ] {
        let more = format!("Sec-WebSocket-Version: 13\r\nCookie: a=b\r\nOrigin: {origin}");
        let head = upgrade(&server, &more).await;
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{origin}: {head}");
        assert!(!head.contains("set-cookie"), "{head}");
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

#[tokio::test]
async fn the_page_names_one_script_and_one_style_sheet_that_are_kept_for_good() {
    let server = TestServer::start().await;
    let page = ask(&server, "GET / HTTP/1.1").await;
    let build = tag(&head(page.as_bytes()));
    assert!(page.contains(&format!("<meta name=\"build\" content={build}>")), "{page}");
    assert!(!page.contains("main.js\"") && !page.contains("style/"), "{page}");
    for (before, end) in [("src=\"", ".js"), ("href=\"", ".css")] {
        let names = page.split(before).skip(1).filter_map(|rest| rest.split('"').next());
        let named: Vec<_> = names.filter(|name| name.ends_with(end)).collect();
        let [name] = named[..] else { panic!("{named:?}") };
        let part = ask(&server, &format!("GET /{name} HTTP/1.1")).await;
        let head = head(part.as_bytes());
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("cache-control: public, max-age=31536000, immutable\r\n"), "{head}");
        assert!(head.contains("require-trusted-types-for 'script'"), "{head}");
        // Of another build there is nothing: it would be kept in the place of what it is not.
        let other = format!("GET /app.0123456789abcdef{end} HTTP/1.1");
        assert!(ask(&server, &other).await.starts_with("HTTP/1.1 404"));
    }
}
