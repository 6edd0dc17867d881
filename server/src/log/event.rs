//! What is kept: asked for as a command, and with its place in the order an event.
//!
//! Plain data. This file does not know how anything is stored, or who is told.

use protocol::{
    MessageId, Ref, RoomName, TITLE_CHARS_MAX, Topic, TopicText, USER_CHARS_MAX, UserName,
};
use serde::{Deserialize, Serialize};

use crate::log::acts_of_operator::Import;
use crate::log::acts_of_people::{
    AcceptInvite, AddDevice, EndInvite, MakeInvite, MakeLink, RevokeDevice, TakeName, UseDevice,
    UseName,
};
use crate::log::acts_of_programs::{EndHook, MakeBot, MakeHook, SayAsHook};
use crate::log::acts_of_rooms::{
    Create, Direct, KeepRoom, KeepRoomAs, NoteRead, OfMember, SetRole,
};
use crate::log::acts_on_messages::{Calls, Edit, EditMention, Mention, OnMessage, React, Reply};
pub(crate) use crate::log::acts_on_messages::{Delete, Say};
pub(crate) use crate::log::author::Author;
use crate::log::sanction::{Lift, LiftBy, Sanction};
use crate::log::time::judge::{EARLIEST_MS, Reading};
use crate::webhooks::OutgoingHook;

/// Something that lasts, with its place in the order of everything that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) id: MessageId,
    /// Milliseconds since 1970, as people are told.
    pub(crate) at: u64,
    pub(crate) act: Act,
}

