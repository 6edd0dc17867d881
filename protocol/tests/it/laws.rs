//! Laws that hold for any input: nothing panics, and encode → decode is the identity.

use proptest::prelude::*;
use protocol::{
    Action, Body, Code, Connect, Delete, Deleted, Edit, Epoch, ErrorNote, History, HistoryQuery,
    HooksQuery, Join, Joined, Key, Leave, Left, MakeHook, MentionsQuery, Message, MessageId,
    MessageList, Moderate, Moderated, PeopleQuery, Presence, React, ReadUpto, Reason, Ref, Role,
    RoomName, RoomPattern, SECONDS_MAX, Say, SearchQuery, SetTopic, ToClient, ToServer, Token,
    TopicText, Typing, Unhook, UserName, encode_mentions, encode_reactions, encode_with_reactions,
    github, slack,
};

use crate::any_hook::{of_hooks_to_client, posted};
use crate::any_message::{emoji, message, of_messages_to_client, span};
use crate::any_room::{of_rooms_to_client, of_rooms_to_server};

pub(crate) fn room() -> impl Strategy<Value = RoomName> {
    "\\PC{1,64}".prop_filter_map("no room", |text| RoomName::try_from(text.as_str()).ok())
}

pub(crate) fn user() -> impl Strategy<Value = UserName> {
    "\\PC{1,32}".prop_filter_map("no name", |text| UserName::try_from(text.as_str()).ok())
}

pub(crate) fn body() -> impl Strategy<Value = Body> {
    any::<String>().prop_filter_map("blank", |text| Body::try_from(text).ok())
}

pub(crate) fn reference() -> impl Strategy<Value = Option<Ref>> {
    proptest::option::of("[ -~]{1,64}".prop_map(|text| Ref::try_from(text.as_str()).unwrap()))
}

pub(crate) fn id() -> impl Strategy<Value = MessageId> {
    (0..protocol::ID_END).prop_map(|number| MessageId::try_from(number).unwrap())
}

fn count() -> impl Strategy<Value = Option<u16>> {
    proptest::option::of(0..=protocol::HISTORY_MAX)
}

fn act() -> impl Strategy<Value = Moderate> {
    let reason = "\\PC{1,200}".prop_map(|text| Reason::try_from(text.as_str()).ok());
    let actions = [Action::Kick, Action::Ban, Action::Unban, Action::Mute, Action::Unmute];
    let action = proptest::sample::select(actions.to_vec());
    let time = proptest::option::of(1..=SECONDS_MAX);
    (action, proptest::option::of(room()), user(), time, reason, reference(), room()).prop_map(
        |(action, room, user, seconds, reason, reference, other)| {
            let seconds = match action {
                Action::Mute => seconds.or(Some(1)),
                Action::Ban => seconds,
                _ => None,
            };
            let room = if action == Action::Kick { room.or(Some(other)) } else { room };
            Moderate { action, room, user, seconds, reason, reference }
        },
    )
}

