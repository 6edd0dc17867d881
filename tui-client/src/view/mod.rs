//! The model, drawn. Pure: it changes nothing.

mod help;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use crate::keys::Keys;
use crate::model::{Link, Model, Room, Scroll};
use crate::rows::{Pane, visible};
use crate::{text, theme};

/// Below this width the people column would leave too little for the text.
const PEOPLE_FROM_COLUMNS: u16 = 60;
/// The people column, with its border.
const PEOPLE_COLUMNS: u16 = 18;
/// From this width on the rooms have a column of their own instead of the row at the top.
const ROOMS_FROM_COLUMNS: u16 = 120;
/// The column of rooms, with its border.
const ROOMS_COLUMNS: u16 = 20;
/// Text is capped at this width, with the time and the names before it: longer lines are hard to
/// read.
const TEXT_COLUMNS_MAX: u16 = 128;
/// The input grows up to so many rows.
const INPUT_ROWS_MAX: usize = 6;
/// Before the text in the input.
const PROMPT: &str = "> ";

/// Where everything is.
struct Areas {
    header: Rect,
    rooms: Rect,
    pane: Rect,
    people: Rect,
    status: Rect,
    input: Rect,
}

/// Draws the whole screen.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let areas = areas(model, frame.area());
    frame.render_widget(header(model, areas.header.width), areas.header);
    if areas.rooms.width > 0 {
        frame.render_widget(rooms(model, areas.rooms), areas.rooms);
    }
    if let Some(first) = model.help {
        frame.render_widget(Paragraph::new(help::lines(&model.keys).split_off(first)), areas.pane);
    } else {
        let pane = pane(model, areas.pane);
        frame.render_widget(Paragraph::new(visible(model.room(), &pane)), areas.pane);
    }
    if areas.people.width > 0 {
        frame.render_widget(people(model, areas.people), areas.people);
    }
    frame.render_widget(status(model, areas.status.width), areas.status);
    input(model, areas.input, frame);
}

/// The window's title: what is unread in all rooms, and where one is.
pub fn title(model: &Model) -> String {
    let unread: usize = model.rooms.iter().map(|room| room.unread(model.me.as_ref())).sum();
    let count = if unread > 0 { format!("({unread}) ") } else { String::new() };
    format!("{count}#{} · Nebula", text::clean_line(model.room().name.as_str()))
}

/// Rows of the whole help.
pub fn help_rows(keys: &Keys) -> usize {
    help::lines(keys).len()
}

/// Columns and rows that messages have.
pub fn pane_size(model: &Model) -> (usize, usize) {
    let (width, height) = model.size;
    let pane = areas(model, Rect { x: 0, y: 0, width, height }).pane;
    (text_cells(pane), pane.height.into())
}

/// Rows that names of people have.
pub fn people_rows(model: &Model) -> usize {
    let (width, height) = model.size;
    let area = areas(model, Rect { x: 0, y: 0, width, height }).people;
    usize::from(area.height).saturating_sub(1)
}

/// A free column keeps the text from touching the border.
fn text_cells(pane: Rect) -> usize {
    let width = usize::from(pane.width);
    if width > 2 { width - 1 } else { width }
}

/// The input comes first: with a single row, there is only that.
fn areas(model: &Model, screen: Rect) -> Areas {
    let (rows, _) = input_rows(model, screen.width);
    let most = INPUT_ROWS_MAX.min(usize::from(screen.height).div_ceil(3));
    let input_rows = u16::try_from(rows.len().min(most)).unwrap_or(1).max(1);
    let around = |from: u16| u16::from(screen.height >= from);
    let [header, middle, status, input] = Layout::vertical([
        Constraint::Length(around(4)),
        Constraint::Min(0),
        Constraint::Length(around(3)),
        Constraint::Length(input_rows),
    ])
    .areas(screen);
    let is_wide = screen.width >= PEOPLE_FROM_COLUMNS;
    let people = match (is_wide, model.people_toggled) {
        (true, false) => PEOPLE_COLUMNS,
        (false, false) | (true, true) => 0,
        // There is no room beside the text: the people take its place.
        (false, true) => screen.width,
    };
    let rooms = if screen.width >= ROOMS_FROM_COLUMNS { ROOMS_COLUMNS } else { 0 };
    let columns = [Constraint::Length(rooms), Constraint::Min(0), Constraint::Length(people)];
    let [rooms, mut pane, people] = Layout::horizontal(columns).areas(middle);
    // Capped, but the people stay at the edge.
    pane.width = pane.width.min(TEXT_COLUMNS_MAX);
    Areas { header, rooms, pane, people, status, input }
}

fn pane(model: &Model, area: Rect) -> Pane<'_> {
    let (width, height) = (text_cells(area), area.height.into());
    Pane { me: model.me.as_ref(), zone: &model.zone, theme: model.theme, width, height }
}

/// A room's name, and what is unread in it.
fn label(model: &Model, room: &Room) -> String {
    let unread = room.unread(model.me.as_ref());
    let count = if unread > 0 { format!(" {unread}") } else { String::new() };
    let named = if room.mentions(model.me.as_ref()) > 0 { "!" } else { "" };
    format!(" {named}#{}{count} ", text::clean_line(room.name.as_str()))
}

/// The column of rooms.
fn rooms(model: &Model, area: Rect) -> Paragraph<'static> {
    let cells = usize::from(area.width).saturating_sub(1);
    // The one that is shown is always in sight.
    let first = (model.active + 1).saturating_sub(usize::from(area.height));
    let lines = model.rooms.iter().enumerate().skip(first).map(|(i, room)| {
        let style = if i == model.active { theme::striking() } else { Style::new() };
        Line::styled(text::cut(&label(model, room), cells).to_owned(), style)
    });
    let border = Block::new().borders(Borders::RIGHT).border_style(theme::quiet());
    Paragraph::new(lines.collect::<Vec<_>>()).block(border)
}

