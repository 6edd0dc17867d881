//! Real processes for the tests without a screen: the server, the client, and a line between them
//! that can be cut.

use std::io::{BufRead as _, BufReader, Read, Write as _, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long to wait for something that should come at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The server's own binary, on a free port; it can be killed.
pub(crate) struct ServerProcess {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl ServerProcess {
    pub(crate) fn start(db: &Path) -> Self {
        ServerProcess::start_with(db, &["--message-rate", "0"])
    }

    /// With the limits that a server usually has.
    pub(crate) fn limited() -> Self {
        ServerProcess::start_with(Path::new(":memory:"), &[])
    }

    pub(crate) fn start_with(db: &Path, more: &[&str]) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_nebula")).with_file_name("nebula-server");
        assert!(binary.exists(), "cargo build -p server makes {binary:?}");
        let mut child = Command::new(binary)
            .arg("--db")
            .arg(db)
            .args(["--listen", "127.0.0.1:0"])
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, told) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // To the end: a server whose log nobody reads would wait some time.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("://") {
                    drop(tell.send(address.split('/').next().unwrap().to_owned()));
                }
            }
        });
        let address = told.recv_timeout(PATIENCE).unwrap();
        ServerProcess { child, address }
    }

    /// In memory.
    pub(crate) fn fresh() -> Self {
        ServerProcess::start(Path::new(":memory:"))
    }
}

impl Drop for ServerProcess {
    /// As hard as `kill -9`.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A line that passes bytes on, can be cut, and can lead to another server: who comes back after a
/// restart would else need a port that somebody else may have by then.
pub(crate) struct CutLine {
    pub(crate) address: String,
    server: Arc<Mutex<String>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl CutLine {
    pub(crate) fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let open = Arc::new(Mutex::new(Vec::new()));
        let server = Arc::new(Mutex::new(server.to_owned()));
        let (kept, to) = (Arc::clone(&open), Arc::clone(&server));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let to = to.lock().unwrap().clone();
                // A server that is away: the client finds its line closed.
                let Ok(server) = TcpStream::connect(to) else { continue };
                // Kept before anything is passed on: who is in can be cut.
                kept.lock().unwrap().extend([&client, &server].map(|it| it.try_clone().unwrap()));
                pass(&client, &server);
                pass(&server, &client);
            }
        });
        CutLine { address, server, open }
    }

    /// From the next connection on.
    pub(crate) fn leads_to(&self, server: &ServerProcess) {
        self.server.lock().unwrap().clone_from(&server.address);
    }

    /// What is open is cut, and nothing is passed on until it leads to a server again.
    pub(crate) fn goes_away(&self) {
        "127.0.0.1:1".clone_into(&mut self.server.lock().unwrap());
        self.cut();
    }

    pub(crate) fn cut(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            // It may have ended by itself.
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

fn pass(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    thread::spawn(move || {
        drop(copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Both));
    });
}

/// A person's machine: their folders, and nothing of ours in the environment.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Home(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The client, ready to be started.
    pub(crate) fn nebula(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nebula"));
        command.args(arguments).env_clear();
        command.env("HOME", self.0.path()).env("TZ", "UTC").env("USER", "Home");
        command.env("XDG_STATE_HOME", self.path("state"));
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.nebula(arguments).stdin(Stdio::piped()).spawn().unwrap();
        Running {
            out: lines(child.stdout.take().unwrap()),
            err: lines(child.stderr.take().unwrap()),
            stdin: child.stdin.take(),
            child,
        }
    }

    /// Runs the client with this input to its end: exit code, output, errors.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let mut running = self.start(arguments);
        // A client that was refused may be gone already.
        drop(running.stdin.as_mut().unwrap().write_all(input.as_bytes()));
        running.finish()
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// A client that runs; it ends with the test.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) out: Receiver<String>,
    pub(crate) err: Receiver<String>,
}

impl Running {
    /// The next line of the conversation.
    pub(crate) fn line(&self) -> String {
        self.out.recv_timeout(PATIENCE).unwrap()
    }

    /// Waits for a line that ends so.
    pub(crate) fn expect(&self, end: &str) {
        while !self.line().ends_with(end) {}
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Ends the input and waits for the end of the client.
    pub(crate) fn finish(mut self) -> (i32, String, String) {
        drop(self.stdin.take());
        let status: ExitStatus = self.child.wait().unwrap();
        let all = |lines: &Receiver<String>| lines.iter().map(|line| line + "\n").collect();
        (status.code().unwrap(), all(&self.out), all(&self.err))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
