//! A record: one message of the stream. It alone knows how that is written.
//!
//! The first byte is the form; the rest is the record in [postcard](https://docs.rs/postcard)'s format. A
//! node writes and reads only forms that it knows. This file does not know what follows from an entry.

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::name::NodeName;
use super::verify::Seen;
use crate::log::event::Act;

/// The newest form that this program knows. Each is the one before it with more acts, and a record is written in the
/// oldest that has all of its own: nodes of an older program read on until somebody does what they do not know.
const FORM: u8 = 6;
/// The oldest form.
const FORM_MIN: u8 = 1;
/// Most acts of one record, as many as a commit has; as many comings and goings may stand beside them.
pub(crate) const ENTRIES_MAX: usize = 512;
/// Bytes of acts after which a record takes no more of them: a quarter of what the stream takes, since the last
/// one may pass it and other entries stand beside them.
pub(crate) const ACT_BYTES_MAX: usize = 256 * 1024;

/// All that a node had to say at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) node: NodeName,
    /// When this life of the node began: a number that grows with each.
    pub(crate) era: u64,
    /// Its number within the era. It counts only right after the one before.
    pub(crate) number: u64,
    /// Once a second: how far the node has applied the order, and what came out of it.
    pub(crate) seen: Option<Seen>,
    pub(crate) entries: Vec<Entry>,
}

/// Bytes that are no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadRecord {
    /// A newer program wrote it.
    #[error(
        "a record has the form {0}, and this program knows up to {FORM}: upgrade this node, then start \
         it again"
    )]
    Form(u8),
    /// No node wrote it.
    #[error("not a record: {0}")]
    Malformed(postcard::Error),
}

impl Record {
    /// # Errors
    /// That a value cannot be written in this form: none that a node has.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        let form = self.entries.iter().map(form).max().unwrap_or(FORM_MIN);
        postcard::to_extend(self, vec![form])
    }

    /// # Errors
    /// [`BadRecord`].
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BadRecord> {
        match bytes.split_first() {
            Some((FORM_MIN..=FORM, rest)) => {
                postcard::from_bytes(rest).map_err(BadRecord::Malformed)
            }
            Some((&form, _)) if form > FORM => Err(BadRecord::Form(form)),
            _ => Err(BadRecord::Malformed(postcard::Error::DeserializeUnexpectedEnd)),
        }
    }
}

/// The oldest form that has this.
fn form(entry: &Entry) -> u8 {
    let Entry::Act(act) = entry else { return FORM_MIN };
    match act {
        Act::Say(_)
        | Act::Delete(_)
        | Act::SetTopic(_)
        | Act::TakeName(_)
        | Act::UseName(_)
        | Act::Impose(_)
        | Act::Lift(_)
        | Act::Expire(_)
        | Act::Forget(_)
        | Act::NoteTime(_)
        | Act::ReleaseName(_) => FORM_MIN,
        Act::MakeLink(_)
        | Act::AddDevice(_)
        | Act::RevokeDevice(_)
        | Act::UseDevice(_)
        | Act::MakeInvite(_)
        | Act::EndInvite(_)
        | Act::AcceptInvite(_)
        | Act::Create(_)
        | Act::Direct(_)
        | Act::Add(_)
        | Act::Remove(_)
        | Act::SetRole(_)
        | Act::KeepRoom(_) => 2,
        Act::Reply(_) | Act::Edit(_) | Act::DeleteOwn(_) | Act::React(_) => 3,
        Act::Mention(_) | Act::EditMention(_) | Act::KeepRoomAs(_) | Act::NoteRead(_) => 4,
        Act::MakeHook(_)
        | Act::EndHook(_)
        | Act::SayAsHook(_)
        | Act::Import(_)
        | Act::LiftBy(_)
        | Act::MakeBot(_)
        | Act::EndBot(_) => 5,
        Act::MakeOutgoing(_) => 6,
    }
}
