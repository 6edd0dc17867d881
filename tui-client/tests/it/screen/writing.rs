//! Writing: completion, and what was sent before.

use crossterm::event::{KeyCode, KeyModifiers};

use nebula::chat;
use nebula::chat::Effect as ChatEffect;
use nebula::screen::{Effect, Event};

use crate::client::{Client, sent};

#[test]
fn tab_completes_names_commands_and_rooms() {
    let mut client = Client::entered(80, 12);
    client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Bea","Bob","Zoë"]}"#);
    client.says(1, "Bob", "hi");
    let completed = |client: &mut Client, typed: &str, presses: usize| {
        client.types(typed);
        (0..presses).for_each(|_| client.presses(KeyCode::Tab, KeyModifiers::NONE));
        client.screen.input.take()
    };
    // Who spoke last comes first.
    assert_eq!(completed(&mut client, "b", 1), "Bob: ");
    assert_eq!(completed(&mut client, "b", 2), "Bea: ");
    assert_eq!(completed(&mut client, "b", 3), "Bob: ");
    assert_eq!(completed(&mut client, "hello z", 1), "hello Zoë ");
    assert_eq!(completed(&mut client, "@al", 1), "@Alice: ");
    assert_eq!(completed(&mut client, "/rec", 1), "/reconnect ");
    assert_eq!(completed(&mut client, "／Rec", 1), "/reconnect ");
    assert_eq!(completed(&mut client, "see #d", 1), "see #dev ");
    assert_eq!(completed(&mut client, "xyzzy", 1), "xyzzy");
    // What a command takes.
    assert_eq!(completed(&mut client, "/join d", 1), "/join dev");
    assert_eq!(completed(&mut client, "/join #d", 1), "/join #dev ");
    assert_eq!(completed(&mut client, "/theme co", 1), "/theme colour-blind");
    assert_eq!(completed(&mut client, "/help unb", 1), "/help unban");
    assert_eq!(completed(&mut client, "/kick z", 1), "/kick Zoë ");
    client.types("bx");
    client.presses(KeyCode::Backspace, KeyModifiers::NONE);
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    client.presses(KeyCode::BackTab, KeyModifiers::SHIFT);
    assert_eq!(client.screen.input.text(), "Bea: ");
}

#[test]
fn up_calls_back_what_was_sent_and_moves_in_what_is_written() {
    let mut client = Client::entered(80, 12);
    client.screen.up_edits = false;
    client.types("first\nsecond\n");
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "first");
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "");
    client.types("a");
    client.presses(KeyCode::Enter, KeyModifiers::ALT);
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.types("b");
    assert_eq!(client.screen.input.text(), "ba\n");
}

#[test]
fn a_draft_stays_in_its_room() {
    let mut client = Client::entered(80, 12);
    client.types("/join ops\n");
    client.types("for ops");
    client.presses(KeyCode::Char('p'), KeyModifiers::CONTROL);
    assert_eq!(client.screen.input.text(), "");
    client.types("for dev");
    client.presses(KeyCode::Char('n'), KeyModifiers::CONTROL);
    assert_eq!(client.screen.input.text(), "for ops");
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    assert_eq!(client.screen.input.text(), "for dev");
}

#[test]
fn what_was_sent_is_found_by_a_part_of_it() {
    let mut client = Client::entered(80, 12);
    client.types("the first build\nthe second build\nsomething else\nhalf a");
    client.presses(KeyCode::Char('r'), KeyModifiers::CONTROL);
    client.types("build");
    let screen = client.screen();
    assert!(screen[11].starts_with("sent: build") && screen[8].starts_with(">the second build"));
    client.presses(KeyCode::Char('r'), KeyModifiers::CONTROL);
    client.types("\n");
    assert_eq!(client.screen.input.text(), "the first build");
    client.presses(KeyCode::Char('r'), KeyModifiers::CONTROL);
    client.types("nothing like it\n");
    assert!(client.screen().join("").contains("No match"));
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "the first build");
}

