//! What there is to say to this person: whole, in as many rows as it takes. Where the screen is too
//! small even for that, a key shows the rest.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::{question, state};
use crate::drawn::Shape;
use crate::model::{Link, Model, Overlay, Scroll};
use crate::{commands, text, theme};

/// The most urgent of what there is to say: a question, an answer, or what is wrong.
pub(super) fn words(model: &Model) -> Option<String> {
    let words = match &model.overlay {
        Overlay::Ask(asked) => question::words(asked),
        Overlay::Select(_) => {
            "M-Up older, M-Down newer: d deletes, c copies, o shows all, Esc ends".to_owned()
        }
        _ => match (&model.notice, &model.link, &model.room().out) {
            (Some(notice), ..) => notice.clone(),
            (None, Link::Refused { reason, .. } | Link::Waiting { reason, .. }, _) => {
                reason.clone()
            }
            (None, _, Some(why)) => why.clone(),
            (None, ..) => return None,
        },
    };
    Some(text::clean(&words)).filter(|words| !words.trim().is_empty())
}

/// The words, if they fit the row of the status beside the state.
pub(super) fn in_status(model: &Model, shape: Shape, width: usize) -> Option<String> {
    if shape == Shape::Narrow {
        return None;
    }
    words(model).filter(|words| !words.contains('\n') && fits_beside_state(model, words, width))
}

/// The hint, if it fits there.
pub(super) fn hint_in_status(model: &Model, shape: Shape, width: usize) -> Option<String> {
    let hint = match shape {
        Shape::Narrow => return None,
        Shape::Bare if !has_hint(model) => "M-l or Esc ends copy mode".to_owned(),
        _ => hint(model),
    };
    Some(hint).filter(|hint| fits_beside_state(model, hint, width))
}

/// Nothing that is said cuts the state short to its sign.
fn fits_beside_state(model: &Model, words: &str, width: usize) -> bool {
    let states = state::variants(model).0;
    let state = states.iter().rev().nth(1).or(states.last()).map_or(0, |state| text::width(state));
    text::width(words) + 2 + state <= width
}

/// Rows for what does not stand in the status.
pub(super) fn rows(model: &Model, shape: Shape, width: usize) -> Vec<String> {
    let mut rows = Vec::new();
    if in_status(model, shape, width).is_none()
        && let Some(words) = words(model)
    {
        rows.extend(text::wrap(&words, width).into_iter().map(str::to_owned));
    }
    if has_hint(model) && hint_in_status(model, shape, width).is_none() {
        rows.extend(text::wrap(&hint(model), width).into_iter().map(str::to_owned));
    }
    rows
}

/// How many they are.
pub(super) fn height(model: &Model, shape: Shape, width: usize) -> usize {
    rows(model, shape, width).len()
}

/// What is said stays until something else changes than what the person does: it must not take all of
/// the messages' rows.
pub(super) fn is_lasting(model: &Model) -> bool {
    model.notice.is_none() && matches!(model.overlay, Overlay::None)
}

/// Draws them, from the row on that the person turned to.
pub(super) fn draw(model: &Model, shape: Shape, area: Rect, frame: &mut Frame<'_>) {
    let all = rows(model, shape, area.width.into());
    let height = usize::from(area.height);
    let first = model.notice_first.min(all.len().saturating_sub(height));
    let mut lines: Vec<_> = all.iter().skip(first).take(height).cloned().map(Line::raw).collect();
    if first + height < all.len()
        && let Some(last) = lines.last_mut()
    {
        *last = Line::styled(text::fitted("… PgDn: more", area.width.into()), theme::quiet());
    }
    frame.render_widget(Paragraph::new(lines), area);
}

/// There is a hint, though its words may take longer to find.
fn has_hint(model: &Model) -> bool {
    let room = model.room();
    room.scroll != Scroll::Bottom || room.failed() > 0
}

/// What else may be done here.
pub(super) fn hint(model: &Model) -> String {
    let room = model.room();
    let failed = match room.failed() {
        0 => String::new(),
        count => {
            format!("{} not sent: /retry, /edit or /drop  ", commands::counted(count, "message"))
        }
    };
    if room.scroll == Scroll::Bottom {
        return failed;
    }
    let loading = if room.loading { "loading older …  " } else { "" };
    let newer = room.messages().rev().take_while(|message| message.id > room.read).count();
    let key = if model.input.text().is_empty() { "End" } else { "M-End" };
    let newer = if newer > 0 {
        format!("v {} newer ({key})", text::grouped(newer))
    } else {
        format!("v newest ({key})")
    };
    format!("{failed}{loading}{newer}")
}
