//! TLS: who is served, what a new certificate changes, and how long a handshake may take.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, Issuer, KeyPair};
use rustix::process::Signal;
use server::{Config, Limits, RunError};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::child::send_signal;
use crate::support::harness::{PATIENCE, TestServer, say};

/// Somebody who signs certificates for localhost, and the files of the newest.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) root: CertificateDer<'static>,
    pub(crate) folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap().der().clone();
        let authority = Authority {
            issuer: Issuer::new(params, key),
            root,
            folder: tempfile::tempdir().unwrap(),
        };
        authority.renew();
        authority
    }

    /// Writes a new certificate and its key where the old ones were.
    fn renew(&self) -> CertificateDer<'static> {
        self.renew_with(|_| {})
    }

    /// The same with something about it changed.
    pub(crate) fn renew_with(
        &self,
        change: impl FnOnce(&mut CertificateParams),
    ) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        change(&mut params);
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(self.cert(), cert.pem()).unwrap();
        std::fs::write(self.key(), key.serialize_pem()).unwrap();
        cert.der().clone()
    }

    pub(crate) fn cert(&self) -> std::path::PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub(crate) fn key(&self) -> std::path::PathBuf {
        self.folder.path().join("key.pem")
    }

    pub(crate) fn config(&self) -> Config {
        let (tls_cert, tls_key) = (Some(self.cert()), Some(self.key()));
        Config { tls_cert, tls_key, ..Config::for_tests() }
    }

    async fn dial(&self, address: &str) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let socket = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap()
    }

    async fn enter(&self, address: &str, query: &str) -> Secure {
        let socket = self.dial(address).await;
        let url = format!("wss://localhost/?{query}");
        let (socket, _) = tokio_tungstenite::client_async(url, socket).await.unwrap();
        let mut secure = Secure(socket);
        secure.until(r#""type":"presence""#).await;
        secure
    }
}

struct Secure(tokio_tungstenite::WebSocketStream<TlsStream<TcpStream>>);

impl Secure {
    async fn send(&mut self, frame: String) {
        futures_util::SinkExt::send(&mut self.0, Frame::text(frame)).await.unwrap();
    }

    /// The next text that holds this.
    async fn until(&mut self, part: &str) -> String {
        loop {
            let next = futures_util::StreamExt::next(&mut self.0);
            let frame = timeout(PATIENCE, next).await.unwrap().unwrap().unwrap();
            match frame {
                Frame::Text(text) if text.contains(part) => return text.to_string(),
                Frame::Close(close) => panic!("{close:?}"),
                _ => {}
            }
        }
    }

    fn shown(&self) -> CertificateDer<'static> {
        self.0.get_ref().get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
    }
}

#[tokio::test]
async fn pages_and_websockets_are_served_inside_tls() {
    let authority = Authority::new();
    let server = TestServer::start_with(authority.config()).await;
    let address = server.address.to_string();
    let answer = ask(&authority, &address, "/").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("</html>"));
    let mut alice = authority.enter(&address, "room=dev&username=Alice").await;
    let mut bob = authority.enter(&address, "room=dev&username=Bob").await;
    let long = "x".repeat(4096);
    for _ in 0..20 {
        alice.send(say("dev", &long)).await;
    }
    for _ in 0..20 {
        bob.until(&long).await;
    }
    let stopped = server.stop();
    let goodbye = async {
        bob.until("stopping").await;
        // Both halves end in order: the close frame comes, and then the end of TLS itself.
        let next = futures_util::StreamExt::next(&mut bob.0);
        let close = timeout(PATIENCE, next).await.unwrap().unwrap().unwrap();
        assert!(matches!(close, Frame::Close(Some(close)) if u16::from(close.code) == 1001));
        drop((alice, bob));
    };
    let (stopped, ()) = tokio::join!(stopped, goodbye);
    assert_eq!(stopped.tasks_left, 0);
}