#[test]
fn what_is_refused_is_sent_again_mended_or_dropped() {
    let mut client = Client::entered(80, 12);
    let mut refs = 0;
    let mut refused = |client: &mut Client, text: &str| {
        refs += 1;
        client.types(&format!("{text}\n"));
        client.hears(&format!(
            r#"{{"type":"error","code":"muted","content":"not a word","room":"dev","ref":"s-{refs}"}}"#
        ));
        client.did();
    };
    refused(&mut client, "too loud");
    assert!(client.screen()[10].starts_with("1 message not sent: /retry, /edit or /drop"));
    client.types("/edit\n");
    assert_eq!(client.screen.input.text(), "too loud");
    assert!(client.screen.chat.room().pending.is_empty());
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    refused(&mut client, "again");
    client.types("/drop\n/drop\n");
    assert!(client.screen()[10].starts_with("No unsent messages"));
    refused(&mut client, "and again");
    client.types("/retry\n");
    let again = r#"{"type":"message","room":"dev","content":"and again","ref":"s-4"}"#;
    assert_eq!(sent(&client.did()), [again]);
}

#[test]
fn a_text_that_looks_like_a_command_is_asked_about_once() {
    let mut client = Client::entered(80, 12);
    client.did();
    client.types(" /join dev\n");
    assert_eq!(sent(&client.did()), Vec::<String>::new());
    assert!(client.screen().join("").contains("Press Enter again to send it as text"));
    client.types("\n");
    assert_eq!(sent(&client.did()).len(), 1);
    client.types("//not a command\n");
    assert!(client.screen.chat.room().pending[1].content.starts_with("/not"));
}

#[test]
fn rooms_are_found_listed_and_shown_by_a_part_of_their_name() {
    let mut client = Client::entered(80, 12);
    client.types("/join ops\n/join general\n");
    client.presses(KeyCode::Char('g'), KeyModifiers::CONTROL);
    client.types("de");
    assert!(client.screen()[9].contains(">#dev "), "{:#?}", client.screen());
    client.types("\n");
    assert_eq!(client.screen.chat.active, 0);
    client.types("/room gen\n");
    assert_eq!(client.screen.chat.active, 2);
    client.types("/room 2\n/rooms\n");
    assert!(client.screen().join("\n").contains("  2  #ops: not"), "{:#?}", client.screen());
    client.types("/room nowhere\n");
    assert!(client.screen()[10].contains("/join nowhere opens it"));
    client.types("/help join\n");
    assert!(client.screen()[10].starts_with("/join ROOM: join a room, or switch to it (also /j)"));
    client.types("/key\n");
    assert!(client.screen().join("").contains("This client has no key"));
}

#[test]
fn the_wheel_scrolls_a_click_shows_a_room_and_nothing_does_without_the_mouse() {
    let mut client = Client::entered(80, 12);
    client.types("/join ops\n");
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    (1..40).for_each(|id| client.says(id, "Bob", &format!("line {id}.")));
    client.did();
    client.presses(KeyCode::Char('m'), KeyModifiers::ALT);
    assert_eq!(client.did_on_screen(), [Effect::Mouse(true)]);
    client.happens(Event::Wheel(-3));
    assert!(client.screen()[9].contains("line 36."), "{:#?}", client.screen());
    client.happens(Event::Wheel(3));
    assert!(client.screen()[9].contains("line 39."));
    client.happens(Event::Click(5, 2));
    assert_eq!(client.screen.chat.active, 1);
    client.presses(KeyCode::Char('m'), KeyModifiers::ALT);
    assert_eq!(client.did_on_screen(), [Effect::Mouse(false)]);
}

#[test]
fn a_completion_ends_with_any_other_change() {
    for key in [KeyCode::Tab, KeyCode::Esc] {
        let mut client = Client::entered(80, 12);
        client.types("/join ops\n");
        client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
        client.types("hello b");
        client.presses(KeyCode::Tab, KeyModifiers::NONE);
        client.happens(Event::Click(5, 2));
        assert_eq!((client.screen.chat.active, client.screen.input.text()), (1, ""));
        client.presses(key, KeyModifiers::NONE);
        client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
        client.types("b");
        client.presses(KeyCode::Tab, KeyModifiers::NONE);
        client.happens(Event::Paste("pasted".to_owned()));
        client.presses(key, KeyModifiers::NONE);
        let written = client.screen.input.text();
        assert!(written.starts_with("hello Bob") && written.ends_with("pasted"), "{written}");
    }
}

