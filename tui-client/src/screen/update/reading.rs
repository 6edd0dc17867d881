//! What of the room is shown: moving over its rows, and finding places in it.

use protocol::MessageId;

use super::effects::take;
use super::standing::{fill, show, stand};
use crate::chat::Place;
use crate::chat::update::{load_newer, load_older, want_people};
use crate::screen::event::Effect;
use crate::screen::keys::KeyCommand;
use crate::screen::model::{Screen, Scroll};
use crate::screen::rows::pane::Pane;
use crate::screen::rows::scroll::{self, in_sight};
use crate::screen::rows::{hides, top};
use crate::screen::view::{beside, pane, pane_size, people_rows};

/// One row of the old page stays in sight.
pub(super) fn page(screen: &mut Screen, up: bool) -> Vec<Effect> {
    let (_, rows) = pane_size(screen);
    let rows = isize::try_from(rows.saturating_sub(1).max(1)).unwrap_or(1);
    turn(screen, if up { -rows } else { rows })
}

/// By so many rows, down if positive.
pub(super) fn turn(screen: &mut Screen, rows: isize) -> Vec<Effect> {
    let by = rows.unsigned_abs();
    if rows <= 0 {
        return up(screen, by);
    }
    if screen.scroll() != Scroll::Bottom {
        let to = scroll::down(screen.chat.room(), &pane(screen), by);
        stand(screen, to);
    }
    if screen.scroll() == scroll::end(screen.chat.room(), &pane(screen)) {
        return newer(screen);
    }
    Vec::new()
}

/// Asks for what follows what is shown, where that is not the end.
pub(super) fn newer(screen: &mut Screen) -> Vec<Effect> {
    let effects = load_newer(screen.chat.room_mut());
    take(screen, effects)
}

pub(super) fn to_top(screen: &mut Screen) -> Vec<Effect> {
    up(screen, usize::MAX)
}

fn up(screen: &mut Screen, rows: usize) -> Vec<Effect> {
    let (to, is_at_top) = scroll::up(screen.chat.room(), &pane(screen), rows);
    if to != screen.scroll() {
        stand(screen, to);
    }
    if is_at_top { older(screen) } else { Vec::new() }
}

/// Asks for what is older than all that is here.
pub(super) fn older(screen: &mut Screen) -> Vec<Effect> {
    let effects = load_older(screen.chat.room_mut());
    take(screen, effects)
}

/// To the first message that is new; if the server has older ones that are, they are asked for.
pub(super) fn jump_to_unread(screen: &mut Screen) -> Vec<Effect> {
    screen.chat.room_mut().leave_past();
    let room = screen.chat.room();
    let new = room.new_line(screen.chat.me.as_ref()).map(Place::of);
    let has_more = room.has_more_after(room.looked_away.unwrap_or(room.read));
    match new.or_else(|| room.first_unread()) {
        Some(place) => show(screen, place),
        None => screen.chat.notice = Some("Nothing new here".to_owned()),
    }
    if !has_more {
        return Vec::new();
    }
    let again = [(KeyCommand::FirstUnread, "again goes to them")];
    let words = screen.keys.advise("There are older unread messages", ".", &again);
    screen.chat.notice = Some(words);
    older(screen)
}

/// To the message that mentions this person next, above or below the top of the screen.
pub(super) fn jump_to_mention(screen: &mut Screen, up: bool) {
    match mention(screen, up) {
        Some(to) => stand(screen, to),
        None => {
            let words = match up {
                true if screen.chat.room().has_older() => {
                    let about = "No earlier mention of you is loaded";
                    screen.keys.advise(about, ".", &[(KeyCommand::PageUp, "at the top loads more")])
                }
                true => "No earlier mention of you".to_owned(),
                false => "No later mention of you".to_owned(),
            };
            screen.chat.notice = Some(words);
        }
    }
}

fn mention(screen: &Screen, up: bool) -> Option<Scroll> {
    let (room, mut pane) = (screen.chat.room(), pane(screen));
    let (before, at_end) = (top(room, &pane), pane.scroll == Scroll::Bottom);
    let here = room.lines().get(before.0).map(|entry| entry.place);
    let mentions = room.lines().iter().filter(|entry| screen.chat.is_highlighted(entry));
    let mentions = mentions.map(|entry| entry.place);
    let mut mentions: Vec<_> = match up {
        true => mentions.filter(|place| at_end || Some(*place) <= here).collect(),
        false => mentions.filter(|place| !at_end && Some(*place) > here).collect(),
    };
    if up {
        mentions.reverse();
    }
    // What is in sight already moves nothing: then it is the next one.
    mentions.into_iter().find_map(|place| {
        let to = scroll::to(room, &pane, place);
        pane.scroll = to;
        let now = top(room, &pane);
        let moves = if up { now < before } else { now > before || to == Scroll::Bottom };
        moves.then_some(to)
    })
}

