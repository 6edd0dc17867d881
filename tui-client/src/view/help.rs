//! The help, made from the tables of keys and commands.
//!
//! This file does not know what keys and commands do.

use ratatui::text::Line;

use crate::commands::{COMMANDS, Command};
use crate::keys::Keys;
use crate::{text, theme};

/// Below this width what a key does stands below the key.
const COLUMNS_FROM: usize = 60;

pub(super) fn lines(keys: &Keys, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![heading("Commands (PgDn shows more, Esc closes this)", width)];
    for Command { name, arguments, what, .. } in COMMANDS {
        lines.extend(described(&format!("/{name} {arguments}"), what, width));
    }
    lines.push(heading("Keys (C- is Ctrl, M- is Alt)", width));
    for bound in keys.described() {
        lines.extend(described(&bound.shown, bound.what, width));
    }
    lines
}

fn heading(words: &str, width: usize) -> Line<'static> {
    Line::styled(text::cut(words, width).to_owned(), theme::striking())
}

fn described(name: &str, what: &str, width: usize) -> Vec<Line<'static>> {
    if width >= COLUMNS_FROM {
        return vec![Line::raw(format!("  {name:<20} {what}"))];
    }
    let below = text::wrap(what, width.saturating_sub(4).max(1)).into_iter();
    let below = below.map(|row| Line::raw(format!("    {row}")));
    std::iter::once(Line::raw(name.trim_end().to_owned())).chain(below).collect()
}
