//! The writer of a node in a cluster: it applies what the stream brings, in its order, and then tells.
//!
//! What cannot be stored is tried again until it can: nothing of the order is left out. This file does not know
//! the stream.

use std::thread::park_timeout;
use std::time::{Duration, Instant};

use super::source::{Order, RECORDS_WAITING_MAX};
use super::thread::{COMMIT_INTERVAL, LogThread};
use super::unheard::UNHEARD_INTERVAL;
use crate::log::command::ReplyTo;
use crate::log::effects::To;
use crate::log::event::{Act, Event};
use crate::log::order::answer::Answer;
use crate::log::order::entry::Entry;
use crate::log::order::members::Change;
use crate::log::order::name::NodeName;
use crate::log::order::record::Record;
use crate::log::order::replica::{Applied, Became, Incoming, Unapplied};
use crate::log::order::shared::{News, Progress, State};
use crate::log::outcome::Outcome;

/// How soon it is tried again to store what could not be.
const TRY_AGAIN: Duration = Duration::from_millis(500);

impl LogThread {
    /// Applies records until there will be no more.
    pub(super) fn follow_order(&mut self, mut order: Order) {
        let mut batch = Vec::with_capacity(RECORDS_WAITING_MAX);
        let mut unheard_due = Instant::now();
        while order.records.blocking_recv_many(&mut batch, RECORDS_WAITING_MAX) > 0 {
            self.gather(&mut order, &mut batch, unheard_due);
            let began = Instant::now();
            unheard_due = began + UNHEARD_INTERVAL;
            let Some(applied) = self.apply(&mut order, &batch) else { break };
            batch.clear();
            self.tell_all(&mut order, applied, began);
            // Nobody unparks it: it waits.
            park_timeout(COMMIT_INTERVAL.saturating_sub(began.elapsed()));
        }
        order.shared.give_up(|answer| self.effects.give_up(answer));
    }

    /// Stores them, however long that takes; none if it never can.
    fn apply(&mut self, order: &mut Order, batch: &[Incoming]) -> Option<Vec<Applied>> {
        loop {
            let error: Box<dyn std::error::Error> = match self.guard.may_write() {
                Err(error) => Box::new(error),
                Ok(()) => match order.replica.apply(&mut self.store, batch) {
                    Ok(applied) => return Some(applied),
                    Err(Unapplied::Sqlite(error)) => Box::new(error),
                    Err(error) => {
                        tracing::error!(%error, "the order cannot be followed");
                        let is_form = matches!(error, Unapplied::Form(_));
                        let state = if is_form { State::Form } else { State::Hole };
                        order.shared.progress.send_modify(|progress| progress.state = state);
                        return None;
                    }
                },
            };
            self.effects.cannot_store(&*error);
            if order.records.is_closed() {
                return None;
            }
            park_timeout(TRY_AGAIN);
        }
    }

    fn tell_all(&mut self, order: &mut Order, batch: Vec<Applied>, began: Instant) {
        self.effects.can_store();
        let (mut lasting, mut erased) = (0, false);
        let mut progress = *order.shared.progress.borrow();
        let life = order.replica.fence().life(&order.shared.me);
        progress.era = life.map_or(0, |life| life.era);
        order.shared.has_applied_id(order.replica.newest_id());
        for applied in batch {
            for became in &applied.results {
                let Became::Lasting(it) = became else { continue };
                lasting += 1;
                erased |= matches!(it.1, Outcome::Deleted(_) | Outcome::TopicSet(_));
            }
            progress.seen = applied.seen;
            order.verifier.applied(applied.seen);
            self.tell_one(order, applied, &mut progress);
        }
        let goes_on = matches!(progress.state, State::Going | State::Buried(_));
        if goes_on && order.verifier.is_diverged() {
            let nodes: Vec<_> = order.verifier.differing().collect();
            tracing::error!(?nodes, "this node made something else of the order than these");
            progress.state = State::Diverged;
        }
        if lasting > 0 {
            self.metrics.committed(lasting, began.elapsed());
        }
        order.shared.has_changed();
        order.shared.progress.send_if_modified(|old| std::mem::replace(old, progress) != progress);
        self.checkpoint(erased);
    }

