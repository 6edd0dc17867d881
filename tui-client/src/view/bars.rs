//! The bars around the messages: rooms, what there is to say, and the state of the line. And the
//! window's title.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::{Areas, fitted};
use crate::model::{Link, Model, Overlay, Room, Scroll};
use crate::{text, theme};

/// Longest name of a room in a bar.
const ROOM_CELLS: usize = 24;

pub(super) fn draw(model: &Model, areas: &Areas, frame: &mut Frame<'_>) {
    let is_narrow = areas.status.height == 0;
    let header = if is_narrow { only_bar(model, areas) } else { header(model, areas) };
    frame.render_widget(header, areas.header);
    frame.render_widget(status(model, areas.status.width), areas.status);
    if areas.rooms.width > 0 {
        frame.render_widget(rooms(model, areas.rooms), areas.rooms);
    }
}

/// The window's title: what is unread in all rooms, and where one is.
pub fn title(model: &Model) -> String {
    let unread = model.unread(model.rooms.iter());
    let count = unread.map(|unread| format!("({unread}) ")).unwrap_or_default();
    format!("{count}#{} · Nebula", text::clean_line(model.room().name.as_str()))
}

/// The room whose name stands in a cell.
pub(super) fn room_at(model: &Model, areas: &Areas, column: u16, row: u16) -> Option<usize> {
    let cell = Position { x: column, y: row };
    if areas.rooms.contains(cell) {
        let at = first_room(model, areas.rooms) + usize::from(row - areas.rooms.y);
        return (at < model.rooms.len()).then_some(at);
    }
    if !areas.header.contains(cell) || areas.rooms.width > 0 {
        return None;
    }
    let mut end = 0;
    let (labels, _) = shown_in_bar(model, areas.header.width);
    labels.into_iter().find_map(|(at, label)| {
        end += text::width(&label);
        (usize::from(column) < end).then_some(at)
    })
}

/// A room's name, and what is unread in it.
fn label(model: &Model, room: &Room) -> String {
    label_within(model, room, usize::MAX)
}

/// The same within some cells: the name gives way, not the number.
fn label_within(model: &Model, room: &Room, cells: usize) -> String {
    let rest = text::width(&labelled(model, std::iter::once(room), "#"));
    let name = fitted(room.name.as_str(), cells.saturating_sub(rest).min(ROOM_CELLS));
    labelled(model, std::iter::once(room), &format!("#{name}"))
}

/// A name for some rooms, and what is unread in them.
fn labelled<'a>(
    model: &Model,
    rooms: impl Iterator<Item = &'a Room> + Clone,
    name: &str,
) -> String {
    let unread = model.unread(rooms.clone()).map(|unread| format!(" {unread}"));
    let named = if model.calls(rooms) > 0 { "!" } else { "" };
    format!(" {named}{name}{} ", unread.unwrap_or_default())
}

/// In a column the one that is shown is always in sight.
fn first_room(model: &Model, area: Rect) -> usize {
    (model.active + 1).saturating_sub(usize::from(area.height))
}

/// The column of rooms.
fn rooms(model: &Model, area: Rect) -> Paragraph<'static> {
    let cells = usize::from(area.width).saturating_sub(1);
    let shown = model.rooms.iter().enumerate().skip(first_room(model, area));
    let lines =
        shown.map(|(at, room)| Line::styled(label_within(model, room, cells), style_of(model, at)));
    let border = Block::new().borders(Borders::RIGHT).border_style(theme::quiet());
    Paragraph::new(lines.collect::<Vec<_>>()).block(border)
}

fn style_of(model: &Model, at: usize) -> Style {
    if at == model.active { theme::striking() } else { Style::new() }
}

/// Labels of the rooms that fit a bar; the first ones give way, so that the one that is shown is in
/// sight. Of those that do not fit, there is a sign at the end.
fn shown_in_bar(model: &Model, width: u16) -> (Vec<(usize, String)>, String) {
    let labels = model.rooms.iter().map(|room| label(model, room)).enumerate();
    let mut labels: Vec<_> = labels.collect();
    let cells = |labels: &[(usize, String)]| -> usize {
        labels.iter().map(|(_, label)| text::width(label)).sum()
    };
    let sign = |labels: &[(usize, String)]| {
        let (first, last) = (labels[0].0, labels[labels.len() - 1].0);
        let hidden = model.rooms.iter().enumerate().filter(|(at, _)| !(first..=last).contains(at));
        let hidden = hidden.map(|(_, room)| room);
        match hidden.clone().count() {
            0 => String::new(),
            count => labelled(model, hidden, &format!("…{count}")),
        }
    };
    while labels.len() > 1 && cells(&labels) + text::width(&sign(&labels)) > usize::from(width) {
        if labels[labels.len() - 1].0 > model.active {
            labels.pop();
        } else {
            labels.remove(0);
        }
    }
    let sign = sign(&labels);
    (labels, sign)
}

