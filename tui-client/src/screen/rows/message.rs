//! A message's own rows: beside the text, time and name; in it, links and mentions.
//!
//! A row that is not a message's first never begins in column 0, so that no part of a text can pass
//! for another message.

use std::ops::Range;

use protocol::{Link, Message, mentions};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::cache::{Drawn, Layout, RowKey};
use super::pane::Pane;
use super::reply::of_reply;
use crate::chat::{Act, Pending, Room};
use crate::clock::{clock, clock_with_seconds};
use crate::screen::terminal::links::Links;
use crate::screen::{measure, theme};
use crate::text;

/// Rows of a message that are shown at once: more would push everybody else's off the screen.
pub(super) const FOLD_ROWS: usize = 30;
/// Blank lines in a row that are shown: enough to part what belongs apart.
const BLANK_LINES_MAX: usize = 2;

/// What stands beside a text, and how it is drawn.
struct Beside {
    time: Span<'static>,
    name: Span<'static>,
}

/// A message; one that was `found` has its name marked.
pub(super) fn of_message(message: &Message, key: &RowKey, pane: &Pane<'_>) -> Drawn {
    let content = with_few_blank_lines(&pane.shown(message.content.as_str()));
    let sender = pane.shown_name(message.sender.as_str());
    let style = pane.looks.person(key.hue);
    let time = match key.timed {
        true if pane.layout == Layout::Wide => clock_with_seconds(message.at, pane.zone),
        true => clock(message.at, pane.zone),
        false => String::new(),
    };
    let time = Span::styled(time, theme::quiet());
    let (content, base) = match content.strip_prefix("/me ") {
        // Whose row it is stands where it always does: so nobody's name can look like this sign.
        Some(done) => (format!("* {done}"), Style::new().add_modifier(Modifier::ITALIC)),
        None if message.deleted => (content, theme::quiet()),
        None => (content, Style::new()),
    };
    let name = Span::styled(sender, style);
    let name = if key.found { name.style(theme::striking()) } else { name };
    let mut links = Links::default();
    let mut marks = Vec::new();
    for Link { range, .. } in protocol::links(&content) {
        if let Some(mark) = links.mark(&content[range.clone()]) {
            let style = base.add_modifier(Modifier::UNDERLINED).underline_color(mark);
            marks.push((range, style));
        }
    }
    if let Some(me) = pane.me.filter(|me| **me != message.sender) {
        let called = mentions(&content, me, pane.longer_names).into_iter();
        marks.extend(called.map(|range| (range, base.patch(theme::striking()))));
    }
    let lines = rows(Beside { time, name }, &content, base, &marks, pane);
    let lines = if key.whole { lines } else { folded(lines, pane) };
    Drawn { lines, links, around: 0 }
}

/// Own messages on their way: dim, with what is the matter.
pub(super) fn of_pending(room: &Room, pane: &Pane<'_>) -> impl Iterator<Item = Line<'static>> {
    room.said().flat_map(move |(pending, text)| {
        let Pending { act, failed, late, .. } = pending;
        let mut content = with_few_blank_lines(&pane.shown(text));
        let (sign, style) = match failed {
            Some(why) => {
                content.push_str(&format!("  ({why})"));
                ("!", pane.looks.fault())
            }
            None if *late => ("…", theme::quiet()),
            None => ("", theme::quiet()),
        };
        let beside = Beside { time: Span::raw(sign), name: Span::raw("you") };
        let rows = folded(rows(beside, &content, style, &[], pane), pane);
        let above = match act {
            Act::Say(reply) => reply.filter(|_| pane.layout != Layout::CopyMode),
            _ => None,
        };
        above.map(|original| of_reply(original, room, pane)).into_iter().chain(rows)
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
    let (first, before, wrapped) = match pane.layout.columns() {
        None => {
            let hang = pane.hang();
            let name =
                Span::styled(measure::fitted(&name.content, name_cells(pane.width)), name.style);
            let mut first = vec![time, Span::raw(" "), name, Span::raw(": ")];
            if first[0].content.is_empty() || pane.layout == Layout::CopyMode {
                first.drain(..2);
            }
            let used: usize = first.iter().map(|span| measure::width(&span.content)).sum();
            let (cells, taken) = (pane.width.saturating_sub(hang), used.saturating_sub(hang));
            let wrapped = match pane.layout {
                Layout::CopyMode => measure::chop(content, cells, taken),
                _ => measure::wrap_after(content, cells, taken),
            };
            (first, hang, wrapped)
        }
        Some(columns) => {
            let before = columns.time + columns.name + 1;
            let shown = measure::fitted(&name.content, columns.name);
            let name_pad = " ".repeat(columns.name + 1 - measure::width(&shown));
            let time_pad = " ".repeat(columns.time.saturating_sub(measure::width(&time.content)));
            let name = Span::styled(shown, name.style);
            let first = vec![time, Span::raw(time_pad), name, Span::raw(name_pad)];
            let width = pane.width.saturating_sub(before).min(columns.text_max);
            (first, before, measure::wrap(content, width))
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

/// Where a message has no columns, its name may take half of a row, so that what was said is seen.
fn name_cells(width: usize) -> usize {
    const LEAST: usize = 8;
    (width / 2).max(LEAST)
}

/// Of a long message the first rows, and how many more there are.
fn folded(mut lines: Vec<Line<'static>>, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let hidden = lines.len().saturating_sub(FOLD_ROWS);
    if hidden == 0 {
        return lines;
    }
    lines.truncate(FOLD_ROWS);
    let before = pane.layout.columns().map_or(pane.hang(), |all| all.time + all.name + 1);
    let (count, cells) = (text::grouped(hidden + 1), pane.width.saturating_sub(before));
    let forms = match pane.open_key {
        Some(key) => [
            format!("… {count} more rows; {key} shows all"),
            format!("… {count} more: {key}"),
            format!("… {key}"),
        ],
        None => [format!("… {count} more rows"), format!("… {count} more"), "…".to_owned()],
    };
    let words = forms.into_iter().find(|form| measure::width(form) <= cells).unwrap_or_default();
    lines.pop();
    lines
        .push(Line::from(vec![Span::raw(" ".repeat(before)), Span::styled(words, theme::quiet())]));
    lines
}

/// A run of blank lines shows no more than so many of them.
fn with_few_blank_lines(content: &str) -> String {
    let (mut shown, mut blank) = (Vec::new(), 0);
    for line in content.split('\n') {
        let is_blank = line.trim().is_empty() || measure::width(line) == 0;
        blank = if is_blank { blank + 1 } else { 0 };
        if blank <= BLANK_LINES_MAX {
            shown.push(line);
        }
    }
    shown.join("\n")
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
