//! Check 11: of strangers' text nothing is obeyed: every escape sequence in the output is one of ours.

use crate::processes::{Home, ServerProcess};
use crate::terminal::Client;
use crate::terminal::checks::looks_away;

#[test]
fn check_11_hostile_text_reaches_no_terminal_title_or_notification() {
    const HOSTILE: &str = "Alice \u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{8}\u{7f}\u{202e}b\u{2066}\u{200f}\r\
                           forged\u{2028}\u{1b}]52;c;aGk=\u{7}\u{1b}_x\u{1b}\\\u{85}done";
    let server = ServerProcess::fresh();
    let (home, other) = (Home::new(), Home::new());
    let arguments = ["--notify", "osc9"];
    let client = Client { arguments: &arguments, ..Client::of(&home, &server.address, "Alice") };
    let mut alice = client.start();
    alice.expect("1 online");
    looks_away(&mut alice);
    let at = ["--server", &server.address, "--room", "dev", "--user", "Eve"];
    assert_eq!(other.run(&[&["send", HOSTILE], &at[..]].concat(), "").0, 0);
    alice.expect("done");
    alice.wait("the notification", |alice| alice.text().contains("\u{1b}]9;Eve in #dev: Alice "));
    alice.types("\u{1b}[200~\u{1b}[2Jpasted\u{9b}31m\u{202e}\u{1b}[201~");
    alice.expect("> [2Jpasted31m");
    alice.types("\r");
    alice.expect("Alice       [2Jpasted31m");
    alice.leaves_reading(|raw| {
        for (at, sequence) in sequences(raw) {
            assert!(is_ours(&sequence), "{sequence:?} at {at}");
        }
        let reorders = |c: &char| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{80}'..='\u{9f}' | '\u{8}' | '\u{7f}');
        assert_eq!(raw.chars().find(reorders), None);
    });
}

/// All escape sequences of an output, and where they stand.
pub(crate) fn sequences(text: &str) -> Vec<(usize, String)> {
    let begins = text.match_indices('\u{1b}').map(|(at, _)| at);
    let whole = begins.map(|at| {
        let rest = &text[at..];
        let end = match rest[1..].chars().next() {
            Some('[') => rest[2..].find(|c: char| ('@'..='~').contains(&c)).map(|end| end + 3),
            Some(']') => rest.find(['\u{7}', '\\']).map(|end| end + 1),
            _ => Some(2),
        };
        (at, rest[..end.unwrap_or(rest.len())].to_owned())
    });
    whole.collect()
}

/// One of the few that this client writes.
pub(crate) fn is_ours(sequence: &str) -> bool {
    let ends = |ends: &[char]| sequence.ends_with(ends);
    match sequence {
        "\u{1b}\\" => true,
        "\u{1b}[>1u" | "\u{1b}[<u" | "\u{1b}[22;2t" | "\u{1b}[23;2t" | "\u{1b}[2J"
        | "\u{1b}[0J" => true,
        _ if sequence.starts_with("\u{1b}[?") => ends(&['h', 'l', 's', 'r']),
        _ if sequence.starts_with("\u{1b}[") => {
            ends(&['H', 'm'])
                && !sequence[2..sequence.len() - 1]
                    .contains(|c: char| !c.is_ascii_digit() && c != ';')
        }
        _ => {
            ["\u{1b}]2;", "\u{1b}]9;Eve in #dev: Alice ", "\u{1b}]8;"]
                .iter()
                .any(|start| sequence.starts_with(start))
                && !sequence.contains("x\u{7}")
        }
    }
}
