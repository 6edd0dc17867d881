//! The column of people.

use protocol::{RoomRole, UserName};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use crate::chat::Connection;
use crate::screen::model::Screen;
use crate::screen::{measure, theme};
use crate::text;

pub(super) fn draw(screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    if area.width == 0 {
        return;
    }
    let (view, room) = (screen.room_view(), screen.chat.room());
    let (people, joined) = (&room.people, room.joined);
    let count = people.count();
    let height = usize::from(area.height).saturating_sub(1);
    // Where some have left, the others move up.
    let first = match count.checked_sub(height) {
        None | Some(0) => 0,
        Some(beyond) => view.people_first.min(beyond + 1),
    };
    // Who is here is known only while one is here oneself.
    let heading = match screen.chat.connection {
        Connection::Online if joined => format!(" {} online", text::grouped(count)),
        Connection::Online => " not in this room".to_owned(),
        _ => " not connected".to_owned(),
    };
    let mut lines = vec![Line::styled(heading, theme::quiet())];
    if !joined && let Some(me) = screen.chat.me.as_ref().filter(|_| count == 0) {
        lines.push(Line::styled(format!(" ○ {}", shown(me.as_str(), area.width)), theme::quiet()));
    }
    if !room.about.members.is_empty() {
        let rows = by_role(screen, area.width);
        let last = rows.len().saturating_sub(height);
        lines.extend(rows.into_iter().skip(view.people_first.min(last)).take(height));
        return draw_column(lines, area, frame);
    }
    if first > 0 {
        lines.push(Line::styled(format!(" {first} above"), theme::quiet()));
    }
    let rows = usize::from(area.height).saturating_sub(lines.len());
    let rest = count - first;
    // The last row says how many are not in sight.
    let fit = if rest <= rows { rest } else { rows.saturating_sub(1) };
    let in_sight = people.known().iter().skip(first).take(fit);
    lines.extend(in_sight.map(|user| person(screen, user, joined, area.width)));
    if fit < rest {
        lines.push(Line::styled(format!(" and {} more", rest - fit), theme::quiet()));
    }
    draw_column(lines, area, frame);
}

fn draw_column(lines: Vec<Line<'static>>, area: Rect, frame: &mut Frame<'_>) {
    let border = Block::new().borders(Borders::LEFT).border_style(theme::quiet());
    frame.render_widget(Paragraph::new(lines).block(border), area);
}

/// Where people have roles: under each those who have it, also while they are away; then who has none.
fn by_role(screen: &Screen, width: u16) -> Vec<Line<'static>> {
    let room = screen.chat.room();
    let here = |user: &UserName| room.joined && room.people.known().binary_search(user).is_ok();
    let mut lines = Vec::new();
    let roles = [
        (RoomRole::Owner, " owner"),
        (RoomRole::Moderator, " moderators"),
        (RoomRole::Member, " members"),
    ];
    for (role, heading) in roles {
        let users = room.about.members.iter().filter(|member| member.role == role);
        let mut users: Vec<_> = users.map(|member| &member.user).collect();
        users.sort_by_key(|user| !here(user));
        if !users.is_empty() {
            lines.push(Line::styled(heading, theme::quiet()));
        }
        lines.extend(users.into_iter().map(|user| person(screen, user, here(user), width)));
    }
    let others = room.people.known().iter().filter(|user| room.about.role_of(user).is_none());
    let others: Vec<_> = others.map(|user| person(screen, user, here(user), width)).collect();
    if !others.is_empty() {
        lines.push(Line::styled(" others", theme::quiet()));
    }
    lines.extend(others);
    let unknown = room.people.count().saturating_sub(room.people.known().len());
    lines.extend(
        (unknown > 0).then(|| Line::styled(format!(" and {unknown} more"), theme::quiet())),
    );
    lines
}

/// Somebody who is here, or away.
fn person(screen: &Screen, user: &UserName, is_here: bool, width: u16) -> Line<'static> {
    let name = shown(user.as_str(), width);
    if !is_here {
        return Line::styled(format!(" ○ {name}"), theme::quiet());
    }
    let style = screen.looks.person(screen.room_view().hues.of(user));
    Line::from(vec![Span::raw(" ● "), Span::styled(name, style)])
}

fn shown(name: &str, width: u16) -> String {
    measure::fitted_line(&text::bracketed(name), usize::from(width).saturating_sub(4))
}
