//! What a room is called, of which kind it is, and who belongs to it.
//!
//! This file does not know who is there at the moment.

use protocol::{
    DIRECT_SIGN, PRIVATE_SIGN, RoomEntry, RoomInfo, RoomKind, RoomMember, RoomName, RoomRole,
    Title, UserName,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Of a private room.
    pub title: Option<Title>,
    /// Of a direct room: everybody, oneself included.
    pub users: Vec<UserName>,
    /// What oneself is there.
    pub role: Option<RoomRole>,
    /// Who has a role there: the owner first, then moderators, then members, each by name.
    pub members: Vec<RoomMember>,
    /// There are more than these.
    pub members_more: bool,
}

impl About {
    /// As it is told on joining, or when it was made or found.
    pub fn of(info: RoomInfo) -> Self {
        let RoomInfo { title, users, role, members, members_more, .. } = info;
        About { title, users, role, members, members_more }
    }

    /// A list tells everything but the others who belong to it.
    pub fn listed(&mut self, entry: &RoomEntry) {
        self.title.clone_from(&entry.title);
        self.users.clone_from(&entry.users);
        self.role = entry.role;
    }

    /// Somebody is this from now on. The owner is one.
    pub fn set_role(&mut self, user: &UserName, role: RoomRole) {
        if role == RoomRole::Owner {
            let owners = self.members.iter_mut().filter(|member| member.role == role);
            owners.for_each(|owner| owner.role = RoomRole::Moderator);
        }
        self.members.retain(|member| member.user != *user);
        self.members.push(RoomMember { user: user.clone(), role });
        self.members.sort_by(|a, b| (a.role, &a.user).cmp(&(b.role, &b.user)));
    }

    /// Somebody belongs to it no more.
    pub fn remove(&mut self, user: &UserName) {
        self.members.retain(|member| member.user != *user);
    }

    /// What somebody is there, as far as it is known.
    pub fn role_of(&self, user: &UserName) -> Option<RoomRole> {
        self.members.iter().find(|member| member.user == *user).map(|member| member.role)
    }
}

/// Of which kind a room is, as its address says.
pub fn kind(name: &RoomName) -> RoomKind {
    match name.as_str().chars().next() {
        Some(PRIVATE_SIGN) => RoomKind::Private,
        Some(DIRECT_SIGN) => RoomKind::Direct,
        _ => RoomKind::Open,
    }
}

/// A role in words.
pub fn role_word(role: RoomRole) -> &'static str {
    match role {
        RoomRole::Owner => "owner",
        RoomRole::Moderator => "moderator",
        RoomRole::Member => "member",
    }
}

/// What people call a room.
pub fn label(name: &RoomName, about: &About, me: Option<&UserName>) -> String {
    let others = about.users.iter().filter(|user| Some(*user) != me);
    let others: Vec<_> = others.map(UserName::as_str).collect();
    match (kind(name), &about.title) {
        (RoomKind::Private, Some(title)) => title.as_str().to_owned(),
        (RoomKind::Direct, _) if !others.is_empty() => others.join(", "),
        // Of one whose title was not told yet, its sign says enough.
        (RoomKind::Private, None) => "private room".to_owned(),
        (RoomKind::Direct, _) => "direct messages".to_owned(),
        _ => name.as_str().to_owned(),
    }
}

/// Before what a room is called.
pub fn sign(kind: RoomKind) -> char {
    match kind {
        RoomKind::Private => PRIVATE_SIGN,
        RoomKind::Direct => DIRECT_SIGN,
        RoomKind::Open | RoomKind::Other => '#',
    }
}
