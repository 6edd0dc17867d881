//! A code that a camera reads: half blocks, two rows of the code in each row of the screen.
//!
//! This file does not know what the code says.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use crate::screen::theme::{Depth, Looks, Theme};

/// Light modules around the code, by the standard; and what cameras still read, where there is no more room.
const MARGIN: usize = 4;
const MARGIN_NARROW: usize = 2;
/// The upper half of a cell, in the colour of what is written; the lower half is in that behind it.
const HALF: &str = "▀";

/// The code in so many columns and rows at most, and its own columns; else why there is none.
pub(super) fn rows(
    text: &str,
    looks: Looks,
    (columns, rows): (usize, usize),
) -> Result<(Vec<Line<'static>>, usize), String> {
    if looks.depth == Depth::None || looks.theme == Theme::Mono {
        return Err("There is no QR code without colours".to_owned());
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::L);
    let code = code.map_err(|_| "The address is too long for a QR code".to_owned())?;
    let size = |margin: usize| code.width() + 2 * margin;
    let fits = |margin: &usize| size(*margin) <= columns && size(*margin).div_ceil(2) <= rows;
    let Some(margin) = [MARGIN, MARGIN_NARROW].into_iter().find(fits) else {
        let (columns, rows) = (size(MARGIN_NARROW), size(MARGIN_NARROW).div_ceil(2));
        return Err(format!("The QR code needs {columns} columns and {rows} rows here"));
    };
    let (colors, width) = (code.to_colors(), code.width());
    let is_dark = |x: usize, y: usize| {
        let inside = x.checked_sub(margin).zip(y.checked_sub(margin));
        let inside = inside.filter(|(x, y)| *x < width && *y < width);
        inside.is_some_and(|(x, y)| colors[y * width + x] == Module::Dark)
    };
    let (dark, light) = shades(looks.depth);
    let shade = |x, y| if is_dark(x, y) { dark } else { light };
    let row = |y: usize| {
        let cell = |x| Span::styled(HALF, Style::new().fg(shade(x, y)).bg(shade(x, y + 1)));
        Line::from((0..size(margin)).map(cell).collect::<Vec<_>>())
    };
    Ok(((0..size(margin)).step_by(2).map(row).collect(), size(margin)))
}

/// Black on white whatever the theme, since many cameras read nothing else.
fn shades(depth: Depth) -> (Color, Color) {
    match depth {
        Depth::None | Depth::Sixteen => (Color::Black, Color::White),
        Depth::TwoFiftySix => (Color::Indexed(16), Color::Indexed(231)),
        Depth::True => (Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)),
    }
}
