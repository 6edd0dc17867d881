//! Where hooks may send to, and over TLS with whom.

use std::fs;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Receiver, impatient, told};
use crate::listen::tls::Authority;
use crate::rooms::{ANN, comes_to, says};
use crate::support::child::Server;
use crate::support::harness::PATIENCE;
use crate::support::kept::{file, kept_with};

/// What a name leads to is looked at with every try.
#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_sent_nothing() {
    let (server, folder) = kept_with(impatient()).await;
    let receiver = Receiver::new().await;
    let url = receiver.url().replace("127.0.0.1", "localhost");
    let (exit, words) = told(&["hook", "--room", "dev", "--out", &url], &file(&folder));
    assert_eq!(exit, 0, "{words}");
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "x").await;
    let failures = async { while server.metric("nebula_webhooks_failures_total").await < 3.0 {} };
    tokio::select! {
        failed = timeout(PATIENCE, failures) => failed.unwrap(),
        _ = receiver.listener.accept() => panic!("it was sent"),
    }
    // Where that is allowed, it is sent.
    assert_eq!(told(&["unhook", "1"], &file(&folder)).0, 0);
    let (exit, words) =
        told(&["hook", "--room", "dev", "--out", &url, "--allow-private"], &file(&folder));
    assert_eq!(exit, 0, "{words}");
    says(&mut ann, "dev", "y").await;
    let request = receiver.next().await;
    assert_eq!(request.text(), "y");
    assert!(request.header("host").starts_with("localhost:"), "{}", request.head);
    request.answer("200 OK", "", "").await;
    drop(ann);
    server.stop().await;
}

/// A receiver that speaks TLS, with a certificate for localhost.
async fn encrypted(authority: &Authority) -> (TcpListener, TlsAcceptor) {
    let chain = CertificateDer::pem_file_iter(authority.cert()).unwrap();
    let chain = chain.collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(authority.key()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(chain, key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener, TlsAcceptor::from(Arc::new(config)))
}

/// What it is sent first; none if whoever sends ends it before.
async fn hears(listener: &TcpListener, tls: &TlsAcceptor) -> Option<String> {
    let accepted = async {
        let (socket, _) = listener.accept().await.unwrap();
        let mut socket = tls.accept(socket).await.ok()?;
        let mut read = vec![0; 64 * 1024];
        let count = socket.read(&mut read).await.ok().filter(|count| *count > 0)?;
        socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok()?;
        socket.flush().await.ok()?;
        read.truncate(count);
        String::from_utf8(read).ok()
    };
    timeout(PATIENCE, accepted).await.unwrap()
}

#[tokio::test]
async fn over_tls_a_receiver_has_to_show_a_certificate_that_the_system_trusts() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let (listener, tls) = encrypted(&authority).await;
    let (db, root) = (file(&folder), folder.path().join("root.pem"));
    let port = listener.local_addr().unwrap().port();
    let url = format!("https://localhost:{port}/");
    fs::write(&root, crate::listen::certificates::pem("CERTIFICATE", &authority.root)).unwrap();
    let stranger = crate::listen::certificates::pem("CERTIFICATE", &Authority::new().root);
    let other = folder.path().join("other.pem");
    fs::write(&other, stranger).unwrap();
    for (roots, is_trusted) in [(&other, false), (&root, true)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        command.args(["--listen", "127.0.0.1:0", "--db"]).arg(&db).env("SSL_CERT_FILE", roots);
        let mut server = Server::spawn(command.env_remove("SSL_CERT_DIR")).await;
        if !is_trusted {
            let made = told(&["hook", "--room", "dev", "--out", &url, "--allow-private"], &db);
            assert_eq!(made.0, 0, "{}", made.1);
        }
        let mut ann = server.connect("room=dev&user=Ann").await;
        ann.expect_entry().await;
        says(&mut ann, "dev", "x").await;
        let heard = hears(&listener, &tls).await;
        match is_trusted {
            true => assert!(heard.unwrap().starts_with("POST / HTTP/1.1\r\n")),
            false => {
                assert_eq!(heard, None);
                server.says("cannot deliver").await;
            }
        }
        drop(ann);
        server.child.kill().await.unwrap();
    }
}
