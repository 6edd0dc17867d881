//! Above a reply: whose message it is to, and with what words that begins.
//!
//! The row never begins in column 0, so that it cannot pass for a message.

use protocol::{Message, MessageId};
use ratatui::text::{Line, Span};

use super::pane::Pane;
use crate::chat::Room;
use crate::chat::plain_text::plain_line;
use crate::chat::sender::bot_mark;
use crate::screen::{measure, theme};
use crate::text;

/// Before it.
const SIGN: &str = "↪ ";
/// What an action is typed with.
const ACTION: &str = "/me ";

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
    let name = text::bracketed(&text::clean_line(message.sender.as_str()));
    let sender = format!("{name}{}", bot_mark(message));
    let content = message.content.as_str();
    let text = plain_line(content);
    match text.strip_prefix(ACTION).filter(|_| content.starts_with(ACTION)) {
        Some(done) => format!("* {sender} {done}"),
        None => format!("{sender}: {text}"),
    }
}
