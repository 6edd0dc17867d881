//! `link`, `devices` and `revoke`: a person's devices, each with a key of its own.
//!
//! Who has a kept name asks for a code and brings it from the new device, as a subprotocol, with
//! that device's own key. [`Devices`] lists them, to the person alone. This file does not know keys.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::access_code::AccessCode;
use crate::ids::Ref;
use crate::json::is_false;
use crate::label::Label;
use crate::refusal::Refusal;

/// Devices that a person may have.
pub const DEVICES_MAX: usize = 10;
/// How long the code of a link is good for, in milliseconds.
pub const LINK_MS: u64 = 10 * 60 * 1000;

/// Makes a device one's own no longer. The list of those that are left is the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revoke {
    /// Its number in the list.
    pub device: u32,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A code that makes a device one's own, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCode {
    /// To be brought from the new device.
    pub code: AccessCode,
    /// How much longer it is good for, in milliseconds.
    pub expires_ms: u64,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A person's devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// All of them, in the order in which they came.
    pub devices: Vec<Device>,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// One of a person's devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its number among those of this person, never given again.
    pub device: u32,
    /// What it calls itself, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// When it became one of theirs: milliseconds since 1970.
    pub added: u64,
    /// When it was used last, to the day: milliseconds since 1970.
    pub used: u64,
    /// It is the one that asks.
    #[serde(default, skip_serializing_if = "is_false")]
    pub this: bool,
}

impl FromClient for Revoke {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Revoke { reference: fields.reference()?, device: fields.required("device")? })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}
