//! What is in the database and asked for often. It decides nothing that the database would not.

use std::collections::HashSet;

use protocol::MessageId;

use super::rooms::numbers::RoomNumbers;
use crate::people::names::PersonId;

#[derive(Debug, Default)]
pub(in crate::log) struct Known {
    pub(super) rooms: RoomNumbers,
    /// The newest ban or mute that there is, or was; none is not known yet.
    pub(super) newest_sanction: Option<MessageId>,
    /// Which persons are bots; none is not known yet.
    pub(super) bots: Option<HashSet<PersonId>>,
}
