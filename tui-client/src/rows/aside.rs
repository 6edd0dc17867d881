//! What stands between messages: lines where a day or something new begins, who came and left, and
//! notes for this person alone.

use protocol::{Message, UserName};
use ratatui::style::Style;
use ratatui::text::Line;

use super::clock::{clock, day};
use super::{Pane, message_before};
use crate::drawn::Shape;
use crate::model::{Entry, Room, What};
use crate::{text, theme};

/// A line where a day begins, or the messages do, and one above what is new.
pub(super) fn rules_before(room: &Room, at: usize, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let Some(message) = room.entries[at].message() else { return Vec::new() };
    let mut rules = Vec::new();
    let date = |message: &Message| day(message.at, pane.zone);
    let today = date(message);
    if message_before(room, at).is_none_or(|before| date(before) != today) {
        rules.push(rule(&today.strftime("%a %-d %b %Y").to_string(), pane.width, theme::quiet()));
    }
    if room.new_line(pane.me) == Some(message.id) {
        let since = format!("new since {}", clock(message.at, pane.zone, false));
        let words = if pane.shape == Shape::Narrow { "new" } else { &since };
        rules.push(rule(words, pane.width, pane.looks.news()));
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
/// Who left and came back meanwhile is not worth a word.
pub(super) fn of_traffic(room: &Room, at: usize, pane: &Pane<'_>) -> Vec<Line<'static>> {
    let is_traffic = |entry: &&Entry| matches!(entry.what, What::Join(_) | What::Leave(_));
    if at.checked_sub(1).is_some_and(|before| is_traffic(&&room.entries[before])) {
        return Vec::new();
    }
    let (mut came, mut left): (Vec<&UserName>, Vec<&UserName>) = (Vec::new(), Vec::new());
    for entry in room.entries.range(at..).take_while(is_traffic) {
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
    let names = |users: &[&UserName]| {
        let names: Vec<_> = users.iter().map(|user| pane.shown_line(user.as_str())).collect();
        names.join(", ")
    };
    let line = match (came.as_slice(), left.as_slice()) {
        ([], []) => return Vec::new(),
        ([one], []) => format!("→ {} came", names(&[*one])),
        ([], [one]) => format!("← {} left", names(&[*one])),
        (came, []) => format!("→ {} came: {}", came.len(), names(came)),
        ([], left) => format!("← {} left: {}", left.len(), names(left)),
        (came, left) => {
            format!(
                "→ {} came: {}; ← {} left: {}",
                came.len(),
                names(came),
                left.len(),
                names(left)
            )
        }
    };
    vec![quiet(&line, pane.width)]
}

fn quiet(line: &str, width: usize) -> Line<'static> {
    let line = text::clean_line(line);
    Line::styled(text::fitted(&line, width), theme::quiet())
}

/// Something the server or the client has to say.
pub(super) fn of_note(note: &str, width: usize) -> Vec<Line<'static>> {
    let note = text::clean(note);
    text::wrap(&note, width).into_iter().map(|row| quiet(row, width)).collect()
}
