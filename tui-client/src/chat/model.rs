//! All state of a conversation.
//!
//! This file does not know sockets, the clock, or how anything is shown.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use protocol::{
    AccessCode, Code, Device, EVERYBODY_MAX, Emoji, Message, PRIVATE_SIGN, Ref, RoomKind, RoomName,
    RoomRole, Standing, Title, ToServer, UserName,
};

use super::event::EntryCode;
use super::highlight::has_word;
use super::list::{Browser, OwnList};
use super::pages::Pages;
use super::question::Question;
use super::request::Request;
use super::room::{Entry, Room};
use super::search::SearchList;
use super::servers::Servers;
use crate::text;

/// Messages asked for on joining: two screens.
const HISTORY_ON_JOIN: u16 = 100;

/// Emoji to choose from before any was used; so many are remembered.
const USUAL_EMOJI: [&str; 6] = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

/// More unread messages are not told apart.
const UNREAD_SHOWN_MAX: usize = 999;

/// Sent texts that are kept.
pub const SENT_MAX: usize = 200;

/// The whole state of a conversation.
#[derive(Debug)]
pub struct Model {
    /// In the order in which they were opened.
    pub rooms: Vec<Room>,
    /// The one that is shown.
    pub active: usize,
    /// Those that were shown before it, each once, the latest at the end.
    pub visited: Vec<RoomName>,
    /// Who this is: as the server spells it, once it said so.
    pub me: Option<UserName>,
    /// The name before this one, until the server lets this one in.
    pub before: Option<UserName>,
    /// The name that the server accepted, under which rooms and drafts are kept; a guest has none.
    pub person: Option<UserName>,
    /// Another name was asked for, and no room was joined under it yet.
    pub renaming: bool,
    pub connection: Connection,
    pub servers: Servers,
    /// Whether messages get through to the server's other nodes.
    pub standing: Standing,
    /// Connections that broke soon, or rounds of all servers without one, in a row.
    pub failures: u32,
    /// One was let in on this connection.
    pub is_in: bool,
    /// Connections that were lost: what was waited for on one of them is waited for no more.
    pub losses: u32,
    /// How long the servers that were tried in this round want to be left alone.
    pub come_back_after: Option<Duration>,
    /// How long the server took to answer the last few times, the newest last.
    pub answers: VecDeque<Duration>,
    /// The best of them, as it is shown.
    pub latency: Option<Duration>,
    /// A sentence for the person alone: whoever tells it takes it away.
    pub notice: Option<String>,
    /// Emoji to choose from first, the one that was used last at the beginning.
    pub latest_emoji: Vec<Emoji>,
    /// What was sent, oldest first, to be written again.
    pub sent: Vec<String>,
    /// The time of what happened last, in ms since 1970, as far as it is told.
    pub now: u64,
    /// Since when there has been no connection.
    pub offline_since: Option<u64>,
    /// The person is looking at the conversation, as far as is known.
    pub focused: bool,
    /// The person's list of rooms.
    pub list: OwnList,
    /// The list of all rooms, while it is looked at.
    pub browser: Option<Browser>,
    /// The messages that mention this person, while they are looked at.
    pub inbox: Option<Pages>,
    /// What is looked for in all messages, until the person ends it.
    pub search: Option<SearchList>,
    /// Words that are highlighted like one's name.
    pub highlight: Vec<String>,
    /// What the person has to confirm first.
    pub question: Option<Question>,
    /// What lets this person in, until it has.
    pub code: Option<EntryCode>,
    /// The code for another device that is shown.
    pub link: Option<AccessCode>,
    /// This person's devices, as they were listed last.
    pub devices: Vec<Device>,
    /// What the server refused last: where it ends the connection, that is why.
    pub refusal: Option<Code>,
    /// What was asked of the server and is not answered, besides messages.
    pub requests: Vec<Request>,
    /// The server asked for time: none of them is sent before it is over.
    pub requests_held: bool,
    /// What reserves this person's name and where it is kept, in words; none without a key.
    pub key: Option<String>,
    /// Begins the refs of this run, so that no other run makes the same.
    pub session: String,
    /// Refs made so far.
    pub refs: u64,
    /// Messages asked for on joining a room that was not seen before.
    pub history_on_join: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// Being made.
    Connecting,
    /// Envelopes flow.
    Online,
    /// Another attempt follows by itself.
    Waiting {
        /// In so many seconds, as far as that is known.
        seconds: Option<u64>,
        /// What went wrong last.
        reason: String,
    },
    /// The server does not want this; only the person can change it.
    Refused {
        /// What the server says.
        reason: String,
        /// Another name may be let in.
        over_name: bool,
        /// What it is about, if the server said so.
        code: Option<Code>,
    },
}

