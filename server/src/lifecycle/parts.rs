//! The threads and tasks that the service cannot do without. If one of them ends before the server
//! stops, or panics at any time, the server has to end as well, so that its supervisor starts it
//! again: half of a server looks alive and is not.
//!
//! This file does not know what they do.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::thread;

use tokio_util::sync::CancellationToken;

/// Something that has to go on for as long as the server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Accepts connections.
    Accept,
    /// Serves metrics.
    Monitor,
    /// Keeps names and bans in order.
    Tend,
    /// Stores what people have read.
    Markers,
    /// Sends what people say to outgoing hooks.
    Webhooks,
    /// Hears that files should be read again.
    Reload,
    /// Tells rooms what is said.
    Hub,
    /// Stores messages.
    LogWriter,
    /// Finds what is asked for.
    LogReader,
    /// Puts messages into the index of words.
    LogIndex,
    /// Clears old messages away.
    LogUpkeep,
    /// Moves stored messages into the database file.
    LogCheckpoint,
    /// Writes the lines of the server's own log.
    LogLines,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Accept => "the task that accepts connections",
            Part::Monitor => "the task that serves metrics",
            Part::Tend => "the task that keeps names and bans in order",
            Part::Markers => "the task that stores what was read",
            Part::Webhooks => "the task that sends for outgoing hooks",
            Part::Reload => "the task that reloads files",
            Part::Hub => "a task of the hub",
            Part::LogWriter => "the thread log-writer",
            Part::LogReader => "a thread log-reader",
            Part::LogIndex => "the thread log-index",
            Part::LogUpkeep => "the thread log-upkeep",
            Part::LogCheckpoint => "the thread log-checkpoint",
            Part::LogLines => "the thread log-lines",
        })
    }
}

/// Hears of their ends. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    first: Arc<OnceLock<Part>>,
    ended: CancellationToken,
    /// From when on it is in order that they end.
    stopping: CancellationToken,
    /// The one that panics as soon as it begins.
    #[cfg(test)]
    panics: Option<Part>,
}

/// Held by a part for as long as it runs.
#[derive(Debug)]
pub(crate) struct Running {
    parts: Parts,
    part: Part,
    is_done: bool,
}

impl Parts {
    /// `stopping`: from when on it is in order that they end.
    pub(crate) fn new(stopping: CancellationToken) -> Self {
        Parts {
            first: Arc::default(),
            ended: CancellationToken::new(),
            stopping,
            #[cfg(test)]
            panics: None,
        }
    }

    #[cfg(test)]
    pub(crate) fn with_panic_of(self, panics: Option<Part>) -> Self {
        Parts { panics, ..self }
    }

    /// A part begins. To be called by itself, on its own thread.
    pub(crate) fn begin(&self, part: Part) -> Running {
        let running = Running { parts: self.clone(), part, is_done: false };
        #[cfg(test)]
        assert_ne!(self.panics, Some(part), "the test wants it to panic");
        running
    }

    /// A part that is a task, and goes on until it is dropped.
    pub(crate) async fn endless(self, part: Part, task: impl Future<Output = ()>) {
        let _running = self.begin(part);
        task.await;
    }

    /// Resolves when one has ended that should not have.
    pub(crate) async fn one_ended(&self) {
        self.ended.cancelled().await;
    }

    /// The first that ended and should not have.
    pub(crate) fn first_ended(&self) -> Option<Part> {
        self.first.get().copied()
    }
}

impl Running {
    /// It has nothing more to do, and ends in order.
    pub(crate) fn done(mut self) {
        self.is_done = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let in_order = self.is_done || self.parts.stopping.is_cancelled();
        if thread::panicking() || !in_order {
            // Others may end because this one did.
            let _ = self.parts.first.set(self.part);
            self.parts.ended.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Db, RunError};
    use std::future::pending;
    use std::panic::catch_unwind;
    use std::time::Duration;
    use tokio::net::TcpListener;

    #[test]
    fn an_end_is_news_unless_it_is_in_order_and_a_panic_always_is() {
        let ends: [(fn(Running), _, _); 4] = [
            (drop, false, true),
            (drop, true, false),
            (Running::done, false, false),
            (|_running| panic!("the test wants it"), true, true),
        ];
        for (end, is_stopping, is_news) in ends {
            let stopping = CancellationToken::new();
            let parts = Parts::new(stopping.clone());
            let running = parts.begin(Part::Hub);
            if is_stopping {
                stopping.cancel();
            }
            let _ = catch_unwind(|| end(running));
            assert_eq!(parts.first_ended(), is_news.then_some(Part::Hub));
        }
    }

    /// Each of them, in a server that is told nothing else.
    #[tokio::test]
    async fn when_a_part_panics_the_server_ends_and_says_which() {
        let folder = tempfile::tempdir().unwrap();
        for part in [
            Part::Accept,
            Part::Monitor,
            Part::Tend,
            Part::Webhooks,
            Part::Reload,
            Part::Hub,
            Part::LogWriter,
            Part::LogReader,
            Part::LogUpkeep,
            Part::LogCheckpoint,
        ] {
            let db = Db::File(folder.path().join("nebula.db"));
            let config = Config { db, panics: Some(part), ..Config::for_tests() };
            let chat = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let metrics = Some(TcpListener::bind("127.0.0.1:0").await.unwrap());
            let run = crate::run(crate::Listeners { chat, metrics }, config, pending());
            let ended = tokio::time::timeout(Duration::from_secs(60), run).await.unwrap();
            assert!(matches!(ended, Err(RunError::Ended(it)) if it == part), "{part}: {ended:?}");
        }
    }
}
