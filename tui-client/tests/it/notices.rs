//! What the client itself has to say, and where.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::event::Event;
use nebula::model::ENTRIES_MAX;

use crate::client::{Client, sent};

#[test]
fn an_answer_that_is_out_of_sight_is_told_of() {
    let mut client = Client::entered(80, 12);
    (1..=50).for_each(|id| client.says(id, "Bob", "a message"));
    client.types("/who\n");
    assert!(client.screen().join("").contains("2 here: Alice, Bob"));
    assert_eq!(client.model.notice, None);
    client.presses(KeyCode::PageUp, KeyModifiers::NONE);
    client.types("/who\n");
    assert!(client.screen()[10].contains("the answer stands at the end: End shows it"));
}

#[test]
fn a_notice_has_the_row_to_itself_if_it_is_long_and_says_nothing_twice() {
    let mut client = Client::entered(80, 12);
    client.model.notice = Some("long ".repeat(15));
    assert_eq!(client.screen()[10].trim_end(), "long ".repeat(15).trim_end());
    client.model.notice = Some("long ".repeat(17));
    assert!(client.screen()[10].trim_end().ends_with('…'), "{:?}", client.screen()[10]);
    let why = "this name is in use: choose another";
    client.hears(&format!(r#"{{"type":"error","code":"name_taken","content":"{why}"}}"#));
    client.happens(Event::Lost { code: Some(4001), reason: why.to_owned() });
    assert_eq!(client.screen()[10].trim(), format!("✕ {why}"));
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
    assert!(client.screen()[10].contains("nobody mentions you further above, in what is loaded"));
    client.presses(KeyCode::Char('u'), KeyModifiers::ALT);
    assert!(client.screen()[10].contains("older ones are new too"), "{:?}", client.screen()[10]);
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
