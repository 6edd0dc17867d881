//! The key that opens a closed server, what it takes for a good token, and making one.
//!
//! This file does not know who is connected. Tokens and keys are in no error of its own.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use protocol::{Claims, Grant, Refusal, Token};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};

use super::signing;
use crate::config::files;
use crate::config::pem::tidied;

/// Fewest bytes of a secret for HS256: as many as its hash has (RFC 7518, section 3.2).
const SECRET_BYTES_MIN: usize = 32;
/// How a part of a PEM file begins.
const PEM: &[u8] = b"-----BEGIN";
/// What stands before the 32 bytes of an Ed25519 public key in DER (RFC 8410, section 4).
const ED25519_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// How public keys of SSH begin.
const SSH_STARTS: [&[u8]; 2] = [b"ssh-", b"ecdsa-"];
/// What every JSON Web Key says of itself, and every set of them (RFC 7517, section 4.1).
const JSON_WEB_KEY: &[u8] = b"\"kty\"";

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenKeyError {
    /// The file cannot be read.
    #[error("cannot read the token key in {path:?}: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// It is a PEM file, but of no Ed25519 key.
    #[error(
        "{0:?} is not an Ed25519 key in PEM: `openssl genpkey -algorithm ed25519` makes one, and \
         `openssl pkey -pubout` the public half, which is enough for a server"
    )]
    NotEd25519(PathBuf),
    /// It is a public key, but not in PEM.
    #[error(
        "{0:?} looks like a public key, which is not a secret: name one in PEM, as `openssl pkey \
         -pubout` writes it (from DER: `openssl pkey -pubin -inform DER`)"
    )]
    NotPem(PathBuf),
    /// It is a secret that could be guessed.
    #[error(
        "the secret in {0:?} has fewer than {SECRET_BYTES_MIN} bytes: `openssl rand -base64 48` \
         makes one"
    )]
    ShortSecret(PathBuf),
    /// Only the private half makes tokens.
    #[error("{0:?} is a public key, which checks tokens but makes none: name the private one")]
    Public(PathBuf),
    /// The library could not sign, for reasons of its own.
    #[error("cannot sign a token with the key in {0:?}")]
    Sign(PathBuf),
}

/// Checks tokens, and makes them if it has more than a public key.
pub(crate) struct TokenKey {
    path: PathBuf,
    check: DecodingKey,
    validation: Validation,
    sign: Option<EncodingKey>,
}

impl TokenKey {
    /// Reads a PEM file with an Ed25519 key, private or public, or a file with a secret.
    pub(crate) fn read(path: &Path) -> Result<Self, TokenKeyError> {
        signing::install();
        let io = |error| TokenKeyError::Io { path: path.to_owned(), error };
        let bytes = files::read(path).map_err(io)?;
        // Text may stand before it (RFC 7468, section 2).
        if holds(&bytes, PEM) {
            return TokenKey::ed25519(path, &tidied(&bytes))
                .ok_or_else(|| TokenKeyError::NotEd25519(path.to_owned()));
        }
        if is_in_another_form(&bytes) {
            return Err(TokenKeyError::NotPem(path.to_owned()));
        }
        let secret = bytes.trim_ascii_end();
        if secret.len() < SECRET_BYTES_MIN {
            return Err(TokenKeyError::ShortSecret(path.to_owned()));
        }
        let (check, sign) = (DecodingKey::from_secret(secret), EncodingKey::from_secret(secret));
        Ok(TokenKey::new(path, check, Algorithm::HS256, Some(sign)))
    }

    fn ed25519(path: &Path, pem: &[u8]) -> Option<Self> {
        if let Ok(private) = PrivatePkcs8KeyDer::from_pem_slice(pem) {
            let der = private.secret_pkcs8_der();
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?;
            let check = DecodingKey::from_ed_der(pair.public_key().as_ref());
            let sign = EncodingKey::from_ed_der(der);
            return Some(TokenKey::new(path, check, Algorithm::EdDSA, Some(sign)));
        }
        let public = SubjectPublicKeyInfoDer::from_pem_slice(pem).ok()?;
        let public = public.strip_prefix(&ED25519_PREFIX).filter(|key| key.len() == 32)?;
        Some(TokenKey::new(path, DecodingKey::from_ed_der(public), Algorithm::EdDSA, None))
    }

    fn new(
        path: &Path,
        check: DecodingKey,
        algorithm: Algorithm,
        sign: Option<EncodingKey>,
    ) -> Self {
        // One algorithm for one key: a token cannot choose how it is checked. What it claims is
        // looked at afterwards, by rules that name what is wrong.
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        TokenKey { path: path.to_owned(), check, validation, sign }
    }

    /// How tokens are signed, for people.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self.validation.algorithms.first() {
            Some(Algorithm::EdDSA) => "EdDSA with an Ed25519 key",
            _ => "HS256 with a secret",
        }
    }

    /// What a token grants at this time.
    ///
    /// # Errors
    /// [`Refusal::BadToken`] or [`Refusal::TokenExpired`].
    pub(crate) fn check(&self, token: &Token, now_ms: u64) -> Result<Grant, Refusal> {
        let checked = decode::<Claims>(token.as_str(), &self.check, &self.validation);
        let claims = checked.map_err(|error| {
            let why = match error.kind() {
                ErrorKind::InvalidSignature => "it was not signed with the key of this server",
                ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => {
                    "it is not signed in the way that this server asks for"
                }
                _ => "its parts are not base64url of JSON, or a claim is there more than once",
            };
            Refusal::BadToken(why.into())
        })?;
        claims.claims.grant(now_ms)
    }

    /// Makes a token.
    ///
    /// # Errors
    /// [`TokenKeyError::Public`] if this key cannot.
    pub(crate) fn sign(&self, grant: &Grant) -> Result<String, TokenKeyError> {
        let key = self.sign.as_ref().ok_or_else(|| TokenKeyError::Public(self.path.clone()))?;
        let algorithm = self.validation.algorithms.first().copied().unwrap_or_default();
        let signed = encode(&Header::new(algorithm), grant, key);
        signed.map_err(|_| TokenKeyError::Sign(self.path.clone()))
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Whether this is a key in another form than PEM: of SSH, as a JSON Web Key, in DER, the same in
/// base64. If it is a public one, it would be a secret that everybody may know.
fn is_in_another_form(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii();
    // In either alphabet, in lines or in one, padded or not.
    let base64: Vec<_> = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=')
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    SSH_STARTS.iter().any(|start| text.starts_with(start))
        || holds(text, JSON_WEB_KEY)
        || is_der(bytes)
        || STANDARD_NO_PAD.decode(base64).is_ok_and(|decoded| is_der(&decoded))
}

/// Whether this is one sequence in DER, and the first thing in it another one or a number: as in
/// every form of a key, and hardly ever by chance.
fn is_der(bytes: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    const NUMBER: u8 = 0x02;
    let (length, inside) = match bytes {
        [SEQUENCE, 0x82, high, low, inside @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), inside)
        }
        [SEQUENCE, 0x81, length, inside @ ..] | [SEQUENCE, length, inside @ ..] => {
            (usize::from(*length), inside)
        }
        _ => return false,
    };
    inside.len() == length && matches!(inside.first(), Some(&(SEQUENCE | NUMBER)))
}

/// A secret is not printed.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKey({:?})", self.path)
    }
}
