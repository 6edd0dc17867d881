//! Servers that not everybody can come into: inside TLS, and closed with a token.

use std::fs;
use std::path::Path;
use std::process::Command;

use rcgen::{CertificateParams, Issuer, KeyPair};

use crate::processes::{Home, ServerProcess};

/// A server inside TLS, and the file of the authority that vouches for it.
fn secure(home: &Home) -> (ServerProcess, String) {
    secure_with(home, |_| ())
}

/// The same, with another certificate.
pub(crate) fn secure_with(
    home: &Home,
    change: impl FnOnce(&mut CertificateParams),
) -> (ServerProcess, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let root = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let mut cert = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    change(&mut cert);
    let cert = cert.signed_by(&key, &issuer).unwrap();
    let file = |name: &str, text: String| {
        fs::write(home.path(name), text).unwrap();
        home.path(name).to_str().unwrap().to_owned()
    };
    let (cert, key) = (file("cert.pem", cert.pem()), file("key.pem", key.serialize_pem()));
    let arguments = ["--tls-cert", cert.as_str(), "--tls-key", &key];
    let server = ServerProcess::start_with(Path::new(":memory:"), &arguments);
    (server, file("ca.pem", root))
}

pub(crate) fn url(server: &ServerProcess) -> String {
    format!("https://localhost:{}", server.address.rsplit(':').next().unwrap())
}

/// Sends a word, with more in the environment: exit code and what was said.
fn send(home: &Home, environment: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let arguments = [&["send", "hello", "--wait", "20"], arguments].concat();
    let output = home.nebula(&arguments).envs(environment.iter().copied()).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(told).unwrap())
}

#[test]
fn a_server_inside_tls_is_trusted_by_ones_own_authority_or_the_platforms() {
    let home = Home::new();
    let (server, ca) = secure(&home);
    let url = url(&server);
    let (code, told) = send(&home, &[], &["--server", &url, "--ca", &ca]);
    assert_eq!((code, told.as_str()), (0, ""));
    let (code, told) = send(&home, &[("NEBULA_CA", &ca), ("NEBULA_SERVER", &url)], &[]);
    assert_eq!((code, told.as_str()), (0, ""));
    // What the platform trusts is said by this variable, where it is set.
    let (code, told) = send(&home, &[("SSL_CERT_FILE", &ca)], &["--server", &url]);
    assert_eq!((code, told.as_str()), (0, ""));
    let other = Home::new();
    let (_, stranger) = secure(&other);
    let arguments = ["send", "x", "--wait", "20", "--server", &url, "--ca", &stranger];
    let (code, _, told) = home.run(&arguments, "");
    assert!(code == 2 && told.contains("certificate"), "{told}");
    // A name that the certificate does not say.
    let (_, port) = server.address.split_once(':').unwrap();
    let named = format!("wss://127.0.0.1:{port}");
    let arguments = ["send", "x", "--wait", "20", "--server", &named, "--ca", &ca];
    let (code, _, told) = home.run(&arguments, "");
    assert!(code == 2 && told.contains("certificate"), "{told}");
}

#[test]
fn a_file_of_authorities_that_is_none_is_named() {
    let home = Home::new();
    for contents in [Some("nothing"), None] {
        let path = home.path("bad.pem");
        match contents {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let ca = path.to_str().unwrap();
        let (code, told) = send(&home, &[], &["--server", "wss://localhost:1", "--ca", ca]);
        assert!(code == 2 && told.contains("bad.pem"), "{told}");
    }
}

#[test]
fn a_closed_server_opens_to_a_token_from_flag_environment_or_file_and_it_is_not_shown() {
    let home = Home::new();
    let key = home.path("token.key");
    fs::write(&key, "a secret of more than thirty-two bytes").unwrap();
    let key = key.to_str().unwrap();
    let arguments = ["--token-key", key];
    let server = ServerProcess::start_with(Path::new(":memory:"), &arguments);
    let make = ["token", "--token-key", key, "--user", "Alice", "--rooms", "general"];
    let binary = Path::new(env!("CARGO_BIN_EXE_nebula")).with_file_name("nebula-server");
    let token = Command::new(binary).args(make).output().unwrap();
    let token = String::from_utf8(token.stdout).unwrap();
    let token = token.trim();
    let at = ["--server", server.address.as_str()];
    let (code, told) = send(&home, &[], &at);
    assert!(code == 1 && told.contains("token"), "{told}");
    assert_eq!(send(&home, &[], &[&at[..], &["--token", token]].concat()), (0, String::new()));
    assert_eq!(send(&home, &[("NEBULA_TOKEN", token)], &at), (0, String::new()));
    let (code, told) =
        send(&home, &[("NEBULA_TOKEN", token)], &[&at[..], &["--room", "ops"]].concat());
    assert!(code == 1 && told.contains("doesn't include this room"), "{told}");
    fs::create_dir_all(home.path("config/nebula")).unwrap();
    let file = format!("token = \"{token}\"\nca = \"some.pem\"\n");
    fs::write(home.path("config/nebula/config.toml"), file).unwrap();
    assert_eq!(send(&home, &[], &at), (0, String::new()));
    let (code, out, _) = home.run(&["--print-config"], "");
    assert!(code == 0 && out.contains("# token is set, and not shown  # file"), "{out}");
    assert!(out.contains("ca = \"some.pem\"  # file") && !out.contains(token), "{out}");
    let (code, told) = send(&home, &[("NEBULA_TOKEN", "very.secret")], &at);
    assert!(code == 2 && told.contains("NEBULA_TOKEN") && !told.contains("very.secret"), "{told}");
    let far = ["send", "x", "--wait", "0", "--server", "ws://chat.invalid"];
    let (_, _, told) = home.run(&far, "");
    assert!(told.contains("Without wss"), "{told}");
}

#[test]
fn scripts_send_and_read_as_a_bot() {
    let home = Home::new();
    let db = home.path("nebula.db");
    let server = ServerProcess::start(&db);
    let at = ["--server", server.address.as_str()];
    // It has opened its database when somebody was in.
    assert_eq!(send(&home, &[], &[&at[..], &["--user", "Alice"]].concat()), (0, String::new()));
    let make = ["bot", "builds", "--rooms", "general", "--db", db.to_str().unwrap()];
    let binary = Path::new(env!("CARGO_BIN_EXE_nebula")).with_file_name("nebula-server");
    let token = Command::new(binary).args(make).output().unwrap();
    let token = String::from_utf8(token.stdout).unwrap();
    let token = ["--token", token.trim()];
    assert_eq!(send(&home, &[], &[&at[..], &token].concat()), (0, String::new()));
    let tail = home.start(&[&["tail", "-n", "5"], &at[..], &token].concat());
    tail.expect("Alice: hello");
    tail.expect("builds (bot): hello");
    let (code, told) = send(&home, &[], &[&at[..], &token, &["--room", "ops"]].concat());
    assert!(code == 1 && told.contains("no such room"), "{told}");
}
