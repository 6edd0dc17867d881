//! A message's own rows: beside the text, time and name; in it, links and calls.

use std::ops::Range;

use protocol::Message;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::Pane;
use super::clock::clock;
use crate::drawn::{Drawn, Shape};
use crate::links::{self, Links};
use crate::model::{Pending, Room};
use crate::{text, theme};

/// What stands beside a text, and how it is drawn.
struct Beside {
    time: Span<'static>,
    name: Span<'static>,
}

/// A message; one that was `found` has its name marked.
pub(super) fn of_message(message: &Message, timed: bool, found: bool, pane: &Pane<'_>) -> Drawn {
    let (content, sender) =
        (pane.shown(message.content.as_str()), pane.shown_line(message.sender.as_str()));
    let style = pane.looks.person(message.sender.as_str());
    let time = match timed {
        true => clock(message.at, pane.zone, pane.shape == Shape::Wide),
        false => String::new(),
    };
    let time = Span::styled(time, theme::quiet());
    let (name, content, base) = match content.strip_prefix("/me ") {
        Some(done) => {
            let act = format!("{sender} {done}");
            (Span::raw("*"), act, Style::new().add_modifier(Modifier::ITALIC))
        }
        None if message.deleted => (Span::styled(sender, style), content, theme::quiet()),
        None => (Span::styled(sender, style), content, Style::new()),
    };
    let name = if found { name.style(theme::striking()) } else { name };
    let mut links = Links::default();
    let mut marks = Vec::new();
    for range in links::find(&content) {
        if let Some(mark) = links.mark(&content[range.clone()]) {
            let style = base.add_modifier(Modifier::UNDERLINED).underline_color(mark);
            marks.push((range, style));
        }
    }
    if let Some(me) = pane.me.filter(|me| **me != message.sender) {
        let called = text::called(&content, me.as_str()).into_iter();
        marks.extend(called.map(|range| (range, base.patch(theme::striking()))));
    }
    Drawn { lines: rows(Beside { time, name }, &content, base, &marks, pane), links }
}

/// Own messages on their way: dim, with what is the matter.
pub(super) fn of_pending(room: &Room, pane: &Pane<'_>) -> impl Iterator<Item = Line<'static>> {
    room.pending.iter().flat_map(move |pending| {
        let Pending { content, failed, late, .. } = pending;
        let mut content = pane.shown(content);
        let (sign, style) = match failed {
            Some(why) => {
                content.push_str(&format!("  ({why})"));
                ("!", pane.looks.fault())
            }
            None if *late => ("…", theme::quiet()),
            None => ("", theme::quiet()),
        };
        rows(Beside { time: Span::raw(sign), name: Span::raw("you") }, &content, style, &[], pane)
    })
}

/// Time and name in columns of their own where there is room, else before the text.
fn rows(
    beside: Beside,
    content: &str,
    base: Style,
    marks: &[(Range<usize>, Style)],
    pane: &Pane<'_>,
) -> Vec<Line<'static>> {
    let Beside { time, name } = beside;
    let (first, before, wrapped) = match pane.shape.columns() {
        None => {
            let after = if name.content == "*" { " " } else { ": " };
            let mut first = vec![time, Span::raw(" "), name, Span::raw(after)];
            if first[0].content.is_empty() || pane.shape == Shape::Bare {
                first.drain(..2);
            }
            let used = first.iter().map(|span| text::width(&span.content)).sum();
            let wrapped = match pane.shape {
                Shape::Bare => text::chop(content, pane.width, used),
                _ => text::wrap_after(content, pane.width, used),
            };
            (first, 0, wrapped)
        }
        Some(columns) => {
            let before = columns.time + columns.name + 1;
            let shown = text::cut(&name.content, columns.name).to_owned();
            let name_pad = " ".repeat(columns.name + 1 - text::width(&shown));
            let time_pad = " ".repeat(columns.time.saturating_sub(text::width(&time.content)));
            let name = Span::styled(shown, name.style);
            let first = vec![time, Span::raw(time_pad), name, Span::raw(name_pad)];
            let width = pane.width.saturating_sub(before).min(columns.text_max);
            (first, before, text::wrap(content, width))
        }
    };
    let mut first = Some(first);
    let line = |row: &str| {
        let mut spans = first.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(before))]);
        spans.extend(marked(row, content, base, marks));
        Line::from(spans)
    };
    wrapped.into_iter().map(line).collect()
}

/// A row of a text, with what is marked in it.
fn marked(
    row: &str,
    content: &str,
    base: Style,
    marks: &[(Range<usize>, Style)],
) -> Vec<Span<'static>> {
    // The row is a part of the text: how far is it from its start?
    let start = (row.as_ptr() as usize).saturating_sub(content.as_ptr() as usize);
    let inside = |at: usize| at.saturating_sub(start).min(row.len());
    let mut marks: Vec<_> = marks
        .iter()
        .map(|(range, style)| (inside(range.start)..inside(range.end), style))
        .collect();
    marks.retain(|(range, _)| !range.is_empty());
    marks.sort_by_key(|(range, _)| range.start);
    let (mut spans, mut done) = (Vec::new(), 0);
    for (range, style) in marks {
        // What is marked twice keeps its first mark.
        if range.start < done {
            continue;
        }
        spans.push(Span::styled(row[done..range.start].to_owned(), base));
        spans.push(Span::styled(row[range.clone()].to_owned(), *style));
        done = range.end;
    }
    spans.push(Span::styled(row[done..].to_owned(), base));
    spans
}
