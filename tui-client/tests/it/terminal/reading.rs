//! What is read on one device is read on the others: two terminals of one person, and a real server.

use crate::processes::{Home, ServerProcess};
use crate::terminal::Client;

#[test]
fn what_is_unread_is_the_same_on_two_devices_and_mentions_are_listed() {
    let server = ServerProcess::fresh();
    let (home, bob) = (Home::new(), Home::new());
    let mut first = Client::of(&home, &server.address, "Alice").start();
    first.expect("1 online");
    first.types("/join ops\r");
    first.expect("Message #ops as Alice");
    first.types("\u{10}");
    first.expect("Message #dev as Alice");
    let mut second = Client::of(&home, &server.address, "Alice").start();
    second.expect("Message #dev as Alice");
    second.expect("2 #ops");
    let arguments = ["--user", "Bob", "--room", "ops", "--server", &server.address];
    let (code, ..) = bob.run(&arguments, "@Alice look at this\nand at that");
    assert_eq!(code, 0);
    first.expect("!2");
    second.expect("!2");
    // A client that starts now counts the same, before it has looked anywhere.
    let mut third = Client::of(&home, &server.address, "Alice").start();
    third.expect("!2");
    third.leaves();
    first.types("\u{1b}2");
    first.expect("and at that");
    second.wait_for("nothing unread", |screen| !screen.contents().contains("!2"));
    second.types("/mentions\r");
    second.expect("#ops Bob: @Alice look at this");
    second.types("\r");
    second.expect("Here it is");
    second.leaves();
    first.leaves();
}
