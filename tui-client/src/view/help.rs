//! The help, made from the tables of keys and commands.
//!
//! This file does not know what keys and commands do.

use ratatui::text::Line;

use crate::commands::{COMMANDS, Command};
use crate::keys::Keys;
use crate::theme;

pub(super) fn lines(keys: &Keys) -> Vec<Line<'static>> {
    let mut lines =
        vec![Line::styled("Commands (PgDn shows more, Esc closes this)", theme::striking())];
    lines.extend(COMMANDS.iter().map(|Command { name, arguments, what, .. }| {
        Line::raw(format!("  {:<16} {what}", format!("/{name} {arguments}")))
    }));
    lines.push(Line::styled("Keys (C- is Ctrl, M- is Alt)", theme::striking()));
    let described = keys.described();
    lines.extend(described.map(|bound| {
        let (key, what) = (&bound.shown, bound.what);
        Line::raw(format!("  {key:<16} {what}"))
    }));
    lines
}
