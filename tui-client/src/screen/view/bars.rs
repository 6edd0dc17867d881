//! The bars around the messages: rooms and who one is above; hints and the state of the connection
//! below. And the window's title.
//!
//! This file does not know what there is to say at length: `notice` does.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::areas::Areas;
use super::rooms::in_bar;
use super::{notice, state};
use crate::screen::model::Screen;
use crate::screen::rows::cache::Layout;
use crate::screen::{measure, theme};
use crate::text;

/// Cells that a topic leaves to who one is, and those that it needs to say anything.
const ME_CELLS_MIN: usize = 16;
const TOPIC_CELLS_MIN: usize = 16;

pub(super) fn draw(screen: &Screen, areas: &Areas, frame: &mut Frame<'_>) {
    let header = match areas.layout {
        Layout::CopyMode => Line::default(),
        Layout::Narrow => only_bar(screen, areas),
        Layout::Usual | Layout::Wide => header(screen, areas),
    };
    frame.render_widget(header, areas.header);
    frame.render_widget(status(screen, areas), areas.status);
}

/// The window's title: what is unread in all rooms, and where one is.
pub fn title(screen: &Screen) -> String {
    let unread = screen.chat.unread(screen.chat.rooms.iter());
    let count = unread.map(|unread| format!("({unread}) ")).unwrap_or_default();
    let room = screen.chat.room().in_words(screen.chat.me.as_ref());
    format!("{count}{room} · Nebula")
}

/// Rooms in a row, unless they have a column of their own; what the room is about; and who and where one
/// is.
fn header(screen: &Screen, areas: &Areas) -> Line<'static> {
    let width = usize::from(areas.header.width);
    let mut spans = in_bar(screen, areas);
    let used: usize = spans.iter().map(|span| measure::width(&span.content)).sum();
    let left = width.saturating_sub(used);
    let about = topic(screen, left.saturating_sub(ME_CELLS_MIN));
    let left = left - measure::width(&about);
    spans.push(Span::styled(about, theme::bar()));
    let me = screen.own_name("guest");
    let host = screen.host();
    let full = format!("{me} @ {host} ");
    let is_full = !host.is_empty() && measure::width(&full) <= left;
    let me = if is_full { full } else { measure::fitted_line(&format!("{me} "), left) };
    spans.push(Span::styled(" ".repeat(left.saturating_sub(measure::width(&me))), theme::bar()));
    spans.push(Span::styled(me, theme::bar()));
    Line::from(spans)
}

/// As much as fits of what the room is about; nothing where that would be a word or two.
fn topic(screen: &Screen, cells: usize) -> String {
    let topic = text::clean_line(screen.chat.room().topic.as_str());
    if topic.is_empty() || cells < TOPIC_CELLS_MIN {
        return String::new();
    }
    format!("{} ", measure::fitted_line(&format!("│ {topic}"), cells - 1))
}

/// Header and status in one, for a small screen: the rooms, and the state of the connection.
fn only_bar(screen: &Screen, areas: &Areas) -> Line<'static> {
    let width = usize::from(areas.header.width);
    let mut spans = in_bar(screen, areas);
    let used: usize = spans.iter().map(|span| measure::width(&span.content)).sum();
    let (state, style) = state::within(screen, width.saturating_sub(used));
    let gap = width.saturating_sub(used + measure::width(&state));
    spans.push(Span::styled(" ".repeat(gap), theme::bar()));
    spans.push(Span::styled(state, theme::bar().patch(style)));
    Line::from(spans)
}

/// What there is to say, on the left, if it fits; the state of the connection, on the right.
fn status(screen: &Screen, areas: &Areas) -> Line<'static> {
    let width = usize::from(areas.status.width);
    let hint = notice::in_status(screen, areas.layout, width);
    let hint = hint.or_else(|| notice::hint_in_status(screen, areas.layout, width));
    let hint =
        hint.filter(|hint| !hint.is_empty()).or_else(|| notice::typing_in_status(screen, width));
    let hint = hint.unwrap_or_default();
    let (state, style) = state::within(screen, width.saturating_sub(measure::width(&hint) + 2));
    let gap = width.saturating_sub(measure::width(&hint) + measure::width(&state));
    Line::from(vec![Span::raw(hint), Span::raw(" ".repeat(gap)), Span::styled(state, style)])
}
