//! Signals to the program.
//!
//! This file does not know what follows from them.

use std::io;

use rustix::process;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub(crate) struct Signals {
    pub(crate) terminate: Signal,
    pub(crate) hang_up: Signal,
    pub(crate) interrupt: Signal,
    pub(crate) quit: Signal,
    pub(crate) goes_on: Signal,
    pub(crate) resized: Signal,
}

impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            goes_on: signal(SignalKind::from_raw(process::Signal::CONT.as_raw()))?,
            resized: signal(SignalKind::window_change())?,
        })
    }

    /// What Ctrl-C and Ctrl-\ make of a terminal that is not ours: they are keys in one that is.
    pub(crate) async fn interrupted(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.quit.recv() => {}
        }
    }
}
