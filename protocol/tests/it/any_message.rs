//! Any message, and whatever may be told of one: what the laws are tried with.

use proptest::prelude::*;
use protocol::{
    Edited, Emoji, Everybody, IsTyping, Message, MessageList, Reacted, Reaction, ReadUpto, Span,
    ToClient, UserName,
};

use crate::laws::{body, id, reference, room, user};

pub(crate) fn emoji() -> impl Strategy<Value = Emoji> {
    prop_oneof![Just("👍"), Just("❤️"), Just("👩🏽‍🚀"), Just("🏴󠁧󠁢󠁷󠁬󠁳󠁿"), Just("1️⃣")]
        .prop_map(|text| Emoji::try_from(text).unwrap())
}

pub(crate) fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        Just(Span::Newest),
        id().prop_map(Span::Before),
        id().prop_map(Span::After),
        id().prop_map(Span::Around),
    ]
}

fn reaction() -> impl Strategy<Value = Reaction> {
    (emoji(), any::<u32>(), proptest::collection::vec(user(), 0..3))
        .prop_map(|(emoji, count, users)| Reaction { emoji, count, users })
}

pub(crate) fn of_messages_to_client() -> impl Strategy<Value = ToClient> {
    let event = || (id(), any::<u64>(), reference());
    prop_oneof![
        (room(), id(), (body(), mentions()), user(), event()).prop_map(
            |(room, message, (content, (mentions, everybody)), sender, (id, at, reference))| {
                ToClient::Edited(Edited {
                    room,
                    message,
                    content,
                    mentions,
                    everybody,
                    sender,
                    id,
                    at,
                    reference,
                })
            }
        ),
        (room(), id()).prop_map(|(room, upto)| ToClient::Read(ReadUpto { room, upto })),
        (proptest::collection::vec(message(), 0..4), any::<bool>(), reference()).prop_map(
            |(messages, more, reference)| ToClient::Mentions(MessageList {
                messages,
                more,
                reference
            })
        ),
        (proptest::collection::vec(message(), 0..4), any::<bool>(), reference()).prop_map(
            |(messages, more, reference)| ToClient::Found(MessageList {
                messages,
                more,
                reference
            })
        ),
        ((room(), id(), emoji(), any::<bool>()), user(), proptest::option::of(user()), event())
            .prop_map(|((room, message, emoji, on), sender, next, (id, at, reference))| {
                ToClient::Reacted(Reacted {
                    room,
                    message,
                    emoji,
                    on,
                    sender,
                    next,
                    id,
                    at,
                    reference,
                })
            }),
        (room(), user()).prop_map(|(room, sender)| ToClient::Typing(IsTyping { room, sender })),
    ]
}

fn mentions() -> impl Strategy<Value = (Vec<UserName>, Option<Everybody>)> {
    let everybody = prop_oneof![Just(Everybody::All), Just(Everybody::Here)];
    (proptest::collection::vec(user(), 0..3), proptest::option::of(everybody))
}

pub(crate) fn message() -> impl Strategy<Value = Message> {
    let said = (room(), user(), body(), id(), any::<u64>(), reference());
    let maybe = || proptest::option::of(id());
    let reactions = proptest::collection::vec(reaction(), 0..3);
    let edited = proptest::option::of(any::<u64>());
    let since = (maybe(), any::<bool>(), any::<bool>(), maybe(), edited, reactions);
    (said, mentions(), since).prop_map(|(said, (mentions, everybody), since)| {
        let (room, sender, content, id, at, reference) = said;
        let (change, deleted, bot, reply, edited, reactions) = since;
        Message {
            room,
            sender,
            content,
            id,
            at,
            reference,
            bot,
            change,
            deleted,
            reply,
            edited,
            mentions,
            everybody,
            reactions,
        }
    })
}
