//! What a person has to confirm before it is done.
//!
//! This file does not know where the answer is typed.

use protocol::{RoomName, UserName};

use super::room::Target;
use crate::text;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Is this message, and no other, to be deleted?
    Delete(Deletion),
    /// Is this device to lose its name?
    Revoke { device: u32, label: Option<String>, this: bool },
    /// Is a private room to be left for good?
    LeaveForGood { room: RoomName, me: UserName, label: String, is_last: bool },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    pub room: RoomName,
    pub message: Target,
    /// None of one's own message.
    pub sender: Option<UserName>,
    /// What was said, on one line.
    pub content: String,
}

impl Question {
    /// The command that asks it, and confirms it with `yes`.
    pub fn command(&self) -> &'static str {
        match self {
            Question::Delete(_) => "delete",
            Question::Revoke { .. } => "revoke",
            Question::LeaveForGood { .. } => "remove",
        }
    }

    /// The question. `brief` cuts a stranger's text to what there is room for.
    pub fn words(&self, brief: impl Fn(&str) -> String) -> String {
        match self {
            Question::Delete(Deletion { sender, content, .. }) => {
                let whose = match sender {
                    Some(sender) => format!("{}'s", text::name(sender.as_str())),
                    None => "your".to_owned(),
                };
                format!("Delete {whose} message \"{}\"? This can't be undone", brief(content))
            }
            Question::Revoke { this: true, .. } => {
                "Revoke this device? You lose your name here at once".to_owned()
            }
            Question::LeaveForGood { label, is_last: true, .. } => {
                let label = brief(label);
                format!(
                    "Leave {label} for good? You are its last member: it ends with all messages"
                )
            }
            Question::LeaveForGood { label, .. } => {
                let label = brief(label);
                format!("Leave {label} for good? To come back you have to be added again")
            }
            Question::Revoke { device, label, .. } => {
                let label = label.as_ref().map(|label| format!(" ({})", brief(label)));
                let label = label.unwrap_or_default();
                format!("Revoke device {device}{label}? It loses your name at once")
            }
        }
    }

    /// What is said when it is not confirmed.
    pub fn declined(&self) -> &'static str {
        match self {
            Question::Delete(_) => "Nothing deleted",
            Question::Revoke { .. } => "Nothing revoked",
            Question::LeaveForGood { .. } => "You stay a member",
        }
    }
}
