//! A text in the words that stand in one line elsewhere, as in a notification: without signs, and without what a
//! spoiler hides.
//!
//! This file does not know where that is.

use protocol::formatting::{Block, BlockKind, Inline, InlineKind, Line, Style, parse};

use super::writing::code::joined;
use crate::text;

/// What stands in the line, clean.
pub fn plain_line(text: &str) -> String {
    text::clean_line(&plain_text(text))
}

/// An action stays one.
fn plain_text(text: &str) -> String {
    let document = parse(text);
    let before = if document.is_action { "/me " } else { "" };
    format!("{before}{}", of_blocks(text, &document.blocks))
}

fn of_blocks(text: &str, blocks: &[Block]) -> String {
    let words = blocks.iter().map(|block| match &block.kind {
        BlockKind::Paragraph(lines) => of_lines(text, lines),
        BlockKind::Code { lines, .. } => joined(text, lines),
        BlockKind::Quote(blocks) => format!("> {}", of_blocks(text, blocks)),
        BlockKind::Item { marker, lines, .. } => {
            format!("{} {}", &text[marker.clone()], of_lines(text, lines))
        }
    });
    words.collect::<Vec<_>>().join("\n")
}

fn of_lines(text: &str, lines: &[Line]) -> String {
    lines.iter().map(|line| of_pieces(text, &line.pieces)).collect::<Vec<_>>().join("\n")
}

fn of_pieces(text: &str, pieces: &[Inline]) -> String {
    let words = pieces.iter().map(|piece| match &piece.kind {
        InlineKind::Text | InlineKind::BareLink(_) => text[piece.range.clone()].to_owned(),
        InlineKind::Code(code) => text[code.clone()].to_owned(),
        InlineKind::Styled(Style::Spoiler, _) => "(spoiler)".to_owned(),
        InlineKind::Styled(Style::Bold | Style::Italic | Style::Strike, pieces) => {
            of_pieces(text, pieces)
        }
        InlineKind::Link { host, pieces, .. } => format!("{} ({host})", of_pieces(text, pieces)),
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_signs_and_secrets_go() {
        for (text, words) in [
            ("plain", "plain"),
            ("**bold** and `x * y`", "bold and x * y"),
            ("it was ||the butler||", "it was (spoiler)"),
            ("/me *waves*", "/me waves"),
            ("> a\n> b\nyes", "> a\nb\nyes"),
            ("```rust\nfn a() {}\n```", "fn a() {}"),
            ("- one\n- ~~two~~", "- one\n- two"),
            ("[here](https://chat.example/x)", "here (chat.example)"),
        ] {
            assert_eq!(plain_text(text), words);
        }
    }
}
