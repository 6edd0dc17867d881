//! What a query means, and what it marks: the golden file that all clients are held to, and laws for any text. The
//! form of the file is described beside it, in `protocol/tests/golden/README.md`.

use proptest::prelude::*;
use protocol::search::{Filter, FilterKind, Search, Term, marks, words};
use protocol::{SEARCH_CHARS_MAX, ToServer};
use serde_json::{Value, json};

fn golden(part: &str) -> Vec<Value> {
    let golden: Value =
        serde_json::from_str(include_str!("../golden/clients/search.json")).unwrap();
    golden[part].as_array().unwrap().clone()
}

fn term_json(term: &Term) -> Value {
    let before = term.is_excluded.then_some("-");
    let after = term.is_prefix.then_some("*");
    before.into_iter().chain(term.words.iter().map(String::as_str)).chain(after).collect()
}

fn filter_json(filter: &Filter) -> Value {
    let kind = match &filter.kind {
        FilterKind::From(name) => vec![json!("from"), json!(name)],
        FilterKind::In(room) => vec![json!("in"), json!(room)],
        FilterKind::Before(at) => vec![json!("before"), json!(at)],
        FilterKind::After(at) => vec![json!("after"), json!(at)],
        FilterKind::HasLink => vec![json!("has"), json!("link")],
        FilterKind::Senseless => vec![json!("senseless")],
    };
    filter.is_excluded.then(|| json!("-")).into_iter().chain(kind).collect()
}

#[test]
fn texts_have_the_words_of_the_golden_file() {
    for case in golden("words") {
        let text = case[0].as_str().unwrap();
        let found: Vec<_> = words(text).into_iter().map(|word| word.folded).collect();
        assert_eq!(json!(found), case[1], "{text:?}");
    }
}

#[test]
fn queries_mean_what_the_golden_file_says() {
    for case in golden("queries") {
        let query = case[0].as_str().unwrap();
        let search = Search::parse(query);
        let terms: Vec<_> = search.terms.iter().map(term_json).collect();
        let filters: Vec<_> = search.filters.iter().map(filter_json).collect();
        assert_eq!((json!(terms), json!(filters)), (case[1].clone(), case[2].clone()), "{query:?}");
    }
}

#[test]
fn texts_are_marked_as_the_golden_file_says() {
    for case in golden("marks") {
        let (query, text) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let marks = marks(text, &Search::parse(query));
        let marked: Vec<_> = marks.into_iter().map(|range| &text[range]).collect();
        assert_eq!(json!(marked), case[2], "{query:?} in {text:?}");
    }
}

#[test]
fn a_query_is_refused_for_its_length_alone() {
    let search =
        |query: String| ToServer::parse(&json!({"type": "search", "query": query}).to_string());
    search("漢".repeat(SEARCH_CHARS_MAX)).unwrap();
    search(String::new()).unwrap();
    let refused = search("漢".repeat(SEARCH_CHARS_MAX + 1)).unwrap_err();
    assert_eq!(refused.refusal.code().to_string(), "bad_field");
    assert!(refused.to_string().contains("1025"), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_query_and_what_is_marked_is_in_the_text(query in ".{0,60}", text in ".{0,60}") {
        let search = Search::parse(&query);
        let mut end = None;
        for mark in marks(&text, &search) {
            prop_assert!(!text[mark.clone()].is_empty());
            prop_assert!(end.is_none_or(|end| end < mark.start));
            end = Some(mark.end);
        }
    }

    #[test]
    fn a_text_that_is_searched_for_in_quotes_is_marked_from_its_first_word_to_its_last(text in "[^\"]{0,60}") {
        let found = words(&text);
        let marks = marks(&text, &Search::parse(&format!("\"{text}\"")));
        let whole = found.first().zip(found.last());
        let whole = whole.map(|(first, last)| first.range.start..last.range.end);
        prop_assert_eq!(marks, Vec::from_iter(whole));
    }

    #[test]
    fn words_hold_no_sign_that_an_index_would_split(text in ".{0,60}") {
        for word in words(&text) {
            prop_assert!(!word.folded.is_empty());
            prop_assert!(word.folded.chars().all(|c| !c.is_ascii() || c.is_ascii_lowercase() || c.is_ascii_digit()));
            let again: String = words(&word.folded).into_iter().map(|word| word.folded).collect();
            prop_assert_eq!(again, word.folded);
        }
    }
}
