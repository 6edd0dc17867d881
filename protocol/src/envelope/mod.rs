//! Every envelope, listed once for each direction. A family has a file of its own, with its types, how they
//! are read, their limits and what they mean.
//!
//! A new envelope is a new file here, its line among the modules, and one line in the list of each direction
//! that it goes. What is `pub` in such a file is part of the crate's interface.

mod cluster;
mod create;
mod deletion;
mod devices;
mod edit;
mod error;
mod everybody;
mod fields;
mod history;
mod hooks;
mod invites;
mod members;
mod membership;
mod mentions;
mod message;
mod message_list;
mod moderation;
mod presence;
mod question;
mod reaction;
mod reading;
mod room;
mod rooms;
mod search;
mod setting;
mod typing;

pub(crate) use self::history::count;
pub use self::{
    cluster::*, create::*, deletion::*, devices::*, edit::*, error::*, everybody::*,
    fields::FIELDS_MAX, history::*, hooks::*, invites::*, members::*, membership::*, mentions::*,
    message::*, message_list::*, moderation::*, presence::*, question::*, reaction::*, reading::*,
    room::*, rooms::*, search::*, setting::*, typing::*,
};

use serde::{Deserialize, Serialize};

use self::fields::{Fields, FromClient};
use crate::ids::Ref;
use crate::json::encode;
use crate::name::RoomName;
use crate::refusal::Refusal;

