//! The column of people.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::fitted;
use crate::model::Model;
use crate::theme;

pub(super) fn draw(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    if area.width == 0 {
        return;
    }
    let people = &model.room().people;
    let count = people.count();
    let height = usize::from(area.height).saturating_sub(1);
    // Where some have left, the others move up.
    let first = match count.checked_sub(height) {
        None | Some(0) => 0,
        Some(beyond) => people.first().min(beyond + 1),
    };
    let mut lines = vec![Line::styled(format!(" {count} online"), theme::quiet())];
    if first > 0 {
        lines.push(Line::styled(format!(" {first} above"), theme::quiet()));
    }
    let rows = usize::from(area.height).saturating_sub(lines.len());
    let rest = count - first;
    // The last row says how many are not in sight.
    let fit = if rest <= rows { rest } else { rows.saturating_sub(1) };
    let cells = usize::from(area.width).saturating_sub(4);
    lines.extend(people.known().iter().skip(first).take(fit).map(|user| {
        let style = model.looks.person(user.as_str());
        Line::from(vec![Span::raw(" ● "), Span::styled(fitted(user.as_str(), cells), style)])
    }));
    if fit < rest {
        lines.push(Line::styled(format!(" and {} more", rest - fit), theme::quiet()));
    }
    let border = Block::new().borders(Borders::LEFT).border_style(theme::quiet());
    frame.render_widget(Paragraph::new(lines).block(border), area);
}
