//! Addresses of private and direct rooms: random, so that none tells anything, or can be guessed.
//!
//! This file does not know which rooms there are.

use protocol::RoomName;
use ring::rand::{SecureRandom as _, SystemRandom};

/// Characters behind the sign: 80 bits.
const ADDRESS_CHARS: usize = 16;
/// Of so many as five bits have, without those that are taken for others.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A new address; none if the machine has no random numbers to give.
pub(super) fn new(sign: char) -> Option<RoomName> {
    let mut random = [0; ADDRESS_CHARS];
    SystemRandom::new().fill(&mut random).ok()?;
    let letters = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let address: String = std::iter::once(sign).chain(letters).collect();
    RoomName::known(&address).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_differ_and_are_spelt_as_they_are_compared() {
        let [one, other] = ['+', '@'].map(|sign| new(sign).unwrap());
        assert!(one.is_address() && other.is_address());
        assert_eq!(one.as_str().len(), 1 + ADDRESS_CHARS);
        assert_ne!(one.as_str()[1..], other.as_str()[1..]);
        assert_eq!(&**one.key(), one.as_str());
    }
}
