//! How somebody comes in to a node, and what the memory of its people follows of the order: as the gate and the
//! connections of a server do.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use protocol::{Connect, Moderate, Moderated, Refusal, ToServer, UserName};

use crate::cluster::Held;
use crate::connection::session::Reading;
use crate::log::acts_of_people::{TakeName, UseName};
use crate::log::order::answer::Moderator;
use crate::log::order::entry;
use crate::log::order::shared::News;
use crate::log::sanction::Sanction;
use crate::outbox::{End, Outbox};
use crate::people::devices::Devices;
use crate::people::names::{Claim, Kept, Person, PersonId, Proof};
use crate::sim::Mutant;
use crate::sim::connection::Connection;
use crate::sim::process::{Process, hash};
use crate::sim::time::EXPIRY_MS;

type Verdict = Result<(Box<Held>, UserName), Refusal>;

/// Somebody who has a name on this node, and waits until all others know.
pub(in crate::sim) struct Claiming {
    pub(super) line: u64,
    connect: Connect,
    key: u8,
    claim: Claim<Outbox>,
    verdict: Pin<Box<dyn Future<Output = Verdict>>>,
    inbox: VecDeque<ToServer>,
    /// The client is gone; the node has not noticed.
    pub(super) cut: bool,
}

impl Process {
    /// Claims a name on all nodes.
    pub(in crate::sim) fn hold(
        &mut self,
        line: u64,
        connect: Connect,
        key: u8,
        claim: Claim<Outbox>,
    ) {
        let Some(cluster) = self.cluster.clone() else { return };
        let (name, now) = (claim.name().clone(), self.time.age_ms());
        let wanted = entry::Claim {
            name: name.clone(),
            proof: Proof::Key(hash(key)),
            expired: self.time.to_stored(now).saturating_sub(EXPIRY_MS),
            moderates: self.moderators.has(Some(hash(key))),
        };
        let is_owner = {
            let kept = self.names.kept(&name, now);
            kept.is_some_and(|kept| kept.devices.main() == hash(key))
        };
        if self.mutant == Mutant::KeepWithClaim {
            self.keep(line, &name, hash(key));
        }
        let verdict = Box::pin(async move { cluster.claim(wanted, is_owner).await });
        let inbox = VecDeque::new();
        self.claiming.push(Claiming { line, connect, key, claim, verdict, inbox, cut: false });
        self.hear_verdicts();
    }

    /// Who heard that their name is theirs goes on; who heard that it is not is gone.
    pub(super) fn hear_verdicts(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        for mut claiming in std::mem::take(&mut self.claiming) {
            match claiming.verdict.as_mut().poll(&mut context) {
                Poll::Pending => self.claiming.push(claiming),
                Poll::Ready(Ok((held, spelt))) => self.go_in(claiming, held, spelt),
                Poll::Ready(Err(_)) => claiming.claim.member().end(End::Gone),
            }
        }
    }

    fn go_in(&mut self, claiming: Claiming, held: Box<Held>, spelt: UserName) {
        let Claiming { line, connect, key, mut claim, inbox, cut, .. } = claiming;
        if spelt.as_str() != claim.name().as_str() {
            let member = claim.member().clone();
            drop(claim);
            let person = Person::new(spelt, Proof::Key(hash(key)));
            let Ok(anew) = self.names.claim(person, member, self.time.age_ms()) else { return };
            claim = anew;
        }
        // Another node may have stored the name since it was claimed here.
        let kept = self.names.kept(claim.name(), self.time.age_ms());
        let kept = kept.filter(|kept| kept.devices.main() == hash(key));
        kept.and_then(|kept| kept.person).into_iter().for_each(|it| claim.person().is(it));
        if self.mutant != Mutant::KeepWithClaim {
            self.keep(line, &claim.name().clone(), hash(key));
        }
        let mut connection = Connection::new(line, connect, key, claim, self);
        connection.held = Some(held);
        (connection.inbox, connection.cut) = (inbox, cut);
        self.connections.insert(line, connection);
    }

