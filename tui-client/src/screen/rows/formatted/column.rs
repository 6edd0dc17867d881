//! The column that rows of a text stand in: what is taken of it, and the bars of quotes before its rows.
//!
//! This file does not know what the rows say.

use ratatui::text::Span;

use super::words::Words;
use crate::screen::{measure, theme};

/// Before each row of a quote.
const BAR: &str = "│ ";
/// A quote in a quote has no further bar where less than this would be left for its words.
const CELLS_MIN: usize = 10;
/// Cells of the widest character: a row with less has no place for it.
const CHARACTER_CELLS: usize = 2;

/// Spans of one row.
pub(in crate::screen::rows) type Row = Vec<Span<'static>>;

#[derive(Debug)]
pub(super) struct Column {
    rows: Vec<Row>,
    /// How wide it is, with the bars.
    cells: usize,
    /// Cells of the next row that something else has.
    taken: usize,
    bars: usize,
}

impl Column {
    pub(super) fn new(cells: usize, taken: usize) -> Self {
        Column { rows: Vec::new(), cells: cells.max(1), taken, bars: 0 }
    }

    /// Cells for words in a row.
    pub(super) fn cells(&self) -> usize {
        self.cells - self.bars * measure::width(BAR)
    }

    /// Begins what has a shape of its own: not behind something else in a row.
    pub(super) fn begin_block(&mut self) {
        if self.taken > 0 {
            self.push(Vec::new());
        }
    }

    pub(super) fn push(&mut self, row: Row) {
        let bar = Span::styled(BAR, theme::quiet());
        let bars = std::iter::repeat_n(bar, self.bars);
        self.rows.push(bars.chain(row).collect());
        self.taken = 0;
    }

    /// Words from edge to edge; `full`: rows are full to the last cell.
    pub(super) fn push_words(&mut self, words: &Words, full: bool) {
        let (cells, taken) = (self.cells(), self.taken);
        let rows = match full {
            true => measure::chop(words.text(), cells, taken),
            false => measure::wrap_after(words.text(), cells, taken),
        };
        rows.into_iter().for_each(|row| self.push(words.row(row)));
    }

    /// Words of which all rows, or all but the first, hang behind spaces.
    pub(super) fn push_hanging(&mut self, words: &Words, hang: usize, is_first: bool) {
        let hang = hang.min(self.cells().saturating_sub(CHARACTER_CELLS));
        let rest = self.cells() - hang;
        let first = if is_first { self.cells() } else { rest };
        let mut before = if is_first { 0 } else { hang };
        for row in measure::wrap_hanging(words.text(), first, rest) {
            let mut spans = vec![Span::raw(" ".repeat(before))];
            spans.extend(words.row(row));
            self.push(spans);
            before = hang;
        }
    }

    /// What is pushed in `inside` is quoted.
    pub(super) fn quoted(&mut self, inside: impl FnOnce(&mut Self)) {
        let bars = self.bars;
        self.begin_block();
        self.bars += usize::from(self.cells() >= CELLS_MIN + measure::width(BAR));
        inside(self);
        self.bars = bars;
    }

    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}
