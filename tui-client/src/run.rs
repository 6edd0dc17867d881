//! The one loop: events in, the model changed, actions done, the screen drawn.
//!
//! This file does not know what events mean or how anything is drawn.

use std::io::{BufWriter, Write as _, stdout};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use crossterm::QueueableCommand as _;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{Event as TerminalEvent, EventStream};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use futures_util::StreamExt as _;
use protocol::ToServer;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::config;
use crate::event::{Action, Event};
use crate::memory::Memory;
use crate::model::{Link, Model};
use crate::net::{self, EVENTS_MAX, Line, OUTGOING_MAX};
use crate::settings::Settings;
use crate::terminal::Screen;
use crate::update::{dial_now, update};
use crate::view::{title, view};

/// Frames are at least this far apart: 60 a second, faster than anyone reads.
const FRAME_TIME: Duration = Duration::from_millis(16);

/// Between two bells at least.
const BELL_PAUSE: Duration = Duration::from_secs(2);

/// Rooms and drafts are written down so long after a change at most.
const MEMORY_TIME: Duration = Duration::from_secs(1);

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// As the person wished.
    Well,
    /// The server refused.
    Refused,
    /// The terminal or the server could not be reached.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Well => ExitCode::SUCCESS,
            Exit::Refused => ExitCode::from(1),
            Exit::Unreachable => ExitCode::from(2),
        }
    }
}

/// Chats until the person leaves.
///
/// # Errors
/// If there is no terminal to draw on.
pub async fn chat(settings: &Settings) -> anyhow::Result<Exit> {
    let folder = config::state_folder();
    let made = folder.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"));
    let (key, warning) = match made.and_then(|folder| config::key(folder)) {
        Ok(key) => (Some(key), None),
        Err(error) => {
            (None, Some(format!("without a key, after a cut the name is lost: {error:#}")))
        }
    };
    let session = format!("{:016x}", fastrand::u64(..));
    let mut model = Model::new(settings.room.clone(), settings.user.clone(), session);
    model.keys = settings.keys.clone();
    model.theme = settings.theme;
    // Under the screen nobody sees what was told before it.
    model.notice = warning.or_else(|| settings.warnings.first().cloned());
    model.zone = jiff::tz::TimeZone::system();
    let server = settings.server.to_string();
    let memory = folder.ok().map(|folder| Memory::recall(&folder, &server, &mut model));
    let doer = Doer::new(settings.line(key), true);
    let mut screen = Screen::take().context("this is no terminal to draw on")?;
    model.size = crossterm::terminal::size().unwrap_or(model.size);
    let mut app = App { model, doer, memory };
    let gone = app.go(&mut screen).await;
    app.remember();
    gone?;
    Ok(match app.model.link {
        Link::Refused(_) => Exit::Refused,
        _ => Exit::Well,
    })
}

struct App {
    model: Model,
    doer: Doer,
    /// None without a folder to keep it in.
    memory: Option<Memory>,
}

impl App {
    /// What cannot be written now is tried again with the next change.
    fn remember(&mut self) {
        if let Some(memory) = &mut self.memory
            && let Err(error) = memory.keep(&self.model)
        {
            self.model.notice = Some(format!("rooms and drafts cannot be kept: {error}"));
        }
    }

    async fn go(&mut self, screen: &mut Screen) -> anyhow::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let mut keys = EventStream::new();
        let mut frame_due = Some(Instant::now());
        let mut memory_due: Option<Instant> = None;
        let first = dial_now(&mut self.model);
        self.doer.perform(first);
        loop {
            let due = frame_due;
            let event = tokio::select! {
                biased;
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    draw(screen, &self.model)?;
                    frame_due = None;
                    continue;
                }
                () = sleep_until(memory_due.unwrap_or_else(Instant::now)), if memory_due.is_some() => {
                    self.remember();
                    memory_due = None;
                    continue;
                }
                _ = terminate.recv() => return Ok(()),
                _ = hang_up.recv() => return Ok(()),
                key = keys.next() => match key {
                    Some(key) => from_terminal(key?),
                    None => return Ok(()),
                },
                event = self.doer.next() => Some(event),
            };
            let Some(event) = event else { continue };
            let actions = update(&mut self.model, event);
            if !self.doer.perform(actions) {
                return Ok(());
            }
            frame_due = frame_due.or(Some(Instant::now() + FRAME_TIME));
            memory_due = memory_due.or(Some(Instant::now() + MEMORY_TIME));
        }
    }
}

