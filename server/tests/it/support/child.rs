//! The real binary as a process of its own.

use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::support::harness::{PATIENCE, Peer, get};

pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
    /// Where it serves its metrics, if it does.
    pub(crate) metrics: Option<String>,
    pub(crate) lines: Lines<BufReader<ChildStderr>>,
}

impl Server {
    pub(crate) async fn start(db: &Path, listen: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        Server::spawn(command.arg("--db").arg(db).args(["--listen", listen, "--message-rate", "0"]))
            .await
    }

    pub(crate) async fn spawn(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (mut metrics, mut said) = (None, Vec::new());
        let address = loop {
            let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended:\n{}", said.join("\n")));
            said.push(line.clone());
            let Some((before, address)) = line.split_once("http://") else { continue };
            let address = address.split('/').next().unwrap().to_owned();
            if before.ends_with("open ") {
                break address;
            }
            metrics = Some(address);
        };
        Server { child, address, metrics, lines }
    }

    pub(crate) async fn connect(&self, query: &str) -> Peer {
        Peer::dial(&format!("ws://{}/?{query}", self.address), Some(1)).await.unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send_signal(&self.child, signal);
    }

    pub(crate) fn pid(&self) -> String {
        self.child.id().unwrap().to_string()
    }

    /// Sets one of its limits from outside, as `prlimit` spells it.
    pub(crate) async fn limit(&self, limit: &str) {
        let set = Command::new("prlimit").args(["--pid", &self.pid(), limit]).status().await;
        assert!(set.unwrap().success(), "{limit}");
    }

    /// Waits for a line of its log that holds these words.
    pub(crate) async fn says(&mut self, words: &str) {
        loop {
            let line = timeout(PATIENCE, self.lines.next_line()).await.unwrap().unwrap();
            if line.expect("it ended").contains(words) {
                return;
            }
        }
    }

    /// Waits until it says that it is ready, or that it is not.
    pub(crate) async fn is_ready(&self, ready: bool) {
        let status = if ready { " 200 " } else { " 503 " };
        let says_so = async {
            while !get(self.address.parse().unwrap(), "/readyz").await.contains(status) {}
        };
        timeout(PATIENCE, says_so).await.unwrap();
    }
}

pub(crate) fn send_signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

/// One of the binary's commands, about a file that a flag names: its exit code, and all it says.
pub(crate) fn operator(arguments: &[&str], flag: &str, file: &Path) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    let output = command.args(arguments).arg(flag).arg(file).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).unwrap())
}
