//! What is said about a certificate before clients refuse it; and of files that hold none that can be
//! used, what they hold and what to do.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, KeyPair};
use rustix::process::Signal;
use server::Config;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::listen::tls::Authority;
use crate::support::child::{operator, send_signal};
use crate::support::harness::{PATIENCE, TestServer};

const DAY: u64 = 24 * 60 * 60;

fn look(authority: &Authority) -> (Option<i32>, String) {
    let cert = authority.cert();
    let arguments = ["check-config", "--db", ":memory:", "--tls-cert", cert.to_str().unwrap()];
    operator(&arguments, "--tls-key", &authority.key())
}

/// Good from so many days ago, for so many days from now.
fn lasts(from: u64, to: i64) -> impl FnOnce(&mut CertificateParams) {
    move |params| {
        let now = SystemTime::now();
        let moved = Duration::from_secs(to.unsigned_abs() * DAY);
        params.not_before = (now - Duration::from_secs(from * DAY)).into();
        params.not_after = if to < 0 { now - moved } else { now + moved }.into();
    }
}

#[test]
fn a_look_at_settings_says_what_clients_will_not_like() {
    let authority = Authority::new();
    for (from, to, code, words) in [
        (10, 80, 0, &["Configuration OK"][..]),
        (80, 10, 0, &["warning", "expires on 20", "SIGHUP", "Configuration OK"]),
        // Short ones are renewed late.
        (2, 4, 0, &["Configuration OK"]),
        (5, 1, 0, &["warning", "expires on 20", "Configuration OK"]),
        (100, -10, 2, &["cert.pem", "expired on 20", "renew"]),
    ] {
        authority.renew_with(lasts(from, to));
        let (found, told) = look(&authority);
        assert_eq!(found, Some(code), "{told}");
        for word in words {
            assert!(told.contains(word), "{word}: {told}");
        }
        assert_eq!(told.contains("warning"), words.contains(&"warning"), "{told}");
    }
    authority.renew_with(|params| {
        params.not_before = (SystemTime::now() + Duration::from_secs(2 * DAY)).into();
    });
    let (code, told) = look(&authority);
    assert!(
        code == Some(2) && told.contains("not good before 20") && told.contains("clock"),
        "{told}"
    );
    authority.renew_with(|params| params.subject_alt_names.clear());
    let (code, told) = look(&authority);
    assert!(code == Some(0) && told.contains("subjectAltName"), "{told}");
    authority.renew_with(|params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    let (code, told) = look(&authority);
    assert!(code == Some(0) && told.contains("CA:TRUE"), "{told}");
}

#[test]
fn the_server_s_own_certificate_comes_first_and_who_signed_it_follows() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let own = std::fs::read_to_string(authority.cert()).unwrap();
    let root = pem("CERTIFICATE", &authority.root);
    let other = pem(
        "CERTIFICATE",
        &stranger.renew_with(|params| {
            params.distinguished_name.push(rcgen::DnType::CommonName, "another");
        }),
    );
    for (chain, code, word) in [
        (format!("{own}{root}"), 0, "Configuration OK"),
        (format!("{own}{other}"), 0, "certificate 2 in"),
        (format!("{root}{own}"), 2, "certificate 2 in the file"),
        (other, 2, "do not belong together"),
    ] {
        std::fs::write(authority.cert(), chain).unwrap();
        let (found, told) = look(&authority);
        assert!(found == Some(code) && told.contains(word), "{word}: {told}");
        assert_eq!(
            told.contains("warning"),
            word.starts_with("certificate 2") && code == 0,
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_start_a_reload_and_a_metric_tell_of_the_last_day() {
    let authority = Authority::new();
    authority.renew_with(lasts(100, -10));
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--db", ":memory:"]);
    command.arg("--tls-cert").arg(authority.cert()).arg("--tls-key").arg(authority.key());
    let mut child =
        command.stderr(std::process::Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut says = async |words: &str| loop {
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
        if line.contains(words) {
            return line;
        }
    };
    let line = says("expired on").await;
    assert!(line.contains(" WARN ") && line.contains("cert.pem"), "{line}");
    authority.renew_with(lasts(80, 5));
    send_signal(&child, Signal::HUP);
    let line = says("expires on").await;
    assert!(line.contains(" WARN "), "{line}");

    authority.renew_with(lasts(1, 100));
    let server = TestServer::start_with(authority.config()).await;
    let left = server.metric("nebula_tls_not_after_seconds").await
        - SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    assert!((99.0..101.0).contains(&(left / DAY as f64)), "{left}");
    let server = TestServer::start_with(Config::for_tests()).await;
    assert_eq!(server.metric("nebula_tls_not_after_seconds").await, 0.0);
}

fn cut(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}

fn holed(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).replacen('M', "!", 3).into_bytes()
}

/// Something in PEM, as OpenSSL writes it.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
fn files_as_editors_and_templates_leave_them_are_read() {
    let authority = Authority::new();
    let cert = std::fs::read_to_string(authority.cert()).unwrap();
    let key = std::fs::read_to_string(authority.key()).unwrap();
    let both = format!("{cert}{key}");
    let indented =
        |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    for (cert, key) in [
        (format!("\u{feff}{cert}"), format!("\u{feff}{key}")),
        (cert.replace('\n', "\r\n"), key.replace('\n', "\r\n")),
        (cert.replace('\n', "\r"), key.replace('\n', "\r")),
        (indented(&cert), indented(&key)),
        (format!("subject=CN=x\n\n{cert}"), format!("{parameters}{key}")),
        (both.clone(), both),
        (format!("{key}\u{feff}{cert}"), format!("{cert}\u{feff}{key}")),
        (cert.trim_end().to_owned(), key.trim_end().to_owned()),
    ] {
        std::fs::write(authority.cert(), &cert).unwrap();
        std::fs::write(authority.key(), &key).unwrap();
        let (code, told) = look(&authority);
        assert_eq!(code, Some(0), "{cert}: {told}");
    }
}

#[test]
fn files_that_hold_something_else_are_told_with_what_it_is() {
    let authority = Authority::new();
    let (cert, key) = (authority.cert(), authority.key());
    let read = |path: &PathBuf| std::fs::read(path).unwrap();
    let (good_cert, good_key) = (read(&cert), read(&key));
    let public = KeyPair::generate().unwrap().public_key_pem();
    let der = |label| pem(label, &[0x30, 0x03, 0x02, 0x01, 0x00]).into_bytes();
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n\
               -----END RSA PRIVATE KEY-----\n";
    let utf16: Vec<u8> = "\u{feff}-----BEGIN".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (path, good, cases) in [
        (
            &cert,
            &good_cert,
            vec![
                (good_key.clone(), "private key and no certificate"),
                (Vec::new(), "is empty"),
                (b"\n \n".to_vec(), "is empty"),
                (b"a certificate".to_vec(), "nothing in PEM"),
                (authority.root.to_vec(), "openssl x509 -inform DER"),
                (vec![0x30, 0x82, 9, 9, 0x02, 0x01, 0x03, 0x30], "openssl pkcs12"),
                (utf16.clone(), "UTF-16"),
                (der("CERTIFICATE REQUEST"), "a request for a certificate"),
                (der("PKCS7"), "openssl pkcs7"),
                (der("TRUSTED CERTIFICATE"), "openssl x509"),
                (der("X509 CRL"), "it holds X509 CRL and no CERTIFICATE"),
                (public.clone().into_bytes(), "it holds PUBLIC KEY and no CERTIFICATE"),
                (cut(&good_cert), "cut off"),
                (holed(&good_cert), "damaged"),
                (der("CERTIFICATE"), "certificate 1 of it is damaged"),
            ],
        ),
        (
            &key,
            &good_key,
            vec![
                (good_cert.clone(), "certificate and no private key"),
                (Vec::new(), "is empty"),
                (b"a key".to_vec(), "nothing in PEM"),
                (vec![0x30, 0x03, 0x02, 0x01, 0x00], "openssl pkey -inform DER"),
                (utf16, "UTF-16"),
                (der("ENCRYPTED PRIVATE KEY"), "is encrypted"),
                (old.as_bytes().to_vec(), "is encrypted"),
                (der("OPENSSH PRIVATE KEY"), "ssh-keygen"),
                (public.into_bytes(), "a public key"),
                (der("DSA PRIVATE KEY"), "it holds DSA PRIVATE KEY and no PRIVATE KEY"),
                (cut(&good_key), "cut off"),
                (holed(&good_key), "damaged"),
                (der("PRIVATE KEY"), "ECDSA with P-256"),
                (
                    KeyPair::generate().unwrap().serialize_pem().into_bytes(),
                    "do not belong together",
                ),
            ],
        ),
    ] {
        for (contents, word) in cases {
            std::fs::write(path, &contents).unwrap();
            let (code, told) = look(&authority);
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(code == Some(2) && told.contains(word), "{word}: {told}");
            assert!(told.contains(name), "{told}");
            let secret = String::from_utf8_lossy(&good_key).lines().nth(1).unwrap().to_owned();
            assert!(!told.contains(&secret), "{told}");
        }
        std::fs::write(path, good).unwrap();
    }
    assert_eq!(look(&authority).0, Some(0));
}
