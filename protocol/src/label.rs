//! What a device calls itself, so that its owner tells it from their others.
//!
//! This file does not know which devices there are.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::refusal::Refusal;
use crate::text::characters::{is_blank, with_newlines};

/// A client offers its label as a subprotocol: this, then base64url without padding.
const PREFIX: &str = "nebula.label.";
/// Longest label, in characters.
pub const LABEL_CHARS_MAX: usize = 64;

/// What a device is called: one line of 1 to [`LABEL_CHARS_MAX`] characters, some of them visible.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Label(Box<str>);

impl Label {
    /// Finds the label among the subprotocols of a `Sec-WebSocket-Protocol` header.
    ///
    /// # Errors
    /// [`Refusal::BadField`] if one is offered that is no label, or more than one.
    pub fn from_subprotocols(header: &str) -> Result<Option<Self>, Refusal> {
        let offered = header.split(',').map(str::trim);
        let mut labels = offered.filter_map(|name| name.strip_prefix(PREFIX));
        let Some(text) = labels.next() else { return Ok(None) };
        // A character has four bytes at most, and four characters of base64url hold three.
        if labels.next().is_some() || text.len() > LABEL_CHARS_MAX * 6 {
            return Err(bad());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
        Label::try_from(std::str::from_utf8(&bytes).map_err(|_| bad())?).map(Some)
    }

    /// The subprotocol to offer beside [`SUBPROTOCOL`](crate::SUBPROTOCOL).
    pub fn to_subprotocol(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.as_str()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn bad() -> Refusal {
    let rule = format!("a device's label has 1 to {LABEL_CHARS_MAX} characters, in base64url");
    Refusal::BadField(rule)
}

impl TryFrom<&str> for Label {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Refusal> {
        let line = with_newlines(text).replace('\n', " ");
        let line = line.trim();
        let is_label = !is_blank(line) && line.chars().count() <= LABEL_CHARS_MAX;
        if is_label { Ok(Label(line.into())) } else { Err(bad()) }
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Label::try_from(text.as_str()).map_err(D::Error::custom)
    }
}
