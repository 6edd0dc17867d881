//! Blocks of a text: which lines are code, a quote, an item of a list, or none of these.
//!
//! This file does not know what stands in a line of words.

use std::ops::Range;

use super::document::{Block, BlockKind};
use super::inline;

/// Quotes within each other; further signs stay as typed.
const QUOTES_MAX: usize = 8;
const FENCE_MIN: usize = 3;
/// Characters of a language's name: longer ones are no names.
const LANGUAGE_BYTES_MAX: usize = 32;
/// Digits of an item's number.
const DIGITS_MAX: usize = 9;

/// The blocks of a text from `begin` on; if that is not the text's beginning, no block begins in its line.
pub(super) fn blocks(text: &str, begin: usize) -> Vec<Block> {
    let lines: Vec<_> = lines(text, begin).collect();
    let mut reader = Reader { text, depth: 0, made: Vec::new(), unclosed: usize::MAX };
    match lines.split_first() {
        Some((first, rest)) if begin > 0 => {
            reader.words(first.clone());
            reader.read(rest);
        }
        _ => reader.read(&lines),
    }
    reader.made
}

/// The lines of a text from `begin` on, without their newlines.
pub(super) fn lines(text: &str, begin: usize) -> impl Iterator<Item = Range<usize>> {
    let mut next = begin;
    text[begin..].split('\n').map(move |line| {
        let start = next;
        next += line.len() + 1;
        start..start + line.len()
    })
}

struct Reader<'a> {
    text: &'a str,
    /// Quotes around.
    depth: usize,
    made: Vec<Block>,
    /// A fence as long as this is not closed any more: nobody needs to look again.
    unclosed: usize,
}

impl Reader<'_> {
    fn read(&mut self, mut lines: &[Range<usize>]) {
        while let Some(first) = lines.first() {
            let block = self.code(lines).or_else(|| self.quote(lines)).or_else(|| self.item(first));
            let taken = match block {
                Some((block, taken)) => {
                    self.made.push(block);
                    taken
                }
                None => {
                    self.words(first.clone());
                    1
                }
            };
            lines = &lines[taken..];
        }
    }

    /// From a fence to the one that closes it; not closed, it is none.
    fn code(&mut self, lines: &[Range<usize>]) -> Option<(Block, usize)> {
        let first = lines.first()?;
        let Fence { indent, ticks, info } = fence(&self.text[first.clone()])?;
        if ticks >= self.unclosed || info.len() > LANGUAGE_BYTES_MAX {
            return None;
        }
        let closes = |line: &Range<usize>| {
            fence(&self.text[line.clone()])
                .is_some_and(|it| it.ticks >= ticks && it.info.is_empty())
        };
        let Some(inside) = lines[1..].iter().position(closes) else {
            self.unclosed = ticks;
            return None;
        };
        let language = first.end - trailing_spaces(&self.text[first.clone()]);
        let language = (!info.is_empty()).then(|| language - info.len()..language);
        let without_indent = |line: &Range<usize>| {
            line.start + leading_spaces(&self.text[line.clone()]).min(indent)..line.end
        };
        let code = lines[1..=inside].iter().map(without_indent).collect();
        let kind = BlockKind::Code { language, lines: code };
        Some((Block { range: first.start..lines[inside + 1].end, kind }, inside + 2))
    }

    fn quote(&self, lines: &[Range<usize>]) -> Option<(Block, usize)> {
        let first = lines.first()?;
        if self.depth >= QUOTES_MAX || !self.text[first.clone()].starts_with("> ") {
            return None;
        }
        let quoted = |line: &Range<usize>| match &self.text[line.clone()] {
            // What an editor that trims its lines leaves of a blank one.
            ">" => Some(line.end..line.end),
            words => words.starts_with("> ").then_some(line.start + 2..line.end),
        };
        let inside: Vec<_> = lines.iter().map_while(quoted).collect();
        let (text, depth) = (self.text, self.depth + 1);
        let mut reader = Reader { text, depth, made: Vec::new(), unclosed: usize::MAX };
        reader.read(&inside);
        let range = first.start..lines[inside.len() - 1].end;
        Some((Block { range, kind: BlockKind::Quote(reader.made) }, inside.len()))
    }

    fn item(&self, line: &Range<usize>) -> Option<(Block, usize)> {
        let words = &self.text[line.clone()];
        let indent = leading_spaces(words);
        let digits = words[indent..].bytes().take_while(u8::is_ascii_digit).count();
        let sign = match digits {
            0 => "- ",
            1..=DIGITS_MAX => ". ",
            _ => return None,
        };
        let behind = words[indent + digits..].strip_prefix(sign)?;
        if behind.trim().is_empty() {
            return None;
        }
        let begin = line.start + indent;
        let marker = begin..begin + digits + 1;
        let lines = vec![inline::line(self.text, marker.end + 1..line.end)];
        let kind = BlockKind::Item { indent, marker, lines };
        Some((Block { range: line.clone(), kind }, 1))
    }

    /// A line of words belongs to the item above if it hangs below its words, else to a paragraph.
    fn words(&mut self, line: Range<usize>) {
        let spaces = leading_spaces(&self.text[line.clone()]);
        let is_blank = spaces == line.len();
        match self.made.last_mut() {
            Some(Block { range, kind: BlockKind::Item { indent, marker, lines } })
                if !is_blank && spaces > *indent + marker.len() =>
            {
                let begin = line.start + *indent + marker.len() + 1;
                lines.push(inline::line(self.text, begin..line.end));
                range.end = line.end;
            }
            Some(Block { range, kind: BlockKind::Paragraph(lines) }) => {
                range.end = line.end;
                lines.push(inline::line(self.text, line));
            }
            Some(Block {
                kind: BlockKind::Item { .. } | BlockKind::Code { .. } | BlockKind::Quote(_),
                ..
            })
            | None => {
                let lines = vec![inline::line(self.text, line.clone())];
                self.made.push(Block { range: line, kind: BlockKind::Paragraph(lines) });
            }
        }
    }
}

struct Fence<'a> {
    indent: usize,
    ticks: usize,
    info: &'a str,
}

/// A line of three backquotes or more, and perhaps one word: with more words, nobody meant a fence.
fn fence(line: &str) -> Option<Fence<'_>> {
    let indent = leading_spaces(line);
    let ticks = line[indent..].bytes().take_while(|byte| *byte == b'`').count();
    let info = line[indent + ticks..].trim_matches(' ');
    let is_word = !info.contains(|c: char| c == '`' || c.is_whitespace());
    (ticks >= FENCE_MIN && is_word).then_some(Fence { indent, ticks, info })
}

fn leading_spaces(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn trailing_spaces(line: &str) -> usize {
    line.len() - line.trim_end_matches(' ').len()
}
