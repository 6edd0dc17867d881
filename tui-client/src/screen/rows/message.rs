//! A message's own rows: beside the text, time and name. What the text looks like is `formatted`'s affair.
//!
//! A row that is not a message's first never begins in column 0, so that no part of a text can pass
//! for another message.

use protocol::Message;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::cache::{Drawn, Layout, RowKey};
use super::formatted::{self, Row, Shown, Text};
use super::pane::Pane;
use super::reply::of_reply;
use crate::chat::highlight::marks;
use crate::chat::{Act, Pending, Room};
use crate::clock::{clock, clock_with_seconds};
use crate::screen::{measure, theme};
use crate::text;

/// Rows of a message that are shown at once: more would push everybody else's off the screen.
const FOLD_ROWS: usize = 30;

/// Behind the name of a program.
const BOT: &str = " bot";

/// What stands beside a text, and how it is drawn.
struct Beside {
    time: Span<'static>,
    name: Span<'static>,
    /// Behind the name.
    mark: &'static str,
}

/// A message; one that was `found` has its name marked.
pub(super) fn of_message(message: &Message, key: &RowKey, pane: &Pane<'_>) -> Drawn {
    let (source, is_deleted) = (message.content.as_str(), message.deleted);
    let sender = pane.shown_name(message.sender.as_str());
    let style = pane.looks.person(key.hue);
    let time = match key.timed {
        true if pane.layout == Layout::Wide => clock_with_seconds(message.at, pane.zone),
        true => clock(message.at, pane.zone),
        false => String::new(),
    };
    let time = Span::styled(time, theme::quiet());
    let base = match is_deleted {
        true => theme::quiet(),
        // Whose row it is stands where it always does: so nobody's name can look like its sign.
        false if source.starts_with("/me ") => Style::new().add_modifier(Modifier::ITALIC),
        false => Style::new(),
    };
    let name = Span::styled(sender, style);
    let name = if key.found { name.style(theme::striking()) } else { name };
    let is_formatted = pane.is_formatted && !is_deleted;
    let marks = match is_deleted {
        true => Vec::new(),
        false => marks(message, pane.me, pane.longer_names, pane.words),
    };
    let text = Text { source, is_formatted, base, marks, reveals: key.whole };
    let mut drawn =
        drawn(Beside { time, name, mark: if message.bot { BOT } else { "" } }, text, pane);
    if !key.whole {
        fold(&mut drawn, pane);
    }
    drawn
}

/// Own messages on their way: dim, with what is the matter.
pub(super) fn of_pending(room: &Room, pane: &Pane<'_>) -> impl Iterator<Item = Drawn> {
    room.said().map(move |(pending, text)| {
        let Pending { act, failed, late, .. } = pending;
        let mut content = text.to_owned();
        let (sign, base) = match failed {
            Some(why) => {
                // Behind several lines it would belong to the last one: to a fence, or to a quote.
                let gap = if content.contains('\n') { "\n" } else { "  " };
                content.push_str(&format!("{gap}({why})"));
                ("!", pane.looks.fault())
            }
            None if *late => ("…", theme::quiet()),
            None => ("", theme::quiet()),
        };
        let beside = Beside { time: Span::raw(sign), name: Span::raw("you"), mark: "" };
        let (is_formatted, marks) = (pane.is_formatted, Vec::new());
        let text = Text { source: &content, is_formatted, base, marks, reveals: false };
        let mut drawn = drawn(beside, text, pane);
        fold(&mut drawn, pane);
        let original = match act {
            Act::Say(reply) => reply.filter(|_| pane.layout != Layout::CopyMode),
            _ => None,
        };
        drawn.lines.splice(..0, original.map(|original| of_reply(original, room, pane)));
        drawn
    })
}

/// Time and name in columns of their own where there is room, else before the text.
fn drawn(beside: Beside, text: Text<'_>, pane: &Pane<'_>) -> Drawn {
    let Beside { time, name, mark } = beside;
    let name = |cells: usize| {
        let cells = cells.saturating_sub(measure::width(mark));
        Span::styled(measure::fitted(&name.content, cells), name.style)
    };
    let mark = Span::styled(mark, theme::quiet());
    let (first, before, shown) = match pane.layout.columns() {
        None => {
            let hang = pane.hang();
            let name = name(name_cells(pane.width));
            let mut first = vec![time, Span::raw(" "), name, mark, Span::raw(": ")];
            if first[0].content.is_empty() || pane.layout == Layout::CopyMode {
                first.drain(..2);
            }
            let used: usize = first.iter().map(|span| measure::width(&span.content)).sum();
            let (cells, taken) = (pane.width.saturating_sub(hang), used.saturating_sub(hang));
            (first, hang, formatted::shown(text, pane, cells, taken))
        }
        Some(columns) => {
            let before = columns.time + columns.name + 1;
            let name = name(columns.name);
            let used = measure::width(&name.content) + measure::width(&mark.content);
            let name_pad = " ".repeat(columns.name + 1 - used);
            let time_pad = " ".repeat(columns.time.saturating_sub(measure::width(&time.content)));
            let first = vec![time, Span::raw(time_pad), name, mark, Span::raw(name_pad)];
            let width = pane.width.saturating_sub(before).min(columns.text_max);
            (first, before, formatted::shown(text, pane, width, 0))
        }
    };
    let mut first = Some(first);
    let line = |row: Row| {
        let mut spans = first.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(before))]);
        spans.extend(row);
        Line::from(spans)
    };
    let Shown { rows, links, hides } = shown;
    Drawn { lines: rows.into_iter().map(line).collect(), links, hides }
}

/// Where a message has no columns, its name may take half of a row, so that what was said is seen.
fn name_cells(width: usize) -> usize {
    const LEAST: usize = 8;
    (width / 2).max(LEAST)
}

/// Leaves the first rows of a long message, and how many more there are.
fn fold(drawn: &mut Drawn, pane: &Pane<'_>) {
    let hidden = drawn.lines.len().saturating_sub(FOLD_ROWS);
    if hidden == 0 {
        return;
    }
    drawn.hides = true;
    let before = pane.before();
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
    drawn.lines.truncate(FOLD_ROWS - 1);
    let words = vec![Span::raw(" ".repeat(before)), Span::styled(words, theme::quiet())];
    drawn.lines.push(Line::from(words));
}
