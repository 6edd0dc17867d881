//! What a client asks for with nothing but a type: `link`, `devices`, `invites`.
//!
//! This file does not know what is answered.

use serde::Serialize;

use super::fields::{Fields, FromClient, Subject};
use crate::ids::Ref;
use crate::refusal::Refusal;

/// An envelope whose type says all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for Question {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Question { reference: fields.reference()? })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}
