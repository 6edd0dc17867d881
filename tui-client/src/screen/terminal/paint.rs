//! Changed cells → the bytes of one frame: positions, attributes, colours, links.
//!
//! All bytes of a frame are collected and written at once, between the marks of a synchronized
//! update, so that no half of a frame is ever seen. This file does not know what is drawn.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::links::Links;

/// Begins and ends a synchronized update (DEC private mode 2026).
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";
/// Ends a link (OSC 8).
const LINK_END: &str = "\x1b]8;;\x1b\\";

/// Attributes that are drawn, with their parameters of SGR.
const ATTRIBUTES: &[(Modifier, &str)] = &[
    (Modifier::BOLD, ";1"),
    (Modifier::DIM, ";2"),
    (Modifier::ITALIC, ";3"),
    (Modifier::UNDERLINED, ";4"),
    (Modifier::REVERSED, ";7"),
    (Modifier::CROSSED_OUT, ";9"),
];

/// A terminal as ratatui sees it. It never asks the terminal for anything: an answer would come
/// among the keys.
#[derive(Debug)]
pub struct Painter {
    frame: String,
    /// What stands on the screen: what a terminal may have drawn over has to be drawn again.
    screen: Buffer,
    /// Targets of the links that may be drawn.
    links: Rc<RefCell<Links>>,
    style: Look,
    /// Columns and rows of the terminal.
    size: fn() -> io::Result<(u16, u16)>,
    /// Where the next character goes, if that is certain.
    at: Option<(u16, u16)>,
    /// The row that was painted last.
    row: u16,
    /// Where the cursor is to be, if it is to be seen; and where it is.
    cursor: Option<Position>,
    shown: Option<Position>,
}

/// Where something wide stood of which a part is covered now: up to which column.
type Halved = HashMap<(u16, u16), u16>;

/// What cells have in common besides their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
    /// Which link: see [`Links`].
    link: Color,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let Cell { fg, bg, modifier, underline_color: link, .. } = *cell;
        Look { fg, bg, modifier, link }
    }
}

impl Painter {
    /// Paints for a terminal of this size, which is asked for whenever it matters.
    pub fn new(links: Rc<RefCell<Links>>, size: fn() -> io::Result<(u16, u16)>) -> Self {
        let (frame, screen, style) = (String::new(), Buffer::default(), Look::default());
        let (at, row, cursor, shown) = (None, 0, None, None);
        let mut painter = Painter { frame, screen, links, style, size, at, row, cursor, shown };
        painter.forget();
        painter
    }

    /// Adds something that belongs to the frame and is no cell.
    pub fn add(&mut self, sequence: &str) {
        self.frame.push_str(sequence);
    }

