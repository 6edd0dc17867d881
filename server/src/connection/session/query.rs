//! What a connection asks for: older messages, what it missed, and who else is in a large room.
//!
//! This file does not know how it is found.

use std::time::Duration;

use protocol::{
    Epoch, HISTORY_DEFAULT, HistoryQuery, MessageId, PeopleQuery, Ref, Refusal, RoomName,
};

use super::{Context, Effect, Listing, Query, Reading, Refused, Session};
use crate::connection::note::note;
use crate::connection::rate_limits::Over;
use crate::hub::room_tag;
use crate::log::acts_on_messages::NO_SUCH_MESSAGE;
use crate::log::{Asked, NotRead, Page};
use crate::monitoring::metrics::Limit;
use crate::outbox::Release;

impl Session {
    /// The outbox has space for an answer. Rooms may have been left, and rights be gone, meanwhile.
    pub(crate) fn has_space(&mut self, query: Query, context: &Context<'_>) -> Effect {
        match query {
            Query::Join { room, asked, is_first } => {
                self.enter(room, Some(asked), is_first, context)
            }
            Query::History(HistoryQuery { room, span, limit, reference }) => {
                let Some(open) = self.find(&room).cloned() else {
                    return self.not_here(room, reference, context);
                };
                let limit = usize::from(limit.unwrap_or(HISTORY_DEFAULT));
                let asked = Asked { since: MessageId::ZERO, span, limit };
                Effect::Read(Reading {
                    room: open,
                    asked,
                    is_join: false,
                    told: self.owes(),
                    wants_history: true,
                    reference,
                })
            }
            Query::People(PeopleQuery { room, after }) => match self.find(&room) {
                Some(_) => Effect::AwaitTurn(Listing { room, after }),
                None => self.not_here(room, None, context),
            },
            Query::Rooms(query) => self.list_rooms(query, context),
            Query::Mentions(query) => self.mentions(query, context),
            Query::Search(query) => self.search(query, context),
        }
    }

    /// It is this connection's turn, or will not be.
    pub(crate) fn had_turn(&mut self, listing: Listing, turn: Result<(), NotRead>) -> Effect {
        let refusal = match turn {
            Ok(()) => return Effect::List(listing),
            Err(
                NotRead::Unavailable
                | NotRead::NoSuchRoom
                | NotRead::NoSuchMessage
                | NotRead::TooLong,
            ) => Refusal::Unavailable,
            Err(NotRead::TooMany { retry }) => Over::new(Limit::Reads, retry).refusal,
        };
        refuse(refusal, listing.room, None)
    }

    /// It was read, or not; `again` is when to ask for what cannot be read now. Who comes in is in the
    /// room all the same, and hears what is said from now on.
    pub(crate) fn found(
        &mut self,
        reading: Reading,
        found: Result<Page, NotRead>,
        epoch: &Epoch,
        again: Duration,
    ) -> Effect {
        let Reading { room, asked, is_join, wants_history, reference, .. } = reading;
        let refusal = match found {
            Ok(page) => {
                let (epoch, tag) = (is_join.then_some(epoch), room_tag(room.name()));
                let history = || page.envelope(room.name(), asked.since, epoch, reference.as_ref());
                let mut first: Vec<_> = wants_history.then(history).into_iter().collect();
                let about = || page.room(room.name());
                if self.owes() && !is_join {
                    first.extend(about());
                }
                let entry = is_join.then(|| (tag, about()));
                // Who wants no replay is told all that is said from the entry on.
                let replayed = (is_join && wants_history).then(|| (tag, page.head.get()));
                return Effect::Release(
                    Box::new(Release { first, replayed, entry, ..Release::default() }),
                    None,
                );
            }
            Err(NotRead::NoSuchRoom) => return self.gone(room.name(), reference),
            Err(NotRead::NoSuchMessage) => NO_SUCH_MESSAGE,
            Err(NotRead::TooMany { retry }) if is_join => {
                Refusal::Unreadable { retry_ms: milliseconds(retry) }
            }
            Err(NotRead::TooMany { retry }) => Over::new(Limit::Reads, retry).refusal,
            Err(NotRead::Unavailable | NotRead::TooLong) => {
                Refusal::Unreadable { retry_ms: milliseconds(again) }
            }
        };
        if is_join {
            self.rare().owes = true;
        }
        let entry = is_join.then(|| (room_tag(room.name()), None));
        if !wants_history {
            return Effect::Release(Box::new(Release { entry, ..Release::default() }), None);
        }
        let first = vec![note(&refusal, Some(room.name().clone()), reference)];
        Effect::Release(Box::new(Release { first, entry, ..Release::default() }), Some(refusal))
    }
}

fn refuse(refusal: Refusal, room: RoomName, reference: Option<Ref>) -> Effect {
    Effect::Refuse(Refused::new(refusal, Some(room), reference))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
