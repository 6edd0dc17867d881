//! Codes that let somebody in and secrets of hooks, made at random; and what is kept of one: its SHA-256.
//!
//! A code is found by its hash alone, so the time that this takes says nothing of how much of a wrong code is
//! right. This file does not know what a code opens.

use std::fmt;

use protocol::AccessCode;
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

/// Characters of a hook's secret: 160 bits, since it is good until the hook ends.
pub(crate) const HOOK_SECRET_CHARS: usize = 32;

/// Characters of the secret of a bot's token: as many.
pub(crate) const BOT_SECRET_CHARS: usize = HOOK_SECRET_CHARS;

/// The hash of the code of a link or of an invite, or of the secret of a hook.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CodeHash([u8; SHA256_OUTPUT_LEN]);

impl CodeHash {
    pub(crate) fn of(code: &AccessCode) -> Self {
        CodeHash::of_secret(code.as_str())
    }

    /// Of what somebody brings as the secret of a hook.
    pub(crate) fn of_secret(code: &str) -> Self {
        let mut hash = [0; SHA256_OUTPUT_LEN];
        hash.copy_from_slice(digest(&SHA256, code.as_bytes()).as_ref());
        CodeHash(hash)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A code that nobody can guess; none if the system has no random numbers.
pub(crate) fn random_code(characters: usize) -> Option<AccessCode> {
    // Five bits for each.
    let mut bytes = vec![0; characters * 5 / 8];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(AccessCode::from_random(&bytes))
}

/// That of a link's code would be guessed from its hash.
impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeHash(..)")
    }
}
