//! The one loop with a screen: events in, the model changed, actions done, the screen drawn.
//!
//! This file does not know what events mean or how anything is drawn.

use std::future::pending;
use std::io;
use std::time::Duration;

use anyhow::Context as _;
use crossterm::event::EventStream;
use futures_util::StreamExt as _;
use rustix::process;
use tokio::time::{Instant, sleep_until, timeout};

use super::entrance::Entrance;
use super::event::{Effect, Event};
use super::model::Screen;
use super::overlay::Overlay;
use super::terminal::signals::Signals;
use super::terminal::typed::from_terminal;
use super::terminal::{OwnTerminal, editor};
use super::update::update;
use super::view::{title, view};
use crate::chat;
use crate::chat::memory::Memory;
use crate::chat::update::{dial_now, tell_before_leaving};
use crate::chat::{Connection, Model, Servers};
use crate::cli::args::Formatting;
use crate::cli::settings::Settings;
use crate::effects::EffectRunner;
use crate::exit::Exit;
use crate::output::tell;
use crate::{disk, folders};

/// Frames are at least this far apart: 60 a second, faster than anyone reads.
const FRAME_TIME: Duration = Duration::from_millis(16);

/// Rooms and drafts are written down so long after a change at most.
const MEMORY_TIME: Duration = Duration::from_secs(1);

/// After so long without a key the person is taken to look elsewhere, where the terminal does not tell.
const QUIET_TIME: Duration = Duration::from_secs(120);

/// Without job control in the shell nothing stops the program: after so long it goes on by itself.
const STOP_TIME: Duration = Duration::from_millis(100);
/// Keys that are there within this time of the last one were typed before it was seen what it does. A busy machine
/// takes some milliseconds to hand them over.
const TYPED_AHEAD: Duration = Duration::from_millis(50);

/// Chats until the person leaves.
///
/// # Errors
/// If there is no terminal to draw on.
pub async fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let folder = folders::state_folder();
    let mut told = settings.warnings.clone();
    let key = folders::key_if_any(&folder, &mut told);
    let session = format!("{:016x}", fastrand::u64(..));
    let mut model = Model::new(settings.room.clone(), settings.user.clone(), session);
    model.servers = Servers::of(settings.servers.clone());
    model.list.is_wanted = key.is_some();
    model.highlight.clone_from(&settings.highlight.0);
    settings.code.iter().for_each(|code| model.bring(code.clone()));
    model.key =
        folder.as_ref().ok().filter(|_| key.is_some()).map(|folder| folders::about_key(folder));
    let memory = folder.ok().map(|folder| {
        let server = settings.first_server().as_str();
        let (memory, faults) = Memory::recall(&folder, server, settings.room_asked, &mut model);
        told.extend(faults);
        memory
    });
    if let Some(room) = model.find(&settings.room) {
        room.jumping = settings.goto;
    }
    // The screen hides what was told before it.
    model.notice = Some(told.join("; ")).filter(|told| !told.is_empty());
    let (access, server) = (settings.access(key), settings.first_server().clone());
    let runner = EffectRunner::new(access, server, Some(settings.notify));
    let mouse = settings.mouse || settings.is_new;
    let terminal = OwnTerminal::take(settings.tells_links(), mouse)
        .context("cannot draw on this terminal; --plain needs no screen")?;
    let mut app = App {
        screen: screen(model, settings),
        runner,
        memory,
        terminal,
        keys: Some(EventStream::new()),
        signals: Signals::new()?,
        anew: false,
        drawn: None,
        quiet: Some(Instant::now() + QUIET_TIME),
        unconfirmed: None,
    };
    let gone = app.go().await;
    let App { mut screen, mut runner, mut memory, terminal, .. } = app;
    drop(terminal);
    runner.run(tell_before_leaving(&mut screen.chat));
    let keep = |memory: &mut Memory| memory.keep_at_the_end(&screen.chat);
    let faults = memory.as_mut().map(keep).unwrap_or_default();
    faults.iter().for_each(|fault| tell(fault));
    if screen.chat.connection == Connection::Online {
        runner.close().await;
    }
    gone?;
    Ok(match screen.chat.connection {
        Connection::Refused { .. } => Exit::Refused,
        _ => Exit::Success,
    })
}

