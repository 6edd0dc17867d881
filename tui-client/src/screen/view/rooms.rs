//! The rooms: in a column of their own, or in a bar. The one that is shown, those with something new
//! and those where one is mentioned differ in a sign, and in colour where there is one.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::areas::Areas;
use super::state;
use crate::chat::Room;
use crate::screen::model::Screen;
use crate::screen::rows::cache::Layout;
use crate::screen::{measure, theme};

/// Cells that the rooms leave to the state on a small screen, at least: its sign and a word.
const STATE_CELLS_MIN: usize = 12;

/// Longest name of a room in a bar.
const NAME_CELLS: usize = 24;

/// Above the direct rooms in the column.
const DIRECT_HEADING: &str = " Direct messages";

/// A row of the column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Room(usize),
    /// Above the direct rooms.
    Heading,
}

/// The column of rooms: sign, number for its key, name, and what is unread; the direct ones below.
pub(super) fn draw(screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    if area.width == 0 {
        return;
    }
    let cells = usize::from(area.width).saturating_sub(2);
    let shown = in_column(screen, area);
    let lines = shown.iter().map(|shown| match shown {
        Row::Room(at) => row(screen, *at, cells),
        Row::Heading => Line::styled(measure::fitted(DIRECT_HEADING, cells), theme::quiet()),
    });
    let mut lines: Vec<_> = lines.collect();
    let hidden = hidden(screen, |at| shown.contains(&Row::Room(at)));
    if let Some(words) = more(screen, &hidden) {
        lines
            .push(Line::styled(measure::fitted_line(&words, cells), hidden_style(screen, &hidden)));
    }
    let border = Block::new().borders(Borders::RIGHT).border_style(theme::quiet());
    frame.render_widget(Paragraph::new(lines).block(border), area);
}

/// The room whose name stands in a cell.
pub(super) fn room_at(screen: &Screen, areas: &Areas, column: u16, row: u16) -> Option<usize> {
    let cell = Position { x: column, y: row };
    if areas.rooms.contains(cell) {
        let shown = in_column(screen, areas.rooms);
        return match shown.get(usize::from(row - areas.rooms.y)) {
            Some(Row::Room(at)) => Some(*at),
            _ => None,
        };
    }
    if !areas.header.contains(cell) {
        return None;
    }
    let mut end = 0;
    let (labels, _) = labels_in_bar(screen, areas);
    labels.into_iter().find_map(|(at, label)| {
        end += measure::width(&label);
        (usize::from(column) < end).then_some(at)
    })
}

/// What the column shows: always the active room, and a row is left for those that do not fit.
fn in_column(screen: &Screen, area: Rect) -> Vec<Row> {
    let (count, direct) = (screen.chat.rooms.len(), screen.chat.first_direct());
    let mut all: Vec<_> = (0..count).map(Row::Room).collect();
    if direct < count {
        all.insert(direct, Row::Heading);
    }
    let rows = usize::from(area.height);
    if all.len() <= rows {
        return all;
    }
    let rows = rows.saturating_sub(1);
    let active = all.iter().position(|row| *row == Row::Room(screen.chat.active));
    let first = (active.unwrap_or_default() + 1).saturating_sub(rows);
    all.into_iter().skip(first).take(rows).collect()
}

fn row(screen: &Screen, at: usize, cells: usize) -> Line<'static> {
    let room = &screen.chat.rooms[at];
    let digits = screen.chat.rooms.len().to_string().len();
    let before = format!("{}{:>digits$} ", sign(screen, at), at + 1);
    let count = count(screen, std::iter::once(room));
    let left = cells.saturating_sub(measure::width(&before) + measure::width(&count));
    let apart = usize::from(!count.is_empty());
    let name = measure::fitted_line(&in_list(screen, room), left.saturating_sub(apart));
    let gap = " ".repeat(left.saturating_sub(measure::width(&name)));
    Line::styled(format!("{before}{name}{gap}{count}"), style(screen, at))
}

/// What a room is called in the column: under their heading, direct rooms have the sign of who is there.
fn in_list(screen: &Screen, room: &Room) -> String {
    if !room.is_direct() {
        return screen.called(room);
    }
    let me = screen.chat.me.as_ref();
    let others = room.people.known().iter().any(|user| Some(user) != me);
    let sign = if room.joined && others { '●' } else { '○' };
    format!("{sign} {}", room.label(me))
}

/// Before a room's name: which one is shown, and which one is closed to this person.
fn sign(screen: &Screen, at: usize) -> char {
    match &screen.chat.rooms[at] {
        _ if at == screen.chat.active => '>',
        room if room.excluded.is_some() => '✕',
        _ => ' ',
    }
}

