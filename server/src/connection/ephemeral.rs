//! What another node tells besides what is in the order: it is told to those whom it concerns here.
//!
//! This file does not know how nodes hear each other.

use std::sync::Weak;

use super::engine::Engine;
use super::{markers, typing};
use crate::cluster::Ephemeral;

/// Tells those who are connected here what another node says.
pub(crate) async fn hear(engine: Weak<Engine>, told: Ephemeral) {
    let Some(engine) = engine.upgrade() else { return };
    match told {
        Ephemeral::Typing { room, user } => {
            // A stopped hub has nobody left to tell.
            let _ = typing::tell_here(&engine, room, user).await;
        }
        Ephemeral::Read { person, room, upto } => markers::hear(&engine, person, &room, upto),
    }
}
