//! One node: its database, which survives it, and, while it runs, the real parts of a server and of its place in
//! the order. In place of tasks and channels are queues that move when the seed says so.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use protocol::Epoch;
use tokio::sync::{mpsc, oneshot, watch};

use super::engine::{Ack, Append, Engine, Trimmed};
use super::mutants::Mutation;
use crate::cluster::Cluster;
use crate::cluster::speaker::{Ended, Now, Speaker};
use crate::cluster::standing::Standing;
use crate::hub::core::Input;
use crate::log::effects::To;
use crate::log::order::entry::Start;
use crate::log::order::members::Members;
use crate::log::order::name::NodeName;
use crate::log::order::replica::{Applied, Incoming, Replica, Unapplied};
use crate::log::order::shared::{News, Shared, State};
use crate::log::order::teller::{Consequence, Teller};
use crate::monitoring::metrics::Metrics;
use crate::sim::Mutant;
use crate::sim::process::Process;
use crate::sim::store::Store;
use crate::sim::time::{Clocks, Time};

/// Barriers that may wait, as in a server.
const BARRIERS_MAX: usize = 256;

/// A node, running or not.
pub(super) struct Node {
    pub(super) name: NodeName,
    pub(super) store: Store,
    pub(super) running: Option<Running>,
    /// How wrong its machine's clock is.
    pub(super) off_us: i64,
    /// It does nothing before this moment.
    pub(super) paused: Duration,
    /// It cannot reach the stream.
    pub(super) is_cut: bool,
    /// Its database is not what the stream says: it does not start.
    pub(super) has_lost_tail: bool,
}

/// A node that runs.
pub(super) struct Running {
    /// The number of the process.
    pub(super) id: u64,
    pub(super) process: Process,
    pub(super) replica: Replica,
    teller: Teller,
    /// None before all that the stream had at the start is applied.
    speaker: Option<Speaker>,
    caught_up: u64,
    pub(super) shared: Arc<Shared>,
    barriers: mpsc::Receiver<oneshot::Sender<()>>,
    pub(super) standing: watch::Sender<Standing>,
    pub(super) news: VecDeque<News>,
    /// Read, and not applied.
    pub(super) incoming: VecDeque<Incoming>,
    next: u64,
    pub(super) mutation: Mutation,
}

/// Why a node could not start.
pub(super) enum Unable {
    /// It needs a copy of another's database.
    Hole,
    /// The stream is not what it was.
    LostTail,
}

impl Node {
    pub(super) fn new(name: &str, cluster: &Epoch) -> Self {
        Node {
            name: name.parse().unwrap(),
            store: Store::of_a_node(cluster),
            running: None,
            off_us: 0,
            paused: Duration::ZERO,
            is_cut: false,
            has_lost_tail: false,
        }
    }

    pub(super) fn clocks(&self, truth_us: u64) -> Clocks {
        Clocks { now_us: truth_us.saturating_add_signed(self.off_us), truth_us }
    }

    /// Starts, if its database and the stream fit together.
    pub(super) fn start(
        &mut self,
        id: u64,
        engine: &Engine,
        (truth_us, metrics, mutant): (u64, &Arc<Metrics>, Mutant),
        keeps: bool,
    ) -> Result<(), Unable> {
        let place = self.store.place();
        let applied = place.seen.seq;
        if applied + 1 < engine.first() && mutant != Mutant::SkipHole {
            return Err(Unable::Hole);
        }
        let is_other =
            |record: &Incoming| crate::log::order::verify::sha256(&record.payload) != place.newest;
        let is_lost = engine.last() < applied || engine.get(applied).is_some_and(is_other);
        if is_lost && mutant != Mutant::IgnoreHash {
            return Err(Unable::LostTail);
        }
        let members = Members::new(self.name.clone(), place.fence.alive());
        let era = place.fence.life(&self.name).map_or(0, |life| life.era);
        let replica = Replica::new(place);
        let (seen, newest) = (replica.seen(), replica.newest_id());
        let shared = Arc::new(Shared::new(self.name.clone(), members, (seen, era), newest));
        let (standing, stands) = watch::channel(Standing::Joining);
        let (asked, barriers) = mpsc::channel(BARRIERS_MAX);
        let clocks = self.clocks(truth_us);
        let time = Time::start(&mut self.store, clocks, mutant);
        let mut process = Process::start(&self.store, metrics, time, mutant);
        process.cluster =
            Some(Arc::new(Cluster::new(shared.clone(), stands, asked, mpsc::channel(1).0)));
        process.keeps = keeps;
        let caught_up = if mutant == Mutant::IgnoreHash { 0 } else { engine.last() };
        self.running = Some(Running {
            id,
            process,
            next: seen.seq + 1,
            replica,
            teller: Teller::new(shared.clone()),
            speaker: None,
            caught_up,
            shared,
            barriers,
            standing,
            news: VecDeque::new(),
            incoming: VecDeque::new(),
            mutation: Mutation::new(mutant),
        });
        Ok(())
    }

