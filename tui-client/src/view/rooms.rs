//! The rooms: in a column of their own, or in a bar. The one that is shown, those with something new
//! and those where one is mentioned differ in a sign, and in colour where there is one.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::{Areas, bars, fitted};
use crate::model::{Model, Room};
use crate::{text, theme};

/// Longest name of a room in a bar.
const NAME_CELLS: usize = 24;

/// The column of rooms: sign, number for its key, name, and what is unread.
pub(super) fn draw(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    if area.width == 0 {
        return;
    }
    let cells = usize::from(area.width).saturating_sub(2);
    let shown = in_column(model, area);
    let mut lines: Vec<_> = shown.clone().map(|at| row(model, at, cells)).collect();
    let hidden = hidden(model, shown);
    if let Some(words) = more(model, &hidden) {
        lines.push(Line::styled(fitted(&words, cells), hidden_style(model, &hidden)));
    }
    let border = Block::new().borders(Borders::RIGHT).border_style(theme::quiet());
    frame.render_widget(Paragraph::new(lines).block(border), area);
}

/// The room whose name stands in a cell.
pub(super) fn room_at(model: &Model, areas: &Areas, column: u16, row: u16) -> Option<usize> {
    let cell = Position { x: column, y: row };
    if areas.rooms.contains(cell) {
        return in_column(model, areas.rooms).nth(usize::from(row - areas.rooms.y));
    }
    if !areas.header.contains(cell) {
        return None;
    }
    let mut end = 0;
    let (labels, _) = labels_in_bar(model, areas);
    labels.into_iter().find_map(|(at, label)| {
        end += text::width(&label);
        (usize::from(column) < end).then_some(at)
    })
}

/// The rooms that the column shows: always the active one, and a row for those that do not fit.
fn in_column(model: &Model, area: Rect) -> std::ops::Range<usize> {
    let rows = usize::from(area.height);
    let count = model.rooms.len();
    if count <= rows {
        return 0..count;
    }
    let rows = rows.saturating_sub(1);
    let first = (model.active + 1).saturating_sub(rows);
    first..(first + rows).min(count)
}

fn row(model: &Model, at: usize, cells: usize) -> Line<'static> {
    let room = &model.rooms[at];
    let digits = model.rooms.len().to_string().len();
    let before = format!("{}{:>digits$} ", sign(model, at), at + 1);
    let count = count(model, std::iter::once(room));
    let left = cells.saturating_sub(text::width(&before) + text::width(&count));
    let apart = usize::from(!count.is_empty());
    let name = fitted(&format!("#{}", room.name.as_str()), left.saturating_sub(apart));
    let gap = " ".repeat(left.saturating_sub(text::width(&name)));
    Line::styled(format!("{before}{name}{gap}{count}"), style(model, at))
}

/// Before a room's name: which one is shown, and which one is closed to this person.
fn sign(model: &Model, at: usize) -> char {
    match &model.rooms[at] {
        _ if at == model.active => '>',
        room if room.out.is_some() => '✕',
        _ => ' ',
    }
}

/// What is unread in some rooms; with a sign if one is mentioned there.
fn count<'a>(model: &Model, rooms: impl Iterator<Item = &'a Room> + Clone) -> String {
    let sign = if model.calls(rooms.clone()) > 0 { "!" } else { "" };
    model.unread(rooms).map(|unread| format!("{sign}{unread}")).unwrap_or_default()
}

fn style(model: &Model, at: usize) -> Style {
    let room = &model.rooms[at];
    match room {
        _ if at == model.active => theme::striking(),
        _ if room.mentions(model.me.as_ref()) > 0 => model.looks.fault(),
        _ if room.unread(model.me.as_ref()) > 0 => model.looks.unread(),
        _ => Style::new(),
    }
}

fn hidden(model: &Model, shown: std::ops::Range<usize>) -> Vec<&Room> {
    let rooms = model.rooms.iter().enumerate();
    rooms.filter(|(at, _)| !shown.contains(at)).map(|(_, room)| room).collect()
}

/// How many rooms are not in sight, and what is unread in them.
fn more(model: &Model, hidden: &[&Room]) -> Option<String> {
    let count = count(model, hidden.iter().copied());
    let colon = if count.is_empty() { "" } else { ": " };
    (!hidden.is_empty()).then(|| format!(" {} more{colon}{count} ", hidden.len()))
}

fn hidden_style(model: &Model, hidden: &[&Room]) -> Style {
    let calls = model.calls(hidden.iter().copied()) > 0;
    if calls { model.looks.fault() } else { theme::quiet() }
}

/// Rooms in a bar; with a column of rooms, only the one that is shown.
pub(super) fn in_bar(model: &Model, areas: &Areas) -> Vec<Span<'static>> {
    let (labels, shown) = labels_in_bar(model, areas);
    let bar = |style: Style| theme::bar().patch(style);
    let spans = labels.into_iter().map(|(at, label)| match at == model.active {
        // What is shown stands out of the bar.
        true => Span::styled(label, Style::new().add_modifier(Modifier::BOLD)),
        false => Span::styled(label, bar(style(model, at))),
    });
    let mut spans: Vec<_> = spans.collect();
    let hidden = hidden(model, shown);
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    if areas.rooms.width == 0
        && let Some(words) = more(model, &hidden)
        && used + text::width(&words) <= bars::room_cells(model, areas)
    {
        spans.push(Span::styled(words, bar(hidden_style(model, &hidden))));
    }
    spans
}

/// Labels of the rooms that fit a bar, and which rooms these are; others give way, so that the active
/// one is in sight.
fn labels_in_bar(model: &Model, areas: &Areas) -> (Vec<(usize, String)>, std::ops::Range<usize>) {
    let width = bars::room_cells(model, areas);
    let mut shown = 0..model.rooms.len();
    if areas.rooms.width > 0 {
        shown = model.active..model.active + 1;
    }
    loop {
        let labels: Vec<_> = shown.clone().map(|at| (at, label(model, at, width))).collect();
        let more = more(model, &hidden(model, shown.clone())).unwrap_or_default();
        let more = if areas.rooms.width > 0 { 0 } else { text::width(&more) };
        let used: usize = labels.iter().map(|(_, label)| text::width(label)).sum();
        if used + more <= width || shown.len() <= 1 {
            return (labels, shown);
        }
        if shown.end - 1 > model.active {
            shown.end -= 1;
        } else {
            shown.start += 1;
        }
    }
}

/// A room in a bar: its sign, its name, and what is unread in it; the name gives way.
fn label(model: &Model, at: usize, width: usize) -> String {
    let room = &model.rooms[at];
    let sign = if model.rooms.len() == 1 { ' ' } else { sign(model, at) };
    let count = count(model, std::iter::once(room));
    let space = if count.is_empty() { "" } else { " " };
    let left = width.saturating_sub(text::width(&count) + space.len() + 2).min(NAME_CELLS);
    let name = fitted(&format!("#{}", room.name.as_str()), left);
    format!("{sign}{name}{space}{count} ")
}
