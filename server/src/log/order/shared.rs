//! What the task that sends records, the thread that applies them and the connections have in common.
//!
//! This file does not know how anything is sent or applied.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};
use protocol::{MessageId, UserName};
use tokio::sync::{oneshot, watch};

use super::answer::{Answer, Moderator};
use super::entry::{Moderation, Settings};
use super::members::Members;
use super::name::NodeName;
use super::presence::Presence;
use super::verify::Seen;
use crate::log::acts_of_people::{TakeName, UseName};
use crate::log::outcome::PersonDevices;
use crate::log::sanction::{Lift, Sanction};
use crate::people::devices::Devices;
use crate::people::names::PersonId;

/// What the memory of people has to follow, because it happened in the order.
#[derive(Debug)]
pub(crate) enum News {
    /// Somebody has taken a name on another node, and has these devices, unless they came by a token.
    Named(TakeName, PersonId, Option<Devices>),
    Used(UseName),
    /// A person has other devices than before.
    HasDevices(PersonDevices),
    Imposed(Sanction, MessageId),
    Lifted(Lift),
    Released(UserName),
    /// A moderator did something, on this node or another.
    Moderated(Box<Moderation>, Option<Moderator>),
    /// Somebody here has a name that is another's now.
    Lost(UserName),
}

/// A record of this node that was not applied yet: who hears what becomes of it.
#[derive(Debug)]
struct Awaited {
    era: u64,
    number: u64,
    answers: Vec<Answer>,
    /// Those who wait until this node has applied it.
    barriers: Vec<oneshot::Sender<()>>,
}

/// How far this node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) seen: Seen,
    /// Era and number of its own newest record that was applied.
    pub(crate) own: (u64, u64),
    /// The same of its newest beat.
    pub(crate) beat: (u64, u64),
    /// The newest era of a node of this name, of whatever process.
    pub(crate) era: u64,
    /// Another node has started, so often; each is answered once.
    pub(crate) started: u64,
    pub(crate) state: State,
}

/// What this node is in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It goes on, or has not started.
    Going,
    /// It was buried in this era.
    Buried(u64),
    /// Another process has its name.
    Fenced,
    /// It made something else of the order than most of the others.
    Diverged,
    /// Records are missing in the stream: it has to start from a copy.
    Hole,
    /// A record has a form that this program does not know.
    Form,
}

impl State {
    /// Whether this process cannot go on as before.
    pub(crate) fn is_final(self) -> bool {
        match self {
            State::Going | State::Buried(_) => false,
            State::Fenced | State::Diverged | State::Hole | State::Form => true,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) me: NodeName,
    pub(crate) presence: Presence,
    pub(crate) members: RwLock<Members>,
    awaited: Mutex<VecDeque<Awaited>>,
    /// The era of this process.
    era: AtomicU64,
    /// The newest id that this node has applied.
    newest_id: AtomicU64,
    pub(crate) progress: watch::Sender<Progress>,
    /// Where clients reach the nodes that live and say so.
    pub(crate) addresses: watch::Sender<Vec<Box<str>>>,
}

impl Shared {
    pub(crate) fn new(
        me: NodeName,
        members: Members,
        (seen, era): (Seen, u64),
        newest_id: u64,
    ) -> Self {
        let (own, beat) = ((0, 0), (0, 0));
        let progress = Progress { seen, own, beat, era, started: 0, state: State::Going };
        Shared {
            me,
            presence: Presence::default(),
            members: RwLock::new(members),
            awaited: Mutex::default(),
            era: AtomicU64::new(0),
            newest_id: AtomicU64::new(newest_id),
            progress: watch::Sender::new(progress),
            addresses: watch::Sender::default(),
        }
    }

    /// The era of this process; zero before it has one.
    pub(crate) fn era(&self) -> u64 {
        self.era.load(Ordering::Acquire)
    }

    /// A new life begins: only its records are this node's own from now on.
    pub(crate) fn begin(&self, era: u64) {
        let before = self.era.swap(era, Ordering::AcqRel);
        debug_assert!(before < era, "eras only grow: what is awaited is in their order");
    }

    pub(crate) fn newest_id(&self) -> u64 {
        self.newest_id.load(Ordering::Acquire)
    }

    pub(crate) fn has_applied_id(&self, newest_id: u64) {
        self.newest_id.store(newest_id, Ordering::Release);
    }

    /// Settings of the whole cluster, as soon as this node knows them.
    pub(crate) fn settings(&self) -> Option<Settings> {
        self.members.read().settings()
    }

    /// Whether this node is the one that does what one of all has to do.
    pub(crate) fn is_first(&self) -> bool {
        let members = self.members.read();
        members.has_joined() && members.first() == Some(&self.me)
    }

    /// Nodes may have come or gone.
    pub(crate) fn has_changed(&self) {
        let members = self.members.read();
        let now = || members.nodes().filter_map(|(_, start)| start.address.as_ref());
        self.addresses.send_if_modified(|told| {
            let is_news = !now().eq(told.iter());
            if is_news {
                *told = now().cloned().collect();
            }
            is_news
        });
    }

    /// A record is about to be sent.
    pub(crate) fn awaits(
        &self,
        (era, number): (u64, u64),
        answers: Vec<Answer>,
        barriers: Vec<oneshot::Sender<()>>,
    ) {
        self.awaited.lock().push_back(Awaited { era, number, answers, barriers });
    }

    /// A record of this node counts: who hears of its entries. What was sent before it and did not come never
    /// counts any more; `void` is told who hears of that.
    pub(crate) fn take(
        &self,
        (era, number): (u64, u64),
        mut void: impl FnMut(Answer),
    ) -> (Vec<Answer>, Vec<oneshot::Sender<()>>) {
        let mut awaited = self.awaited.lock();
        while let Some(first) = awaited.front() {
            if (first.era, first.number) > (era, number) {
                break;
            }
            let Some(taken) = awaited.pop_front() else { break };
            if (taken.era, taken.number) == (era, number) {
                return (taken.answers, taken.barriers);
            }
            taken.answers.into_iter().for_each(&mut void);
        }
        (Vec::new(), Vec::new())
    }

    /// Nothing more is applied here. What is on its way may count all the same: nobody is told that it does not.
    pub(crate) fn end(&self) {
        self.awaited.lock().clear();
    }
}
