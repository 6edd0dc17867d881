//! Entries → rows of the message pane, and moving over them by the page.
//!
//! Only the rows that are shown are made. This file does not know the rest of the screen.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use protocol::{Message, UserName};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::model::{Entry, Place, Room, Scroll, What};
use crate::theme::Theme;
use crate::{text, theme};

/// Columns for the time, and a space.
const TIME_CELLS: usize = 6;
/// Longest name that is shown whole beside its text.
const NAME_CELLS: usize = 11;
/// Below this width there is no column for names.
const COLUMNS_FROM: usize = 40;

/// What the rows depend on besides the room.
#[derive(Debug)]
pub struct Pane<'a> {
    /// Who this is, for mentions.
    pub me: Option<&'a UserName>,
    /// Whose clock is shown.
    pub zone: &'a TimeZone,
    /// Its colours.
    pub theme: Theme,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// The rows that the pane shows, top to bottom.
pub fn visible(room: &Room, pane: &Pane<'_>) -> Vec<Line<'static>> {
    match room.scroll {
        Scroll::Bottom => from_bottom(room, pane),
        Scroll::At { place, row } => {
            let entries = index(room, place)..room.entries.len();
            let all = entries.flat_map(|at| of_entry(room, at, pane));
            all.chain(of_pending(room, pane)).skip(row).take(pane.height).collect()
        }
    }
}

/// Moves the view up by a page; true if it is at the very top then.
pub fn page_up(room: &mut Room, pane: &Pane<'_>) -> bool {
    let (mut at, mut row) = match room.scroll {
        Scroll::At { place, row } => (index(room, place), row),
        Scroll::Bottom => top_at_bottom(room, pane),
    };
    // One row of the old page stays in sight.
    let mut up = pane.height.saturating_sub(1).max(1);
    while up > 0 && (at, row) != (0, 0) {
        if row >= up {
            row -= up;
            break;
        }
        up -= row;
        row = 0;
        if at > 0 {
            at -= 1;
            row = of_entry(room, at, pane).len();
        }
    }
    if let Some(entry) = room.entries.get(at) {
        room.scroll = Scroll::At { place: entry.place, row };
    }
    (at, row) == (0, 0)
}

/// Moves the view down by a page, and follows the end again if it is reached.
pub fn page_down(room: &mut Room, pane: &Pane<'_>) {
    let Scroll::At { place, mut row } = room.scroll else { return };
    let end = top_at_bottom(room, pane);
    let mut at = index(room, place);
    row += pane.height.saturating_sub(1).max(1);
    while at < room.entries.len() {
        let rows = of_entry(room, at, pane).len();
        if row < rows {
            break;
        }
        row -= rows;
        at += 1;
    }
    room.scroll = match room.entries.get(at) {
        Some(entry) if (at, row) < end => Scroll::At { place: entry.place, row },
        _ => Scroll::Bottom,
    };
}

/// Entry and row at the top of the pane when it shows the end.
fn top_at_bottom(room: &Room, pane: &Pane<'_>) -> (usize, usize) {
    let mut left = pane.height.saturating_sub(of_pending(room, pane).count());
    for at in (0..room.entries.len()).rev() {
        let rows = of_entry(room, at, pane).len();
        if rows >= left {
            return (at, rows - left);
        }
        left -= rows;
    }
    (0, 0)
}

fn from_bottom(room: &Room, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let (first, row) = top_at_bottom(room, pane);
    let entries = (first..room.entries.len()).flat_map(|at| of_entry(room, at, pane));
    let mut lines: Vec<_> = entries.skip(row).chain(of_pending(room, pane)).collect();
    let above = lines.len().saturating_sub(pane.height);
    lines.split_off(above)
}

fn index(room: &Room, place: Place) -> usize {
    room.entries.partition_point(|entry| entry.place < place)
}

/// An entry's rows, with the rules that stand before it.
fn of_entry(room: &Room, at: usize, pane: &Pane<'_>) -> Vec<Line<'static>> {
    match &room.entries[at].what {
        What::Message(message) => {
            let mut rows = rules_before(room, at, message, pane);
            rows.extend(of_message(message, pane));
            rows
        }
        What::Join(_) | What::Leave(_) => of_traffic(room, at, pane.width),
        What::Note(line) => {
            let line = text::clean(line);
            text::wrap(&line, pane.width).into_iter().map(|row| quiet(row, pane.width)).collect()
        }
    }
}

/// A line where a day begins, and one above what is new.
fn rules_before(room: &Room, at: usize, message: &Message, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let before = room.entries.iter().take(at).rev().find_map(|entry| match &entry.what {
        What::Message(message) => Some(message),
        _ => None,
    });
    let mut rules = Vec::new();
    let day = local(message.at, pane.zone).date();
    if before.is_some_and(|before| local(before.at, pane.zone).date() != day) {
        rules.push(rule(&day.strftime("%a %-d %b %Y").to_string(), pane.width, theme::quiet()));
    }
    if room.new_line() == Some(message.id) {
        rules.push(rule("new", pane.width, pane.theme.news()));
    }
    rules
}

/// Words in the middle of a line across the pane.
fn rule(words: &str, width: usize, style: Style) -> Line<'static> {
    let words = format!(" {words} ");
    let dashes = width.saturating_sub(text::width(&words));
    let line = format!("{}{words}{}", "─".repeat(dashes / 2), "─".repeat(dashes.div_ceil(2)));
    Line::styled(text::cut(&line, width).to_owned(), style)
}

/// Those who came and left one after another share a line, which stands where the first stands.
fn of_traffic(room: &Room, at: usize, width: usize) -> Vec<Line<'static>> {
    let is_traffic = |entry: &&Entry| matches!(entry.what, What::Join(_) | What::Leave(_));
    if at.checked_sub(1).is_some_and(|before| is_traffic(&&room.entries[before])) {
        return Vec::new();
    }
    let (mut came, mut left) = (Vec::new(), Vec::new());
    for entry in room.entries.iter().skip(at).take_while(is_traffic) {
        match &entry.what {
            What::Join(user) => came.push(user.as_str()),
            What::Leave(user) => left.push(user.as_str()),
            What::Message(_) | What::Note(_) => {}
        }
    }
    let line = match (came.as_slice(), left.as_slice()) {
        ([one], []) => format!("→ {one} came"),
        ([], [one]) => format!("← {one} left"),
        (came, []) => format!("→ {} came: {}", came.len(), came.join(", ")),
        ([], left) => format!("← {} left: {}", left.len(), left.join(", ")),
        (came, left) => {
            let (came, left) = ((came.len(), came.join(", ")), (left.len(), left.join(", ")));
            format!("→ {} came: {}; ← {} left: {}", came.0, came.1, left.0, left.1)
        }
    };
    vec![quiet(&line, width)]
}