/// Makes the enum of what clients may send, and how each `type` is read, from one list.
macro_rules! from_clients {
    ($($(#[$attribute:meta])* $name:ident($envelope:ty): $($kind:literal)|+,)*) => {
        /// An envelope from a client.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum ToServer {
            $($(#[$attribute])* $name($envelope),)*
        }

        impl ToServer {
            fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
                let kind = fields.kind()?;
                match &*kind {
                    $($($kind)|+ => <$envelope>::read(fields).map(ToServer::$name),)*
                    _ => Err(Refusal::UnknownType(kind.chars().take(40).collect())),
                }
            }

            /// The room it is about, unless that is the whole server, and the `ref` that an answer to it
            /// carries.
            pub fn about(&self) -> (Option<&RoomName>, Option<&Ref>) {
                match self {
                    $(ToServer::$name(envelope) => envelope.subject(),)*
                }
            }

            /// Gives it a `ref`, by which its answer is known; false if it is of a kind that has none.
            pub fn set_ref(&mut self, reference: Ref) -> bool {
                let place = match self {
                    $(ToServer::$name(envelope) => envelope.reference_mut(),)*
                };
                place.map(|place| *place = Some(reference)).is_some()
            }
        }
    };
}

from_clients! {
    /// Send a message to a room.
    Message(Say): "message",
    /// Join one more room.
    Join(Join): "join",
    /// Leave a room.
    Leave(Leave): "leave",
    /// Ask for older messages.
    History(HistoryQuery): "history",
    /// Ask for more of the people of a large room.
    Presence(PeopleQuery): "presence",
    /// Say what a room is about.
    Topic(SetTopic): "topic",
    /// Give one's own message another text.
    Edit(Edit): "edit",
    /// Delete a message: one's own, or, as a moderator, another's.
    Delete(Delete): "delete",
    /// Put an emoji on a message, or take it away.
    React(React): "react",
    /// Say that one is writing.
    Typing(Typing): "typing",
    /// Say up to where one has read a room.
    Read(ReadUpto): "read",
    /// Ask for the messages that mention one.
    Mentions(MentionsQuery): "mentions",
    /// Search for messages.
    Search(SearchQuery): "search",
    /// Ask for a code that makes another device one's own.
    Link(Question): "link",
    /// Ask for one's devices.
    Devices(Question): "devices",
    /// Make a device one's own no longer.
    Revoke(Revoke): "revoke",
    /// Make an invite. For owners and moderators.
    Invite(MakeInvite): "invite",
    /// Ask for invites.
    Invites(Question): "invites",
    /// End an invite.
    Uninvite(Uninvite): "uninvite",
    /// Make a hook. For owners and moderators.
    Hook(MakeHook): "hook",
    /// Ask for the hooks of a room.
    Hooks(HooksQuery): "hooks",
    /// End a hook.
    Unhook(Unhook): "unhook",
    /// Make a room.
    Create(Create): "create",
    /// Make or find a direct room.
    Direct(Direct): "direct",
    /// Ask which rooms there are.
    Rooms(RoomsQuery): "rooms",
    /// Make somebody a member of a private room.
    Add(ChangeMember): "add",
    /// Somebody is to be a member no longer, perhaps oneself.
    Remove(ChangeMember): "remove",
    /// Say what somebody is in a room.
    Role(SetRole): "role",
    /// Say how one keeps a room.
    Setting(ChangeSetting): "setting",
    /// Do something to a person. For moderators. Its type is the action.
    #[serde(untagged)]
    Moderate(Box<Moderate>): "kick" | "ban" | "unban" | "mute" | "unmute",
}

/// An envelope from the server. Absent optional fields are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToClient {
    /// A stored message. To its author it is also the acknowledgement.
    Message(Message),
    /// A person joined the room, with their first connection.
    Join(Joined),
    /// A person left the room, with their last connection.
    Leave(Left),
    /// Who is in a room.
    Presence(Presence),
    /// What a room is, on joining, or when it was made or found.
    Room(RoomInfo),
    /// Which rooms there are, when asked.
    Rooms(RoomList),
    /// Somebody is a member of a private room now.
    Added(Added),
    /// Somebody is a member no longer.
    Removed(Removed),
    /// What somebody is in a room from now on.
    Role(RoleSet),
    /// How one keeps a room from now on.
    Setting(Setting),
    /// What a room is about from now on.
    Topic(Topic),
    /// Older messages, on joining or when asked for.
    History(History),
    /// A message has another text.
    Edited(Edited),
    /// A message was deleted.
    Deleted(Deleted),
    /// An emoji is on a message from now on, or is not.
    Reacted(Reacted),
    /// Somebody is writing.
    Typing(IsTyping),
    /// Up to where one has read a room, on another of one's connections.
    Read(ReadUpto),
    /// Messages that mention one, when asked for.
    Mentions(MessageList),
    /// Messages that were searched for.
    Found(MessageList),
    /// A moderator did something to a person.
    Moderated(Box<Moderated>),
    /// A code that makes a device one's own.
    Link(LinkCode),
    /// One's devices.
    Devices(Devices),
    /// An invite that was made.
    Invite(Invite),
    /// Invites that are still good.
    Invites(Invites),
    /// A hook that was made.
    Hook(Hook),
    /// The hooks of a room.
    Hooks(Hooks),
    /// How the server's node stands among the others of its cluster.
    Cluster(Cluster),
    /// A refusal, to one client alone.
    Error(ErrorNote),
}

/// A frame that is not a valid envelope, and what could be read of it all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct BadEnvelope {
    /// What is wrong with it.
    pub refusal: Refusal,
    /// The room it names, if that is a room's name.
    pub room: Option<RoomName>,
    /// The `ref` it carries, if that is one, so that its author can tell which message failed.
    pub reference: Option<Ref>,
}

impl ToServer {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`BadEnvelope`] with the reason, for anything but a well-formed envelope.
    pub fn parse(frame: &str) -> Result<Self, BadEnvelope> {
        let fields = Fields::parse(frame);
        let fields =
            fields.map_err(|refusal| BadEnvelope { refusal, room: None, reference: None })?;
        ToServer::read(&fields).map_err(|refusal| BadEnvelope {
            refusal,
            room: fields.room().ok(),
            reference: fields.reference().ok().flatten(),
        })
    }

    /// Writes it as one frame's text.
    pub fn encode(&self) -> String {
        encode(self)
    }
}

/// A frame that is none of these envelopes: from a newer server, or from something else.
#[derive(Debug, thiserror::Error)]
#[error("not an envelope of this protocol: {0}")]
pub struct BadFromServer(String);

impl ToClient {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`BadFromServer`] for anything but an envelope of this version; clients ignore those.
    pub fn parse(frame: &str) -> Result<Self, BadFromServer> {
        // An internally tagged enum would also take an array.
        if !frame.trim_start().starts_with('{') {
            return Err(BadFromServer("not a JSON object".into()));
        }
        serde_json::from_str(frame).map_err(|e| BadFromServer(e.to_string()))
    }

    /// Writes it as one frame's text.
    pub fn encode(&self) -> String {
        encode(self)
    }
}
