//! Why there is no connection: what is told, and what can be done about it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::net::gate::{secure_with, url};
use crate::processes::{Home, PATIENCE, ServerProcess};

/// What is told of the first attempt.
fn told(home: &Home, arguments: &[&str]) -> String {
    let plain = home.start(&[&["--plain"], arguments].concat());
    let told = plain.err.recv_timeout(PATIENCE).unwrap();
    for raw in ["os error", "rustls", "InvalidCertificate", "HTTP error", "httparse"] {
        assert!(!told.contains(raw), "{told}");
    }
    told
}

fn check(home: &Home, arguments: &[&str], expected: &[&str]) {
    let told = told(home, arguments);
    for expected in expected {
        assert!(told.contains(expected), "no {expected:?} in {told}");
    }
}

/// Answers each request with this, whatever it is.
pub(crate) fn answering(answer: &str) -> String {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
    std::thread::spawn(move || {
        for mut client in server.incoming().map_while(Result::ok) {
            let (mut head, mut some) = (Vec::new(), [0; 1000]);
            while !head.ends_with(b"\r\n\r\n") {
                match client.read(&mut some) {
                    Ok(count @ 1..) => head.extend(&some[..count]),
                    _ => break,
                }
            }
            drop(client.write_all(answer.as_bytes()));
        }
    });
    address
}

#[test]
fn who_is_not_there_is_named() {
    let home = Home::new();
    check(&home, &["--server", "127.0.0.1:1"], &["No server at 127.0.0.1:1"]);
    check(
        &home,
        &["--server", "ws://nebula.invalid:8080"],
        &["Cannot find the address of nebula.invalid"],
    );
}

#[test]
fn an_answer_of_another_server_says_what_to_change() {
    let home = Home::new();
    for (answer, expected) in [
        ("200 OK", &["does not answer as a Nebula server", "wss://", "200"][..]),
        ("400 Bad Request", &["does not answer as a Nebula server", "wss://"]),
        ("401 Unauthorized", &["--server https://NAME:PASSWORD@127.0.0.1"]),
        ("403 Forbidden", &["refused the connection", "403"]),
        ("404 Not Found", &["No Nebula server at ws://127.0.0.1", "404"]),
        ("429 Too Many Requests", &["too many connections", "429"]),
        ("502 Bad Gateway", &["behind it", "502"]),
        ("503 Service Unavailable", &["full, starting or stopping", "503"]),
        ("500 Internal Server Error", &["reported an error", "500"]),
        (
            "301 Moved\r\nLocation: https://chat.example/x?room=a",
            &["--server https://chat.example/x"],
        ),
        ("308 Moved\r\nLocation: /chat/", &["--server ws://127.0.0.1", "/chat/"]),
        ("302 Found", &["did not say where"]),
    ] {
        let address = answering(answer);
        check(&home, &["--server", &address], expected);
        if answer.starts_with("401") {
            let with = format!("ws://u:p@{address}");
            check(&home, &["--server", &with], &["does not accept the name and password"]);
        }
    }
    // No HTTP at all.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut client in silent.incoming().map_while(Result::ok) {
            drop(client.write_all(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"));
        }
    });
    check(&home, &["--server", &address], &["does not answer as a Nebula server"]);
}

#[test]
fn with_tls_or_without_is_found_out() {
    let home = Home::new();
    let plain = ServerProcess::fresh();
    let (secure, ca) = secure_with(&home, |_| ());
    let with = format!("wss://{}", plain.address);
    check(&home, &["--server", &with, "--ca", &ca], &["ws:// for wss://"]);
    let without = url(&secure).replace("https", "ws");
    check(&home, &["--server", &without], &["wss://"]);
}

#[test]
fn what_is_wrong_with_a_certificate_is_said_with_its_value() {
    let home = Home::new();
    let (server, ca) = secure_with(&home, |_| ());
    let named = url(&server).replace("localhost", "127.0.0.1");
    check(
        &home,
        &["--server", &named, "--ca", &ca],
        &["The certificate is for localhost, not for 127.0.0.1"],
    );
    let (other, _) = secure_with(&Home::new(), |_| ());
    check(&home, &["--server", &url(&other), "--ca", &ca], &["--ca FILE", "localhost"]);
    let (old, ca) = secure_with(&home, |cert| {
        cert.not_before = rcgen::date_time_ymd(2019, 1, 1);
        cert.not_after = rcgen::date_time_ymd(2020, 2, 3);
    });
    check(&home, &["--server", &url(&old), "--ca", &ca], &["expired on 2020-02-03"]);
    let (new, ca) = secure_with(&home, |cert| {
        cert.not_before = rcgen::date_time_ymd(2090, 1, 2);
        cert.not_after = rcgen::date_time_ymd(2091, 1, 1);
    });
    check(&home, &["--server", &url(&new), "--ca", &ca], &["not valid before 2090-01-02"]);
}
