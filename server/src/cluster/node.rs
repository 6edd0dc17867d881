//! The task that appends to the order what this node has to say, and shows that it lives.
//!
//! What is sent and when is decided by `log/order/outgoing`. This file does not know what an entry means.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use super::error::ClusterError;
use super::nats::Nats;
use super::standing::Standing;
use crate::log::effects::Effects;
use crate::log::order::answer::Answer;
use crate::log::order::entry::{Entry, Start};
use crate::log::order::name::NodeName;
use crate::log::order::outgoing::Outgoing;
use crate::log::order::record::{ENTRIES_MAX, RECORD_BYTES_MAX};
use crate::log::order::shared::{Progress, Shared, State};
use crate::log::order::verify::Seen;
use crate::log::{Command, now_us};
use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::{NotReady, Reasons};

/// How long a record that was published may be without an answer.
const ACK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a node that stops waits for what it still has to say.
const LAST_WORDS: Duration = Duration::from_millis(1200);
/// So often it looks around, whatever happens.
const LOOK_EVERY: Duration = Duration::from_millis(250);

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

/// What waits to be said.
#[derive(Default)]
struct Waiting {
    commands: VecDeque<Command>,
    barriers: Vec<oneshot::Sender<()>>,
    /// Who is here, for nodes that start: told in a row.
    here: VecDeque<Entry>,
    /// Nodes that this one has buried, and in which era.
    buried: Vec<(NodeName, u64)>,
    /// The log has no handle any more.
    is_over: bool,
}

/// One run of the task.
struct Run {
    node: Node,
    outgoing: Outgoing,
    waiting: Waiting,
    began: Instant,
    /// When the newest beat came back.
    beat: Option<Instant>,
    last_beat: (u64, u64),
    /// Starts of other nodes that were answered.
    answered: u64,
    acks: JoinSet<(u64, u64, Option<u64>)>,
    has_told_awaited: bool,
}