/// Shows all of a message that hides something, or closes it again: the one that is meant, else the newest
/// in sight. What is read stays where it is. When a message is closed, the view goes back to where it stood
/// before that was opened, or its beginning has to be there.
pub(super) fn open_long(screen: &mut Screen, meant: Option<MessageId>) {
    let Some((place, is_open)) = long_one(screen, meant) else {
        screen.chat.notice = Some("Nothing to expand here".to_owned());
        return;
    };
    let (room, pane, was) = (screen.chat.room(), pane(screen), screen.scroll());
    let (at, before) = (room.line_index(place), top(room, &pane));
    let here = scroll::stand(room, &pane, before.0, before.1);
    let first = if is_open { (at, 0) } else { (at, usize::MAX) };
    let stays = before <= first && in_sight(room, &pane).contains(&at);
    let view = screen.room_view_mut();
    view.unfolded = Some(place.id).filter(|_| !is_open);
    let opened = view.unfolded_at.take().filter(|_| is_open);
    match opened.and_then(|opened| before_opening(screen, place, opened, stays)) {
        Some(to) => stand(screen, to),
        None if stays => {
            stand(screen, here);
            fill(screen);
        }
        None => show(screen, place),
    }
    if !is_open {
        screen.room_view_mut().unfolded_at = Some((was, screen.scroll()));
    }
}

/// Where the view goes back to when a message is closed: where it stood when that was opened, if it has not moved
/// since. One that stood at the end goes back there after moving too, if the beginning of the message is out of
/// sight (not `stays`). It never goes to the end if the message is no longer in sight there.
fn before_opening(
    screen: &Screen,
    place: Place,
    (before, after): (Scroll, Scroll),
    stays: bool,
) -> Option<Scroll> {
    let has_moved = screen.scroll() != after;
    if before != Scroll::Bottom {
        return Some(before).filter(|_| !has_moved);
    }
    let room = screen.chat.room();
    let pane = Pane { scroll: Scroll::Bottom, ..pane(screen) };
    let is_at_end = in_sight(room, &pane).contains(&room.line_index(place));
    let goes = is_at_end && !(has_moved && stays);
    goes.then(|| scroll::end(room, &pane))
}

/// Where it stands, and whether all of it is shown.
fn long_one(screen: &Screen, meant: Option<MessageId>) -> Option<(Place, bool)> {
    let (room, pane) = (screen.chat.room(), pane(screen));
    let mut seen = in_sight(room, &pane);
    if let Some(id) = meant {
        let at = room.line_index(Place::of(id));
        seen = at..(at + 1).min(room.lines().len());
    }
    let open = pane.unfolded.map(|id| room.line_index(Place::of(id)));
    let open = open.filter(|at| seen.contains(at));
    let at = open.or_else(|| seen.rev().find(|at| hides(room, *at, &pane)))?;
    Some((room.lines()[at].place, open.is_some()))
}

pub(super) fn show_people(screen: &mut Screen) -> Vec<Effect> {
    screen.people_shown = Some(!beside(screen).1);
    people_in_sight(screen)
}

/// By half of what is shown, so that the eye finds its place again.
pub(super) fn scroll_people(screen: &mut Screen, direction: isize) -> Vec<Effect> {
    let half = isize::try_from(people_rows(screen) / 2).unwrap_or(1).max(1);
    let last = screen.chat.room().people.count().saturating_sub(1);
    let first = &mut screen.room_view_mut().people_first;
    *first = (*first).min(last).saturating_add_signed(direction * half).min(last);
    people_in_sight(screen)
}

/// Asks for the names that are to be shown and are not here.
pub(super) fn people_in_sight(screen: &mut Screen) -> Vec<Effect> {
    let wanted = screen.room_view().people_first.saturating_add(people_rows(screen));
    let asked = want_people(screen.chat.room_mut(), wanted);
    asked.map(Effect::Chat).into_iter().collect()
}
