//! A client that begins at a message, by its address.

use protocol::ToClient;

use crate::processes::{Home, ServerProcess};
use crate::terminal::{Client, Terminal};

fn id_of(home: &Home, server: &str, words: &str) -> u64 {
    let arguments = ["tail", "--json", "--since", "0", "--room", "ops", "--server", server];
    let tail = home.start(&arguments);
    loop {
        if let Ok(ToClient::Message(message)) = ToClient::parse(&tail.line())
            && message.content.as_str() == words
        {
            return message.id.get();
        }
    }
}

#[test]
fn an_address_leads_to_its_room_and_message_and_says_if_that_is_not_there() {
    let server = ServerProcess::fresh();
    let (alice, bob) = (Home::new(), Home::new());
    let lines: Vec<_> = (1..=150).map(|n| format!("line {n}")).collect();
    let arguments = ["--user", "Bob", "--room", "ops", "--server", &server.address];
    let (code, ..) = bob.run(&arguments, &lines.join("\n"));
    assert_eq!(code, 0);
    let id = id_of(&bob, &server.address, "line 5");
    let begun = |id: u64| -> Terminal {
        let host = server.address.trim_start_matches("ws://").trim_end_matches('/');
        let address = format!("http://{host}/?room=ops#m={id}");
        let arguments = ["--goto", &address];
        Client { arguments: &arguments, ..Client::of(&alice, &server.address, "Alice") }.start()
    };
    let mut client = begun(id);
    client.expect("Esc goes back");
    let screen = client.contents();
    assert!(screen.contains("line 5") && !screen.contains("line 150"), "{screen}");
    // End.
    client.types("\u{1b}[F");
    client.expect("line 150");
    client.leaves();
    let mut client = begun(id + 1_000_000);
    client.expect("That message isn't in this room, or was removed");
    client.leaves();
}
