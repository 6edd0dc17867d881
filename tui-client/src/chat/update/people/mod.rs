//! What belongs to a person: their devices and the codes that let them in, the rooms that they keep, make and
//! belong to.

pub(super) mod browse;
pub(super) mod entry;
pub(super) mod list;
pub(super) mod making;
pub(super) mod members;
