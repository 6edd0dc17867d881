//! The terminal while `top` has it: it draws, reads keys, and is given back on every way out.
//!
//! This file does not know what is drawn.

use std::time::Duration;

use anyhow::Context as _;
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::endpoint::{AskError, Endpoint};
use super::model::Monitor;
use super::screen::Screen;
use crate::log::now_ms;

/// Keys that wait while a frame is drawn.
const KEYS_MAX: usize = 64;
/// Rows of a page up or down.
const PAGE: isize = 8;

/// The terminal, taken; dropped, it is as it was. A panic gives it back before it is told.
struct Taken(ratatui::DefaultTerminal);

impl Drop for Taken {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Shows the server until somebody quits.
pub(super) async fn run(endpoint: &Endpoint, every: Duration) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot hear signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot hear signals")?;
    let mut hang_up = signal(SignalKind::hangup()).context("cannot hear signals")?;
    let mut taken = Taken(ratatui::try_init().context("cannot use the terminal")?);
    let mut keys = keys();
    let mut answers = answers(endpoint.clone(), every);
    let (url, start) = (endpoint.to_string(), Instant::now());
    let (mut monitor, mut screen) = (Monitor::default(), Screen::default());
    screen.is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    loop {
        taken.0.draw(|frame| screen.draw(frame, &monitor, &url)).context("cannot draw")?;
        tokio::select! {
            key = keys.recv() => match key.map(|event| meant(&event)) {
                None | Some(Meant::Quit) => return Ok(()),
                Some(Meant::Scroll(rows)) => screen.scroll(rows),
                Some(Meant::Nothing) => {}
            },
            Some(answer) = answers.recv() => match answer {
                Ok(text) => monitor.heard(start.elapsed(), now_ms(), &text),
                Err(error) => monitor.failed(error.to_string()),
            },
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            _ = hang_up.recv() => return Ok(()),
        }
    }
}

/// What the terminal tells, read by a thread that ends with the process; closed when it cannot be read.
fn keys() -> mpsc::Receiver<Event> {
    let (tell, told) = mpsc::channel(KEYS_MAX);
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if tell.blocking_send(event).is_err() {
                return;
            }
        }
    });
    told
}

/// What the server answers, again and again.
fn answers(endpoint: Endpoint, every: Duration) -> mpsc::Receiver<Result<String, AskError>> {
    let (tell, told) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if tell.send(endpoint.ask().await).await.is_err() {
                return;
            }
        }
    });
    told
}

/// What a key is for.
#[derive(Debug, PartialEq, Eq)]
enum Meant {
    Quit,
    Scroll(isize),
    /// Another size too: it is drawn anew.
    Nothing,
}

fn meant(event: &Event) -> Meant {
    let Event::Key(KeyEvent { code, modifiers, kind, .. }) = event else { return Meant::Nothing };
    if *kind == KeyEventKind::Release {
        return Meant::Nothing;
    }
    match code {
        KeyCode::Char('c' | 'd') if modifiers.contains(KeyModifiers::CONTROL) => Meant::Quit,
        KeyCode::Char('q') | KeyCode::Esc => Meant::Quit,
        KeyCode::Down | KeyCode::Char('j') => Meant::Scroll(1),
        KeyCode::Up | KeyCode::Char('k') => Meant::Scroll(-1),
        KeyCode::PageDown | KeyCode::Char(' ') => Meant::Scroll(PAGE),
        KeyCode::PageUp => Meant::Scroll(-PAGE),
        KeyCode::Home => Meant::Scroll(isize::MIN),
        KeyCode::End => Meant::Scroll(isize::MAX),
        _ => Meant::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_quit_and_scroll() {
        let key = |code, modifiers| meant(&Event::Key(KeyEvent::new(code, modifiers)));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), Meant::Quit);
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Meant::Quit);
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), Meant::Nothing);
        assert_eq!(key(KeyCode::Down, KeyModifiers::NONE), Meant::Scroll(1));
        assert_eq!(key(KeyCode::PageUp, KeyModifiers::NONE), Meant::Scroll(-PAGE));
        assert_eq!(meant(&Event::Resize(40, 12)), Meant::Nothing);
    }
}