    /// A client sends something.
    pub(super) fn bring(&mut self, line: u64, envelopes: impl IntoIterator<Item = ToServer>) {
        if let Some(claiming) = self.claiming.iter_mut().find(|it| it.line == line) {
            claiming.inbox.extend(envelopes);
        } else if let Some(connection) = self.connections.get_mut(&line) {
            connection.inbox.extend(envelopes);
        }
    }

    /// As a read pump waits until its node has what its client saw on another one.
    pub(in crate::sim) fn catch_up(
        &self,
        connection: &mut Connection,
        reading: &Reading,
    ) -> Poll<bool> {
        let cluster = self.cluster.as_ref().filter(|_| reading.is_join);
        let Some(cluster) = cluster.filter(|_| self.mutant != Mutant::NoBarrier) else {
            return Poll::Ready(true);
        };
        if let Some(has_caught_up) = connection.has_caught_up {
            return Poll::Ready(has_caught_up);
        }
        let (cluster, since) = (cluster.clone(), reading.asked.since.get());
        let catch_up = || -> Pin<Box<dyn Future<Output = bool>>> {
            Box::pin(async move { cluster.catch_up(since).await })
        };
        let waits = connection.catching_up.get_or_insert_with(catch_up);
        let polled = waits.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(has_caught_up) = polled {
            (connection.catching_up, connection.has_caught_up) = (None, Some(has_caught_up));
        }
        polled
    }

    /// Whether there is such a connection, or one that wants to come in.
    pub(super) fn knows(&self, line: u64) -> bool {
        self.connections.contains_key(&line) || self.claims(line)
    }

    pub(super) fn claims(&self, line: u64) -> bool {
        self.claiming.iter().any(|it| it.line == line)
    }

    /// What was done on whatever node comes to hold here.
    pub(super) fn learn(&mut self, news: News) {
        match news {
            News::Named(take, person, devices) => self.named(&take, (person, devices)),
            News::HasDevices(_) => unreachable!("no client of the simulator links devices"),
            News::Used(UseName { name, used, .. }) => {
                self.names.used_elsewhere(&name, self.time.stored(used));
            }
            News::Imposed(mut sanction, id) => {
                sanction.until = sanction.until.map(|until| self.time.stored(until));
                self.sanctions.impose(sanction, id);
            }
            News::Lifted(lift) => self.sanctions.lifted(&lift),
            News::Released(name) => self.names.forget(&name),
            News::Moderated(moderation, moderator) => {
                let entry::Moderation { action, sanction, seconds, reason, reference } =
                    *moderation;
                let (room, user, by) = (sanction.room, sanction.user, sanction.by);
                let told = Moderated { action, room, user, by, seconds, reason, reference };
                self.tell(told, moderator.as_ref().map(|it| &it.outbox));
            }
            News::Lost(name) => {
                let theirs = self.names.find(&name).map_or_else(Vec::new, |(_, theirs)| theirs);
                theirs.iter().for_each(|it| it.end(End::Refused(Refusal::NameTaken)));
            }
        }
    }

    fn named(&self, take: &TakeName, (person, devices): (PersonId, Option<Devices>)) {
        let Some(devices) = devices else { return };
        let (now, used) = (self.time.age_ms(), self.time.stored(take.used));
        let (name, owner) = (take.name.clone(), (person, devices.clone()));
        self.names.keep(Kept { name, devices, used, person: Some(person) }, now);
        self.names.has_stored(&take.name, owner);
    }

    /// Tells all nodes what a moderator did; false if that cannot be.
    pub(in crate::sim) fn tell_all_nodes(
        &self,
        act: Moderate,
        sanction: Sanction,
        moderator: Moderator,
    ) -> bool {
        let Some(cluster) = &self.cluster else { return false };
        let until = sanction.until.map(|until| self.time.to_stored(until));
        let sanction = Sanction { until, ..sanction };
        let Moderate { action, seconds, reason, reference, .. } = act;
        let moderation = entry::Moderation { action, sanction, seconds, reason, reference };
        cluster.moderated(moderation, moderator)
    }
}
