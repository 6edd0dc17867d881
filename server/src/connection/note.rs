//! A refusal as a frame.
//!
//! This file does not know who is told.

use std::sync::Arc;

use protocol::{ErrorNote, Ref, Refusal, RoomName, ToClient};

use crate::frame::{Delivery, Frame};

pub(super) fn note(
    refusal: &Refusal,
    room: Option<RoomName>,
    reference: Option<Ref>,
) -> Arc<Frame> {
    let note = ErrorNote { room, reference, ..ErrorNote::from(refusal) };
    Frame::text(ToClient::Error(note).encode(), Delivery::Always)
}
