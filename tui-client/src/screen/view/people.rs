//! The column of people.

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
    if first > 0 {
        lines.push(Line::styled(format!(" {first} above"), theme::quiet()));
    }
    let rows = usize::from(area.height).saturating_sub(lines.len());
    let rest = count - first;
    // The last row says how many are not in sight.
    let fit = if rest <= rows { rest } else { rows.saturating_sub(1) };
    lines.extend(people.known().iter().skip(first).take(fit).map(|user| {
        let name = shown(user.as_str(), area.width);
        match joined {
            true => {
                let style = screen.looks.person(view.hues.of(user));
                Line::from(vec![Span::raw(" ● "), Span::styled(name, style)])
            }
            false => Line::styled(format!(" ○ {name}"), theme::quiet()),
        }
    }));
    if fit < rest {
        lines.push(Line::styled(format!(" and {} more", rest - fit), theme::quiet()));
    }
    let border = Block::new().borders(Borders::LEFT).border_style(theme::quiet());
    frame.render_widget(Paragraph::new(lines).block(border), area);
}

fn shown(name: &str, width: u16) -> String {
    measure::fitted_line(&text::bracketed(name), usize::from(width).saturating_sub(4))
}
