//! Check 8: the terminal is as it was before, however the client lets go of it.

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::processes::{CutLine, Home, ServerProcess};
use crate::terminal::{Client, Terminal};

/// Alice in the room, with an editor of her own.
fn alice_with_editor(home: &Home, server: &ServerProcess, script: &str) -> Terminal {
    let editor = home.path("editor");
    std::fs::write(&editor, script).unwrap();
    std::process::Command::new("chmod").arg("+x").arg(&editor).status().unwrap();
    let environment = [("EDITOR", editor.to_str().unwrap())];
    let client = Client { environment: &environment, ..Client::of(home, &server.address, "Alice") };
    let mut alice = client.start();
    alice.expect("1 online");
    alice
}

#[test]
fn check_8_the_terminal_is_as_before_after_signals_a_dropped_link_and_an_editor() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut alice = Client::of(&home, &server.address, "Alice").start();
        alice.expect("1 online");
        // The mouse too.
        alice.types("\u{1b}m");
        alice.expect("Mouse on");
        alice.signal(signal);
        alice.ends(0);
    }

    let gone = ServerProcess::fresh();
    let line = CutLine::to(&gone.address);
    let mut alice = Client::of(&home, &line.address, "Alice").start();
    alice.expect("1 online");
    drop(gone);
    alice.expect("○ ");
    line.leads_to(&server);
    alice.expect("1 online");
    alice.leaves();

    // The editor sees a terminal as it was before, and what it leaves is in the input.
    let mut alice = alice_with_editor(
        &home,
        &server,
        "#!/bin/sh\necho BEFORE; cat \"$1\"; stty -a; printf 'x%.0s' 1 > \"$1\"; echo ' from the editor' >> \"$1\"; read answer\n",
    );
    // What is typed ahead was meant for the editor, and is no message.
    alice.types("half a thought\u{18}\u{5}typed ahead\r");
    alice.wait_for("the editor", |screen| screen.contents().contains("extproc"));
    assert!(alice.contents().contains("half a thought") && alice.contents().contains(" icanon"));
    alice.is_as_before();
    // What is typed while the editor ends is not left lying.
    alice.types("\r, and typed");
    alice.expect("> x from the editor, and typed");
    alice.types("\u{3}");
    alice.leaves();
}

#[test]
fn check_8_the_terminal_is_taken_once_after_a_stop_from_outside() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.signal(Signal::STOP);
    let tty = std::fs::File::open(alice.master.tty_name().unwrap()).unwrap();
    assert!(std::process::Command::new("stty").arg("sane").stdin(tty).status().unwrap().success());
    alice.signal(Signal::CONT);
    alice.wait("the screen again", |alice| alice.text().matches("\u{1b}[>1u").count() == 2);
    // The keys go to the client: a terminal that reads lines would show them as they are.
    alice.types("words\u{2}\u{2}X");
    alice.expect("> worXds");
    alice.types("\u{3}");
    alice.leaves();
}

#[test]
fn check_8_ctrl_c_in_an_editor_is_for_the_editor() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let script =
        "#!/bin/sh\ntrap 'echo HEARD; exit 0' INT\necho READY\nwhile :; do sleep 1; done\n";
    let mut alice = alice_with_editor(&home, &server, script);
    alice.types("a draft\u{18}\u{5}");
    alice.expect("READY");
    alice.types("\u{3}");
    alice.wait("the editor's answer", |alice| alice.text().contains("HEARD"));
    alice.expect("> a draft");
    alice.types("\u{3}");
    alice.leaves();
}

#[test]
fn check_8_the_terminal_is_as_before_while_the_program_is_stopped() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let client = Client::of(&home, &server.address, "Alice");
    // A shell that leaves the terminal as it is while it reads a line.
    let mut command = CommandBuilder::new("dash");
    command.arg("-i");
    client.surround(&mut command);
    command.env("PS1", "shell> ");
    let mut alice = Terminal::start(command, (80, 24));
    alice.expect("shell> ");
    let nebula = env!("CARGO_BIN_EXE_nebula");
    alice.types(&format!("{nebula} --server {} --room dev --user Alice\r", server.address));
    alice.expect("1 online");
    alice.types("a draft\u{1a}");
    alice.wait_for("the shell", |screen| screen.contents().contains("Stopped"));
    alice.types("echo in the $((40 + 2))\r");
    alice.expect("in the 42");
    alice.is_as_before();
    alice.types("fg\r");
    alice.wait_for("the draft", |screen| {
        screen.alternate_screen() && screen.contents().contains("> a draft")
    });
    alice.expect("1 online");
    alice.types("\u{3}\u{3}\u{3}");
    // Its prompt comes when the terminal is as the shell wants it.
    alice.wait("the shell", |alice| alice.text().matches("shell> ").count() == 4);
    alice.types("exit\r");
    alice.read_to_end();
}

#[test]
fn check_8_the_terminal_is_as_before_after_a_panic_in_any_task() {
    let home = Home::new();
    let panic = std::path::Path::new(env!("CARGO_BIN_EXE_nebula")).with_file_name("examples/panic");
    assert!(panic.exists(), "cargo build --workspace --examples makes {panic:?}");
    let mut command = CommandBuilder::new(panic);
    Client::of(&home, "", "").surround(&mut command);
    let mut terminal = Terminal::start(command, (80, 24));
    assert_eq!(terminal.read_to_end(), 101);
    terminal.is_as_before();
    assert!(terminal.contents().contains("a task panics"), "{}", terminal.contents());
}