/// Rooms in a row, unless they have a column of their own; and who and where one is.
fn header(model: &Model, areas: &Areas) -> Line<'static> {
    let width = areas.header.width;
    let has_column = areas.rooms.width > 0;
    let (labels, sign) = match has_column {
        true => (vec![(model.active, label(model, model.room()))], String::new()),
        false => shown_in_bar(model, width),
    };
    let mut spans: Vec<_> = labels
        .into_iter()
        .map(|(at, label)| {
            let style = if at == model.active { theme::striking() } else { theme::bar() };
            Span::styled(label, style)
        })
        .collect();
    spans.push(Span::styled(sign, theme::bar()));
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let me = model.me.as_ref().map_or("", |me| me.as_str());
    let at = if model.host.is_empty() { String::new() } else { format!(" @ {}", model.host) };
    let left = usize::from(width).saturating_sub(used);
    let me = fitted(&format!("{me}{at} "), left);
    spans.push(Span::styled(" ".repeat(left - text::width(&me)), theme::bar()));
    spans.push(Span::styled(me, theme::bar()));
    Line::from(spans)
}

/// Header and status in one, for a small screen: the room, what is new elsewhere, and who is here.
fn only_bar(model: &Model, areas: &Areas) -> Line<'static> {
    let width = usize::from(areas.header.width);
    if let Overlay::Paste(text) = &model.overlay {
        let question = fitted(&super::question::about_paste(text), width);
        return Line::styled(format!("{question:width$}"), theme::bar());
    }
    let room = model.room();
    let unread = model.unread(model.rooms.iter());
    let unread = unread.map(|unread| format!(" {unread}")).unwrap_or_default();
    let calls = model.calls(model.rooms.iter());
    let calls = if calls > 0 { format!(" !{calls}") } else { String::new() };
    let people = room.people.count();
    let (state, style) = match &model.link {
        Link::Online if room.joined => (format!("{people} on ●"), Style::new()),
        _ => state(model, true),
    };
    let state = fitted(&state, width);
    let left = width.saturating_sub(text::width(&state) + 1);
    let name = format!("#{}{unread}{calls}", text::clean_line(room.name.as_str()));
    let words = match said(model) {
        words if words.is_empty() => name,
        words => words,
    };
    let words = fitted(&words, left);
    let gap = width.saturating_sub(text::width(&words) + text::width(&state));
    let bar = theme::bar();
    Line::from(vec![
        Span::styled(words, bar),
        Span::styled(" ".repeat(gap), bar),
        Span::styled(state, bar.patch(style)),
    ])
}

/// What there is to say, on the left; the state of the line, on the right.
fn status(model: &Model, width: u16) -> Line<'static> {
    let width = usize::from(width);
    if let Overlay::Paste(text) = &model.overlay {
        return Line::raw(fitted(&super::question::about_paste(text), width));
    }
    let said = said(model);
    let (mut state, style) = state(model, !said.is_empty());
    let is_ordinary = model.link == Link::Online && model.room().joined;
    if is_ordinary && text::width(&said) + text::width(&state) + 2 > width {
        state.clear();
    }
    let state = fitted(&state, width);
    let hint = fitted(&said, width.saturating_sub(text::width(&state) + 2));
    let gap = width.saturating_sub(text::width(&hint) + text::width(&state));
    Line::from(vec![Span::raw(hint), Span::raw(" ".repeat(gap)), Span::styled(state, style)])
}

/// The state of the line, and how many are here. The reason of a fault gives way to what there is to
/// say.
fn state(model: &Model, is_short: bool) -> (String, Style) {
    let people = model.room().people.count();
    if let (Link::Online, Some(why)) = (&model.link, &model.room().out) {
        return (format!("✕ {why}"), model.looks.fault());
    }
    match &model.link {
        Link::Connecting => ("○ connecting …".to_owned(), theme::quiet()),
        Link::Online if !model.room().joined => ("○ entering …".to_owned(), theme::quiet()),
        Link::Online => {
            // Below a millisecond nobody cares.
            let latency = model.latency.map(|took| format!(" · {} ms", took.as_millis().max(1)));
            (format!("● {people} online{}", latency.unwrap_or_default()), Style::new())
        }
        Link::Waiting { seconds, reason } => {
            let when = match seconds {
                Some(0) => "connecting …".to_owned(),
                Some(seconds) => format!("again in {seconds} s"),
                None => "again now".to_owned(),
            };
            let reason = if is_short { String::new() } else { format!(": {reason}") };
            (format!("○ {when}{reason}"), model.looks.fault())
        }
        Link::Refused { reason, .. } => (format!("✕ {reason}"), model.looks.fault()),
    }
}

/// What there is to say at the moment: the most urgent alone.
fn said(model: &Model) -> String {
    let room = model.room();
    let state_says = match &model.link {
        Link::Refused { reason, .. } => Some(reason),
        _ => room.out.as_ref(),
    };
    if let Some(notice) = model.notice.as_ref().filter(|notice| Some(*notice) != state_says) {
        return notice.clone();
    }
    let failed = match room.failed() {
        0 => String::new(),
        count => format!("{count} not sent: /retry, /edit or /drop  "),
    };
    if room.scroll == Scroll::Bottom {
        return failed;
    }
    let loading = if room.loading { "loading older …  " } else { "" };
    let newer = room.messages().rev().take_while(|message| message.id > room.read).count();
    let key = if model.input.text().is_empty() { "End" } else { "M-End" };
    let newer = if newer > 0 { format!("v {newer} newer, {key}") } else { format!("v {key}") };
    format!("{failed}{loading}{newer}")
}
