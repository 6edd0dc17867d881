//! What a node says to the others and when: what its next record holds, when it begins a new life, how it
//! stands, and what it refuses.
//!
//! Pure: time is an argument, and whoever drives it sends the bytes. This file does not know the stream.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::standing::Standing;
use crate::log::Command;
use crate::log::order::answer::Answer;
use crate::log::order::entry::{Entry, Start};
use crate::log::order::name::NodeName;
use crate::log::order::outgoing::Outgoing;
use crate::log::order::record::{ACT_BYTES_MAX, ENTRIES_MAX};
use crate::log::order::shared::{Progress, Shared, State};
use crate::log::order::verify::Seen;

/// A node looks around so often, also when nothing happens.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Bits of an era that tell processes of one name apart: a life that was begun by one that died, and of which nothing
/// has come back, is not taken for that of the next, whatever the machine's clock says.
const PROCESS_BITS: u32 = 20;
/// Between two looks at least.
const LOOK_PAUSE: Duration = Duration::from_micros(500);

/// A moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// Since any fixed start.
    pub(crate) passed: Duration,
    /// By the machine's clock, in µs since 1970: it may be wrong.
    pub(crate) clock_us: u64,
}

/// Why this can be no node any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Another process has its name.
    Fenced,
    /// Records are missing in the stream.
    Hole,
    /// A newer program writes records.
    Form,
}

/// What the node is to do, besides what it says.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) standing: Standing,
    /// What it refuses: it never gets a place in the order.
    pub(crate) refused: Vec<Answer>,
}

/// Says what a node says.
#[derive(Debug)]
pub(crate) struct Speaker {
    shared: Arc<Shared>,
    start: Start,
    /// Tells this process from others of its name.
    process: u64,
    outgoing: Outgoing,
    commands: VecDeque<Command>,
    barriers: Vec<oneshot::Sender<()>>,
    /// Who is here, for nodes that start: records told in a row.
    here: VecDeque<Vec<(Entry, Answer)>>,
    /// Nodes that this one has buried, and in which era.
    buried: Vec<(NodeName, u64)>,
    /// Starts of other nodes that were answered.
    answered: u64,
    /// When the newest beat came back, and which it was.
    beat: Option<Duration>,
    last_beat: (u64, u64),
    standing: Standing,
    /// A life has begun, and not all of its claims are decided: what people say waits for that.
    is_settling: bool,
    /// Who hears that what they did got no place as a life began.
    refused: Vec<Answer>,
}

impl Speaker {
    /// The first life of this process begins. `process` is any number that others of its name do not have.
    pub(crate) fn new(
        shared: Arc<Shared>,
        (start, process): (Start, u64),
        now: Now,
        progress: &Progress,
    ) -> Self {
        let mut speaker = Speaker {
            outgoing: Outgoing::new(shared.me.clone(), progress.era),
            shared,
            start,
            process: process % (1 << PROCESS_BITS),
            commands: VecDeque::new(),
            barriers: Vec::new(),
            here: VecDeque::new(),
            buried: Vec::new(),
            answered: progress.started,
            beat: None,
            last_beat: (0, 0),
            standing: Standing::Joining,
            is_settling: false,
            refused: Vec::new(),
        };
        speaker.begin(now, progress);
        speaker
    }

    /// Takes something that is to last.
    pub(crate) fn queue(&mut self, command: Command) {
        self.commands.push_back(command);
    }

    /// Whether something waits that is to last.
    pub(crate) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Somebody waits until this node has applied what it says from now on.
    pub(crate) fn wait(&mut self, barrier: oneshot::Sender<()>) {
        self.barriers.push(barrier);
    }

    /// Since when no beat came back.
    pub(crate) fn silent(&self, now: Now) -> Option<Duration> {
        self.beat.map(|beat| now.passed.saturating_sub(beat))
    }

    /// Records that were not applied yet.
    pub(crate) fn on_the_way(&self) -> usize {
        self.outgoing.on_the_way()
    }

    pub(crate) fn era(&self) -> u64 {
        self.outgoing.era()
    }

    pub(crate) fn start(&self) -> &Start {
        &self.start
    }