fn to_server() -> impl Strategy<Value = ToServer> {
    let id = || proptest::option::of(id());
    prop_oneof![
        (room(), body(), id(), reference()).prop_map(|(room, content, reply, reference)| {
            ToServer::Message(Say { room, content, reply, reference })
        }),
        (room(), self::id(), body(), reference()).prop_map(
            |(room, message, content, reference)| {
                ToServer::Edit(Edit { room, message, content, reference })
            }
        ),
        (room(), self::id(), emoji(), any::<bool>(), reference()).prop_map(
            |(room, message, emoji, on, reference)| {
                ToServer::React(React { room, message, emoji, on, reference })
            }
        ),
        room().prop_map(|room| ToServer::Typing(Typing { room })),
        (room(), self::id()).prop_map(|(room, upto)| ToServer::Read(ReadUpto { room, upto })),
        (id(), count(), reference()).prop_map(|(before, limit, reference)| {
            ToServer::Mentions(MentionsQuery { before, limit, reference })
        }),
        ("\\PC{0,200}", proptest::option::of(room()), id(), count(), reference()).prop_map(
            |(query, room, before, limit, reference)| {
                ToServer::Search(SearchQuery { query, room, before, limit, reference })
            }
        ),
        (room(), id(), count()).prop_map(|(room, since, history)| ToServer::Join(Join {
            room,
            since,
            history
        })),
        room().prop_map(|room| ToServer::Leave(Leave { room })),
        (room(), span(), count(), reference()).prop_map(|(room, span, limit, reference)| {
            ToServer::History(HistoryQuery { room, span, limit, reference })
        }),
        (room(), user()).prop_map(|(room, after)| ToServer::Presence(PeopleQuery { room, after })),
        (room(), self::id(), reference()).prop_map(|(room, message, reference)| ToServer::Delete(
            Delete { room, message, reference }
        )),
        (room(), "\\PC{0,250}", reference()).prop_map(|(room, text, reference)| {
            let content = TopicText::try_from(&*text).unwrap();
            ToServer::Topic(SetTopic { room, content, reference })
        }),
        act().prop_map(|act| ToServer::Moderate(Box::new(act))),
        (room(), user(), reference())
            .prop_map(|(room, name, reference)| ToServer::Hook(MakeHook { room, name, reference })),
        (room(), reference())
            .prop_map(|(room, reference)| ToServer::Hooks(HooksQuery { room, reference })),
        (any::<u32>(), reference())
            .prop_map(|(hook, reference)| ToServer::Unhook(Unhook { hook, reference })),
        of_rooms_to_server(),
    ]
}

fn to_client() -> impl Strategy<Value = ToClient> {
    let users = proptest::collection::vec(user(), 0..5);
    let messages = proptest::collection::vec(message(), 0..5);
    let retry = proptest::option::of(any::<u64>());
    let changed = proptest::collection::vec(message(), 0..5);
    let epoch = reference().prop_map(|text| text.and_then(|it| Epoch::try_from(it.as_str()).ok()));
    prop_oneof![
        of_hooks_to_client(),
        of_rooms_to_client(),
        of_messages_to_client(),
        message().prop_map(ToClient::Message),
        (room(), user(), any::<bool>()).prop_map(|(room, sender, is)| {
            let role = is.then_some(Role::Moderator);
            ToClient::Join(Joined { room, sender, role })
        }),
        (act(), user())
            .prop_map(|(act, by)| ToClient::Moderated(Box::new(Moderated::new(act, by)))),
        (room(), id(), user(), id(), any::<u64>(), reference()).prop_map(
            |(room, message, by, id, at, reference)| {
                ToClient::Deleted(Deleted { room, message, by, id, at, reference })
            }
        ),
        (room(), user()).prop_map(|(room, sender)| ToClient::Leave(Left { room, sender })),
        (room(), users, proptest::option::of(0..20_000_usize), proptest::option::of(user()))
            .prop_map(|(room, users, count, after)| {
                ToClient::Presence(Presence { room, users, count, after })
            }),
        (room(), messages, any::<(bool, bool)>(), id(), changed, epoch, reference()).prop_map(
            |(room, messages, (more, newer), head, changed, epoch, reference)| {
                let changed_more = !changed.is_empty() && more;
                ToClient::History(History {
                    room,
                    messages,
                    more,
                    newer,
                    head,
                    changed,
                    changed_more,
                    epoch,
                    reference,
                })
            }
        ),
        (any::<String>(), proptest::option::of(room()), reference(), retry).prop_map(
            |(content, room, reference, retry_ms)| {
                let code = Code::TooFast;
                ToClient::Error(ErrorNote { code, content, room, reference, retry_ms })
            }
        ),
    ]
}

