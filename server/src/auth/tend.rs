//! What is done about names, bans and mutes from time to time, or when somebody goes.
//!
//! This file does not know what is kept of them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Auth;
use crate::log::Log;
use crate::log::event::{Act, Expire};
use crate::people::names::Person;

/// How often what is over is cleared away, and the use of names noted whose owners stay.
pub(crate) const TEND_INTERVAL: Duration = Duration::from_secs(60 * 60);

impl Auth {
    /// Notes the use of a name that is given back now.
    pub(crate) fn left(&self, log: &Log, person: &Person) {
        if let Some(used) =
            self.names.left(person, self.time.age_ms()).and_then(|kept| self.used(kept))
        {
            log.note(used);
        }
    }

    /// Clears away what is over, and notes the use of names whose owners are here.
    pub(crate) async fn tend(&self, log: &Log) {
        let now = self.time.age_ms();
        self.sanctions.purge(now);
        self.forget_uses(now);
        self.has_warned.store(false, Ordering::Relaxed);
        let used = self.names.tend(now, self.time.may_expire());
        let used = used.into_iter().filter_map(|kept| self.used(kept));
        let is_first = log.order().is_none_or(|order| order.is_first());
        let over = Expire::at(&self.time.read(), self.expiry(log)).filter(|_| is_first);
        for act in used.chain(over.map(Act::Expire)) {
            if log.ask(act).await.is_err() {
                return;
            }
        }
    }
}
