//! `invite`, `invites` and `uninvite`: codes that let new people in.
//!
//! Invites to the server are made by its moderators, those to rooms by the rooms' owners and moderators. Who is
//! invited brings the code as a subprotocol, with a key and a name; a use is counted when the name is theirs.
//! This file does not know who is let in.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::access_code::AccessCode;
use crate::ids::Ref;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;
use crate::text::characters::{is_blank, with_newlines};

/// Most uses of one invite: a large company's first day.
pub const INVITE_USES_MAX: u32 = 10_000;
/// How long an invite is good for where nobody says it: a week, in seconds.
pub const INVITE_SECONDS_DEFAULT: u64 = 7 * 24 * 60 * 60;
/// Longest time of an invite: a year, in seconds.
pub const INVITE_SECONDS_MAX: u64 = 365 * 24 * 60 * 60;
/// Rooms that one invite may name.
pub const INVITE_ROOMS_MAX: usize = 20;
/// Longest note on an invite, in characters.
pub const NOTE_CHARS_MAX: usize = 100;
/// Names of who came by an invite that a list tells, the newest: there may be thousands.
pub const CAME_MAX: usize = 20;

/// Makes an invite. For owners and moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MakeInvite {
    /// Who comes by it becomes a member of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<RoomName>,
    /// How many may come by it; one if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// How long it is good for; [`INVITE_SECONDS_DEFAULT`] if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// What its maker wants to remember of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// Ends an invite. The list of those that are left is the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Uninvite {
    /// Its number in the list.
    pub invite: u32,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// An invite that was made, to its maker alone. The code is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// Its number, never given again.
    pub invite: u32,
    /// To be brought by who is invited.
    pub code: AccessCode,
    /// Who comes by it becomes a member of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<RoomName>,
    /// How many may come by it.
    pub uses: u32,
    /// Until when: milliseconds since 1970.
    pub expires: u64,
    /// As its maker gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// Invites that are still good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invites {
    /// In the order in which they were made.
    pub invites: Vec<Invited>,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// An invite in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Its number.
    pub invite: u32,
    /// Who comes by it becomes a member of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<RoomName>,
    /// How many more may come by it.
    pub uses: u32,
    /// Until when: milliseconds since 1970.
    pub expires: u64,
    /// As its maker gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Who made it; none is the operator, or somebody who has no name any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserName>,
    /// Who came by it, the newest first, under the names that they took: [`CAME_MAX`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub came: Vec<UserName>,
}

/// What the maker of an invite wants to remember of it: one line of 1 to [`NOTE_CHARS_MAX`] characters.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Note(Box<str>);

impl Note {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Note {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Refusal> {
        let line = with_newlines(text).replace('\n', " ");
        let line = line.trim();
        if is_blank(line) || line.chars().count() > NOTE_CHARS_MAX {
            let rule = format!("a note on an invite has 1 to {NOTE_CHARS_MAX} characters");
            return Err(Refusal::BadField(rule));
        }
        Ok(Note(line.into()))
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Note::try_from(text.as_str()).map_err(D::Error::custom)
    }
}

impl FromClient for MakeInvite {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let rooms: Vec<String> = fields.optional("rooms")?.unwrap_or_default();
        if rooms.len() > INVITE_ROOMS_MAX {
            let rule = format!("an invite names at most {INVITE_ROOMS_MAX} rooms");
            return Err(Refusal::BadField(rule));
        }
        let rooms = rooms.iter().map(|room| RoomName::known(room)).collect::<Result<_, _>>();
        let note = fields.optional_text("note")?;
        Ok(MakeInvite {
            reference: fields.reference()?,
            rooms: rooms.map_err(Refusal::BadRoom)?,
            uses: within(fields.optional("uses")?, "uses", 1, INVITE_USES_MAX)?,
            seconds: within(fields.optional("seconds")?, "seconds", 1, INVITE_SECONDS_MAX)?,
            note: note.as_deref().map(Note::try_from).transpose()?,
        })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

fn within<T: Copy + PartialOrd + fmt::Display>(
    number: Option<T>,
    name: &str,
    least: T,
    most: T,
) -> Result<Option<T>, Refusal> {
    match number {
        Some(number) if number < least || number > most => {
            Err(Refusal::BadField(format!("{name:?} is from {least} to {most}, not {number}")))
        }
        number => Ok(number),
    }
}

impl FromClient for Uninvite {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Uninvite { reference: fields.reference()?, invite: fields.required("invite")? })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}