/// Rooms in a row, unless they have a column of their own.
fn header(model: &Model, width: u16) -> Line<'static> {
    let only = (width >= ROOMS_FROM_COLUMNS).then_some(model.active);
    let shown = model.rooms.iter().enumerate().filter(|(i, _)| only.is_none_or(|only| only == *i));
    let mut spans: Vec<_> = shown
        .map(|(i, room)| {
            let style = if i == model.active { theme::striking() } else { theme::bar() };
            Span::styled(label(model, room), style)
        })
        .collect();
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let me = model.me.as_ref().map_or("", |me| me.as_str());
    let me = format!("{} ", text::clean_line(me));
    let gap = usize::from(width).saturating_sub(used + text::width(&me));
    spans.push(Span::styled(" ".repeat(gap), theme::bar()));
    spans.push(Span::styled(me, theme::bar()));
    Line::from(spans)
}

fn people(model: &Model, area: Rect) -> Paragraph<'static> {
    let (room, theme) = (model.room(), model.theme);
    let (count, first) = (room.people.count(), room.people.first());
    let rows = usize::from(area.height);
    let cells = usize::from(area.width).saturating_sub(4);
    let mut lines = vec![Line::styled(format!(" {count} online"), theme::quiet())];
    if first > 0 {
        lines.push(Line::styled(format!(" {first} above"), theme::quiet()));
    }
    let (rows, rest) = (rows.saturating_sub(lines.len() - 1), count - first);
    let fit = if rest < rows { rest } else { rows.saturating_sub(2) };
    lines.extend(room.people.known().iter().skip(first).take(fit).map(|user| {
        let name = text::clean_line(user.as_str());
        let shown = text::cut(&name, cells).to_owned();
        Line::from(vec![Span::raw(" ● "), Span::styled(shown, theme.person(user.as_str()))])
    }));
    if fit < rest {
        lines.push(Line::styled(format!(" and {} more", rest - fit), theme::quiet()));
    }
    Paragraph::new(lines).block(Block::new().borders(Borders::LEFT).border_style(theme::quiet()))
}

/// What there is to say, on the left; the state of the line, on the right.
fn status(model: &Model, width: u16) -> Line<'static> {
    let (state, style) = match &model.link {
        Link::Connecting(_) => ("○ connecting …".to_owned(), theme::quiet()),
        Link::Online if !model.room().joined => ("○ entering …".to_owned(), theme::quiet()),
        Link::Online => (format!("● {} online", model.room().people.count()), Style::new()),
        Link::Waiting { reason, .. } => (format!("○ trying again: {reason}"), model.theme.fault()),
        Link::Refused(reason) => (format!("✕ {reason}"), model.theme.fault()),
    };
    let width = usize::from(width);
    let state = text::cut(&text::clean_line(&state), width).to_owned();
    let hint = model.notice.clone().unwrap_or_else(|| hint(model.room()));
    let left = width.saturating_sub(text::width(&state) + 2);
    let hint = text::clean_line(&hint);
    let hint = text::cut(&hint, left).to_owned();
    let gap = width.saturating_sub(text::width(&hint) + text::width(&state));
    Line::from(vec![Span::raw(hint), Span::raw(" ".repeat(gap)), Span::styled(state, style)])
}

fn hint(room: &Room) -> String {
    if room.scroll == Scroll::Bottom {
        return String::new();
    }
    let newer = room.messages().rev().take_while(|message| message.id > room.read).count();
    let loading = if room.loading { "loading older … " } else { "" };
    if newer > 0 { format!("{loading}v {newer} newer (Esc)") } else { format!("{loading}v (Esc)") }
}

/// The rows of the input and the cell of the caret in them.
fn input_rows(model: &Model, width: u16) -> (Vec<String>, (usize, usize)) {
    let cells = usize::from(width).saturating_sub(PROMPT.len()).max(1);
    let text = text::clean(model.input.text());
    let before = text::clean(&model.input.text()[..model.input.caret()]);
    let rows: Vec<_> = text.split('\n').flat_map(|line| broken(line, cells)).collect();
    let above: Vec<_> = before.split('\n').flat_map(|line| broken(line, cells)).collect();
    let row = above.len().saturating_sub(1);
    let column = above.last().map_or(0, |last| text::width(last));
    (rows, (column, row))
}

/// Broken hard, so that the caret is where the text is.
fn broken(mut line: &str, cells: usize) -> Vec<String> {
    let mut rows = Vec::new();
    loop {
        let fits = text::cut(line, cells);
        if fits.len() == line.len() || fits.is_empty() {
            rows.push(line.to_owned());
            return rows;
        }
        rows.push(fits.to_owned());
        line = &line[fits.len()..];
    }
}

fn input(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let (rows, (column, row)) = input_rows(model, area.width);
    let height = usize::from(area.height);
    let first = (row + 1).saturating_sub(height);
    let shown = rows.into_iter().enumerate().skip(first).take(height);
    let lines: Vec<_> = shown
        .map(|(i, text)| Line::raw(format!("{}{text}", if i == 0 { PROMPT } else { "  " })))
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
    let x = u16::try_from(column + PROMPT.len()).unwrap_or(u16::MAX);
    let y = u16::try_from(row - first).unwrap_or(0);
    let last = area.right().saturating_sub(1);
    frame.set_cursor_position(Position { x: area.x.saturating_add(x).min(last), y: area.y + y });
}
