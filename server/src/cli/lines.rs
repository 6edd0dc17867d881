//! Lines to stderr: the server's own log, and the last word of a process. Whoever has one to write
//! never waits and never fails: a thread of its own writes, and what it cannot write is dropped and
//! counted. A pipe that nobody reads, or a full disk behind it, is no reason to stand still.
//!
//! This file does not know what the lines say.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem::take;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::fmt::MakeWriter;

use crate::LogLinesDropped;

/// Lines that wait for the thread: a burst of a busy second. Beyond that, newer ones are dropped.
const LINES_MAX: usize = 1024;
/// Bytes of one line: longer ones are cut. Nothing that the server says of itself is as long.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// How long the end of the process waits for what is still to be written.
const END_PATIENCE: Duration = Duration::from_millis(500);
/// How soon it is tried again whether a pipe that must not be waited for takes more.
const PAUSE: Duration = Duration::from_millis(10);

/// Where lines go. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Lines(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    dropped: LogLinesDropped,
    /// The thread is gone, and nothing will be written any more.
    ended: CancellationToken,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    /// The thread has taken some and is at them.
    is_writing: bool,
    /// Dropped since that was told last.
    untold: u64,
}

impl Lines {
    /// Starts the thread that writes them to stderr.
    ///
    /// # Errors
    /// That there is no thread.
    pub(crate) fn start(dropped: LogLinesDropped) -> io::Result<Self> {
        Lines::to(dropped, Unlocked)
    }

    fn to(dropped: LogLinesDropped, to: impl Write + Send + 'static) -> io::Result<Self> {
        let ended = CancellationToken::new();
        let is_over = ended.clone().drop_guard();
        let shared = Shared { waiting: Mutex::default(), changed: Condvar::new(), dropped, ended };
        let lines = Lines(Arc::new(shared));
        let own = lines.clone();
        thread::Builder::new().name("log-lines".into()).spawn(move || {
            let _is_over = is_over;
            own.write(to);
        })?;
        Ok(lines)
    }

    /// Takes a line, or drops it.
    fn push(&self, line: &[u8]) {
        let mut waiting = self.lock();
        if self.is_over() || waiting.lines.len() >= LINES_MAX {
            return self.count(&mut waiting);
        }
        waiting.lines.push_back(cut(line));
        drop(waiting);
        self.0.changed.notify_all();
    }

    fn count(&self, waiting: &mut Waiting) {
        self.0.dropped.add(1);
        waiting.untold += 1;
    }

    /// Writes for as long as the process lives.
    fn write(&self, to: impl Write) {
        let mut to = Whole { to, is_broken: false };
        loop {
            let mut waiting = self.lock();
            let idle = |waiting: &mut Waiting| waiting.lines.is_empty();
            self.0.changed.wait_while(&mut waiting, idle);
            waiting.is_writing = true;
            let lines = take(&mut waiting.lines);
            drop(waiting);
            for line in lines {
                let written = to.line(&line);
                let mut waiting = self.lock();
                let untold = match written {
                    Ok(()) => take(&mut waiting.untold),
                    Err(_) => {
                        self.count(&mut waiting);
                        0
                    }
                };
                drop(waiting);
                if untold > 0 {
                    tracing::warn!(lines = untold, "lines of this log could not be written");
                }
            }
            self.lock().is_writing = false;
            self.0.changed.notify_all();
        }
    }

    /// Waits until all lines are written, but not for long.
    pub(crate) fn flush(&self) {
        let busy = |it: &mut Waiting| it.is_writing || !it.lines.is_empty();
        // That time is over is as good as that they are written.
        let _ = self.0.changed.wait_while_for(&mut self.lock(), busy, END_PATIENCE);
    }

    /// Resolves when the thread has ended, which it should not.
    pub(crate) async fn ended(&self) {
        self.0.ended.cancelled().await;
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.ended.is_cancelled()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock()
    }
}

/// One line, which the formatter writes whole.
impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Lines;

    fn make_writer(&self) -> Lines {
        self.clone()
    }
}

fn cut(line: &[u8]) -> Vec<u8> {
    if line.len() <= LINE_BYTES_MAX {
        return line.to_vec();
    }
    let start = line.get(..LINE_BYTES_MAX).unwrap_or_default();
    [start, " …\n".as_bytes()].concat()
}

/// Lines are there whole, or not at all: what was cut off by an error gets an end of its own.
struct Whole<W> {
    to: W,
    is_broken: bool,
}

impl<W: Write> Whole<W> {
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_broken {
            self.bytes(b"\n")?;
        }
        self.bytes(line)
    }

    fn bytes(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len();
        while !bytes.is_empty() {
            match self.to.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Whoever shares the pipe made it so. Nobody unparks this thread: it waits.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    thread::park_timeout(PAUSE);
                }
                Err(error) => {
                    self.is_broken |= bytes.len() < length;
                    return Err(error);
                }
            }
        }
        self.is_broken = false;
        Ok(())
    }
}

