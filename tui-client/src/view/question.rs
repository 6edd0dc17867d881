//! What lies over the messages when something is looked for, and what is asked.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::fitted;
use crate::model::{Kind, Model, Prompt, Question};
use crate::{text, theme};

/// Choices that are shown at a time: what is chosen from stays near to where one types.
const CHOICES_ROWS: usize = 10;

/// Words in messages are shown in the messages themselves.
pub(super) fn has_choices(prompt: &Prompt) -> bool {
    prompt.kind != Kind::Words
}

/// The choices, best first, right above the input, with the marked one in sight.
pub(super) fn choices(model: &Model, prompt: &Prompt, area: Rect, frame: &mut Frame<'_>) {
    let cells = usize::from(area.width).saturating_sub(2);
    let sign = if prompt.kind == Kind::Room { "#" } else { "" };
    let choices = prompt.choices(model);
    let title = text::wrap(prompt.kind.title(), cells + 2);
    let mut lines: Vec<_> = title.into_iter().map(|row| bar(row, cells + 2)).collect();
    let rows = CHOICES_ROWS.min(usize::from(area.height).saturating_sub(lines.len())).max(1);
    let first = (prompt.at + 1).saturating_sub(rows);
    lines.extend(choices.iter().enumerate().skip(first).take(rows).map(|(at, (name, _))| {
        let (mark, style) =
            if at == prompt.at { (">", theme::striking()) } else { (" ", Style::new()) };
        Line::styled(format!("{mark}{} ", fitted(&format!("{sign}{name}"), cells)), style)
    }));
    if choices.is_empty() {
        lines.push(Line::styled(fitted(" No match", cells + 2), theme::quiet()));
    }
    // On the smallest screens the choices are worth more than the words above them.
    lines.drain(..lines.len().saturating_sub(area.height.into()));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    let below = Rect { y: area.bottom() - height, height, ..area };
    frame.render_widget(Clear, below);
    frame.render_widget(Paragraph::new(lines), below);
}

fn bar(words: &str, cells: usize) -> Line<'static> {
    Line::styled(format!("{words:cells$}"), theme::bar())
}

/// The question where one types: where there is no other row, with the cursor behind it.
pub(super) fn draw(asked: &Question, area: Rect, frame: &mut Frame<'_>) {
    let question = fitted(&words(asked), area.width.into());
    let behind = u16::try_from(text::width(&question)).unwrap_or(u16::MAX);
    let x = area.x.saturating_add(behind).min(area.right().saturating_sub(1));
    frame.render_widget(Paragraph::new(question), area);
    frame.set_cursor_position(Position { x, y: area.y });
}

/// What is asked, with the keys that answer.
pub(super) fn words(asked: &Question) -> String {
    match asked {
        Question::Paste(text) => {
            let (lines, chars) = (text.lines().count(), text.chars().count());
            let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
            let limit = protocol::CONTENT_CHARS_MAX;
            let over = format!(" Over the {}-character limit", text::grouped(limit));
            let over = if chars > limit { over } else { String::new() };
            format!("Paste {lines}, {} characters?{over} (y/n)", text::grouped(chars))
        }
        Question::Delete { sender, words, .. } => {
            format!("Delete {sender}'s message \"{words}\"? This can't be undone (y/n)")
        }
    }
}
