//! Code in texts: whether one types in it, whether a text looks like it, and its source.
//!
//! This file does not know how code is drawn.

use std::ops::Range;

use protocol::formatting::{self, Block, BlockKind, code_ranges};

/// Signs before and behind a block of code, at least.
const FENCE_MIN: usize = 3;
/// Lines of a text that look like code, of all that are not blank: fewer, and it is no code.
const CODE_LINES_MIN: usize = 2;

/// The blocks of code of a text, as they were typed, without their fences.
pub fn blocks(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(text, &formatting::parse(text).blocks, &mut found);
    found
}

fn collect(text: &str, blocks: &[Block], found: &mut Vec<String>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Code { lines, .. } => found.push(joined(text, lines)),
            BlockKind::Quote(inside) => collect(text, inside, found),
            BlockKind::Paragraph(_) | BlockKind::Item { .. } => {}
        }
    }
}

/// The lines of a block of code of a text.
pub fn joined(text: &str, lines: &[Range<usize>]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| &text[line.clone()]).collect();
    lines.join("\n")
}

/// Whether what is typed at a place belongs to code, also to code that has no end yet.
pub fn is_inside(text: &str, place: usize) -> bool {
    let before = &text[..place];
    if !before.contains('`') {
        return false;
    }
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_closed = code_ranges(text).iter().any(|code| code.start < place && place < code.end);
    is_closed || has_open_fence(before) || has_open_sign(line)
}

/// A fence is open if one more, in the next line of the same quote, makes a block of code.
fn has_open_fence(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let quote = "> ".repeat((line.len() - line.trim_start_matches("> ").len()) / 2);
    // None that is open is longer.
    let fence = "`".repeat(before.matches('`').count().max(FENCE_MIN));
    let closed = format!("{before}\n{quote}{fence}");
    code_ranges(&closed).iter().any(|code| code.contains(&before.len()))
}

/// As many backquotes as have opened it end it.
fn has_open_sign(line: &str) -> bool {
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let behind = rest[at..].trim_start_matches('`');
        let signs = &rest[at..rest.len() - behind.len()];
        let ends = |(end, _): &(usize, &str)| {
            !behind[..*end].ends_with('`') && !behind[end + signs.len()..].starts_with('`')
        };
        let Some((end, _)) = behind.match_indices(signs).find(ends) else { return true };
        rest = &behind[end + signs.len()..];
    }
    false
}

/// Whether most lines of a text look like code: indented, or with the signs that end a line of it.
pub fn is_likely(text: &str) -> bool {
    if text.contains("```") {
        return false;
    }
    let lines: Vec<_> = text.split('\n').filter(|line| !line.trim().is_empty()).collect();
    let of_code = lines.iter().filter(|line| looks_like_code(line)).count();
    of_code >= CODE_LINES_MIN && 2 * of_code >= lines.len()
}

fn looks_like_code(line: &str) -> bool {
    const ENDS: &[&str] =
        &["{", "}", ";", "};", "});", "),", "(", "[", "],", "->", "=>", "&&", "||"];
    const BEGINS: &[&str] = &["}", "</", "//", "/*", "#include", "#!", "@@ ", "$ "];
    let words = line.trim();
    let is_item = words.starts_with(['-', '*', '•', '>', '|'])
        || words.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(". ");
    let is_indented = line.starts_with("  ") || line.starts_with('\t');
    let has_signs = ENDS.iter().any(|end| words.ends_with(end))
        || BEGINS.iter().any(|begin| words.starts_with(begin));
    has_signs || is_indented && !is_item
}

/// A text as a block of code between what stands around it.
pub fn fenced(code: &str, before: &str, behind: &str) -> String {
    let signs = |line: &str| line.trim_start().bytes().take_while(|byte| *byte == b'`').count();
    let longest = code.split('\n').map(signs).max().unwrap_or(0);
    let fence = "`".repeat(FENCE_MIN.max(longest + 1));
    let above = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let below = if behind.is_empty() || behind.starts_with('\n') { "" } else { "\n" };
    format!("{above}{fence}\n{}\n{fence}{below}", code.trim_end_matches('\n'))
}
