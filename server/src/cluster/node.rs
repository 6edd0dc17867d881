//! The task that appends to the order what this node has to say, and shows that it lives.
//!
//! What is said and when is decided by `speaker`. This file does not know what an entry means.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use super::error::ClusterError;
use super::nats::Nats;
use super::speaker::{Ended, Now, Speaker};
use super::standing::Standing;
use crate::log::effects::Effects;
use crate::log::order::entry::Start;
use crate::log::order::shared::{Progress, Shared, State};
use crate::log::{Command, now_us};
use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::{NotReady, Reasons};

/// How long a record that was published may be without an answer.
const ACK_TIMEOUT: Duration = Duration::from_secs(2);
/// So often it is looked around while nothing can be sent.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long a node that stops waits for what it still has to say.
const LAST_WORDS: Duration = Duration::from_millis(1200);

/// What the task works with.
pub(super) struct Node {
    pub(super) nats: Nats,
    pub(super) shared: Arc<Shared>,
    pub(super) start: Start,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) barriers: mpsc::Receiver<oneshot::Sender<()>>,
    pub(super) standing: watch::Sender<Standing>,
    pub(super) acked: watch::Sender<u64>,
    pub(super) reasons: Reasons,
    pub(super) metrics: Arc<Metrics>,
    /// Tells authors what never gets a place.
    pub(super) effects: Effects,
}

/// One run of the task.
struct Run {
    node: Node,
    speaker: Speaker,
    began: Instant,
    acks: JoinSet<Option<Ack>>,
    /// The log has no handle any more.
    is_over: bool,
    has_told_awaited: bool,
}

/// The stream has a record.
struct Ack {
    era: u64,
    number: u64,
    seq: u64,
    /// The newest record that this node had applied when it was sent.
    after: u64,
}

impl Node {
    /// Appends until the log has no handle any more, or until this can be no node.
    pub(super) async fn run(self, caught_up: u64) -> Result<(), ClusterError> {
        let mut progress = self.shared.progress.subscribe();
        // What was applied when it started is nothing to wait for.
        let first = loop {
            let is_there =
                progress.wait_for(|it| it.seen.seq >= caught_up || it.state != State::Going);
            match timeout(LOOK_EVERY, is_there).await {
                Ok(first) => break first.map(|it| *it).map_err(|_| ClusterError::Hole)?,
                // The server stops already.
                Err(_) if self.commands.is_closed() => return Ok(()),
                Err(_) => {}
            }
        };
        let (shared, start, began) = (self.shared.clone(), self.start.clone(), Instant::now());
        let mut run = Run {
            speaker: Speaker::new(shared, (start, fastrand::u64(..)), moment(began), &first),
            began,
            acks: JoinSet::new(),
            is_over: false,
            has_told_awaited: false,
            node: self,
        };
        run.go(&mut progress).await
    }
}

impl Run {
    async fn go(&mut self, progress: &mut watch::Receiver<Progress>) -> Result<(), ClusterError> {
        let mut link = self.node.nats.link();
        let mut times_up = link.borrow().times_up;
        loop {
            let now = *progress.borrow_and_update();
            self.look(&now)?;
            let is = *link.borrow_and_update();
            if is.times_up != times_up {
                times_up = is.times_up;
                // What was on its way over another connection may be lost.
                self.speaker.send_again();
            }
            if is.is_up {
                self.send(now).await;
            }
            if self.is_over || self.node.commands.is_closed() {
                return self.last_words(progress).await;
            }
            let next = if is.is_up { self.next_look() } else { Instant::now() + LOOK_EVERY };
            tokio::select! {
                command = self.node.commands.recv(), if !self.speaker.has_commands() => {
                    match command {
                        Some(command) => self.speaker.queue(command),
                        None => self.is_over = true,
                    }
                }
                Some(barrier) = self.node.barriers.recv() => self.speaker.wait(barrier),
                Some(ack) = self.acks.join_next() => self.acked(ack),
                changed = progress.changed() => changed.map_err(|_| ClusterError::Hole)?,
                () = self.node.shared.presence.changed.notified() => {}
                changed = link.changed() => {
                    changed.map_err(|_| ClusterError::Nats("the connection has ended".into()))?;
                }
                () = sleep_until(next) => {}
            }
        }
    }

    /// What has happened meanwhile, and how the node stands now.
    fn look(&mut self, progress: &Progress) -> Result<(), ClusterError> {
        let (now, commands) = (moment(self.began), &mut self.node.commands);
        let looked = self.speaker.look(now, progress, || commands.try_recv().ok());
        let looked = looked.map_err(|ended| match ended {
            Ended::Fenced => ClusterError::Fenced(self.node.shared.me.to_string()),
            Ended::Hole => ClusterError::Hole,
            Ended::Form => ClusterError::Form,
        })?;
        looked.refused.into_iter().for_each(|answer| self.node.effects.give_up(answer));
        self.stand(progress, looked.standing, self.speaker.silent(now));
        Ok(())
    }

