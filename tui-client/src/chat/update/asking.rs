//! Pages of messages, asked for.
//!
//! This file does not know what becomes of them.

use protocol::{HISTORY_MAX, HistoryQuery, Ref, Span, ToServer};

use crate::chat::event::Effect;
use crate::chat::room::{Page, Room};

/// Messages around one that somebody goes to: as many as are on some screens.
const AROUND: u16 = 100;

/// By which the refusal of a page around a message is known.
const JUMP: &str = "jump";

pub(super) fn ask(room: &mut Room, page: Page) -> Effect {
    room.awaited = Some(page);
    let span = match page {
        Page::Before(id) | Page::Older(id) => Span::Before(id),
        Page::Missed(seen) => {
            let first = room.messages().map(|message| message.id).find(|id| *id > seen);
            first.map_or(Span::Newest, Span::Before)
        }
        Page::Around(id) => Span::Around(id),
        Page::After(id) => Span::After(id),
    };
    let (limit, reference) = match page {
        Page::Around(_) => (AROUND, reference()),
        _ => (HISTORY_MAX, None),
    };
    let room = room.name.clone();
    Effect::Send(ToServer::History(HistoryQuery { room, span, limit: Some(limit), reference }))
}

pub(super) fn reference() -> Option<Ref> {
    Ref::try_from(JUMP).ok()
}
