//! What people do, in a real terminal against a real server.

use std::fs;

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::processes::{CutLine, Home, ServerProcess};
use crate::terminal::{Client, Terminal};

#[test]
fn two_people_chat_and_leave() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    let mut bob = Client::of(&other, &server.address, "Bob").start();
    bob.expect("2 online");
    alice.expect("→ Bob joined");
    bob.types("hello from a terminal\r");
    alice.expect("Bob         hello from a terminal");
    alice.types("/me answers\r");
    bob.expect("Alice       * answers");
    bob.types("\u{3}");
    bob.expect("Press Ctrl-C again");
    bob.types("\u{3}");
    bob.ends(0);
    alice.expect("← Bob left");
    alice.types("/quit\r");
    alice.ends(0);
}

#[test]
fn more_keys_than_are_read_at_once_are_all_heard() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    // Nothing comes after the last one, which would tell of what is left.
    alice.types(&format!("{}the end\r", "word ".repeat(700)));
    alice.wait_for("what was typed, among the messages", |screen| {
        let contents = screen.contents();
        contents.contains("more rows") && contents.contains("> Message #dev")
    });
    alice.leaves();
}

#[test]
fn half_a_sequence_of_keys_hides_no_resize() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.types("a draft\u{1b}[1;");
    alice.expect("> a draft");
    alice.resize(40, 12);
    alice.wait_for("the other size", |screen| {
        screen.contents().lines().nth(11) == Some("> a draft")
    });
    alice.types("5C\u{3}");
    alice.leaves();
}

#[test]
fn what_is_piped_into_a_terminal_s_client_is_said() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let client = Client::of(&home, &server.address, "Alice");
    let mut command = CommandBuilder::new("sh");
    let run = "echo hi | \"$0\" --server \"$1\" --room dev --user Alice";
    command.args(["-c", run, env!("CARGO_BIN_EXE_nebula"), &server.address]);
    client.surround(&mut command);
    let mut alice = Terminal::start(command, (80, 24));
    assert_eq!(alice.read_to_end(), 0);
    assert!(alice.contents().contains("Alice: hi"), "{}", alice.contents());
    assert!(!alice.raw.contains(&0x1b), "no screen was taken");
}

#[test]
fn a_name_in_use_is_told_and_the_exit_code_says_refused() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    let mut other = Client::of(&other, &server.address, "Alice").start();
    other.expect("✕ ");
    other.types("/quit\r");
    other.ends(1);
    alice.leaves();
}

#[test]
fn a_server_that_stops_is_waited_for_with_a_countdown() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    drop(server);
    alice.wait_for("a countdown", |screen| {
        let screen = screen.contents();
        screen.contains("retry in ") && screen.contains("No server at 127.0.0.1:")
    });
    alice.leaves();
}

#[test]
fn a_simple_terminal_gets_lines_and_understands_commands() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let dumb = [("TERM", "dumb")];
    let client = Client { environment: &dumb, ..Client::of(&home, &server.address, "Alice") };
    let mut alice = client.start();
    alice.expect("joined #dev as Alice; /help");
    alice.types("hello\r");
    alice.expect("Alice: hello");
    alice.types("/who\r");
    alice.expect("-- 1 online: Alice");
    alice.types("/delete\r");
    alice.expect("Delete your message \"hello\"? This can't be undone: /delete yes");
    alice.types("/mute\r");
    alice.expect("#dev muted");
    assert_eq!(alice.text().matches("This can't be undone").count(), 1, "asked once");
    alice.types("/help\r");
    // The help is longer than the screen: its head may scroll away before anybody looks.
    alice.wait("the help", |alice| alice.text().contains("/quit "));
    assert!(alice.text().contains("/join ROOM") && !alice.text().contains("/theme NAME"));
    alice.types("/help part\r");
    alice.expect("/leave: leave this room; you stay a member");
    alice.types("/jion dev\r");
    alice.expect("Did you mean /join?");
    alice.types("/join ops\r");
    alice.types("//bin\r");
    alice.expect("#ops Alice: /bin");
    assert!(!alice.raw.contains(&0x1b), "no escape sequence at all");
    alice.types("/quit\r");
    assert_eq!(alice.read_to_end(), 0);
}

#[test]
fn keys_of_the_settings_work_and_stand_in_the_help() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let settings = "[keys]\nF2 = 'help'\nM-s = 'send'\nC-x = 'interrupt'\n";
    fs::create_dir_all(home.path("config/nebula")).unwrap();
    fs::write(home.path("config/nebula/config.toml"), settings).unwrap();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.types("\u{1b}OQ\u{1b}[6~\u{1b}[6~\u{1b}[6~");
    alice.expect("  M-s                  send");
    alice.types("\u{1b}[6~\u{18}\u{18}\u{18}");
    alice.ends(0);
}

#[test]
fn rooms_drafts_and_what_was_sent_come_back() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let client = Client::of(&home, &server.address, "Alice");
    let mut alice = client.start();
    alice.expect("1 online");
    alice.types("/join ops\r");
    alice.wait_for("the room", |screen| {
        screen.contents().contains("1 #dev") && screen.contents().contains("2 #ops")
    });
    alice.types("said in ops\rhalf a thought");
    alice.expect("half a thought");
    // Ctrl-C would clear it: the terminal is closed instead.
    alice.signal(Signal::HUP);
    alice.ends(0);
    let mut again = client.start();
    again.wait_for("both rooms", |screen| {
        screen.contents().contains("1 #dev") && screen.contents().contains("2 #ops")
    });
    again.types("\u{1b}2");
    again.expect("> half a thought");
    again.types("\u{3}\u{1b}[A");
    again.expect("> said in ops");
    again.types("\u{3}");
    again.leaves();
}

#[test]
fn what_waits_for_the_line_goes_out_once_with_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let server = ServerProcess::start(&db);
    let line = CutLine::to(&server.address);
    let home = Home::new();
    let client = Client::of(&home, &line.address, "Alice");
    let mut alice = client.start();
    alice.expect("1 online");
    drop(server);
    alice.expect("○ ");
    alice.types("written without a line\r");
    alice.expect("…     you         written without a line");
    alice.types("\u{3}");
    alice.expect("1 unsent message will be sent");
    alice.types("\u{3}");
    alice.ends(0);
    let server = ServerProcess::start(&db);
    line.leads_to(&server);
    for _ in 0..2 {
        let mut again = client.start();
        again.expect("Alice       written without a line");
        assert_eq!(again.contents().matches("without a line").count(), 1);
        again.leaves();
    }
}
