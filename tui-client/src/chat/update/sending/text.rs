//! What can be sent as a text, and why something cannot.
//!
//! This file does not know what it is sent as.

use protocol::{Body, BodyError, CONTENT_CHARS_MAX};

use crate::text;

/// Why an empty text is not sent.
pub const NO_TEXT: &str = "A message needs some visible text";

/// Why a text is not sent that has this many characters.
pub fn too_long(chars: &str) -> String {
    let most = text::grouped(CONTENT_CHARS_MAX);
    format!("A message has at most {most} characters; this one has {chars}")
}

/// A text as a message can have it.
///
/// # Errors
/// A sentence for the person, if it is empty or too long.
pub fn body_of(text: &str) -> Result<Body, String> {
    let text = text::without_outer_blank_lines(text);
    Body::try_from(text).map_err(|error| match error {
        BodyError::Blank => NO_TEXT.to_owned(),
        BodyError::TooLong(chars) => too_long(&text::grouped(chars)),
    })
}
