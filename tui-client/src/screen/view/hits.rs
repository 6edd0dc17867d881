//! The results of a search: when and where each was said and by whom, and below that its words, with what was looked
//! for marked.
//!
//! This file does not know which of them are in sight.

use std::ops::Range;

use protocol::{Message, MessageId};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::chat::search::{HINT, SearchList};
use crate::chat::sender::sender;
use crate::chat::update::is_searching;
use crate::chat::{Connection, Model};
use crate::clock::date_and_clock;
use crate::screen::model::Screen;
use crate::screen::overlay::Prompt;
use crate::screen::{measure, theme};
use crate::text;

/// Rows that each result takes.
pub(super) const ROWS: usize = 2;
/// Before the words of a result.
const INDENT: &str = "  ";

/// One of them in so many cells, beside its mark.
pub(super) fn rows(
    screen: &Screen,
    id: MessageId,
    is_chosen: bool,
    cells: usize,
) -> Vec<Line<'static>> {
    let search = screen.chat.search.as_ref();
    let found = search.and_then(|search| Some((search, &search.found.messages[search.place(id)?])));
    let Some((search, message)) = found else { return Vec::new() };
    let (mark, style) = if is_chosen { (">", theme::striking()) } else { (" ", Style::new()) };
    let (at, room) =
        (date_and_clock(message.at, &screen.zone), screen.chat.in_words(&message.room));
    let about = format!("{at} {room} {}", sender(message));
    let about = measure::fitted_line(&about, cells);
    vec![
        Line::styled(format!("{mark}{about} "), style),
        words(screen, search, message, cells.saturating_sub(1)),
    ]
}

fn words(screen: &Screen, search: &SearchList, message: &Message, cells: usize) -> Line<'static> {
    let (words, marks) = search.shown(message);
    let from = beginning(&words, marks.first(), cells);
    let before = if from > 0 { "…" } else { "" };
    let mut spans = vec![Span::raw(format!("{INDENT}{before}"))];
    let mut left = cells.saturating_sub(measure::width(before));
    for (piece, is_marked) in pieces(&words, from, &marks) {
        let piece = if screen.names_emoji { measure::name_emoji(piece) } else { piece.to_owned() };
        let style = if is_marked { theme::striking() } else { Style::new() };
        let shown = measure::fitted(&piece, left);
        left -= measure::width(&shown);
        let is_cut = shown.len() < piece.len();
        spans.push(Span::styled(shown, style));
        if is_cut {
            break;
        }
    }
    Line::from(spans)
}

/// The parts of a text from a place on, and whether each is marked.
fn pieces<'a>(text: &'a str, from: usize, marks: &[Range<usize>]) -> Vec<(&'a str, bool)> {
    let (mut pieces, mut done) = (Vec::new(), from);
    for mark in marks {
        pieces.push((&text[done..mark.start], false));
        pieces.push((&text[mark.clone()], true));
        done = mark.end;
    }
    pieces.push((&text[done..], false));
    pieces
}

/// Where the words begin that are shown: with a word so far before the first mark that this is in sight.
fn beginning(text: &str, mark: Option<&Range<usize>>, cells: usize) -> usize {
    let Some(mark) = mark.filter(|mark| measure::width(&text[..mark.end]) > cells) else {
        return 0;
    };
    let before = &text[..mark.start];
    let hidden = measure::width(before).saturating_sub(cells / 3);
    let from = measure::cut(before, hidden).len();
    before[from..].find(' ').map_or(from, |space| from + space + 1)
}

/// What there is to say where no results are.
pub(super) fn none(chat: &Model, prompt: &Prompt) -> String {
    let Some(search) = prompt.searched(chat) else { return HINT.to_owned() };
    match &search.refused {
        Some(why) => text::sentence(why),
        None if is_searching(chat) && chat.connection == Connection::Online => {
            "searching …".to_owned()
        }
        None if is_searching(chat) => "Not connected: searches with the next connection".to_owned(),
        None if search.found.more => HINT.to_owned(),
        None => format!("Nothing found. {HINT}"),
    }
}
