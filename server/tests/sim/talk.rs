//! What people do in a run, whatever server they are connected to.

use fastrand::Rng;
use protocol::ToServer;

use super::client::Client;
use super::process::MODERATORS;

/// Thinks of something to say, if it has not said enough, or doubts that something was heard.
pub(super) fn muse(client: &mut Client, rng: &mut Rng, messages_max: usize) {
    if rng.bool() && client.thoughts < messages_max {
        client.think(rng.usize(0..2));
    }
    if rng.u8(0..4) == 0 {
        client.doubt();
    }
}

/// Deletes something now and then, moderators more often.
pub(super) fn censor(client: &Client, rng: &mut Rng) -> Option<ToServer> {
    let odds = if MODERATORS.contains(&client.key) { 3 } else { 12 };
    if rng.u8(0..odds) > 0 {
        return None;
    }
    client.censor(rng.usize(0..2))
}

/// Mutes somebody, or ends that.
pub(super) fn silence(
    clients: &mut [Client],
    rng: &mut Rng,
    (who, room): (usize, usize),
) -> Option<ToServer> {
    if rng.bool()
        && let Some(envelope) = clients[who].unmute()
    {
        return Some(envelope);
    }
    let room = rng.bool().then_some(room);
    let user = clients[rng.usize(0..clients.len())].name.clone();
    Some(clients[who].mute(user, room))
}