#[test]
fn nothing_that_was_written_is_lost() {
    let control = |client: &mut Client, c| client.presses(KeyCode::Char(c), KeyModifiers::CONTROL);
    let mut client = Client::entered(80, 12);
    client.types("sent\n/join ops\nhalf a thought");
    control(&mut client, 'c');
    assert_eq!(client.screen.input.text(), "");
    control(&mut client, 'y');
    assert_eq!(client.screen.input.text(), "half a thought");
    // What was sent takes its place.
    control(&mut client, 'r');
    client.types("sent\n");
    assert_eq!(client.screen.input.text(), "sent");
    control(&mut client, 'u');
    control(&mut client, 'y');
    client.presses(KeyCode::Char('y'), KeyModifiers::ALT);
    assert_eq!(client.screen.input.text(), "half a thought");
    // A look at what was sent, and at another room.
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    control(&mut client, 'p');
    control(&mut client, 'n');
    assert_eq!(client.screen.input.text(), "half a thought");
    // It is sent once more instead.
    client.presses(KeyCode::Up, KeyModifiers::NONE);
    client.types("\n");
    control(&mut client, 'y');
    assert_eq!(client.screen.input.text(), "half a thought");
}

#[test]
fn a_command_that_stands_alone_takes_nothing_and_who_leaves_is_asked_about_the_unsent() {
    let mut client = Client::entered(80, 12);
    client.types("/join ops\n/leave #dev\n");
    assert_eq!((client.screen.chat.active, client.screen.chat.rooms.len()), (1, 2));
    assert_eq!(client.screen.input.text(), "/leave #dev");
    assert!(client.screen()[10].contains("/leave: takes no argument"));
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    client.types("on its way\n/leave\n");
    assert_eq!(client.screen.chat.rooms.len(), 2);
    assert!(
        client.screen()[10]
            .starts_with("Leaving discards 1 unsent message here. Press Enter again")
    );
    client.types("\n");
    assert_eq!(client.screen.chat.rooms.len(), 1);
}

#[test]
fn escape_takes_a_completion_back() {
    let mut client = Client::entered(80, 12);
    client.types("b");
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "Bob: ");
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), "b");
}

#[test]
fn blank_lines_around_a_message_are_not_sent() {
    let mut client = Client::entered(80, 12);
    client.did();
    client.happens(Event::Paste("\n \n  one\n\ntwo\n\n".to_owned()));
    client.types("\n");
    let message = r#"{"type":"message","room":"dev","content":"  one\n\ntwo","ref":"s-1"}"#;
    assert_eq!(sent(&client.did()), [message]);
    client.happens(Event::Paste("\n\n".to_owned()));
    client.types("\n");
    assert_eq!(sent(&client.did()), Vec::<String>::new());
}

#[test]
fn what_is_written_breaks_between_words_and_the_cursor_stands_behind_it() {
    let mut client = Client::entered(20, 8);
    client.types("several words that do not fit");
    let screen = client.screen();
    let rows: Vec<_> = screen[6..].iter().map(|row| row.trim_end()).collect();
    assert_eq!(rows, ["> several words", "  that do not fit"]);
}

#[test]
fn a_picker_stands_right_above_the_input_and_its_keys_are_told_at_every_width() {
    for (columns, rows) in [(20, 8), (40, 12), (80, 24), (200, 50)] {
        let mut client = Client::entered(columns, rows);
        client.types("one\ntwo\n");
        client.presses(KeyCode::Char('r'), KeyModifiers::CONTROL);
        let screen = client.screen();
        let words = screen.join(" ");
        let words: Vec<_> = words.split_whitespace().collect();
        let title = "Messages you sent: Enter takes one, Esc cancels";
        assert!(words.join(" ").replace("│ ", "").contains(title), "{screen:#?}");
        let marked = screen.iter().position(|row| row.contains(">two")).unwrap();
        assert!(screen.len() - marked <= 4, "{screen:#?}");
    }
}

#[test]
fn what_is_sent_again_without_a_line_and_a_place_to_keep_it_goes_back_to_the_input_whole() {
    let mut client = Client::entered(80, 12);
    for text in ["one", "two", "three"] {
        client.types(&format!("{text}\n"));
    }
    for number in 1..=3 {
        client.hears(&format!(
            r#"{{"type":"error","code":"muted","content":"no","room":"dev","ref":"s-{number}"}}"#
        ));
    }
    client.happens(chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.did();
    client.types("/retry\n");
    let kept = client.did().into_iter().filter_map(|effect| match effect {
        ChatEffect::Keep(room, reference) => Some((room, reference)),
        _ => None,
    });
    for (room, reference) in kept {
        client.happens(chat::Event::NotKept { room, reference, reason: "full".to_owned() });
    }
    assert_eq!(client.screen.input.text(), "one\ntwo\nthree");
    assert_eq!(client.screen.chat.room().draft, "one\ntwo\nthree");
}