/// What is unread in some rooms; with a sign if one is meant there.
fn count<'a>(screen: &Screen, rooms: impl Iterator<Item = &'a Room> + Clone) -> String {
    let sign =
        if rooms.clone().any(|room| room.is_meant(screen.chat.me.as_ref())) { "!" } else { "" };
    screen.chat.unread(rooms).map(|unread| format!("{sign}{unread}")).unwrap_or_default()
}

fn style(screen: &Screen, at: usize) -> Style {
    let room = &screen.chat.rooms[at];
    match room {
        _ if at == screen.chat.active => theme::striking(),
        _ if room.is_meant(screen.chat.me.as_ref()) => screen.looks.fault(),
        _ if room.is_muted() => theme::quiet(),
        _ if room.unread(screen.chat.me.as_ref()) > 0 => screen.looks.unread(),
        _ => Style::new(),
    }
}

fn hidden(screen: &Screen, is_shown: impl Fn(usize) -> bool) -> Vec<&Room> {
    let rooms = screen.chat.rooms.iter().enumerate();
    rooms.filter(|(at, _)| !is_shown(*at)).map(|(_, room)| room).collect()
}

/// How many rooms are not in sight, and what is unread in them.
fn more(screen: &Screen, hidden: &[&Room]) -> Option<String> {
    let count = count(screen, hidden.iter().copied());
    let colon = if count.is_empty() { "" } else { ": " };
    (!hidden.is_empty()).then(|| format!(" {} more{colon}{count} ", hidden.len()))
}

fn hidden_style(screen: &Screen, hidden: &[&Room]) -> Style {
    if hidden.iter().any(|room| room.is_meant(screen.chat.me.as_ref())) {
        screen.looks.fault()
    } else {
        theme::quiet()
    }
}

/// Rooms in a bar; with a column of rooms, only the one that is shown.
pub(super) fn in_bar(screen: &Screen, areas: &Areas) -> Vec<Span<'static>> {
    let (labels, shown) = labels_in_bar(screen, areas);
    let bar = |style: Style| theme::bar().patch(style);
    let spans = labels.into_iter().map(|(at, label)| match at == screen.chat.active {
        // What is shown stands out of the bar.
        true => Span::styled(label, Style::new().add_modifier(Modifier::BOLD)),
        false => Span::styled(label, bar(style(screen, at))),
    });
    let mut spans: Vec<_> = spans.collect();
    let hidden = hidden(screen, |at| shown.contains(&at));
    let used: usize = spans.iter().map(|span| measure::width(&span.content)).sum();
    if areas.rooms.width == 0
        && let Some(words) = more(screen, &hidden)
        && used + measure::width(&words) <= room_cells(screen, areas)
    {
        spans.push(Span::styled(words, bar(hidden_style(screen, &hidden))));
    }
    spans
}

/// Labels of the rooms that fit a bar, and which rooms these are; others give way, so that the active
/// one is in sight.
fn labels_in_bar(screen: &Screen, areas: &Areas) -> (Vec<(usize, String)>, std::ops::Range<usize>) {
    let width = room_cells(screen, areas);
    let mut shown = 0..screen.chat.rooms.len();
    if areas.rooms.width > 0 {
        shown = screen.chat.active..screen.chat.active + 1;
    }
    loop {
        let labels: Vec<_> = shown.clone().map(|at| (at, label(screen, at, width))).collect();
        let more = more(screen, &hidden(screen, |at| shown.contains(&at))).unwrap_or_default();
        let more = if areas.rooms.width > 0 { 0 } else { measure::width(&more) };
        let used: usize = labels.iter().map(|(_, label)| measure::width(label)).sum();
        if used + more <= width || shown.len() <= 1 {
            return (labels, shown);
        }
        if shown.end - 1 > screen.chat.active {
            shown.end -= 1;
        } else {
            shown.start += 1;
        }
    }
}

/// A room in a bar: its sign, its name, and what is unread in it; the name gives way.
fn label(screen: &Screen, at: usize, width: usize) -> String {
    let room = &screen.chat.rooms[at];
    let sign = if screen.chat.rooms.len() == 1 { ' ' } else { sign(screen, at) };
    let count = count(screen, std::iter::once(room));
    let space = if count.is_empty() { "" } else { " " };
    let left = width.saturating_sub(measure::width(&count) + space.len() + 2).min(NAME_CELLS);
    let name = measure::fitted_line(&screen.called(room), left);
    format!("{sign}{name}{space}{count} ")
}

/// Cells of the header that rooms may take.
fn room_cells(screen: &Screen, areas: &Areas) -> usize {
    let width = usize::from(areas.header.width);
    match areas.layout {
        Layout::Narrow => {
            let state = state::variants(screen).0;
            let least = state.iter().map(|state| measure::width(state)).min().unwrap_or_default();
            width.saturating_sub(least.max(STATE_CELLS_MIN.min(width / 2)) + 1)
        }
        // One's own name is always there; the server's gives way.
        _ => width.saturating_sub(measure::width(&screen.own_name("guest")) + 2),
    }
}