/// JSON that is nearly an envelope.
fn nearly() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        Just("type"),
        Just("room"),
        Just("content"),
        Just("ref"),
        Just("since"),
        Just("user"),
        Just("seconds"),
        Just("x")
    ];
    let value = prop_oneof![
        Just("\"message\""),
        Just("\"join\""),
        Just("\"mute\""),
        Just("\"a\""),
        Just("null"),
        Just("-1"),
        Just("1e9"),
        Just("[]"),
        Just("{}"),
        Just("\"\\ud800\""),
        Just("true"),
        Just("99999999999999999999"),
    ];
    proptest::collection::vec((field, value), 0..8).prop_map(|fields| {
        let fields: Vec<_> = fields.iter().map(|(f, v)| format!("\"{f}\":{v}")).collect();
        format!("{{{}}}", fields.join(","))
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, near in nearly()) {
        let text = String::from_utf8_lossy(&bytes);
        for text in [&*text, near.as_str()] {
            let _ = ToServer::parse(text);
            let _ = ToClient::parse(text);
            let _ = Connect::from_query(text);
            let _ = Key::from_subprotocols(text);
            let _ = Token::from_subprotocols(text);
            let _ = Token::from_authorization(text);
            let _ = RoomPattern::try_from(text);
            let _ = RoomName::try_from(text);
            let _ = Body::try_from(text);
            let _ = slack(text.as_bytes());
        }
    }

    #[test]
    fn whatever_a_program_posts_is_a_text_or_nothing(body in posted(), kind in "push|issues") {
        let _ = slack(body.as_bytes());
        let _ = github(&kind, body.as_bytes());
    }

    #[test]
    fn what_a_client_says_is_what_is_heard(said in to_server()) {
        prop_assert_eq!(ToServer::parse(&said.encode()), Ok(said));
    }

    #[test]
    fn what_the_server_says_is_what_is_heard(said in to_client()) {
        prop_assert_eq!(ToClient::parse(&said.encode()).unwrap(), said);
    }

    #[test]
    fn reactions_that_are_copied_are_those_that_are_written(message in message()) {
        let reactions = encode_reactions(&message.reactions);
        let copied = encode_with_reactions(message.clone(), &reactions).unwrap();
        prop_assert_eq!(ToClient::parse(&copied).unwrap(), ToClient::Message(message));
    }

    #[test]
    fn mentions_that_are_copied_are_those_that_are_written(
        messages in proptest::collection::vec(message(), 0..4), more in any::<bool>(),
        reference in reference(),
    ) {
        let encode = |message: &Message| ToClient::Message(message.clone()).encode();
        let encoded: Vec<_> = messages.iter().map(encode).collect();
        let copied = encode_mentions(&encoded, more, reference.as_ref());
        let said = ToClient::Mentions(MessageList { messages, more, reference });
        prop_assert_eq!(ToClient::parse(&copied).unwrap(), said);
    }

    #[test]
    fn a_connect_survives_its_query(room in room(), user in proptest::option::of(user()),
                                  since in proptest::option::of(id()), history in count()) {
        let connect = Connect { room, user, since, history };
        prop_assert_eq!(Connect::from_query(&connect.to_query()), Ok(connect));
    }

    #[test]
    fn a_key_survives_its_subprotocol(bytes in proptest::collection::vec(any::<u8>(), 16..=64)) {
        let key = Key::new(&bytes).unwrap();
        prop_assert_eq!(Key::from_subprotocols(&key.to_subprotocol()), Ok(Some(key)));
    }

    #[test]
    fn a_pattern_is_a_glob(pattern in "[ab*]{1,8}", room in "[ab]{1,8}") {
        fn fits(pattern: &[u8], room: &[u8]) -> bool {
            match pattern.split_first() {
                None => room.is_empty(),
                Some((b'*', rest)) => (0..=room.len()).any(|at| fits(rest, &room[at..])),
                Some((c, rest)) => room.first() == Some(c) && fits(rest, &room[1..]),
            }
        }
        let matches = RoomPattern::try_from(pattern.as_str()).unwrap();
        let name = RoomName::try_from(room.as_str()).unwrap();
        prop_assert_eq!(matches.matches(&name), fits(pattern.as_bytes(), room.as_bytes()));
    }

    #[test]
    fn a_name_read_again_is_the_same_name(text in "\\PC{1,40}") {
        if let Ok(name) = UserName::try_from(text.as_str()) {
            let again = UserName::try_from(name.as_str()).unwrap();
            prop_assert_eq!(again.as_str(), name.as_str());
            prop_assert_eq!(again, name);
        }
    }
}
