//! What happened in the order of the cluster, followed by what this node has in memory of people, and carried
//! out for those who are connected here.
//!
//! This file does not know where the order comes from.

use std::sync::{Arc, Weak};

use protocol::{Refusal, ToClient, UserName};
use tokio::sync::mpsc;

use super::carry_out::{self, Done};
use super::engine::Engine;
use crate::cluster::standing::Standing;
use crate::frame::{Delivery, Frame};
use crate::log::acts_of_people::{TakeName, UseName};
use crate::log::order::answer::Moderator;
use crate::log::order::entry::Moderation;
use crate::log::order::shared::News;
use crate::outbox::End;
use crate::people::devices::Devices;
use crate::people::key_hash::KeyHash;
use crate::people::names::{Kept, PersonId};

/// Follows until the log has ended. It keeps nothing of the server going.
pub(crate) async fn follow(engine: Weak<Engine>, mut news: mpsc::Receiver<News>) {
    let watch = |engine: Arc<Engine>| {
        engine.cluster.as_ref().map(|cluster| (cluster.watch(), cluster.addresses()))
    };
    let Some((mut standing, mut addresses)) = engine.upgrade().and_then(watch) else { return };
    // Some may have been there before.
    addresses.mark_changed();
    loop {
        tokio::select! {
            it = news.recv() => {
                let Some(it) = it else { return };
                let Some(engine) = engine.upgrade() else { return };
                engine.learn(it);
            }
            changed = standing.changed() => {
                let (Ok(()), Some(engine)) = (changed, engine.upgrade()) else { return };
                engine.tell_standing();
            }
            changed = addresses.changed() => {
                let (Ok(()), Some(engine)) = (changed, engine.upgrade()) else { return };
                let now = addresses.borrow_and_update().clone();
                // Those of nodes are written as origins are.
                engine.siblings.set(now.iter().filter_map(|it| it.parse().ok()).collect());
                engine.tell_standing();
            }
        }
    }
}

impl Engine {
    fn learn(&self, news: News) {
        let auth = &self.auth;
        match news {
            News::Named(take, person, devices) => self.named(&take, (person, devices)),
            News::HasDevices(owner) => auth.has_devices(&owner),
            News::Used(UseName { name, used, .. }) => {
                auth.names.used_elsewhere(&name, auth.time.read().stored(used));
            }
            News::Imposed(mut sanction, id) => {
                let time = auth.time.read();
                sanction.until = sanction.until.map(|until| time.stored(until));
                auth.sanctions.impose(sanction, id);
            }
            News::Lifted(lift) => auth.sanctions.lifted(&lift),
            News::Released(name) => auth.released(&name),
            News::Moderated(moderation, moderator) => self.moderated(*moderation, moderator),
            News::Lost(name) => {
                let connections =
                    auth.names.find(&name).map_or_else(Vec::new, |(_, theirs)| theirs);
                for connection in connections {
                    connection.outbox.end(End::Refused(Refusal::NameTaken));
                }
            }
        }
    }

    fn named(&self, take: &TakeName, (person, devices): (PersonId, Option<Devices>)) {
        let (names, name) = (&self.auth.names, take.name.clone());
        let Some(devices) = devices else { return names.has_subject(&name, person) };
        let (now, time) = (self.auth.time.age_ms(), self.auth.time.read());
        let (used, owner) = (time.stored(take.used), (person, devices.clone()));
        let main = devices.main();
        // Where there is no room for it, the database still knows.
        names.keep(Kept { name, devices, used, person: Some(person) }, now);
        names.has_stored(&take.name, owner);
        self.is_known(&take.name, (person, main));
    }

    /// Who is here under a name that they took on another node is that person here too.
    fn is_known(&self, name: &UserName, (number, main): (PersonId, KeyHash)) {
        let Some((person, theirs)) = self.auth.names.find(name) else { return };
        if person.key() != Some(main) {
            return;
        }
        person.is(number);
        if person.number() != Some(number) {
            return;
        }
        for admitted in theirs {
            self.log.connected().add(number, &person.name, &admitted.outbox);
        }
    }

    /// Its room has heard of it already.
    fn moderated(&self, moderation: Moderation, moderator: Option<Moderator>) {
        let (told, mut sanction) = (moderation.told(), moderation.sanction);
        let time = self.auth.time.read();
        sanction.until = sanction.until.map(|until| time.stored(until));
        carry_out::put_out(self, Done { told, sanction, moderator });
    }

    /// Everybody who is connected here hears how this node stands.
    fn tell_standing(&self) {
        let Some(frame) = self.standing_frame() else { return };
        self.auth.names.connections().iter().for_each(|it| it.outbox.push(&frame));
    }

    /// What is told of it; none where a server is alone.
    fn standing_frame(&self) -> Option<Arc<Frame>> {
        let cluster = self.cluster.as_ref()?;
        let standing = cluster.standing().told();
        let servers = cluster.addresses().borrow().clone();
        let told = ToClient::Cluster(protocol::Cluster { standing, servers });
        Some(Frame::text(told.encode(), Delivery::Always))
    }

    /// The same for who enters, if there is something to tell.
    pub(super) fn entry_frame(&self) -> Option<Arc<Frame>> {
        let cluster = self.cluster.as_ref()?;
        let is_usual =
            cluster.standing() == Standing::Current && cluster.addresses().borrow().len() < 2;
        if is_usual { None } else { self.standing_frame() }
    }
}
