//! Tells the others in a room that somebody is writing, here and on other nodes.
//!
//! This file does not know how often that is told, or in which rooms.

use protocol::{RoomName, UserName};

use super::engine::Engine;
use crate::cluster::Ephemeral;
use crate::hub::HubStopped;

/// Tells those who are connected anywhere.
///
/// # Errors
/// [`HubStopped`].
pub(super) async fn tell(
    engine: &Engine,
    room: RoomName,
    user: UserName,
) -> Result<(), HubStopped> {
    if let Some(cluster) = &engine.cluster {
        cluster.broadcast(Ephemeral::Typing { room: room.clone(), user: user.clone() });
    }
    tell_here(engine, room, user).await
}

/// Tells those who are connected here.
///
/// # Errors
/// [`HubStopped`].
pub(super) async fn tell_here(
    engine: &Engine,
    room: RoomName,
    user: UserName,
) -> Result<(), HubStopped> {
    let theirs = engine.auth.names.find(&user).map_or_else(Vec::new, |(_, theirs)| theirs);
    let theirs = theirs.into_iter().map(|connection| connection.outbox).collect();
    engine.hub.typing(room, user, theirs).await
}
