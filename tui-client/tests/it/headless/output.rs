//! Standard output that nobody reads, or that takes nothing any more: a quiet end, or an error.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::processes::{Home, PATIENCE, ServerProcess};

const PRINTS: [&[&str]; 7] = [
    &["--help"],
    &["help", "tail"],
    &["--version"],
    &["completions", "bash"],
    &["man"],
    &["--print-config"],
    &["send", "--help"],
];

#[test]
fn what_cannot_be_printed_is_an_error() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let at = ["--server", &server.address];
    assert_eq!(home.run(&[&["send", "hi"], &at[..]].concat(), "").0, 0);
    for arguments in
        PRINTS.into_iter().chain([&["tail", at[0], at[1]][..], &["--plain", at[0], at[1]]])
    {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut client = home.nebula(arguments);
        let output = client.stdin(Stdio::piped()).stdout(full).spawn().unwrap();
        let output = output.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains("cannot write to standard output"), "{arguments:?}: {told}");
        // Where nobody can be told either, the exit code says it.
        let full = || File::options().write(true).open("/dev/full").unwrap();
        let status = home.nebula(arguments).stdout(full()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn every_command_says_with_its_exit_code_how_it_ended() {
    let (server, home) = (ServerProcess::fresh(), Home::new());
    let at = ["--server", &server.address];
    let taken = home.start(&["tail", "--user", "Eve", "--room", "r", "--server", &server.address]);
    assert_eq!(home.run(&[&["send", "--room", "r", "hi"], &at[..]].concat(), "").0, 0);
    taken.expect("Home: hi");
    let other = Home::new();
    for (code, arguments, input) in [
        (0, &["--plain"][..], "one\n"),
        (0, &["--plain"], ""),
        (0, &["send", "one"], ""),
        (0, &["send", "-"], "\u{feff}one\r\ntwo\r\n"),
        // Refused: the name is somebody else's, or the text is none.
        (1, &["--plain", "--user", "Eve"], "one\n"),
        (1, &["send", "one", "--user", "Eve"], ""),
        (1, &["tail", "--user", "Eve"], ""),
        (1, &["send", " "], ""),
        (1, &["send", "-"], "\u{feff}\r\n"),
        (1, &["--plain"], " \u{ad}\n"),
        // Used wrongly, or nobody is there.
        (2, &["--plain", "--server", "ftp://x"], ""),
        (1, &["send"], " "),
        (2, &["send", "one", "--wait", "0", "--server", "127.0.0.1:1"], ""),
        (2, &["tail", "--wait", "0", "--server", "127.0.0.1:1"], ""),
        (2, &["send", "one", "two"], ""),
        (2, &["tail", "-n", "x"], ""),
        (2, &["--print-config", "--theme", "pink"], ""),
        (2, &["completions", "dos"], ""),
        (2, &["man", "nothing"], ""),
        (2, &["nothing"], ""),
    ] {
        let has_server = arguments.contains(&"--server");
        let is_of_server = !matches!(arguments[0], "completions" | "man" | "nothing");
        let at = if has_server || !is_of_server { &[][..] } else { &at[..] };
        let has_user = arguments.contains(&"--user") || !is_of_server;
        let user = if has_user { &[][..] } else { &["--user", "Ann"] };
        let (found, _, told) = other.run(&[arguments, user, at].concat(), input);
        assert_eq!(found, code, "{arguments:?}: {told}");
        assert!((found == 0) == told.is_empty(), "{arguments:?}: {told}");
    }
    for arguments in PRINTS {
        assert_eq!(other.run(arguments, "").0, 0, "{arguments:?}");
    }
}

#[test]
fn a_reader_that_is_gone_or_was_never_there_is_no_error() {
    let home = Home::new();
    for arguments in PRINTS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = home.nebula(arguments).stdout(writer).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), told.as_str()), (Some(0), ""), "{arguments:?}");
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" >&- 2>&- <&-", env!("CARGO_BIN_EXE_nebula")]);
        let status = shell.args(arguments).env("HOME", home.path("")).status().unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
}

/// Ends by itself; a client that does not is killed, and the test fails.
fn ends(mut child: Child) -> (Option<i32>, String) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    let (tell, told) = channel();
    let mut errors = child.stderr.take().unwrap();
    let waits = thread::spawn(move || {
        let status = child.wait().unwrap();
        tell.send(()).unwrap();
        let mut text = String::new();
        errors.read_to_string(&mut text).unwrap();
        (status.code(), text)
    });
    if told.recv_timeout(PATIENCE).is_err() {
        kill_process(pid, Signal::KILL).unwrap();
    }
    waits.join().unwrap()
}

#[test]
fn tail_and_plain_mode_end_with_their_reader_though_nothing_more_is_said() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let at = ["--server", &server.address];
    assert_eq!(home.run(&[&["send", "one"], &at[..]].concat(), "").0, 0);
    for command in [&["tail", "-n", "1"][..], &["--plain"]] {
        let mut client = home.nebula(&[command, &at[..]].concat());
        let mut child = client.stdin(Stdio::piped()).spawn().unwrap();
        // As `grep -m1 one` does: it takes what it wants and goes.
        let mut read = String::new();
        let mut out = child.stdout.take().unwrap();
        while !read.contains("one") {
            let mut some = [0; 100];
            let count = out.read(&mut some).unwrap();
            read.push_str(&String::from_utf8_lossy(&some[..count]));
        }
        drop(out);
        let typed = child.stdin.take();
        assert_eq!(ends(child), (Some(0), String::new()), "{command:?}");
        drop(typed);
    }
}

#[test]
fn without_a_server_a_reader_that_goes_ends_it_too() {
    let home = Home::new();
    for command in [&["tail", "--wait", "600"][..], &["--plain"]] {
        let at = ["--server", "127.0.0.1:1"];
        let mut client = home.nebula(&[command, &at[..]].concat());
        let mut child = client.stdin(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let typed = child.stdin.take();
        let (code, told) = ends(child);
        assert_eq!(code, Some(0), "{told}");
        drop(typed);
    }
    // What was typed and is not stored is not passed over in silence.
    let at = ["--plain", "--server", "127.0.0.1:1"];
    let mut child = home.nebula(&at).stdin(Stdio::piped()).spawn().unwrap();
    let mut typed = child.stdin.take().unwrap();
    typed.write_all(b"waits\n").unwrap();
    let mut told = child.stderr.take().unwrap();
    let mut first = [0; 1];
    told.read_exact(&mut first).unwrap();
    child.stderr = Some(told);
    drop(child.stdout.take());
    let (code, told) = ends(child);
    // It may have gone before the line was taken.
    let is_told = code == Some(1) && told.contains("not known to be stored: waits");
    assert!(is_told || code == Some(0), "{code:?}: {told}");
}