impl Model {
    /// A client that wants to enter one room.
    pub fn new(room: RoomName, me: Option<UserName>, session: String) -> Self {
        Model {
            rooms: vec![Room::new(room)],
            active: 0,
            visited: Vec::new(),
            person: me.clone(),
            me,
            before: None,
            renaming: false,
            connection: Connection::Connecting,
            servers: Servers::default(),
            standing: Standing::Current,
            failures: 0,
            is_in: false,
            losses: 0,
            come_back_after: None,
            answers: VecDeque::new(),
            latency: None,
            notice: None,
            latest_emoji: USUAL_EMOJI.iter().filter_map(|it| Emoji::try_from(*it).ok()).collect(),
            sent: Vec::new(),
            now: 0,
            offline_since: None,
            focused: true,
            list: OwnList::default(),
            browser: None,
            inbox: None,
            search: None,
            highlight: Vec::new(),
            question: None,
            code: None,
            link: None,
            devices: Vec::new(),
            refusal: None,
            requests: Vec::new(),
            requests_held: false,
            key: None,
            session,
            refs: 0,
            history_on_join: HISTORY_ON_JOIN,
        }
    }

    /// Comes in by this code with the next connection: with that of a link under a name that is not known
    /// yet.
    pub fn bring(&mut self, code: EntryCode) {
        self.renaming |= matches!(code, EntryCode::Link(_));
        self.code = Some(code);
    }

    /// A name for something that is sent, which nothing else has.
    ///
    /// # Errors
    /// A sentence for the person, if there is none.
    pub fn new_ref(&mut self) -> Result<Ref, String> {
        self.refs += 1;
        let reference = format!("{}-{}", self.session, self.refs);
        Ref::try_from(reference.as_str()).map_err(|error| error.to_string())
    }

    pub fn room(&self) -> &Room {
        &self.rooms[self.active]
    }

    pub fn room_mut(&mut self) -> &mut Room {
        &mut self.rooms[self.active]
    }

    /// Puts a room behind the others of its kind, and says where: direct rooms stand behind all others.
    pub fn add_room(&mut self, room: Room) -> usize {
        let at = if room.is_direct() { self.rooms.len() } else { self.first_direct() };
        self.rooms.insert(at, room);
        self.active += usize::from(at <= self.active && self.rooms.len() > 1);
        at
    }

    /// Where the direct rooms begin.
    pub fn first_direct(&self) -> usize {
        self.rooms.iter().position(Room::is_direct).unwrap_or(self.rooms.len())
    }

    /// Finds a room, however it is spelt.
    pub fn find(&mut self, name: &RoomName) -> Option<&mut Room> {
        self.rooms.iter_mut().find(|room| room.name == *name)
    }

    /// The private room that somebody calls so, by its title: none if a room has that name, or several that
    /// title.
    pub fn called(&self, typed: &RoomName) -> Option<&RoomName> {
        let title = typed.as_str().strip_prefix(PRIVATE_SIGN).unwrap_or(typed.as_str());
        let title = Title::known(title).ok()?;
        let is_it =
            |room: &&Room| room.about.title.as_ref().is_some_and(|it| it.key() == title.key());
        let mut found = self.rooms.iter().filter(is_it).map(|room| &room.name);
        let only = found.next().filter(|_| found.next().is_none());
        only.filter(|_| self.rooms.iter().all(|room| room.name != *typed))
    }

