//! What the server answered to a question, for the person to look at: not part of any room.
//!
//! This file does not know how it is shown.

use protocol::{AccessCode, Device, Invite, Invited, Message, RoomRole, UserName};

/// Characters of a code that stand together: as many as one reads at a glance.
const GROUP: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Link(LinkCode),
    Devices(Vec<Device>),
    Invite(ShownInvite),
    Invites(Vec<ListedInvite>),
    Members(MemberList),
    /// The newest messages that mention one, each with what its room is called.
    Mentions(Vec<(String, Message)>),
}

/// A code for another device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCode {
    pub code: AccessCode,
    /// To be opened there; none if it is not known where the server is.
    pub address: Option<String>,
    /// How long it is good for, from when it came.
    pub expires_ms: u64,
    /// The address leads to this machine only.
    pub is_local: bool,
}

/// An invite, the one time that its code is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownInvite {
    pub invite: Invite,
    /// To be sent to who is invited.
    pub address: Option<String>,
    /// What its rooms are called.
    pub rooms: Vec<String>,
}

/// An invite in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedInvite {
    pub invite: Invited,
    /// What its rooms are called.
    pub rooms: Vec<String>,
}

/// Who belongs to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberList {
    /// What the room is called.
    pub label: String,
    /// The owner first, then moderators, then members; of a direct room everybody, without a role.
    pub members: Vec<(UserName, Option<RoomRole>)>,
    pub more: bool,
}

/// A code as it is read: 7K3M-Q0ZD.
pub fn grouped(code: &AccessCode) -> String {
    let mut grouped = String::new();
    for (at, digit) in code.as_str().chars().enumerate() {
        if at > 0 && at.is_multiple_of(GROUP) {
            grouped.push('-');
        }
        grouped.push(digit);
    }
    grouped
}
