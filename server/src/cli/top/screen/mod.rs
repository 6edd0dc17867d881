//! How a server is, drawn: what to do about what is red first, then every figure with its last minutes. What does
//! not fit is scrolled to.
//!
//! Pure: this file does not know terminals or sockets.

#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::cli::top::model::figures::Group;
use crate::cli::top::model::{Monitor, Shown};
use crate::cli::top::report::readiness;
use crate::cli::top::words::{VALUE_COLUMNS, number, plot, wrapped};

const LABEL: usize = 15;
/// From here on there is room for two figures side by side.
const WIDE: usize = 76;
/// These stand at the right then.
const RIGHT: &[Group] = &[Group::Refused, Group::Log, Group::Disk, Group::Tls, Group::Cluster];

/// What is seen of it.
#[derive(Debug, Default)]
pub(super) struct Screen {
    /// Rows above the screen.
    scrolled: usize,
    /// Rows that do not fit, as it was drawn last.
    hidden: usize,
    /// Without colours.
    pub(super) is_plain: bool,
}

impl Screen {
    /// Moves so many rows down, or up.
    pub(super) fn scroll(&mut self, rows: isize) {
        self.scrolled = self.scrolled.saturating_add_signed(rows).min(self.hidden);
    }

    pub(super) fn draw(&mut self, frame: &mut Frame<'_>, monitor: &Monitor, url: &str) {
        let rows =
            Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)]);
        let [top, middle, bottom] = rows.areas(frame.area());
        let lines = self.lines(monitor, middle.width.into());
        self.hidden = lines.len().saturating_sub(middle.height.into());
        self.scroll(0);
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        let head = format!(" {}: {url}", readiness(monitor));
        frame.render_widget(Paragraph::new(head).style(reversed), top);
        let seen: Vec<_> = lines.into_iter().skip(self.scrolled).collect();
        frame.render_widget(Paragraph::new(seen), middle);
        frame.render_widget(Paragraph::new(self.keys()).style(reversed), bottom);
    }

    fn keys(&self) -> String {
        match self.hidden - self.scrolled {
            0 if self.hidden == 0 => " q quit".to_owned(),
            0 => " q quit  ↑↓ scroll".to_owned(),
            below => format!(" q quit  ↑↓ scroll  {below} below"),
        }
    }

    fn lines(&self, monitor: &Monitor, columns: usize) -> Vec<Line<'static>> {
        let mut lines = self.problems(monitor, columns);
        if columns < WIDE {
            lines.extend(self.figures(monitor.figures(), columns));
            return lines;
        }
        let half = columns / 2;
        let is_right = |it: &Shown<'_>| RIGHT.contains(&it.figure.group);
        let left = self.figures(monitor.figures().filter(|it| !is_right(it)), half - 1);
        let right = self.figures(monitor.figures().filter(is_right), columns - half);
        lines.extend(side_by_side(left, right, half));
        lines
    }

    fn problems(&self, monitor: &Monitor, columns: usize) -> Vec<Line<'static>> {
        let problems = monitor.problems();
        if monitor.is_waiting() {
            return vec![Line::raw("Waiting for the first answer")];
        }
        if problems.is_empty() {
            return vec![Line::styled("No problems", self.colour(Color::Green))];
        }
        let lines = problems.into_iter().flat_map(|problem| {
            let what = wrapped(&format!("! {}", problem.what), columns);
            let to_do = wrapped(&format!("  {}", problem.to_do), columns);
            let what = what.into_iter().map(|line| Line::styled(line, self.red()));
            what.chain(to_do.into_iter().map(Line::raw))
        });
        lines.collect()
    }

    fn figures<'a>(
        &self,
        all: impl Iterator<Item = Shown<'a>>,
        columns: usize,
    ) -> Vec<Line<'static>> {
        let (mut lines, mut group) = (Vec::new(), None);
        for shown in all {
            if group != Some(shown.figure.group) {
                group = Some(shown.figure.group);
                lines.push(Line::styled(
                    shown.figure.group.to_string(),
                    self.colour(Color::Cyan).add_modifier(Modifier::BOLD),
                ));
            }
            lines.push(self.figure(&shown, columns));
        }
        lines
    }

    fn figure(&self, shown: &Shown<'_>, columns: usize) -> Line<'static> {
        let figure = shown.figure;
        let value = number(shown.value, figure.unit);
        let (mark, style) = if shown.is_red { ('!', self.red()) } else { (' ', Style::new()) };
        let text = format!("{mark} {:<LABEL$}{value:>VALUE_COLUMNS$} ", figure.label);
        let plot = plot(shown.points, columns.saturating_sub(text.chars().count()));
        Line::from(vec![Span::styled(text, style), Span::styled(plot, self.colour(Color::Blue))])
    }

    fn red(&self) -> Style {
        self.colour(Color::Red).add_modifier(Modifier::BOLD)
    }

    fn colour(&self, colour: Color) -> Style {
        if self.is_plain { Style::new() } else { Style::new().fg(colour) }
    }
}

/// Two lists of lines, the second one beginning at a column.
fn side_by_side(
    left: Vec<Line<'static>>,
    right: Vec<Line<'static>>,
    column: usize,
) -> impl Iterator<Item = Line<'static>> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..rows).map(move |_| {
        let mut line = left.next().unwrap_or_default();
        let beside = right.next().unwrap_or_default();
        line.spans.push(Span::raw(" ".repeat(column.saturating_sub(line.width()))));
        let style = beside.style;
        line.spans.extend(beside.spans.into_iter().map(|span| span.patch_style(style)));
        line
    })
}