fn from_terminal(event: TerminalEvent) -> Option<Event> {
    match event {
        TerminalEvent::Key(key) => Some(Event::Key(key)),
        TerminalEvent::Paste(text) => Some(Event::Paste(text)),
        TerminalEvent::Resize(columns, rows) => Some(Event::Resize(columns, rows)),
        TerminalEvent::FocusGained => Some(Event::Focus(true)),
        TerminalEvent::FocusLost => Some(Event::Focus(false)),
        TerminalEvent::Mouse(_) => None,
    }
}

/// One frame inside one synchronized update, so that no half of it is ever seen.
fn draw(screen: &mut Screen, model: &Model) -> anyhow::Result<()> {
    let mut out = BufWriter::new(stdout());
    out.queue(BeginSynchronizedUpdate)?.flush()?;
    screen.terminal.draw(|frame| view(model, frame))?;
    screen.title(&mut out, title(model))?;
    out.queue(EndSynchronizedUpdate)?.flush()?;
    Ok(())
}

/// By the terminal (OSC 52), so that it works over SSH as well. A terminal that is gone, or does
/// not know how, leaves the clipboard as it is.
fn copy(text: &str) {
    let _ = crossterm::execute!(stdout(), CopyToClipboard::to_clipboard_from(text));
}

/// Does what the model asks for.
pub(crate) struct Doer {
    line: Line,
    connection: Option<Connection>,
    retry: mpsc::Sender<Event>,
    retries: mpsc::Receiver<Event>,
    rang: Option<Instant>,
    on_screen: bool,
}

/// The connection of the moment. With it goes all that it still had to tell.
struct Connection {
    outgoing: mpsc::Sender<ToServer>,
    incoming: mpsc::Receiver<Event>,
    task: JoinHandle<()>,
}

impl Doer {
    /// `on_screen`: standard output is a terminal that is drawn on.
    pub(crate) fn new(line: Line, on_screen: bool) -> Self {
        let (retry, retries) = mpsc::channel(EVENTS_MAX);
        Doer { line, connection: None, retry, retries, rang: None, on_screen }
    }

    /// The server's address.
    pub(crate) fn server(&self) -> &str {
        self.line.server.as_str()
    }

    /// What the connection or a timer tells next.
    pub(crate) async fn next(&mut self) -> Event {
        let incoming = async {
            match &mut self.connection {
                Some(connection) => connection.incoming.recv().await,
                None => None,
            }
        };
        tokio::select! {
            Some(event) = incoming => event,
            Some(event) = self.retries.recv() => event,
            // Neither has anything to tell: only the person does.
            else => std::future::pending().await,
        }
    }

    /// False if the program should end.
    pub(crate) fn perform(&mut self, actions: Vec<Action>) -> bool {
        for action in actions {
            match action {
                Action::Quit => return false,
                Action::Bell if self.on_screen => self.ring(),
                Action::Copy(text) if self.on_screen => copy(&text),
                // Lines in a pipe have neither a bell nor a clipboard.
                Action::Bell | Action::Copy(_) => {}
                Action::Dial(hello, after) => self.dial(hello, after),
                Action::Send(envelope) => self.send(envelope),
                Action::Retry(room, reference, after) => {
                    let retry = self.retry.clone();
                    tokio::spawn(async move {
                        sleep(after).await;
                        // The program may be over by then.
                        let _ = retry.send(Event::Retry(room, reference)).await;
                    });
                }
            }
        }
        true
    }

    /// Not again for a while: three mentions are one reason to look.
    fn ring(&mut self) {
        if self.rang.is_some_and(|rang| rang.elapsed() < BELL_PAUSE) {
            return;
        }
        self.rang = Some(Instant::now());
        let mut out = stdout();
        // A terminal that is gone has nobody to call.
        let _ = out.write_all(b"\x07").and_then(|()| out.flush());
    }

    fn dial(&mut self, hello: protocol::Hello, after: Duration) {
        if let Some(before) = self.connection.take() {
            before.task.abort();
        }
        let (outgoing, queue) = mpsc::channel(OUTGOING_MAX);
        let (events, incoming) = mpsc::channel(EVENTS_MAX);
        let task = tokio::spawn(net::connect(self.line.clone(), hello, after, queue, events));
        self.connection = Some(Connection { outgoing, incoming, task });
    }

    /// What cannot be sent now is sent after the next join: the model keeps it until it is stored.
    fn send(&self, envelope: ToServer) {
        if let Some(connection) = &self.connection {
            let _ = connection.outgoing.try_send(envelope);
        }
    }
}
