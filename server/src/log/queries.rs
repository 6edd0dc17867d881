//! What is asked about rooms: pages of their messages, which there are, whether one is there for somebody, what
//! mentions them, what a query finds, which hooks speak there, and which names look alike.
//!
//! This file does not know SQL, or who may ask.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use protocol::{HookEntry, Refusal, RoomList, RoomName, UserName};

use super::acts_of_programs::Maker;
use super::reading::about::Viewer;
use super::reading::bots::FoundBot;
use super::reading::hooks::{FoundHook, HOOKS_COST};
use super::reading::reader::Reader;
use super::reading::rooms::RoomsAsked;
use super::reading::search::NotFound;
use super::search::index::is_damage;
use super::{Asked, Asker, InboxAsked, Log, NotRead, OpenRoom, Page, SearchAsked};
use crate::frame::Frame;
use crate::people::code_hash::CodeHash;
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

/// What a list of rooms costs at least, in bytes of reading: a hundred rooms, found in several tables.
const ROOMS_COST: u64 = 64 * 1024;
/// What a millisecond of searching costs, in bytes of reading: a connection alone keeps the thread that searches busy
/// for a quarter of the time, by default.
const SEARCH_COST: u64 = 2 * 1024;

impl Log {
    /// Reads messages of a room: everything that was committed before the call is in sight.
    pub(crate) async fn page(
        &self,
        asker: &Asker,
        room: &Arc<OpenRoom>,
        asked: Asked,
        viewer: Viewer,
    ) -> Result<Page, NotRead> {
        let is_same_for_all = room.is_the_same_for(viewer);
        if is_same_for_all
            && let Some(page) = room.page(&asked)
            && self.reading.pages.take_at_once(asker, page.bytes())
        {
            self.metrics.page_found(asked.limit, true);
            return Ok(page);
        }
        let (room, metrics, found) = (room.clone(), self.metrics.clone(), self.found());
        let question = move |reader: &Reader| {
            // When all come back at once, one has read the room while the others waited.
            let in_memory = room.page(&asked);
            metrics.page_found(asked.limit, in_memory.is_some());
            let page = match in_memory {
                Some(page) => Ok(Some(page)),
                None => read_page(reader, &room, &asked),
            };
            // Whether the room is there is told before whether the message is.
            let seen = match is_same_for_all {
                true => page.map(Some),
                false => page.and_then(|page| as_seen(reader, &room, page, viewer)),
            };
            let seen = found(seen).and_then(|seen| seen.ok_or(NotRead::NoSuchRoom));
            let page = seen.and_then(|page| page.ok_or(NotRead::NoSuchMessage));
            let bytes = page.as_ref().map_or(0, Page::bytes);
            (page, bytes)
        };
        self.reading.pages.read(asker, question).await
    }

    /// Whether a private or direct room is there for somebody.
    pub(crate) async fn is_there(
        &self,
        asker: &Asker,
        room: RoomName,
        person: Option<PersonId>,
    ) -> Result<bool, NotRead> {
        let found = self.found();
        let question = move |reader: &Reader| {
            let about = found(reader.about(&room, person, false));
            (about.map(|about| about.is_some()), 0)
        };
        self.reading.pages.read(asker, question).await
    }

    /// Which rooms there are for somebody.
    pub(crate) async fn list_rooms(
        &self,
        asker: &Asker,
        asked: RoomsAsked,
    ) -> Result<RoomList, NotRead> {
        let (found, census) = (self.found(), self.census.clone());
        let moved = asked.person.map(|person| self.markers().of(person)).unwrap_or_default();
        let question =
            move |reader: &Reader| (found(reader.rooms(&asked, (&census, &moved))), ROOMS_COST);
        self.reading.pages.read(asker, question).await
    }

    /// The hook with a number, if the secret is its own.
    pub(crate) async fn find_hook(
        &self,
        asker: &Asker,
        (hook, secret): (u32, CodeHash),
    ) -> Result<Option<FoundHook>, NotRead> {
        let found = self.found();
        self.reading.pages.read(asker, move |reader| (found(reader.hook(hook, &secret)), 0)).await
    }

