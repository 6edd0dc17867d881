//! The bars around the messages: rooms and who one is above; hints and the state of the connection
//! below. And the window's title.
//!
//! This file does not know what there is to say at length: `notice` does.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::rooms::in_bar;
use super::{Areas, fitted, notice, state};
use crate::drawn::Shape;
use crate::model::Model;
use crate::{text, theme};

/// Cells that the rooms leave to the state on a small screen, at least: its sign and a word.
const STATE_CELLS_MIN: usize = 12;

pub(super) fn draw(model: &Model, areas: &Areas, frame: &mut Frame<'_>) {
    let header = match areas.shape {
        Shape::Bare => Line::default(),
        Shape::Narrow => only_bar(model, areas),
        Shape::Usual | Shape::Wide => header(model, areas),
    };
    frame.render_widget(header, areas.header);
    frame.render_widget(status(model, areas), areas.status);
}

/// The window's title: what is unread in all rooms, and where one is.
pub fn title(model: &Model) -> String {
    let unread = model.unread(model.rooms.iter());
    let count = unread.map(|unread| format!("({unread}) ")).unwrap_or_default();
    format!("{count}#{} · Nebula", text::name(model.room().name.as_str()))
}

/// Cells of the header that rooms may take.
pub(super) fn room_cells(model: &Model, areas: &Areas) -> usize {
    let width = usize::from(areas.header.width);
    match areas.shape {
        Shape::Narrow => {
            let state = state::variants(model).0;
            let least = state.iter().map(|state| text::width(state)).min().unwrap_or_default();
            width.saturating_sub(least.max(STATE_CELLS_MIN.min(width / 2)) + 1)
        }
        // One's own name is always there; the server's gives way.
        _ => width.saturating_sub(text::width(&own_name(model)) + 2),
    }
}

fn own_name(model: &Model) -> String {
    let name = model.me.as_ref().map(|me| text::bracketed(&text::clean_line(me.as_str())));
    name.unwrap_or_else(|| "guest".to_owned())
}

/// Rooms in a row, unless they have a column of their own; and who and where one is.
fn header(model: &Model, areas: &Areas) -> Line<'static> {
    let width = usize::from(areas.header.width);
    let mut spans = in_bar(model, areas);
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let left = width.saturating_sub(used);
    let me = own_name(model);
    let full = format!("{me} @ {} ", text::clean_line(&model.host));
    let is_full = !model.host.is_empty() && text::width(&full) <= left;
    let me = if is_full { full } else { fitted(&format!("{me} "), left) };
    spans.push(Span::styled(" ".repeat(left.saturating_sub(text::width(&me))), theme::bar()));
    spans.push(Span::styled(me, theme::bar()));
    Line::from(spans)
}

/// Header and status in one, for a small screen: the rooms, and the state of the connection.
fn only_bar(model: &Model, areas: &Areas) -> Line<'static> {
    let width = usize::from(areas.header.width);
    let mut spans = in_bar(model, areas);
    let used: usize = spans.iter().map(|span| text::width(&span.content)).sum();
    let (state, style) = state::within(model, width.saturating_sub(used));
    let gap = width.saturating_sub(used + text::width(&state));
    spans.push(Span::styled(" ".repeat(gap), theme::bar()));
    spans.push(Span::styled(state, theme::bar().patch(style)));
    Line::from(spans)
}

/// What there is to say, on the left, if it fits; the state of the connection, on the right.
fn status(model: &Model, areas: &Areas) -> Line<'static> {
    let width = usize::from(areas.status.width);
    let hint = notice::in_status(model, areas.shape, width);
    let hint = hint.or_else(|| notice::hint_in_status(model, areas.shape, width));
    let hint = hint.unwrap_or_default();
    let (state, style) = state::within(model, width.saturating_sub(text::width(&hint) + 2));
    let gap = width.saturating_sub(text::width(&hint) + text::width(&state));
    Line::from(vec![Span::raw(hint), Span::raw(" ".repeat(gap)), Span::styled(state, style)])
}
