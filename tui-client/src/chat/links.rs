//! The links of a text, as they are shown in it: not in code, and without the signs around them.
//!
//! This file does not know what is done with them.

use protocol::formatting::{Block, BlockKind, Inline, InlineKind, parse};

/// Where they lead, in their order.
pub fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    of_blocks(text, &parse(text).blocks, &mut found);
    found
}

fn of_blocks(text: &str, blocks: &[Block], found: &mut Vec<String>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. } => {
                lines.iter().for_each(|line| of_pieces(text, &line.pieces, found));
            }
            BlockKind::Quote(inside) => of_blocks(text, inside, found),
            BlockKind::Code { .. } => {}
        }
    }
}

fn of_pieces(text: &str, pieces: &[Inline], found: &mut Vec<String>) {
    for piece in pieces {
        match &piece.kind {
            InlineKind::Link { url, .. } => found.push(text[url.clone()].to_owned()),
            InlineKind::BareLink(_) => found.push(text[piece.range.clone()].to_owned()),
            InlineKind::Styled(_, inside) => of_pieces(text, inside, found),
            InlineKind::Text | InlineKind::Code(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stand_without_the_signs_around_them_and_not_in_code() {
        for (text, wanted) in [
            (
                "||https://a.example/x|| *https://b.example*",
                ["https://a.example/x", "https://b.example"].as_slice(),
            ),
            (
                "[here](https://a.example)\n> https://b.example",
                &["https://a.example", "https://b.example"],
            ),
            ("`https://a.example`\n```\nhttps://b.example\n```", &[]),
        ] {
            assert_eq!(links(text), wanted, "{text}");
        }
    }
}
