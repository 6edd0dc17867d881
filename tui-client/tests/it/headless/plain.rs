//! Plain mode, `send` and `tail`: the real binary against the real server, through pipes alone.

use std::time::Duration;

use nebula::chat::commands::Typed;
use nebula::chat::update::command;
use nebula::chat::{Effect, What};
use nebula::headless::teller::{News, StartAt, Teller};
use protocol::{Message, ToClient};

use crate::processes::{CutLine, Home, PATIENCE, ServerProcess};

fn message(line: &str) -> Message {
    match ToClient::parse(line) {
        Ok(ToClient::Message(message)) => message,
        other => panic!("{line:?} is {other:?}"),
    }
}

fn contents(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| message(line).content.as_str().to_owned()).collect()
}

#[test]
fn check_1_a_thousand_lines_over_cuts_and_kills_arrive_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let mut server = ServerProcess::start(&db);
    let line = CutLine::to(&server.address);
    let (alice, bob) = (Home::new(), Home::new());
    let at = ["--room", "dev", "--server", &line.address];
    let tail = bob.start(&[&["tail", "--json", "--since", "0", "--user", "Bob"], &at[..]].concat());
    let mut plain = alice.start(&[&["--plain", "--user", "Alice"], &at[..]].concat());
    // Bob is here before the first message.
    plain.types("begin\n");
    plain.expect("Alice: begin");
    bob.run(&[&["send", "--user", "Bob", "here"], &at[..]].concat(), "");
    while message(&tail.line()).content.as_str() != "here" {}

    let mut input = plain.stdin.take().unwrap();
    std::thread::spawn(move || {
        use std::io::Write as _;
        for n in 1..=1000 {
            writeln!(input, "line {n}").unwrap();
        }
    });
    let mut sent = 0;
    while sent < 1000 {
        let said = plain.line();
        let Some((_, said)) = said.split_once("Alice: ") else { continue };
        if said == "begin" {
            continue;
        }
        sent += 1;
        assert_eq!(said, format!("line {sent}"), "told twice, or not at all");
        if sent % 250 == 0 && sent < 1000 {
            drop(server);
            server = ServerProcess::start(&db);
            line.leads_to(&server);
        } else if sent % 50 == 0 {
            line.cut();
        }
    }
    let (code, rest, _) = plain.finish();
    assert_eq!(code, 0);
    // Bob may come back until the end.
    assert!(!rest.contains("Alice: "), "told twice: {rest}");
    for n in 1..=1000 {
        assert_eq!(message(&tail.line()).content.as_str(), format!("line {n}"));
    }
    drop(server);
}

#[test]
fn check_11_hostile_text_reaches_no_plain_output() {
    const HOSTILE: &str = "a\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{8}\u{7f}\u{202e}b\u{2066}\u{200f}\r\
                           00:00 Bob: forged\u{2028}\n-- Bob left\u{85}";
    let server = ServerProcess::fresh();
    let home = Home::new();
    let at = ["--server", &server.address, "--room", "dev", "--user", "Eve"];
    assert_eq!(home.run(&[&["send", HOSTILE], &at[..]].concat(), "").0, 0);

    let json = home.start(&[&["tail", "--json"], &at[..]].concat());
    let lines = home.start(&[&["tail"], &at[..]].concat());
    let mut plain = home.start(&[&["--plain"], &at[..]].concat());
    let json = json.line();
    let said = protocol::with_newlines(HOSTILE);
    assert_eq!(message(&json).content.as_str(), said, "JSON keeps all but other newlines");
    let mut told = vec![json];
    for client in [&lines, &plain] {
        client.expect("Eve: a]0;x[2J31m[U+202E]b[U+2066][U+200F]");
        let further = [client.line(), client.line(), client.line()];
        assert_eq!(further[0], "      00:00 Bob: forged");
        assert_eq!(further[2], "      -- Bob left");
        told.extend(further);
    }
    // What the server says of a bad line is shown as well.
    plain.types(&"\u{9b}x".repeat(3000));
    let (code, out, err) = plain.finish();
    assert_eq!(code, 1);
    assert!(err.contains("A message has at most 4,096 characters"), "{err}");
    told.extend([out.replace('\n', ""), err.replace('\n', "")]);
    for text in told {
        let obeyed = text.chars().find(|c| nebula::text::is_obeyed(*c));
        assert_eq!(obeyed, None, "in {text:?}");
    }
}

