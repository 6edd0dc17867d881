//! What a person has read, what mentions them, and what they search for.
//!
//! This file does not know how either is kept.

use std::sync::Arc;

use protocol::{MentionsQuery, ReadUpto, Ref, Refusal, SearchQuery};

use super::rooms::not_read;
use super::{Context, Effect, Marking, Refused, Session};
use crate::frame::Frame;
use crate::log::{InboxAsked, NotRead, SearchAsked, Sight};
use crate::people::names::PersonId;

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
        let sight = sight(Some(person), context);
        Effect::Inbox(InboxAsked { sight, before, limit, reference })
    }

    pub(super) fn search(&self, query: SearchQuery, context: &Context<'_>) -> Effect {
        let limit = query.wanted();
        let SearchQuery { query, room, before, reference, .. } = query;
        let sight = sight(context.person.number(), context);
        Effect::Search(SearchAsked { sight, query, room, before, limit, reference })
    }

    /// Messages of any rooms were found, or not.
    pub(crate) fn found_messages(
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

/// What this connection may read of all there is.
fn sight(person: Option<PersonId>, context: &Context<'_>) -> Sight {
    let grant = context.pass.and_then(|pass| pass.grant.clone());
    let who = (context.person, context.pass);
    let barred = context.sanctions.barred(who, context.age_ms);
    Sight { person, grant, barred }
}
