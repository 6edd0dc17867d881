//! Searching in a real terminal, against a real server.

use crate::processes::{Home, ServerProcess};
use crate::terminal::{Client, Terminal};

/// Searches until there are so many results: the server takes in what was said a moment later. Each time the words are
/// others, so that an answer is told from the one before.
fn finds(terminal: &mut Terminal, query: &str, results: &str) {
    let shows = |terminal: &Terminal, words: &str| terminal.contents().contains(words);
    for round in 0_usize.. {
        terminal.types("\r");
        terminal.wait(results, |it| shows(it, results) || shows(it, "Nothing found"));
        if shows(terminal, results) {
            return;
        }
        terminal.types("\u{15}");
        terminal.expect("Search for words");
        terminal.types(&format!("{query} -x{round}"));
        terminal.expect(&format!("{query} -x{round}"));
    }
}

#[test]
fn what_was_said_is_found_and_gone_to() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let mut alice = Client::of(&home, &server.address, "Alice").start();
    alice.expect("1 online");
    alice.types("the **coffee** machine is broken\r");
    alice.expect("Alice       the coffee machine");
    for line in 0..60 {
        alice.types(&format!("line {line}.\r"));
    }
    alice.expect("line 59.");
    alice.types("/join ops\r");
    alice.expect("Message #ops");
    alice.types("\u{6}");
    alice.expect("Search all messages");
    alice.types("coff* fr\t\t");
    alice.expect("search: coff* from:Alice");
    alice.types("in:dev");
    alice.expect("in:dev");
    finds(&mut alice, "coff* from:Alice in:dev", "1 result:");
    alice.expect("  the coffee machine is broken");
    alice.types("\r");
    alice.expect("Result 1 of 1");
    alice.expect("Message #dev");
    alice.expect("the coffee machine is broken");
    alice.expect("line 5.");
    // F3.
    alice.types("\u{1b}OR");
    alice.expect("No older results");
    alice.types("\u{1b}");
    // The search is over, and the messages stay where they are.
    alice.expect("newest (End)");
    alice.types("\u{1b}OR");
    alice.expect("No search yet");
    alice.expect("line 5.");
    alice.types("\u{1b}");
    alice.expect("line 59.");
    alice.leaves();
}

#[test]
fn in_plain_mode_results_are_printed() {
    let server = ServerProcess::fresh();
    let home = Home::new();
    let plain = ["--plain"];
    let mut alice =
        Client { arguments: &plain, ..Client::of(&home, &server.address, "Alice") }.start();
    alice.expect("/help lists commands");
    alice.types("/search\r");
    alice.expect("Usage: /search QUERY");
    alice.types("the **coffee** machine\r");
    alice.expect("Alice: the **coffee** machine");
    for round in 0_usize.. {
        // The server takes in what was said a moment later.
        let query = format!("coffee -x{round}");
        alice.types(&format!("/search {query}\r"));
        let none = format!("Nothing found for {query}");
        let found = "#dev Alice: the coffee machine";
        alice.wait(found, |it| it.text().contains(found) || it.text().contains(&none));
        if alice.text().contains(found) {
            break;
        }
    }
    assert!(alice.text().contains("1 result, newest first:"), "{}", alice.text());
    alice.types("\u{4}");
    assert_eq!(alice.read_to_end(), 0);
}
