//! What lies over the messages when something is looked for or asked.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::fitted;
use crate::model::{Kind, Model, Prompt};
use crate::{text, theme};

/// Words in messages are shown in the messages themselves.
pub(super) fn has_choices(prompt: &Prompt) -> bool {
    prompt.kind != Kind::Words
}

/// The choices, best first, with the marked one in sight.
pub(super) fn choices(model: &Model, prompt: &Prompt, area: Rect) -> Paragraph<'static> {
    let cells = usize::from(area.width).saturating_sub(2);
    let sign = if prompt.kind == Kind::Room { "#" } else { "" };
    let choices = prompt.choices(model);
    let first = (prompt.at + 1).saturating_sub(usize::from(area.height));
    let shown = choices.iter().enumerate().skip(first).take(area.height.into());
    let mut lines: Vec<_> = shown
        .map(|(at, (name, _))| {
            let style = if at == prompt.at { theme::striking() } else { Style::new() };
            Line::styled(format!(" {} ", fitted(&format!("{sign}{name}"), cells)), style)
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::styled(" nothing fits; Esc goes back", theme::quiet()));
    }
    Paragraph::new(lines)
}

/// The question before a long text is pasted, with the cursor behind it.
pub(super) fn paste(text: &str, area: Rect, frame: &mut Frame<'_>) {
    let question = fitted(&about_paste(text), area.width.into());
    let behind = u16::try_from(text::width(&question)).unwrap_or(u16::MAX);
    let x = area.x.saturating_add(behind).min(area.right().saturating_sub(1));
    frame.render_widget(Paragraph::new(question), area);
    frame.set_cursor_position(Position { x, y: area.y });
}

/// What is asked before a long text is pasted.
pub(super) fn about_paste(text: &str) -> String {
    let (lines, chars) = (text.lines().count(), text.chars().count());
    let limit = protocol::CONTENT_CHARS_MAX;
    let over =
        if chars > limit { format!(", more than a message's {limit}") } else { String::new() };
    // The keys come first: on a small screen the end is cut.
    let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
    format!("y/n: paste {lines}, {chars} characters{over}?")
}
