//! What is in the database and asked for often. It decides nothing that the database would not.

use protocol::MessageId;

use super::rooms::numbers::RoomNumbers;

#[derive(Debug, Default)]
pub(in crate::log) struct Known {
    pub(super) rooms: RoomNumbers,
    /// The newest ban or mute that there is, or was; none is not known yet.
    pub(super) newest_sanction: Option<MessageId>,
}