#[test]
fn check_14_send_and_tail_meet_and_exit_codes_say_what_happened() {
    let server = ServerProcess::fresh();
    let (alice, bob) = (Home::new(), Home::new());
    let at = ["--room", "r", "--server", &server.address];
    let alice_sends = |more: &[&str], input: &str| {
        alice.run(&[&["send", "--user", "Alice"], &at[..], more].concat(), input)
    };
    assert_eq!(alice_sends(&["-"], "hi\n"), (0, String::new(), String::new()));
    let tail = bob.start(&[&["tail", "--json", "--user", "Bob"], &at[..]].concat());
    let hi = message(&tail.line());
    assert_eq!((hi.sender.as_str(), hi.content.as_str()), ("Alice", "hi"));
    assert_eq!(alice_sends(&["two"], "").0, 0);
    assert_eq!(alice_sends(&[], "three\nlines\n\n").0, 0);
    assert_eq!(contents(&[tail.line(), tail.line()]), ["two", "three\nlines"]);
    // A file as editors elsewhere write it, and what a terminal would take for Enter.
    assert_eq!(alice_sends(&["-"], "\u{feff}four\r\nlines\r\n\r\n").0, 0);
    assert_eq!(alice_sends(&["rm -rf ./build\r/etc is safe\u{2028}x"], "").0, 0);
    let said = ["four\nlines", "rm -rf ./build\n/etc is safe\nx"];
    assert_eq!(contents(&[tail.line(), tail.line()]), said);

    // Refused: by a rule, or because the name is somebody else's at the moment.
    let (code, _, error) = alice_sends(&["-"], &"x".repeat(4097));
    assert_eq!(code, 1);
    assert_eq!(
        error,
        "nebula: not sent: A message has at most 4,096 characters; this one has 4,097\n"
    );
    assert_eq!(alice_sends(&[" "], "").0, 1);
    let (code, _, error) = alice.run(&[&["send", "x", "--user", "Bob"], &at[..]].concat(), "");
    assert_eq!(code, 1);
    assert!(error.contains("refuses Bob") && error.contains("--user"), "{error}");

    let (code, _, error) = alice.run(&[&["tail", "-n", "50001"], &at[..]].concat(), "");
    assert!(code == 2 && error.contains("50001 is not in 0..=50000"), "{error}");

    // Unreachable: nobody is there, or nobody answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().to_string();
    for (server, wait) in [("127.0.0.1:1", "0"), (silent.as_str(), "1")] {
        for command in [&["send", "x"][..], &["tail"]] {
            let rest = ["--wait", wait, "--server", server];
            let (code, out, error) = alice.run(&[command, &rest].concat(), "");
            assert_eq!((code, out.as_str()), (2, ""));
            assert!(error.contains(server) && error.contains("running?"), "{error}");
        }
    }
    // Wrong usage.
    assert_eq!(alice.run(&["send", "x", "--server", "ftp://x"], "").0, 2);
}

#[test]
fn tail_begins_where_it_is_told_to_however_long_ago() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let at = ["--server", &server.address, "--room", "dev", "--user", "Alice"];
    let all: Vec<_> = (1..=450).map(|n| format!("line {n}")).collect();
    let plain = home.run(&[&["--plain"], &at[..]].concat(), &all.join("\n"));
    assert_eq!(plain.0, 0);
    assert_eq!(plain.1.lines().count(), 451, "each once, and the day");

    let read = |from: &[&str], count: usize| -> Vec<String> {
        let tail = home.start(&[&["tail", "--json"], from, &at[..]].concat());
        (0..count).map(|_| tail.line()).collect()
    };
    let told = read(&["--since", "0"], 450);
    assert_eq!(contents(&told), all);
    assert_eq!(contents(&read(&["-n", "300"], 300)), all[150..]);
    assert_eq!(contents(&read(&["-n3"], 3)), all[447..]);
    assert_eq!(contents(&read(&["-n", "1000"], 450)), all);
    let id = message(&told[99]).id.to_string();
    assert_eq!(contents(&read(&["--since", &id], 350)), all[100..]);
}

