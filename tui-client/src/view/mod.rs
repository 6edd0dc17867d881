//! The model, drawn. Pure: it changes nothing.

mod bars;
mod composer;
mod help;
mod notice;
mod people;
mod question;
mod rooms;
mod state;
mod welcome;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::Paragraph;

use crate::drawn::Shape;
use crate::keys::Wish;
use crate::links::Links;
use crate::model::{Model, Overlay, Scroll};
use crate::rows::{Pane, visible};
use crate::text;

pub use bars::title;

/// Below this width a screen has no columns, and one bar for rooms and state.
const COLUMNS_FROM: u16 = 60;
/// From this width on there is room for the rooms and the people beside the text; below it, for one
/// of them.
const BOTH_FROM: u16 = 100;
/// From this width on the columns are wide.
const WIDE_FROM: u16 = 120;
/// The column of people, with its border.
const PEOPLE_COLUMN: u16 = 18;
/// The column of rooms, with its border: for a name of eleven letters, and a count.
const ROOMS_COLUMN: u16 = 20;
/// Either on a wide screen.
const COLUMN_WIDE: u16 = 24;
/// The input grows up to so many rows; and on a small screen.
const INPUT_ROWS_MAX: u16 = 6;
const INPUT_ROWS_MAX_NARROW: u16 = 3;

/// Rows that what lasts may take at least, if it needs them; beyond that, half of what there is.
const NOTICE_ROWS: u16 = 2;

/// Where everything is.
struct Areas {
    shape: Shape,
    header: Rect,
    rooms: Rect,
    pane: Rect,
    people: Rect,
    notice: Rect,
    status: Rect,
    input: Rect,
}

/// Draws the whole screen, and gives the links that were drawn.
pub fn view(model: &Model, frame: &mut Frame<'_>) -> Links {
    let areas = areas(model, frame.area());
    bars::draw(model, &areas, frame);
    rooms::draw(model, areas.rooms, frame);
    people::draw(model, areas.people, frame);
    notice::draw(model, areas.shape, areas.notice, frame);
    match &model.overlay {
        // Without any other row, the question stands where one types.
        Overlay::Ask(asked) if areas.notice.height + areas.status.height == 0 => {
            question::draw(asked, areas.input, frame);
        }
        _ => composer::draw(model, areas.input, frame),
    }
    if let Overlay::Help(first) = model.overlay {
        let mut lines = help::lines(&model.keys, areas.pane.width.into());
        lines.drain(..first.min(lines.len()));
        frame.render_widget(Paragraph::new(lines), areas.pane);
        return Links::default();
    }
    let links = messages(model, areas.pane, frame);
    match &model.overlay {
        Overlay::Prompt(prompt) if question::has_choices(prompt) => {
            question::choices(model, prompt, areas.pane, frame);
            Links::default()
        }
        _ => links,
    }
}

/// The messages; above what else stands in an empty room, what it is.
fn messages(model: &Model, area: Rect, frame: &mut Frame<'_>) -> Links {
    let mut drawn = visible(model.room(), &pane(model));
    if welcome::is_empty(model.room()) {
        let mut lines = welcome::lines(model, pane_size(model).0);
        lines.append(&mut drawn.lines);
        lines.truncate(area.height.into());
        drawn.lines = lines;
    }
    frame.render_widget(Paragraph::new(drawn.lines), area);
    drawn.links
}

/// Rows of the whole help.
pub fn help_rows(model: &Model) -> usize {
    help::lines(&model.keys, pane_size(model).0).len()
}

/// Columns and rows that messages have.
pub fn pane_size(model: &Model) -> (usize, usize) {
    let pane = areas(model, screen(model)).pane;
    (text_cells(shape(model), pane), pane.height.into())
}

/// What the rows of messages depend on.
pub fn pane(model: &Model) -> Pane<'_> {
    let (width, height) = pane_size(model);
    Pane {
        me: model.me.as_ref(),
        zone: &model.zone,
        looks: model.looks,
        shape: shape(model),
        names_emoji: model.names_emoji,
        open_key: model.keys.shown(Wish::Open),
        wrapped: &model.wrapped,
        width,
        height,
    }
}

/// Cells of a row of the input.
pub fn input_cells(model: &Model) -> usize {
    composer::cells(composer::PROMPT, model.size.0)
}

/// Rows that names of people have.
pub fn people_rows(model: &Model) -> usize {
    let area = areas(model, screen(model)).people;
    usize::from(area.height).saturating_sub(1)
}

/// How many columns there may be beside the text: with another number, F7 and F8 mean another thing.
pub fn columns_beside(columns: u16) -> u8 {
    match columns {
        0..COLUMNS_FROM => 0,
        COLUMNS_FROM..BOTH_FROM => 1,
        BOTH_FROM.. => 2,
    }
}

