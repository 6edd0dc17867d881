//! What is asked of the server by a command, and how that is said in an envelope.
//!
//! This file does not know how it is typed.

use protocol::{
    Action, ChangeMember, Create, MakeInvite, Moderate, NewRoom, Note, PrivateRoom, Question,
    Reason, RoomKind, RoomName, RoomRole, SetRole, SetTopic, ToServer, TopicText, Uninvite,
    UserName,
};

use crate::text;

/// What is asked of the server, without the room that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// `/kick`, `/ban`, `/unban`, `/silence`, `/unsilence`: something done to a person.
    Moderate(ModerationCommand),
    /// `/topic TEXT`
    Topic(TopicText),
    /// `/link`
    Link,
    /// `/devices`
    Devices,
    /// `/invite [-r] [USES] [TIME] [NOTE]`
    Invite(InviteCommand),
    /// `/invites`
    Invites,
    /// `/uninvite N`
    Uninvite(u32),
    /// `/create NAME [private]`
    Create(NewRoom),
    /// `/add NAME`
    Add(UserName),
    /// `/remove NAME`
    Remove(UserName),
    /// `/role NAME ROLE`
    Role(UserName, RoomRole),
}

/// What a moderator does to a person, in the room that is shown or in the whole server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModerationCommand {
    pub action: Action,
    pub user: UserName,
    pub everywhere: bool,
    pub seconds: Option<u64>,
    pub reason: Option<Reason>,
}

/// What an invite is for: the server, or the room that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InviteCommand {
    pub into_room: bool,
    pub uses: Option<u32>,
    pub seconds: Option<u64>,
    pub note: Option<Note>,
}

impl Asked {
    /// What it means in a room of this kind: in a private room one is invited into it.
    pub fn in_a(self, kind: RoomKind) -> Self {
        match self {
            Asked::Invite(invite) if kind == RoomKind::Private => {
                Asked::Invite(InviteCommand { into_room: true, ..invite })
            }
            other => other,
        }
    }

    /// It is about the room that is shown, so one has to be in it.
    pub fn is_of_room(&self) -> bool {
        match self {
            Asked::Moderate(_) | Asked::Topic(_) => true,
            Asked::Add(_) | Asked::Remove(_) | Asked::Role(..) => true,
            Asked::Invite(InviteCommand { into_room, .. }) => *into_room,
            Asked::Link | Asked::Devices | Asked::Invites | Asked::Uninvite(_) => false,
            Asked::Create(_) => false,
        }
    }

    /// What is sent, of the room that is shown.
    pub fn envelope(self, room: &RoomName) -> ToServer {
        match self {
            Asked::Moderate(command) => {
                let ModerationCommand { action, user, everywhere, seconds, reason } = command;
                let room = (!everywhere).then(|| room.clone());
                let act = Moderate { action, room, user, seconds, reason, reference: None };
                ToServer::Moderate(Box::new(act))
            }
            Asked::Topic(content) => {
                ToServer::Topic(SetTopic { room: room.clone(), content, reference: None })
            }
            Asked::Link => ToServer::Link(Question::default()),
            Asked::Devices => ToServer::Devices(Question::default()),
            Asked::Invite(InviteCommand { into_room, uses, seconds, note }) => {
                let rooms = into_room.then(|| room.clone()).into_iter().collect();
                ToServer::Invite(MakeInvite { rooms, uses, seconds, note, reference: None })
            }
            Asked::Invites => ToServer::Invites(Question::default()),
            Asked::Uninvite(invite) => ToServer::Uninvite(Uninvite { invite, reference: None }),
            Asked::Create(room) => {
                ToServer::Create(Create { room, topic: TopicText::default(), reference: None })
            }
            Asked::Add(user) => {
                ToServer::Add(ChangeMember { room: room.clone(), user, reference: None })
            }
            Asked::Remove(user) => {
                ToServer::Remove(ChangeMember { room: room.clone(), user, reference: None })
            }
            Asked::Role(user, role) => {
                ToServer::Role(SetRole { room: room.clone(), user, role, reference: None })
            }
        }
    }

    /// As it is typed, without what is rare.
    pub fn typed(&self) -> String {
        match self {
            Asked::Moderate(ModerationCommand { action, user, .. }) => {
                let command = match action {
                    Action::Kick => "kick",
                    Action::Ban => "ban",
                    Action::Unban => "unban",
                    Action::Mute => "silence",
                    Action::Unmute => "unsilence",
                };
                format!("/{command} {}", text::name(user.as_str()))
            }
            Asked::Topic(_) => "/topic".to_owned(),
            Asked::Link => "/link".to_owned(),
            Asked::Devices => "/devices".to_owned(),
            Asked::Invite(_) => "/invite".to_owned(),
            Asked::Invites => "/invites".to_owned(),
            Asked::Uninvite(invite) => format!("/uninvite {invite}"),
            Asked::Create(NewRoom::Open { room }) => {
                format!("/create {}", text::name(room.as_str()))
            }
            Asked::Create(NewRoom::Private(PrivateRoom { title })) => {
                format!("/create {} private", text::name(title.as_str()))
            }
            Asked::Add(user) => format!("/add {}", text::name(user.as_str())),
            Asked::Remove(user) => format!("/remove {}", text::name(user.as_str())),
            Asked::Role(user, _) => format!("/role {}", text::name(user.as_str())),
        }
    }
}