fn quiet(line: &str, width: usize) -> Line<'static> {
    let line = text::clean_line(line);
    Line::styled(text::cut(&line, width).to_owned(), theme::quiet())
}

fn of_message(message: &Message, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let content = text::clean(message.content.as_str());
    let sender = text::clean_line(message.sender.as_str());
    let style = match pane.me {
        Some(me) if *me != message.sender && text::mentions(&content, me.as_str()) => {
            theme::striking()
        }
        _ => Style::new(),
    };
    let name = Span::styled(sender.clone(), pane.theme.person(message.sender.as_str()));
    let time = Span::styled(clock(message.at, pane.zone), theme::quiet());
    match content.strip_prefix("/me ") {
        Some(done) => {
            let act = format!("{sender} {done}");
            rows(time, &Span::raw("*"), &act, style.add_modifier(Modifier::ITALIC), pane.width)
        }
        None => rows(time, &name, &content, style, pane.width),
    }
}

/// Own messages on their way: dim, with what is the matter.
fn of_pending(room: &Room, pane: &Pane<'_>) -> impl Iterator<Item = Line<'static>> {
    let (width, theme) = (pane.width, pane.theme);
    room.pending.iter().flat_map(move |pending| {
        let content = text::clean(&pending.content);
        match &pending.failed {
            None => rows(Span::raw("…"), &Span::raw("you"), &content, theme::quiet(), width),
            Some(why) => {
                let text = format!("{content}  ({why})");
                rows(Span::raw("!"), &Span::raw("you"), &text, theme.fault(), width)
            }
        }
    })
}

/// Time and name in columns of their own where there is room, else before the text.
fn rows(
    time: Span<'static>,
    name: &Span<'static>,
    content: &str,
    style: Style,
    width: usize,
) -> Vec<Line<'static>> {
    if width < COLUMNS_FROM {
        let whole = format!("{}: {content}", name.content);
        return text::wrap(&whole, width)
            .into_iter()
            .map(|row| Line::styled(row.to_owned(), style))
            .collect();
    }
    let before = TIME_CELLS + NAME_CELLS + 1;
    let shown = text::cut(&name.content, NAME_CELLS).to_owned();
    let name_pad = " ".repeat(NAME_CELLS + 1 - text::width(&shown));
    let time_pad = " ".repeat(TIME_CELLS.saturating_sub(text::width(&time.content)));
    let mut first =
        Some(vec![time, Span::raw(time_pad), Span::styled(shown, name.style), name_pad.into()]);
    let wrapped = text::wrap(content, width - before);
    let line = |row: &str| {
        let mut spans = first.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(before))]);
        spans.push(Span::styled(row.to_owned(), style));
        Line::from(spans)
    };
    wrapped.into_iter().map(line).collect()
}

/// Hours and minutes of a time in ms since 1970.
fn clock(at: u64, zone: &TimeZone) -> String {
    let time = local(at, zone);
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn local(at: u64, zone: &TimeZone) -> Zoned {
    let stamp = i64::try_from(at).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    stamp.unwrap_or_default().to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_hours_and_minutes() {
        let at = (13 * 3600 + 7 * 60 + 59) * 1000;
        assert_eq!(clock(at, &TimeZone::UTC), "13:07");
        assert_eq!(clock(at, &TimeZone::fixed(jiff::tz::offset(2))), "15:07");
    }
}
