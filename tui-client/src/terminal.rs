//! The terminal, taken and given back: on every way out, a panic included.
//!
//! This file does not know what is drawn.

use std::io::{self, Stdout, Write, stdout};
use std::panic;

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange,
};
use crossterm::style::Print;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};
use crossterm::{QueueableCommand as _, cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

/// Pushes the window's title on the terminal's own stack, and takes it off again (xterm's control
/// sequences, window manipulation 22 and 23).
const KEEP_TITLE: &str = "\x1b[22;2t";
const PUT_TITLE_BACK: &str = "\x1b[23;2t";

/// The terminal while it is ours; dropped, it is as it was.
#[derive(Debug)]
pub struct Screen {
    /// Where to draw.
    pub terminal: Terminal<CrosstermBackend<Stdout>>,
    /// The window's title, as it was set last.
    title: String,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// If it is none, or does not obey.
    pub fn take() -> io::Result<Self> {
        give_back_on_panic();
        enable_raw_mode()?;
        let taken = execute!(
            stdout(),
            Print(KEEP_TITLE),
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange
        )
        .and_then(|()| Terminal::new(CrosstermBackend::new(stdout())));
        match taken {
            Ok(terminal) => Ok(Screen { terminal, title: String::new() }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }
}

impl Screen {
    /// Sets the window's title, if it is another one.
    ///
    /// # Errors
    /// If the terminal does not take it.
    pub fn title(&mut self, out: &mut impl Write, title: String) -> io::Result<()> {
        if title != self.title {
            out.queue(SetTitle(&title))?;
            self.title = title;
        }
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Everything that was changed, back again. What does not work any more cannot be helped here.
fn give_back() {
    let _ = execute!(
        stdout(),
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show,
        Print(PUT_TITLE_BACK)
    );
    let _ = disable_raw_mode();
}

/// A panic in any task ends the program: first the screen, then the message, so that it is read.
fn give_back_on_panic() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |what| {
        give_back();
        usual(what);
        std::process::exit(101);
    }));
}