    /// The newest record that it has, applied or not.
    pub(super) fn has_read(&self) -> u64 {
        let read = self.running.as_ref().and_then(|running| running.incoming.back());
        read.map_or_else(|| self.store.seq, |record| record.seq)
    }

    /// The process dies, perhaps between a transaction and the telling of it: what is stored by that.
    pub(super) fn die(&mut self, stored: bool) -> Vec<Applied> {
        match self.running.take() {
            Some(mut running) if stored && running.mutation.is_none() => {
                let mut batch: Vec<_> = running.incoming.drain(..).collect();
                // What cannot be applied is not.
                self.store.apply(&mut running.replica, &mut batch).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}

impl Running {
    pub(super) fn stands(&self) -> Standing {
        *self.standing.borrow()
    }

    /// Whether nothing of it is in doubt: all that it said was applied, and nothing waits.
    pub(super) fn is_quiet(&self) -> bool {
        let is_quiet = self.speaker.as_ref().is_some_and(Speaker::is_quiet);
        is_quiet
            && self.incoming.is_empty()
            && self.news.is_empty()
            && !self.shared.presence.is_lost()
    }

    /// Looks around, and says what is due.
    pub(super) fn speak(&mut self, now: Now, engine: Option<&mut Engine>) -> Result<(), Ended> {
        let progress = *self.shared.progress.borrow();
        let catches_up = progress.seen.seq < self.caught_up && progress.state == State::Going;
        if self.speaker.is_none() && catches_up {
            return Ok(());
        }
        let (shared, is_diverged) = (&self.shared, progress.state == State::Diverged);
        if is_diverged && self.mutation.is(Mutant::IgnoreHash) {
            shared.progress.send_modify(|progress| progress.state = State::Going);
            return Ok(());
        }
        let start = (Start::default(), self.id);
        let new = || Speaker::new(shared.clone(), start, now, &progress);
        let speaker = self.speaker.get_or_insert_with(new);
        while let Ok(barrier) = self.barriers.try_recv() {
            speaker.wait(barrier);
        }
        let Process { commands, effects, .. } = &mut self.process;
        let looked = speaker.look(now, &progress, || commands.pop_front())?;
        looked.refused.into_iter().for_each(|answer| effects.give_up(answer));
        self.standing.send_replace(looked.standing);
        let Some(engine) = engine else { return Ok(()) };
        let refused = speaker.speak(now, &progress, || commands.pop_front());
        refused.into_iter().for_each(|answer| effects.give_up(answer));
        let (from, era, after) = (self.id, speaker.era(), progress.seen.seq);
        for (number, bytes) in speaker.due_to_send(now) {
            let bytes = self.mutation.said(&self.shared, now, bytes);
            engine.send(Append { from, era, number, after, bytes });
        }
        self.process.hear_verdicts();
        self.process.go_on();
        Ok(())
    }

    /// It can reach the stream again.
    pub(super) fn reconnected(&mut self) {
        self.speaker.iter_mut().for_each(Speaker::send_again);
    }

    pub(super) fn acked(&mut self, ack: Ack) {
        let Ack { append, seq } = ack;
        if self.mutation.is(Mutant::TellOnPubAck) {
            self.process.shard.extend(Mutation::told_early(&append.bytes, seq));
        }
        let Some(speaker) = &mut self.speaker else { return };
        speaker.acked((append.era, append.number), seq, append.after);
    }

    /// Says that it ends.
    pub(super) fn stop(&mut self, now: Now, engine: &mut Engine) {
        let Some(speaker) = &mut self.speaker else { return };
        let progress = *self.shared.progress.borrow();
        speaker.stop(now, &progress);
        let (from, era, after) = (self.id, speaker.era(), progress.seen.seq);
        for (number, bytes) in speaker.due_to_send(now) {
            engine.send(Append { from, era, number, after, bytes });
        }
    }

    /// Reads so many records of the stream; how many there were.
    pub(super) fn read(&mut self, engine: &Engine, count: usize) -> usize {
        for read in 0..count {
            let found = match engine.read(self.next) {
                Err(Trimmed) if self.mutation.is(Mutant::SkipHole) => {
                    self.next = engine.first();
                    engine.read(self.next).ok().flatten()
                }
                Err(Trimmed) => {
                    self.shared.progress.send_modify(|progress| progress.state = State::Hole);
                    None
                }
                Ok(found) => found,
            };
            let Some(found) = found else { return read };
            self.incoming.push_back(found);
            self.next += 1;
        }
        count
    }

    /// It reads anew what it did not apply.
    pub(super) fn reopen(&mut self) {
        self.next = self.replica.seen().seq + 1;
        self.incoming.clear();
    }

    /// Applies so much of what was read, in one transaction, and tells. `see` sees it before.
    pub(super) fn apply(
        &mut self,
        store: &mut Store,
        (count, now): (usize, Now),
        mut see: impl FnMut(&Applied) -> Result<(), String>,
    ) -> Result<usize, String> {
        let count = if self.mutation.is_none() { count } else { count.min(1) };
        let count = count.min(self.incoming.len());
        let mut batch: Vec<_> = self.incoming.drain(..count).collect();
        for record in &mut batch {
            self.mutation.heard(&self.replica, now, record);
        }
        if batch.is_empty() {
            return Ok(0);
        }
        let applied = match store.apply(&mut self.replica, &mut batch) {
            Ok(applied) => applied,
            Err(Unapplied::Hole { .. }) => {
                self.shared.progress.send_modify(|progress| progress.state = State::Hole);
                self.shared.end();
                return Ok(0);
            }
            Err(error) => return Err(error.to_string()),
        };
        applied.iter().try_for_each(&mut see)?;
        let Running { teller, replica, process, news, mutation, .. } = self;
        if mutation.is(Mutant::ClearByOwnClock) {
            mutation.clear(store, now);
        }
        process.effects.can_store();
        teller.tell(replica, applied, |consequence| follow(process, news, consequence));
        mutation.open(&self.shared);
        process.hear_verdicts();
        process.go_on();
        let progress = *self.shared.progress.borrow();
        self.speaker.iter_mut().for_each(|speaker| speaker.applied(&progress));
        Ok(count)
    }

    /// The memory of people follows one thing that has happened; false if there was none.
    pub(super) fn learn(&mut self) -> bool {
        let Some(news) = self.news.pop_front() else { return false };
        self.process.learn(news);
        true
    }
}

fn follow(process: &mut Process, news: &mut VecDeque<News>, consequence: Consequence) {
    let Process { shard, effects, .. } = process;
    match consequence {
        Consequence::Lasting { lasting, reply_to, .. } => {
            let (event, outcome) = *lasting;
            effects.follow_one(&event, outcome, reply_to, &mut |room, message, to| match to {
                To::Hooks(_) => {}
                To::Everybody => shard.push_back(Input::Deliver { room, message }),
                To::Author(author) => shard.push_back(Input::Again { room, author, message }),
                To::Reach { also, leaving } => {
                    shard.push_back(Input::Reach { room, message, also, leaving });
                }
            });
        }
        Consequence::Came(node, room, user, role) => {
            shard.push_back(Input::Came { room, node, user, role });
        }
        Consequence::Went(node, room, user) => shard.push_back(Input::Went { room, node, user }),
        Consequence::Gone(node) => shard.push_back(Input::Gone(node)),
        Consequence::News(it) => news.push_back(it),
        Consequence::GiveUp(answer) => effects.give_up(answer),
        // Who waits may have gone.
        Consequence::Passed(waits) => drop(waits.send(())),
        Consequence::Void => {}
    }
}
