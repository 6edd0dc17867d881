//! How a text is formatted: the golden file that all clients are held to, and laws for any text. The form
//! of the file is described beside it, in `protocol/tests/golden/README.md`.

use std::ops::Range;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use protocol::formatting::{
    Block, BlockKind, Inline, InlineKind, Line, Style, code_ranges, outside_code, parse, plain,
};
use protocol::{UserName, mentions};
use serde_json::{Value, json};

/// Each costs a few milliseconds, or seconds where it is not optimised; at its square, minutes.
const TIME_MAX: Duration = Duration::from_secs(2);

fn array(first: Value, rest: impl IntoIterator<Item = Value>) -> Value {
    std::iter::once(first).chain(rest).collect()
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Bold => "bold",
        Style::Italic => "italic",
        Style::Strike => "strike",
        Style::Spoiler => "spoiler",
    }
}

fn inline_json(text: &str, piece: &Inline) -> Value {
    let pieces = |pieces: &[Inline]| -> Vec<Value> {
        pieces.iter().map(|piece| inline_json(text, piece)).collect()
    };
    let typed = &text[piece.range.clone()];
    match &piece.kind {
        InlineKind::Text => typed.into(),
        InlineKind::Code(range) => json!(["code", text[range.clone()]]),
        InlineKind::Styled(of, within) => array(style(*of).into(), pieces(within)),
        InlineKind::Link { url, host, pieces: within } => {
            let head = ["link", &text[url.clone()], host].map(Value::from);
            head.into_iter().chain(pieces(within)).collect()
        }
        InlineKind::BareLink(None) => json!(["bare", typed]),
        InlineKind::BareLink(Some(host)) => json!(["bare", typed, host]),
    }
}

fn line_json(text: &str, line: &Line) -> Value {
    line.pieces.iter().map(|piece| inline_json(text, piece)).collect()
}

fn block_json(text: &str, block: &Block) -> Value {
    let lines_json =
        |lines: &[Line]| -> Vec<Value> { lines.iter().map(|line| line_json(text, line)).collect() };
    match &block.kind {
        BlockKind::Paragraph(lines) => array("paragraph".into(), lines_json(lines)),
        BlockKind::Code { language, lines } => {
            let lines: Vec<_> = lines.iter().map(|line| &text[line.clone()]).collect();
            let language = language.clone().map(|language| &text[language]);
            json!(["code", language, lines.join("\n")])
        }
        BlockKind::Quote(blocks) => {
            array("quote".into(), blocks.iter().map(|block| block_json(text, block)))
        }
        BlockKind::Item { indent, marker, lines } => {
            let head = [json!("item"), json!(indent), json!(text[marker.clone()])];
            head.into_iter().chain(lines_json(lines)).collect()
        }
    }
}

#[test]
fn a_text_is_formatted_as_in_every_client() {
    let golden: Value =
        serde_json::from_str(include_str!("../golden/clients/formatting.json")).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() > 200, "only {}", cases.len());
    for case in cases {
        let text = case["text"].as_str().unwrap();
        let document = parse(text);
        let blocks: Value = document.blocks.iter().map(|block| block_json(text, block)).collect();
        assert_eq!(blocks, case["blocks"], "{}: {text:?}", case["why"]);
        assert_eq!(document.is_action, text.starts_with("/me "));
        nothing_is_lost(text);
    }
}

/// Pieces fill what they are in, and say no more than it does; returns how deep they are.
fn filled(text: &str, range: &Range<usize>, pieces: &[Inline]) -> usize {
    let (mut done, mut depth) = (range.start, 0);
    for piece in pieces {
        assert_eq!(piece.range.start, done, "{text:?}");
        done = piece.range.end;
        assert!(done > piece.range.start, "an empty piece in {text:?}");
        let typed = &text[piece.range.clone()];
        depth = depth.max(match &piece.kind {
            InlineKind::Text | InlineKind::BareLink(_) => 0,
            InlineKind::Code(code) => {
                let (open, close) = (piece.range.start..code.start, code.end..piece.range.end);
                let [open, close] = [open, close].map(|signs| text[signs].trim_matches(' '));
                assert!(open == close && open.chars().all(|c| c == '`'), "{text:?}");
                0
            }
            InlineKind::Styled(style, within) => {
                let sign = match style {
                    Style::Bold => "**",
                    Style::Italic => "*",
                    Style::Strike => "~~",
                    Style::Spoiler => "||",
                };
                assert!(typed.starts_with(sign) && typed.ends_with(sign), "{text:?}");
                let inside = piece.range.start + sign.len()..piece.range.end - sign.len();
                1 + filled(text, &inside, within)
            }
            InlineKind::Link { url, pieces: within, .. } => {
                assert_eq!(&text[url.start - 2..url.start], "](", "{text:?}");
                assert_eq!(url.end + 1, piece.range.end, "{text:?}");
                1 + filled(text, &(piece.range.start + 1..url.start - 2), within)
            }
        });
    }
    assert_eq!(done, range.end, "{text:?}");
    depth
}

