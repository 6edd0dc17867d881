//! What the client itself has to say, and where.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::chat;
use nebula::chat::room::ENTRIES_MAX;
use nebula::screen::keys::KeyCommand;
use nebula::screen::{Effect, Event};

use crate::client::{Client, sent};

#[test]
fn an_answer_that_is_out_of_sight_is_told_of() {
    let mut client = Client::entered(80, 12);
    (1..=50).for_each(|id| client.says(id, "Bob", "a message"));
    client.types("/who\n");
    assert!(client.screen().join("").contains("2 online: Alice, Bob"));
    assert_eq!(client.screen.chat.notice, None);
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    client.types("/who\n");
    assert!(client.screen()[10].contains("The answer is at the end: End shows it"));
}

#[test]
fn every_notice_can_be_read_to_its_end_at_every_size_and_says_nothing_twice() {
    let long: String = (0..60).map(|n| format!("word{n} ")).collect();
    for (columns, rows) in [(80, 24), (40, 12), (20, 5), (20, 8), (200, 50), (60, 6)] {
        for copy_mode in [false, true] {
            let mut client = Client::entered(columns, rows);
            client.screen.copy_mode = copy_mode;
            client.screen.chat.notice = Some(format!("{long}and then do this."));
            let mut seen = String::new();
            for _ in 0..60 {
                seen += &client.screen().join(" ");
                client.presses(KeyCode::PageDown, KeyModifiers::NONE);
            }
            for n in 0..60 {
                assert!(seen.contains(&format!("word{n}")), "word{n} at {columns}: {seen}");
            }
            assert!(seen.contains("do this."), "{columns} x {rows}: {seen}");
            // Another key takes it away.
            client.screen.chat.notice = Some(long.clone());
            client.types("x");
            assert!(!client.screen().join("").contains("word"));
        }
    }
    let mut client = Client::entered(80, 12);
    let why = "this name is in use: choose another";
    client.hears(&format!(r#"{{"type":"error","code":"name_taken","content":"{why}"}}"#));
    client.happens(chat::Event::Lost { code: Some(4001), reason: why.to_owned() });
    assert_eq!(client.screen().join("").matches(why).count(), 1);
}

#[test]
fn the_state_of_the_connection_is_on_every_screen_and_nobody_is_online_without_one() {
    let sizes = [(20, 5), (40, 12), (60, 8), (80, 24), (120, 30), (200, 50)];
    for ((columns, rows), copy_mode) in
        sizes.into_iter().flat_map(|size| [(size, false), (size, true)])
    {
        let shows = |client: &mut Client, expected: &[&str]| {
            client.screen.copy_mode = copy_mode;
            let screen = client.screen().join("\n");
            assert!(expected.iter().any(|state| screen.contains(state)), "{expected:?}: {screen}");
        };
        let mut client = Client::new(columns, rows);
        shows(&mut client, &["○ connecting"]);
        client.happens(chat::Event::Connected);
        shows(&mut client, &["○ connected, joining …", "○ joining"]);
        let mut client = Client::entered(columns, rows);
        shows(&mut client, &["● connected · 2 online", "● 2 online"]);
        client.screen.chat.notice =
            Some("a notice of some length that takes the place of hints".to_owned());
        shows(&mut client, &["● connected · 2 online", "● 2 online"]);
        client.hears(r#"{"type":"cluster","standing":"waiting"}"#);
        shows(&mut client, &["○ waiting for the other servers", "○ messages wait", "○ waiting"]);
        client.hears(r#"{"type":"cluster","standing":"cut"}"#);
        shows(&mut client, &["✕ cut off from the other servers", "✕ cut off"]);
        client.hears(r#"{"type":"cluster","standing":"current"}"#);
        shows(&mut client, &["● connected · 2 online", "● 2 online"]);
        client.hears(r#"{"type":"cluster","standing":"waiting"}"#);
        client.screen.chat.now = 14 * 60 * 60 * 1000 + 5 * 60 * 1000;
        client.happens(chat::Event::Lost {
            code: None,
            reason: "No server at chat.example".to_owned(),
        });
        client.happens(chat::Event::DialIn(7));
        let states = ["offline since 14:05, retry in 7 s", "offline, retry in 7 s", "retry in 7 s"];
        shows(&mut client, &states);
        client.presses(KeyCode::F(8), KeyModifiers::NONE);
        let screen = client.screen().join("\n");
        assert!(!screen.contains('●') && !screen.contains("online"), "{screen}");
        client.types("/who\n");
        assert!(!client.screen().join("\n").contains("online"), "{:#?}", client.screen());
    }
}

#[test]
fn a_server_apart_from_the_others_says_so_in_as_many_words_as_fit() {
    for (columns, rows, waiting, cut) in [
        (
            200,
            50,
            "○ waiting for the other servers: messages are sent when they answer",
            "✕ cut off from the other servers: new messages are refused, reading works",
        ),
        (
            80,
            24,
            "○ waiting for the other servers: messages are sent when they answer",
            "✕ cut off from the other servers: new messages are refused, reading works",
        ),
        (40, 12, "○ messages wait for other servers", "✕ cut off from the other servers"),
    ] {
        let mut client = Client::entered(columns, rows);
        for (standing, words) in [("waiting", waiting), ("cut", cut)] {
            client.hears(&format!(r#"{{"type":"cluster","standing":"{standing}"}}"#));
            let screen = client.screen().join("\n");
            assert!(screen.contains(words), "{screen}");
        }
    }
}

#[test]
fn messages_can_be_read_while_a_long_reason_says_why_one_is_offline() {
    let reason: String = (0..20).map(|n| format!("reason{n} ")).collect();
    for (columns, rows) in [(20, 5), (20, 8), (40, 12), (80, 24)] {
        let mut client = Client::entered(columns, rows);
        client.says(1, "Bob", "read me");
        client.happens(chat::Event::Lost { code: None, reason: reason.clone() });
        client.happens(chat::Event::DialIn(30));
        let mut seen = client.screen().join(" ");
        assert!(seen.contains("read me"), "{columns} x {rows}: {seen}");
        for _ in 0..20 {
            client.presses(KeyCode::PageDown, KeyModifiers::NONE);
            seen += &client.screen().join(" ");
        }
        assert!((0..20).all(|n| seen.contains(&format!("reason{n}"))), "{columns}: {seen}");
    }
}

#[test]
fn ctrl_c_leaves_only_when_it_is_pressed_twice_within_a_short_time() {
    let mut client = Client::entered(80, 12);
    client.did();
    let interrupt = |client: &mut Client| {
        client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
        client.did_on_screen()
    };
    let [Effect::ConfirmWithin(time)] = &interrupt(&mut client)[..] else { panic!("no end to it") };
    assert_eq!(time.as_secs(), 3);
    assert!(client.screen()[10].starts_with("Press Ctrl-C again within 3 s to quit"));
    client.happens(Event::Unconfirmed);
    assert!(!client.screen()[10].contains("Ctrl-C"));
    assert!(matches!(&interrupt(&mut client)[..], [Effect::ConfirmWithin(_)]), "it asks anew");
    client.did();
    assert_eq!(interrupt(&mut client), []);
    assert_eq!(client.did(), [chat::Effect::Quit]);
}

#[test]
fn more_news_than_is_kept_is_told_of() {
    let mut client = Client::entered(80, 12);
    client.types("/join ops\n");
    let news = u64::try_from(ENTRIES_MAX).unwrap() + 100;
    (1..=news).for_each(|id| {
        client.hears(&format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"x","id":{id},"at":0}}"#
        ))
    });
    client.presses(KeyCode::Char('1'), KeyModifiers::ALT);
    client.did();
    client.presses(KeyCode::Char('p'), KeyModifiers::ALT);
    assert!(client.screen()[10].contains("No earlier mention of you is loaded. PgUp"));
    client.presses(KeyCode::Char('u'), KeyModifiers::ALT);
    assert!(
        client.screen()[10].contains("There are older unread messages"),
        "{:?}",
        client.screen()[10]
    );
    assert_eq!(sent(&client.did()).len(), 1, "and asked for");
}

#[test]
fn a_cleared_screen_in_which_somebody_spoke_is_filled_again() {
    let mut client = Client::entered(80, 12);
    (1..=7).for_each(|id| client.says(id, "Bob", &format!("message {id}")));
    client.types("/clear\n");
    client.says(8, "Bob", "message 8");
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    let one = |id| {
        format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"message {id}","id":{id},"at":0}}"#
        )
    };
    let all: Vec<_> = (1..=7).map(one).collect();
    client.hears(&format!(
        r#"{{"type":"history","room":"dev","messages":[{}],"more":false,"head":8}}"#,
        all.join(",")
    ));
    let screen = client.screen().join("\n");
    assert!(screen.contains("message 3") && screen.contains("message 8"), "{screen}");
}

#[test]
fn a_notice_names_the_keys_that_this_person_has() {
    let mut client = Client::entered(80, 24);
    let keys = &mut client.screen.keys;
    for (key, command) in [
        ("M-m", "none"),
        ("M-z", "mouse"),
        ("PgUp", "none"),
        ("M-k", "page-up"),
        ("C-c", "none"),
        ("C-q", "interrupt"),
        ("M-Up", "select-newer"),
        ("M-Down", "select"),
        ("End", "none"),
        ("M-u", "none"),
    ] {
        keys.bind(key, command).unwrap();
    }
    let told = |client: &mut Client, key: char, modifiers: KeyModifiers| {
        client.presses(KeyCode::Char(key), modifiers);
        client.screen.chat.notice.clone().unwrap_or_default()
    };
    let mouse = told(&mut client, 'z', KeyModifiers::ALT);
    assert_eq!(mouse, "Mouse on: it scrolls and clicks; M-z turns it off");
    let quits = told(&mut client, 'q', KeyModifiers::CONTROL);
    assert!(quits.starts_with("Press Ctrl-Q again"), "{quits}");
    client.screen.chat.room_mut().more = true;
    let earlier = told(&mut client, 'p', KeyModifiers::ALT);
    assert_eq!(earlier, "No earlier mention of you is loaded. M-k at the top loads more");
    (1..=50).for_each(|id| client.says(id, "Bob", "a message"));
    client.presses(KeyCode::Char('k'), KeyModifiers::ALT);
    assert!(client.screen().join("").contains("newest (M-End)"));
    client.presses(KeyCode::Down, KeyModifiers::ALT);
    let screen = client.screen().join("");
    assert!(screen.contains("M-Down older, M-Up newer: r reply"), "{screen}");
    // What no key does is not advised.
    let unread = [(KeyCommand::FirstUnread, "goes to them")];
    assert_eq!(client.screen.keys.advise("There are more", ".", &unread), "There are more");
}
