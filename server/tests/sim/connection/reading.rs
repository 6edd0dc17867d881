//! How a connection of a run enters a room and reads: the steps of the log and the hub around it come when the
//! seed says so.

use std::task::Poll;

use protocol::{MessageId, Refusal};

use super::{AGAIN, Connection, Step};
use crate::connection::session::{Effect, Entering, Reading};
use crate::hub::core::Input;
use crate::hub::room_tag;
use crate::log::{NotRead, Page, Viewer};
use crate::outbox::{End, Release};
use crate::sim::Mutant;
use crate::sim::process::Process;
use crate::sim::store::Store;

impl Process {
    pub(super) fn enter(&mut self, connection: &mut Connection, entering: Entering) -> Effect {
        let room = entering.room.name().clone();
        connection.outbox.hold();
        if self.mutant == Mutant::ReleaseBeforeReplay {
            let nothing = Page::default().envelope(&room, MessageId::ZERO, None, None);
            let replayed = Some((room_tag(&room), 0));
            connection.outbox.release(Release {
                first: vec![nothing],
                replayed,
                ..Release::default()
            });
        }
        let (user, role) = self.context(&connection.claim, |context| context.who());
        connection.held.iter().for_each(|held| held.enter(&room, role));
        let member = connection.outbox.clone();
        let input = Input::Join { room, id: connection.id, user, role, member };
        if self.mutant == Mutant::ReadBeforeEntering {
            connection.late = Some(input);
        } else {
            self.shard.push_back(input);
        }
        connection.session.entered(entering)
    }

    /// As the log reads: what is in memory at once, and else in one step what is used in a later one.
    pub(super) fn read(
        &mut self,
        connection: &mut Connection,
        reading: Reading,
        store: &Store,
        readable: bool,
    ) -> Step {
        let Poll::Ready(has_caught_up) = self.catch_up(connection, &reading) else {
            return Step::Blocked(Effect::Read(reading));
        };
        if !has_caught_up {
            connection.outbox.end(End::Refused(Refusal::Unavailable));
            return Step::Done;
        }
        let (room, asked) = (&reading.room, &reading.asked);
        if !reading.is_join && self.mutant != Mutant::UnheldHistory {
            connection.outbox.hold();
        }
        if let Some(entry) = connection.late.take() {
            if connection.found.is_some() {
                self.shard.push_back(entry);
            } else {
                connection.found = Some(self.snapshot(&reading, store));
                connection.late = Some(entry);
            }
            return Step::Next(Effect::Read(reading));
        }
        // Memory does not reach far back in long rooms: half of the connections ask for what is older.
        let reaches = asked.is_newest() || connection.line().is_multiple_of(2);
        let remembered = room.page(asked).filter(|_| reaches);
        let page = match (connection.found.take(), remembered) {
            (Some(found), _) if self.mutant == Mutant::ReadBeforeEntering => Ok(found),
            (Some(found), _) if !asked.is_newest() => Ok(found),
            (Some(found), _) => {
                room.seed(found.clone());
                Ok(room.page(asked).unwrap_or_else(|| found.part(asked)))
            }
            (None, Some(page)) => Ok(page),
            (None, None) if readable => {
                connection.found = Some(self.snapshot(&reading, store));
                return Step::Next(Effect::Read(reading));
            }
            (None, None) if self.mutant == Mutant::GoOnWithoutReplay => Ok(Page::default()),
            (None, None) => Err(NotRead::Unavailable),
        };
        let page =
            page.and_then(|page| self.as_seen(connection, &reading, page, (store, readable)));
        let page = page.map(|mut page| {
            if self.mutant == Mutant::ForgetChanges {
                page.changes.list.clear();
            }
            if self.mutant == Mutant::ForgetTopics {
                page.topic = Default::default();
            }
            page
        });
        connection.has_caught_up = None;
        Step::Next(connection.session.found(reading, page, &self.epoch, AGAIN))
    }

    /// As the log does: of a room that only its members know it is looked at last whether it is there.
    fn as_seen(
        &self,
        connection: &Connection,
        reading: &Reading,
        page: Page,
        (store, readable): (&Store, bool),
    ) -> Result<Page, NotRead> {
        let person = connection.person().number();
        let viewer = Viewer { person, told: reading.told };
        if reading.room.is_the_same_for(viewer) {
            return Ok(page);
        }
        let blind = [Mutant::ForgetMembers, Mutant::LookOnlyBefore, Mutant::GoOnWithoutReplay];
        if blind.contains(&self.mutant) {
            return Ok(page);
        }
        if !readable {
            return Err(NotRead::Unavailable);
        }
        let about = store.about(reading.room.name(), viewer);
        if viewer.told && about.as_ref().is_some_and(|about| about.members.is_empty()) {
            reading.room.learn_no_roles();
        }
        about.map(|about| Page { about, ..page }).ok_or(NotRead::NoSuchRoom)
    }

    /// The first read of a room is for its memory too.
    fn snapshot(&self, reading: &Reading, store: &Store) -> Page {
        let (room, asked) = (&reading.room, &reading.asked);
        let is_newest = self.mutant != Mutant::ReadBeforeEntering && asked.is_newest();
        if is_newest {
            store.newest_page(room.name(), asked)
        } else {
            store.page(room.name(), asked)
        }
    }
}
