//! The real binary in a real terminal, against a real server.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use server::Config;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long to wait for something that should come at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server in a thread of its own, on a free port.
pub(crate) struct Server {
    pub(crate) address: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let (tell, told) = channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(format!("ws://{}", listener.local_addr().unwrap())).unwrap();
                let shutdown = async { drop(stopped.await) };
                server::run(listener, Config::for_tests(), shutdown).await.unwrap();
            });
        });
        Server { address: told.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// The client in a terminal of 80 columns and 24 rows.
struct Terminal {
    screen: vt100::Parser,
    output: Receiver<Vec<u8>>,
    /// All bytes that came.
    raw: Vec<u8>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    home: tempfile::TempDir,
}

impl Terminal {
    fn start(address: &str, user: &str) -> Self {
        Terminal::of_kind("xterm-256color", address, user)
    }

    fn of_kind(kind: &str, address: &str, user: &str) -> Self {
        Terminal::with_settings("", kind, address, user)
    }

    fn with_settings(settings: &str, kind: &str, address: &str, user: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("nebula")).unwrap();
        std::fs::write(home.path().join("nebula/config.toml"), settings).unwrap();
        Terminal::at_home(home, &[("TERM", kind)], address, user)
    }

    fn at_home(
        home: tempfile::TempDir,
        environment: &[(&str, &str)],
        address: &str,
        user: &str,
    ) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_nebula"));
        command.args(["--server", address, "--room", "dev", "--user", user]);
        command.env("XDG_STATE_HOME", home.path());
        command.env("XDG_CONFIG_HOME", home.path());
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (tell, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if tell.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pty.master.take_writer().unwrap();
        let screen = vt100::Parser::new(
            const { NonZeroU16::new(24).unwrap() },
            const { NonZeroU16::new(80).unwrap() },
            0,
        );
        Terminal { screen, output, raw: Vec::new(), keys, child, _master: pty.master, home }
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen shows a text.
    fn expect(&mut self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    fn wait_for(&mut self, what: &str, seen: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !seen(self.screen.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("no {what:?} on\n{}", self.screen.screen().contents())
                }
            }
        }
    }

    fn ends(mut self, code: u32) {
        self.wait_for("the usual screen", |screen| {
            !screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor()
        });
        assert_eq!(self.child.wait().unwrap().exit_code(), code);
    }
}

#[test]
fn two_people_chat_and_leave() {
    let server = Server::start();
    let mut alice = Terminal::start(&server.address, "Alice");
    alice.expect("● 1 online");
    let mut bob = Terminal::start(&server.address, "Bob");
    bob.expect("● 2 online");
    alice.expect("→ Bob came");
    bob.types("hello from a terminal\r");
    alice.expect("Bob         hello from a terminal");
    alice.types("/me answers\r");
    bob.expect("Alice answers");
    bob.types("\u{3}");
    bob.expect("Ctrl-C once more");
    bob.types("\u{3}");
    bob.ends(0);
    alice.expect("← Bob left");
    alice.types("/quit\r");
    alice.ends(0);
}

#[test]
fn a_name_in_use_is_told_and_the_exit_code_says_refused() {
    let server = Server::start();
    let mut alice = Terminal::start(&server.address, "Alice");
    alice.expect("● 1 online");
    let mut other = Terminal::start(&server.address, "Alice");
    other.expect("✕ this name is in use");
    other.types("/quit\r");
    other.ends(1);
}

#[test]
fn a_server_that_stops_and_comes_back_is_found_again() {
    let server = Server::start();
    let mut alice = Terminal::start(&server.address, "Alice");
    alice.expect("● 1 online");
    drop(server);
    alice.expect("○ trying again");
    alice.types("\u{3}\u{3}");
    alice.ends(0);
}

#[test]
fn a_simple_terminal_gets_lines_and_understands_commands() {
    let server = Server::start();
    let mut alice = Terminal::of_kind("dumb", &server.address, "Alice");
    alice.expect("in #dev as Alice; /help");
    alice.types("hello\r");
    alice.expect("Alice: hello");
    alice.types("/who\r");
    alice.expect("-- 1 here: Alice");
    alice.types("/help\r");
    alice.expect("/join ROOM");
    alice.types("/jion dev\r");
    alice.expect("did you mean /join?");
    alice.types("/join ops\r");
    alice.types("//bin\r");
    alice.expect("#ops Alice: /bin");
    assert!(!alice.raw.contains(&0x1b), "no escape sequence at all");
    alice.types("/quit\r");
    alice.ends(0);
}

#[test]
fn keys_of_the_settings_work_and_stand_in_the_help() {
    let server = Server::start();
    let settings = "[keys]\nF2 = 'help'\nM-s = 'send'\nC-x = 'interrupt'\n";
    let mut alice = Terminal::with_settings(settings, "xterm", &server.address, "Alice");
    alice.expect("● 1 online");
    alice.types("\u{1b}OQ");
    alice.expect("  M-s              send");
    alice.types("\u{18}\u{18}");
    alice.ends(0);
}

#[test]
fn rooms_and_drafts_come_back() {
    let server = Server::start();
    let mut terminal = Terminal::start(&server.address, "Alice");
    terminal.expect("1 online");
    terminal.types("/join ops\r");
    terminal.wait_for("the room", |screen| screen.contents().contains("#ops"));
    terminal.types("half a thought");
    terminal.expect("half a thought");
    // Ctrl-C would clear it: the terminal is closed instead.
    let pid = i32::try_from(terminal.child.process_id().unwrap()).unwrap();
    std::process::Command::new("kill").args(["-HUP", &pid.to_string()]).status().unwrap();
    terminal.child.wait().unwrap();
    let mut again =
        Terminal::at_home(terminal.home, &[("TERM", "xterm")], &server.address, "Alice");
    again.wait_for("both rooms", |screen| {
        let first = screen.contents();
        first.contains("#dev") && first.contains("#ops")
    });
    again.types("\u{1b}2");
    again.expect("> half a thought");
}

#[test]
fn without_colours_there_are_none() {
    let server = Server::start();
    // Another home is another key, and that is somebody else.
    let people = [("Alice", ("NO_COLOR", ""), true), ("Bob", ("NO_COLOR", "1"), false)];
    for (user, environment, coloured) in people {
        let home = tempfile::tempdir().unwrap();
        let environment = [("TERM", "xterm-256color"), environment];
        let mut terminal = Terminal::at_home(home, &environment, &server.address, user);
        terminal.expect("1 online");
        terminal.expect(&format!("● {user}"));
        let raw = String::from_utf8_lossy(&terminal.raw);
        assert_eq!(raw.contains("\u{1b}[38;5;"), coloured, "{raw:?}");
        terminal.types("\u{3}\u{3}");
        terminal.child.wait().unwrap();
    }
}
