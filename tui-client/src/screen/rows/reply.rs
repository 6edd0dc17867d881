//! Above a message that answers another one: whose, and with what words that begins.
//!
//! The row never begins in column 0, so that it cannot pass for a message.

use protocol::{Message, MessageId};
use ratatui::text::{Line, Span};

use super::pane::Pane;
use crate::chat::Room;
use crate::chat::aloud::aloud;
use crate::screen::{measure, theme};
use crate::text;

/// Before it.
const SIGN: &str = "↪ ";

pub(super) fn of_reply(original: MessageId, room: &Room, pane: &Pane<'_>) -> Line<'static> {
    let before = pane.before();
    let words = match room.shown_by_id(original, pane.me) {
        Some(message) => format!("{SIGN}{}", pane.with_emoji(brief(&message))),
        None => format!("{SIGN}an earlier message"),
    };
    let words = measure::fitted_line(&words, pane.width.saturating_sub(before));
    Line::from(vec![Span::raw(" ".repeat(before)), Span::styled(words, theme::quiet())])
}

/// Who said it, and what, on one line.
pub(crate) fn brief(message: &Message) -> String {
    let sender = text::bracketed(&text::clean_line(message.sender.as_str()));
    let text = text::clean_line(&aloud(message.content.as_str()));
    match text.strip_prefix("/me ") {
        Some(done) => format!("* {sender} {done}"),
        None => format!("{sender}: {text}"),
    }
}
