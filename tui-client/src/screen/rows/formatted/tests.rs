//! What each kind of block and piece looks like, in wide columns and narrow ones; and that no row is wider
//! than its column, and nothing is lost.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use protocol::UserName;
use protocol::formatting::{self, Block, BlockKind, Inline, InlineKind, outside_code};
use ratatui::style::{Modifier, Style};

use super::{Row, Shown, Text, shown};
use crate::screen::measure;
use crate::screen::model::Scroll;
use crate::screen::rows::cache::{Layout, RowCache};
use crate::screen::rows::pane::Pane;
use crate::screen::theme::hues::Hues;
use crate::screen::theme::{Depth, Looks, Theme, striking};

const DARK: Looks = Looks { theme: Theme::Dark, depth: Depth::True };
const MONO: Looks = Looks { theme: Theme::Mono, depth: Depth::None };

/// A text in a column of so many cells; `change` says what is different.
fn laid(source: &str, cells: usize, looks: Looks, change: impl FnOnce(&mut Text<'_>)) -> Shown {
    let (hues, rows) = (Hues::new(), RowCache::default());
    let me = UserName::try_from("Alice").unwrap();
    let pane = Pane {
        me: Some(&me),
        longer_names: &[],
        words: &[],
        zone: &TimeZone::UTC,
        looks,
        hues: &hues,
        layout: Layout::Usual,
        names_emoji: false,
        is_formatted: true,
        open_key: None,
        rows: &rows,
        width: cells,
        height: 100,
        scroll: Scroll::Bottom,
        found: None,
        unfolded: None,
    };
    let marks = protocol::mentions(&outside_code(source), &me, &[]).into_iter();
    let marks = marks.map(|part| (part, true)).collect();
    let (base, reveals) = (Style::new(), false);
    let mut text = Text { source, is_formatted: true, base, marks, reveals };
    change(&mut text);
    shown(text, &pane, cells, 0)
}

fn words(row: &Row) -> String {
    row.iter().map(|span| &*span.content).collect()
}

fn rows(source: &str, cells: usize, looks: Looks) -> Vec<String> {
    let rows = laid(source, cells, looks, |_| {}).rows;
    rows.iter().map(|row| words(row).trim_end().to_owned()).collect()
}

/// Each style that is not plain, with the words that have it.
fn styled(source: &str, looks: Looks) -> Vec<(String, Style)> {
    let spans = laid(source, 80, looks, |_| {}).rows.into_iter().flatten();
    let styled = spans.filter(|span| span.style != Style::new() && !span.content.is_empty());
    styled.map(|span| (span.content.into_owned(), span.style)).collect()
}

#[test]
fn pieces_have_their_styles_and_no_signs() {
    let with = |modifier| Style::new().add_modifier(modifier);
    let (bold, italic) = (with(Modifier::BOLD), with(Modifier::ITALIC));
    let struck = with(Modifier::CROSSED_OUT | Modifier::DIM);
    for (source, row, expected) in [
        ("a **b** c", "a b c", vec![("b", bold)]),
        ("*a* b", "a b", vec![("a", italic)]),
        ("~~a~~", "a", vec![("a", struck)]),
        ("***a***", "a", vec![("a", with(Modifier::BOLD | Modifier::ITALIC))]),
        ("use `a*b*` now", "use a*b* now", vec![("a*b*", DARK.code())]),
        ("**@alice**", "@alice", vec![("@", bold), ("alice", bold.patch(striking()))]),
        (
            "`@alice` and @alice",
            "@alice and @alice",
            vec![("@alice", DARK.code()), ("alice", striking())],
        ),
        ("/me waves *at* Bob", "* waves at Bob", vec![("at", italic)]),
        ("5*6*78 snake_case", "5*6*78 snake_case", vec![]),
    ] {
        assert_eq!(rows(source, 80, DARK), [row], "{source}");
        let found = styled(source, DARK);
        let found: Vec<_> = found.iter().map(|(text, style)| (text.as_str(), *style)).collect();
        assert_eq!(found, expected, "{source}");
    }
}

#[test]
fn in_an_action_what_stands_out_stands_upright() {
    let italic = Style::new().add_modifier(Modifier::ITALIC);
    let laid = laid("/me waves *at* Bob", 80, DARK, |text| text.base = italic);
    let upright: Vec<_> = laid.rows[0]
        .iter()
        .filter(|span| !span.style.add_modifier.contains(Modifier::ITALIC))
        .map(|span| &*span.content)
        .collect();
    assert_eq!(upright, ["at"]);
}

#[test]
fn without_colours_signs_tell_what_is_code() {
    assert_eq!(rows("use `a`", 80, MONO), ["use `a`"]);
    assert_eq!(rows("```rust\nlet a;\n```", 20, MONO), ["▌ let a;        rust"]);
    assert_eq!(rows("```\nlet a;\n```", 20, MONO), ["▌ let a;"]);
}

#[test]
fn a_link_shows_its_host_and_leads_where_it_says() {
    let source = "see [the *docs*](https://docs.example/a) or https://b.example/x";
    let row = "see the docs (docs.example) or https://b.example/x";
    assert_eq!(rows(source, 80, DARK), [row]);
    let laid = laid(source, 80, DARK, |_| {});
    let linked = laid.rows[0].iter().filter_map(|span| {
        let (_, target) = laid.links.target(span.style.underline_color?)?;
        Some((&*span.content, target))
    });
    let linked: Vec<_> = linked.collect();
    let docs = "https://docs.example/a";
    assert_eq!(
        linked,
        [("the ", docs), ("docs", docs), ("https://b.example/x", "https://b.example/x")]
    );
    assert_eq!(
        rows(source, 20, DARK),
        ["see the docs", "(docs.example) or", "https://b.example/x"]
    );
}

#[test]
fn a_spoiler_is_hidden_until_it_is_opened_and_leads_nowhere() {
    let source = "it was ||*the* butler, see https://b.example/x||!";
    let hidden = laid(source, 80, DARK, |_| {});
    assert_eq!(words(&hidden.rows[0]), "it was ███ ███████ ███ ███████████████████!");
    assert!(hidden.hides);
    assert!(hidden.rows[0].iter().all(|span| span.style == Style::new()), "nor how it is set");
    assert!(hidden.rows[0].iter().all(|span| span.style.underline_color.is_none()));
    let opened = laid(source, 80, DARK, |text| text.reveals = true);
    assert_eq!(words(&opened.rows[0]), "it was the butler, see https://b.example/x!");
    assert!(!opened.hides);
}

#[test]
fn a_quote_has_a_bar_before_each_of_its_rows() {
    let source = "> one two three four\n> > five\nsix";
    assert_eq!(rows(source, 80, DARK), ["│ one two three four", "│ │ five", "six"]);
    assert_eq!(rows(source, 13, DARK), ["│ one two", "│ three four", "│ five", "six"]);
    assert_eq!(rows("> ```\n> a\n> ```", 20, DARK), ["│ a"]);
}

#[test]
fn the_rows_of_an_item_hang_behind_its_marker() {
    let source = "- one two three\n  four\n  - five six seven\n12. eight nine ten";
    let wide = ["- one two three", "  four", "  - five six seven", "12. eight nine ten"];
    assert_eq!(rows(source, 40, DARK), wide);
    let narrow = [
        "- one two",
        "  three",
        "  four",
        "  - five",
        "    six",
        "    seven",
        "12. eight",
        "    nine",
        "    ten",
    ];
    assert_eq!(rows(source, 10, DARK), narrow);
    // Beside the hang there is room for the widest character.
    assert_eq!(rows("- 日本", 2, DARK), ["-", "日", "本"]);
    assert_eq!(rows("- 日本", 3, DARK), ["-", " 日", " 本"]);
}

const CODE: &str = "```rust\nfn main() {\n    let answer = 42; // of everything there is\n}\n```";

#[test]
fn code_is_shaded_over_the_whole_column_and_goes_on_below_its_indent() {
    for cells in [20, 40, 80] {
        let laid = laid(CODE, cells, DARK, |_| {});
        for row in &laid.rows {
            assert_eq!(measure::width(&words(row)), cells);
            let cells = row.iter().filter(|span| !span.content.is_empty());
            assert!(
                cells
                    .into_iter()
                    .all(|span| span.style.bg == DARK.code_block().bg || span.content.is_empty())
            );
        }
    }
    let wide = [
        "fn main() {                                                                 rust",
        "    let answer = 42; // of everything there is",
        "}",
    ];
    assert_eq!(rows(CODE, 80, DARK), wide);
    let middle = [
        "fn main() {                         rust",
        "    let answer = 42; // of everything",
        "      there is",
        "}",
    ];
    assert_eq!(rows(CODE, 40, DARK), middle);
    let narrow = [
        "fn main() {     rust",
        "    let answer = 42;",
        "      // of",
        "      everything",
        "      there is",
        "}",
    ];
    assert_eq!(rows(CODE, 20, DARK), narrow);
    assert_eq!(rows("```rust\nfn main() { };\n```", 20, DARK), ["fn main() { };  rust"]);
    assert_eq!(rows("```rust\nfn main() { }; }\n```", 20, DARK), ["fn main() { }; }"], "no room");
}

#[test]
fn tokens_of_code_have_their_colours_also_over_several_lines() {
    use crate::code::Kind;
    let found = styled("```rust\n/* a\nb */ let x = 1;\n```", DARK);
    let colour = |text: &str| {
        let found = found.iter().find(|(words, _)| words == text);
        found.unwrap_or_else(|| panic!("{text}: {found:?}")).1.fg
    };
    for (text, kind) in [
        ("/* a", Kind::Comment),
        ("b */", Kind::Comment),
        ("let", Kind::Keyword),
        ("1", Kind::Number),
    ] {
        assert_eq!(colour(text), DARK.token(kind).fg, "{text}");
    }
}

#[test]
fn blank_lines_and_text_around_blocks_stay() {
    assert_eq!(
        rows("a\n\n```\nb\n\n\n\n\nc\n```\nd", 20, DARK),
        ["a", "", "b", "", "", "", "", "c", "d"]
    );
    assert_eq!(rows("a\n\n\n\n\nb", 20, DARK), ["a", "", "", "b"]);
    assert_eq!(rows("```\n```", 20, DARK), [""]);
}

#[test]
fn who_has_formatting_off_reads_what_was_typed() {
    let source = format!("**b** `c` ||d||\n> q\n- i\n{CODE}");
    let off = laid(&source, 80, DARK, |text| text.is_formatted = false);
    let off: Vec<_> = off.rows.iter().map(words).collect();
    assert_eq!(off.join("\n"), source);
}

#[test]
fn what_a_terminal_would_obey_is_shown_in_every_kind_of_piece() {
    let hostile = "\u{1b}[2Jx\u{202e}y";
    for around in [
        "{}",
        "**{}**",
        "`{}`",
        "||{}||",
        "> {}",
        "- {}",
        "[{}](https://a.example/)",
        "```{}\n{}\n```",
    ] {
        let laid = laid(&around.replace("{}", hostile), 80, DARK, |text| text.reveals = true);
        let all: String = laid.rows.iter().map(words).collect();
        assert!(all.contains("[2Jx[U+202E]y"), "{around}: {all}");
        assert!(!all.chars().any(|c| c.is_control() || c == '\u{202e}'), "{around}: {all}");
    }
}

/// What of a text is to be seen, in its order, without the spaces.
fn visible(source: &str, blocks: &[Block], seen: &mut String) {
    for block in blocks {
        match &block.kind {
            BlockKind::Code { lines, .. } => {
                lines.iter().for_each(|line| seen.push_str(&source[line.clone()]))
            }
            BlockKind::Quote(inside) => visible(source, inside, seen),
            BlockKind::Paragraph(lines) => {
                lines.iter().for_each(|line| pieces(source, &line.pieces, seen))
            }
            BlockKind::Item { marker, lines, .. } => {
                seen.push_str(&source[marker.clone()]);
                lines.iter().for_each(|line| pieces(source, &line.pieces, seen));
            }
        }
    }
}

fn pieces(source: &str, all: &[Inline], seen: &mut String) {
    for piece in all {
        match &piece.kind {
            InlineKind::Text | InlineKind::BareLink(_) => {
                seen.push_str(&source[piece.range.clone()])
            }
            InlineKind::Code(code) => seen.push_str(&source[code.clone()]),
            InlineKind::Styled(_, inside) | InlineKind::Link { pieces: inside, .. } => {
                pieces(source, inside, seen);
            }
        }
    }
}

fn part() -> impl Strategy<Value = String> {
    let fixed = [
        "```",
        "```rust\n",
        "\n",
        "\n",
        "> ",
        "- ",
        "12. ",
        "    ",
        "**",
        "*",
        "~~",
        "||",
        "`",
        " ",
        "[a b](https://a.example/x)",
        "https://b.example/y",
        "@alice ",
        "fn main() { \"x\" }",
        "日本語",
        "👩‍👩‍👧",
        "/me ",
    ];
    prop_oneof![
        4 => proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        1 => "[a-z]{1,30}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_row_is_wider_than_its_column_and_nothing_is_lost(
        parts in proptest::collection::vec(part(), 0..40),
        cells in 2_usize..90,
        is_mono in any::<bool>(),
    ) {
        let source = parts.concat();
        let looks = if is_mono { MONO } else { DARK };
        let laid = laid(&source, cells, looks, |text| text.reveals = true);
        let mut all = String::new();
        for row in &laid.rows {
            let row = words(row);
            prop_assert!(measure::width(&row) <= cells, "{cells}: {row:?} of {source:?}");
            all.push_str(&row);
        }
        let document = formatting::parse(&source);
        let mut expected = String::new();
        visible(&source, &document.blocks, &mut expected);
        let mut all = all.chars();
        for c in expected.chars().filter(|c| !c.is_whitespace()) {
            prop_assert!(all.any(|shown| shown == c), "{c:?} of {source:?} in {cells}");
        }
    }
}
