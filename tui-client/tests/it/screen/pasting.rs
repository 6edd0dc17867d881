//! Check 9: what is pasted is what was copied, asked about once if it is long, and never sent by
//! itself.

use crossterm::event::{KeyCode, KeyModifiers};
use nebula::screen::Event;

use crate::client::{Client, sent};

fn is_asked(client: &Client) -> bool {
    client.screen().iter().any(|row| row.starts_with("Paste "))
}

/// Pastes, answers what is asked, and gives back what stands in the input then.
fn check(pasted: &str, answer: Option<char>, expected: &str) {
    let mut client = Client::entered(80, 24);
    client.did();
    client.happens(Event::Paste(pasted.to_owned()));
    let asks = is_asked(&client);
    assert_eq!(asks, answer.is_some(), "{pasted:.20?}");
    if let Some(answer) = answer {
        client.types("x");
        assert!(is_asked(&client), "another key is no answer");
        client.types(&answer.to_string());
        assert!(!is_asked(&client), "one question");
    }
    assert_eq!(client.screen.input.text(), expected);
    assert_eq!(sent(&client.did()), Vec::<String>::new(), "never sent by itself");
}

#[test]
fn check_9_what_is_pasted_is_what_was_copied() {
    check("one line", None, "one line");
    check("one line\r\n", None, "one line");
    check("a\tb", None, "a    b");
    check("\u{1b}[201~\u{1b}[31mred\u{7}\u{9b}0m", None, "[201~[31mred0m");
    for newline in ["\n", "\r", "\r\n"] {
        let text = |lines: usize, newline: &str| {
            (1..=lines).map(|n| format!("line {n}")).collect::<Vec<_>>().join(newline)
        };
        check(&text(20, newline), None, &text(20, "\n"));
        check(&text(21, newline), Some('y'), &text(21, "\n"));
        check(&text(500, newline), Some('n'), "");
        check(&text(500, newline), Some('\n'), &text(500, "\n"));
    }
    check(&"x".repeat(4096), None, &"x".repeat(4096));
    check(&"x".repeat(4097), Some('n'), "");
}

#[test]
fn what_is_too_long_is_told_before_and_stays_after() {
    let mut client = Client::entered(80, 24);
    client.happens(Event::Paste("x".repeat(5000)));
    assert!(
        client.screen()[22]
            .contains("Paste 1 line, 5,000 characters? Over the 4,096-character limit (y/n)")
    );
    client.types("y\n");
    let words = "A message has at most 4,096 characters; this one has 5,000";
    assert!(client.screen().join("").contains(words), "{:#?}", client.screen());
    assert_eq!(client.screen.input.text().len(), 5000, "nothing is lost");
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    client.happens(Event::Paste("two\nlines".to_owned()));
    assert_eq!(
        client.screen()[22..],
        ["> two".to_owned() + &" ".repeat(75), "  lines".to_owned() + &" ".repeat(73)]
    );
}

#[test]
fn the_question_can_be_read_on_every_screen() {
    for (columns, bare) in
        [(80, false), (40, false), (20, false), (80, true), (40, true), (20, true)]
    {
        let mut client = Client::entered(columns, 24);
        if bare {
            client.presses(KeyCode::Char('l'), KeyModifiers::ALT);
        }
        client.happens(Event::Paste("some words\n".repeat(500)));
        let screen = client.screen().join(" ");
        let words: Vec<_> = screen.split_whitespace().collect();
        let asked = "Paste 500 lines, 5,500 characters? Over the 4,096-character limit (y/n)";
        assert!(words.join(" ").contains(asked), "{:#?}", client.screen());
    }
}

#[test]
fn what_looks_like_code_stays_as_it_is_unless_a_key_makes_it_a_block() {
    let (code, offer) =
        ("fn main() {\n    go();\n}", "This looks like code: Tab puts it in a code block");
    let offers = |client: &Client| client.screen().join("\n").contains(offer);
    let mut client = Client::entered(80, 24);
    client.types("see ");
    client.happens(Event::Paste(code.to_owned()));
    assert_eq!(client.screen.input.text(), format!("see {code}"));
    assert!(offers(&client), "{:#?}", client.screen());
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), format!("see \n```\n{code}\n```"));
    assert!(!offers(&client));
    client.presses(KeyCode::Char('_'), KeyModifiers::CONTROL);
    assert_eq!(client.screen.input.text(), format!("see {code}"), "undone at once");
    // Any other key goes on as if nothing had been asked.
    client.presses(KeyCode::Char('c'), KeyModifiers::CONTROL);
    client.happens(Event::Paste(code.to_owned()));
    client.types("x");
    assert!(!offers(&client));
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(client.screen.input.text(), format!("{code}x"));
}

#[test]
fn no_block_is_offered_in_code_for_words_or_without_formatting() {
    let code = "int a;\nint b;";
    let offers = |typed: &str, pasted: &str| {
        let mut client = Client::entered(80, 24);
        client.happens(Event::Paste(typed.to_owned()));
        client.happens(Event::Paste(pasted.to_owned()));
        client.screen.pasted.is_some()
    };
    assert!(offers("", code));
    assert!(!offers("```\n", code));
    assert!(!offers("", "two\nlines"));
    let mut client = Client::entered(80, 24);
    client.types("/plain\n");
    client.happens(Event::Paste(code.to_owned()));
    assert_eq!(client.screen.pasted, None);
    // A long one is asked about first.
    let mut client = Client::entered(80, 24);
    client.happens(Event::Paste("int a;\n".repeat(30)));
    client.types("y");
    client.presses(KeyCode::Tab, KeyModifiers::NONE);
    assert!(client.screen.input.text().ends_with("int a;\n```"));
}
