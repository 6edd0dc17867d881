//! The row or rows where one types, with the hardware cursor at the caret: screen readers and
//! input methods look for it there.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::input::Input;
use crate::keys::Wish;
use crate::model::{Model, Overlay};
use crate::{text, theme};

/// Before the text in the input.
pub(super) const PROMPT: &str = "> ";

/// Rows that the text takes.
pub(super) fn rows(model: &Model, width: u16) -> u16 {
    let (label, input) = typed_into(model);
    let rows = text::written_rows(input.text(), cells(label, width)).len();
    u16::try_from(rows).unwrap_or(u16::MAX)
}

pub(super) fn draw(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let (label, input) = typed_into(model);
    let cells = cells(label, area.width);
    let rows = text::written_rows(input.text(), cells);
    let row = rows.partition_point(|row| row.start <= input.caret()).saturating_sub(1);
    let start = rows.get(row).map_or(0, |row| row.start);
    let column = text::width(&text::clean(&input.text()[start..input.caret()]));
    let height = usize::from(area.height);
    let first = (row + 1).saturating_sub(height);
    let indent = " ".repeat(text::width(label));
    let shown = rows.into_iter().enumerate().skip(first).take(height);
    let lines = shown.map(|(at, row)| {
        let before = if at == 0 { label } else { &indent };
        let written = Span::raw(text::clean(&input.text()[row]));
        Line::from(vec![Span::styled(before.to_owned(), theme::quiet()), written])
    });
    let mut lines: Vec<_> = lines.collect();
    if input.text().is_empty()
        && let Some(first) = lines.first_mut()
    {
        first.push_span(Span::styled(placeholder(model, cells), theme::quiet()));
    }
    frame.render_widget(Paragraph::new(lines), area);
    let x = u16::try_from(column + text::width(label)).unwrap_or(u16::MAX);
    let y = u16::try_from(row - first).unwrap_or(0);
    let last = area.right().saturating_sub(1);
    frame.set_cursor_position(Position { x: area.x.saturating_add(x).min(last), y: area.y + y });
}

/// Where nothing is written: what would become of it, under which name, and where the help is.
fn placeholder(model: &Model, cells: usize) -> String {
    if !matches!(model.overlay, Overlay::None) {
        return String::new();
    }
    let room = format!("Message #{}", text::clean_line(model.room().name.as_str()));
    let me = model.me.as_ref().map_or("a guest".into(), |me| text::bracketed(me.as_str()));
    let help = model.keys.shown(Wish::Help).map(|key| format!("{key} help")).unwrap_or_default();
    let forms = [format!("{room} as {me} · {help}"), format!("{room} · {help}"), room, help];
    forms.into_iter().find(|form| text::width(form) < cells).unwrap_or_default()
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
