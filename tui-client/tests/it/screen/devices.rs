//! What lies over the messages when a device is linked, listed or revoked, and when people are invited.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat::{self, Effect, Timer};
use nebula::screen::theme::{Depth, Theme};
use nebula::screen::view::view;
use nebula::screen::{Effect as ScreenEffect, Event};
use protocol::AccessCode;
use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use crate::client::{Client, sent, servers};

const ADDRESS: &str = "https://chat.example/#link=7K3MQ0ZD";

fn linking(columns: u16, rows: u16) -> Client {
    let mut client = Client::entered(columns, rows);
    client.screen.chat.servers = servers(&["wss://chat.example"]);
    client.types("/link\n");
    client.hears(r#"{"type":"link","code":"7K3MQ0ZD","expires_ms":600000,"ref":"s-1"}"#);
    client
}

/// The modules that a screen shows, dark ones as true, without what is light around them.
fn modules(client: &Client) -> Vec<Vec<bool>> {
    let (columns, rows) = client.screen.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| drop(view(&client.screen, frame))).unwrap();
    let cells = terminal.backend().buffer().content();
    let rows = cells.chunks(columns.into()).filter(|row| row[0].symbol() == "▀");
    let is_dark = |color: Color| color == Color::Indexed(16);
    let drawn = rows.flat_map(|row| {
        let code = || row.iter().take_while(|cell| cell.symbol() == "▀");
        let upper: Vec<_> = code().map(|cell| is_dark(cell.fg)).collect();
        [upper, code().map(|cell| is_dark(cell.bg)).collect()]
    });
    let drawn: Vec<_> = drawn.collect();
    let dark = |row: &&Vec<bool>| row.contains(&true);
    let left = drawn.iter().filter_map(|row| row.iter().position(|dark| *dark)).min().unwrap();
    let top = drawn.iter().position(|row| row.contains(&true)).unwrap();
    let count = drawn.iter().rev().skip_while(|row| !dark(row)).count() - top;
    drawn[top..top + count].iter().map(|row| row[left..left + count].to_vec()).collect()
}

#[test]
fn a_code_for_another_device_is_drawn_to_be_scanned_and_written_beside() {
    for (columns, rows) in [(80, 24), (200, 50), (60, 24), (40, 30)] {
        let client = linking(columns, rows);
        let code = QrCode::with_error_correction_level(ADDRESS, EcLevel::L).unwrap();
        let expected: Vec<_> = code.to_colors();
        let drawn: Vec<_> = modules(&client).concat();
        let expected: Vec<_> = expected.into_iter().map(|it| it == Module::Dark).collect();
        assert_eq!(drawn, expected, "{columns} x {rows}");
        let screen = client.screen().join(" ");
        assert!(screen.contains("7K3M-Q0ZD"), "{screen}");
    }
    let screen = linking(80, 24).screen();
    let screen: Vec<_> = screen.iter().map(|row| row.replace('▀', "").trim().to_owned()).collect();
    for words in [
        "Code for another device: 7K3M-Q0ZD",
        "https://chat.example/#link=7K3MQ0ZD",
        "Open there, or start nebula --link with:",
        "Good once, for 10 minutes",
    ] {
        assert!(screen.join(" ").contains(words), "{words}: {screen:#?}");
    }
}

#[test]
fn without_room_or_colours_it_is_said_that_there_is_nothing_to_scan() {
    let told = |change: &dyn Fn(&mut Client), columns, rows| {
        let mut client = linking(columns, rows);
        change(&mut client);
        let screen = client.screen().join(" ");
        assert!(!screen.contains('▀') && screen.contains("7K3M-Q0ZD"), "{screen}");
        screen
    };
    let narrow = told(&|_| (), 40, 12);
    assert!(narrow.contains("The QR code needs 33 columns and 17"), "{narrow}");
    let mono = told(&|client| client.screen.looks.theme = Theme::Mono, 80, 24);
    assert!(mono.contains("There is no QR code without colours"), "{mono}");
    let none = told(&|client| client.screen.looks.depth = Depth::None, 80, 24);
    assert!(none.contains("There is no QR code without colours"), "{none}");
}

