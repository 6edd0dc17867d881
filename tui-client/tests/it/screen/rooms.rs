//! The list of rooms: what is new where, told apart in colour and by sign, at every size.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::screen::Event;
use nebula::screen::view::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};

use crate::client::Client;

#[test]
fn rooms_that_are_not_in_sight_are_counted_beside_what_is_unread_in_them() {
    let mut client = Client::entered(40, 12);
    for number in 1..=12 {
        client.types(&format!("/join room-{number}\n"));
    }
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    assert!(client.screen()[0].starts_with(">#dev  #room-1  11 more  "), "{}", client.screen()[0]);
    client
        .hears(r#"{"type":"message","room":"room-12","sender":"Bob","content":"x","id":9,"at":0}"#);
    assert!(
        client.screen()[0].starts_with(">#dev  #room-1  11 more: 1 "),
        "{}",
        client.screen()[0]
    );
    client.hears(
        r#"{"type":"message","room":"room-12","sender":"Bob","content":"Alice!","id":10,"at":0}"#,
    );
    assert!(client.screen()[0].starts_with(">#dev  12 more: !2  "), "{}", client.screen()[0]);
    client.happens(Event::Resize(80, 12));
    let screen = client.screen();
    assert!(
        screen[1].starts_with("> 1 #dev") && screen[9].starts_with(" 5 more: !2"),
        "{screen:#?}"
    );
    client.presses(KeyCode::Char('p'), KeyModifiers::CONTROL);
    assert!(client.screen()[8].starts_with(">13 #room-12"), "{:#?}", client.screen());
}

#[test]
fn active_unread_and_mentioned_rooms_differ_in_sign_and_in_colour() {
    for (columns, list) in [(80, 1), (40, 0)] {
        let mut client = Client::entered(columns, 12);
        client.types("/join a\n/join b\n/join c\n");
        client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
        for (id, room, content) in [(1, "b", "x"), (2, "c", "Alice!")] {
            client.hears(&format!(
                r#"{{"type":"message","room":"{room}","sender":"Bob","content":"{content}","id":{id},"at":0}}"#
            ));
        }
        let mut terminal = Terminal::new(TestBackend::new(columns, 12)).unwrap();
        terminal.draw(|frame| drop(view(&client.screen, frame))).unwrap();
        let buffer = terminal.backend().buffer().clone();
        let look = |name: &str| {
            let rows = client.screen();
            let row = (list..rows.len()).find(|row| rows[*row].contains(name)).unwrap();
            let at = rows[row].find(name).unwrap();
            let cell = &buffer[(u16::try_from(at).unwrap(), u16::try_from(row).unwrap())];
            (cell.fg, cell.modifier & (Modifier::BOLD | Modifier::REVERSED))
        };
        let looks = ["#dev", "#a", "#b", "#c"].map(look);
        for (at, one) in looks.iter().enumerate() {
            assert!(looks[..at].iter().all(|other| other != one), "{columns}: {looks:?}");
        }
        assert!(looks[2].0 != Color::Reset && looks[3].0 != Color::Reset, "{looks:?}");
        let shown = client.screen().join("\n");
        match columns {
            80 => {
                for row in [">1 #dev ", " 2 #a ", " 3 #b            1 │", " 4 #c           !1 │"]
                {
                    assert!(shown.contains(row), "{row}: {shown}");
                }
            }
            _ => assert!(shown.starts_with(">#dev  #a  #b 1  #c !1 "), "{shown}"),
        }
    }
}

#[test]
fn where_there_is_one_column_a_key_changes_between_rooms_and_people() {
    let mut client = Client::entered(80, 12);
    let shows = |client: &Client| {
        let screen = client.screen().join("\n");
        (screen.contains("1 #dev"), screen.contains("● Bob"))
    };
    assert_eq!(shows(&client), (false, true), "with one room, the people");
    client.types("/join ops\n");
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    assert_eq!(shows(&client), (true, false), "with several, the rooms");
    for (key, shown) in
        [(8, (false, true)), (7, (true, false)), (7, (false, false)), (7, (true, false))]
    {
        client.presses(KeyCode::F(key), KeyModifiers::NONE);
        assert_eq!(shows(&client), shown, "F{key}");
    }
    client.happens(Event::Resize(110, 12));
    assert_eq!(shows(&client), (true, true), "a wider screen has room for both");
    client.presses(KeyCode::F(8), KeyModifiers::NONE);
    assert_eq!(shows(&client), (true, false), "or for one");
}

#[test]
fn what_a_room_is_about_stands_in_the_header_where_there_is_place() {
    let topic =
        r#"{"type":"room","room":"dev","kind":"open","topic":"Nebula 2 ships on\u001b Friday"}"#;
    for (width, shown) in [(40, false), (80, true), (200, true)] {
        let mut client = Client::entered(width, 24);
        client.hears(topic);
        let screen = client.screen();
        assert_eq!(screen[0].contains(" Nebula 2 ships on"), shown, "{}", screen[0]);
        assert!(!screen[0].contains('\u{1b}'), "{}", screen[0]);
    }
    let mut client = Client::entered(80, 24);
    let long = "漢字".repeat(100);
    client.hears(&format!(r#"{{"type":"room","room":"dev","kind":"open","topic":"{long}"}}"#));
    let screen = client.screen();
    assert!(screen[0].contains("漢…") || screen[0].contains("字…"), "{}", screen[0]);
    assert!(
        screen[0].trim_end().ends_with("Alice") || screen[0].contains("Alice @"),
        "{}",
        screen[0]
    );
}