    /// The bot with this token, as the database says now.
    pub(crate) async fn find_bot(
        &self,
        asker: &Asker,
        token: KeyHash,
    ) -> Result<Option<FoundBot>, NotRead> {
        let found = self.found();
        self.reading.pages.read(asker, move |reader| (found(reader.bot(&token)), 0)).await
    }

    /// Where a hook speaks.
    pub(crate) async fn room_of_hook(
        &self,
        asker: &Asker,
        hook: u32,
    ) -> Result<Option<RoomName>, NotRead> {
        let found = self.found();
        self.reading.pages.read(asker, move |reader| (found(reader.room_of_hook(hook)), 0)).await
    }

    /// The hooks of a room, or why somebody may not see them.
    pub(crate) async fn hooks(
        &self,
        asker: &Asker,
        (room, by): (RoomName, Maker),
    ) -> Result<Result<Vec<HookEntry>, Refusal>, NotRead> {
        let found = self.found();
        let question = move |reader: &Reader| (found(reader.hooks(&room, by)), HOOKS_COST);
        self.reading.pages.read(asker, question).await
    }

    /// What mentions somebody.
    pub(crate) async fn inbox(
        &self,
        asker: &Asker,
        asked: InboxAsked,
    ) -> Result<Arc<Frame>, NotRead> {
        let found = self.found();
        let question = move |reader: &Reader| {
            let frame = found(reader.inbox(&asked));
            let bytes = frame.as_ref().map_or(0, |frame| frame.bytes().len());
            (frame, u64::try_from(bytes).unwrap_or(u64::MAX))
        };
        self.reading.pages.read(asker, question).await
    }

    /// Whether a program may have a name, which is compared with all others: that costs as much as a search.
    pub(crate) async fn may_look_so(&self, asker: &Asker, name: UserName) -> Result<(), Refusal> {
        let found = self.found();
        let question = move |reader: &Reader| {
            let began = Instant::now();
            let looks = found(reader.may_look_so(&name));
            (looks, cost_since(began))
        };
        let looks = self.reading.searches.read(asker, question).await;
        looks.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Which messages a query finds.
    pub(crate) async fn search(
        &self,
        asker: &Asker,
        asked: SearchAsked,
    ) -> Result<Arc<Frame>, NotRead> {
        let (found, damaged) = (self.found(), self.reading.damaged.clone());
        let question = move |reader: &Reader| {
            let began = Instant::now();
            let frame = match reader.search(&asked) {
                Ok(frame) => Ok(frame),
                Err(NotFound::TooLong) => Err(NotRead::TooLong),
                Err(NotFound::Sqlite(error)) => {
                    damaged.fetch_or(is_damage(&error), Ordering::Relaxed);
                    found(Err(error))
                }
            };
            let bytes = frame.as_ref().map_or(0, |frame| frame.bytes().len());
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            (frame, bytes.saturating_add(cost_since(began)))
        };
        self.reading.searches.read(asker, question).await
    }
}

/// What a search costs that has just ended.
fn cost_since(began: Instant) -> u64 {
    let spent = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    spent.saturating_mul(SEARCH_COST)
}

/// One read, whatever it is for: the first of a room also fills its memory.
fn read_page(reader: &Reader, room: &OpenRoom, asked: &Asked) -> rusqlite::Result<Option<Page>> {
    if !asked.is_newest() {
        return reader.page(room.name(), asked);
    }
    if !room.is_new() {
        let page = reader.page(room.name(), asked)?;
        room.learn_topic(page.as_ref().and_then(|page| page.topic.clone()));
        return Ok(page);
    }
    let newest = reader.newest_page(room.name(), asked)?;
    room.seed(newest.clone());
    Ok(Some(room.page(asked).unwrap_or_else(|| newest.part(asked))))
}

/// A page with what the room is for who reads; none if it is not there for them. That is looked at after all that
/// is in the page: whoever was a member then may read it.
fn as_seen(
    reader: &Reader,
    room: &OpenRoom,
    page: Option<Page>,
    Viewer { person, told }: Viewer,
) -> rusqlite::Result<Option<Option<Page>>> {
    let Some(about) = reader.about(room.name(), person, told)? else { return Ok(None) };
    if told && about.kind.is_none() && about.members.is_empty() {
        room.learn_no_roles();
    }
    Ok(Some(page.map(|page| Page { about, ..page })))
}
