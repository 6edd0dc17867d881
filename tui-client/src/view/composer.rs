//! The row or rows where one types, with the hardware cursor at the caret: screen readers and
//! input methods look for it there.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::input::Input;
use crate::model::{Model, Overlay};
use crate::{text, theme};

/// Before the text in the input.
pub(super) const PROMPT: &str = "> ";

/// Rows that the text takes.
pub(super) fn rows(model: &Model, width: u16) -> u16 {
    let (label, input) = typed_into(model);
    let rows = broken(input.text(), cells(label, width)).len();
    u16::try_from(rows).unwrap_or(u16::MAX)
}

pub(super) fn draw(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let (label, input) = typed_into(model);
    let cells = cells(label, area.width);
    let above = broken(&input.text()[..input.caret()], cells);
    let row = above.len().saturating_sub(1);
    let column = above.last().map_or(0, |last| text::width(last));
    let height = usize::from(area.height);
    let first = (row + 1).saturating_sub(height);
    let indent = " ".repeat(text::width(label));
    let shown = broken(input.text(), cells).into_iter().enumerate().skip(first).take(height);
    let lines = shown.map(|(at, text)| {
        let before = if at == 0 { label } else { &indent };
        Line::from(vec![Span::styled(before.to_owned(), theme::quiet()), Span::raw(text)])
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), area);
    let x = u16::try_from(column + text::width(label)).unwrap_or(u16::MAX);
    let y = u16::try_from(row - first).unwrap_or(0);
    let last = area.right().saturating_sub(1);
    frame.set_cursor_position(Position { x: area.x.saturating_add(x).min(last), y: area.y + y });
}

fn typed_into(model: &Model) -> (&'static str, &Input) {
    match &model.overlay {
        Overlay::Prompt(prompt) => (prompt.kind.label(), &prompt.input),
        _ => (PROMPT, &model.input),
    }
}

pub(super) fn cells(label: &str, width: u16) -> usize {
    usize::from(width).saturating_sub(text::width(label)).max(1)
}

/// Broken hard, so that the caret is where the text is; a caret behind a full row stands in the
/// next one.
fn broken(text: &str, cells: usize) -> Vec<String> {
    let text = text::clean(text);
    let mut rows: Vec<_> = text::chop(&text, cells, 0).into_iter().map(str::to_owned).collect();
    if rows.last().is_some_and(|last| text::width(last) >= cells) {
        rows.push(String::new());
    }
    rows
}
