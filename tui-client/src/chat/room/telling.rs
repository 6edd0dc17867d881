//! What the server is told of what was read in a room, and asked about it: seldom enough.
//!
//! This file does not know what is sent.

use protocol::MessageId;

/// How far the server knows what was read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telling {
    /// Up to here it is read on this device.
    pub wanted: MessageId,
    /// Up to here the server knows it.
    pub told: MessageId,
    /// It was told a moment ago.
    pub rests: bool,
}

/// The question what is unread.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking {
    /// It is not answered.
    pub is_out: bool,
    /// It was asked a moment ago.
    pub rests: bool,
    /// Something has happened since that the answer may not know.
    pub again: bool,
}

impl Telling {
    pub fn knows(&mut self, upto: MessageId) {
        self.told = self.told.max(upto);
    }

    /// What has to be told now, if anything.
    pub fn due(&mut self) -> Option<MessageId> {
        if self.rests || self.wanted <= self.told {
            return None;
        }
        (self.told, self.rests) = (self.wanted, true);
        Some(self.told)
    }

    /// Whether it arrived is not known.
    pub fn disconnected(&mut self) {
        (self.told, self.rests) = (MessageId::ZERO, false);
    }
}

impl Asking {
    /// It has to be asked now, if it is wanted.
    pub fn due(&mut self) -> bool {
        let is_due = self.again && !self.is_out && !self.rests;
        if is_due {
            *self = Asking { is_out: true, rests: true, again: false };
        }
        is_due
    }
}