    fn stand(&mut self, progress: &Progress, standing: Standing, silent: Option<Duration>) {
        let before = *self.node.standing.borrow();
        self.measure(progress, standing, silent);
        if standing == Standing::Joining && silent.is_some() && !self.has_told_awaited {
            let nodes = self.node.shared.members.read().awaited();
            tracing::info!(
                ?nodes,
                "this node waits until these say who is connected to them, or are given up"
            );
            self.has_told_awaited = true;
        }
        if standing != before {
            tracing::info!(%standing, "this node's standing in the cluster has changed");
            self.node.standing.send_replace(standing);
            for (reason, holds) in [
                (NotReady::ClusterJoining, standing == Standing::Joining),
                (NotReady::ClusterWaiting, standing == Standing::Waiting),
                (NotReady::ClusterCut, standing == Standing::Cut),
                (NotReady::ClusterDiverged, standing == Standing::Diverged),
            ] {
                self.node.reasons.set(reason, holds);
            }
        }
    }

    fn measure(&self, progress: &Progress, standing: Standing, silent: Option<Duration>) {
        let metrics = &self.node.metrics.cluster;
        let members = self.node.shared.members.read();
        metrics.standing.set(standing as i64 + 1);
        metrics.applied_seq.set(i64::try_from(progress.seen.seq).unwrap_or(i64::MAX));
        let lag = self.node.acked.borrow().saturating_sub(progress.seen.seq);
        metrics.lag_records.set(i64::try_from(lag).unwrap_or(i64::MAX));
        metrics.beat_seconds.set(silent.unwrap_or_default().as_secs_f64());
        metrics.on_the_way.set(i64::try_from(self.speaker.on_the_way()).unwrap_or(i64::MAX));
        metrics.nodes.set(i64::try_from(members.nodes().count()).unwrap_or(i64::MAX));
        metrics.diverged.set(i64::from(standing == Standing::Diverged));
        let differ = members.settings().is_some_and(|it| it != self.speaker.start().settings);
        metrics.settings_differ.set(i64::from(differ));
    }

    /// When there is something to do, whatever happens.
    fn next_look(&self) -> Instant {
        self.began + self.speaker.next_look(moment(self.began))
    }

    /// Makes the records that are due, and publishes what is to be sent.
    async fn send(&mut self, progress: Progress) {
        let (now, commands) = (moment(self.began), &mut self.node.commands);
        let refused = self.speaker.speak(now, &progress, || commands.try_recv().ok());
        refused.into_iter().for_each(|answer| self.node.effects.give_up(answer));
        let (era, after) = (self.speaker.era(), progress.seen.seq);
        for (number, bytes) in self.speaker.due_to_send(now) {
            match self.node.nats.publish(bytes).await {
                Ok(ack) => drop(self.acks.spawn(async move {
                    let ack = timeout(ACK_TIMEOUT, ack).await;
                    let seq = ack.ok().and_then(Result::ok).map(|ack| ack.seq);
                    seq.map(|seq| Ack { era, number, seq, after })
                })),
                // It goes again when it was not taken in time.
                Err(error) => tracing::debug!(%error, "a record could not be published"),
            }
        }
    }

    fn acked(&mut self, ack: Result<Option<Ack>, JoinError>) {
        // Whoever was not answered in time is sent again.
        let Some(Some(Ack { era, number, seq, after })) = ack.ok() else { return };
        self.speaker.acked((era, number), seq, after);
        self.node.acked.send_if_modified(|newest| {
            let is_news = seq > *newest;
            *newest = (*newest).max(seq);
            is_news
        });
    }

    /// Says what is left to say, and that this node ends.
    async fn last_words(
        &mut self,
        progress: &mut watch::Receiver<Progress>,
    ) -> Result<(), ClusterError> {
        let said = async {
            let mut has_stopped = false;
            loop {
                let now = *progress.borrow_and_update();
                self.speaker.applied(&now);
                if has_stopped && self.speaker.on_the_way() == 0 {
                    break;
                }
                if !has_stopped && self.speaker.is_quiet() {
                    self.speaker.stop(moment(self.began), &now);
                    has_stopped = true;
                }
                self.send(now).await;
                let next = self.next_look();
                tokio::select! {
                    changed = progress.changed() => if changed.is_err() { break },
                    Some(ack) = self.acks.join_next() => self.acked(ack),
                    () = sleep_until(next) => {}
                }
            }
        };
        if timeout(LAST_WORDS, said).await.is_err() {
            tracing::warn!("the cluster did not hear this node's last words in time");
        }
        Ok(())
    }
}

fn moment(began: Instant) -> Now {
    Now { passed: began.elapsed(), clock_us: now_us() }
}