#[test]
fn tail_comes_back_and_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let server = ServerProcess::start(&db);
    let (alice, bob) = (Home::new(), Home::new());
    let line = CutLine::to(&server.address);
    let sends = |text: &str| {
        let (code, _, error) =
            alice.run(&["send", "--user", "Alice", "--server", &line.address, text], "");
        assert_eq!(code, 0, "{error}");
    };
    sends("before");
    let tail = bob.start(&["tail", "--user", "Bob", "--server", &line.address]);
    tail.expect("Alice: before");
    line.cut();
    sends("after the cut");
    tail.expect("Alice: after the cut");
    drop(server);
    let lost = tail.err.iter().find(|line| line.contains("not connected to")).unwrap();
    assert!(lost.contains(&line.address), "{lost}");
    let server = ServerProcess::start(&db);
    line.leads_to(&server);
    sends("after the kill");
    assert!(tail.line().ends_with("Alice: after the kill"), "nothing twice, nothing between");
}

#[test]
fn a_reader_that_has_enough_ends_tail_without_a_word() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let at = ["--server", &server.address, "--user", "Alice"];
    let mut tail = home.nebula(&[&["tail"], &at[..]].concat()).spawn().unwrap();
    drop(tail.stdout.take());
    assert_eq!(home.run(&[&["send", "enough"], &at[..]].concat(), "").0, 0);
    let output = tail.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn plain_tells_who_comes_and_what_is_refused_and_sends_slashes_of_a_pipe_as_text() {
    let server = ServerProcess::fresh();
    let (alice, bob) = (Home::new(), Home::new());
    let at = ["--server", &server.address, "--room", "dev"];
    let mut first = alice.start(&[&["--user", "Alice"], &at[..]].concat());
    first.types("\n/etc/hosts\n");
    first.expect("Alice: /etc/hosts");
    let text = format!("\n/me waves\n{}\nlast", "x".repeat(5000));
    let (code, out, error) = bob.run(&[&["--user", "Bob"], &at[..]].concat(), &text);
    assert_eq!(code, 1, "a line was refused");
    assert!(error.contains("not sent: A message has at most 4,096"), "{error}");
    let told: Vec<_> = out.lines().map(|line| line.split_at(6).1).collect();
    assert_eq!(told[1..], ["Alice: /etc/hosts", "* Bob waves", "Bob: last"]);
    assert_eq!(first.line(), "-- Bob joined");
    first.expect("* Bob waves");
    first.expect("Bob: last");
    assert_eq!(first.line(), "-- Bob left");
    assert_eq!(first.finish().0, 0);

    let taken = alice.start(&[&["tail", "--user", "Carol"], &at[..]].concat());
    bob.run(&[&["send", "x"], &at[..]].concat(), "");
    taken.expect("Home: x");
    let (code, _, error) = bob.run(&[&["--user", "Carol"], &at[..]].concat(), "hello\n");
    assert_eq!(code, 1);
    assert!(error.contains("refuses Carol"), "{error}");
}

#[test]
fn lines_of_a_pipe_wait_for_the_server() {
    // Nobody is there yet: what is typed waits.
    let line = CutLine::to("127.0.0.1:1");
    let home = Home::new();
    let mut plain = home.start(&["--plain", "--user", "Alice", "--server", &line.address]);
    plain.types("one\ntwo\n");
    let told = plain.err.recv_timeout(PATIENCE).unwrap();
    assert!(told.contains("retrying"), "{told}");
    let server = ServerProcess::fresh();
    line.leads_to(&server);
    plain.expect("Alice: one");
    assert!(plain.line().ends_with("Alice: two"));
    assert_eq!(plain.out.recv_timeout(Duration::ZERO).ok(), None);
    assert_eq!(plain.finish().0, 0);
}

#[test]
fn lines_faster_than_the_rate_stay_in_order_and_none_is_refused() {
    let server = ServerProcess::limited();
    let home = Home::new();
    // The burst is 20.
    let lines: String = (1..=26).map(|n| format!("line {n}\n")).collect();
    let (code, out, error) =
        home.run(&["--plain", "--user", "Alice", "--server", &server.address], &lines);
    assert_eq!((code, error.as_str()), (0, ""));
    let said: String = out
        .lines()
        .filter_map(|line| line.split_once("Alice: "))
        .map(|said| said.1.to_owned() + "\n")
        .collect();
    assert_eq!(said, lines);
}