#[tokio::test]
async fn somebody_who_reads_slowly_inside_tls_gets_everything_in_order() {
    let authority = Authority::new();
    let config = Config {
        message_rate: 0,
        outbox_bytes_max: 64 << 20,
        outbox_frames_max: 1 << 20,
        ..authority.config()
    };
    let server = TestServer::start_with(config).await;
    let address = server.address.to_string();
    let mut slow = authority.enter(&address, "room=dev&username=Slow").await;
    let mut alice = authority.enter(&address, "room=dev&username=Alice").await;
    let text = "y".repeat(4000);
    // More than the buffers of both sockets hold while nobody reads.
    for n in 0..2500 {
        alice.send(say("dev", &format!("{n} {text}"))).await;
        alice.until(&format!(r#""content":"{n} "#)).await;
    }
    for n in 0..2500 {
        slow.until(&format!(r#""content":"{n} "#)).await;
    }
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_new_connections_and_nobody_is_dropped() {
    let authority = Authority::new();
    let config = authority.config();
    let reload = config.reload.clone();
    let server = TestServer::start_with(config).await;
    let address = server.address.to_string();
    let mut alice = authority.enter(&address, "room=dev&username=Alice").await;
    let before = alice.shown();
    let new = authority.renew();
    assert_ne!(new, before);
    reload.ask();
    let mut n = 0;
    // The wish is heard at once, but not before the next connection comes.
    let heard = async {
        loop {
            let peer = authority.enter(&address, &format!("room=dev&username=new{n}")).await;
            n += 1;
            if peer.shown() == new {
                break;
            }
        }
    };
    timeout(PATIENCE, heard).await.unwrap();
    // What cannot be used changes nothing.
    std::fs::write(authority.key(), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    reload.ask();
    for m in 0..5 {
        let peer = authority.enter(&address, &format!("room=dev&username=newer{m}")).await;
        assert_eq!(peer.shown(), new);
    }
    alice.send(say("dev", "still here")).await;
    alice.until("still here").await;
}

#[tokio::test]
async fn a_hangup_makes_the_process_read_its_files_anew_all_or_none() {
    let authority = Authority::new();
    let moderators = authority.folder.path().join("moderators");
    std::fs::write(&moderators, "# nobody yet").unwrap();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--db", ":memory:"]);
    command.arg("--tls-cert").arg(authority.cert()).arg("--tls-key").arg(authority.key());
    command.arg("--moderators").arg(&moderators);
    let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut until = async |part: &str| loop {
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
        if let Some((_, rest)) = line.split_once(part) {
            break rest.to_owned();
        }
    };
    let rest = until("https://").await;
    let address = rest.split('/').next().unwrap().to_owned();
    let mut alice = authority.enter(&address, "room=dev&username=Alice").await;
    let new = authority.renew();
    let hangup = || send_signal(&child, Signal::HUP);
    hangup();
    until("files were reloaded").await;
    assert_eq!(authority.enter(&address, "room=dev&username=Bob").await.shown(), new);
    authority.renew();
    std::fs::write(&moderators, "Alice").unwrap();
    hangup();
    let told = until("the old ones stay").await;
    assert!(told.contains("moderators"), "{told}");
    assert_eq!(authority.enter(&address, "room=dev&username=Carol").await.shown(), new);
    std::fs::write(authority.cert(), "nothing").unwrap();
    hangup();
    let told = until("cannot be reloaded").await;
    assert!(told.contains("cert.pem"), "{told}");
    alice.send(say("dev", "still here")).await;
    alice.until("still here").await;
}

/// Asks inside TLS, on a connection of its own; the whole answer.
async fn ask(authority: &Authority, address: &str, path: &str) -> String {
    let mut page = authority.dial(address).await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    page.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, page.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn limits_come_before_the_work_of_tls() {
    let authority = Authority::new();
    let limits = Limits { connections_max: 1, ..Limits::for_tests() };
    let server = TestServer::start_with(Config { limits, ..authority.config() }).await;
    let mut alice = authority.enter(&server.address.to_string(), "room=dev&username=Alice").await;
    // Nothing was said yet, and it is over.
    let mut other = server.raw().await;
    let mut answer = Vec::new();
    let closed = timeout(PATIENCE, other.read_to_end(&mut answer)).await.unwrap();
    assert!(closed.is_err() || answer.is_empty(), "{answer:?}");
    assert_eq!(server.metric("nebula_turned_away_total{reason=\"full\"}").await, 1.0);
    assert_eq!(server.metric("nebula_turned_away_total{reason=\"bad_tls\"}").await, 0.0);
    alice.send(say("dev", "as ever")).await;
    alice.until("as ever").await;
}

#[tokio::test]
async fn while_it_stops_it_says_so_inside_tls() {
    let authority = Authority::new();
    let server = TestServer::start_with(authority.config()).await;
    let address = server.address.to_string();
    assert!(ask(&authority, &address, "/readyz").await.starts_with("HTTP/1.1 200"));
    let mut alice = authority.enter(&address, "room=dev&username=Alice").await;
    let stopping = server.stopping();
    alice.until("stopping").await;
    // Alice has not said goodbye: so it is still stopping.
    assert!(ask(&authority, &address, "/healthz").await.starts_with("HTTP/1.1 200"));
    let answer = ask(&authority, &address, "/").await.to_lowercase();
    assert!(answer.starts_with("http/1.1 503") && answer.contains("retry-after: "), "{answer}");
    drop(alice);
    stopping.await.unwrap();
}

#[tokio::test]
async fn what_is_no_tls_is_no_harm_and_a_handshake_has_its_time() {
    let authority = Authority::new();
    let limits = Limits { handshake_timeout: Duration::from_secs(2), ..Limits::for_tests() };
    let server = TestServer::start_with(Config { limits, ..authority.config() }).await;
    let mut plain = server.raw().await;
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, plain.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert!(!answer.starts_with(b"HTTP/"));
    // Nothing at all, half a handshake, and half a request after it: all have the same time.
    let begun = tokio::time::Instant::now();
    let address = server.address.to_string();
    let mut silent = server.raw().await;
    let mut half = server.raw().await;
    half.write_all(&[0x16, 0x03, 0x01]).await.unwrap();
    let mut request = authority.dial(&address).await;
    request.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.unwrap();
    let mut rest = Vec::new();
    let ends = async {
        let _ = silent.read_to_end(&mut rest).await;
        let _ = half.read_to_end(&mut rest).await;
        let _ = request.read_to_end(&mut rest).await;
    };
    timeout(PATIENCE, ends).await.unwrap();
    let took = begun.elapsed().as_secs_f64();
    assert!(took > 1.5, "{took} s");
    for (reason, count) in [("bad_tls", 1.0), ("too_late", 3.0)] {
        let name = format!("nebula_turned_away_total{{reason=\"{reason}\"}}");
        assert_eq!(server.metric(&name).await, count, "{reason}");
    }
}

async fn refused(config: Config) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    match server::run(listener, config, std::future::pending()).await {
        Err(RunError::Tls(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn files_that_are_no_good_are_named() {
    let authority = Authority::new();
    let other = Authority::new();
    let missing = Path::new("/no/such/file.pem").to_owned();
    let config = authority.config();
    for (config, name) in [
        (Config { tls_cert: Some(missing.clone()), ..config.clone() }, "file.pem"),
        (Config { tls_key: Some(missing), ..config.clone() }, "file.pem"),
        (Config { tls_cert: Some(authority.key()), ..config.clone() }, "read the certificate in"),
        (Config { tls_key: Some(authority.cert()), ..config.clone() }, "cert.pem"),
        (Config { tls_key: Some(other.key()), ..config }, "key.pem"),
    ] {
        let told = refused(config).await;
        assert!(told.contains(name), "{told} does not name {name}");
    }
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    let output = command.args(["--tls-cert", "x"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--tls-key"));
}
