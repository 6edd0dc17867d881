//! Tells whom it concerns what a moderator did, and then puts out who has to go, of those who are connected
//! here.
//!
//! This file does not know who may do so, or how it is kept.

use protocol::{Action, Moderated, Refusal, RoomName};

use super::engine::Engine;
use crate::auth::sanctions::restriction;
use crate::hub::{HubStopped, room_tag};
use crate::log::effects::moderated;
use crate::log::order::answer::Moderator;
use crate::log::sanction::Sanction;
use crate::outbox::{End, Outbox};

/// What was done, and is kept where it lasts.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) told: Moderated,
    pub(super) sanction: Sanction,
    /// Who did it, if they are connected here.
    pub(super) moderator: Option<Moderator>,
}

/// Tells it, and puts out who has to go.
///
/// # Errors
/// [`HubStopped`].
pub(super) async fn tell(engine: &Engine, done: Done) -> Result<(), HubStopped> {
    if let Some(room) = done.told.room.clone() {
        let (frame, absent) = moderated(done.told.clone());
        if done.told.action == Action::Kick {
            // Only the hub knows whether the person is in this room: if not, the moderator alone is told.
            let absent = done.moderator.as_ref().map(|moderator| (moderator.id, absent));
            engine.hub.tell_of((room, done.sanction.user.clone()), frame, absent).await?;
        } else {
            engine.hub.tell(room, frame).await?;
        }
    }
    put_out(engine, done);
    Ok(())
}

/// Puts out who has to go, and tells those of whom no room is told.
pub(super) fn put_out(engine: &Engine, done: Done) {
    let Done { told, sanction, moderator } = done;
    match (told.action, told.room.clone()) {
        (Action::Kick, Some(room)) => leave(engine, &sanction, &room),
        (Action::Ban, Some(room)) => {
            outboxes(engine, &sanction).iter().for_each(|it| it.leave(room_tag(&room)));
        }
        (_, Some(_)) => {}
        (action, None) => {
            let (frame, _) = moderated(told);
            if let Some(moderator) = moderator {
                moderator.outbox.push(&frame);
            }
            let now = engine.auth.time.age_ms();
            let ban = Refusal::Banned(Box::new(restriction(&sanction, now)));
            for outbox in outboxes(engine, &sanction) {
                match action == Action::Ban {
                    true => outbox.end(End::Refused(ban.clone())),
                    false => outbox.push(&frame),
                }
            }
        }
    }
}

fn leave(engine: &Engine, sanction: &Sanction, room: &RoomName) {
    let found = engine.auth.names.find(&sanction.user);
    let theirs = found.map_or_else(Vec::new, |(_, theirs)| theirs);
    theirs.iter().for_each(|connection| connection.outbox.leave(room_tag(room)));
}

/// How who it is about is reached now, by name and by key. Asked only when a ban holds: who came in before that
/// is found here, and who comes later is not let in.
fn outboxes(engine: &Engine, sanction: &Sanction) -> Vec<Outbox> {
    let names = &engine.auth.names;
    let mut all = names.find(&sanction.user).map_or_else(Vec::new, |(_, theirs)| theirs);
    let with_key = sanction.key.map_or_else(Vec::new, |key| names.with_key(key));
    for connection in with_key {
        if !all.contains(&connection) {
            all.push(connection);
        }
    }
    all.into_iter().map(|connection| connection.outbox).collect()
}
