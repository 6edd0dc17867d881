//! The first screen: who somebody is whom this client does not know yet.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::{Effect, EntryCode};
use nebula::screen::entrance::Entrance;
use nebula::screen::overlay::Overlay;
use nebula::screen::{Effect as ScreenEffect, Event};
use protocol::AccessCode;

use crate::client::Client;

fn arriving() -> Client {
    Client::arriving(Entrance::new(false, "al"), "al", 60, 12)
}

/// The name and the code of the one attempt to connect.
fn dialled(client: &mut Client) -> (Option<String>, Option<EntryCode>) {
    let did = client.did();
    let [Effect::Dial(hello, _)] = &did[..] else { panic!("{did:?}") };
    (hello.connect.user.as_ref().map(ToString::to_string), hello.code.clone())
}

fn enters(client: &mut Client, name: &str) {
    client.happens(chat::Event::Connected);
    client.hears(&format!(r#"{{"type":"join","room":"dev","sender":"{name}"}}"#));
}

fn is_refused(client: &mut Client, code: &str, close: u16, reason: &str) {
    client.happens(chat::Event::Connected);
    client.hears(&format!(r#"{{"type":"error","code":"{code}","content":"{reason}"}}"#));
    client.happens(chat::Event::Lost { code: Some(close), reason: reason.to_owned() });
}

#[test]
fn who_is_new_chooses_a_name() {
    let mut client = arriving();
    client.shows(&[
        " #dev                             guest @ chat.example:8080",
        "Nebula at chat.example:8080",
        "",
        "New here, or linking a device?",
        "",
        "> 1  New here: choose a name",
        "  2  I have a name: link this device",
        "",
        "1 or 2; Down moves, Enter takes it",
        "",
        "                                         ○ not connected yet",
        "",
    ]);
    assert!(client.did().is_empty(), "nothing is dialled before the answer");
    client.types("1");
    let screen = client.screen();
    assert!(screen[3].starts_with("Which name do you want?"), "{screen:?}");
    assert_eq!(screen[11].trim_end(), "Your name: al");
    client.types("ice\n");
    assert_eq!(dialled(&mut client), (Some("alice".to_owned()), None));
    assert!(client.did_on_screen().contains(&ScreenEffect::Mouse(false)), "it was ours for this");
    enters(&mut client, "alice");
    assert_eq!(client.screen.arriving, None);
    assert_eq!(client.screen.chat.person.as_ref().unwrap().as_str(), "alice");
}

#[test]
fn a_name_that_is_taken_or_none_is_asked_for_again_and_a_blank_one_makes_a_guest() {
    let mut client = arriving();
    client.types("\n\n");
    assert_eq!(dialled(&mut client).0.as_deref(), Some("al"));
    is_refused(&mut client, "name_taken", 4001, "This name is taken");
    let screen = client.screen();
    assert!(screen[3].starts_with("This name is taken"), "{screen:?}");
    assert_eq!(screen[11].trim_end(), "Your name: al");
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    client.types("<x\n");
    client.did();
    is_refused(&mut client, "name_taken", 4001, "This name is taken");
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    client.types("--\n");
    assert!(client.did().is_empty());
    assert!(client.screen()[3].contains("needs a letter"), "{:?}", client.screen());
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    client.types("\n");
    assert_eq!(dialled(&mut client), (None, None));
}

#[test]
fn a_device_is_linked_with_a_code_and_a_wrong_one_is_asked_for_again() {
    let link = |code| Some(EntryCode::Link(AccessCode::try_from(code).unwrap()));
    let mut client = arriving();
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    client.types("\n7k3m\n");
    assert!(client.screen()[3].contains("This is not a code"), "{:?}", client.screen());
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    client.happens(Event::Paste(" 7k3m-q0zd\n".to_owned()));
    client.types("\n");
    assert_eq!(dialled(&mut client), (None, link("7K3MQ0ZD")));
    is_refused(&mut client, "bad_code", 4003, "This code is wrong");
    let screen = client.screen();
    assert!(screen[3].starts_with("This code is wrong"), "{screen:?}");
    assert_eq!(screen[11].trim_end(), "Code:");
    client.types("7K3MQ0ZE\n");
    assert_eq!(dialled(&mut client), (None, link("7K3MQ0ZE")));
    enters(&mut client, "Alice");
    assert_eq!(client.screen.chat.person.as_ref().unwrap().as_str(), "Alice");
    assert!(client.screen().join("").contains("This device is linked: you are Alice"));
}

#[test]
fn the_ways_can_be_clicked_and_gone_back_from() {
    let mut client = arriving();
    client.happens(Event::Click(8, 6));
    assert!(client.screen()[11].starts_with("Code: "));
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    client.happens(Event::Click(8, 3));
    assert!(client.screen()[3].starts_with("New here, or"), "beside the choices nothing happens");
    client.happens(Event::Click(8, 5));
    assert!(client.screen()[11].starts_with("Your name: al"));
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(client.did(), [Effect::Quit]);
}

#[test]
fn who_is_invited_is_asked_for_a_name_only() {
    let mut client = Client::arriving(Entrance::new(true, "al"), "al", 60, 12);
    let invite = EntryCode::Invite(AccessCode::try_from("9V5TQ2M80KXDB3HN").unwrap());
    client.screen.chat.bring(invite.clone());
    assert!(client.screen()[11].starts_with("Your name: al"));
    assert!(!client.screen().join("").contains("guest."), "a guest cannot come by an invite");
    client.presses(KeyCode::Char('u'), KeyModifiers::CONTROL);
    client.types("\n");
    assert!(client.screen().join("").contains("Who comes by an invite needs a name"));
    assert!(client.did().is_empty());
    client.types("al\n");
    assert_eq!(dialled(&mut client), (Some("al".to_owned()), Some(invite.clone())));
    is_refused(&mut client, "name_taken", 4001, "This name is taken");
    client.types("an\n");
    assert_eq!(dialled(&mut client), (Some("alan".to_owned()), Some(invite)));
    assert!(matches!(client.screen.overlay, Overlay::None));
}

#[test]
fn the_code_of_an_invite_can_be_typed_where_one_is_needed() {
    let mut client = arriving();
    client.types("\n\n");
    client.did();
    is_refused(&mut client, "need_invite", 4003, "You need an invite");
    assert!(
        client.screen()[3].starts_with("You need an invite. nebula --invite"),
        "{:?}",
        client.screen()
    );
    client.types("2https://chat.example/#invite=9V5TQ2M80KXDB3HN\n");
    assert!(client.screen()[11].starts_with("Your name: al"), "{:?}", client.screen());
    client.types("\n");
    let invite = EntryCode::Invite(AccessCode::try_from("9V5TQ2M80KXDB3HN").unwrap());
    assert_eq!(dialled(&mut client), (Some("al".to_owned()), Some(invite)));
}

#[test]
fn the_first_screen_can_be_read_at_every_size() {
    for (columns, rows) in [(20, 5), (40, 12), (80, 24), (200, 50)] {
        let client = Client::arriving(Entrance::new(false, "al"), "al", columns, rows);
        let screen = client.screen().join("\n");
        assert!(screen.contains("Nebula at"), "{columns} x {rows}:\n{screen}");
        if rows >= 12 {
            assert!(screen.contains("2  I have a name: link"), "{columns} x {rows}:\n{screen}");
        }
    }
}
