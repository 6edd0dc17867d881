//! What stands between messages: lines where a day or something new begins, who came and left, and
//! notes for this person alone.

use std::collections::BTreeSet;

use protocol::{Message, UserName};
use ratatui::style::Style;
use ratatui::text::Line;

use super::cache::Layout;
use super::pane::Pane;
use crate::chat::{Entry, Room, What};
use crate::clock::{clock, date, heading};
use crate::screen::{measure, theme};

/// Names of those who came or left that are told; of the others only how many they are.
const NAMES_MAX: usize = 5;

/// A line where a day begins, or the messages do, and one above what is new.
pub(super) fn rules_before(room: &Room, at: usize, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let Some(message) = room.lines()[at].message() else { return Vec::new() };
    let mut rules = Vec::new();
    let day = |message: &Message| date(message.at, pane.zone);
    let today = day(message);
    if room.message_before(at).is_none_or(|before| day(before) != today) {
        rules.push(rule(&heading(today), pane.width, theme::quiet()));
    }
    if room.new_line(pane.me) == Some(message.id) {
        let since = format!("new since {}", clock(message.at, pane.zone));
        let words = if pane.layout == Layout::Narrow { "new" } else { &since };
        rules.push(rule(words, pane.width, pane.looks.news()));
    }
    rules
}

/// Words in the middle of a line across the pane.
fn rule(words: &str, width: usize, style: Style) -> Line<'static> {
    let words = format!(" {words} ");
    let dashes = width.saturating_sub(measure::width(&words));
    let line = format!("{}{words}{}", "─".repeat(dashes / 2), "─".repeat(dashes.div_ceil(2)));
    Line::styled(measure::cut(&line, width).to_owned(), style)
}

/// Those who came and left one after another share a line, which stands where the first stands.
/// Who left and came back meanwhile is not worth a word.
pub(super) fn of_traffic(room: &Room, at: usize, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let is_traffic = |entry: &&Entry| matches!(entry.what, What::Join(_) | What::Leave(_));
    if at.checked_sub(1).is_some_and(|before| is_traffic(&&room.lines()[before])) {
        return Vec::new();
    }
    let (mut came, mut left): (Vec<&UserName>, Vec<&UserName>) = (Vec::new(), Vec::new());
    for entry in room.lines().range(at..).take_while(is_traffic) {
        let (to, from, user) = match &entry.what {
            What::Join(user) => (&mut came, &mut left, user),
            What::Leave(user) => (&mut left, &mut came, user),
            What::Message(_) | What::Note(_) => continue,
        };
        match from.iter().position(|other| *other == user) {
            Some(other) => drop(from.remove(other)),
            None => to.push(user),
        }
    }
    for users in [&mut came, &mut left] {
        let mut named = BTreeSet::new();
        users.retain(|user| named.insert(*user));
    }
    let names = |users: &[&UserName]| {
        let shown = users.iter().take(NAMES_MAX).map(|user| pane.shown_name(user.as_str()));
        let shown = shown.collect::<Vec<_>>().join(", ");
        match users.len().saturating_sub(NAMES_MAX) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    };
    let (mark, words) = match (came.as_slice(), left.as_slice()) {
        ([], []) => return Vec::new(),
        (came, []) => ("→", format!("{} joined", names(came))),
        ([], left) => ("←", format!("{} left", names(left))),
        (came, left) => ("↔", format!("{} joined, {} left", names(came), names(left))),
    };
    marked(mark, &words, pane)
}

/// Something the server or the client has to say.
pub(super) fn of_note(note: &str, pane: &Pane<'_>) -> Vec<Line<'static>> {
    marked("--", &pane.shown_own(note), pane)
}

/// Words for this person alone, behind a mark that no message begins with.
fn marked(mark: &str, words: &str, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let (hang, mut before) = (pane.hang(), format!("{mark} "));
    let cells = pane.width.saturating_sub(hang);
    let rows = measure::wrap_after(words, cells, measure::width(&before).saturating_sub(hang));
    let rows = rows.into_iter().map(|row| {
        let row = std::mem::replace(&mut before, " ".repeat(hang)) + row;
        Line::styled(measure::cut(&row, pane.width).to_owned(), theme::quiet())
    });
    rows.collect()
}
