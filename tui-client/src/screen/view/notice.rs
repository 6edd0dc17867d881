//! What there is to say to this person: whole, in as many rows as it takes. Where the screen is too
//! small even for that, a key shows the rest.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::composer::typing;
use super::{question, selection, state};
use crate::chat::commands::counted;
use crate::chat::refusals::advice;
use crate::chat::room::{Page, Room};
use crate::chat::{Composing, Connection, Model};
use crate::screen::keys::{KeyCommand, Keys};
use crate::screen::model::{Screen, Scroll};
use crate::screen::overlay::Overlay;
use crate::screen::rows::brief;
use crate::screen::rows::cache::Layout;
use crate::screen::{measure, theme};
use crate::text;

/// Cells for what is replied to: enough to know it again.
const REPLY_CELLS: usize = 24;

/// The most urgent of what there is to say: a question, an answer, or what is wrong.
pub(super) fn words(screen: &Screen) -> Option<String> {
    let words = match (question::words(screen), &screen.overlay) {
        (Some(question), _) => question,
        (None, Overlay::Select(id)) => selection::words(screen, *id),
        _ => told(&screen.chat)?,
    };
    Some(text::clean(&words)).filter(|words| !words.trim().is_empty())
}

/// What becomes of what is written, unless it is simply a message.
fn about_composing(screen: &Screen) -> Option<String> {
    let room = screen.chat.room();
    let (what, enter) = match &room.composing {
        Composing::Message => return None,
        Composing::Edit { .. } => ("Editing your message".to_owned(), "saves"),
        Composing::Reply(id) => {
            let original = room.shown_by_id(*id, screen.chat.me.as_ref());
            let words = original.map(|message| brief(&message)).unwrap_or_default();
            let words = if screen.names_emoji { measure::name_emoji(&words) } else { words };
            (format!("Replying to {}", measure::fitted_line(&words, REPLY_CELLS)), "sends")
        }
    };
    let keys = [(KeyCommand::Send, enter), (KeyCommand::Escape, "cancels")];
    Some(screen.keys.advise(&what, ":", &keys))
}

fn about_copy_mode(keys: &Keys) -> String {
    let ends = [KeyCommand::CopyMode, KeyCommand::Escape];
    let ends: Vec<_> = ends.into_iter().filter_map(|command| keys.shown(command)).collect();
    format!("{} ends copy mode", ends.join(" or "))
}

/// The last answer, else what is wrong.
fn told(chat: &Model) -> Option<String> {
    let why = match &chat.connection {
        Connection::Refused { reason, code, .. } => Some(match code.and_then(advice) {
            Some(advice) => format!("{}. {advice}", text::sentence(reason)),
            None => text::sentence(reason),
        }),
        Connection::Waiting { reason, .. } => {
            let waiting = about_changes(chat.room()).map(|words| format!("{reason}. {words}"));
            Some(waiting.unwrap_or_else(|| reason.clone()))
        }
        _ => chat.room().excluded.clone(),
    };
    chat.notice.clone().or(why)
}

/// What was done to messages that are not here: no row shows that it waits.
fn about_changes(room: &Room) -> Option<String> {
    match room.unseen_changes() {
        0 => None,
        1 => Some("1 change waits for the connection".to_owned()),
        count => Some(format!("{} wait for the connection", counted(count, "change"))),
    }
}

/// The words, if they fit the row of the status beside the state.
pub(super) fn in_status(screen: &Screen, layout: Layout, width: usize) -> Option<String> {
    if layout == Layout::Narrow {
        return None;
    }
    words(screen).filter(|words| !words.contains('\n') && fits_beside_state(screen, words, width))
}

/// The hint, if it fits there.
pub(super) fn hint_in_status(screen: &Screen, layout: Layout, width: usize) -> Option<String> {
    let hint = match layout {
        Layout::Narrow => return None,
        Layout::CopyMode if !has_hint(screen) => about_copy_mode(&screen.keys),
        _ => hint(screen),
    };
    Some(hint).filter(|hint| fits_beside_state(screen, hint, width))
}

