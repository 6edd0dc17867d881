//! The key of an outgoing hook, and how it signs what is sent, as [Standard
//! Webhooks](https://www.standardwebhooks.com) asks for.
//!
//! This file does not know what is sent, or where a key is kept.

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

/// What a secret begins with; the key in base64 follows.
const PREFIX: &str = "whsec_";
/// Bytes of a key, as the specification says.
const BYTES: RangeInclusive<usize> = 24..=64;
/// Bytes of a new one: as many as its signatures have.
const NEW_BYTES: usize = 32;
/// With the padding that the specification's examples have; some programs leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a hook signs with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub(crate) struct SigningKey(Vec<u8>);

/// Why nothing can be signed with it. It says nothing of what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadKey {
    #[error("a secret begins with {PREFIX}")]
    Prefix,
    #[error("what follows {PREFIX} is not base64")]
    Base64,
    #[error("the secret has {0} bytes, and {min} to {max} are allowed", min = BYTES.start(), max = BYTES.end())]
    Length(usize),
}

impl SigningKey {
    /// A new one; none if the system has no random numbers.
    pub(crate) fn random() -> Option<Self> {
        let mut bytes = vec![0; NEW_BYTES];
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(SigningKey(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret, as its receiver has to know it.
    pub(crate) fn secret(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&self.0))
    }

    /// Signs a message with its id and the time of sending, in seconds since 1970.
    pub(super) fn sign(&self, id: &str, seconds: u64, body: &[u8]) -> String {
        let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        signing.update(format!("{id}.{seconds}.").as_bytes());
        signing.update(body);
        format!("v1,{}", BASE64.encode(signing.sign()))
    }
}

/// A secret, as it stands in a file.
impl TryFrom<&str> for SigningKey {
    type Error = BadKey;

    fn try_from(secret: &str) -> Result<Self, BadKey> {
        let encoded = secret.strip_prefix(PREFIX).ok_or(BadKey::Prefix)?;
        BASE64.decode(encoded).map_err(|_| BadKey::Base64)?.try_into()
    }
}

impl TryFrom<Vec<u8>> for SigningKey {
    type Error = BadKey;

    fn try_from(bytes: Vec<u8>) -> Result<Self, BadKey> {
        match BYTES.contains(&bytes.len()) {
            true => Ok(SigningKey(bytes)),
            false => Err(BadKey::Length(bytes.len())),
        }
    }
}

impl From<SigningKey> for Vec<u8> {
    fn from(key: SigningKey) -> Self {
        key.0
    }
}

/// Whoever has it can sign as the hook.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the libraries of Svix, who wrote most of the specification, are tested with.
    #[test]
    fn it_signs_as_others_do() {
        let key = SigningKey::try_from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        assert_eq!(
            key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_secret_is_read_as_it_is_written() {
        let key = SigningKey::random().unwrap();
        assert_eq!(SigningKey::try_from(&*key.secret()), Ok(key.clone()));
        assert_eq!(SigningKey::try_from(key.secret().trim_end_matches('=')), Ok(key.clone()));
        assert_eq!(format!("{key:?}"), "SigningKey(..)");
        assert_ne!(SigningKey::random(), Some(key));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let of = |bytes: usize| format!("whsec_{}", BASE64.encode(vec![7; bytes]));
        assert!(SigningKey::try_from(&*of(24)).is_ok());
        assert!(SigningKey::try_from(&*of(64)).is_ok());
        for (secret, why) in [
            (of(23), BadKey::Length(23)),
            (of(65), BadKey::Length(65)),
            ("whsec_".to_owned(), BadKey::Length(0)),
            ("whsec_???".to_owned(), BadKey::Base64),
            ("secret".to_owned(), BadKey::Prefix),
            (String::new(), BadKey::Prefix),
        ] {
            assert_eq!(SigningKey::try_from(&*secret), Err(why), "{secret}");
        }
    }
}