fn screen(model: Model, settings: &Settings) -> Screen {
    let mut screen = Screen::new(model);
    screen.keys = settings.keys.clone();
    screen.looks = settings.looks;
    screen.names_emoji = settings.names_emoji();
    screen.is_formatted = settings.formatting == Formatting::On;
    screen.up_edits = settings.up_edits();
    screen.mouse = settings.mouse;
    screen.zone = settings.zone.clone();
    screen.size = crossterm::terminal::size().unwrap_or(screen.size);
    if settings.is_new {
        let is_invited = matches!(settings.code, Some(chat::EntryCode::Invite(_)));
        let name = settings.user.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default();
        screen.overlay = Overlay::Entrance(Entrance::new(is_invited, &name));
        screen.arriving = Some(name);
    }
    screen
}

struct App {
    screen: Screen,
    runner: EffectRunner,
    /// None without a folder to keep it in.
    memory: Option<Memory>,
    terminal: OwnTerminal,
    /// None while another program reads them.
    keys: Option<EventStream>,
    signals: Signals,
    /// The next frame is drawn whole.
    anew: bool,
    /// When the last frame was drawn.
    drawn: Option<Instant>,
    /// When the person is taken to look elsewhere.
    quiet: Option<Instant>,
    /// When it is too late to press a key once more.
    unconfirmed: Option<Instant>,
}

/// What comes next.
enum Next {
    Draw,
    Remember,
    Happened(Box<Event>),
    Nothing,
    Leave,
}

fn happened(event: Event) -> Next {
    Next::Happened(Box::new(event))
}

impl App {
    async fn go(&mut self) -> anyhow::Result<()> {
        let (mut frame_due, mut memory_due) = (Some(Instant::now()), None);
        if self.screen.arriving.is_none() {
            let first = dial_now(&mut self.screen.chat);
            self.runner.run(first);
        }
        loop {
            match self.next(frame_due, memory_due).await? {
                Next::Draw => {
                    self.draw()?;
                    frame_due = None;
                }
                Next::Remember => {
                    self.remember();
                    memory_due = None;
                }
                Next::Happened(event) => {
                    if !self.happens(*event).await? {
                        return Ok(());
                    }
                    let now = Instant::now();
                    let soonest = self.drawn.map_or(now, |drawn| now.max(drawn + FRAME_TIME));
                    frame_due = frame_due.or(Some(soonest));
                    memory_due = memory_due.or(Some(now + MEMORY_TIME));
                }
                Next::Nothing => {}
                Next::Leave => return Ok(()),
            }
        }
    }

    async fn next(&mut self, frame: Option<Instant>, memory: Option<Instant>) -> io::Result<Next> {
        let (keys, quiet, unconfirmed) = (&mut self.keys, self.quiet, self.unconfirmed);
        let key = async {
            match keys {
                Some(keys) => keys.next().await,
                None => pending().await,
            }
        };
        Ok(tokio::select! {
            biased;
            () = at(frame) => Next::Draw,
            () = at(memory) => Next::Remember,
            () = at(quiet) => {
                self.quiet = None;
                happened(Event::Quiet)
            }
            () = at(unconfirmed) => {
                self.unconfirmed = None;
                happened(Event::Unconfirmed)
            }
            _ = self.signals.terminate.recv() => Next::Leave,
            _ = self.signals.hang_up.recv() => Next::Leave,
            _ = self.signals.interrupt.recv() => Next::Leave,
            _ = self.signals.quit.recv() => Next::Leave,
            _ = self.signals.goes_on.recv() => {
                self.terminal.take_from_others()?;
                happened(Event::Resumed)
            }
            _ = self.signals.resized.recv() => match crossterm::terminal::size() {
                Ok((columns, rows)) => happened(Event::Resize(columns, rows)),
                // It is going away, which is told as well.
                Err(_) => Next::Nothing,
            },
            key = key => match key {
                Some(key) => from_terminal(key?).map_or(Next::Nothing, happened),
                None => Next::Leave,
            },
            event = self.runner.next() => happened(Event::Chat(event)),
        })
    }