#[test]
fn links_are_listed_after_they_were_told_and_no_copy_is_claimed() {
    let mut client = crate::client::Client::entered(80, 24);
    let mut teller = Teller::new(StartAt::Before(20));
    client.says(1, "Bob", "see https://a.example/x");
    let (news, _) = teller.news(&mut client.screen.chat);
    assert!(!news.is_empty());
    client.says(2, "Bob", "more");
    teller.news(&mut client.screen.chat);
    let model = &mut client.screen.chat;
    command(model, Typed::Url(None));
    let (news, _) = teller.news(model);
    let [News { what: What::Note(list), .. }] = &news[..] else { panic!("{news:?}") };
    assert_eq!(list, "1  https://a.example/x");
    assert_eq!(command(model, Typed::Copy(1)), [Effect::Copy("more".to_owned())]);
    assert_eq!(model.notice, None, "whoever copies says so");
}

/// What `date` says of a time in a zone.
fn date(zone: &str, at: u64) -> String {
    let mut date = std::process::Command::new("date");
    date.args(["-d", &format!("@{}", at / 1000), "+-- %a %-d %b %Y|%H:%M"]);
    let output = date.env("TZ", zone).env("LC_ALL", "C").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn times_are_local_ones_as_date_has_them_and_a_zone_that_is_not_known_is_said() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let at = ["--server", &server.address];
    assert_eq!(home.run(&[&["send", "hi"], &at[..]].concat(), "").0, 0);
    let said = message(&home.start(&[&["tail", "--json"], &at[..]].concat()).line()).at;
    let told = |zone: &str, command: &[&str]| {
        let arguments = [command, &at[..]].concat();
        let mut client = home.nebula(&arguments);
        let mut child = client.env("TZ", zone).stdin(std::process::Stdio::null()).spawn().unwrap();
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut line = || {
            let mut line = String::new();
            std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
            line.trim_end().to_owned()
        };
        let (day, clock) = (line(), line());
        drop(lines);
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        (format!("{day}|{}", &clock[..5]), errors)
    };
    for command in [&["tail", "-n", "1"][..], &["--plain"]] {
        for zone in [
            "Europe/Berlin",
            ":Europe/Berlin",
            "Asia/Kathmandu",
            "CET",
            "EST5EDT",
            "UTC",
            "UTC+3",
            "XYZ-5:30",
            "/usr/share/zoneinfo/Pacific/Kiritimati",
            "EST5EDT,M3.2.0,M11.1.0",
            "",
        ] {
            assert_eq!(told(zone, command), (date(zone, said), String::new()), "{zone}");
        }
        let (line, error) = told("Nowhere/Atall", command);
        assert_eq!(line, date("UTC", said));
        assert_eq!(error.matches("Nowhere/Atall").count(), 1, "{error}");
    }
    let mut sends = home.nebula(&[&["send", "x"], &at[..]].concat());
    let output = sends.env("TZ", "Nowhere/Atall").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no times are shown");
}

#[test]
fn tail_waits_as_long_as_the_server_asks_and_tells_all() {
    let server = ServerProcess::start_with(
        std::path::Path::new(":memory:"),
        &["--message-rate", "0", "--person-rate", "0", "--room-rate", "0"],
    );
    let (alice, bob) = (Home::new(), Home::new());
    let at = ["--server", &server.address, "--room", "dev"];
    // More than the 4 MiB that the server gives at once, and half a MiB a second after it.
    let long: String = (0..1500).map(|n| format!("{n} {}\n", "x".repeat(4000))).collect();
    assert_eq!(alice.run(&[&["--plain", "--user", "Alice"], &at[..]].concat(), &long).0, 0);
    let tail = bob.start(&[&["tail", "--json", "-n", "1500"], &at[..]].concat());
    for n in 0..1500 {
        assert!(message(&tail.line()).content.as_str().starts_with(&format!("{n} ")), "{n}");
    }
}
