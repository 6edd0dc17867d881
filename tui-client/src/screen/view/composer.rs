//! The row or rows where one types, with the hardware cursor at the caret: screen readers and
//! input methods look for it there.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::columns::layout;
use crate::chat::Composing;
use crate::screen::input::Input;
use crate::screen::keys::KeyCommand;
use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
use crate::screen::rows::cache::Layout;
use crate::screen::{measure, theme};
use crate::text;

/// Before the text in the input: of a message, of another text for one, and of a reply.
const PROMPT: &str = "> ";
const EDIT: &str = "edit> ";
const REPLY: &str = "reply> ";

/// Rows that the text takes.
pub(super) fn rows(screen: &Screen, width: u16) -> u16 {
    let (label, input) = typed_into(screen);
    let rows = measure::written_rows(input.text(), cells(label, width)).len();
    u16::try_from(rows).unwrap_or(u16::MAX)
}

pub(super) fn draw(screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    let (label, input) = typed_into(screen);
    let cells = cells(label, area.width);
    let rows = measure::written_rows(input.text(), cells);
    let row = rows.partition_point(|row| row.start <= input.caret()).saturating_sub(1);
    let start = rows.get(row).map_or(0, |row| row.start);
    let column = measure::width(&text::clean(&input.text()[start..input.caret()]));
    let height = usize::from(area.height);
    let first = (row + 1).saturating_sub(height);
    let indent = " ".repeat(measure::width(label));
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
        first.push_span(Span::styled(placeholder(screen, cells), theme::quiet()));
    }
    frame.render_widget(Paragraph::new(lines), area);
    let x = u16::try_from(column + measure::width(label)).unwrap_or(u16::MAX);
    let y = u16::try_from(row - first).unwrap_or(0);
    let last = area.right().saturating_sub(1);
    frame.set_cursor_position(Position { x: area.x.saturating_add(x).min(last), y: area.y + y });
}

/// Where nothing is written: what would become of it, under which name, and where the help is.
fn placeholder(screen: &Screen, cells: usize) -> String {
    if !matches!(screen.overlay, Overlay::None) {
        return String::new();
    }
    // Where there is no row of a status, it is told here.
    if let Some(words) = typing(screen).filter(|_| layout(screen) == Layout::Narrow) {
        return measure::fitted_line(&words, cells);
    }
    if screen.chat.room().is_editing() {
        let edits = "Edit your message";
        let ends = screen.keys.shown(KeyCommand::Escape);
        let ends = ends.map(|key| format!("{edits} · {key} cancels")).into_iter();
        return first_that_fits(ends.chain([edits.to_owned()]), cells);
    }
    let room = format!("Message {}", screen.called(screen.chat.room()));
    let me = screen.own_name("a guest");
    let help =
        screen.keys.shown(KeyCommand::Help).map(|key| format!("{key} help")).unwrap_or_default();
    let forms = [format!("{room} as {me} · {help}"), format!("{room} · {help}"), room, help];
    first_that_fits(forms, cells)
}

/// The first of these forms that leaves a cell free.
fn first_that_fits(forms: impl IntoIterator<Item = String>, cells: usize) -> String {
    forms.into_iter().find(|form| measure::width(form) < cells).unwrap_or_default()
}

/// Who else is writing, as far as it may be displayed.
pub(super) fn typing(screen: &Screen) -> Option<String> {
    screen.chat.room().typing.words().map(|words| text::clean_line(&words))
}

fn typed_into(screen: &Screen) -> (&'static str, &Input) {
    match &screen.overlay {
        Overlay::Prompt(prompt) => (prompt.kind.label(), &prompt.input),
        Overlay::Entrance(entrance) => (entrance.label(), &entrance.input),
        _ => (label(screen), &screen.input),
    }
}

/// What becomes of what is written.
pub(super) fn label(screen: &Screen) -> &'static str {
    match screen.chat.room().composing {
        Composing::Message => PROMPT,
        Composing::Edit { .. } => EDIT,
        Composing::Reply(_) => REPLY,
    }
}

pub(super) fn cells(label: &str, width: u16) -> usize {
    usize::from(width).saturating_sub(measure::width(label)).max(1)
}