    /// Ends the frame and writes it, if it is any different from the one before.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.frame.is_empty() && self.cursor == self.shown {
            return Ok(());
        }
        match self.cursor {
            Some(Position { x, y }) => {
                self.at = None;
                self.add("\x1b[?25h");
                self.go_to(x, y);
                self.at = Some((x, y));
            }
            None => self.add("\x1b[?25l"),
        }
        self.shown = self.cursor;
        let frame = format!("{BEGIN}{}{END}", self.frame);
        self.frame.clear();
        out.write_all(frame.as_bytes()).and_then(|()| out.flush())
    }

    /// Nothing is known of what stands on the screen: somebody else had it.
    pub fn forget_all(&mut self) {
        (self.at, self.shown) = (None, None);
        self.forget();
    }

    /// Notes what stands in a cell now. If that covers a part of something wide, gives the column
    /// up to which that stood.
    fn note(&mut self, x: u16, y: u16, cell: &Cell) -> Option<u16> {
        let (mut stood_to, end) = (x, x.saturating_add(width(cell)));
        for covered in x..end {
            let Some(known) = self.screen.cell_mut(Position { x: covered, y }) else { break };
            stood_to = stood_to.max(covered.saturating_add(width(known)));
            known.reset();
        }
        if let Some(known) = self.screen.cell_mut(Position { x, y }) {
            known.clone_from(cell);
        }
        (stood_to > end).then_some(stood_to)
    }

    /// Paints a cell, and again what follows it, as far as a terminal may show something else there:
    /// it drew over it because it takes more columns for what we painted than we think, or it
    /// keeps a half of something wide. Gives the column up to which the row is right then.
    fn from(&mut self, mut x: u16, y: u16, cell: &Cell, halved: &Halved) -> u16 {
        let (mut cell, mut wrong_to) = (cell.clone(), x);
        loop {
            wrong_to = wrong_to.max(self.cell(x, y, &cell));
            wrong_to = wrong_to.max(halved.get(&(x, y)).copied().unwrap_or(0));
            x = x.saturating_add(width(&cell));
            match self.screen.cell(Position { x, y }) {
                Some(next) if x < wrong_to => cell = next.clone(),
                _ => return x,
            }
        }
    }

    /// Gives the column up to which a simple terminal may draw for it.
    fn cell(&mut self, x: u16, y: u16, cell: &Cell) -> u16 {
        self.go_to(x, y);
        self.look(Look::of(cell));
        let (symbol, width) = (cell.symbol(), width(cell));
        // Each character by itself: not every terminal knows what joins them.
        let simple: usize = symbol.chars().map(|c| c.width().unwrap_or(0)).sum();
        let simple = u16::try_from(simple).unwrap_or(u16::MAX);
        if simple != width {
            // A terminal that takes less for it shows nothing of what was here before.
            self.frame.extend(std::iter::repeat_n(' ', usize::from(width)));
            self.at = None;
            self.go_to(x, y);
        }
        self.frame.push_str(symbol);
        self.at = symbol.is_ascii().then_some((x + width, y));
        x.saturating_add(simple)
    }

    fn go_to(&mut self, x: u16, y: u16) {
        if self.row != y && self.style.link != Color::Reset {
            // Each row of a link is told of anew.
            self.look(Look { link: Color::Reset, ..self.style });
        }
        self.row = y;
        if self.at != Some((x, y)) {
            self.sequence(format_args!("\x1b[{};{}H", y + 1, x + 1));
        }
    }

    fn look(&mut self, look: Look) {
        if look == self.style {
            return;
        }
        if look.link != self.style.link {
            self.link(look.link);
        }
        let unlinked = |look: Look| Look { link: Color::Reset, ..look };
        if unlinked(look) != unlinked(self.style) {
            self.frame.push_str("\x1b[0");
            let all = ATTRIBUTES.iter().filter(|(modifier, _)| look.modifier.contains(*modifier));
            all.for_each(|(_, parameter)| self.frame.push_str(parameter));
            self.colour(look.fg, 30);
            self.colour(look.bg, 40);
            self.frame.push('m');
        }
        self.style = look;
    }

    /// A colour's parameters of SGR; `base` is 30 for text and 40 for what is behind it.
    fn colour(&mut self, colour: Color, base: u8) {
        match colour {
            Color::Rgb(r, g, b) => self.sequence(format_args!(";{};2;{r};{g};{b}", base + 8)),
            Color::Indexed(index @ 0..8) => self.sequence(format_args!(";{}", base + index)),
            Color::Indexed(index @ 8..16) => self.sequence(format_args!(";{}", base + 52 + index)),
            Color::Indexed(index) => self.sequence(format_args!(";{};5;{index}", base + 8)),
            // Themes have no other colours.
            _ => {}
        }
    }

    /// Every row of a link has the same target and the same id: so a terminal knows that they
    /// belong together.
    fn link(&mut self, link: Color) {
        let links = Rc::clone(&self.links);
        match links.borrow().target(link) {
            Some((id, target)) => self.sequence(format_args!("\x1b]8;id={id};{target}\x1b\\")),
            None => self.frame.push_str(LINK_END),
        }
    }

    fn sequence(&mut self, sequence: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.frame.write_fmt(sequence);
    }

    /// The screen has another size: nothing is known of what stands there.
    fn forget(&mut self) {
        let (width, height) = (self.size)().unwrap_or_default();
        self.screen = Buffer::empty(Rect { x: 0, y: 0, width, height });
    }
}

/// Columns that a cell takes.
fn width(cell: &Cell) -> u16 {
    u16::try_from(cell.symbol().width()).unwrap_or(1).max(1)
}

impl Backend for Painter {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let cells: Vec<_> = content.collect();
        let mut halved = HashMap::new();
        for (x, y, cell) in &cells {
            if let Some(to) = self.note(*x, *y, cell) {
                halved.insert((*x, *y), to);
            }
        }
        let mut right = (0, 0);
        for (x, y, cell) in cells {
            // What is covered by the cell before it is no cell of its own.
            if y != right.1 || x >= right.0 {
                right = (self.from(x, y, cell, &halved), y);
            }
        }
        self.look(Look::default());
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor = None;
        Ok(())
    }

    /// Its place follows.
    fn show_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.shown.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.add(match region {
            ClearType::All => "\x1b[2J",
            ClearType::AfterCursor => "\x1b[0J",
            ClearType::BeforeCursor => "\x1b[1J",
            ClearType::CurrentLine => "\x1b[2K",
            ClearType::UntilNewLine => "\x1b[0K",
        });
        self.forget();
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = (self.size)()?;
        Ok(Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    /// The whole frame is written at its end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
