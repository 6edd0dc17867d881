//! Whatever may be said and told of rooms: what the laws are tried with.

use proptest::prelude::*;
use protocol::{
    Added, ChangeMember, ChangeSetting, Create, Direct, NewRoom, Notify, PLACE_MAX, PrivateRoom,
    Reading, Removed, RoleSet, RoomEntry, RoomInfo, RoomKind, RoomList, RoomMember, RoomRole,
    RoomsQuery, SetRole, Setting, Title, ToClient, ToServer, TopicText,
};

use crate::laws::{id, reference, room, user};

fn title() -> impl Strategy<Value = Title> {
    "\\PC{1,64}".prop_filter_map("no title", |text| Title::try_from(text.as_str()).ok())
}

fn topic() -> impl Strategy<Value = TopicText> {
    "\\PC{0,250}".prop_map(|text| TopicText::try_from(&*text).unwrap())
}

fn role() -> impl Strategy<Value = RoomRole> {
    proptest::sample::select(vec![RoomRole::Owner, RoomRole::Moderator, RoomRole::Member])
}

fn kind() -> impl Strategy<Value = RoomKind> {
    proptest::sample::select(vec![RoomKind::Open, RoomKind::Private, RoomKind::Direct])
}

fn place() -> impl Strategy<Value = Option<u32>> {
    proptest::option::of(0..=PLACE_MAX)
}

/// What is about rooms themselves.
pub(crate) fn of_rooms_to_server() -> impl Strategy<Value = ToServer> {
    let create =
        |room| move |(topic, reference)| ToServer::Create(Create { room, topic, reference });
    let new_room = prop_oneof![
        room().prop_map(|room| NewRoom::Open { room }),
        title().prop_map(|title| NewRoom::Private(PrivateRoom { title })),
    ];
    let query = ("\\PC{1,250}".prop_map(|text| Some(text.into())), proptest::option::of(room()));
    let setting = (any::<bool>(), proptest::option::of(any::<bool>()), place());
    prop_oneof![
        (new_room, (topic(), reference())).prop_map(move |(room, rest)| create(room)(rest)),
        (proptest::collection::vec(user(), 1..10), reference())
            .prop_map(|(users, reference)| ToServer::Direct(Direct { users, reference })),
        (any::<bool>(), query, proptest::option::of(room()), reference()).prop_map(
            |(mine, (query, room), after, reference)| {
                ToServer::Rooms(RoomsQuery { mine, room, query, after, reference })
            }
        ),
        (room(), user(), reference()).prop_map(|(room, user, reference)| ToServer::Add(
            ChangeMember { room, user, reference }
        )),
        (room(), user(), reference()).prop_map(|(room, user, reference)| ToServer::Remove(
            ChangeMember { room, user, reference }
        )),
        (room(), user(), role(), reference()).prop_map(|(room, user, role, reference)| {
            ToServer::Role(SetRole { room, user, role, reference })
        }),
        (room(), setting, reference()).prop_map(|(room, (joined, muted, place), reference)| {
            let joined = Some(joined);
            ToServer::Setting(ChangeSetting {
                joined,
                muted,
                place,
                reference,
                ..ChangeSetting::of(room)
            })
        }),
        (room(), notify(), proptest::option::of(id())).prop_map(|(room, notify, marked)| {
            let notify = Some(notify);
            ToServer::Setting(ChangeSetting { notify, marked, ..ChangeSetting::of(room) })
        }),
    ]
}

fn room_info() -> impl Strategy<Value = RoomInfo> {
    let member = (user(), role()).prop_map(|(user, role)| RoomMember { user, role });
    let people = (proptest::collection::vec(user(), 0..5), proptest::collection::vec(member, 0..5));
    let told = (proptest::option::of(title()), topic(), proptest::option::of(role()));
    (room(), kind(), told, people, any::<bool>(), reference()).prop_map(
        |(room, kind, (title, topic, role), (users, members), members_more, reference)| RoomInfo {
            room,
            kind,
            title,
            topic,
            role,
            users,
            members,
            members_more,
            reference,
        },
    )
}

fn notify() -> impl Strategy<Value = Notify> {
    let set = [Notify::Everything, Notify::Mentions, Notify::Nothing];
    prop_oneof![Just(Notify::Default), proptest::sample::select(set.to_vec())]
}

fn reading() -> impl Strategy<Value = Reading> {
    let id = || proptest::option::of(id());
    (id(), id(), id(), any::<u32>(), any::<u32>()).prop_map(
        |(read, marked, head, unread, mentions)| Reading { read, marked, unread, mentions, head },
    )
}

fn room_entry() -> impl Strategy<Value = RoomEntry> {
    let kept = (any::<bool>(), any::<bool>(), place(), notify(), reading());
    (room_info(), 0..10_000_usize, proptest::option::of(any::<u64>()), kept).prop_map(
        |(info, people, last, (joined, muted, place, notify, reading))| {
            let RoomInfo { room, kind, title, topic, role, users, .. } = info;
            RoomEntry {
                room,
                kind,
                title,
                topic,
                people,
                last,
                role,
                users,
                joined,
                muted,
                notify,
                place,
                reading,
            }
        },
    )
}

/// What is about rooms themselves.
pub(crate) fn of_rooms_to_client() -> impl Strategy<Value = ToClient> {
    let event = || (id(), any::<u64>(), reference());
    prop_oneof![
        room_info().prop_map(ToClient::Room),
        (proptest::collection::vec(room_entry(), 0..4), any::<bool>(), reference()).prop_map(
            |(rooms, more, reference)| ToClient::Rooms(RoomList { rooms, more, reference })
        ),
        (room(), user(), user(), event()).prop_map(|(room, user, by, (id, at, reference))| {
            ToClient::Added(Added { room, user, by, id, at, reference })
        }),
        (room(), user(), user(), event()).prop_map(|(room, user, by, (id, at, reference))| {
            ToClient::Removed(Removed { room, user, by, id, at, reference })
        }),
        (room(), user(), role(), user(), event()).prop_map(
            |(room, user, role, by, (id, at, reference))| {
                ToClient::Role(RoleSet { room, user, role, by, id, at, reference })
            }
        ),
        (
            room(),
            any::<(bool, bool)>(),
            (notify(), proptest::option::of(id())),
            place(),
            id(),
            reference()
        )
            .prop_map(|(room, (joined, muted), (notify, marked), place, id, reference)| {
                ToClient::Setting(Setting {
                    room,
                    joined,
                    muted,
                    notify,
                    marked,
                    place,
                    id,
                    reference,
                })
            }),
    ]
}
