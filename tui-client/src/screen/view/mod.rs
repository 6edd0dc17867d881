//! The screen, drawn. Pure: it changes nothing.

mod answer;
mod areas;
mod bars;
mod choices;
mod columns;
mod composer;
mod entrance;
mod help;
mod hits;
mod notice;
mod pane;
mod people;
mod qr;
mod question;
mod rooms;
mod selection;
mod state;
mod welcome;

use protocol::{MessageId, UserName};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::model::Screen;
use super::overlay::Overlay;
use super::rows::{entry_at, hides, visible};
use super::terminal::links::Links;
use crate::chat::Answer;
use areas::areas;

pub use areas::{
    has_more_notice, input_cells, is_covered, notice_rows, pane, pane_size, people_rows,
};
pub use bars::title;
pub use columns::{beside, columns_beside};

/// Draws the whole screen, and gives the links that were drawn.
pub fn view(screen: &Screen, frame: &mut Frame<'_>) -> Links {
    let areas = areas(screen, frame.area());
    bars::draw(screen, &areas, frame);
    rooms::draw(screen, areas.rooms, frame);
    people::draw(screen, areas.people, frame);
    notice::draw(screen, areas.layout, areas.notice, frame);
    match question::words(screen) {
        // Without any other row, the question stands where one types.
        Some(words) if areas.notice.height + areas.status.height == 0 => {
            question::draw(&words, areas.input, frame);
        }
        _ => composer::draw(screen, areas.input, frame),
    }
    if let Overlay::Entrance(entrance) = &screen.overlay {
        let lines = entrance::lines(screen, entrance, areas.pane);
        frame.render_widget(Paragraph::new(lines), areas.pane);
        return Links::default();
    }
    if let Some((mut lines, first)) = instead(screen, areas.pane) {
        lines.drain(..first.min(lines.len()));
        let height = usize::from(areas.pane.height);
        if lines.len() > height && is_turned_by_rows(&screen.overlay) {
            lines.truncate(height.saturating_sub(1));
            lines.push(notice::more(screen, areas.pane.width.into()));
        }
        frame.render_widget(Paragraph::new(lines), areas.pane);
        return Links::default();
    }
    let links = messages(screen, areas.pane, frame);
    match &screen.overlay {
        Overlay::Prompt(prompt) => {
            choices::draw(screen, prompt, areas.pane, frame);
            Links::default()
        }
        Overlay::None if screen.offer.is_some() => {
            choices::draw_offer(screen, areas.pane, frame);
            links
        }
        _ => links,
    }
}

/// What is read instead of the messages, and from which of its rows on.
fn instead(screen: &Screen, pane: Rect) -> Option<(Vec<Line<'static>>, usize)> {
    match &screen.overlay {
        Overlay::Help(first) => Some((help::lines(&screen.keys, pane.width.into()), *first)),
        Overlay::Answer(answer, first) => Some((answer::lines(screen, answer, pane), *first)),
        _ => None,
    }
}

/// Its last row in sight may give way: the help says its keys itself, and a code must be whole.
fn is_turned_by_rows(overlay: &Overlay) -> bool {
    matches!(overlay, Overlay::Answer(answer, _) if !matches!(answer, Answer::Link(_)))
}

/// The messages; above what else stands in an empty room, what it is.
fn messages(screen: &Screen, area: Rect, frame: &mut Frame<'_>) -> Links {
    let mut drawn = visible(screen.chat.room(), &pane(screen));
    if welcome::is_empty(screen.chat.room()) {
        let mut lines = welcome::lines(screen, pane_size(screen).0);
        // What has happened since is worth more.
        lines.truncate(usize::from(area.height).saturating_sub(drawn.lines.len()));
        lines.append(&mut drawn.lines);
        drawn.lines = lines;
    }
    frame.render_widget(Paragraph::new(drawn.lines), area);
    drawn.links
}

/// Rows of all that lies over the messages to be read, if it does.
pub fn rows_to_turn(screen: &Screen) -> Option<usize> {
    let pane = areas(screen, areas::whole(screen)).pane;
    instead(screen, pane).map(|(lines, _)| lines.len())
}

/// What can be clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One of one's own rooms, by its place.
    Room(usize),
    Person(UserName),
    /// One of what there is to choose from, by its place.
    Choice(usize),
    /// One of the pictures that are offered.
    Offered(usize),
    /// A message that hides something.
    Hiding(MessageId),
    /// Another message.
    Message(MessageId),
}

/// What stands in a cell, if it can be clicked.
pub fn target_at(screen: &Screen, column: u16, row: u16) -> Option<Target> {
    let (areas, cell) = (areas(screen, areas::whole(screen)), Position { x: column, y: row });
    let choice = match &screen.overlay {
        Overlay::Entrance(_) => entrance::choice_at(screen, areas.pane, column, row),
        Overlay::Prompt(prompt) => choices::choice_at(screen, prompt, areas.pane, cell),
        _ => None,
    };
    let room = || rooms::room_at(screen, &areas, column, row).map(Target::Room);
    let person = || people::person_at(screen, areas.people, cell).cloned().map(Target::Person);
    if let (Overlay::None, Some(at)) =
        (&screen.overlay, choices::offered_at(screen, areas.pane, cell))
    {
        return Some(Target::Offered(at));
    }
    let message = || message_in(screen, areas.pane, cell);
    choice.map(Target::Choice).or_else(room).or_else(person).or_else(message)
}

/// The message in a cell, where messages are shown and nothing lies over them.
fn message_in(screen: &Screen, area: Rect, cell: Position) -> Option<Target> {
    let is_free = matches!(screen.overlay, Overlay::None | Overlay::Select(_));
    if !is_free || !area.contains(cell) || welcome::is_empty(screen.chat.room()) {
        return None;
    }
    let (room, pane) = (screen.chat.room(), pane(screen));
    let at = entry_at(room, usize::from(cell.y - area.y), &pane)?;
    let id = room.lines()[at].message()?.id;
    Some(if hides(room, at, &pane) { Target::Hiding(id) } else { Target::Message(id) })
}
