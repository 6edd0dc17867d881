//! What is kept of a person's key: its SHA-256, from which the key cannot be found.
//!
//! This file does not know whose key it is.

use std::fmt;
use std::str::FromStr;

use protocol::{BotToken, Key};
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use ring::hmac;
use serde::{Deserialize, Serialize};

/// The hash of a key, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct KeyHash([u8; SHA256_OUTPUT_LEN]);

impl KeyHash {
    pub(crate) fn of(key: &Key) -> Self {
        let mut hash = [0; SHA256_OUTPUT_LEN];
        hash.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
        KeyHash(hash)
    }

    /// What stands for a bot as the hash of a key does for a person. No key has it: what an HMAC hashes last is longer
    /// than any. So who has a token cannot come in as a person with fewer limits.
    pub(crate) fn of_bot(token: &BotToken) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"nebula bot");
        let mut hash = [0; SHA256_OUTPUT_LEN];
        hash.copy_from_slice(hmac::sign(&key, token.as_str().as_bytes()).as_ref());
        KeyHash(hash)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Bytes that are no hash, or text that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hash of a key has 64 hexadecimal digits")]
pub(crate) struct BadKeyHash;

impl TryFrom<&[u8]> for KeyHash {
    type Error = BadKeyHash;

    fn try_from(bytes: &[u8]) -> Result<Self, BadKeyHash> {
        bytes.try_into().map(KeyHash).map_err(|_| BadKeyHash)
    }
}

impl FromStr for KeyHash {
    type Err = BadKeyHash;

    fn from_str(text: &str) -> Result<Self, BadKeyHash> {
        if text.len() != 2 * SHA256_OUTPUT_LEN || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(BadKeyHash);
        }
        let mut hash = [0; SHA256_OUTPUT_LEN];
        for (byte, at) in hash.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| BadKeyHash)?;
        }
        Ok(KeyHash(hash))
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_sha_256_of_the_keys_bytes() {
        let hash = KeyHash::of(&Key::new(b"0123456789abcdef").unwrap());
        // printf 0123456789abcdef | sha256sum
        let text = "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f";
        assert_eq!(hash.to_string(), text);
        assert_eq!(text.parse(), Ok(hash));
        assert_eq!(text.to_uppercase().parse(), Ok(hash));
        for bad in ["", "9f", &text[1..], &text.replace('9', "é"), &text.replace('9', "g")] {
            assert_eq!(bad.parse::<KeyHash>(), Err(BadKeyHash), "{bad}");
        }
    }
}
