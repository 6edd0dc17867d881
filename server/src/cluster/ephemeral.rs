//! What nodes tell each other besides what is in the order: nothing of it is kept, and it may be lost.
//!
//! Plain data. This file does not know how it is told.

use protocol::{MessageId, RoomName, UserName};
use serde::{Deserialize, Serialize};

use crate::people::names::PersonId;

/// Something that is told once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ephemeral {
    /// Somebody is writing.
    Typing { room: RoomName, user: UserName },
    /// Somebody has read a room up to somewhere.
    Read { person: PersonId, room: RoomName, upto: MessageId },
}
