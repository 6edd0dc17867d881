//! Who did what to whom, as text for people and as JSON for programs.
//!
//! This file does not know where it is kept.

use std::fmt::Write as _;

use clap::Args;

use super::admin::{moment, on_one_line};
use super::json::quoted;
use super::out::Out;
use super::parse::parse_date;
use super::place::Database;
use crate::log::operator::audit::{Entry, audit};

/// List who did what to whom: bans and mutes and their ends, deletions by moderators, roles, members, invites,
/// devices, hooks, names that were released
///
/// One entry per line: when, what, whom, where (* is the whole server), by whom, and more. Works while the server
/// runs.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only what was done on this day (UTC) or later, like 2026-12-31
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    since: Option<u64>,

    /// As JSON, for programs: one object on a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    database: Database,
}

impl Audit {
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<()> {
        let entries = audit(self.database.file()?, self.since.unwrap_or_default())?;
        let line = if self.json { json } else { text };
        let mut all = String::new();
        for entry in &entries {
            all.push_str(&line(entry));
            all.push('\n');
        }
        write!(out, "{all}")?;
        Ok(())
    }
}

fn text(entry: &Entry) -> String {
    let Entry { at, did, by, whom, room, number, until, text } = entry;
    let whom = whom.as_deref().unwrap_or("-");
    let room = room.as_ref().map_or_else(|| "*".to_owned(), |room| format!("#{room}"));
    let by = by.as_deref().unwrap_or("the operator");
    let mut line = format!("{} {did:<8} {whom} {room}, by {by}", moment(*at));
    // Writing into a string cannot fail.
    if let Some(number) = number {
        let _ = write!(line, ", number {number}");
    }
    if let Some(until) = until {
        let _ = write!(line, ", until {}", moment(*until));
    }
    if let Some(text) = text {
        let _ = write!(line, ": {}", on_one_line(text));
    }
    line
}

fn json(entry: &Entry) -> String {
    let Entry { at, did, by, whom, room, number, until, text } = entry;
    let mut line = format!(r#"{{"at":{at},"did":{}"#, quoted(did));
    for (name, value) in [("by", by), ("whom", whom), ("room", room)] {
        if let Some(value) = value {
            let _ = write!(line, r#","{name}":{}"#, quoted(value));
        }
    }
    for (name, value) in [("number", number), ("until", until)] {
        if let Some(value) = value {
            let _ = write!(line, r#","{name}":{value}"#);
        }
    }
    if let Some(text) = text {
        let _ = write!(line, r#","text":{}"#, quoted(text));
    }
    line + "}"
}