/// Everything that lasts. Nearly all of it is messages: what is rare is boxed.
///
/// An act carries all that decides what becomes of it, besides the events before it: also the time
/// and the configuration of whoever asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::EnumDiscriminants))]
#[cfg_attr(test, strum_discriminants(name(ActKind), derive(strum::EnumCount)))]
pub(crate) enum Act {
    /// A message is said.
    Say(Say),
    /// A message is deleted.
    Delete(Box<Delete>),
    /// A room is about something else.
    SetTopic(Box<SetTopic>),
    /// Somebody takes a name, for good.
    TakeName(Box<TakeName>),
    /// A name was used by whose it is.
    UseName(Box<UseName>),
    /// Somebody is banned or muted.
    Impose(Box<Sanction>),
    /// A ban or a mute ends before its time.
    Lift(Box<Lift>),
    /// Names that were not used, and bans and mutes whose time is over, go.
    Expire(Expire),
    /// The oldest messages go.
    Forget(Box<Forget>),
    /// Time has passed for certain up to this moment, in milliseconds since 1970.
    NoteTime(u64),
    /// The operator takes a name from whose it is.
    ReleaseName(UserName),
    /// A code is made that adds a device to a person.
    MakeLink(Box<MakeLink>),
    /// A device that has such a code becomes the person's.
    AddDevice(Box<AddDevice>),
    /// A device is a person's no longer.
    RevokeDevice(Box<RevokeDevice>),
    /// A device was used.
    UseDevice(Box<UseDevice>),
    /// An invite is made.
    MakeInvite(Box<MakeInvite>),
    /// An invite ends.
    EndInvite(Box<EndInvite>),
    /// Somebody who is invited takes a name.
    AcceptInvite(Box<AcceptInvite>),
    /// Somebody makes a room.
    Create(Box<Create>),
    /// Somebody makes or finds a direct room.
    Direct(Box<Direct>),
    /// Somebody becomes a member of a private room.
    Add(Box<OfMember>),
    /// Somebody is a member no longer.
    Remove(Box<OfMember>),
    /// Somebody is something else in a room.
    SetRole(Box<SetRole>),
    /// Somebody keeps a room in another way.
    KeepRoom(Box<KeepRoom>),
    /// A message is said that answers another one.
    Reply(Box<Reply>),
    /// The author of a message gives it another text.
    Edit(Box<Edit>),
    /// The author of a message deletes it.
    DeleteOwn(Box<OnMessage>),
    /// Somebody puts an emoji on a message, or takes it away.
    React(Box<React>),
    /// A message is said that calls people.
    Mention(Box<Mention>),
    /// The author of a message gives it another text, which calls people.
    EditMention(Box<EditMention>),
    /// Somebody keeps a room in another way, of which older programs did not know all.
    KeepRoomAs(Box<KeepRoomAs>),
    /// Persons have read a room up to somewhere.
    NoteRead(Box<NoteRead>),
    /// A hook is made.
    MakeHook(Box<MakeHook>),
    /// A hook ends.
    EndHook(Box<EndHook>),
    /// A hook says a message.
    SayAsHook(Box<SayAsHook>),
    /// What was said elsewhere is taken in.
    Import(Box<Import>),
    /// A moderator ends a ban or a mute before its time, and it is known who.
    LiftBy(Box<LiftBy>),
    /// A bot is made.
    MakeBot(Box<MakeBot>),
    /// A bot ends, by its name.
    EndBot(UserName),
    /// The operator makes a hook that sends what people say.
    MakeOutgoing(Box<OutgoingHook>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetTopic {
    pub(crate) room: RoomName,
    pub(crate) author: Author,
    pub(crate) content: TopicText,
    pub(crate) reference: Option<Ref>,
}

/// All in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expire {
    pub(crate) now: u64,
    /// No clock that is right said less.
    pub(crate) earliest: u64,
    /// Names go that were used last before this.
    pub(crate) names_used_before: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forget {
    /// None is all rooms.
    pub(crate) room: Option<RoomName>,
    /// The newest message that goes.
    pub(crate) upto: MessageId,
}

impl SetTopic {
    /// What people are told of it, once it has its place in the order.
    pub(crate) fn topic(&self, id: MessageId, at: u64) -> Topic {
        Topic {
            room: self.room.clone(),
            content: self.content.clone(),
            sender: self.author.name.clone(),
            id,
            at,
            reference: self.reference.clone(),
        }
    }
}

impl Expire {
    /// What is over at some time, unless that is doubted.
    pub(crate) fn at(time: &Reading, name_expiry_ms: Option<u64>) -> Option<Self> {
        let now = time.now_ms();
        let names_used_before = name_expiry_ms.map_or(0, |expiry| now.saturating_sub(expiry));
        time.doubt.is_none().then_some(Expire { now, earliest: EARLIEST_MS, names_used_before })
    }
}

impl Act {
    /// Whether there is less in the database after it, if anything changes at all.
    pub(crate) fn makes_room(&self) -> bool {
        self.is_upkeep() && !matches!(self, Act::NoteTime(_))
    }

    /// Whether the server does it by itself, on a schedule.
    pub(crate) fn is_upkeep(&self) -> bool {
        match self {
            Act::Expire(_) | Act::Forget(_) | Act::NoteTime(_) => true,
            Act::Say(_)
            | Act::Delete(_)
            | Act::SetTopic(_)
            | Act::TakeName(_)
            | Act::UseName(_)
            | Act::Impose(_)
            | Act::Lift(_)
            | Act::ReleaseName(_)
            | Act::MakeLink(_)
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
            | Act::KeepRoom(_)
            | Act::Reply(_)
            | Act::Edit(_)
            | Act::DeleteOwn(_)
            | Act::React(_)
            | Act::Mention(_)
            | Act::EditMention(_)
            | Act::KeepRoomAs(_)
            | Act::NoteRead(_)
            | Act::MakeHook(_)
            | Act::EndHook(_)
            | Act::SayAsHook(_)
            | Act::Import(_)
            | Act::LiftBy(_)
            | Act::MakeBot(_)
            | Act::EndBot(_)
            | Act::MakeOutgoing(_) => false,
        }
    }

    /// Bytes that it takes in a record, about.
    pub(crate) fn bytes(&self) -> usize {
        const AROUND: usize = 200;
        const MARKER_BYTES_MAX: usize = 20;
        const TITLE_BYTES_MAX: usize = 4 * TITLE_CHARS_MAX;
        const USER_BYTES_MAX: usize = 4 * USER_CHARS_MAX;
        let (_, reference) = self.about();
        let text = match self {
            Act::Say(say) => say.content.as_str().len(),
            Act::Reply(reply) => reply.say.content.as_str().len(),
            Act::Edit(edit) => edit.content.as_str().len(),
            Act::Mention(it) => it.say.content.as_str().len() + calls_bytes(&it.calls),
            Act::EditMention(it) => it.edit.content.as_str().len() + calls_bytes(&it.calls),
            Act::SayAsHook(it) => {
                it.say.content.as_str().len() + it.calls.as_ref().map_or(0, calls_bytes)
            }
            Act::NoteRead(note) => note.markers.len() * MARKER_BYTES_MAX,
            Act::Import(import) => import.bytes(),
            Act::SetTopic(set) => set.content.as_str().len(),
            Act::Create(create) => create.topic.as_str().len() + TITLE_BYTES_MAX,
            Act::Direct(direct) => direct.users.len() * USER_BYTES_MAX,
            Act::MakeBot(make) => make.rooms.iter().map(|room| room.len() + 1).sum(),
            Act::MakeOutgoing(hook) => hook.url.as_str().len(),
            Act::Impose(sanction) => sanction.reason.as_ref().map_or(0, |it| it.as_str().len()),
            Act::MakeInvite(invite) => {
                let rooms = invite.rooms.iter().map(|room| room.as_str().len() + 2);
                rooms.sum::<usize>() + invite.note.as_ref().map_or(0, |it| it.as_str().len())
            }
            Act::Delete(_)
            | Act::TakeName(_)
            | Act::UseName(_)
            | Act::Lift(_)
            | Act::LiftBy(_)
            | Act::Expire(_)
            | Act::Forget(_)
            | Act::NoteTime(_)
            | Act::ReleaseName(_)
            | Act::MakeLink(_)
            | Act::AddDevice(_)
            | Act::RevokeDevice(_)
            | Act::UseDevice(_)
            | Act::EndInvite(_)
            | Act::AcceptInvite(_)
            | Act::Add(_)
            | Act::Remove(_)
            | Act::SetRole(_)
            | Act::KeepRoom(_)
            | Act::KeepRoomAs(_)
            | Act::DeleteOwn(_)
            | Act::React(_)
            | Act::MakeHook(_)
            | Act::EndHook(_)
            | Act::EndBot(_) => 0,
        };
        AROUND + text + reference.map_or(0, |it| it.as_str().len())
    }

    /// What a refusal of it tells besides the reason: the room, and what its author calls it.
    pub(crate) fn about(&self) -> (Option<&RoomName>, Option<&Ref>) {
        match self {
            Act::Say(say) => (Some(&say.room), say.reference.as_ref()),
            Act::Delete(delete) => (Some(&delete.room), delete.reference.as_ref()),
            Act::SetTopic(set) => (Some(&set.room), set.reference.as_ref()),
            Act::Impose(sanction) => (sanction.room.as_ref(), None),
            Act::Lift(lift) => (lift.room.as_ref(), None),
            Act::LiftBy(it) => (it.lift.room.as_ref(), None),
            Act::Forget(forget) => (forget.room.as_ref(), None),
            // Nobody has heard of the address of one that was not made.
            Act::Create(create) => {
                (Some(&create.room).filter(|it| !it.is_address()), create.reference.as_ref())
            }
            Act::Direct(direct) => (None, direct.reference.as_ref()),
            Act::Add(it) | Act::Remove(it) => (Some(&it.room), it.reference.as_ref()),
            Act::SetRole(set) => (Some(&set.room), set.reference.as_ref()),
            Act::KeepRoom(keep) => (Some(&keep.room), keep.reference.as_ref()),
            Act::Reply(reply) => (Some(&reply.say.room), reply.say.reference.as_ref()),
            Act::Edit(edit) => (Some(&edit.on.room), edit.on.reference.as_ref()),
            Act::DeleteOwn(on) => (Some(&on.room), on.reference.as_ref()),
            Act::React(react) => (Some(&react.on.room), react.on.reference.as_ref()),
            Act::Mention(it) => (Some(&it.say.room), it.say.reference.as_ref()),
            Act::EditMention(it) => (Some(&it.edit.on.room), it.edit.on.reference.as_ref()),
            Act::KeepRoomAs(it) => (Some(&it.keep.room), it.keep.reference.as_ref()),
            Act::NoteRead(note) => (Some(&note.room), None),
            Act::MakeHook(make) => (Some(&make.room), None),
            Act::MakeOutgoing(hook) => (Some(&hook.room), None),
            Act::SayAsHook(it) => (Some(&it.say.room), it.say.reference.as_ref()),
            Act::Import(import) => (Some(&import.room), None),
            Act::TakeName(_)
            | Act::UseName(_)
            | Act::Expire(_)
            | Act::NoteTime(_)
            | Act::ReleaseName(_)
            | Act::MakeLink(_)
            | Act::AddDevice(_)
            | Act::RevokeDevice(_)
            | Act::UseDevice(_)
            | Act::MakeInvite(_)
            | Act::EndInvite(_)
            | Act::AcceptInvite(_)
            | Act::EndHook(_)
            | Act::MakeBot(_)
            | Act::EndBot(_) => (None, None),
        }
    }
}

fn calls_bytes(calls: &Calls) -> usize {
    let crowd = calls.everybody.iter().flat_map(|crowd| &crowd.names);
    calls.named.iter().chain(crowd).map(|name| name.as_str().len() + 1).sum()
}
