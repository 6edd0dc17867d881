//! Below a message: what people put on it. And behind its last row, that it was edited, or that something of
//! one's own is on its way to it.

use protocol::{Message, Reaction};
use ratatui::text::{Line, Span};

use super::pane::Pane;
use crate::chat::room::is_own;
use crate::screen::{measure, theme};
use crate::text;

/// Between two kinds.
const GAP: &str = "  ";

/// In rows as wide as the text; one's own stand in brackets.
pub(super) fn of_reactions(message: &Message, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let before = pane.before();
    let cells = pane.width.saturating_sub(before).max(1);
    let (mut lines, mut row, mut used) = (Vec::new(), Vec::new(), 0);
    for reaction in &message.reactions {
        let words = words(message, reaction, pane);
        let words = measure::fitted(&words, cells);
        let width = measure::width(&words);
        if used > 0 && used + measure::width(GAP) + width > cells {
            lines.push(row_of(before, std::mem::take(&mut row)));
            used = 0;
        }
        if used > 0 {
            row.push(Span::raw(GAP));
            used += measure::width(GAP);
        }
        row.push(Span::styled(words, theme::quiet()));
        used += width;
    }
    if !row.is_empty() {
        lines.push(row_of(before, row));
    }
    lines
}

fn row_of(before: usize, row: Vec<Span<'static>>) -> Line<'static> {
    let mut spans = vec![Span::raw(" ".repeat(before))];
    spans.extend(row);
    Line::from(spans)
}

fn words(message: &Message, reaction: &Reaction, pane: &Pane<'_>) -> String {
    let emoji = reaction.emoji.as_str();
    let shown = pane.shown_line(emoji);
    let words = format!("{shown} {}", text::grouped(reaction.count as usize));
    match pane.me.is_some_and(|me| is_own(message, emoji, me)) {
        true => format!("[{words}]"),
        false => words,
    }
}

/// Words behind the last row of a message, or below it, where there is no room.
pub(super) fn mark(lines: &mut Vec<Line<'static>>, words: &'static str, pane: &Pane<'_>) {
    let width = |line: &Line<'_>| line.spans.iter().map(|it| measure::width(&it.content)).sum();
    let used: usize = lines.last().map_or(pane.width, width);
    let fits = used + 1 + measure::width(words) <= pane.width;
    let words = Span::styled(words, theme::quiet());
    match lines.last_mut().filter(|_| fits) {
        Some(last) => last.spans.extend([Span::raw(" "), words]),
        None => lines.push(Line::from(vec![Span::raw(" ".repeat(pane.before())), words])),
    }
}
