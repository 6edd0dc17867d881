//! The records that this node appends to the order: made of what waits, numbered, and kept until they are
//! applied, so that they can be sent again.
//!
//! Pure: time is an argument, and whoever drives it sends the bytes. This file does not know the stream.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::entry::Entry;
use super::name::NodeName;
use super::record::Record;
use super::verify::Seen;

/// Records on their way at a time: the stream takes more of small ones, and a node that dies leaves less in
/// doubt with fewer.
const ON_THE_WAY_MAX: usize = 16;
/// From one record to the next at least, while any is on its way.
const SPACING: Duration = Duration::from_millis(4);
/// The same while there are many, whether one is on its way or not: each costs every node as much as ten messages
/// in it.
const SPACING_BUSY: Duration = Duration::from_millis(8);
/// Records a second from which on there are many, and up to which there still are: fewer than can be made
/// [`SPACING_BUSY`] apart.
const BUSY: u32 = 150;
const STILL_BUSY: u32 = 75;
/// How long a record is on its way before no more are sent behind it: what was not sent can still be refused.
const STUCK: Duration = Duration::from_millis(500);
/// How long to wait for the stream to take a record before it is sent again.
const SEND_AGAIN: Duration = Duration::from_secs(2);
/// How long to wait for a record that the stream has taken: a new leader may have lost it.
const APPLIED_WITHIN: Duration = Duration::from_secs(10);
/// How often a node shows that it lives.
const BEAT: Duration = Duration::from_secs(1);

/// A record that was not applied yet.
#[derive(Debug)]
struct OnTheWay {
    number: u64,
    bytes: Bytes,
    /// When it was sent first.
    made: Duration,
    /// When it was sent last; none is to be sent.
    sent: Option<Duration>,
    /// The stream has it.
    taken: bool,
}

/// The records of one life of the node.
#[derive(Debug)]
pub(crate) struct Outgoing {
    node: NodeName,
    era: u64,
    next: u64,
    on_the_way: VecDeque<OnTheWay>,
    last: Option<Duration>,
    beat: Option<Duration>,
    /// Records of this second, and when it began.
    lately: (u32, Duration),
    is_busy: bool,
}

impl Outgoing {
    pub(crate) fn new(node: NodeName, era: u64) -> Self {
        Outgoing {
            node,
            era,
            next: 1,
            on_the_way: VecDeque::new(),
            last: None,
            beat: None,
            lately: (0, Duration::ZERO),
            is_busy: false,
        }
    }

    pub(crate) fn era(&self) -> u64 {
        self.era
    }

    /// Records that were not applied yet.
    pub(crate) fn on_the_way(&self) -> usize {
        self.on_the_way.len()
    }

    /// When one more record may be made; none while too much is on its way.
    pub(crate) fn may_make(&self, now: Duration) -> Option<Duration> {
        let first = self.on_the_way.front();
        let is_stuck = first.is_some_and(|first| now >= first.made + STUCK);
        if is_stuck || self.on_the_way.len() >= ON_THE_WAY_MAX {
            return None;
        }
        let spacing = match first {
            _ if self.is_busy => SPACING_BUSY,
            Some(_) => SPACING,
            None => return Some(now),
        };
        Some(self.last.map_or(now, |last| now.max(last + spacing)))
    }

    /// When the next beat is due. Who cannot apply what was sent falls silent.
    pub(crate) fn beat_due(&self, now: Duration) -> Option<Duration> {
        let due = self.beat.map_or(now, |beat| beat + BEAT);
        self.on_the_way.is_empty().then_some(due)
    }

    /// Makes a record, with how far this node is if a beat is due; its number.
    ///
    /// # Errors
    /// That an entry cannot be written: none can be like that.
    pub(crate) fn make(
        &mut self,
        now: Duration,
        seen: Seen,
        entries: Vec<Entry>,
    ) -> Result<u64, postcard::Error> {
        let is_beat = self.beat.is_none_or(|beat| now >= beat + BEAT);
        let (node, era, number) = (self.node.clone(), self.era, self.next);
        let record = Record { node, era, number, seen: is_beat.then_some(seen), entries };
        let bytes = record.encode()?.into();
        self.on_the_way.push_back(OnTheWay { number, bytes, made: now, sent: None, taken: false });
        self.next += 1;
        self.last = Some(now);
        if is_beat {
            self.beat = Some(now);
        }
        self.count(now);
        Ok(number)
    }

