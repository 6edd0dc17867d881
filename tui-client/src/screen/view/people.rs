//! The column of people.

use protocol::{RoomRole, UserName};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use crate::chat::Connection;
use crate::screen::model::Screen;
use crate::screen::{measure, theme};
use crate::text;

/// A row, and who stands in it.
type Row<'a> = (Line<'static>, Option<&'a UserName>);

pub(super) fn draw(screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    if area.width > 0 {
        let lines: Vec<_> = rows(screen, area).into_iter().map(|(line, _)| line).collect();
        let border = Block::new().borders(Borders::LEFT).border_style(theme::quiet());
        frame.render_widget(Paragraph::new(lines).block(border), area);
    }
}

/// The person whose name stands in a cell.
pub(super) fn person_at(screen: &Screen, area: Rect, cell: Position) -> Option<&UserName> {
    let row = area.contains(cell).then(|| usize::from(cell.y - area.y))?;
    rows(screen, area).get(row).and_then(|(_, user)| *user)
}

fn rows(screen: &Screen, area: Rect) -> Vec<Row<'_>> {
    let room = screen.chat.room();
    let count = room.people.count();
    // Who is here is known only while one is here oneself.
    let heading = match screen.chat.connection {
        Connection::Online if room.joined => format!(" {} online", text::grouped(count)),
        Connection::Online => " not in this room".to_owned(),
        _ => " not connected".to_owned(),
    };
    let mut rows = vec![quiet(heading)];
    if !room.joined
        && let Some(me) = screen.chat.me.as_ref().filter(|_| count == 0)
    {
        rows.push(quiet(format!(" ○ {}", shown(me.as_str(), area.width))));
    }
    match room.about.members.is_empty() {
        true => rows.extend(by_name(screen, area, rows.len())),
        false => {
            let height = usize::from(area.height).saturating_sub(rows.len());
            let all = by_role(screen, area.width);
            let first = screen.room_view().people_first.min(all.len().saturating_sub(height));
            rows.extend(all.into_iter().skip(first).take(height));
        }
    }
    rows
}

fn quiet(words: String) -> Row<'static> {
    (Line::styled(words, theme::quiet()), None)
}

/// Everybody who is here, below so many rows; and how many are not in sight.
fn by_name(screen: &Screen, area: Rect, above: usize) -> Vec<Row<'_>> {
    let (room, mut rows) = (screen.chat.room(), Vec::new());
    let count = room.people.count();
    // Where some have left, the others move up.
    let first = match count.checked_sub(usize::from(area.height).saturating_sub(1)) {
        None | Some(0) => 0,
        Some(beyond) => screen.room_view().people_first.min(beyond + 1),
    };
    if first > 0 {
        rows.push(quiet(format!(" {first} above")));
    }
    let left = usize::from(area.height).saturating_sub(above + rows.len());
    let rest = count - first;
    // The last row says how many are not in sight.
    let fit = if rest <= left { rest } else { left.saturating_sub(1) };
    let in_sight = room.people.known().iter().skip(first).take(fit);
    rows.extend(in_sight.map(|user| person(screen, user, room.joined, area.width)));
    rows.extend((fit < rest).then(|| quiet(format!(" and {} more", rest - fit))));
    rows
}

/// Where people have roles: under each those who have it, also while they are away; then who has none.
fn by_role(screen: &Screen, width: u16) -> Vec<Row<'_>> {
    let room = screen.chat.room();
    let here = |user: &UserName| room.joined && room.people.known().binary_search(user).is_ok();
    let mut rows = Vec::new();
    let roles = [
        (RoomRole::Owner, " owner"),
        (RoomRole::Moderator, " moderators"),
        (RoomRole::Member, " members"),
    ];
    for (role, heading) in roles {
        let users = room.about.members.iter().filter(|member| member.role == role);
        let mut users: Vec<_> = users.map(|member| &member.user).collect();
        users.sort_by_key(|user| !here(user));
        rows.extend((!users.is_empty()).then(|| quiet(heading.to_owned())));
        rows.extend(users.into_iter().map(|user| person(screen, user, here(user), width)));
    }
    let others = room.people.known().iter().filter(|user| room.about.role_of(user).is_none());
    let others: Vec<_> = others.map(|user| person(screen, user, here(user), width)).collect();
    rows.extend((!others.is_empty()).then(|| quiet(" others".to_owned())));
    rows.extend(others);
    let unknown = room.people.count().saturating_sub(room.people.known().len());
    rows.extend((unknown > 0).then(|| quiet(format!(" and {unknown} more"))));
    rows
}

/// Somebody who is here, or away.
fn person<'a>(screen: &Screen, user: &'a UserName, is_here: bool, width: u16) -> Row<'a> {
    let name = shown(user.as_str(), width);
    if !is_here {
        return (Line::styled(format!(" ○ {name}"), theme::quiet()), Some(user));
    }
    let style = screen.looks.person(screen.room_view().hues.of(user));
    (Line::from(vec![Span::raw(" ● "), Span::styled(name, style)]), Some(user))
}

fn shown(name: &str, width: u16) -> String {
    measure::fitted_line(&text::bracketed(name), usize::from(width).saturating_sub(4))
}
