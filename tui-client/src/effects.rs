//! Does what the conversation asks for: the connection, timers, and what a terminal can do besides
//! showing text.
//!
//! This file does not know the model or drawing.

use std::io::{Write as _, stdout};
use std::process::Stdio;
use std::time::Duration;

use clap::ValueEnum;
use crossterm::clipboard::CopyToClipboard;
use protocol::ToServer;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::chat::{Effect, Event, Hello, Wait};
use crate::net::{self, Access, EVENTS_MAX, OUTGOING_MAX};

/// Shortest time between two notifications: three mentions in a row are one reason to look.
const NOTIFY_PAUSE: Duration = Duration::from_secs(2);

/// Whoever quits waits so long at most for a slow network: then what was still to be sent is dropped.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// How a person is notified who looks elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Notify {
    /// Not at all.
    Off,
    /// The terminal's bell.
    #[default]
    Bell,
    /// The bell, and a notification of the desktop (OSC 9: iTerm2, kitty, WezTerm, Ghostty).
    Osc9,
    /// The bell, and a notification of the desktop (OSC 777: urxvt, foot, VTE).
    Osc777,
}

pub(crate) struct EffectRunner {
    access: Access,
    server: Url,
    connection: Option<Connection>,
    timers: mpsc::Sender<Event>,
    times: mpsc::Receiver<Event>,
    notified: Option<Instant>,
    /// None without a screen.
    notify: Option<Notify>,
}

/// The current connection. What it still had to tell is dropped with it.
struct Connection {
    outgoing: mpsc::Sender<ToServer>,
    incoming: mpsc::Receiver<Event>,
    task: JoinHandle<()>,
}

impl EffectRunner {
    /// `notify`: how to call, if there is a screen.
    pub(crate) fn new(access: Access, server: Url, notify: Option<Notify>) -> Self {
        let (timers, times) = mpsc::channel(EVENTS_MAX);
        EffectRunner { access, server, connection: None, timers, times, notified: None, notify }
    }

    pub(crate) fn server(&self) -> &str {
        self.server.as_str()
    }

    /// What the connection or a timer tells next. It may be dropped while it waits.
    pub(crate) async fn next(&mut self) -> Event {
        let incoming = async {
            match &mut self.connection {
                Some(connection) => connection.incoming.recv().await,
                None => None,
            }
        };
        tokio::select! {
            Some(event) = incoming => event,
            Some(event) = self.times.recv() => event,
            // Neither has anything to tell: only the person does.
            else => std::future::pending().await,
        }
    }

    /// Performs effects, and gives back those that are not for it.
    pub(crate) fn run(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut left = Vec::new();
        for effect in effects {
            match effect {
                Effect::TurnTo(server) => self.server = server,
                Effect::Dial(hello, wait) => self.dial(hello, wait),
                Effect::Send(envelope) => self.send(envelope),
                Effect::After(time, timer) => {
                    let timers = self.timers.clone();
                    tokio::spawn(async move {
                        sleep(time).await;
                        // The program may be over by then.
                        let _ = timers.send(Event::Time(timer)).await;
                    });
                }
                Effect::Notify(words) => self.notify(&words),
                Effect::Copy(text) if self.notify.is_some() => copy(&text),
                Effect::Open(link) => {
                    if !open(&link) {
                        // The program may be over by then.
                        let _ = self.timers.try_send(Event::NotOpened(link));
                    }
                }
                other => left.push(other),
            }
        }
        left
    }

    fn notify(&mut self, words: &str) {
        let Some(notify) = self.notify.filter(|notify| *notify != Notify::Off) else { return };
        if self.notified.is_some_and(|notified| notified.elapsed() < NOTIFY_PAUSE) {
            return;
        }
        self.notified = Some(Instant::now());
        let mut out = stdout();
        let bytes = notification(notify, words, std::env::var_os("TMUX").is_some());
        // A terminal that is gone has nobody to notify.
        let _ = out.write_all(bytes.as_bytes()).and_then(|()| out.flush());
    }

    fn dial(&mut self, hello: Hello, wait: Wait) {
        if let Some(before) = self.connection.take() {
            before.task.abort();
        }
        let (outgoing, queue) = mpsc::channel(OUTGOING_MAX);
        let (events, incoming) = mpsc::channel(EVENTS_MAX);
        let endpoint = self.access.endpoint(self.server.clone());
        let task = tokio::spawn(net::connect(endpoint, hello, wait, queue, events));
        self.connection = Some(Connection { outgoing, incoming, task });
    }

    /// Ends the connection, after what is still to be sent.
    pub(crate) async fn close(&mut self) {
        let Some(Connection { outgoing, incoming, task }) = self.connection.take() else { return };
        // The task sends what is left, as long as somebody could hear of it.
        drop(outgoing);
        let _ = timeout(CLOSE_TIME, task).await;
        drop(incoming);
    }

    /// What cannot be sent now is sent after the next join: the conversation keeps it until it is answered.
    fn send(&self, envelope: ToServer) {
        if let Some(connection) = &self.connection {
            let _ = connection.outgoing.try_send(envelope);
        }
    }
}

/// The bell, and before it the notification. tmux passes one on only in an envelope of its own;
/// the bell it understands.
fn notification(notify: Notify, words: &str, in_tmux: bool) -> String {
    let words = crate::text::clean_own_line(words).replace(';', ",");
    let told = match notify {
        Notify::Off | Notify::Bell => return "\x07".to_owned(),
        Notify::Osc9 => format!("\x1b]9;{words}\x1b\\"),
        Notify::Osc777 => format!("\x1b]777;notify;Nebula;{words}\x1b\\"),
    };
    match in_tmux {
        true => format!("\x1bPtmux;{}\x1b\\\x07", told.replace('\x1b', "\x1b\x1b")),
        false => format!("{told}\x07"),
    }
}

/// By the terminal (OSC 52), so that it works over SSH as well. A terminal that is gone, or does
/// not know how, leaves the clipboard as it is.
fn copy(text: &str) {
    let _ = crossterm::execute!(stdout(), CopyToClipboard::to_clipboard_from(text));
}

/// False where nothing opens links, as on a machine without a screen.
fn open(link: &str) -> bool {
    let browser = std::env::var("BROWSER").ok().filter(|browser| !browser.is_empty());
    let usual = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = tokio::process::Command::new(browser.as_deref().unwrap_or(usual));
    command.arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_a_bell_with_words_where_they_are_wished_for() {
        for (notify, in_tmux, bytes) in [
            (Notify::Bell, true, "\x07"),
            (Notify::Osc9, false, "\x1b]9;Bob in #dev: hi, you\x1b\\\x07"),
            (Notify::Osc777, false, "\x1b]777;notify;Nebula;Bob in #dev: hi, you\x1b\\\x07"),
            (Notify::Osc9, true, "\x1bPtmux;\x1b\x1b]9;Bob in #dev: hi, you\x1b\x1b\\\x1b\\\x07"),
        ] {
            assert_eq!(notification(notify, "Bob in #dev:\x1b\x07 hi; you\u{9c}", in_tmux), bytes);
        }
    }
}
