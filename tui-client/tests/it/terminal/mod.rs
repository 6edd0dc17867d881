//! The real binary in a real terminal: what it writes, what that looks like, and what is left of it.

pub(crate) mod checks;
mod given_back;
mod goto;
pub(crate) mod hostile;
mod kept;
mod people;
mod pty;
mod reading;
mod rooms;
mod search;
pub(crate) mod sequences;

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::processes::{Home, PATIENCE};

/// Marks of a synchronized update.
pub(crate) const BEGIN: &str = "\u{1b}[?2026h";
pub(crate) const END: &str = "\u{1b}[?2026l";

/// A program in a terminal.
pub(crate) struct Terminal {
    screen: vt100::Parser,
    output: Receiver<Vec<u8>>,
    /// All bytes that came.
    pub(crate) raw: Vec<u8>,
    keys: Box<dyn Write + Send>,
    pub(crate) child: Box<dyn Child + Send + Sync>,
    pub(crate) master: Box<dyn MasterPty + Send>,
}

/// Whose client, in which terminal.
pub(crate) struct Client<'a> {
    pub(crate) home: &'a Home,
    pub(crate) server: &'a str,
    pub(crate) user: &'a str,
    /// Columns and rows.
    pub(crate) size: (u16, u16),
    pub(crate) environment: &'a [(&'a str, &'a str)],
    pub(crate) arguments: &'a [&'a str],
}

impl<'a> Client<'a> {
    /// In a usual terminal, in the room `dev`.
    pub(crate) fn of(home: &'a Home, server: &'a str, user: &'a str) -> Self {
        Client { home, server, user, size: (80, 24), environment: &[], arguments: &[] }
    }

    pub(crate) fn start(&self) -> Terminal {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_nebula"));
        command.args(["--server", self.server, "--room", "dev", "--user", self.user]);
        command.args(self.arguments);
        self.surround(&mut command);
        Terminal::start(command, self.size)
    }

    /// The surroundings alone, for another program.
    pub(crate) fn surround(&self, command: &mut CommandBuilder) {
        command.env_clear();
        command.env("PATH", std::env::var("PATH").unwrap());
        command.env("TERM", "xterm-256color");
        command.env("TZ", "UTC");
        command.env("HOME", self.home.path(""));
        command.env("XDG_STATE_HOME", self.home.path("state"));
        command.env("XDG_CONFIG_HOME", self.home.path("config"));
        self.environment.iter().for_each(|(name, value)| command.env(name, value));
    }
}

impl Terminal {
    pub(crate) fn start(command: CommandBuilder, (cols, rows): (u16, u16)) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (tell, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if tell.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pty.master.take_writer().unwrap();
        let size = |cells: u16| NonZeroU16::new(cells).unwrap();
        let screen = vt100::Parser::new(size(rows), size(cols), 0);
        Terminal { screen, output, raw: Vec::new(), keys, child, master: pty.master }
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).unwrap();
        let size = |cells: u16| NonZeroU16::new(cells).unwrap();
        self.screen.screen_mut().set_size(size(rows), size(cols));
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    pub(crate) fn contents(&self) -> String {
        self.screen().contents()
    }

    /// Waits until the screen shows a text.
    pub(crate) fn expect(&mut self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    pub(crate) fn wait_for(&mut self, what: &str, seen: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |terminal| seen(terminal.screen()));
    }

    pub(crate) fn wait(&mut self, what: &str, seen: impl Fn(&Terminal) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !seen(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            if !self.read(left) {
                panic!("no {what:?} on\n{}", self.contents());
            }
        }
    }

    /// Takes what is written next; false if nothing was in that time.
    pub(crate) fn read(&mut self, time: Duration) -> bool {
        match self.output.recv_timeout(time) {
            Ok(bytes) => {
                self.screen.process(&bytes);
                self.raw.extend(bytes);
                true
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Takes all that is written until the program ends.
    pub(crate) fn read_to_end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        while self.read(deadline.saturating_duration_since(Instant::now())) {}
        if Instant::now() >= deadline {
            self.child.kill().unwrap();
            panic!("it goes on with\n{}", self.contents());
        }
        self.child.wait().unwrap().exit_code()
    }

    /// All that was written, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// Leaves as a person does.
    pub(crate) fn leaves(mut self) {
        self.types("\u{3}\u{3}");
        self.ends(0);
    }

    /// Leaves, and looks at all that was written.
    pub(crate) fn leaves_reading(mut self, look: impl FnOnce(&str)) {
        self.types("\u{3}\u{3}");
        assert_eq!(self.read_to_end(), 0);
        look(&self.text());
    }

    pub(crate) fn ends(mut self, code: u32) {
        assert_eq!(self.read_to_end(), code, "{}", self.contents());
        self.is_as_before();
    }

    /// Everything that was changed in the terminal is as it was.
    pub(crate) fn is_as_before(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        // What vt100 does not know of: which of two sequences came last.
        let raw = self.text();
        for (taken, given_back) in [
            ("\u{1b}[?1004h", "\u{1b}[?1004l"),
            ("\u{1b}[?1007s", "\u{1b}[?1007r"),
            ("\u{1b}[>1u", "\u{1b}[<u"),
            ("\u{1b}[22;2t", "\u{1b}[23;2t"),
        ] {
            let (taken, given_back) = (raw.rfind(taken), raw.rfind(given_back));
            assert!(taken.is_some() && given_back > taken, "{taken:?} {given_back:?}");
        }
        // What is pushed on the terminal's stacks comes off as often.
        for (pushed, popped) in [("\u{1b}[>1u", "\u{1b}[<u"), ("\u{1b}[22;2t", "\u{1b}[23;2t")] {
            assert_eq!(raw.matches(pushed).count(), raw.matches(popped).count(), "{pushed:?}");
        }
        let tty = std::fs::File::open(self.master.tty_name().unwrap()).unwrap();
        let stty = std::process::Command::new("stty").arg("-a").stdin(tty).output().unwrap();
        let modes = String::from_utf8_lossy(&stty.stdout).into_owned();
        for mode in ["icanon", "echo", "isig"] {
            assert!(modes.split_whitespace().any(|word| word == mode), "no {mode}: {modes}");
        }
    }
}
