//! Says what a program posted to a hook, or answered to one that sends.
//!
//! This file does not know HTTP, or how a text comes to be.

use protocol::{Body, Ref, Refusal};

use super::engine::Engine;
use crate::hub::{Present, RollCall};
use crate::log::Outcome;
use crate::log::acts_of_programs::SayAsHook;
use crate::log::acts_on_messages::{Calls, Crowd};
use crate::log::event::{Act, Author, Say};
use crate::log::reading::hooks::FoundHook;
use crate::webhooks::Outgoing;

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

/// Says what the receiver of an outgoing hook answered, in the hook's name and at the rate of any hook. It mentions
/// nobody. What comes too fast is not said.
pub(crate) async fn answer(engine: &Engine, outgoing: &Outgoing, content: Body) {
    let (number, hook) = (outgoing.number, &outgoing.hook);
    if engine.posting.take(number, engine.began.elapsed()).is_err() {
        tracing::debug!(hook = number, "the receiver of an outgoing hook answers too much");
        return;
    }
    let (room, name) = (hook.room.clone(), hook.name.clone());
    let hook = FoundHook { room, title: None, name, mentions: false };
    if let Err(refusal) = say(engine, (number, hook), (content, None)).await {
        tracing::debug!(hook = number, %refusal, "the answer to an outgoing hook is not said");
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
