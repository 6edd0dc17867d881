//! What waits for the server, as it is written down, and back.
//!
//! This file does not know where it is written.

use protocol::{Emoji, MessageId, Ref};

use super::unsent::Waiting;
use crate::chat::room::{Act, Pending, Target};

pub(super) fn kept(pending: &Pending) -> Waiting {
    let mut kept = Waiting {
        reference: pending.reference.as_str().to_owned(),
        content: pending.content.clone(),
        failed: pending.failed.clone(),
        ..Waiting::default()
    };
    let change = match &pending.act {
        Act::Say(reply) => {
            kept.reply = reply.map(MessageId::get);
            return kept;
        }
        Act::Edit(_) => "edit",
        Act::Delete(_) => "delete",
        Act::React { emoji, on, .. } => {
            kept.emoji = Some(emoji.as_str().to_owned());
            if *on { "react" } else { "unreact" }
        }
    };
    kept.change = Some(change.to_owned());
    match pending.act.target() {
        Some(Target::Stored(id)) => kept.message = Some(id.get()),
        Some(Target::Waiting(reference)) => kept.message_ref = Some(reference.as_str().to_owned()),
        None => {}
    }
    kept
}

/// Nobody knows how far it came before the client ended.
pub(super) fn restored(kept: &Waiting) -> Option<Pending> {
    let reference = Ref::try_from(kept.reference.as_str()).ok()?;
    let (content, failed) = (kept.content.clone(), kept.failed.clone());
    let mut pending = Pending::new(reference, act(kept)?, content);
    (pending.failed, pending.late, pending.was_sent) = (failed, true, true);
    Some(pending)
}

fn act(kept: &Waiting) -> Option<Act> {
    let id = |id: u64| MessageId::try_from(id).ok();
    let Some(change) = &kept.change else {
        return Some(Act::Say(kept.reply.and_then(id)));
    };
    let stored = kept.message.and_then(id);
    let waiting = kept.message_ref.as_deref().and_then(|it| Ref::try_from(it).ok());
    let target = || stored.map(Target::Stored).or(waiting.map(Target::Waiting));
    Some(match change.as_str() {
        "edit" => Act::Edit(target()?),
        "delete" => Act::Delete(target()?),
        "react" | "unreact" => {
            let emoji = Emoji::known(kept.emoji.as_deref()?).ok()?;
            Act::React { message: stored?, emoji, on: change == "react" }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_and_done_comes_back_as_it_was() {
        let named = |name: &str| Ref::try_from(name).unwrap();
        let id = MessageId::try_from(7).unwrap();
        let emoji = Emoji::try_from("👍").unwrap();
        for act in [
            Act::Say(None),
            Act::Say(Some(id)),
            Act::Edit(Target::Stored(id)),
            Act::Edit(Target::Waiting(named("s-2"))),
            Act::Delete(Target::Stored(id)),
            Act::Delete(Target::Waiting(named("s-2"))),
            Act::React { message: id, emoji: emoji.clone(), on: true },
            Act::React { message: id, emoji, on: false },
        ] {
            let pending = Pending::new(named("s-1"), act, "text".to_owned());
            let text = toml::to_string(&kept(&pending)).unwrap();
            let back = restored(&toml::from_str(&text).unwrap());
            assert_eq!(back, Some(Pending { late: true, was_sent: true, ..pending }));
        }
        let unknown = "ref = 's-1'\nchange = 'fold'\nmessage = 7\n";
        assert_eq!(restored(&toml::from_str(unknown).unwrap()), None);
    }
}
