//! `hook`, `hooks` and `unhook`: what lets other programs say something in a room, by posting to an address.
//!
//! Hooks of a room are made, listed and ended by its owner and moderators. This file does not know what is posted.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::ids::Ref;
use crate::json::is_false;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Makes a hook. For owners and moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MakeHook {
    /// Where it speaks.
    pub room: RoomName,
    /// What it is called there.
    pub name: UserName,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// Asks for the hooks of a room. For owners and moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HooksQuery {
    /// The room.
    pub room: RoomName,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// Ends a hook. The list of those that its room has left is the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unhook {
    /// Its number in the list.
    pub hook: u32,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A hook that was made, to its maker alone. The path is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Its number, never given again.
    pub hook: u32,
    /// Where it speaks.
    pub room: RoomName,
    /// What it is called there.
    pub name: UserName,
    /// Where to post, on this server.
    pub path: HookPath,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// The hooks of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    /// The room.
    pub room: RoomName,
    /// In the order in which they were made.
    pub hooks: Vec<HookEntry>,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A hook in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookEntry {
    /// Its number.
    pub hook: u32,
    /// What it is called.
    pub name: UserName,
    /// What it says can mention people.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mentions: bool,
    /// Who made it; none is the operator, or somebody who has no name any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserName>,
}

/// The path of a hook's address, with its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HookPath(Box<str>);

impl HookPath {
    /// That of the hook with this number and secret.
    pub fn new(hook: u32, secret: &str) -> Self {
        HookPath(format!("/hooks/{hook}/{secret}").into())
    }

    /// The path itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who has it can speak as the hook, so it is not printed.
impl fmt::Debug for HookPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookPath(..)")
    }
}

impl FromClient for MakeHook {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let (reference, room) = (fields.reference()?, fields.room()?);
        let name = UserName::try_from(&*fields.text("name")?).map_err(Refusal::BadName)?;
        Ok(MakeHook { room, name, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

impl FromClient for HooksQuery {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(HooksQuery { reference: fields.reference()?, room: fields.room()? })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

impl FromClient for Unhook {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Unhook { reference: fields.reference()?, hook: fields.required("hook")? })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}