#[test]
fn an_address_of_this_machine_is_told_apart() {
    let mut client = Client::entered(80, 24);
    client.screen.chat.servers = servers(&["ws://127.0.0.1:8080"]);
    client.types("/link\n");
    client.hears(r#"{"type":"link","code":"7K3MQ0ZD","expires_ms":60000,"ref":"s-1"}"#);
    let screen = client.screen().join(" ");
    assert!(screen.contains("this machine only") && screen.contains("1 minute "), "{screen}");
}

#[test]
fn any_key_or_click_closes_it_and_it_closes_by_itself_when_it_is_over() {
    let is_shown = |client: &Client| client.screen().join("").contains("7K3M-Q0ZD");
    let mut client = linking(80, 24);
    client.presses(KeyCode::PageDown, KeyModifiers::NONE);
    assert!(is_shown(&client), "a key that turns pages does not");
    client.types("x");
    assert!(!is_shown(&client) && client.screen.input.text().is_empty());
    let mut client = linking(80, 24);
    client.happens(Event::Click(5, 5));
    assert!(!is_shown(&client));
    let mut client = linking(80, 24);
    let code = AccessCode::try_from("7K3MQ0ZD").unwrap();
    client.happens(chat::Event::Time(Timer::LinkOver(code.clone())));
    assert!(!is_shown(&client));
    assert!(client.screen().join("").contains("The code is over. /link makes another"));
    // Who has closed it is not told.
    let mut client = linking(80, 24);
    client.types("x");
    client.happens(chat::Event::Time(Timer::LinkOver(code)));
    assert!(!client.screen().join("").contains("The code is over"));
}

#[test]
fn a_device_is_revoked_after_a_question() {
    let mut client = Client::entered(80, 24);
    client.types("/devices\n");
    client.did();
    client.hears(
        r#"{"type":"devices","devices":[{"device":1,"label":"nebula on lab-7","added":0,"used":0,"this":true},
            {"device":3,"label":"Firefox on Android","added":0,"used":0}],"ref":"s-1"}"#,
    );
    let screen = client.screen().join("\n");
    assert!(screen.contains("  3  Firefox on Android: added 1970-01-01"), "{screen}");
    assert!(screen.contains("nebula on lab-7 (this one)"), "{screen}");
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    client.types("/revoke 3\n");
    let screen = client.screen().join("");
    assert!(screen.contains("Revoke device 3 (Firefox on Android)?"), "{screen}");
    client.types("xn");
    assert!(client.screen().join("").contains("Nothing revoked"));
    assert_eq!(sent(&client.did()), [""; 0]);
    client.types("/revoke 3\ny");
    assert_eq!(sent(&client.did()), [r#"{"type":"revoke","device":3,"ref":"s-2"}"#]);
    client.types("/revoke 1\n");
    assert!(client.screen().join("").contains("You lose your name here at once"));
}

#[test]
fn an_invite_is_shown_and_its_address_copied() {
    let mut client = Client::entered(80, 24);
    client.screen.chat.servers = servers(&["wss://chat.example"]);
    client.types("/invite\n");
    client.did();
    client.hears(
        r#"{"type":"invite","invite":1,"code":"9V5TQ2M80KXDB3HN","uses":1,"expires":0,"ref":"s-1"}"#,
    );
    let address = "https://chat.example/#invite=9V5TQ2M80KXDB3HN";
    assert_eq!(client.did(), [Effect::Copy(address.to_owned())]);
    let screen = client.screen().join(" ");
    assert!(screen.contains(address) && screen.contains("The address is copied"), "{screen}");
    assert_eq!(client.did_on_screen(), [] as [ScreenEffect; 0]);
}

#[test]
fn who_is_not_let_in_reads_what_can_be_done() {
    for (code, advice) in [
        ("need_invite", "--invite CODE"),
        ("revoked", "/link CODE links it again"),
        ("too_many_devices", "/revoke one on another device"),
    ] {
        let mut client = Client::new(120, 24);
        client.happens(chat::Event::Connected);
        client.hears(&format!(r#"{{"type":"error","code":"{code}","content":"the reason"}}"#));
        client.happens(chat::Event::Lost { code: Some(4003), reason: "the reason".to_owned() });
        let screen = client.screen().join(" ");
        assert!(screen.contains("The reason. ") && screen.contains(advice), "{code}: {screen}");
    }
}

#[test]
fn what_a_revoked_device_did_not_send_is_marked_where_it_stands() {
    let mut client = Client::new(80, 24);
    client.types("hello\n");
    client.hears(r#"{"type":"error","code":"revoked","content":"this device was revoked"}"#);
    client.happens(chat::Event::Lost { code: Some(4003), reason: "revoked".to_owned() });
    let screen = client.screen().join("\n");
    assert!(screen.contains("hello") && screen.contains("Not sent from this device"), "{screen}");
    // What is written from then on waits for nothing.
    client.types("again\n");
    assert_eq!(client.screen().join("").matches("Not sent from this device").count(), 2);
    client.types("/retry\n");
    assert_eq!(client.screen().join("").matches("Not sent from this device").count(), 2);
}
