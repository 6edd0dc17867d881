//! What a text means: the golden file that all clients are held to. Its form is described beside it, in
//! `protocol/tests/golden/README.md`.

use nebula::text::shown;
use protocol::{Body, UserName, links, mentions, with_newlines};
use serde_json::Value;

fn golden(part: &str) -> Vec<Value> {
    let file = include_str!("../../../../protocol/tests/golden/clients/texts.json");
    let mut golden: Value = serde_json::from_str(file).unwrap();
    golden[part].take().as_array().unwrap().clone()
}

fn name(name: &Value) -> UserName {
    UserName::try_from(name.as_str().unwrap()).unwrap()
}

#[test]
fn a_line_ends_where_every_client_ends_it() {
    for case in golden("lines") {
        let (text, lines) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        assert_eq!(with_newlines(text), lines);
        assert_eq!(Body::try_from(text).unwrap().as_str(), lines, "said anew");
        assert_eq!(Body::stored(text).unwrap().as_str(), lines, "said before");
        assert_eq!(shown(text), lines);
    }
}

#[test]
fn a_link_ends_where_every_client_ends_it() {
    for case in golden("links") {
        let text = case[0].as_str().unwrap();
        let found: Vec<_> = links(text).into_iter().map(|link| &text[link.range]).collect();
        let wanted: Vec<_> =
            case[1].as_array().unwrap().iter().map(|link| link.as_str().unwrap()).collect();
        assert_eq!(found, wanted, "{text:?}");
    }
}

#[test]
fn a_host_that_reads_as_another_is_named() {
    for case in golden("hosts") {
        let text = case[0].as_str().unwrap();
        let found = links(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].host.as_deref(), case[1].as_str(), "{text}");
    }
}

#[test]
fn a_mention_is_one_in_every_client() {
    for case in golden("mentions") {
        let others: Vec<_> = case[3].as_array().into_iter().flatten().map(name).collect();
        let text = case[1].as_str().unwrap();
        let found = mentions(text, &name(&case[0]), &others);
        assert_eq!(!found.is_empty(), case[2].as_bool().unwrap(), "{} in {text:?}", case[0]);
        assert!(found.iter().all(|range| text.get(range.clone()).is_some()), "{text:?}");
    }
}

#[test]
fn a_mention_is_found_where_it_stands() {
    let where_named = |text: &str, me: &str| -> Vec<String> {
        let found = mentions(text, &UserName::try_from(me).unwrap(), []);
        found.into_iter().map(|range| text[range].to_owned()).collect()
    };
    assert_eq!(where_named("José, @JOSE\u{301}!", "Jose\u{301}"), ["José", "JOSE\u{301}"]);
    assert_eq!(where_named("\u{ad}a\u{ad} n @an\u{200d}n x", "ann"), ["an\u{200d}n"]);
    assert_eq!(where_named("@STRASSE x straße", "straße"), ["STRASSE", "straße"]);
}

#[test]
fn a_text_is_shown_as_in_every_client() {
    for case in golden("shown") {
        let (text, wanted) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        assert_eq!(shown(text), wanted, "{text:?}");
    }
}

#[test]
fn a_hostile_text_costs_no_more_than_its_length() {
    let long: [&dyn Fn(usize) -> String; 5] = [
        &|n| format!("https://a.example/{}{}", "(".repeat(n), ")".repeat(n)),
        &|n| "https://".repeat(n / 8),
        &|n| "mailto:".repeat(n / 7),
        &|n| "http://[".repeat(n / 8),
        &|n| "@a".repeat(n / 2),
    ];
    // At its square, this would take hours.
    for made in long {
        let text = made(1_000_000);
        assert!(links(&text).len() < 2);
        assert!(mentions(&text, &UserName::try_from("a").unwrap(), []).len() <= text.len());
    }
}