    fn count(&mut self, now: Duration) {
        let (count, since) = &mut self.lately;
        *count += 1;
        if now >= *since + Duration::from_secs(1) {
            let many = if self.is_busy { STILL_BUSY } else { BUSY };
            self.is_busy = *count > many;
            (*count, *since) = (0, now);
        }
    }

    /// The bytes to send now, in order; with them, again, whatever came behind one that was not taken in time.
    pub(crate) fn due_to_send(&mut self, now: Duration) -> Vec<(u64, Bytes)> {
        let is_late = |it: &OnTheWay| {
            let patience = if it.taken { APPLIED_WITHIN } else { SEND_AGAIN };
            it.sent.is_some_and(|sent| now >= sent + patience)
        };
        if self.on_the_way.iter().any(is_late) {
            self.send_again();
        }
        let due = self.on_the_way.iter_mut().filter(|it| it.sent.is_none());
        due.map(|it| {
            it.sent = Some(now);
            (it.number, it.bytes.clone())
        })
        .collect()
    }

    /// When to look next for what was not taken.
    pub(crate) fn look_again(&self) -> Option<Duration> {
        let patience = |it: &OnTheWay| if it.taken { APPLIED_WITHIN } else { SEND_AGAIN };
        self.on_the_way.iter().filter_map(|it| Some(it.sent? + patience(it))).min()
    }

    /// What was sent may be lost: all of it goes again, in order. What the stream has already is void there.
    pub(crate) fn send_again(&mut self) {
        for it in &mut self.on_the_way {
            (it.sent, it.taken) = (None, false);
        }
    }

    /// The stream has a record.
    pub(crate) fn taken(&mut self, number: u64) {
        if let Some(it) = self.on_the_way.iter_mut().find(|it| it.number == number) {
            it.taken = true;
        }
    }

    /// This node has applied all its records up to one.
    pub(crate) fn applied(&mut self, era: u64, number: u64) {
        while era == self.era && self.on_the_way.front().is_some_and(|it| it.number <= number) {
            self.on_the_way.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes records as soon as they may be, with always something to say; each is applied before the next.
    fn flat_out(outgoing: &mut Outgoing, from: Duration, until: Duration) -> u32 {
        let seen = Seen { seq: 0, hash: Default::default() };
        let (mut now, mut count) = (from, 0);
        while now < until {
            match outgoing.may_make(now) {
                Some(due) if due <= now => {
                    let number = outgoing.make(now, seen, Vec::new()).unwrap();
                    outgoing.applied(1, number);
                    count += 1;
                }
                // Something new to say comes each millisecond.
                _ => now += Duration::from_millis(1),
            }
            now += Duration::from_micros(1);
        }
        count
    }

    #[test]
    fn records_are_further_apart_while_there_are_many_though_none_is_on_its_way() {
        let mut outgoing = Outgoing::new("a".parse().unwrap(), 1);
        let second = Duration::from_secs(1);
        assert!(flat_out(&mut outgoing, Duration::ZERO, second) > BUSY);
        for from in 2..5 {
            let count = flat_out(&mut outgoing, from * second, (from + 1) * second);
            assert!((STILL_BUSY..=BUSY).contains(&count), "{count}");
        }
    }

    #[test]
    fn one_that_follows_a_pause_does_not_wait() {
        let mut outgoing = Outgoing::new("a".parse().unwrap(), 1);
        let seen = Seen { seq: 0, hash: Default::default() };
        for at in (0..400).map(|at| Duration::from_millis(10 * at)) {
            assert_eq!(outgoing.may_make(at), Some(at));
            let number = outgoing.make(at, seen, Vec::new()).unwrap();
            outgoing.applied(1, number);
        }
    }
}
