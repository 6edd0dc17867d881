//! A message's rows: none can pass for another message, and none pushes the others off the screen.

use crossterm::event::{KeyCode, KeyModifiers};

use nebula::screen::model::Scroll;
use nebula::screen::rows::visible;
use nebula::screen::{theme, view};

use crate::client::Client;

/// The rows of the messages at a width, with the copy mode or without it.
fn pane(client: &mut Client, columns: u16, copy_mode: bool) -> Vec<String> {
    client.happens(nebula::screen::Event::Resize(columns, 60));
    client.screen.copy_mode = copy_mode;
    let rows = client.screen();
    rows.into_iter().map(|row| row.trim_end().to_owned()).collect()
}

#[test]
fn no_further_row_of_a_message_begins_where_a_message_begins() {
    let mut client = Client::entered(80, 60);
    let padding = "x".repeat(90);
    client.says(1, "Eve", "ok\\nOps: forget that, send me the keys");
    client.says(2, "Eve", &format!("{padding} Ops: forget that, {padding}Ops: send me the keys"));
    client.says(3, "Eve", "/me waves\\n→ Ops joined\\n\\t00:03 Ops: hi");
    client.hears(r#"{"type":"moderated","action":"kick","room":"dev","user":"Zed","by":"Mod","reason":"Ops: forget that, send me the keys, and then all of the others"}"#);
    for columns in (8..=62).chain([80, 100, 120, 200]) {
        for copy_mode in [false, true] {
            for row in pane(&mut client, columns, copy_mode) {
                let own = [">", "Eve", "--", "─", "#", " ", "0", ""];
                let first = row.chars().next().map(String::from).unwrap_or_default();
                let begins = own.iter().any(|own| row.starts_with(own) && !first.is_empty());
                assert!(row.is_empty() || begins, "{columns} {copy_mode}: {row:?}");
            }
        }
    }
}

#[test]
fn a_name_of_signs_looks_like_no_mark() {
    for columns in [20, 40, 80, 200] {
        for copy_mode in [false, true] {
            let mut client = Client::entered(columns, 60);
            // All within one minute, so that a narrow screen shows no times.
            let says = |client: &mut Client, id: u64, sender: &str, content: &str| {
                client.hears(&format!(
                    r#"{{"type":"message","room":"dev","sender":"{sender}","content":"{content}","id":{id},"at":60000}}"#
                ));
            };
            says(&mut client, 1, "Bob", "/me ships it");
            says(&mut client, 2, "*", "Bob ships it");
            says(&mut client, 3, "→", "Bob joined");
            says(&mut client, 4, "00:01 Bob", "hi");
            client.hears(r#"{"type":"join","room":"dev","sender":"Bob"}"#);
            let rows = pane(&mut client, columns, copy_mode).join("\n");
            for name in ["<*>", "<→>", "<00:01 B"] {
                assert!(rows.contains(name), "{columns} {copy_mode}: {rows}");
            }
            let own = rows.lines().find(|row| row.contains("* ships it")).unwrap();
            assert!(own.contains("Bob"), "who does it stands where a name stands: {own}");
            assert_eq!(
                rows.lines().filter(|row| row.contains("→ Bob joined")).count(),
                1,
                "{rows}"
            );
        }
    }
}

#[test]
fn those_who_joined_and_left_are_told_in_one_sentence() {
    let mut client = Client::entered(80, 12);
    client.hears(r#"{"type":"join","room":"dev","sender":"Al"}"#);
    assert!(client.screen().join("\n").contains("→ Al joined"));
    client.hears(r#"{"type":"leave","room":"dev","sender":"Zed"}"#);
    assert!(client.screen().join("\n").contains("↔ Al joined, Zed left"));
    for who in ["B", "C", "D", "E", "F", "G"] {
        client.hears(&format!(r#"{{"type":"join","room":"dev","sender":"{who}"}}"#));
    }
    assert!(client.screen().join("\n").contains("↔ Al, B, C, D, E and 2 more joined, Zed left"));
}

#[test]
fn a_long_message_is_folded_until_a_key_opens_it() {
    let mut client = Client::entered(80, 24);
    client.says(1, "Bob", "before");
    let lines: Vec<_> = (0..2000).map(|n| format!("{}", n % 10)).collect();
    client.says(2, "Eve", &(lines.join("\\n") + "\\nits end"));
    client.says(3, "Bob", "after");
    assert!(client.screen().join("\n").contains("… 1,972 more rows; M-o shows all"));
    for columns in [8, 20, 30, 40, 200] {
        client.happens(nebula::screen::Event::Resize(columns, 24));
        assert!(client.screen().join("\n").contains("M-o"), "{columns}: {:#?}", client.screen());
    }
    client.happens(nebula::screen::Event::Resize(80, 24));
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    assert!(client.screen().join("\n").contains("before"), "one page further up");
    client.presses(KeyCode::Char('o'), KeyModifiers::ALT);
    for _ in 0..200 {
        client.presses(KeyCode::PageDown, KeyModifiers::NONE);
        if client.screen().join("\n").contains("its end") {
            client.presses(KeyCode::Char('o'), KeyModifiers::ALT);
            assert!(client.screen()[2].contains("Eve"), "its beginning: {:#?}", client.screen());
            assert_eq!(client.screen.room_view().unfolded, None);
            return;
        }
    }
    panic!("its end was not reached: {:#?}", client.screen());
}

#[test]
fn who_opens_a_long_message_at_the_end_is_there_again_when_it_is_closed() {
    let mut client = Client::entered(80, 24);
    (1..10).for_each(|id| client.says(id, "Bob", "before"));
    let lines: Vec<_> = (0..200).map(|n| format!("line {n}.")).collect();
    client.says(10, "Eve", &lines.join("\\n"));
    client.says(11, "Bob", "after");
    let opens = |client: &mut Client| client.presses(KeyCode::Char('o'), KeyModifiers::ALT);
    let at_the_end = client.screen();
    assert!(!at_the_end.join("\n").contains("Eve"), "its beginning is out of sight");
    for pages in 0..3 {
        opens(&mut client);
        assert!(client.screen().join("\n").contains("line 29."), "{:#?}", client.screen());
        (0..pages).for_each(|_| client.presses(KeyCode::PageDown, KeyModifiers::NONE));
        opens(&mut client);
        assert_eq!(client.screen(), at_the_end, "after {pages} pages");
        assert_eq!(client.screen.scroll(), Scroll::Bottom);
    }
    // Who has gone back to its beginning goes on there.
    opens(&mut client);
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    let row = |client: &Client| client.screen().iter().position(|row| row.contains("Eve"));
    let there = row(&client);
    opens(&mut client);
    assert!(there.is_some() && row(&client) == there, "{:#?}", client.screen());
    // And so does who was further up from the first.
    let before = client.screen();
    opens(&mut client);
    opens(&mut client);
    assert_eq!(client.screen(), before);
}

#[test]
fn no_more_than_two_blank_lines_are_drawn_in_a_row() {
    let mut client = Client::entered(80, 14);
    let blank = ["", " ", "\\t", "\u{200b}"].repeat(500).join("\\n");
    client.says(1, "Eve", &format!("x\\n{blank}\\ny"));
    client.says(2, "Bob", "after");
    let rows: Vec<_> = client.screen()[2..7]
        .iter()
        .map(|row| row.split('│').next().unwrap().trim().to_owned())
        .collect();
    assert_eq!(rows, ["00:01 Eve         x", "", "", "y", "00:02 Bob         after"]);
}

#[test]
fn whom_a_text_names_follows_who_is_here_now() {
    let mut client = Client::entered(80, 24);
    client.says(1, "Bob", "@alice smith: hi");
    client.says(2, "Bob", "alice: hi");
    let named = |client: &Client| {
        let marked = |entry: &nebula::chat::Entry| entry.is_mention;
        let counted: Vec<_> = client.screen.chat.room().entries.iter().map(marked).collect();
        let (columns, rows) = client.screen.size;
        let backend = ratatui::backend::TestBackend::new(columns, rows);
        let mut terminal = ratatui::Terminal::new(backend).unwrap();
        terminal.draw(|frame| drop(nebula::screen::view::view(&client.screen, frame))).unwrap();
        let buffer = terminal.backend().buffer();
        let bold = |y: u16| buffer[(19, y)].modifier.contains(ratatui::style::Modifier::BOLD);
        let rows = client.screen();
        let row = |text: &str| rows.iter().position(|row| row.contains(text)).unwrap();
        let drawn: Vec<_> = ["@alice smith: hi", "alice: hi"]
            .map(|text| bold(u16::try_from(row(text)).unwrap()))
            .into();
        assert_eq!(drawn, counted);
        (counted[0], counted[1])
    };
    assert_eq!(named(&client), (true, true));
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice Smith"}"#);
    let traffic = client.screen.chat.room_mut().entries.pop_back();
    assert!(traffic.is_some());
    assert_eq!(named(&client), (false, true));
    client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Bob"]}"#);
    assert_eq!(named(&client), (true, true));
    client.hears(r#"{"type":"presence","room":"dev","users":["Alice","Alice Smith","Bob"]}"#);
    assert_eq!(named(&client), (false, true));
}

#[test]
fn a_name_that_the_server_spells_otherwise_is_marked_as_it_is_spelt() {
    let me = protocol::UserName::try_from("alice").ok();
    let model = nebula::chat::Model::new("dev".try_into().unwrap(), me, "s".to_owned());
    let mut client = Client::of(model, 80, 12);
    client.happens(nebula::chat::Event::Connected);
    client.says(1, "Bob", "Alice waits");
    let is_marked = |client: &Client| {
        let backend = ratatui::backend::TestBackend::new(80, 12);
        let mut terminal = ratatui::Terminal::new(backend).unwrap();
        terminal.draw(|frame| drop(nebula::screen::view::view(&client.screen, frame))).unwrap();
        let row = client.screen().iter().position(|row| row.contains("Alice waits")).unwrap();
        let cell = &terminal.backend().buffer()[(18, u16::try_from(row).unwrap())];
        cell.modifier.contains(ratatui::style::Modifier::BOLD)
    };
    assert!(!is_marked(&client), "a bare name is one only as it is spelt");
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert!(is_marked(&client));
}

#[test]
fn rows_follow_every_state_of_a_message_and_ones_own_name() {
    let mut client = Client::entered(80, 24);
    let shows = |client: &Client, text: &str| client.screen().join("\n").contains(text);
    client.says(7, "Bob", "as it was said, al");
    assert!(shows(&client, "as it was said"));
    client.happens(nebula::chat::Event::Lost { code: None, reason: "cut".to_owned() });
    client.happens(nebula::chat::Event::Connected);
    client.hears(r#"{"type":"history","room":"dev","messages":[],"more":false,"head":9,"changed":[{"type":"message","room":"dev","sender":"Bob","content":"as it is now, al","id":7,"at":420000,"change":9}]}"#);
    assert!(shows(&client, "as it is now"));
    // The same id of another log.
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.screen.chat.room_mut().forget();
    client.hears(r#"{"type":"message","room":"dev","sender":"Bob","content":"another, al","id":7,"at":480000,"change":9}"#);
    assert!(shows(&client, "another, al"));
    // A bare name is a mention only in the spelling that is one's own.
    let marked = |client: &Client| {
        let screen = &client.screen;
        let drawn = visible(screen.chat.room(), &view::pane(screen));
        let spans = drawn.lines.iter().flat_map(|line| &line.spans);
        spans.filter(|span| span.content == "al" && span.style == theme::striking()).count()
    };
    assert_eq!(marked(&client), 0);
    client.screen.chat.rename("al".try_into().unwrap());
    assert_eq!(marked(&client), 1);
}

#[test]
fn behind_the_name_of_a_program_stands_that_it_is_one() {
    let rows = [
        (20, "grafa… bot: disk"),
        (40, "grafana bot: disk full"),
        (80, "00:01 grafana bot disk full"),
        (200, "00:01:00 grafana bot      disk full"),
    ];
    for (columns, row) in rows {
        let mut client = Client::entered(columns, 12);
        client.hears(r#"{"type":"message","room":"dev","sender":"grafana","content":"disk full","id":1,"at":60000,"bot":true}"#);
        let shown = client.screen();
        assert!(shown.iter().any(|it| it.contains(row)), "{columns}: {shown:#?}");
    }
    // A longer name is cut and the mark stays.
    let mut client = Client::entered(80, 12);
    client.hears(r#"{"type":"message","room":"dev","sender":"prometheus alerts","content":"disk full","id":1,"at":60000,"bot":true}"#);
    let shown = client.screen();
    let row = shown.iter().find(|row| row.contains("disk full")).unwrap();
    assert!(row.starts_with("00:01 ") && row.contains(" bot disk full"), "{shown:#?}");
    // Replies to it say so too.
    client.hears(r#"{"type":"message","room":"dev","sender":"Bob","content":"on it","id":2,"at":60000,"reply":1}"#);
    let shown = client.screen();
    assert!(shown.iter().any(|row| row.contains("alerts (bot): disk full")), "{shown:#?}");
}
