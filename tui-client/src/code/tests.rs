//! The golden file that all clients are held to; its form is described in `protocol/tests/golden/README.md`.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::languages::LANGUAGES;
use super::{Kind, tokens};

fn golden() -> Value {
    let file = include_str!("../../../protocol/tests/golden/clients/code.json");
    serde_json::from_str(file).unwrap()
}

#[test]
fn the_table_is_that_of_every_client() {
    let table: Vec<_> = LANGUAGES.lines().collect();
    assert_eq!(golden()["languages"], json!(table));
}

#[test]
fn code_is_told_apart_as_in_every_client() {
    let golden = golden();
    for case in golden["cases"].as_array().unwrap() {
        let (language, code) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let token = |(kind, text): (Kind, &str)| match kind {
            Kind::Plain => json!(text),
            Kind::Comment => json!(["comment", text]),
            Kind::String => json!(["string", text]),
            Kind::Number => json!(["number", text]),
            Kind::Keyword => json!(["keyword", text]),
        };
        let found = tokens(language, code)
            .map(|all| all.into_iter().map(|it| token((it.kind, &code[it.range]))).collect());
        assert_eq!(found.unwrap_or(Value::Null), case[2], "{language}: {code:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_tokens_are_the_code(
        at in 0..LANGUAGES.lines().count(),
        parts in proptest::collection::vec("['\"`\\\\/*#\n;-]{1,3}|[a-z0-9. ]{1,3}|\\PC", 0..40),
    ) {
        let language = LANGUAGES.lines().nth(at).unwrap().split([' ', '|']).next().unwrap();
        let code = parts.concat();
        let mut done = 0;
        for token in tokens(language, &code).into_iter().flatten() {
            prop_assert_eq!(token.range.start, done);
            done = token.range.end;
            prop_assert!(code.get(token.range).is_some_and(|text| !text.is_empty()));
        }
        prop_assert!(done == code.len() || language == "curly");
    }
}

#[test]
fn a_hostile_text_costs_no_more_than_its_length() {
    for part in ["'\\", "\"\\\"", "/*", "'''", "`", "a", "1.", "\"\"\"\\", "'a"] {
        // At its square, this would take minutes in a debug build.
        let code = part.repeat(8_192 / part.len());
        for line in LANGUAGES.lines() {
            let name = line.split([' ', '|']).next().unwrap();
            assert!(tokens(name, &code).is_none_or(|all| all.len() <= code.len()));
        }
    }
}
