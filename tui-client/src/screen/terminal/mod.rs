//! The terminal, taken and given back: on every way out, a panic included.
//!
//! This file does not know what is drawn.

pub mod editor;
pub mod links;
pub mod paint;
pub(crate) mod signals;
pub(crate) mod typed;

use std::cell::RefCell;
use std::io::{self, Write as _, stdout};
use std::panic;
use std::rc::Rc;
use std::sync::Once;

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::style::Print;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::{Frame, Terminal};

use links::Links;
use paint::Painter;

/// Pushes the window's title on the terminal's own stack, and takes it off again (xterm's control
/// sequences, window manipulation 22 and 23).
const KEEP_TITLE: &str = "\x1b[22;2t";
const PUT_TITLE_BACK: &str = "\x1b[23;2t";
/// Many terminals turn the wheel into Up and Down on the alternate screen, where these call back
/// what was sent: not here. What it was before is kept and put back (xterm's modes).
const KEEP_WHEEL: &str = "\x1b[?1007s\x1b[?1007l";
const PUT_WHEEL_BACK: &str = "\x1b[?1007r";
/// Asks for keys that can be told apart, Shift+Enter among them (kitty's keyboard protocol), and
/// takes that back. Who does not know it ignores it.
const TELL_KEYS_APART: &str = "\x1b[>1u";
const KEYS_AS_BEFORE: &str = "\x1b[<u";

/// The terminal while it is ours; dropped, it is as it was.
#[derive(Debug)]
pub struct OwnTerminal {
    terminal: Terminal<Painter>,
    /// Targets of the links on the screen.
    links: Rc<RefCell<Links>>,
    /// Links are told to the terminal.
    tells_links: bool,
    mouse: bool,
    /// The window's title, as it was set last.
    title: String,
}

impl OwnTerminal {
    /// Takes the terminal; `tells_links` if it knows links (OSC 8), `mouse` if the mouse is ours.
    ///
    /// # Errors
    /// If it is none, or does not obey.
    pub fn take(tells_links: bool, mouse: bool) -> io::Result<Self> {
        give_back_on_panic();
        // Before there is anything to give back.
        enable_raw_mode()?;
        let links = Rc::new(RefCell::new(Links::default()));
        let terminal = Terminal::new(Painter::new(Rc::clone(&links), crossterm::terminal::size))?;
        let mut taken = OwnTerminal { terminal, links, tells_links, mouse, title: String::new() };
        taken.take_again()?;
        Ok(taken)
    }

    /// Takes the terminal after it was given back.
    ///
    /// # Errors
    /// If it does not obey.
    pub fn take_again(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        execute!(
            stdout(),
            Print(KEEP_TITLE),
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange,
            Print(KEEP_WHEEL),
            Print(TELL_KEYS_APART)
        )?;
        self.title.clear();
        let mouse = self.mouse;
        self.take_mouse(mouse)
    }

    /// Takes the terminal after others may have had it without a word, as after a stop from outside:
    /// nothing that is ours is taken twice, and its mode is not what we left.
    ///
    /// # Errors
    /// If it does not obey.
    pub fn take_from_others(&mut self) -> io::Result<()> {
        // The mode first: this stops who goes on in the background, before anything is written.
        disable_raw_mode()?;
        give_back();
        self.take_again()
    }

    /// Takes the mouse, or gives it back, so that it selects text.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn take_mouse(&mut self, mouse: bool) -> io::Result<()> {
        let had = std::mem::replace(&mut self.mouse, mouse);
        match (had, mouse) {
            (_, true) => execute!(stdout(), EnableMouseCapture),
            (true, false) => execute!(stdout(), DisableMouseCapture),
            (false, false) => Ok(()),
        }
    }

    /// Gives the terminal back for a while.
    pub fn give_back(&mut self) {
        give_back();
    }

    /// Draws a frame, all of it anew if `anew`, and the window's title if it is another one.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn draw(
        &mut self,
        anew: bool,
        title: String,
        view: impl FnOnce(&mut Frame<'_>) -> Links,
    ) -> io::Result<()> {
        if anew {
            self.terminal.backend_mut().forget_all();
            let area = self.terminal.size()?.into();
            self.terminal.resize(area)?;
        }
        let (links, tells_links) = (Rc::clone(&self.links), self.tells_links);
        self.terminal.draw(|frame| {
            let drawn = view(frame);
            *links.borrow_mut() = if tells_links { drawn } else { Links::default() };
        })?;
        let painter = self.terminal.backend_mut();
        if title != self.title {
            painter.add(&format!("\x1b]2;{title}\x07"));
            self.title = title;
        }
        painter.end(&mut stdout().lock())
    }
}

impl Drop for OwnTerminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Everything that was changed, back again. What does not work any more cannot be helped here.
fn give_back() {
    let _ = execute!(
        stdout(),
        Print("\x1b[0m"),
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        Print(KEYS_AS_BEFORE),
        Print(PUT_WHEEL_BACK),
        LeaveAlternateScreen,
        cursor::Show,
        Print(PUT_TITLE_BACK)
    );
    let _ = stdout().flush();
    let _ = disable_raw_mode();
}

/// A panic in any task ends the program: first the screen, then the message, so that it is read.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            give_back();
            usual(what);
            std::process::exit(101);
        }));
    });
}
