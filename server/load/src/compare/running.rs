//! Servers that are compared: processes on one core, with the load on another.
//!
//! This file does not know what is measured.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::thread::{CpuSet, sched_getaffinity};

use crate::options::Common;

/// Where the server runs and where the load does: the first two cores that this process may use, or
/// one for both. Found before the first load is pinned, after which there would seem to be one.
pub(super) static CORES: LazyLock<[usize; 2]> = LazyLock::new(|| {
    let allowed = sched_getaffinity(None).unwrap_or_default();
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    let first = cores.next().unwrap_or_default();
    [first, cores.next().unwrap_or(first)]
});

/// Longest wait for a server that lets nobody in yet.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at what only a look can tell.
const AGAIN: Duration = Duration::from_millis(50);

/// A process that is ended when this is dropped.
pub(super) struct Ended(pub(super) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server's process.
pub(super) struct Running {
    child: Ended,
    pub(super) address: SocketAddr,
    _folder: Option<tempfile::TempDir>,
}

impl Running {
    pub(super) fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// The load on this server.
    pub(super) fn common(&self) -> Common {
        Common {
            server: vec![self.address],
            pid: Some(self.pid()),
            spin: true,
            pin: Some(CORES[1]),
            json: false,
            quiet: true,
        }
    }

    /// The same, as soon as it lets people in.
    pub(super) fn once_ready(self) -> anyhow::Result<Self> {
        let address = self.address;
        again("the server does not get ready", || {
            get(address, "/readyz")?.contains(" 200 ").then_some(())
        })?;
        Ok(self)
    }
}

pub(super) fn start_floor(batched: bool) -> anyhow::Result<Running> {
    start_own(if batched { &["floor", "--batched"] } else { &["floor"] })
}

/// A server of this program.
pub(super) fn start_own(arguments: &[&str]) -> anyhow::Result<Running> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).args(["--listen", "127.0.0.1:0", "--pin", &CORES[0].to_string()]);
    let mut child = Ended(command.stdout(Stdio::piped()).spawn()?);
    let address = address(child.0.stdout.take())?;
    Ok(Running { child, address, _folder: None })
}

/// Nebula with a new database.
pub(super) fn start_server(binary: &Path, cores: &str, more: &[String]) -> anyhow::Result<Running> {
    anyhow::ensure!(binary.exists(), "there is no server to start: {}", binary.display());
    let folder = tempfile::tempdir()?;
    let mut command = on_cores(cores, binary);
    command.args(["--listen", "127.0.0.1:0", "--message-rate", "0", "--db"]);
    command.arg(folder.path().join("nebula.db")).args(more).stderr(Stdio::piped());
    let started = command.spawn().with_context(|| format!("cannot start {}", binary.display()));
    let mut child = Ended(started?);
    let address = address(child.0.stderr.take())?;
    Ok(Running { child, address, _folder: Some(folder) })
}

/// A program that runs on these cores, which are separated by commas.
pub(super) fn on_cores(cores: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", cores]).arg(program);
    command
}

/// What a server answers over HTTP, with what stands before it.
pub(super) fn get(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Tries until it succeeds.
pub(super) fn again<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> anyhow::Result<T> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = attempt() {
            return Ok(found);
        }
        // Nobody unparks it: it waits.
        park_timeout(AGAIN);
    }
    bail!("{what} within {PATIENCE:?}");
}

/// The address in the first line that names one.
fn address(output: Option<impl Read>) -> anyhow::Result<SocketAddr> {
    for line in BufReader::new(output.context("no output")?).lines() {
        let line = line?;
        if let Some((_, rest)) = line.split_once("http://") {
            return Ok(rest.split('/').next().unwrap_or_default().parse()?);
        }
    }
    bail!("it ended without listening")
}
