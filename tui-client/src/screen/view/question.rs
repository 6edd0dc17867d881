//! What is asked.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Paragraph;

use crate::chat::commands::counted;
use crate::screen::measure;
use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
use crate::text;

/// Cells of a message's first words in a question: enough to know it again.
const WORDS_CELLS: usize = 40;
/// The question where one types: where there is no other row, with the cursor behind it.
pub(super) fn draw(words: &str, area: Rect, frame: &mut Frame<'_>) {
    let question = measure::fitted_line(words, area.width.into());
    let behind = u16::try_from(measure::width(&question)).unwrap_or(u16::MAX);
    let x = area.x.saturating_add(behind).min(area.right().saturating_sub(1));
    frame.render_widget(Paragraph::new(question), area);
    frame.set_cursor_position(Position { x, y: area.y });
}

/// What is asked, if anything is, with the keys that answer.
pub(super) fn words(screen: &Screen) -> Option<String> {
    match (&screen.overlay, &screen.chat.question) {
        (Overlay::Paste(text), _) => Some(about_paste(text)),
        (Overlay::Question, Some(question)) => {
            let words = question.words(|text| measure::fitted(text, WORDS_CELLS));
            Some(format!("{words} (y/n)"))
        }
        _ => None,
    }
}

fn about_paste(pasted: &str) -> String {
    let (lines, chars) = (pasted.lines().count(), pasted.chars().count());
    let limit = protocol::CONTENT_CHARS_MAX;
    let over = format!(" Over the {}-character limit", text::grouped(limit));
    let over = if chars > limit { over } else { String::new() };
    format!("Paste {}, {}?{over} (y/n)", counted(lines, "line"), counted(chars, "character"))
}
