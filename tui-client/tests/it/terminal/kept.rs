//! What a person wrote is not lost: two clients of one person, one that is killed, a full disk, files
//! that are broken. Real binaries, in real terminals.

use std::fs;

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::processes::{CutLine, Home, ServerProcess};
use crate::terminal::{Client, Terminal};

/// A server that can go away and come back under one address.
struct Away {
    folder: tempfile::TempDir,
    server: Option<ServerProcess>,
    line: CutLine,
}

impl Away {
    fn here() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = ServerProcess::start(&folder.path().join("nebula.db"));
        let line = CutLine::to(&server.address);
        Away { folder, server: Some(server), line }
    }

    fn goes(&mut self) {
        self.server = None;
    }

    fn comes_back(&mut self) {
        let server = ServerProcess::start(&self.folder.path().join("nebula.db"));
        self.line.leads_to(&server);
        self.server = Some(server);
    }
}

fn is_offline(terminal: &mut Terminal) {
    terminal.expect("○ ");
}

/// Kills it as hard as it can be done.
fn kill(mut terminal: Terminal) {
    terminal.signal(Signal::KILL);
    terminal.read_to_end();
}

fn count(terminal: &Terminal, text: &str) -> usize {
    terminal.contents().matches(text).count()
}

#[test]
fn what_two_clients_of_one_person_did_not_send_goes_out_once_with_the_next() {
    let mut away = Away::here();
    let (home, address) = (Home::new(), away.line.address.clone());
    let client = Client::of(&home, &address, "Alice");
    let (mut one, mut two) = (client.start(), client.start());
    for (terminal, room) in [(&mut one, "only-one"), (&mut two, "only-two")] {
        terminal.expect("1 online");
        terminal.types(&format!("/join {room}\r"));
        terminal.expect(&format!("#{room} "));
    }
    away.goes();
    for (terminal, name) in [(&mut one, "one"), (&mut two, "two")] {
        is_offline(terminal);
        terminal.types(&format!("unsent from {name}\rdraft of {name}"));
        terminal.expect(&format!("draft of {name}"));
        // Ctrl-C would clear the draft: the terminal is closed.
        terminal.signal(Signal::HUP);
        terminal.read_to_end();
    }
    away.comes_back();
    for _ in 0..2 {
        let mut next = client.start();
        next.expect("1 online");
        for room in ["one", "two"] {
            next.types(&format!("\u{15}/room only-{room}\r"));
            next.expect(&format!("unsent from {room}"));
            next.wait_for("it is stored, once", |screen| {
                let screen = screen.contents();
                screen.matches(&format!("unsent from {room}")).count() == 1 && !screen.contains('…')
            });
        }
        kill(next);
    }
    let mut next = client.start();
    next.expect("1 online");
    next.types("\u{15}/room only-one\r");
    next.expect("unsent from one");
    kill(next);
}

#[test]
fn a_draft_of_each_of_two_clients_comes_back() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let client = Client::of(&home, &server.address, "Alice");
    let (mut one, mut two) = (client.start(), client.start());
    for (terminal, name) in [(&mut one, "one"), (&mut two, "two")] {
        terminal.expect("1 online");
        terminal.types(&format!("draft of {name}"));
        terminal.expect(&format!("draft of {name}"));
        terminal.signal(Signal::HUP);
        terminal.read_to_end();
    }
    let mut next = client.start();
    next.expect("draft of one");
    next.expect("draft of two");
    kill(next);
}

#[test]
fn what_enter_sent_outlives_a_kill_at_once() {
    let mut away = Away::here();
    let (home, address) = (Home::new(), away.line.address.clone());
    let client = Client::of(&home, &address, "Alice");
    let mut alice = client.start();
    alice.expect("1 online");
    away.goes();
    is_offline(&mut alice);
    alice.types("said before the kill\r");
    // The first frame that shows the input empty.
    alice.expect("you         said before the kill");
    kill(alice);
    away.comes_back();
    for _ in 0..2 {
        let mut next = client.start();
        next.expect("Alice       said before the kill");
        assert_eq!(count(&next, "said before the kill"), 1);
        next.leaves();
    }
}

