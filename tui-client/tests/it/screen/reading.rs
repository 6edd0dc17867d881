//! Reading: people, days, what is new, and being called.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::Effect;
use nebula::chat::{Place, Reading, Room};
use nebula::screen::Event;
use nebula::screen::theme::Theme;
use protocol::{MessageId, RoomName, ToServer};

use crate::client::{Client, sent};

#[test]
fn the_people_of_a_large_room_are_counted_and_fetched_as_one_scrolls() {
    let mut client = Client::entered(80, 12);
    let names = |range: std::ops::Range<usize>| {
        let names: Vec<_> = range.map(|n| format!("\"p{n:03}\"")).collect();
        names.join(",")
    };
    let list = |users: &str, more: &str| {
        format!(r#"{{"type":"presence","room":"dev","users":[{users}],"count":5000{more}}}"#)
    };
    client.hears(&list(&names(0..50), ""));
    let screen = client.screen().join("\n");
    assert!(screen.contains("5,000 online") && screen.contains("p000"), "{screen}");
    client.effects.clear();
    let asked = |client: &Client| {
        let sent = client.effects.iter().filter_map(|action| match action {
            Effect::Send(ToServer::Presence(protocol::PeopleQuery { after, .. })) => {
                Some(after.as_str().to_owned())
            }
            _ => None,
        });
        sent.collect::<Vec<_>>()
    };
    while asked(&client).is_empty() {
        client.presses(KeyCode::PageDown, KeyModifiers::ALT);
    }
    assert_eq!(asked(&client), ["p049"]);
    client.hears(&list(&names(50..550), r#","after":"p049""#));
    client.presses(KeyCode::PageDown, KeyModifiers::ALT);
    let screen = client.screen().join("\n");
    assert!(screen.contains(" above") && screen.contains("p05"), "{screen}");
    assert_eq!(asked(&client), ["p049"], "there are enough now");
    client.presses(KeyCode::PageUp, KeyModifiers::ALT);
    assert!(client.screen().join("\n").contains("p04"));
}

#[test]
fn days_are_parted_and_who_joined_and_left_shares_a_line() {
    let mut client = Client::entered(60, 11);
    client.says(1, "Bob", "yesterday");
    client.says(24 * 60, "Bob", "today");
    for (what, who) in
        [("leave", "Eve"), ("join", "Carol"), ("join", "Dan"), ("join", "Fay"), ("leave", "Carol")]
    {
        client.hears(&format!(r#"{{"type":"{what}","room":"dev","sender":"{who}"}}"#));
    }
    client.says(24 * 60 + 1, "Bob", "and on");
    let pane: Vec<_> = client.screen().into_iter().skip(1).take(6).collect();
    let pane: Vec<_> = pane.iter().map(|row| row.split('│').next().unwrap().trim_end()).collect();
    assert_eq!(
        pane,
        [
            "──────────── Thu 1 Jan 1970 ─────────────",
            "00:01 Bob         yesterday",
            "──────────── Fri 2 Jan 1970 ─────────────",
            "00:00 Bob         today",
            "↔ Dan, Fay joined, Eve left",
            "00:01 Bob         and on",
        ]
    );
}

#[test]
fn a_line_stands_above_what_came_while_one_looked_away_and_stays_while_one_reads() {
    let mut client = Client::entered(60, 10);
    client.says(1, "Bob", "seen");
    client.happens(Event::Focus(false));
    client.says(2, "Bob", "unseen");
    client.says(3, "Bob", "also unseen");
    assert_eq!(client.screen.chat.room().unread(client.screen.chat.me.as_ref()), 2);
    client.happens(Event::Focus(true));
    assert_eq!(client.screen.chat.room().unread(client.screen.chat.me.as_ref()), 0);
    client.says(4, "Bob", "while reading");
    let line = |client: &Client| {
        let rows = client.screen();
        let at = rows.iter().position(|row| row.contains(" new "));
        at.map(|at| rows[at + 1].contains("unseen"))
    };
    assert_eq!(line(&client), Some(true), "it stands where it stood");
    client.types("I see\n");
    assert_eq!(line(&client), None, "who answers has read it");
}

#[test]
fn a_mention_rings_only_when_nobody_looks_and_marks_its_room() {
    let mut client = Client::entered(80, 10);
    client.says(1, "Bob", "hello Alice");
    client.types("/join ops\n");
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    client.did();
    client.happens(Event::Focus(false));
    client.says(2, "Bob", "malice is no name");
    assert_eq!(client.did(), []);
    client.says(3, "Bob", "alice: look");
    assert_eq!(client.did(), [Effect::Notify("Bob in #dev: alice: look".to_owned())]);
    assert!(client.screen()[0].contains(">#ops"), "{}", client.screen()[0]);
    assert_eq!(nebula::screen::view::title(&client.screen), "(2) #ops · Nebula");
    client.presses(KeyCode::Char('a'), KeyModifiers::ALT);
    assert_eq!(client.screen.chat.active, 0);
    assert!(client.screen().iter().any(|row| row.contains(" new ")), "where one left off");
    client.presses(KeyCode::Char('2'), KeyModifiers::ALT);
    assert_eq!(client.screen.chat.active, 1);
}

#[test]
fn every_line_of_the_help_can_be_reached() {
    let mut client = Client::entered(80, 12);
    client.presses(KeyCode::F(1), KeyModifiers::NONE);
    let mut seen = client.screen().join("\n");
    assert!(seen.contains("/help"));
    for _ in 0..20 {
        client.presses(KeyCode::PageDown, KeyModifiers::NONE);
        seen += &client.screen().join("\n");
    }
    for bound in client.screen.keys.described() {
        assert!(seen.contains(&bound.shown), "{}", bound.shown);
    }
    for _ in 0..20 {
        client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    }
    assert!(client.screen().join("\n").contains("/help"));
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert!(!client.screen().join("\n").contains("/help"));
}

#[test]
fn a_narrow_screen_shows_the_people_in_place_of_the_text_and_a_wide_one_the_rooms_beside_it() {
    let mut client = Client::entered(40, 12);
    client.says(1, "Bob", "hello");
    assert!(!client.screen().join("").contains("● Bob"));
    client.presses(KeyCode::F(8), KeyModifiers::NONE);
    let screen = client.screen().join("\n");
    assert!(screen.contains("2 online") && screen.contains("● Bob") && !screen.contains("hello"));
    client.presses(KeyCode::Esc, KeyModifiers::NONE);
    assert!(client.screen().join("").contains("hello"));
    client.types("/join a-room-with-a-very-long-name\n");
    client.happens(Event::Resize(200, 60));
    let screen = client.screen();
    assert!(
        screen[1].starts_with(" 1 #dev") && screen[2].starts_with(">2 #a-room-with-a-ver… │"),
        "{screen:#?}"
    );
    client.hears(r#"{"type":"message","room":"a-room-with-a-very-long-name","sender":"Bob","content":"x","id":2,"at":0}"#);
    client.types("/join dev\n");
    client.hears(r#"{"type":"message","room":"a-room-with-a-very-long-name","sender":"Bob","content":"x","id":3,"at":0}"#);
    assert!(client.screen()[2].starts_with(" 2 #a-room-with-a-v… 1 │"), "{:?}", client.screen()[2]);
    client.types("/join a-room-with-a-very-long-name\n");
    client.presses(KeyCode::F(8), KeyModifiers::NONE);
    assert!(!client.screen().join("").contains("online│"));
    client.presses(KeyCode::F(7), KeyModifiers::NONE);
    assert!(!client.screen()[2].starts_with(">2 #a-room"), "the rooms are hidden");
    client.happens(Event::Resize(40, 24));
    client.presses(KeyCode::F(7), KeyModifiers::NONE);
    assert!(client.screen()[23].starts_with("go to: "), "or chosen from");
    client.presses(KeyCode::Down, KeyModifiers::NONE);
    client.types("\n");
    assert_eq!(client.screen.chat.active, 1);
}

#[test]
fn where_many_have_left_the_others_move_up() {
    let mut client = Client::entered(80, 12);
    let names: Vec<_> = (0..40).map(|n| format!("\"p{n:02}\"")).collect();
    let list = |names: &[String]| {
        let users = names.join(",");
        format!(r#"{{"type":"presence","room":"dev","users":[{users}],"count":{}}}"#, names.len())
    };
    client.hears(&list(&names));
    (0..9).for_each(|_| client.presses(KeyCode::PageDown, KeyModifiers::ALT));
    let screen = client.screen().join("\n");
    assert!(screen.contains("above") && screen.contains("● p39"), "{screen}");
    client.hears(&list(&names[..11]));
    let screen = client.screen().join("\n");
    assert!(screen.contains("4 above") && screen.contains("● p10"), "{screen}");
    client.hears(&list(&names[..2]));
    let screen = client.screen().join("\n");
    assert!(!screen.contains("above") && screen.contains("● p00"), "{screen}");
}

#[test]
fn every_size_can_be_drawn() {
    let mut client = Client::entered(80, 24);
    client.says(1, "Bob", "日本語 👩‍👩‍👧 שלום and a word");
    client.types("/join ops\nsomething\t long");
    for toggled in [None, Some(true), Some(false)] {
        client.screen.people_shown = toggled;
        for (columns, rows) in (1..130).map(|n| (n, n / 3 + 1)).chain([(1, 1), (1, 60), (200, 1)]) {
            client.happens(Event::Resize(columns, rows));
            assert_eq!(client.screen().len(), usize::from(rows), "{columns} x {rows}");
        }
    }
}

#[test]
fn a_cleared_screen_is_empty_and_filled_again_by_scrolling_up() {
    let mut client = Client::entered(80, 12);
    client.says(7, "Bob", "hello");
    client.types("/clear\n");
    assert!(!client.screen().join("").contains("hello"));
    client.did();
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    let asked = client.did();
    let [
        Effect::Send(ToServer::History(protocol::HistoryQuery {
            span: protocol::Span::Before(before),
            ..
        })),
    ] = asked.as_slice()
    else {
        panic!("{asked:?}")
    };
    assert_eq!(before.get(), 8);
}

#[test]
fn a_theme_is_chosen_by_its_name() {
    let mut client = Client::entered(80, 12);
    client.types("/theme mono\n");
    assert_eq!(client.screen.looks.theme, Theme::Mono);
    client.types("/theme pink\n");
    assert!(client.screen().join("").contains("colour-blind"));
}

#[test]
fn links_are_listed_and_copied() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "see https://a.example/x, and (http://b.example)");
    for id in 2..40 {
        client.says(id, "Bob", "line");
    }
    client.says(40, "Bob", "javascript:alert(1) ftp://c.example");
    client.types("/url\n");
    let screen = client.screen().join("\n");
    assert!(screen.contains("1  http://b.example") && !screen.contains("3  "), "{screen}");
    client.did();
    client.types("/url 2\n");
    assert_eq!(client.did(), [Effect::Copy("https://a.example/x".to_owned())]);
    client.types("/copy 2\n");
    assert_eq!(client.did(), [Effect::Copy("line".to_owned())]);
    client.types("/url 9\n");
    assert_eq!(client.did(), []);
}

#[test]
fn a_muted_room_rings_no_bell() {
    let mut client = Client::entered(80, 12);
    client.types("/mute\n");
    client.happens(Event::Focus(false));
    client.did();
    client.says(1, "Bob", "Alice!");
    assert_eq!(client.did(), []);
}

#[test]
fn where_the_terminal_does_not_tell_who_does_nothing_looks_elsewhere() {
    let mut client = Client::entered(80, 12);
    client.happens(Event::Quiet);
    client.did();
    client.says(1, "Bob", "Alice!");
    assert_eq!(client.did(), [Effect::Notify("Bob in #dev: Alice!".to_owned())]);
    assert_eq!(client.screen.chat.room().unread(client.screen.chat.me.as_ref()), 1);
    client.types("x");
    assert_eq!(client.screen.chat.room().unread(client.screen.chat.me.as_ref()), 0);
    client.did();
    client.says(2, "Bob", "Alice!");
    assert_eq!(client.did(), []);
    // In the editor one sees no message.
    client.presses(KeyCode::Char('e'), KeyModifiers::ALT);
    assert_eq!(client.did_on_screen(), [nebula::screen::Effect::Edit("x".to_owned())]);
    client.says(3, "Bob", "Alice!");
    assert_eq!(client.did().len(), 1);
    client.happens(Event::Edited(Ok("y".to_owned())));
    assert_eq!(client.screen.chat.room().unread(client.screen.chat.me.as_ref()), 0);
    // A terminal that tells is believed.
    client.happens(Event::Focus(true));
    client.happens(Event::Quiet);
    client.says(4, "Bob", "Alice!");
    assert_eq!(client.did(), []);
}

#[test]
fn people_that_are_hidden_beside_the_text_do_not_cover_it_on_a_smaller_screen() {
    let mut client = Client::entered(80, 12);
    client.says(1, "Bob", "hello");
    client.presses(KeyCode::F(8), KeyModifiers::NONE);
    client.happens(Event::Resize(120, 12));
    assert!(!client.screen().join("").contains("● Bob"), "they stay hidden");
    client.happens(Event::Resize(40, 12));
    assert!(client.screen().join("").contains("hello"));
    client.presses(KeyCode::F(8), KeyModifiers::NONE);
    client.happens(Event::Resize(80, 12));
    let screen = client.screen().join("");
    assert!(screen.contains("hello") && screen.contains("● Bob"));
}

#[test]
fn more_than_was_loaded_is_new_and_said_to_be() {
    let mut client = Client::new(80, 12);
    let read = MessageId::try_from(7).unwrap();
    client.screen.chat.rooms.push(Room::as_read(RoomName::try_from("ops").unwrap(), read));
    let page = |ids: std::ops::Range<u64>, more: bool| {
        let message = |id: u64| {
            format!(
                r#"{{"type":"message","room":"ops","sender":"Bob","content":"m{id}.","id":{id},"at":0}}"#
            )
        };
        let messages: Vec<_> = ids.map(message).collect();
        format!(
            r#"{{"type":"history","room":"ops","messages":[{}],"more":{more},"head":299}}"#,
            messages.join(",")
        )
    };
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    client.hears(&page(200..300, true));
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    assert!(client.screen()[2].starts_with(" 2 #ops       100+ │"), "{:#?}", client.screen());
    assert_eq!(nebula::screen::view::title(&client.screen), "(100+) #dev · Nebula");
    // M-u goes on until what is new is all there.
    client.screen.chat.rooms[1].reading = Reading::Above(read);
    let view = client.screen.views.entry(client.screen.chat.rooms[1].name.clone()).or_default();
    view.top = Some((Place::of(read), 0));
    client.presses(KeyCode::Char('2'), KeyModifiers::ALT);
    client.did();
    client.presses(KeyCode::Char('u'), KeyModifiers::ALT);
    let asked = r#"{"type":"history","room":"ops","before":200,"limit":200}"#;
    assert_eq!(sent(&client.did()), [asked]);
    client.hears(&page(1..200, false));
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    assert!(client.screen()[2].starts_with(" 2 #ops        292 │"), "{:#?}", client.screen());
    client.presses(KeyCode::Char('2'), KeyModifiers::ALT);
    client.presses(KeyCode::Char('u'), KeyModifiers::ALT);
    assert!(sent(&client.did()).is_empty() && client.screen().join("").contains("m8."));
}
