//! What a person has read, and what mentions them.
//!
//! This file does not know how either is kept.

use std::sync::Arc;

use protocol::{MentionsQuery, ReadUpto, Ref, Refusal};

use super::rooms::not_read;
use super::{Context, Effect, Marking, Refused, Session};
use crate::frame::Frame;
use crate::log::{InboxAsked, NotRead};

impl Session {
    /// Somebody has read a room up to somewhere.
    pub(super) fn read(&self, read: ReadUpto, context: &Context<'_>) -> Effect {
        let ReadUpto { room, upto } = read;
        let Some(open) = self.find(&room).cloned() else {
            return Effect::Refuse(Refused::new(Refusal::NotInRoom, Some(room), None));
        };
        if context.has_no_name() {
            return Effect::Refuse(Refused::new(Refusal::NoName, Some(room), None));
        }
        match context.person.number() {
            Some(person) => Effect::Mark(Marking { room: open, person, upto }),
            // It is not known yet who they are.
            None => Effect::Nothing,
        }
    }

    pub(super) fn mentions(&self, query: MentionsQuery, context: &Context<'_>) -> Effect {
        let limit = query.wanted();
        let MentionsQuery { before, reference, .. } = query;
        let Some(person) = context.person.number() else {
            return Effect::Refuse(Refused::new(Refusal::NoName, None, reference));
        };
        let grant = context.pass.and_then(|pass| pass.grant.clone());
        Effect::Inbox(InboxAsked { person, grant, before, limit, reference })
    }

    /// They were found, or not.
    pub(crate) fn mentioned(
        &self,
        reference: Option<Ref>,
        found: Result<Arc<Frame>, NotRead>,
    ) -> Effect {
        match found {
            Ok(frame) => Effect::Tell(frame),
            Err(error) => Effect::Refuse(Refused::new(not_read(error), None, reference)),
        }
    }
}
