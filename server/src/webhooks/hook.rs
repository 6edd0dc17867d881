//! What an outgoing hook is made of.
//!
//! Plain data. This file does not know how it is kept, or what is sent.

use protocol::{RoomName, UserName};
use serde::{Deserialize, Serialize};

use super::signature::SigningKey;
use super::url::HookUrl;

/// A hook that sends what people say in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutgoingHook {
    /// Where it listens.
    pub(crate) room: RoomName,
    /// Who says there what the receiver answers.
    pub(crate) name: UserName,
    /// Where it sends to.
    pub(crate) url: HookUrl,
    pub(crate) key: SigningKey,
    /// It may also send to addresses that are not public.
    pub(crate) allows_private: bool,
}