    /// What has happened meanwhile, and how the node stands now. `more` are commands that wait elsewhere.
    ///
    /// # Errors
    /// [`Ended`].
    pub(crate) fn look(
        &mut self,
        now: Now,
        progress: &Progress,
        more: impl FnMut() -> Option<Command>,
    ) -> Result<Looked, Ended> {
        self.applied(progress);
        if progress.beat != self.last_beat {
            self.last_beat = progress.beat;
            self.beat = Some(now.passed);
        }
        match progress.state {
            State::Fenced => return Err(Ended::Fenced),
            State::Hole => return Err(Ended::Hole),
            State::Form => return Err(Ended::Form),
            State::Buried(buried) if buried == self.era() => {
                tracing::warn!("the other nodes took this one for dead: it begins anew");
                self.begin(now, progress);
            }
            // The start of a process before this one came after all, from a clock that was ahead: this one's is void.
            State::Buried(_) | State::Going if progress.era > self.era() => {
                self.begin(now, progress)
            }
            State::Buried(_) | State::Going | State::Diverged => {}
        }
        let is_whole = self.on_the_way() == 0 && progress.own.0 == self.era();
        let is_back = Standing::of(self.silent(now), false) == Standing::Current;
        let goes_on = progress.state != State::Diverged;
        if goes_on && self.shared.presence.is_lost() && is_whole && is_back {
            // All that was in doubt is known: what could not be told is told in a new life.
            self.begin(now, progress);
        }
        self.standing = self.stands(now, progress);
        let mut refused = std::mem::take(&mut self.refused);
        if matches!(self.standing, Standing::Cut | Standing::Diverged) {
            refused.extend(self.refuse(more));
        }
        Ok(Looked { standing: self.standing, refused })
    }

    fn stands(&self, now: Now, progress: &Progress) -> Standing {
        let has_joined = self.shared.members.read().has_joined();
        match Standing::of(self.silent(now), progress.state == State::Diverged) {
            Standing::Diverged => Standing::Diverged,
            // Whatever happens meanwhile: nobody comes in before it is known who is elsewhere.
            _ if !has_joined && self.standing == Standing::Joining => Standing::Joining,
            Standing::Current if progress.own.0 != self.era() => Standing::Waiting,
            // Until what could not be told is told.
            Standing::Current | Standing::Waiting if self.shared.presence.is_lost() => {
                Standing::Cut
            }
            standing => standing,
        }
    }

    /// What was not sent yet never will be.
    fn refuse(&mut self, mut more: impl FnMut() -> Option<Command>) -> Vec<Answer> {
        let presence = &self.shared.presence;
        let mut refused = if presence.is_lost() { Vec::new() } else { presence.cut() };
        let commands = self.commands.drain(..).chain(std::iter::from_fn(&mut more));
        refused.extend(commands.map(|command| Answer::of(command).1));
        refused
    }

    /// A new life begins: everybody has to hear of everything anew.
    fn begin(&mut self, now: Now, progress: &Progress) {
        // Also greater than that of a life whose start is still on its way.
        let before = progress.era.max(self.era()).max(now.clock_us);
        let era = (((before >> PROCESS_BITS) + 1) << PROCESS_BITS) | self.process;
        self.shared.begin(era);
        self.refused.extend(self.shared.presence.begin_anew());
        self.is_settling = true;
        // A new life has as long as any other to be heard of.
        self.beat = self.beat.map(|_| now.passed);
        self.outgoing = Outgoing::new(self.shared.me.clone(), era);
        self.here.clear();
        self.buried.clear();
        let start = Entry::Start(Box::new(self.start.clone()));
        // A node's description of itself can be written.
        let _ = self.make(now.passed, progress.seen, vec![(start, Answer::Nobody)]);
    }

    /// Makes the records that are due; `more` are commands that wait elsewhere. Gives back who hears that what they
    /// did cannot be written.
    pub(crate) fn speak(
        &mut self,
        now: Now,
        progress: &Progress,
        mut more: impl FnMut() -> Option<Command>,
    ) -> Vec<Answer> {
        let (now, mut refused) = (now.passed, Vec::new());
        while self.outgoing.may_make(now).is_some_and(|due| due <= now) {
            let entries = self.entries(progress, &mut more);
            let is_beat = self.outgoing.beat_due(now).is_some_and(|due| due <= now);
            if entries.is_empty() && self.barriers.is_empty() && !is_beat {
                break;
            }
            refused.extend(self.make(now, progress.seen, entries));
        }
        refused
    }

    /// The bytes to send now, in order, each with its number.
    pub(crate) fn due_to_send(&mut self, now: Now) -> Vec<(u64, Bytes)> {
        self.outgoing.due_to_send(now.passed)
    }

    /// What was on its way may be lost.
    pub(crate) fn send_again(&mut self) {
        self.outgoing.send_again();
    }

