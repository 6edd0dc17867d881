//! The help, made from the tables of keys and commands.
//!
//! This file does not know what keys and commands do.

use ratatui::text::Line;

use crate::chat::commands::{COMMANDS, Command};
use crate::screen::keys::{KeyCommand, Keys};
use crate::screen::{measure, theme};

/// Below this width what a key does stands below the key.
const COLUMNS_FROM: usize = 56;
/// Cells for a name beside which stands what it does.
const NAME_CELLS: usize = 20;

pub(super) fn lines(keys: &Keys, width: usize) -> Vec<Line<'static>> {
    let advice =
        keys.advice(&[(KeyCommand::PageDown, "shows more"), (KeyCommand::Escape, "closes this")]);
    let mut lines = heading(&format!("Commands ({advice})"), width);
    for Command { name, arguments, what, .. } in COMMANDS {
        lines.extend(described(&format!("/{name} {arguments}"), what, width));
    }
    lines.extend(heading("Keys (C- is Ctrl, M- is Alt)", width));
    for bound in keys.described() {
        lines.extend(described(&bound.shown, bound.what, width));
    }
    lines
}

fn heading(words: &str, width: usize) -> Vec<Line<'static>> {
    let rows = measure::wrap(words, width).into_iter();
    rows.map(|row| Line::styled(row.to_owned(), theme::striking())).collect()
}

/// What a name does, beside it where there is room, and whole at every width.
fn described(name: &str, what: &str, width: usize) -> Vec<Line<'static>> {
    let name = format!("  {}", name.trim_end());
    let before = if width >= COLUMNS_FROM { NAME_CELLS + 3 } else { 4 };
    let is_beside = measure::width(&name) < before;
    let mut first = Some(name.clone()).filter(|_| is_beside);
    let rows = measure::wrap(what, width.saturating_sub(before).max(1)).into_iter();
    let rows = rows.map(|row| {
        let name = first.take().unwrap_or_default();
        Line::raw(format!("{name:<before$}{row}"))
    });
    let above = measure::wrap(&name, width).into_iter().map(|row| Line::raw(row.to_owned()));
    above.filter(|_| !is_beside).chain(rows).collect()
}
