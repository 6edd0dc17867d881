//! Codes that let somebody in, once or several times: of a link to a further device, and of an invite.
//!
//! A code is Crockford's base 32, so that it can be read aloud and typed: case does not count, `O` is `0`, `I`
//! and `L` are `1`, and hyphens and spaces are left out. This file does not know what a code opens.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::refusal::Refusal;

/// A client offers the code of a link as a subprotocol: this, then the code.
const LINK_PREFIX: &str = "nebula.link.";
/// The same for that of an invite.
const INVITE_PREFIX: &str = "nebula.invite.";
/// Crockford's base 32, in the order of its values.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a link's code: 40 bits, for ten minutes and a few tries.
pub const LINK_CODE_CHARS: usize = 8;
/// Characters of an invite's code: 80 bits, since it may be good for a year.
pub const INVITE_CODE_CHARS: usize = 16;
/// A digit stands for so many bits.
const DIGIT_BITS: u32 = 5;

/// A code of a link or of an invite, in capital letters and without signs between.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AccessCode(Box<str>);

impl AccessCode {
    /// Writes random bytes as a code: a character for each five bits.
    pub fn from_random(bytes: &[u8]) -> Self {
        let mut code = String::with_capacity(bytes.len() * 2);
        let (mut bits, mut count) = (0_u32, 0);
        for byte in bytes {
            (bits, count) = ((bits << 8) | u32::from(*byte), count + 8);
            while count >= DIGIT_BITS {
                count -= DIGIT_BITS;
                let digit = (bits >> count) % 32;
                code.push(char::from(DIGITS[usize::try_from(digit).unwrap_or_default()]));
            }
        }
        AccessCode(code.into())
    }

    /// Whether a `Sec-WebSocket-Protocol` header offers one of either kind, right or wrong.
    pub fn is_offered(header: &str) -> bool {
        let mut offered = header.split(',').map(str::trim);
        offered.any(|name| name.starts_with(LINK_PREFIX) || name.starts_with(INVITE_PREFIX))
    }

    /// Finds the code of a link among the subprotocols of a `Sec-WebSocket-Protocol` header.
    ///
    /// # Errors
    /// [`Refusal::BadCode`] if one is offered that cannot be a code, or more than one.
    pub fn link_from_subprotocols(header: &str) -> Result<Option<Self>, Refusal> {
        from_subprotocols(header, LINK_PREFIX)
    }

    /// The same for the code of an invite.
    ///
    /// # Errors
    /// As for a link.
    pub fn invite_from_subprotocols(header: &str) -> Result<Option<Self>, Refusal> {
        from_subprotocols(header, INVITE_PREFIX)
    }

    /// The subprotocol to offer beside [`SUBPROTOCOL`](crate::SUBPROTOCOL), as the code of a link.
    pub fn to_link_subprotocol(&self) -> String {
        format!("{LINK_PREFIX}{}", self.0)
    }

    /// The same as the code of an invite.
    pub fn to_invite_subprotocol(&self) -> String {
        format!("{INVITE_PREFIX}{}", self.0)
    }

    /// The characters themselves.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn from_subprotocols(header: &str, prefix: &str) -> Result<Option<AccessCode>, Refusal> {
    let offered = header.split(',').map(str::trim);
    let mut codes = offered.filter_map(|name| name.strip_prefix(prefix));
    let first = codes.next().map(AccessCode::try_from).transpose()?;
    if codes.next().is_some() { Err(Refusal::BadCode) } else { Ok(first) }
}

impl TryFrom<&str> for AccessCode {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Refusal> {
        // Far longer than any code with signs between is not worth reading.
        if text.len() > 4 * INVITE_CODE_CHARS {
            return Err(Refusal::BadCode);
        }
        let seen = text.chars().filter(|c| !matches!(c, '-' | ' '));
        let digits: Option<String> = seen.map(digit).collect();
        let is_code = |code: &String| matches!(code.len(), LINK_CODE_CHARS | INVITE_CODE_CHARS);
        digits.filter(is_code).map(|code| AccessCode(code.into())).ok_or(Refusal::BadCode)
    }
}

/// A digit as it is written, whatever it was taken for.
fn digit(c: char) -> Option<char> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    let byte = u8::try_from(c).ok()?;
    DIGITS.contains(&byte).then_some(c)
}

impl<'de> Deserialize<'de> for AccessCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        AccessCode::try_from(text.as_str()).map_err(D::Error::custom)
    }
}

/// Who has it is let in, so it is not printed.
impl fmt::Debug for AccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessCode(..)")
    }
}
