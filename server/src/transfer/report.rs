//! What became of a file that was imported: how much was taken in, changed and left out, and why.
//!
//! This file does not know where it is told.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use crate::log::operator::incoming::Became;

const NO_REPLY: &str = "answers to what is not here: said without the answer";
const OLD_TOPIC: &str = "topics of rooms that have a newer one";
const NO_ROOM: &str = "for a private or direct room that is not here";
const UNREADABLE: &str = "that the server could not read";

/// Each piece of a file is in it once: taken, known or left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) taken: u64,
    pub(crate) known: u64,
    /// Of those that were taken.
    pub(crate) changed: BTreeMap<&'static str, u64>,
    pub(crate) left_out: BTreeMap<&'static str, u64>,
    /// How those differ of which is not known yet what became of them.
    waiting: VecDeque<Vec<&'static str>>,
}

impl Report {
    /// Something is being taken in that differs in these ways.
    pub(crate) fn asked(&mut self, changed: Vec<&'static str>) {
        self.waiting.push_back(changed);
    }

    pub(crate) fn left_out(&mut self, reason: &'static str, count: u64) {
        *self.left_out.entry(reason).or_default() += count;
    }

    /// What became of the next ones.
    pub(crate) fn became(&mut self, all: Vec<Became>) {
        for became in all {
            let mut changed = self.waiting.pop_front().unwrap_or_default();
            match became {
                Became::Taken => self.taken += 1,
                Became::TakenWithoutReply => {
                    self.taken += 1;
                    changed.push(NO_REPLY);
                }
                Became::Known => {
                    self.known += 1;
                    continue;
                }
                Became::OldTopic => self.left_out(OLD_TOPIC, 1),
                Became::NoRoom => self.left_out(NO_ROOM, 1),
                Became::Unreadable | Became::Refused => self.left_out(UNREADABLE, 1),
            }
            let is_taken = matches!(became, Became::Taken | Became::TakenWithoutReply);
            for reason in changed.into_iter().filter(|_| is_taken) {
                *self.changed.entry(reason).or_default() += 1;
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "taken       {}", self.taken)?;
        writeln!(f, "known       {}", self.known)?;
        for (what, counts) in [("changed", &self.changed), ("left out", &self.left_out)] {
            let sum: u64 = counts.values().sum();
            writeln!(f, "{what:<11} {sum}")?;
            for (reason, count) in counts {
                writeln!(f, "    {count:>7} {reason}")?;
            }
        }
        Ok(())
    }
}
