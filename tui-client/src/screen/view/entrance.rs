//! The first screen: what is asked of somebody whom this client does not know yet.

use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use crate::screen::entrance::{CHOICES, Entrance, Step};
use crate::screen::keys::KeyCommand;
use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
use crate::screen::{measure, theme};
use crate::text;

pub(super) fn lines(screen: &Screen, entrance: &Entrance, area: Rect) -> Vec<Line<'static>> {
    let width = usize::from(area.width);
    let mut lines = before_choices(screen, entrance, width);
    if let Step::Choose(marked) = entrance.step {
        lines.extend(CHOICES.iter().enumerate().map(|(at, (_, words))| {
            let (mark, style) =
                if at == marked { (">", theme::striking()) } else { (" ", Style::new()) };
            let words = format!("{mark} {}  {words}", at + 1);
            Line::styled(measure::fitted(&words, width), style)
        }));
        lines.push(Line::default());
    }
    let keys = advice(screen, entrance.step);
    lines.extend(rows(&keys, width, theme::quiet()));
    lines
}

/// All that stands above what there is to choose from.
fn before_choices(screen: &Screen, entrance: &Entrance, width: usize) -> Vec<Line<'static>> {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let [question, help] = entrance.words(screen.is_invited());
    let mut lines = rows(&format!("Nebula at {}", screen.host()), width, bold);
    lines.push(Line::default());
    if let Some(told) = &entrance.told {
        lines.extend(rows(told, width, screen.looks.fault()));
        lines.push(Line::default());
    }
    lines.extend(rows(question, width, Style::new()));
    lines.extend(rows(help, width, Style::new()).into_iter().filter(|_| !help.is_empty()));
    lines.push(Line::default());
    lines
}

fn advice(screen: &Screen, step: Step) -> String {
    let (send, escape) = (KeyCommand::Send, KeyCommand::Escape);
    match step {
        Step::Choose(_) => {
            let down = (KeyCommand::Down, "moves");
            screen.keys.advise("1 or 2", ";", &[down, (send, "takes it")])
        }
        Step::Name | Step::Code => screen.keys.advice(&[(send, "goes on"), (escape, "goes back")]),
    }
}

fn rows(words: &str, width: usize, style: Style) -> Vec<Line<'static>> {
    let words = text::clean_own(words);
    let rows = measure::wrap(&words, width).into_iter();
    rows.map(|row| Line::styled(row.to_owned(), style)).collect()
}

/// Which of the choices stands in a cell.
pub(super) fn choice_at(screen: &Screen, area: Rect, column: u16, row: u16) -> Option<usize> {
    let Overlay::Entrance(entrance) = &screen.overlay else { return None };
    if !matches!(entrance.step, Step::Choose(_)) || !area.contains(Position { x: column, y: row }) {
        return None;
    }
    let above = before_choices(screen, entrance, area.width.into()).len();
    usize::from(row - area.y).checked_sub(above).filter(|at| *at < CHOICES.len())
}
