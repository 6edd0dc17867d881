//! How a server is, as lines for people and as JSON for programs.
//!
//! This file does not know what is a problem.

use std::fmt::Write as _;

use super::model::Monitor;
use super::words::{VALUE_COLUMNS, number};
use crate::cli::json::{list, quoted};

/// Every figure, and what to do about those that are red.
pub(super) fn text(monitor: &Monitor) -> String {
    let mut text = format!("{}\n", readiness(monitor));
    // Writing into a string cannot fail.
    for shown in monitor.figures() {
        let figure = shown.figure;
        let mark = if shown.is_red { " !" } else { "" };
        let value = number(shown.value, figure.unit);
        let _ =
            writeln!(text, "{:<9} {:<16}{value:>VALUE_COLUMNS$}{mark}", figure.group, figure.label);
    }
    for problem in monitor.problems() {
        let _ = writeln!(text, "! {}\n  -> {}", problem.what, problem.to_do);
    }
    text
}

/// The same as one JSON object; a figure that is not known is null.
pub(super) fn json(monitor: &Monitor, url: &str) -> String {
    let figures = monitor.figures().map(|shown| {
        let value = shown.value.map_or_else(|| "null".to_owned(), |value| value.to_string());
        format!("{}:{value}", quoted(shown.figure.key))
    });
    let figures = figures.collect::<Vec<_>>().join(",");
    let red = list(monitor.figures().filter(|it| it.is_red).map(|it| quoted(it.figure.key)));
    let problems = monitor.problems();
    let told = list(problems.iter().map(|problem| {
        format!(r#"{{"what":{},"to_do":{}}}"#, quoted(&problem.what), quoted(problem.to_do))
    }));
    let ready = monitor.is_ready().unwrap_or_default();
    format!(
        r#"{{"url":{},"ok":{},"ready":{ready},"figures":{{{figures}}},"red":{red},"problems":{told}}}"#,
        quoted(url),
        problems.is_empty()
    )
}

pub(super) fn readiness(monitor: &Monitor) -> &'static str {
    match monitor.is_ready() {
        Some(true) => "ready",
        Some(false) => "not ready",
        None if monitor.is_waiting() => "waiting",
        None => "no answer",
    }
}
