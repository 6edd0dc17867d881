//! What nodes tell each other beside the order, which nobody misses if it is lost: that somebody is writing.
//!
//! Plain data. This file does not know how it is told.

use protocol::{RoomName, UserName};
use serde::{Deserialize, Serialize};

/// Something that is said beside the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Aside {
    /// Somebody is writing.
    Typing { room: RoomName, user: UserName },
}
