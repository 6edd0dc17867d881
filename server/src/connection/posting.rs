//! What programs post to hooks: how much they may, and how it is said.
//!
//! This file does not know HTTP, or how a text comes to be.

use std::time::Duration;

use protocol::{Body, Ref, Refusal};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::engine::Engine;
use crate::hub::{Present, RollCall};
use crate::limits::rate::{Quota, Rate};
use crate::limits::remembered::Remembered;
use crate::log::Outcome;
use crate::log::acts_of_programs::SayAsHook;
use crate::log::acts_on_messages::{Calls, Crowd};
use crate::log::event::{Act, Author, Say};
use crate::log::reading::hooks::FoundHook;

/// Posts of a hook that come at once: as many alerts as follow from one fault.
const BURST: u32 = 30;
/// From then on one comes in this time.
const INTERVAL: Duration = Duration::from_secs(1);
/// Hooks whose posts are counted: as many as there may be.
const HOOKS_MAX: usize = 1000;
/// Posts that are read at a time: together they take 16 MiB.
const READ_MAX: usize = 64;

/// What hooks did lately, and what is being read.
#[derive(Debug)]
pub(crate) struct Posting {
    quota: Quota,
    hooks: Remembered<u32, Rate>,
    places: Semaphore,
}

impl Default for Posting {
    fn default() -> Self {
        Posting {
            quota: Quota::every(INTERVAL, BURST),
            hooks: Remembered::default(),
            places: Semaphore::new(READ_MAX),
        }
    }
}

impl Posting {
    /// Takes one at `now`, a time since any fixed start, or says when there is one again.
    pub(crate) fn take(&self, hook: u32, now: Duration) -> Result<(), Duration> {
        self.hooks.get(hook, (HOOKS_MAX, now), Rate::default).take(self.quota, now)
    }

    /// A place to read a post, if one is free, until that is dropped.
    pub(crate) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }
}

/// Says something as a hook, and returns when it is stored.
///
/// # Errors
/// Why it is not said.
pub(crate) async fn say(
    engine: &Engine,
    (number, hook): (u32, FoundHook),
    (content, reference): (Body, Option<Ref>),
) -> Result<(), Refusal> {
    let calls = match hook.mentions {
        true => calls(engine, &hook, content.as_str()).await?,
        false => None,
    };
    let author = Author { name: hook.name, person: None, key: None, checked: None };
    let say = Say { room: hook.room, author, content, reference };
    let act = Act::SayAsHook(Box::new(SayAsHook { hook: number, say, calls }));
    match engine.log.ask(act).await {
        Ok(Outcome::Refused(refusal)) => Err(refusal),
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::Unavailable),
    }
}

/// Whom of those in the room it calls. Who made the hook let it call everybody.
async fn calls(engine: &Engine, hook: &FoundHook, text: &str) -> Result<Option<Calls>, Refusal> {
    let called = RollCall::of(text);
    if called == RollCall::default() {
        return Ok(None);
    }
    let everybody = called.everybody;
    let present = engine.hub.present(hook.room.clone(), called).await;
    let Present { names: named, people, crowd } = present.map_err(|_| Refusal::Unavailable)?;
    let people = u32::try_from(people).unwrap_or(u32::MAX);
    let crowd = everybody.then_some(Crowd { people, names: crowd, moderated: true });
    Ok(Some(Calls { named, everybody: crowd }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_says_thirty_things_at_once_and_then_one_a_second() {
        let posting = Posting::default();
        let now = Duration::from_secs(100);
        assert_eq!((0..40).filter(|_| posting.take(1, now).is_ok()).count(), 30);
        assert_eq!(posting.take(1, now), Err(INTERVAL));
        assert!(posting.take(2, now).is_ok(), "another one is not held up");
        assert!(posting.take(1, now + INTERVAL).is_ok());
        assert!(posting.take(1, now + INTERVAL).is_err());
    }

    #[test]
    fn so_many_are_read_at_a_time() {
        let posting = Posting::default();
        let mut places: Vec<_> = (0..READ_MAX).map(|_| posting.place().unwrap()).collect();
        assert!(posting.place().is_none());
        places.pop();
        assert!(posting.place().is_some());
    }
}