/// Whether the rooms and the people stand beside the text, or, on a small screen, the people instead
/// of it.
pub fn beside(model: &Model) -> (bool, bool) {
    let (rooms, people) = (model.rooms_shown, model.people_shown);
    let several = model.rooms.len() > 1;
    match columns_beside(model.size.0) {
        _ if model.bare => (false, false),
        0 => (false, people == Some(true)),
        1 => {
            let people = people.unwrap_or(!several && rooms != Some(true));
            (rooms.unwrap_or(several) && !people, people)
        }
        _ => {
            let is_wide = model.size.0 >= WIDE_FROM;
            (rooms.unwrap_or(several || is_wide), people.unwrap_or(true))
        }
    }
}

/// What there is to say has more rows than the screen, and not all were shown. Who reads further up
/// turns the messages' pages first, while it lasts anyway.
pub fn has_more_notice(model: &Model) -> bool {
    if notice::is_lasting(model) && model.room().scroll != Scroll::Bottom {
        return false;
    }
    let areas = areas(model, screen(model));
    let rows = notice::height(model, areas.shape, areas.notice.width.into());
    model.notice_first + usize::from(areas.notice.height) < rows
}

/// Rows of what there is to say that are shown at a time, but for the sign that there is more.
pub fn notice_rows(model: &Model) -> usize {
    usize::from(areas(model, screen(model)).notice.height).saturating_sub(1).max(1)
}

/// The people have taken the place of the text.
pub fn is_covered(model: &Model) -> bool {
    pane_size(model).0 == 0
}

/// The room whose name stands in a cell.
pub fn room_at(model: &Model, column: u16, row: u16) -> Option<usize> {
    rooms::room_at(model, &areas(model, screen(model)), column, row)
}

fn screen(model: &Model) -> Rect {
    let (width, height) = model.size;
    Rect { x: 0, y: 0, width, height }
}

fn shape(model: &Model) -> Shape {
    match model.size.0 {
        _ if model.bare => Shape::Bare,
        0..COLUMNS_FROM => Shape::Narrow,
        COLUMNS_FROM..WIDE_FROM => Shape::Usual,
        WIDE_FROM.. => Shape::Wide,
    }
}

/// A free column keeps the text from touching the border.
fn text_cells(shape: Shape, pane: Rect) -> usize {
    let beside = usize::from(matches!(shape, Shape::Usual | Shape::Wide));
    usize::from(pane.width).saturating_sub(beside)
}

/// The input comes first: with a single row, there is only that.
fn areas(model: &Model, screen: Rect) -> Areas {
    let shape = shape(model);
    let most = if shape == Shape::Narrow { INPUT_ROWS_MAX_NARROW } else { INPUT_ROWS_MAX };
    let most = most.min(screen.height.div_ceil(3)).max(1);
    let input = composer::rows(model, screen.width).min(most);
    let (header, status) = match shape {
        Shape::Bare => (0, u16::from(screen.height >= 3)),
        // One bar has to do.
        Shape::Narrow => (u16::from(screen.height >= 3), 0),
        _ => (u16::from(screen.height >= 4), u16::from(screen.height >= 3)),
    };
    let said = notice::height(model, shape, screen.width.into());
    let said = u16::try_from(said).unwrap_or(u16::MAX);
    let left = screen.height.saturating_sub(header + status + input);
    let most = if notice::is_lasting(model) { left.min(NOTICE_ROWS.max(left / 2)) } else { left };
    let notice = said.min(most);
    let rows = [
        Constraint::Length(header),
        Constraint::Min(0),
        Constraint::Length(notice),
        Constraint::Length(status),
        Constraint::Length(input),
    ];
    let [header, middle, notice, status, input] = Layout::vertical(rows).areas(screen);
    let (has_rooms, has_people) = beside(model);
    let is_help = matches!(model.overlay, Overlay::Help(_));
    let people = match shape {
        _ if is_help || !has_people => 0,
        // There is no room beside the text: the people take its place.
        Shape::Bare | Shape::Narrow => screen.width,
        Shape::Usual => PEOPLE_COLUMN,
        Shape::Wide => COLUMN_WIDE,
    };
    let rooms = match shape {
        _ if !has_rooms => 0,
        Shape::Wide => COLUMN_WIDE,
        _ => ROOMS_COLUMN,
    };
    let columns = [Constraint::Length(rooms), Constraint::Min(0), Constraint::Length(people)];
    let [rooms, pane, people] = Layout::horizontal(columns).areas(middle);
    Areas { shape, header, rooms, pane, people, notice, status, input }
}

/// Text cut to so many cells, and cleaned.
fn fitted(text: &str, cells: usize) -> String {
    text::fitted(&text::clean_line(text), cells)
}
