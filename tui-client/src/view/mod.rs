//! The model, drawn. Pure: it changes nothing.

mod bars;
mod composer;
mod help;
mod people;
mod question;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::Paragraph;

use crate::drawn::Shape;
use crate::keys::Wish;
use crate::links::Links;
use crate::model::{Model, Overlay};
use crate::rows::{Pane, visible};
use crate::text;

pub use bars::title;

/// Below this width a screen has no columns, and one bar for rooms and state.
const COLUMNS_FROM: u16 = 60;
/// From this width on the rooms have a column of their own instead of the row at the top.
const WIDE_FROM: u16 = 120;
/// The people column, with its border; and on a wide screen.
const PEOPLE_COLUMNS: u16 = 18;
const PEOPLE_COLUMNS_WIDE: u16 = 24;
/// The column of rooms, with its border.
const ROOMS_COLUMNS: u16 = 20;
/// The input grows up to so many rows; and on a small screen.
const INPUT_ROWS_MAX: u16 = 6;
const INPUT_ROWS_MAX_NARROW: u16 = 3;

/// Where everything is.
struct Areas {
    header: Rect,
    rooms: Rect,
    pane: Rect,
    people: Rect,
    status: Rect,
    input: Rect,
}

/// Draws the whole screen, and gives the links that were drawn.
pub fn view(model: &Model, frame: &mut Frame<'_>) -> Links {
    let areas = areas(model, frame.area());
    bars::draw(model, &areas, frame);
    people::draw(model, areas.people, frame);
    match &model.overlay {
        // Without a bar, the question stands where one types.
        Overlay::Paste(text) if areas.header.height + areas.status.height == 0 => {
            question::paste(text, areas.input, frame);
        }
        _ => composer::draw(model, areas.input, frame),
    }
    match &model.overlay {
        Overlay::Help(first) => {
            let mut lines = help::lines(&model.keys, areas.pane.width.into());
            lines.drain(..(*first).min(lines.len()));
            frame.render_widget(Paragraph::new(lines), areas.pane);
        }
        Overlay::Prompt(prompt) if question::has_choices(prompt) => {
            frame.render_widget(question::choices(model, prompt, areas.pane), areas.pane);
        }
        _ => {
            let drawn = visible(model.room(), &pane(model));
            frame.render_widget(Paragraph::new(drawn.lines), areas.pane);
            return drawn.links;
        }
    }
    Links::default()
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

/// A screen of so many columns has room for a column of people.
pub fn has_columns(columns: u16) -> bool {
    columns >= COLUMNS_FROM
}

/// The screen is so wide that rooms have a column, unless it is hidden.
pub fn has_rooms_column(model: &Model) -> bool {
    shape(model) == Shape::Wide
}

/// The people have taken the place of the text.
pub fn is_covered(model: &Model) -> bool {
    pane_size(model).0 == 0
}

/// The room whose name stands in a cell.
pub fn room_at(model: &Model, column: u16, row: u16) -> Option<usize> {
    bars::room_at(model, &areas(model, screen(model)), column, row)
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
        Shape::Bare => (0, 0),
        // One bar has to do.
        Shape::Narrow => (u16::from(screen.height >= 3), 0),
        _ => (u16::from(screen.height >= 4), u16::from(screen.height >= 3)),
    };
    let rows = [
        Constraint::Length(header),
        Constraint::Min(0),
        Constraint::Length(status),
        Constraint::Length(input),
    ];
    let [header, middle, status, input] = Layout::vertical(rows).areas(screen);
    let is_help = matches!(model.overlay, Overlay::Help(_));
    let people = match (shape, model.people_toggled) {
        _ if is_help => 0,
        // There is no room beside the text: the people take its place.
        (Shape::Narrow, true) => screen.width,
        (Shape::Bare | Shape::Narrow, _) | (_, true) => 0,
        (Shape::Usual, false) => PEOPLE_COLUMNS,
        (Shape::Wide, false) => PEOPLE_COLUMNS_WIDE,
    };
    let has_rooms = has_rooms_column(model) && !model.rooms_hidden;
    let rooms = if has_rooms { ROOMS_COLUMNS } else { 0 };
    let columns = [Constraint::Length(rooms), Constraint::Min(0), Constraint::Length(people)];
    let [rooms, pane, people] = Layout::horizontal(columns).areas(middle);
    Areas { header, rooms, pane, people, status, input }
}

/// Text cut to so many cells, and cleaned.
fn fitted(text: &str, cells: usize) -> String {
    text::fitted(&text::clean_line(text), cells)
}