    fn tell_one(&mut self, order: &mut Order, applied: Applied, progress: &mut Progress) {
        let Applied { record: Some(record), ended, results, .. } = applied else {
            self.metrics.cluster.void.inc();
            return;
        };
        let Record { node, era, number, seen, entries } = record;
        let shared = order.shared.clone();
        let is_own = node == shared.me && era == shared.era();
        let (mut answers, barriers) = if is_own {
            progress.own = (era, number);
            if seen.is_some() {
                progress.beat = (era, number);
            }
            let (answers, barriers) =
                shared.take((era, number), |answer| self.effects.give_up(answer));
            (answers.into_iter(), barriers)
        } else {
            (Vec::new().into_iter(), Vec::new())
        };
        shared.members.write().heard(&node, era, seen.is_some());
        if let Some(seen) = seen.filter(|_| !is_own) {
            order.verifier.told(&node, seen);
        }
        for (entry, became) in entries.into_iter().zip(results) {
            let answer = answers.next().unwrap_or(Answer::Nobody);
            self.tell_entry(order, (&node, era, is_own), (entry, became, answer), progress);
        }
        for node in ended {
            order.verifier.forget(&node);
            let changes = shared.members.write().end(&node);
            self.change(shared.era(), changes, progress);
        }
        // Who waits may have gone.
        for waits in barriers {
            let _ = waits.send(());
        }
    }

    fn tell_entry(
        &mut self,
        order: &mut Order,
        (node, era, is_own): (&NodeName, u64, bool),
        (entry, became, answer): (Entry, Became, Answer),
        progress: &mut Progress,
    ) {
        let shared = &order.shared;
        match (entry, became) {
            (_, Became::Lasting(lasting)) => {
                let (event, outcome) = *lasting;
                if !is_own {
                    self.metrics.cluster.foreign.inc();
                    news(&event, &outcome).into_iter().for_each(|it| tell(order, it));
                }
                let reply = match answer {
                    Answer::Command(reply, _) => reply,
                    _ => ReplyTo::Nobody,
                };
                self.tell_lasting(&event, outcome, reply);
            }
            (Entry::Claim(claim), Became::Claim(kept)) => {
                let verdict = shared.members.write().claim(node, &claim, kept);
                let Answer::Claim(id) = answer else { return };
                if let Some(lost) = shared.presence.decided(id, &claim, &verdict) {
                    tell(order, News::Lost(lost));
                }
            }
            (Entry::Yield(name), _) => shared.members.write().yielded(node, &name),
            (Entry::Come(come), _) => {
                let place = shared.members.read().elsewhere(node);
                place.into_iter().for_each(|place| {
                    self.hub.came(place, come.room.clone(), come.user.clone(), come.role);
                });
            }
            (Entry::Go(room, user), _) => {
                let place = shared.members.read().elsewhere(node);
                place.into_iter().for_each(|place| {
                    self.hub.went(place, room.clone(), user.clone());
                });
            }
            (Entry::Moderated(moderation), _) => {
                let moderator = match answer {
                    Answer::Moderator(moderator) => Some(moderator),
                    _ => None,
                };
                tell(order, News::Moderated(moderation, moderator));
            }
            (Entry::Start(start), _) => {
                order.verifier.forget(node);
                let own = shared.era();
                let changes = shared.members.write().start(node, (era, own), &start);
                self.change(own, changes, progress);
            }
            (Entry::Here(part), _) => {
                let changes = shared.members.write().here(node, &part);
                self.change(shared.era(), changes, progress);
            }
            (Entry::Act(_) | Entry::Claim(_) | Entry::Stop | Entry::Bury(..), _) => {}
        }
    }

    fn tell_lasting(&self, event: &Event, outcome: Outcome, reply: ReplyTo) {
        let hub = &self.hub;
        self.effects.follow_one(event, outcome, reply, &mut |room, frame, to| match to {
            To::Everybody => hub.deliver(room, frame),
            To::Author(author) => hub.deliver_again(room, author, frame),
        });
    }

    fn change(&self, own: u64, changes: Vec<Change>, progress: &mut Progress) {
        for change in changes {
            match change {
                Change::Came(node, room, user, role) => self.hub.came(node, room, user, role),
                Change::Gone(node) => self.hub.gone(node),
                Change::Started => progress.started += 1,
                Change::Buried => progress.state = State::Buried(own),
                Change::Fenced => progress.state = State::Fenced,
            }
        }
    }
}

/// What the memory of people follows, of what was done on another node.
fn news(event: &Event, outcome: &Outcome) -> Option<News> {
    if matches!(outcome, Outcome::Refused(_)) {
        return None;
    }
    match &event.act {
        Act::TakeName(take) => {
            let person = outcome.clone().named().ok()?;
            Some(News::Named((**take).clone(), person))
        }
        Act::UseName(used) => Some(News::Used((**used).clone())),
        Act::Impose(sanction) => Some(News::Imposed((**sanction).clone(), event.id)),
        Act::Lift(lift) => Some(News::Lifted((**lift).clone())),
        Act::ReleaseName(name) => Some(News::Released(name.clone())),
        Act::Say(_)
        | Act::Delete(_)
        | Act::SetTopic(_)
        | Act::Expire(_)
        | Act::Forget(_)
        | Act::NoteTime(_) => None,
    }
}

fn tell(order: &Order, news: News) {
    // Who follows ends only with the server.
    let _ = order.news.blocking_send(news);
}