    /// False if the person leaves.
    async fn happens(&mut self, event: Event) -> anyhow::Result<bool> {
        if event.is_done_here() {
            self.quiet = Some(Instant::now() + QUIET_TIME);
        }
        let effects = self.update(event);
        self.keep_what_is_said(&effects);
        for effect in effects {
            match effect {
                Effect::Chat(effect) => {
                    if self.runner.run(vec![effect]).contains(&chat::Effect::Quit) {
                        return Ok(false);
                    }
                }
                Effect::Repaint => self.anew = true,
                Effect::Mouse(mouse) => self.terminal.take_mouse(mouse)?,
                Effect::Edit(text) => self.edit(&text).await?,
                Effect::Suspend => self.suspend().await?,
                Effect::ConfirmWithin(time) => self.unconfirmed = Some(Instant::now() + time),
            }
        }
        Ok(true)
    }

    fn update(&mut self, event: Event) -> Vec<Effect> {
        self.screen.chat.now = now();
        update(&mut self.screen, event)
    }

    /// What happens while another program has the terminal.
    fn happens_aside(&mut self, event: Event) {
        for effect in self.update(event) {
            if let Effect::Chat(effect) = effect {
                self.runner.run(vec![effect]);
            }
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let App { screen, terminal, anew, drawn, .. } = self;
        terminal.draw(std::mem::take(anew), title(screen), |frame| view(screen, frame))?;
        *drawn = Some(Instant::now());
        Ok(())
    }

    /// What cannot be written now is tried again with the next change.
    fn remember(&mut self) {
        let Some(memory) = &mut self.memory else { return };
        let faults = memory.keep(&self.screen.chat);
        if !faults.is_empty() {
            self.screen.chat.notice = Some(faults.join("; "));
        }
    }

    /// Before it is sent, and before anybody sees that the input is empty.
    fn keep_what_is_said(&mut self, effects: &[Effect]) {
        let Some(memory) = &mut self.memory else { return };
        for effect in effects {
            let Effect::Chat(chat::Effect::Keep(room, reference)) = effect else { continue };
            if let Err(error) = memory.keep_unsent(&self.screen.chat) {
                let (room, reference, reason) =
                    (room.clone(), reference.clone(), disk::words(&error));
                let not_kept = chat::Event::NotKept { room, reference, reason };
                update(&mut self.screen, Event::Chat(not_kept));
            }
        }
    }

    /// Lets the person write in their editor. What is heard meanwhile is taken in, and drawn
    /// afterwards.
    async fn edit(&mut self, text: &str) -> anyhow::Result<()> {
        self.give_screen_away().await;
        let edited = editor::edit(text);
        tokio::pin!(edited);
        let written = loop {
            tokio::select! {
                biased;
                // Ctrl-C is for the editor, which may do with it as it likes.
                () = self.signals.interrupted() => {}
                edited = &mut edited => break edited.map_err(|error| format!("{error:#}")),
                event = self.runner.next() => self.happens_aside(Event::Chat(event)),
            }
        };
        self.happens_aside(Event::Edited(written));
        Ok(self.take_screen_back()?)
    }

    /// Stops, as the shell expects it, and goes on when the shell says so.
    async fn suspend(&mut self) -> anyhow::Result<()> {
        self.give_screen_away().await;
        process::kill_process_group(process::getpgrp(), process::Signal::TSTP)?;
        // Either ends the wait: that it was stopped and goes on, or that nothing stopped it.
        drop(timeout(STOP_TIME, self.signals.goes_on.recv()).await);
        self.take_screen_back()?;
        self.happens_aside(Event::Resumed);
        Ok(())
    }

    /// Whoever reads keys meanwhile would take them from the other program. Those that were typed
    /// ahead were meant for it and cannot be given to it: they must not become a message.
    async fn give_screen_away(&mut self) {
        if let Some(mut keys) = self.keys.take() {
            while let Ok(Some(Ok(_))) = timeout(TYPED_AHEAD, keys.next()).await {}
        }
        self.terminal.give_back();
    }

    fn take_screen_back(&mut self) -> io::Result<()> {
        self.terminal.take_again()?;
        self.keys = Some(EventStream::new());
        self.anew = true;
        Ok(())
    }
}

/// Ms since 1970, as this machine's clock has it.
fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default()
}

/// Waits for a moment, for ever if there is none.
async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => pending().await,
    }
}
