//! What plain mode says of an edit or a reply that was begun.

use nebula::chat::commands::Typed;
use nebula::chat::update::command;
use nebula::headless::plain::about_composing;

use crate::client::Client;

#[test]
fn what_the_next_line_does_is_said() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Alice", "first words of one");
    client.says(2, "Bob", "it was ||the butler||");
    let chat = &mut client.screen.chat;
    assert_eq!(about_composing(chat), None);
    command(chat, Typed::Reply(1));
    let reply = "the next line is a reply to Bob: \"it was (spoiler)\"";
    assert_eq!(about_composing(chat).as_deref(), Some(reply));
    command(chat, Typed::Edit(None));
    let edit = "the next line takes the place of \"first words of one\"";
    assert_eq!(about_composing(chat).as_deref(), Some(edit));
}
