//! What there is to choose from, over the messages, right above where one types.

use protocol::RoomEntry;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::hits;
use crate::answers::{activity, dated};
use crate::chat::writing::emoji::Named;
use crate::screen::model::Screen;
use crate::screen::overlay::{Choice, Kind, Prompt};
use crate::screen::{measure, theme};
use crate::text;

/// Choices that are shown at a time: what is chosen from stays near to where one types.
const CHOICES_ROWS: usize = 10;
/// Cells for the name of a room among all, and for who is there and when.
const NAME_CELLS: usize = 24;
const ACTIVITY_CELLS: usize = 22;

/// A row, and which choice stands in it.
type Row = (Line<'static>, Option<usize>);

pub(super) fn draw(screen: &Screen, prompt: &Prompt, area: Rect, frame: &mut Frame<'_>) {
    draw_rows(rows(screen, prompt, area), area, frame);
}

/// The pictures for the beginning of a name, right above where it is typed.
pub(super) fn draw_offer(screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    draw_rows(offered(screen, area), area, frame);
}

fn draw_rows(rows: Vec<Row>, area: Rect, frame: &mut Frame<'_>) {
    let below = below(&rows, area);
    frame.render_widget(Clear, below);
    let lines: Vec<_> = rows.into_iter().map(|(line, _)| line).collect();
    frame.render_widget(Paragraph::new(lines), below);
}

/// The picture in a cell.
pub(super) fn offered_at(screen: &Screen, area: Rect, cell: Position) -> Option<usize> {
    in_cell(&offered(screen, area), area, cell)
}

fn in_cell(rows: &[Row], area: Rect, cell: Position) -> Option<usize> {
    let below = below(rows, area);
    let row = below.contains(cell).then(|| usize::from(cell.y - below.y))?;
    rows.get(row).and_then(|(_, at)| *at)
}

fn offered(screen: &Screen, area: Rect) -> Vec<Row> {
    let Some(offer) = &screen.offer else { return Vec::new() };
    let (height, cells) = (usize::from(area.height), usize::from(area.width).saturating_sub(2));
    let first = (offer.at + 1).saturating_sub(height);
    let shown = offer.found.iter().enumerate().skip(first).take(height);
    let row = |(at, named): (usize, &Named)| {
        let (mark, style) =
            if at == offer.at { (">", theme::striking()) } else { (" ", Style::new()) };
        let picture = if screen.names_emoji { "" } else { named.picture };
        let words = measure::fitted(&format!("{picture} :{}:", named.name), cells);
        (Line::styled(format!("{mark}{words} "), style), Some(at))
    };
    shown.map(row).collect()
}

/// The choice in a cell.
pub(super) fn choice_at(
    screen: &Screen,
    prompt: &Prompt,
    area: Rect,
    cell: Position,
) -> Option<usize> {
    in_cell(&rows(screen, prompt, area), area, cell)
}

fn below(rows: &[Row], area: Rect) -> Rect {
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).min(area.height);
    Rect { y: area.bottom() - height, height, ..area }
}

/// The choices, best first, with the marked one in sight, and above them what they are.
fn rows(screen: &Screen, prompt: &Prompt, area: Rect) -> Vec<Row> {
    let cells = usize::from(area.width).saturating_sub(2);
    let title = prompt.title(&screen.chat, &screen.keys);
    let title = measure::wrap(&title, cells + 2).into_iter();
    let mut rows: Vec<_> = title.map(|row| (bar(row, cells + 2), None)).collect();
    let (most, each) = match prompt.kind {
        Kind::Browse | Kind::Mentions => (usize::MAX, 1),
        Kind::Search => (usize::MAX, hits::ROWS),
        Kind::Room | Kind::Sent | Kind::React(_) => (CHOICES_ROWS, 1),
    };
    let height = usize::from(area.height).saturating_sub(rows.len());
    let count = most.min(height / each).max(1);
    let first = (prompt.at + 1).saturating_sub(count);
    let choices = prompt.choices(&screen.chat);
    if choices.is_empty() {
        rows.extend(none(screen, prompt, cells + 2));
    }
    let shown = choices.iter().enumerate().skip(first).take(count);
    rows.extend(shown.flat_map(|(at, choice)| {
        let lines = of_choice(screen, prompt, at, choice, cells).into_iter();
        lines.map(move |line| (line, Some(at)))
    }));
    // On the smallest screens the choices are worth more than the words above them.
    rows.drain(..rows.len().saturating_sub(area.height.into()));
    rows
}

fn of_choice(
    screen: &Screen,
    prompt: &Prompt,
    at: usize,
    (name, choice): &(String, Choice),
    cells: usize,
) -> Vec<Line<'static>> {
    let is_chosen = at == prompt.at;
    let (mark, style) = if is_chosen { (">", theme::striking()) } else { (" ", Style::new()) };
    let entry = screen.chat.browser.as_ref().filter(|_| prompt.kind == Kind::Browse);
    let words = match (choice, entry.and_then(|browser| browser.rooms.get(at))) {
        (Choice::Hit(id), _) => return hits::rows(screen, *id, is_chosen, cells),
        (_, Some(entry)) => listed(screen, name, entry, cells),
        (Choice::Mention(_), None) => mention(screen, choice, cells),
        _ => measure::fitted_line(name, cells),
    };
    vec![Line::styled(format!("{mark}{words} "), style)]
}

/// Why there are none.
fn none(screen: &Screen, prompt: &Prompt, cells: usize) -> Vec<Row> {
    let words = match prompt.kind {
        Kind::Search => hits::none(&screen.chat, prompt),
        Kind::Browse if screen.chat.is_asking_for_rooms() => "looking …".to_owned(),
        _ => "No match".to_owned(),
    };
    let rows = measure::wrap(&words, cells.saturating_sub(1)).into_iter();
    rows.map(|row| (Line::styled(format!(" {row}"), theme::quiet()), None)).collect()
}

/// A message that mentions this person: when and where it was said, by whom, and its words.
fn mention(screen: &Screen, choice: &Choice, cells: usize) -> String {
    let chat = &screen.chat;
    let mut found = chat.inbox.iter().flat_map(|inbox| &inbox.messages);
    let found = found.find(|message| *choice == Choice::Mention(message.id));
    let words = found.map(|it| dated(&chat.in_words(&it.room), it, &screen.zone));
    measure::fitted_line(&words.unwrap_or_default(), cells)
}

/// A room of the list of all rooms: what it is called, who is there, and what it is about.
fn listed(screen: &Screen, name: &str, entry: &RoomEntry, cells: usize) -> String {
    let name_cells = NAME_CELLS.min(cells.saturating_sub(ACTIVITY_CELLS).max(cells / 3));
    let name = measure::fitted_line(name, name_cells);
    let gap = " ".repeat(name_cells - measure::width(&name));
    let activity = activity(entry, screen.chat.now, &screen.zone);
    let topic = text::clean_line(entry.topic.as_str());
    measure::fitted(&format!("{name}{gap} {activity:ACTIVITY_CELLS$} {topic}"), cells)
}

fn bar(words: &str, cells: usize) -> Line<'static> {
    Line::styled(format!("{words:cells$}"), theme::bar())
}
