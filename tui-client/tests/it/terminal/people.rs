//! One person on several devices, and people who come by an invite: real binaries, in real terminals.

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::processes::{Home, ServerProcess};
use crate::terminal::{Client, Terminal};

/// A client without a name, with these arguments besides.
fn nameless(home: &Home, server: &str, arguments: &[&str]) -> Terminal {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_nebula"));
    command.args(["--server", server, "--room", "dev"]);
    command.args(arguments);
    let login = [("USER", "login")];
    Client { environment: &login, ..Client::of(home, server, "") }.surround(&mut command);
    Terminal::start(command, (80, 24))
}

/// What stands behind some words on the screen, to the next space.
fn behind(terminal: &Terminal, words: &str) -> String {
    let contents = terminal.contents();
    let behind = contents.split_once(words).unwrap_or_else(|| panic!("{contents}")).1;
    behind.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn who_is_new_is_asked_once_and_who_has_a_name_never() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut new = nameless(&home, &server.address, &[]);
    new.expect("New here, or linking a device?");
    new.types("1");
    new.expect("Your name: login");
    new.types("\u{15}Zoe\r");
    new.expect("1 online");
    new.leaves_reading(|told| assert!(told.contains("\u{1b}[?1000h"), "it can be clicked"));
    let mut again = nameless(&home, &server.address, &[]);
    again.expect("1 online");
    again.expect("Message #dev as Zoe");
    assert!(!again.text().contains("New here"));
    again.leaves();
    let other = Home::new();
    let mut named = Client::of(&other, &server.address, "Alice").start();
    named.expect("1 online");
    assert!(!named.text().contains("New here"));
    named.leaves();
}

#[test]
fn a_device_is_linked_listed_and_revoked() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.types("/link\r");
    alice.expect("Code for another device: ");
    alice.expect("▀▀▀▀▀▀▀▀");
    let code = behind(&alice, "Code for another device: ");
    alice.types("x");
    let label = ["--link", &code, "--label", "the other"];
    let mut second = nameless(&other, &server.address, &label);
    second.expect("This device is linked: you are Alice");
    second.expect("1 online");
    second.types("hello from the second\r");
    alice.expect("Alice       hello from the second");
    alice.types("/devices\r");
    alice.expect("the other: added");
    alice.expect("(this one): added");
    alice.types("x/revoke 2\r");
    alice.expect("Revoke device 2 (the other)?");
    alice.types("y");
    alice.expect("Your devices:");
    second.expect("not connected");
    second.expect("/link CODE links it again");
    second.types("too late\r");
    second.expect("Not sent from this device");
    second.types("/quit\r");
    second.ends(1);
    alice.types("x");
    alice.leaves();
}

#[test]
fn a_linked_device_has_the_name_with_the_next_start_and_a_code_is_good_once() {
    let server = ServerProcess::fresh();
    let (home, other, third) = (Home::new(), Home::new(), Home::new());
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.types("/link\r");
    alice.expect("Code for another device: ");
    let code = behind(&alice, "Code for another device: ");
    alice.types("x");
    let mut second = nameless(&other, &server.address, &[]);
    second.expect("New here, or linking a device?");
    second.types(&format!("2{code}\r"));
    second.expect("you are Alice");
    second.leaves();
    let mut again = nameless(&other, &server.address, &[]);
    again.expect("Message #dev as Alice");
    again.leaves();
    let mut late = nameless(&third, &server.address, &["--link", &code]);
    late.expect("was used already, or has expired");
    late.signal(Signal::HUP);
    late.ends(1);
    alice.leaves();
}

#[test]
fn a_device_is_linked_without_a_screen_too() {
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.types("/link\r");
    alice.expect("Code for another device: ");
    let code = behind(&alice, "Code for another device: ");
    alice.types("x");
    let send = |arguments: &[&str]| {
        let all = [&["send", "--server", &server.address, "--room", "dev"], arguments].concat();
        let output = other.nebula(&all).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    send(&["--link", &code, "one"]);
    alice.expect("Alice       one");
    // From then on without the code.
    send(&["two"]);
    alice.expect("two");
    alice.leaves();
}
