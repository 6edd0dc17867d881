//! What happened → what changes and what to do. Pure: no input or output, no clock.
//!
//! What a person asks for has functions of its own: [`say`], [`command()`], [`show_room`] and their like.

mod asking;
mod attention;
mod command;
mod connection;
mod entering;
mod history;
mod inbox;
mod jump;
mod people;
mod question;
mod reading;
mod received;
mod refused;
mod request;
mod rooms;
mod search;
mod sending;
mod server_wait;
mod setting;
mod typing;

pub use command::{command, copy_code, copy_message, copy_permalink, link_of, open_link, react_to};
pub use connection::dial_now;
pub use history::{load_newer, load_older};
pub use inbox::{close_mentions, go_to_mention, more_mentions};
pub use jump::jump;
pub use people::browse::{browse, browse_more, close_browser, pick};
pub use people::entry::link_by;
pub use people::list::move_room;
pub use people::making::{write_to, write_to_last};
pub use question::{confirm, question_deletion, question_revoke};
pub use reading::{mark_unread, read_on, tell_before_leaving};
pub use rooms::{
    attend, back_to_end, focus, next_active, read_at, show_last, show_number, show_room,
    want_people,
};
pub use search::{
    end_search, go_to_found, is_searching, more_found, next_found, previous_found, search,
};
pub use sending::{
    NO_TEXT, body_of, compose_edit, compose_reply, delete, edit, react, reply, say, send_written,
    stop_composing, too_long, undeleted,
};
pub use typing::types;

use super::event::{Effect, Event, Timer};
use super::model::{Connection, Model};

/// Changes the model, and says what to do about it.
pub fn update(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::Time(
            Timer::Retry(.., losses)
            | Timer::Settled(_, losses)
            | Timer::Reread(_, losses)
            | Timer::MayTellTyping(_, losses)
            | Timer::MayTellRead(_, losses)
            | Timer::MayAskCounts(_, losses),
        ) if losses != model.losses => {}
        Event::NotKept { room, reference, reason } => {
            return sending::not_kept(model, &room, &reference, &reason);
        }
        Event::NotOpened(link) => return vec![Effect::Copy(link)],
        Event::Resumed => return connection::resumed(model),
        Event::DialIn(seconds) => connection::dial_in(model, seconds),
        Event::Connected => {
            model.connection = Connection::Online;
            model.offline_since = None;
        }
        Event::ComeBackAfter(time) => connection::come_back_after(model, time),
        Event::Stable => model.failures = 0,
        Event::Latency(latency) => connection::answered(model, latency),
        Event::Received(envelope) => return received::received(model, envelope),
        Event::Lost { code, reason } => return connection::lost(model, code, reason),
        Event::Time(Timer::Retry(room, named, _)) => return sending::retry(model, &room, &named),
        Event::Time(Timer::Resend) => return request::resume(model),
        Event::Time(Timer::Overdue(room, named)) => sending::overdue(model, &room, &named),
        Event::Time(Timer::Settled(room, _)) => received::settled(model, &room),
        Event::Time(Timer::MayTellTyping(room, _)) => typing::may_tell(model, &room),
        Event::Time(Timer::TypingOver(room, user, number)) => {
            typing::expire(model, &room, &user, number);
        }
        Event::Time(Timer::MayTellRead(room, _)) => return reading::may_tell(model, &room),
        Event::Time(Timer::MayAskCounts(room, _)) => return reading::may_ask(model, &room),
        Event::Time(Timer::LinkOver(code)) => people::entry::link_over(model, &code),
        Event::Time(Timer::Reread(room, _)) => return history::ask_again(model, &room),
    }
    Vec::new()
}
