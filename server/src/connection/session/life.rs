//! How long a connection may be silent, and when its token is over.
//!
//! This file does not know how a peer is pinged.

use std::time::Duration;

use protocol::Refusal;

use crate::outbox::End;

/// What is known of a peer's life. All times are since any fixed start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    heard: Duration,
    asked: bool,
    /// When its token is over.
    expires: Option<Duration>,
}

/// What follows from looking.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Look again then.
    Until(Duration),
    /// Send a ping, and look again then.
    Ask(Duration),
}

impl Life {
    pub(crate) fn new(now: Duration, expires: Option<Duration>) -> Self {
        Life { heard: now, asked: false, expires }
    }

    /// Something came from the peer.
    pub(crate) fn heard(&mut self, now: Duration) {
        (self.heard, self.asked) = (now, false);
    }

    /// When to look first.
    pub(crate) fn first_look(&self, interval: Duration) -> Duration {
        self.not_after(self.heard + interval)
    }

    /// Looks after a peer, which is asked when it was silent for `interval`, and is given up when it
    /// does not answer in `timeout`. It is looked at only now and then, so that traffic costs no
    /// timer.
    pub(crate) fn look(
        &mut self,
        now: Duration,
        interval: Duration,
        timeout: Duration,
    ) -> Result<Look, End> {
        let silent = now.saturating_sub(self.heard);
        if self.asked && silent >= timeout {
            return Err(End::Silent);
        }
        self.asked = silent >= interval;
        Ok(if self.asked {
            Look::Ask(self.not_after(now + timeout))
        } else {
            Look::Until(self.not_after(self.heard + interval))
        })
    }

    /// Whether its time is over. Who has no token is not asked for the time.
    pub(crate) fn check(&self, now: impl FnOnce() -> Duration) -> Result<(), End> {
        match self.expires {
            Some(expires) if now() >= expires => Err(End::Refused(Refusal::TokenExpired)),
            _ => Ok(()),
        }
    }

    /// A moment, or that when the token is over if it is before.
    pub(crate) fn not_after(&self, moment: Duration) -> Duration {
        self.expires.map_or(moment, |expires| expires.min(moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_silent_peer_is_asked_once_and_given_up_when_it_does_not_answer() {
        let mut life = Life::new(s(100), None);
        assert_eq!(life.first_look(s(25)), s(125));
        life.heard(s(110));
        assert_eq!(life.look(s(125), s(25), s(20)), Ok(Look::Until(s(135))));
        assert_eq!(life.look(s(135), s(25), s(20)), Ok(Look::Ask(s(155))));
        life.heard(s(150));
        assert_eq!(life.look(s(155), s(25), s(20)), Ok(Look::Until(s(175))));
        assert_eq!(life.look(s(175), s(25), s(20)), Ok(Look::Ask(s(195))));
        assert_eq!(life.look(s(195), s(25), s(20)), Err(End::Silent));
    }

    #[test]
    fn nobody_stays_longer_than_their_token() {
        let life = Life::new(s(100), Some(s(110)));
        assert_eq!(life.first_look(s(25)), s(110));
        assert_eq!(life.check(|| s(109)), Ok(()));
        assert_eq!(life.check(|| s(110)), Err(End::Refused(Refusal::TokenExpired)));
        assert_eq!(Life::new(s(1), None).check(|| panic!("nobody asks for the time")), Ok(()));
    }
}