/// Who is writing, if that fits there and nothing else is to be said.
pub(super) fn typing_in_status(screen: &Screen, width: usize) -> Option<String> {
    typing(screen).filter(|words| fits_beside_state(screen, words, width))
}

/// Nothing that is said cuts the state short to its sign.
fn fits_beside_state(screen: &Screen, words: &str, width: usize) -> bool {
    let states = state::variants(screen).0;
    let state =
        states.iter().rev().nth(1).or(states.last()).map_or(0, |state| measure::width(state));
    measure::width(words) + 2 + state <= width
}

/// Rows for what does not stand in the status.
pub(super) fn rows(screen: &Screen, layout: Layout, width: usize) -> Vec<String> {
    let mut rows = Vec::new();
    if in_status(screen, layout, width).is_none()
        && let Some(words) = words(screen)
    {
        rows.extend(measure::wrap(&words, width).into_iter().map(str::to_owned));
    }
    if has_hint(screen) && hint_in_status(screen, layout, width).is_none() {
        rows.extend(measure::wrap(&hint(screen), width).into_iter().map(str::to_owned));
    }
    rows
}

/// How many they are.
pub(super) fn height(screen: &Screen, layout: Layout, width: usize) -> usize {
    rows(screen, layout, width).len()
}

/// What is said stays until something else changes than what the person does: it must not take all of
/// the messages' rows.
pub(super) fn is_lasting(screen: &Screen) -> bool {
    screen.chat.notice.is_none() && matches!(screen.overlay, Overlay::None)
}

/// Draws them, from the row on that the person turned to.
pub(super) fn draw(screen: &Screen, layout: Layout, area: Rect, frame: &mut Frame<'_>) {
    let all = rows(screen, layout, area.width.into());
    let height = usize::from(area.height);
    let first = screen.notice_first.min(all.len().saturating_sub(height));
    let mut lines: Vec<_> = all.iter().skip(first).take(height).cloned().map(Line::raw).collect();
    if first + height < all.len()
        && let Some(last) = lines.last_mut()
    {
        *last = more(screen, area.width.into());
    }
    frame.render_widget(Paragraph::new(lines), area);
}

/// In place of the last row of what does not fit: the key that shows the rest.
pub(super) fn more(screen: &Screen, width: usize) -> Line<'static> {
    let key = screen.keys.shown(KeyCommand::PageDown);
    let words = key.map_or("…".to_owned(), |key| format!("… {key}: more"));
    Line::styled(measure::fitted(&words, width), theme::quiet())
}

/// There is a hint, though its words may take longer to find.
fn has_hint(screen: &Screen) -> bool {
    let room = screen.chat.room();
    screen.scroll() != Scroll::Bottom || room.failed() > 0 || room.composing != Composing::Message
}

/// What else may be done here.
pub(super) fn hint(screen: &Screen) -> String {
    let room = screen.chat.room();
    if let Some(words) = about_composing(screen) {
        return words;
    }
    let failed = match room.failed() {
        0 => String::new(),
        count => {
            format!("{} not sent: /retry, /edit or /drop  ", counted(count, "message"))
        }
    };
    if screen.scroll() == Scroll::Bottom {
        return failed;
    }
    let loading = match room.awaited {
        None => "",
        Some(Page::Around(_) | Page::After(_)) => "loading …  ",
        Some(_) => "loading older …  ",
    };
    let newer = room.messages().rev().take_while(|message| message.id > room.read).count();
    let newer =
        if newer > 0 { format!("v {} newer", text::grouped(newer)) } else { "v newest".to_owned() };
    let key = screen.keys.to_bottom(screen.input.text().is_empty());
    let key = key.map(|key| format!(" ({key})")).unwrap_or_default();
    format!("{failed}{loading}{newer}{key}")
}
