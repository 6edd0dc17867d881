//! What is kept since operators import what was said elsewhere, make bots and outgoing hooks, and it is kept who lifted a
//! ban or mute.

use protocol::{Body, Emoji, Reaction, Ref, TopicText};

use super::{key, reference, room, sanction, user};
use crate::log::acts_of_operator::{Import, Imported, ImportedMessage};
use crate::log::acts_of_programs::MakeBot;
use crate::log::event::Act;
use crate::log::sanction::{Kind, Lift, LiftBy};
use crate::webhooks::{HookUrl, OutgoingHook, SigningKey};

pub(super) fn acts() -> Vec<(&'static str, Act)> {
    let emoji = Emoji::try_from("👍").unwrap();
    let reactions = vec![Reaction { emoji, count: 2, users: vec![user()] }];
    let message = ImportedMessage {
        content: Some(Body::try_from("Hello, wörld").unwrap()),
        reply: reference(),
        edited: Some(1_600_000_000_001),
        reactions,
        bot: true,
    };
    let gone = ImportedMessage::default();
    let lift = Lift { kind: Kind::Ban, room: None, owner: sanction().owner() };
    let rooms = vec!["dev".into(), "ops-*".into()];
    let bot = MakeBot { name: user(), token: key(), rooms, reads_only: true };
    let outgoing = OutgoingHook {
        room: room(),
        name: user(),
        url: HookUrl::try_from("https://ci.example/hear").unwrap(),
        key: SigningKey::try_from(vec![0xef; 24]).unwrap(),
        allows_private: true,
    };
    let topic = TopicText::try_from("Releases").unwrap();
    let import = |what| {
        let (origin, sender) = (Ref::try_from("0123:300").unwrap(), user());
        Act::Import(Box::new(Import { room: room(), origin, sender, at: 1_600_000_000_000, what }))
    };
    vec![
        ("import a message", import(Imported::Message(message))),
        ("import a deleted message", import(Imported::Message(gone))),
        ("import a topic", import(Imported::Topic(topic))),
        ("lift, by a moderator", Act::LiftBy(Box::new(LiftBy { lift, by: user() }))),
        ("make a bot", Act::MakeBot(Box::new(bot))),
        ("end a bot", Act::EndBot(user())),
        ("make an outgoing hook", Act::MakeOutgoing(Box::new(outgoing))),
    ]
}