    /// The stream has a record of this node at `seq`. When it was sent this node had applied the one at `after`.
    pub(crate) fn acked(&mut self, (era, number): (u64, u64), seq: u64, after: u64) {
        if era == self.era() {
            self.outgoing.taken(number);
        }
        if seq <= after {
            tracing::error!(seq, after, "the stream has lost records that this node applied");
            let diverged = |progress: &mut Progress| progress.state = State::Diverged;
            self.shared.progress.send_modify(diverged);
        }
    }

    /// When there is something to do, whatever happens.
    pub(crate) fn next_look(&self, now: Now) -> Duration {
        let now = now.passed;
        let has_work = self.has_commands()
            || !self.barriers.is_empty()
            || !self.here.is_empty()
            || self.shared.presence.has_news(!self.shared.members.read().may_claim());
        let record = self.outgoing.may_make(now).filter(|_| has_work);
        let times = [record, self.outgoing.beat_due(now), self.outgoing.look_again()];
        let first = times.into_iter().flatten().min().unwrap_or(now + LOOK_EVERY);
        first.min(now + LOOK_EVERY).max(now + LOOK_PAUSE)
    }

    /// This node has applied so much.
    pub(crate) fn applied(&mut self, progress: &Progress) {
        let (era, number) = progress.own;
        self.outgoing.applied(era, number);
    }

    /// Whether all that it had to say was heard.
    pub(crate) fn is_quiet(&self) -> bool {
        self.on_the_way() == 0 && !self.has_commands() && !self.shared.presence.has_news(false)
    }

    /// Says that it ends.
    pub(crate) fn stop(&mut self, now: Now, progress: &Progress) {
        // So little can be written.
        let _ = self.make(now.passed, progress.seen, vec![(Entry::Stop, Answer::Nobody)]);
    }

    fn make(&mut self, now: Duration, seen: Seen, entries: Vec<(Entry, Answer)>) -> Vec<Answer> {
        let (entries, answers): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        match self.outgoing.make(now, seen, entries) {
            Ok(number) => {
                let barriers = std::mem::take(&mut self.barriers);
                self.shared.awaits((self.era(), number), answers, barriers);
                Vec::new()
            }
            Err(error) => {
                tracing::error!(%error, "a record cannot be written");
                answers
            }
        }
    }

    /// What the next record holds: claims and comings, then acts, then goings.
    fn entries(
        &mut self,
        progress: &Progress,
        more: &mut impl FnMut() -> Option<Command>,
    ) -> Vec<(Entry, Answer)> {
        let shared = self.shared.clone();
        let answers_start = progress.started > self.answered;
        if self.here.is_empty()
            && answers_start
            && let Some(records) = shared.presence.everybody(self.start.address.as_deref())
        {
            self.answered = progress.started;
            self.here.extend(records);
        }
        if let Some(record) = self.here.pop_front() {
            return record;
        }
        self.is_settling &= !shared.presence.is_settled();
        let lasting = if self.is_settling { Vec::new() } else { self.lasting(more) };
        let (mut silent, may_claim) = {
            let members = shared.members.read();
            (members.silent(), members.may_claim())
        };
        silent.retain(|node| !self.buried.contains(node));
        self.buried.extend(silent.iter().cloned());
        let mut entries: Vec<_> = silent.into_iter().map(bury).collect();
        let passing = shared.presence.take(ENTRIES_MAX, answers_start || !may_claim);
        let comes =
            |(entry, _): &(Entry, Answer)| matches!(entry, Entry::Come(_) | Entry::Claim(_));
        let until = passing.iter().rposition(comes).map_or(0, |last| last + 1);
        let mut passing = passing.into_iter();
        entries.extend(passing.by_ref().take(until));
        entries.extend(lasting);
        entries.extend(passing);
        entries
    }

    fn lasting(&mut self, more: &mut impl FnMut() -> Option<Command>) -> Vec<(Entry, Answer)> {
        let (mut bytes, mut lasting) = (0, Vec::new());
        if matches!(self.standing, Standing::Cut | Standing::Diverged) {
            // It is refused with the next look.
            return lasting;
        }
        while lasting.len() < ENTRIES_MAX && bytes < ACT_BYTES_MAX {
            let Some(command) = self.commands.pop_front().or_else(&mut *more) else { break };
            bytes += command.act.bytes();
            lasting.push(Answer::of(command));
        }
        lasting
    }
}

fn bury((node, era): (NodeName, u64)) -> (Entry, Answer) {
    (Entry::Bury(node, era), Answer::Nobody)
}