#[test]
fn a_message_that_the_next_client_could_not_send_either_goes_out_with_the_one_after() {
    let mut away = Away::here();
    let (home, address) = (Home::new(), away.line.address.clone());
    let client = Client::of(&home, &address, "Alice");
    let mut first = client.start();
    first.expect("1 online");
    first.types("stored\r");
    first.expect("Alice       stored");
    away.goes();
    is_offline(&mut first);
    first.types("/react 👍\r");
    first.expect("[👍 1]");
    first.types("waits\r");
    first.expect("you         waits");
    kill(first);
    // Two that start at once: one of them has it, and neither can send it.
    let (mut one, mut two) = (client.start(), client.start());
    is_offline(&mut one);
    is_offline(&mut two);
    assert_eq!(count(&one, "you         waits") + count(&two, "you         waits"), 1);
    let has_it = if count(&one, "you         waits") == 1 { &mut one } else { &mut two };
    has_it.expect("1 change waits for the connection");
    kill(one);
    kill(two);
    away.comes_back();
    let mut last = client.start();
    last.expect("Alice       waits");
    last.expect("[👍 1]");
    assert_eq!(count(&last, "waits"), 1);
    last.leaves();
}

/// The client on a disk where nothing can be written any more.
fn without_disk(client: &Client<'_>) -> Terminal {
    let mut command = CommandBuilder::new("sh");
    let run = "trap '' XFSZ; ulimit -f 0; exec \"$0\" --server \"$1\" --user \"$2\" --room dev";
    command.args(["-c", run, env!("CARGO_BIN_EXE_nebula"), client.server, client.user]);
    client.surround(&mut command);
    Terminal::start(command, client.size)
}

#[test]
fn on_a_full_disk_the_text_stays_in_the_input_and_the_old_file_as_it_was() {
    let mut away = Away::here();
    let (home, address) = (Home::new(), away.line.address.clone());
    let client = Client::of(&home, &address, "Alice");
    let mut alice = client.start();
    alice.expect("1 online");
    alice.types("/join ops\rhalf a thought");
    alice.expect("> half a thought");
    alice.signal(Signal::HUP);
    alice.read_to_end();
    let before = fs::read_to_string(home.path("state/nebula/rooms.toml")).unwrap();

    // With a line it goes out all the same.
    let mut alice = without_disk(&client);
    alice.expect("1 online");
    alice.types("said online\r");
    alice.expect("Alice       said online");
    away.goes();
    is_offline(&mut alice);
    alice.types("kept in the input\r");
    alice.expect("Not sent, since it cannot be saved: ");
    alice.expect("> kept in the input");
    alice.types("\u{15}/quit\r");
    assert_eq!(alice.read_to_end(), 0);
    assert!(alice.text().contains("Cannot save rooms and drafts: "), "{}", alice.text());

    assert_eq!(fs::read_to_string(home.path("state/nebula/rooms.toml")).unwrap(), before);
    let mut next = client.start();
    is_offline(&mut next);
    next.types("\u{1b}2");
    next.expect("> half a thought");
    kill(next);
}

#[test]
fn broken_files_are_set_aside_and_said_and_the_client_starts() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    fs::create_dir_all(home.path("state/nebula")).unwrap();
    // The key first: who takes the name with one key cannot have it with another.
    for (file, broken) in [("key", "short"), ("rooms.toml", "rooms = 'broken")] {
        fs::write(home.path("state/nebula").join(file), broken).unwrap();
        let client = Client { size: (200, 24), ..Client::of(&home, &server.address, "Alice") };
        let mut alice = client.start();
        alice.expect(&format!("{file}.broken-1"));
        alice.expect("1 online");
        alice.leaves();
        let aside = home.path(&format!("state/nebula/{file}.broken-1"));
        assert_eq!(fs::read_to_string(aside).unwrap(), broken);
    }
}
