//! What the server has answered, over the messages: lines, and beside the address for another device the same
//! as a code to be scanned.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::qr;
use crate::answers;
use crate::chat::Answer;
use crate::screen::model::Screen;
use crate::screen::{measure, theme};
use crate::text;

/// Cells that words need beside a code; with fewer they stand below it.
const WORDS_CELLS_MIN: usize = 24;
/// Between the code and the words.
const GAP: usize = 2;

pub(super) fn lines(screen: &Screen, answer: &Answer, area: Rect) -> Vec<Line<'static>> {
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    let mut words = answers::lines(answer, &screen.zone);
    words.extend([String::new(), "Any key closes this".to_owned()]);
    let address = match answer {
        Answer::Link(shown) => shown.address.as_deref(),
        _ => None,
    };
    match address.map(|address| qr::rows(address, screen.looks, (columns, rows))) {
        Some(Ok((code, taken))) if taken + GAP + WORDS_CELLS_MIN <= columns => {
            beside(code, taken, wrapped(&words, columns - taken - GAP))
        }
        Some(Ok((mut code, _))) => {
            // A camera wants all of it in sight, an eye can turn the page.
            code.extend(wrapped(&words, columns));
            code
        }
        Some(Err(why)) => {
            words.insert(1, why);
            wrapped(&words, columns)
        }
        None => wrapped(&words, columns),
    }
}

/// The first line is what it is about.
fn wrapped(words: &[String], columns: usize) -> Vec<Line<'static>> {
    let styles = std::iter::once(theme::striking()).chain(std::iter::repeat(Style::new()));
    let lines = words.iter().zip(styles).flat_map(|(line, style)| {
        let line = text::clean_own(line);
        let rows = measure::wrap(&line, columns).into_iter();
        rows.map(|row| Line::styled(row.to_owned(), style)).collect::<Vec<_>>()
    });
    lines.collect()
}

fn beside(code: Vec<Line<'static>>, taken: usize, words: Vec<Line<'static>>) -> Vec<Line<'static>> {
    let count = code.len().max(words.len());
    let (mut code, mut words) = (code.into_iter(), words.into_iter());
    let rows = (0..count).map(|_| {
        let mut row = code.next().unwrap_or_else(|| Line::raw(" ".repeat(taken)));
        row.push_span(Span::raw(" ".repeat(GAP)));
        let words = words.next().unwrap_or_default();
        let style = words.style;
        words.spans.into_iter().for_each(|span| row.push_span(span.patch_style(style)));
        row
    });
    rows.collect()
}
