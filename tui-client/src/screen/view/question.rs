//! What lies over the messages when something is looked for, and what is asked.

use protocol::RoomEntry;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use crate::answers::activity;
use crate::chat::commands::counted;
use crate::screen::model::Screen;
use crate::screen::overlay::{Kind, Overlay, Prompt};
use crate::screen::{measure, theme};
use crate::text;

/// Cells of a message's first words in a question: enough to know it again.
const WORDS_CELLS: usize = 40;
/// Choices that are shown at a time: what is chosen from stays near to where one types.
const CHOICES_ROWS: usize = 10;
/// Cells for the name of a room among all, and for who is there and when.
const NAME_CELLS: usize = 24;
const ACTIVITY_CELLS: usize = 22;

/// Words in messages are shown in the messages themselves.
pub(super) fn has_choices(prompt: &Prompt) -> bool {
    prompt.kind != Kind::Words
}

/// The choices, best first, right above the input, with the marked one in sight.
pub(super) fn choices(screen: &Screen, prompt: &Prompt, area: Rect, frame: &mut Frame<'_>) {
    let cells = usize::from(area.width).saturating_sub(2);
    let choices = prompt.choices(&screen.chat);
    let title = prompt.kind.title(&screen.keys);
    let title = measure::wrap(&title, cells + 2);
    let mut lines: Vec<_> = title.into_iter().map(|row| bar(row, cells + 2)).collect();
    let most = if prompt.kind == Kind::Browse { usize::MAX } else { CHOICES_ROWS };
    let rows = most.min(usize::from(area.height).saturating_sub(lines.len())).max(1);
    let first = (prompt.at + 1).saturating_sub(rows);
    lines.extend(choices.iter().enumerate().skip(first).take(rows).map(|(at, (name, _))| {
        let (mark, style) =
            if at == prompt.at { (">", theme::striking()) } else { (" ", Style::new()) };
        let entry = screen.chat.browser.as_ref().filter(|_| prompt.kind == Kind::Browse);
        let words = match entry.and_then(|browser| browser.rooms.get(at)) {
            Some(entry) => listed(screen, name, entry, cells),
            None => measure::fitted_line(name, cells),
        };
        Line::styled(format!("{mark}{words} "), style)
    }));
    if choices.is_empty() {
        let is_coming = prompt.kind == Kind::Browse && screen.chat.is_asking_for_rooms();
        let words = if is_coming { " looking …" } else { " No match" };
        lines.push(Line::styled(measure::fitted_line(words, cells + 2), theme::quiet()));
    }
    // On the smallest screens the choices are worth more than the words above them.
    lines.drain(..lines.len().saturating_sub(area.height.into()));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    let below = Rect { y: area.bottom() - height, height, ..area };
    frame.render_widget(Clear, below);
    frame.render_widget(Paragraph::new(lines), below);
}

/// A room of the list of all rooms: what it is called, who is there, and what it is about.
fn listed(screen: &Screen, name: &str, entry: &RoomEntry, cells: usize) -> String {
    let name_cells = NAME_CELLS.min(cells / 2);
    let name = measure::fitted_line(name, name_cells);
    let gap = " ".repeat(name_cells - measure::width(&name));
    let (activity, topic) = (activity(entry, &screen.zone), text::clean_line(entry.topic.as_str()));
    measure::fitted(&format!("{name}{gap} {activity:ACTIVITY_CELLS$} {topic}"), cells)
}

fn bar(words: &str, cells: usize) -> Line<'static> {
    Line::styled(format!("{words:cells$}"), theme::bar())
}

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
