//! The writer of a node in a cluster: it applies what the stream brings, in its order, and then tells.
//!
//! What cannot be stored is tried again until it can: nothing of the order is left out. This file does not know
//! the stream.

use std::thread::park_timeout;
use std::time::{Duration, Instant};

use protocol::Action;
use tokio::sync::mpsc::Sender;

use super::source::{Order, RECORDS_WAITING_MAX};
use super::thread::{COMMIT_INTERVAL, LogThread};
use crate::log::effects::{To, moderated};
use crate::log::order::answer::Moderator;
use crate::log::order::entry::Moderation;
use crate::log::order::replica::{Applied, Became, Incoming, Unapplied};
use crate::log::order::shared::{News, Shared, State};
use crate::log::order::teller::Consequence;

/// How soon it is tried again to store what could not be.
const TRY_AGAIN: Duration = Duration::from_millis(500);

impl LogThread {
    /// Applies records until there will be no more.
    pub(super) fn follow_order(&mut self, mut order: Order) {
        let mut batch = Vec::with_capacity(RECORDS_WAITING_MAX);
        while order.records.blocking_recv_many(&mut batch, RECORDS_WAITING_MAX) > 0 {
            let began = Instant::now();
            let Some(applied) = self.apply(&mut order, &mut batch) else { break };
            batch.clear();
            self.tell_all(&mut order, applied, began);
            // Nobody unparks it: it waits.
            park_timeout(COMMIT_INTERVAL.saturating_sub(began.elapsed()));
        }
        order.teller.shared.end();
    }

    /// Stores them, however long that takes; none if it never can.
    fn apply(&mut self, order: &mut Order, batch: &mut [Incoming]) -> Option<Vec<Applied>> {
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
                        order.teller.shared.progress.send_modify(|progress| progress.state = state);
                        return None;
                    }
                },
            };
            self.effects.cannot_store(&*error);
            // Nobody else looks: who does is waiting for this.
            self.guard.look(&self.metrics);
            if order.records.is_closed() {
                return None;
            }
            park_timeout(TRY_AGAIN);
        }
    }

    fn tell_all(&mut self, order: &mut Order, batch: Vec<Applied>, began: Instant) {
        self.effects.can_store();
        let results = batch.iter().flat_map(Applied::results);
        let (mut lasting, mut erased) = (0, false);
        for became in results {
            let Became::Lasting(it) = became else { continue };
            lasting += 1;
            erased |= it.1.erases();
        }
        if lasting > 0 {
            self.metrics.committed(lasting, began.elapsed());
        }
        let Order { teller, replica, news, .. } = order;
        let shared = teller.shared.clone();
        let nodes = teller.tell(replica, batch, |it| self.carry_out(it, news, &shared));
        if !nodes.is_empty() {
            tracing::error!(?nodes, "this node made something else of the order than these");
        }
        order.teller.shared.has_changed();
        self.committed(erased);
    }

    /// In the order in which people come and go; who has to go is put out then.
    fn tell_moderated(&self, moderation: &Moderation, moderator: Option<&Moderator>) {
        let Some(room) = moderation.sanction.room.clone() else { return };
        let (frame, absent) = moderated(moderation.told());
        let user = moderation.sanction.user.clone();
        let user = (moderation.action == Action::Kick).then_some(user);
        let absent = moderator.map(|moderator| (moderator.id, absent));
        self.hub.moderated(room, user, frame, absent);
    }

    fn carry_out(&self, consequence: Consequence, followers: &Sender<News>, shared: &Shared) {
        let (hub, webhooks, metrics) = (&self.hub, &self.webhooks, &self.metrics);
        match consequence {
            Consequence::Lasting { lasting, reply_to, is_own } => {
                let (event, outcome) = *lasting;
                if !is_own {
                    self.metrics.cluster.foreign.inc();
                }
                self.effects.follow_one(
                    &event,
                    outcome,
                    reply_to,
                    &mut |room, frame, to| match to {
                        To::Everybody => hub.deliver(room, frame),
                        // One node sends: all agree at this place of the order on which is the first.
                        To::Hooks(id) if shared.is_first() => {
                            webhooks.said(&room, id, frame.envelope(), metrics);
                        }
                        To::Hooks(_) => {}
                        To::Author(author) => hub.deliver_again(room, author, frame),
                        To::Reach { also, leaving } => hub.reach(room, frame, also, leaving),
                    },
                );
            }
            Consequence::Came(node, room, user, role) => hub.came(node, room, user, role),
            Consequence::Went(node, room, user) => hub.went(node, room, user),
            Consequence::Gone(node) => hub.gone(node),
            Consequence::News(news) => {
                if let News::Moderated(moderation, moderator) = &news {
                    self.tell_moderated(moderation, moderator.as_ref());
                }
                // Who follows ends only with the server.
                let _ = followers.blocking_send(news);
            }
            Consequence::GiveUp(answer) => self.effects.give_up(answer),
            // Who waits may have gone.
            Consequence::Passed(waits) => drop(waits.send(())),
            Consequence::Void => {
                self.metrics.cluster.void.inc();
            }
        }
    }
}