    /// What is unread in some rooms, in figures, if anything is.
    pub fn unread<'a>(&self, rooms: impl Iterator<Item = &'a Room> + Clone) -> Option<String> {
        let me = self.me.as_ref();
        let count: usize = rooms.clone().map(|room| room.unread(me)).sum();
        let mut rooms = rooms.filter(|room| room.unread(me) > 0);
        let more = if rooms.any(Room::has_more_unread) { "+" } else { "" };
        match count {
            0 => None,
            1..=UNREAD_SHOWN_MAX => Some(format!("{count}{more}")),
            _ => Some(format!("{UNREAD_SHOWN_MAX}+")),
        }
    }

    /// How often one is mentioned in some rooms.
    pub fn mentions<'a>(&self, rooms: impl Iterator<Item = &'a Room>) -> usize {
        rooms.map(|room| room.mentions(self.me.as_ref())).sum()
    }

    /// Names that may be meant: who spoke last comes first, then who else is here, oneself, and at the end who
    /// belongs to the room or is in another one.
    pub fn likeliest_names(&self) -> Vec<String> {
        let room = self.room();
        let here = room.people.known();
        let spoke = room.messages().rev().map(|message| &message.sender);
        let (mut names, mut seen) = (Vec::new(), BTreeSet::from_iter(&self.me));
        for name in spoke.filter(|name| here.binary_search(name).is_ok()).chain(here) {
            if seen.insert(name) {
                names.push(name);
            }
        }
        names.extend(&self.me);
        let members = room.about.members.iter().map(|member| &member.user);
        names.extend(members.chain(self.known_people()).filter(|name| seen.insert(*name)));
        names.into_iter().map(|name| name.as_str().to_owned()).collect()
    }

    /// A message has one of this person's words.
    pub fn has_word(&self, message: &Message) -> bool {
        has_word(message, &self.highlight, self.me.as_ref())
    }

    /// It is drawn as a mention of this person.
    pub fn is_highlighted(&self, entry: &Entry) -> bool {
        entry.is_mention || entry.message().is_some_and(|message| self.has_word(message))
    }

    /// One may mention everybody in the room that is shown, as far as is known.
    pub fn may_mention_everybody(&self) -> bool {
        let room = self.room();
        let people = match room.kind() {
            RoomKind::Private if room.about.members_more => usize::MAX,
            RoomKind::Private => room.about.members.len(),
            RoomKind::Direct => room.about.users.len(),
            RoomKind::Open | RoomKind::Other => room.people.count(),
        };
        let leads = matches!(room.about.role, Some(RoomRole::Owner | RoomRole::Moderator));
        leads || people <= EVERYBODY_MAX
    }

    /// A page of the list of all rooms is on its way.
    pub fn is_asking_for_rooms(&self) -> bool {
        let mut envelopes = self.requests.iter().map(|request| &request.envelope);
        envelopes.any(|envelope| matches!(envelope, ToServer::Rooms(query) if !query.mine))
    }

    /// Rooms that can be named by their address.
    pub fn room_names(&self) -> Vec<String> {
        let open = self.rooms.iter().filter(|room| room.kind() == RoomKind::Open);
        open.map(|room| room.name.as_str().to_owned()).collect()
    }

    /// One's rooms that have a name or a title, by that.
    pub fn own_rooms(&self) -> Vec<String> {
        let is_named = |room: &&Room| room.kind() == RoomKind::Open || room.about.title.is_some();
        let named = self.rooms.iter().filter(is_named);
        named.map(|room| room.label(self.me.as_ref())).collect()
    }

    /// What people call a room, within a sentence; of one that is not here its address.
    pub fn in_words(&self, name: &RoomName) -> String {
        let room = self.rooms.iter().find(|room| room.name == *name);
        let address = || format!("#{}", text::name(name.as_str()));
        room.map_or_else(address, |room| room.in_words(self.me.as_ref()))
    }

    /// Somebody within a sentence: oneself is `you`.
    pub fn named(&self, name: &UserName) -> String {
        match Some(name) == self.me.as_ref() {
            true => "you".to_owned(),
            false => text::name(name.as_str()),
        }
    }

    /// Everybody who is in one of the rooms, as far as it is known, each once.
    pub fn known_people(&self) -> BTreeSet<&UserName> {
        self.rooms.iter().flat_map(|room| room.people.known()).collect()
    }

    /// Rooms by how well their names fit what was typed, the best first; without anything typed, those
    /// with something new come first.
    pub fn matching_rooms(&self, typed: &str) -> Vec<usize> {
        let typed = typed.strip_prefix(['#', '+', '@']).unwrap_or(typed).to_lowercase();
        let me = self.me.as_ref();
        let score = |at: usize, room: &Room| {
            let news = (room.mentions(me) > 0, room.unread(me) > 0, at != self.active);
            fit(&room.label(me).to_lowercase(), &typed).map(|fit| (fit, news))
        };
        let rooms = self.rooms.iter().enumerate();
        let mut found: Vec<_> =
            rooms.filter_map(|(at, room)| Some((score(at, room)?, at))).collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// Remembers a text that was sent, once however often it was.
    pub fn remember_sent(&mut self, text: String) {
        self.sent.retain(|known| *known != text);
        self.sent.push(text);
        let old = self.sent.len().saturating_sub(SENT_MAX);
        self.sent.drain(..old);
    }

    /// An emoji was used: it comes first from now on.
    pub fn remember_emoji(&mut self, emoji: &Emoji) {
        self.latest_emoji.retain(|known| known != emoji);
        self.latest_emoji.insert(0, emoji.clone());
        self.latest_emoji.truncate(USUAL_EMOJI.len());
    }

    pub fn rename(&mut self, me: UserName) {
        if self.me.as_ref().is_none_or(|known| known.as_str() != me.as_str()) {
            self.rooms.iter_mut().for_each(|room| room.renamed(Some(&me)));
        }
        self.me = Some(me);
    }
}

/// How well a name fits: all that was typed stands in it in this order; better if it stands
/// together, and best at the start.
pub fn fit(name: &str, typed: &str) -> Option<u8> {
    let mut rest = name.chars();
    if !typed.chars().all(|wanted| rest.any(|c| c == wanted)) {
        return None;
    }
    Some(u8::from(name.contains(typed)) + u8::from(name.starts_with(typed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_better_comes_first() {
        assert_eq!(fit("general", "gen"), Some(2));
        assert_eq!(fit("ops-general", "gen"), Some(1));
        assert_eq!(fit("german-nights", "gen"), Some(0));
        assert_eq!(fit("dev", "gen"), None);
        assert_eq!(fit("dev", ""), Some(2));
    }
}
