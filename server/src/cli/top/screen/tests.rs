//! What is seen in a terminal of some size.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::monitoring::gauges::Gauges;
use crate::monitoring::metrics::Metrics;

const URL: &str = "http://127.0.0.1:9464/metrics";

/// A server that stores 20 messages a second, or one that has trouble as well.
fn monitor(has_trouble: bool) -> Monitor {
    let metrics = Metrics::default();
    metrics.disk.free_bytes.set(if has_trouble { 1 << 20 } else { 1 << 40 });
    let gauges = Gauges { connections: 19_000, ..Gauges::default() };
    let mut monitor = Monitor::default();
    for second in 0..40 {
        monitor.heard(Duration::from_secs(second), 0, &metrics.text(&gauges, &[]).unwrap());
        metrics.messages.inc_by(20);
    }
    monitor
}

fn drawn(screen: &mut Screen, monitor: &Monitor, columns: u16, rows: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| screen.draw(frame, monitor, URL)).unwrap();
    terminal
}

fn rows(terminal: &Terminal<TestBackend>) -> Vec<String> {
    let buffer = terminal.backend().buffer();
    let columns = usize::from(buffer.area.width);
    buffer
        .content
        .chunks(columns)
        .map(|row| row.iter().map(|cell| cell.symbol()).collect())
        .collect()
}

/// What begins at a column.
fn from(row: &str, column: usize) -> String {
    row.chars().skip(column).collect()
}

fn find<'a>(rows: &'a [String], words: &str) -> &'a str {
    rows.iter().find(|row| row.contains(words)).unwrap_or_else(|| panic!("no {words} in {rows:#?}"))
}

#[test]
fn all_figures_of_a_server_fit_into_80_by_24() {
    let rows = rows(&drawn(&mut Screen::default(), &monitor(true), 80, 24));
    assert_eq!(rows[0].trim(), "ready: http://127.0.0.1:9464/metrics");
    assert_eq!(rows[23].trim(), "q quit");
    find(&rows, "! Less than 1 GiB is free on the database's disk.");
    find(&rows, "Free some space");
    let connections = find(&rows, "connections      ");
    assert!(connections.contains("19,000 ████"), "{connections}");
    assert!(find(&rows, "stored").contains("20/s"));
    assert!(find(&rows, "! free").contains("1.0 MiB"), "marked without a colour as well");
    let column =
        |words: &str| find(&rows, words).split(words).next().map(|before| before.chars().count());
    assert_eq!((column("server full"), column("write-ahead")), (Some(42), Some(42)));
}

#[test]
fn plots_begin_at_one_column_however_long_a_number_is() {
    let metrics = Metrics::default();
    let gauges = Gauges { connections: 100_000_000, ..Gauges::default() };
    let mut monitor = Monitor::default();
    for second in 0..40 {
        monitor.heard(Duration::from_secs(second), 0, &metrics.text(&gauges, &[]).unwrap());
    }
    let rows = rows(&drawn(&mut Screen::default(), &monitor, 40, 40));
    assert_eq!(from(find(&rows, "100,000,000"), 28), " ███████████");
    assert_eq!(from(find(&rows, "names in use"), 28), " ▁▁▁▁▁▁▁▁▁▁▁");
}

#[test]
fn a_small_terminal_shows_what_is_red_first_and_scrolls_to_the_rest() {
    let (mut screen, monitor) = (Screen::default(), monitor(true));
    let first = rows(&drawn(&mut screen, &monitor, 40, 12));
    find(&first, "! Less than 1 GiB is free on the");
    assert!(first[11].contains("below"), "{first:#?}");
    assert!(first.iter().all(|row| !row.contains("write-ahead")));
    screen.scroll(1000);
    let last = rows(&drawn(&mut screen, &monitor, 40, 12));
    find(&last, "write-ahead");
    assert_eq!(last[11].trim(), "q quit  ↑↓ scroll");
    screen.scroll(-1000);
    assert_eq!(rows(&drawn(&mut screen, &monitor, 40, 12)), first);
}

#[test]
fn a_terminal_that_grew_hides_nothing() {
    let (mut screen, monitor) = (Screen::default(), monitor(false));
    drawn(&mut screen, &monitor, 40, 12);
    screen.scroll(1000);
    drawn(&mut screen, &monitor, 40, 12);
    let grown = rows(&drawn(&mut screen, &monitor, 120, 40));
    assert_eq!(grown[1].trim(), "No problems");
    for (columns, rows) in [(0, 0), (1, 1), (3, 2), (400, 3)] {
        drawn(&mut screen, &monitor, columns, rows);
    }
}

#[test]
fn without_colours_there_are_none() {
    let mut screen = Screen { is_plain: true, ..Screen::default() };
    let plain = drawn(&mut screen, &monitor(true), 80, 24);
    let cells = &plain.backend().buffer().content;
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(cells.iter().any(|cell| cell.symbol() == "!" && cell.modifier == Modifier::BOLD));
    let coloured = drawn(&mut Screen::default(), &monitor(true), 80, 24);
    assert!(coloured.backend().buffer().content.iter().any(|cell| cell.fg == Color::Red));
}

#[test]
fn a_server_that_does_not_answer_says_what_to_do() {
    let mut monitor = Monitor::default();
    monitor.failed("http://a/metrics cannot be reached: no route".to_owned());
    let rows = rows(&drawn(&mut Screen::default(), &monitor, 80, 24));
    assert!(rows[0].contains("no answer"));
    find(&rows, "cannot be reached: no route");
    find(&rows, "--metrics-listen");
}

#[test]
fn before_the_first_answer_nothing_is_said_of_the_server() {
    let drawn = drawn(&mut Screen::default(), &Monitor::default(), 80, 24);
    let rows = rows(&drawn);
    assert!(rows[0].contains("waiting"), "{}", rows[0]);
    assert_eq!(rows[1].trim(), "Waiting for the first answer");
    assert!(rows.iter().all(|row| !row.contains("No problems")));
    assert!(drawn.backend().buffer().content.iter().all(|cell| cell.fg != Color::Green));
}