/// Stderr without its lock, which nobody else may have to wait for.
struct Unlocked;

impl Write for Unlocked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(io::stderr(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The last word of a process, if somebody takes it: it is not waited for long.
pub(crate) fn say(line: &str) {
    let line = format!("{line}\n");
    in_time(move || {
        // There is nobody left to tell.
        let _ = Whole { to: Unlocked, is_broken: false }.line(line.as_bytes());
    });
}

/// Does what writes to stderr, and goes on when it is done, or when that takes too long.
pub(crate) fn in_time(write: impl FnOnce() + Send + 'static) {
    let (done, is_done) = sync_channel(1);
    let write = move || {
        write();
        // Who waited may have gone on.
        let _ = done.send(());
    };
    if thread::Builder::new().spawn(write).is_ok() {
        // Either way it goes on.
        let _ = is_done.recv_timeout(END_PATIENCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// Takes what it is told to take: so many bytes, or an error.
    struct Slow {
        orders: Receiver<io::Result<usize>>,
        taken: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Nobody is left to order anything: it takes all.
            let count = self.orders.recv().unwrap_or(Ok(usize::MAX))?.min(bytes.len());
            self.taken.send(bytes[..count].to_vec()).unwrap();
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Slow, Sender<io::Result<usize>>, Receiver<Vec<u8>>) {
        let ((order, orders), (taken, takes)) = (channel(), channel());
        (Slow { orders, taken }, order, takes)
    }

    fn full() -> io::Error {
        io::ErrorKind::StorageFull.into()
    }

    #[test]
    fn what_nobody_takes_is_dropped_and_counted_and_the_rest_comes_in_order() {
        let (slow, order, takes) = slow();
        let dropped = LogLinesDropped::default();
        let lines = Lines::to(dropped.clone(), slow).unwrap();
        // The thread stands still with a line of which it has written one byte.
        order.send(Ok(1)).unwrap();
        lines.push(b"begun\n");
        assert_eq!(takes.recv().unwrap(), b"b");
        (0..3 * LINES_MAX).for_each(|n| lines.push(format!("{n}\n").as_bytes()));
        assert_eq!(usize::try_from(dropped.count()).unwrap(), 2 * LINES_MAX);
        drop(order);
        assert_eq!(takes.recv().unwrap(), b"egun\n");
        for n in 0..LINES_MAX {
            assert_eq!(takes.recv().unwrap(), format!("{n}\n").as_bytes());
        }
        lines.flush();
        lines.push(b"again\n");
        assert_eq!(takes.recv().unwrap(), b"again\n");
    }

    #[test]
    fn a_line_that_broke_off_gets_an_end_and_nothing_is_written_twice() {
        let (slow, order, takes) = slow();
        let mut whole = Whole { to: slow, is_broken: false };
        let orders = [Err(full()), Ok(2), Err(full()), Err(full())];
        let more = [Err(io::ErrorKind::Interrupted.into()), Ok(1), Ok(1), Ok(9), Ok(9)];
        orders.into_iter().chain(more).for_each(|next| order.send(next).unwrap());
        let written = ["one\n", "two\n", "three\n", "four\n", "five\n"]
            .map(|line| whole.line(line.as_bytes()).is_ok());
        assert_eq!(written, [false, false, false, true, true]);
        drop(whole);
        let all: Vec<u8> = takes.iter().flatten().collect();
        assert_eq!(String::from_utf8(all).unwrap(), "tw\nfour\nfive\n");
    }

    #[test]
    fn the_end_waits_for_what_is_written_but_not_for_ever() {
        let (slow, order, takes) = slow();
        let lines = Lines::to(LogLinesDropped::default(), slow).unwrap();
        lines.push(b"never taken\n");
        lines.flush();
        assert_eq!(takes.try_iter().count(), 0);
        order.send(Ok(99)).unwrap();
        lines.flush();
        assert_eq!(takes.try_iter().count(), 1);
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(cut(&[b'x'; LINE_BYTES_MAX]).len(), LINE_BYTES_MAX);
        assert!(cut(&[b'x'; LINE_BYTES_MAX + 1]).ends_with("x …\n".as_bytes()));
    }

    #[test]
    fn that_its_thread_is_gone_is_known() {
        struct Bad;
        impl Write for Bad {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                panic!("the test wants it")
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let lines = Lines::to(LogLinesDropped::default(), Bad).unwrap();
        lines.push(b"x\n");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(lines.ended());
        assert!(lines.is_over());
    }
}