impl Node {
    /// Appends until the log has no handle any more, or until this can be no node.
    pub(super) async fn run(self, caught_up: u64) -> Result<(), ClusterError> {
        let mut progress = self.shared.progress.subscribe();
        // What was applied when it started is nothing to wait for.
        let is_there = progress.wait_for(|it| it.seen.seq >= caught_up || it.state != State::Going);
        let first = is_there.await.map(|progress| *progress).map_err(|_| ClusterError::Hole)?;
        let era = next_era(&first);
        let mut run = Run {
            outgoing: Outgoing::new(self.shared.me.clone(), era),
            waiting: Waiting::default(),
            began: Instant::now(),
            beat: None,
            last_beat: (0, 0),
            answered: first.started,
            acks: JoinSet::new(),
            has_told_awaited: false,
            node: self,
        };
        run.begin(era);
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
                self.outgoing.send_again();
            }
            if is.is_up {
                self.send(now).await;
            }
            if self.waiting.is_over {
                return self.last_words(progress).await;
            }
            let next = self.next_look();
            tokio::select! {
                command = self.node.commands.recv(), if self.waiting.commands.is_empty() => {
                    match command {
                        Some(command) => self.waiting.commands.push_back(command),
                        None => self.waiting.is_over = true,
                    }
                }
                Some(barrier) = self.node.barriers.recv() => self.waiting.barriers.push(barrier),
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

    /// A new life begins: everybody has to hear of everything anew.
    fn begin(&mut self, era: u64) {
        self.node.shared.begin(era);
        self.node.shared.presence.begin_anew();
        self.outgoing = Outgoing::new(self.node.shared.me.clone(), era);
        self.waiting.here.clear();
        self.waiting.buried.clear();
        let start = Entry::Start(Box::new(self.node.start.clone()));
        let seen = self.node.shared.progress.borrow().seen;
        self.make(self.began.elapsed(), seen, vec![(start, Answer::Nobody)]);
    }

    /// What has happened meanwhile, and how the node stands now.
    fn look(&mut self, progress: &Progress) -> Result<(), ClusterError> {
        let (era, number) = progress.own;
        self.outgoing.applied(era, number);
        if progress.beat != self.last_beat {
            self.last_beat = progress.beat;
            self.beat = Some(Instant::now());
        }
        match progress.state {
            State::Fenced => return Err(ClusterError::Fenced(self.node.shared.me.to_string())),
            State::Hole => return Err(ClusterError::Hole),
            State::Form => return Err(ClusterError::Form),
            State::Buried(buried) if buried == self.outgoing.era() => {
                tracing::warn!("the other nodes took this one for dead: it begins anew");
                self.begin(next_era(progress));
            }
            State::Buried(_) | State::Going | State::Diverged => {}
        }
        let is_whole = self.outgoing.on_the_way() == 0 && progress.own.0 == self.outgoing.era();
        let is_back = self
            .beat
            .is_some_and(|beat| Standing::of(Some(beat.elapsed()), false) == Standing::Current);
        if self.node.shared.presence.is_lost() && is_whole && is_back {
            // All that was in doubt is known: what could not be told is told in a new life.
            self.begin(next_era(progress));
        }
        self.stand(progress);
        Ok(())
    }

    fn stand(&mut self, progress: &Progress) {
        let shared = &self.node.shared;
        let has_joined = shared.members.read().has_joined();
        let silent = self.beat.map(|beat| beat.elapsed());
        let is_lost = shared.presence.is_lost();
        let before = *self.node.standing.borrow();
        let standing = match Standing::of(silent, progress.state == State::Diverged) {
            Standing::Current if !has_joined && before == Standing::Joining => Standing::Joining,
            // Until what could not be told is told.
            Standing::Current | Standing::Waiting if is_lost => Standing::Cut,
            standing => standing,
        };
        self.measure(progress, standing, silent);
        if standing == Standing::Joining && silent.is_some() && !self.has_told_awaited {
            let nodes = shared.members.read().awaited();
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
        if matches!(standing, Standing::Cut | Standing::Diverged) {
            if !is_lost {
                let refused = self.node.shared.presence.cut();
                refused.into_iter().for_each(|answer| self.node.effects.give_up(answer));
            }
            self.refuse_commands();
        }
    }

    /// What was not sent yet never will be.
    fn refuse_commands(&mut self) {
        while let Ok(command) = self.node.commands.try_recv() {
            self.waiting.commands.push_back(command);
        }
        for command in self.waiting.commands.drain(..) {
            self.node.effects.give_up(Answer::of(command).1);
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
        metrics.on_the_way.set(i64::try_from(self.outgoing.on_the_way()).unwrap_or(i64::MAX));
        metrics.nodes.set(i64::try_from(members.nodes().count()).unwrap_or(i64::MAX));
        metrics.diverged.set(i64::from(standing == Standing::Diverged));
        let differ = members.settings().is_some_and(|it| it != self.node.start.settings);
        metrics.settings_differ.set(i64::from(differ));
    }

    /// When there is something to do, whatever happens.
    fn next_look(&self) -> Instant {
        let now = self.began.elapsed();
        let has_work = !self.waiting.commands.is_empty()
            || !self.waiting.barriers.is_empty()
            || !self.waiting.here.is_empty()
            || self.node.shared.presence.has_news();
        let record = self.outgoing.may_make(now).filter(|_| has_work);
        let times = [record, self.outgoing.beat_due(now), self.outgoing.look_again()];
        let first = times.into_iter().flatten().min().unwrap_or(now + LOOK_EVERY);
        self.began + first.min(now + LOOK_EVERY).max(now + Duration::from_micros(500))
    }

    /// Makes the records that are due, and publishes what is to be sent.
    async fn send(&mut self, progress: Progress) {
        let now = self.began.elapsed();
        while self.outgoing.may_make(now).is_some_and(|due| due <= now) {
            let entries = self.entries(&progress);
            let is_beat = self.outgoing.beat_due(now).is_some_and(|due| due <= now);
            if entries.is_empty() && self.waiting.barriers.is_empty() && !is_beat {
                break;
            }
            self.make(now, progress.seen, entries);
        }
        for (number, bytes) in self.outgoing.due_to_send(now) {
            let era = self.outgoing.era();
            match self.node.nats.publish(bytes).await {
                Ok(ack) => drop(self.acks.spawn(async move {
                    let ack = timeout(ACK_TIMEOUT, ack).await;
                    (era, number, ack.ok().and_then(Result::ok).map(|ack| ack.seq))
                })),
                // It goes again when it was not taken in time.
                Err(error) => tracing::debug!(%error, "a record could not be published"),
            }
        }
    }

    fn make(&mut self, now: Duration, seen: Seen, entries: Vec<(Entry, Answer)>) {
        let (entries, answers): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        let era = self.outgoing.era();
        match self.outgoing.make(now, seen, entries) {
            Ok(number) => {
                let barriers = std::mem::take(&mut self.waiting.barriers);
                self.node.shared.awaits((era, number), answers, barriers);
            }
            Err(error) => {
                tracing::error!(%error, "a record cannot be written");
                answers.into_iter().for_each(|answer| self.node.effects.give_up(answer));
            }
        }
    }

    /// What the next record holds: who comes, then what lasts, then who goes.
    fn entries(&mut self, progress: &Progress) -> Vec<(Entry, Answer)> {
        if let Some(part) = self.waiting.here.pop_front() {
            return vec![(part, Answer::Nobody)];
        }
        let shared = self.node.shared.clone();
        let answers_start = progress.started > self.answered;
        if answers_start && let Some(mut parts) = shared.presence.everybody() {
            if let Some(Entry::Here(last)) = parts.last_mut() {
                last.address.clone_from(&self.node.start.address);
            }
            self.answered = progress.started;
            self.waiting.here.extend(parts);
            return self.entries(progress);
        }
        let lasting = self.lasting();
        let mut silent = shared.members.read().silent();
        silent.retain(|node| !self.waiting.buried.contains(node));
        self.waiting.buried.extend(silent.iter().cloned());
        let bury = |(node, era)| (Entry::Bury(node, era), Answer::Nobody);
        let mut entries: Vec<_> = silent.into_iter().map(bury).collect();
        let passing = shared.presence.take(ENTRIES_MAX, answers_start);
        let comes =
            |(entry, _): &(Entry, Answer)| matches!(entry, Entry::Come(_) | Entry::Claim(_));
        let until = passing.iter().rposition(comes).map_or(0, |last| last + 1);
        let mut passing = passing.into_iter();
        entries.extend(passing.by_ref().take(until));
        entries.extend(lasting);
        entries.extend(passing);
        entries
    }

    fn lasting(&mut self) -> Vec<(Entry, Answer)> {
        let (mut bytes, mut lasting) = (0, Vec::new());
        while lasting.len() < ENTRIES_MAX && bytes < RECORD_BYTES_MAX / 2 {
            let next = self.waiting.commands.pop_front();
            let Some(command) = next.or_else(|| self.node.commands.try_recv().ok()) else { break };
            bytes += command.act.bytes();
            lasting.push(Answer::of(command));
        }
        lasting
    }

    fn acked(&mut self, ack: Result<(u64, u64, Option<u64>), JoinError>) {
        // Whoever was not answered in time is sent again.
        let Some((era, number, Some(seq))) = ack.ok() else { return };
        if era == self.outgoing.era() {
            self.outgoing.taken(number);
        }
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
                self.outgoing.applied(now.own.0, now.own.1);
                let is_quiet = self.outgoing.on_the_way() == 0 && self.waiting.commands.is_empty();
                if is_quiet && has_stopped {
                    break;
                }
                if is_quiet && !self.node.shared.presence.has_news() {
                    self.make(self.began.elapsed(), now.seen, vec![(Entry::Stop, Answer::Nobody)]);
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

/// Greater than every era of a node of this name, whatever the machine's clock says.
fn next_era(progress: &Progress) -> u64 {
    (progress.era + 1).max(now_us())
}
