//! A block of code as rows: shaded over the whole column, its tokens in their colours, and its language in
//! the corner. A long line goes on below its own indent.
//!
//! This file does not know what else a message says.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use super::column::{Column, Row};
use super::words::Words;
use crate::chat::writing::code::joined;
use crate::code::{Kind, Token, tokens};
use crate::screen::rows::pane::Pane;
use crate::screen::theme::Looks;
use crate::screen::{measure, theme};

/// Before each row where nothing can be shaded.
const EDGE: &str = "▌ ";
/// Cells by which a row that goes on stands further in.
const HANG: usize = 2;
/// Cells between the first row and the language.
const GAP: usize = 2;

/// Code, as its lines stand in a text.
pub(super) struct Code<'a> {
    pub(super) source: &'a str,
    pub(super) language: Option<Range<usize>>,
    pub(super) lines: &'a [Range<usize>],
    /// What the message is drawn in.
    pub(super) base: Style,
}

pub(super) fn push(code: &Code<'_>, pane: &Pane<'_>, column: &mut Column) {
    column.begin_block();
    let sheet = Sheet::new(pane.looks, code.base, column.cells());
    let language = code.language.clone().map(|it| &code.source[it]);
    let mut corner = language.map(|it| pane.shown_line(it));
    let mut lines = lines(code, language, pane);
    if lines.is_empty() {
        lines.push(Words::default());
    }
    for words in &lines {
        for row in sheet.rows(words) {
            column.push(sheet.filled(row, corner.take().as_deref()));
        }
    }
}

/// The lines in the colours of their tokens: a token may go over several of them.
fn lines(code: &Code<'_>, language: Option<&str>, pane: &Pane<'_>) -> Vec<Words> {
    let whole = joined(code.source, code.lines);
    let all = Token { kind: Kind::Plain, range: 0..whole.len() };
    let tokens = language.and_then(|it| tokens(it, &whole)).unwrap_or_else(|| vec![all]);
    let mut made = vec![Words::default()];
    for Token { kind, range } in tokens {
        let style = code.base.patch(pane.looks.code_block()).patch(pane.looks.token(kind));
        for (at, part) in whole[range].split('\n').enumerate() {
            if at > 0 {
                made.push(Words::default());
            }
            if let Some(words) = made.last_mut() {
                words.push(&pane.shown_line(part), style);
            }
        }
    }
    made
}

/// What the rows are drawn on.
struct Sheet {
    style: Style,
    corner: Style,
    edge: &'static str,
    /// Between the edges.
    cells: usize,
    is_shaded: bool,
}

impl Sheet {
    fn new(looks: Looks, base: Style, cells: usize) -> Self {
        let is_shaded = looks.shades_code();
        let edge = if is_shaded || cells <= measure::width(EDGE) { "" } else { EDGE };
        let cells = cells.saturating_sub(measure::width(edge)).max(1);
        let style = base.patch(looks.code_block());
        Sheet { style, corner: style.patch(looks.token(Kind::Comment)), edge, cells, is_shaded }
    }

    /// The rows of a line, each with its indent.
    fn rows(&self, words: &Words) -> Vec<Row> {
        let text = words.text().trim_start_matches(' ');
        let indent = words.text().len() - text.len();
        let most = self.cells / 2;
        let indent = if text.is_empty() { 0 } else { indent.min(most) };
        let hang = (indent + HANG).min(most);
        let (first, rest) = (self.cells - indent, self.cells - hang);
        let mut before = indent;
        let row = |row: &str| {
            let mut spans = vec![Span::styled(" ".repeat(before), self.style)];
            spans.extend(words.row(row));
            before = hang;
            spans
        };
        measure::wrap_hanging(text, first, rest).into_iter().map(row).collect()
    }

    /// A row from edge to edge, with the language at its end if there is room.
    fn filled(&self, row: Row, corner: Option<&str>) -> Row {
        let used: usize = row.iter().map(|span| measure::width(&span.content)).sum();
        let left = self.cells.saturating_sub(used);
        let corner = corner.filter(|corner| measure::width(corner) + GAP <= left);
        let corner = corner.unwrap_or_default();
        let mut filled = vec![Span::styled(self.edge, theme::quiet())];
        filled.extend(row);
        let gap = match self.is_shaded || !corner.is_empty() {
            true => left.saturating_sub(measure::width(corner)),
            false => 0,
        };
        filled.push(Span::styled(" ".repeat(gap), self.style));
        filled.push(Span::styled(corner.to_owned(), self.corner));
        filled
    }
}