fn lines_of(block: &Block) -> Vec<&Line> {
    match &block.kind {
        BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. } => lines.iter().collect(),
        BlockKind::Code { .. } => Vec::new(),
        BlockKind::Quote(blocks) => blocks.iter().flat_map(lines_of).collect(),
    }
}

fn quotes(block: &Block) -> usize {
    match &block.kind {
        BlockKind::Quote(blocks) => 1 + blocks.iter().map(quotes).max().unwrap_or(0),
        BlockKind::Paragraph(_) | BlockKind::Code { .. } | BlockKind::Item { .. } => 0,
    }
}

/// The sources of the blocks are the text, and the pieces of each line are the line.
fn nothing_is_lost(text: &str) {
    for document in [parse(text), plain(text)] {
        let sources: Vec<_> =
            document.blocks.iter().map(|block| &text[block.range.clone()]).collect();
        let action = if document.is_action { "/me " } else { "" };
        assert_eq!(format!("{action}{}", sources.join("\n")), text);
        assert!(document.blocks.iter().map(quotes).max().unwrap_or(0) <= 8, "{text:?}");
        for line in document.blocks.iter().flat_map(lines_of) {
            assert!(!text[line.range.clone()].contains('\n'));
            // Four styles and a link.
            assert!(filled(text, &line.range, &line.pieces) <= 5, "{text:?}");
        }
    }
    let (code, outside) = (code_ranges(text), outside_code(text));
    assert!(code.windows(2).all(|two| two[0].end <= two[1].start), "{text:?}");
    assert_eq!(outside.len(), text.len());
    assert!(code.into_iter().all(|range| outside[range].chars().all(|c| c == '`')));
}

/// Texts of what formatting is made of.
fn signs() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => proptest::sample::select(vec![
            "*", "**", "***", "~~", "||", "`", "``", "```", "[", "]", "](", ")", "(", "> ", ">", "- ",
            "1. ", "\n", "\n```\n", "\n> ", "\n  ", " ", "/me ", "https://a.example/", "](https://b.example)",
            "mailto:a@b.example", "a", "太", "é", "👩‍👩‍👧", "\u{301}", "\u{fe0f}", "한", "_", "/", ".", ":",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_loses_anything(text in signs()) {
        nothing_is_lost(&text);
    }

    #[test]
    fn no_text_at_all_loses_anything(text in any::<String>()) {
        nothing_is_lost(&text);
    }
}

#[test]
fn code_is_known_and_names_nobody() {
    let of = |text: &str| -> Vec<String> {
        code_ranges(text).into_iter().map(|range| text[range].to_owned()).collect()
    };
    assert_eq!(of("a `b` **``c``** [`d`](https://e.example)"), ["`b`", "``c``", "`d`"]);
    assert_eq!(of("> ```\n> x\n> ```\n- `y`"), ["```\n> x\n> ```", "`y`"]);
    assert_eq!(of("/me ```\nx\n```"), [""; 0]);
    assert_eq!(outside_code("é `é` é"), "é ```` é");
    let alice = UserName::try_from("alice").unwrap();
    let named = |text: &str| -> Vec<usize> {
        let found = mentions(&outside_code(text), &alice, []);
        found.into_iter().map(|range| range.start).collect()
    };
    assert_eq!(named("`@alice` and @alice"), [14]);
    assert_eq!(named("```\n@alice\n```"), [0; 0]);
    // Code is something before a name: this is not the beginning.
    assert_eq!(named("`x` Alice: hi"), [0; 0]);
    assert_eq!(named("**@alice**"), [3]);
}

#[test]
fn a_hostile_text_costs_no_more_than_its_length() {
    let long: [&dyn Fn(usize) -> String; 19] = [
        &|n| "*".repeat(n),
        &|n| "*a ".repeat(n / 3),
        &|n| "**a ~~b ||c ".repeat(n / 12),
        &|n| "*a ".repeat(n / 6) + &"b* ".repeat(n / 6),
        &|n| "*a **b ".repeat(n / 14) + &"c** d* ".repeat(n / 14),
        &|n| "太*".repeat(n / 4),
        &|n| "[".repeat(n),
        &|n| "[a](".repeat(n / 4),
        &|n| "[a](https://b".repeat(n / 13),
        &|n| "[a](https://b.example/(".repeat(n / 23),
        &|n| "[".repeat(n / 2) + &"](https://a)".repeat(n / 24),
        &|n| (1..n / 181).map(|length| "`".repeat(length) + " ").collect(),
        &|n| "`a` ".repeat(n / 4),
        &|n| "> ".repeat(n / 2),
        &|n| "> > > > > > > > a\n".repeat(n / 18),
        &|n| "```a\n".repeat(n / 5),
        &|n| "```\n".repeat(n / 4),
        &|n| "- a\n  b\n".repeat(n / 8),
        &|n| "||https://a.example/".repeat(n / 20),
    ];
    for (at, made) in long.iter().enumerate() {
        // Sixteen times what a message may have.
        let text = made(65_536);
        let begun = Instant::now();
        let document = parse(&text);
        assert!(!document.blocks.is_empty());
        assert!(begun.elapsed() < TIME_MAX, "{at}: {:?}", begun.elapsed());
        nothing_is_lost(&text);
    }
}
