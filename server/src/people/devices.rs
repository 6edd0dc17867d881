//! The keys of a person: each is that of a device.
//!
//! The key that made the person stands for all of them, also when its device was revoked: whatever compares
//! persons by key sees that one alone. This file does not know names.

use std::sync::Arc;

use protocol::MessageId;

use crate::people::key_hash::KeyHash;

/// All keys of a person. Nearly everybody has one device, which takes no more than its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Devices {
    main: KeyHash,
    /// All of them, where that is not this one alone.
    all: Option<Arc<[Device]>>,
    /// The event that changed them last, as far as that was seen.
    changed: MessageId,
}

/// A device, as far as it decides who comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) key: KeyHash,
    pub(crate) is_revoked: bool,
}

/// Whose a key is, as one person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOf {
    /// This person's.
    Theirs,
    /// It was, and is no longer.
    Revoked,
    /// Somebody else's.
    Another,
}

impl Devices {
    /// Of a person with one device.
    pub(crate) fn one(main: KeyHash) -> Self {
        Devices { main, all: None, changed: MessageId::ZERO }
    }

    /// Of a person whom `main` made, as an event left them.
    pub(crate) fn new(main: KeyHash, all: Vec<Device>, changed: MessageId) -> Self {
        let is_usual = all == [Device { key: main, is_revoked: false }];
        Devices { main, all: (!is_usual).then(|| all.into()), changed }
    }

    /// The key that stands for all of them.
    pub(crate) fn main(&self) -> KeyHash {
        self.main
    }

    /// Whether these are later than others of the same person: who hears of two changes may hear of the second
    /// one first.
    pub(crate) fn are_newer(&self, than: &Devices) -> bool {
        self.changed >= than.changed
    }

    pub(crate) fn whose(&self, key: KeyHash) -> KeyOf {
        match &self.all {
            None if key == self.main => KeyOf::Theirs,
            None => KeyOf::Another,
            Some(all) => match all.iter().find(|device| device.key == key) {
                Some(device) if device.is_revoked => KeyOf::Revoked,
                Some(_) => KeyOf::Theirs,
                None => KeyOf::Another,
            },
        }
    }

    /// Whether there is more to know of them than one key.
    pub(crate) fn are_several(&self) -> bool {
        self.all.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Key;

    fn key(byte: u8) -> KeyHash {
        KeyHash::of(&Key::new(&[byte; 16]).unwrap())
    }

    #[test]
    fn one_device_is_a_key_and_several_are_a_list() {
        let device = |byte, is_revoked| Device { key: key(byte), is_revoked };
        let one = Devices::new(key(1), vec![device(1, false)], MessageId::ZERO);
        assert_eq!(one, Devices::one(key(1)));
        assert_eq!((one.whose(key(1)), one.whose(key(2))), (KeyOf::Theirs, KeyOf::Another));
        assert!(!one.are_several());
        let all = vec![device(1, true), device(2, false)];
        let several = Devices::new(key(1), all, MessageId::LAST);
        assert!(several.are_newer(&one) && !one.are_newer(&several));
        assert_eq!((several.main(), several.are_several()), (key(1), true));
        let whose = [1, 2, 3].map(|byte| several.whose(key(byte)));
        assert_eq!(whose, [KeyOf::Revoked, KeyOf::Theirs, KeyOf::Another]);
        // The first one has gone for good.
        assert!(Devices::new(key(1), vec![device(2, false)], MessageId::ZERO).are_several());
    }
}
