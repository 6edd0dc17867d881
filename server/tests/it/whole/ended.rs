//! The real binary when something ends that it cannot do without: it says what, ends with exit 1, and
//! answers nobody any more, so that its supervisor starts it again.
//!
//! What no program survives is brought about from outside: for one of its threads the machine's
//! steady clock fails. The library that does so stands in front of the system's and is compiled here.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::child::Server;
use crate::support::harness::{PATIENCE, Peer, query, say};

/// The clock of the thread `CLOCK_FAILS_IN`, once, as soon as there is a file `CLOCK_FAILS_WHEN`: what the
/// panic itself needs works.
const BROKEN_CLOCK: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int has_failed;
    char thread[16] = "";
    prctl(PR_GET_NAME, thread);
    if (!has_failed && clock == CLOCK_MONOTONIC && !strcmp(thread, getenv("CLOCK_FAILS_IN"))
        && !access(getenv("CLOCK_FAILS_WHEN"), F_OK)) {
        has_failed = 1;
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_clock_gettime, clock, now);
}
"#;

/// A folder with a database, and the library.
struct Broken {
    folder: TempDir,
}

impl Broken {
    async fn new() -> Self {
        let broken = Broken { folder: tempfile::tempdir().unwrap() };
        fs::write(broken.path("clock.c"), BROKEN_CLOCK).unwrap();
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-o"])
            .args(["clock.so", "clock.c"].map(|it| broken.path(it)));
        assert!(compiler.status().await.unwrap().success());
        broken
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server of which one thread will fail.
    async fn server(&self, thread: &str, db: &Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        command
            .args(["--listen", "127.0.0.1:0", "--db"])
            .arg(db)
            .env("LD_PRELOAD", self.path("clock.so"))
            .env("CLOCK_FAILS_IN", thread)
            .env("CLOCK_FAILS_WHEN", self.path(&format!("{thread} fails")));
        Server::spawn(&mut command).await
    }
}

/// Says what makes a thread do something, if it does not by itself.
async fn stir(thread: &str, peer: &mut Peer) {
    match thread {
        "log-writer" => peer.send(say("dev", "never stored")).await,
        // Nobody was in that room, so it is in no memory.
        "log-reader" => peer.send(r#"{"type":"join","room":"ops","history":10}"#).await,
        _ => {}
    }
}

#[tokio::test]
async fn when_a_thread_ends_the_process_says_which_and_ends_with_exit_1() {
    let broken = Broken::new().await;
    for thread in ["log-writer", "log-reader", "log-upkeep"] {
        let db = broken.path(&format!("{thread}.db"));
        let mut server = broken.server(thread, &db).await;
        let mut alice = server.connect(&query("dev", "Alice", "")).await;
        alice.expect_entry().await;
        alice.send(say("dev", "stored")).await;
        let stored = alice.message().await;
        fs::write(broken.path(&format!("{thread} fails")), "").unwrap();
        stir(thread, &mut alice).await;
        server.says(&format!("thread {thread} ended unexpectedly")).await;
        let status = timeout(PATIENCE, server.child.wait()).await.unwrap().unwrap();
        assert_eq!(status.code(), Some(1), "{thread}");
        assert!(TcpStream::connect(&server.address).await.is_err(), "{thread}");
        // Whoever is there is told to come back.
        let closed = loop {
            if let Err(code) = alice.next_or_close().await {
                break code;
            }
        };
        assert_eq!(closed, Some(1001), "{thread}");
        // What was acknowledged is there when it is started again.
        let again = Server::start(&db, "127.0.0.1:0").await;
        let mut alice = again.connect(&query("dev", "Alice", "&since=0")).await;
        assert_eq!(alice.history().await.messages, [stored], "{thread}");
    }
}
