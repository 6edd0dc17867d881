//! Of what in a room a person wants notifications.
//!
//! This file does not know how they come.

use protocol::Notify;

use super::Room;

impl Room {
    /// A mention here rings no bell.
    pub fn is_muted(&self) -> bool {
        self.notify == Notify::Nothing
    }

    /// Every message is worth a notification.
    pub fn notifies_of_all(&self) -> bool {
        match self.notify {
            Notify::Everything => true,
            Notify::Default => self.is_direct(),
            Notify::Mentions | Notify::Nothing => false,
        }
    }
}

/// All levels, as they are offered.
pub const LEVELS: [Notify; 4] =
    [Notify::Everything, Notify::Mentions, Notify::Nothing, Notify::Default];

/// Older servers know only whether a room is muted.
pub fn level(muted: bool, notify: Notify) -> Notify {
    if muted { Notify::Nothing } else { notify }
}

/// A level as it is typed.
pub fn level_word(notify: Notify) -> &'static str {
    match notify {
        Notify::Default => "default",
        Notify::Everything => "everything",
        Notify::Mentions => "mentions",
        Notify::Nothing => "nothing",
    }
}
