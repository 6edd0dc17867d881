//! Several servers, through pipes alone: one goes away, another takes over.

use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use protocol::ToClient;
use tokio_tungstenite::tungstenite::{Message, accept_hdr};

use crate::net::faults::answering;
use crate::net::gate::{secure_with, url};
use crate::processes::{CutLine, Home, PATIENCE, Running, ServerProcess};
use crate::terminal::hostile::speak;

/// One that says what it is given to whoever comes first, and lets nobody else in. It closes when there is
/// no more.
fn saying(envelopes: Receiver<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut socket = accept_hdr(listener.accept().unwrap().0, speak).unwrap();
        for envelope in envelopes {
            socket.send(Message::text(envelope)).unwrap();
        }
    });
    address
}

/// Waits for what the client says of itself.
fn tells(client: &Running, words: &str) -> String {
    loop {
        let told = client.err.recv_timeout(PATIENCE).unwrap();
        if told.contains(words) {
            return told;
        }
    }
}

#[test]
fn one_server_goes_away_and_the_other_takes_over_and_nothing_is_lost_or_doubled() {
    let server = ServerProcess::fresh();
    let (one, other) = (CutLine::to(&server.address), CutLine::to(&server.address));
    let home = Home::new();
    let both = format!("{},{}", one.address, other.address);
    let mut plain = home.start(&["--plain", "--user", "Alice", "--room", "dev", "--server", &both]);
    let mut input = plain.stdin.take().unwrap();
    thread::spawn(move || {
        use std::io::Write as _;
        for n in 1..=300 {
            writeln!(input, "line {n}").unwrap();
        }
    });
    for n in 1..=300 {
        plain.expect(&format!("Alice: line {n}"));
        match n {
            100 => one.goes_away(),
            200 => {
                one.leads_to(&server);
                other.goes_away();
            }
            _ => {}
        }
    }
    let (code, rest, told) = plain.finish();
    assert!(code == 0 && !rest.contains("Alice: "), "told twice: {rest}");
    let (one, other) = (format!("ws://{}/", one.address), format!("ws://{}/", other.address));
    for words in [
        format!("not connected to {one}: "),
        format!("; trying {other}"),
        format!("back in #dev at {other}"),
        format!("not connected to {other}: "),
        format!("back in #dev at {one}"),
    ] {
        assert!(told.contains(&words), "no {words:?} in {told}");
    }
    let at = ["--user", "Bob", "--room", "dev", "--server", &server.address];
    let tail = home.start(&[&["tail", "--json", "--since", "0"], &at[..]].concat());
    for n in 1..=300 {
        let line = tail.line();
        let Ok(ToClient::Message(message)) = ToClient::parse(&line) else { panic!("{line}") };
        assert_eq!(message.content.as_str(), format!("line {n}"));
    }
}

#[test]
fn a_server_that_is_full_or_not_there_leaves_it_to_the_next() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let full = answering("503 Service Unavailable\r\nRetry-After: 300");
    let sends = |servers: &str, wait: &str| {
        home.run(&["send", "x", "--wait", wait, "--server", servers], "")
    };
    let (code, _, told) = sends(&format!("{full},127.0.0.1:1,{}", server.address), "60");
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("503") && told.contains("No server at 127.0.0.1:1"), "{told}");
    // All are away: it is tried as long as it may be, and each is told once, with its reason.
    let nobody = answering("502 Bad Gateway");
    let (code, _, told) = sends(&format!("127.0.0.1:1,{nobody}"), "2");
    assert_eq!(code, 2, "{told}");
    let last = told.lines().last().unwrap();
    assert!(
        last.contains("No server at 127.0.0.1:1; ws://")
            || last.contains("(502 Bad Gateway); ws://"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 3, "{told}");
    // Who is not let in is not let in elsewhere.
    let shut = answering("403 Forbidden");
    let (code, _, told) = sends(&format!("{shut},{}", server.address), "1");
    assert!(code == 2 && told.contains("403") && !told.contains(&server.address), "{told}");
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_long_while_there_is_another() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().map(|address| (silent, address.to_string())).unwrap();
    let server = ServerProcess::fresh();
    let servers = format!("{},{}", silent.1, server.address);
    let home = Home::new();
    let (code, _, told) = home.run(&["send", "x", "--wait", "9", "--server", &servers], "");
    assert_eq!(code, 0, "{told}");
    assert!(told.contains(&format!("{} does not answer", silent.1)), "{told}");
}

#[test]
fn what_a_server_tells_of_the_others_is_told_and_they_are_gone_to() {
    let server = ServerProcess::fresh();
    let (tell, envelopes) = channel();
    let says = |envelope: &str| tell.send(envelope.to_owned()).unwrap();
    let address = saying(envelopes);
    let home = Home::new();
    let client = home.start(&["--plain", "--user", "Alice", "--room", "dev", "--server", &address]);
    says(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":0}"#);
    says(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    says(r#"{"type":"presence","room":"dev","users":["Alice"]}"#);
    let cluster = |standing: &str| {
        let others = format!(r#"["http://{}/"]"#, server.address);
        says(&format!(r#"{{"type":"cluster","standing":"{standing}","servers":{others}}}"#));
    };
    cluster("current");
    cluster("waiting");
    cluster("waiting");
    let first = client.err.recv_timeout(PATIENCE).unwrap();
    assert!(
        first.ends_with("waiting for the other servers: messages are sent when they answer"),
        "{first}"
    );
    cluster("cut");
    let next = client.err.recv_timeout(PATIENCE).unwrap();
    assert!(next.ends_with("new messages are refused, reading works"), "{next}");
    cluster("current");
    let next = client.err.recv_timeout(PATIENCE).unwrap();
    assert!(next.ends_with("connected to the other servers again"), "{next}");
    drop(tell);
    tells(&client, &format!("; trying ws://{}/", server.address));
    tells(&client, &format!("back in #dev at ws://{}/", server.address));
}

#[test]
fn a_server_inside_tls_that_was_told_of_is_trusted_by_the_authority_that_was_asked_for() {
    let (home, (tell, envelopes)) = (Home::new(), channel());
    let (server, ca) = secure_with(&home, |_| ());
    let address = saying(envelopes);
    let at = ["--room", "dev", "--server", &address, "--ca", &ca];
    let client = home.start(&[&["--plain", "--user", "Alice"], &at[..]].concat());
    let servers = format!(r#"["{}"]"#, url(&server));
    for envelope in [
        r#"{"type":"join","room":"dev","sender":"Alice"}"#.to_owned(),
        format!(r#"{{"type":"cluster","standing":"current","servers":{servers}}}"#),
    ] {
        tell.send(envelope).unwrap();
    }
    drop(tell);
    tells(&client, &format!("back in #dev at {}/", url(&server).replace("https", "wss")));
}
