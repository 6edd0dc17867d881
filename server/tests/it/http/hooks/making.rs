//! Who makes, sees and ends hooks: the owner and moderators of a room.

use protocol::{Code, HookEntry, ToClient};
use serde_json::{Value, json};
use server::Config;

use super::{hook, owner, post, says};
use crate::people::moderation::{MOD_KEY, Moderated};
use crate::rooms::{
    ANN, BOB, CY, added, ask, comes, comes_to, direct, join, private, refused, remove,
};
use crate::support::harness::{Peer, TestServer};

fn make(room: &str, name: &str) -> Value {
    json!({"type": "hook", "room": room, "name": name})
}

async fn hooks(peer: &mut Peer, envelope: Value) -> Vec<HookEntry> {
    match ask(peer, envelope).await {
        ToClient::Hooks(list) => list.hooks,
        other => panic!("{other:?} instead of hooks"),
    }
}

#[tokio::test]
async fn the_owner_makes_lists_and_ends_hooks() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let one = hook(&mut ann, "ops", "alerts").await;
    let other = hook(&mut ann, "ops", "builds").await;
    assert!(one.hook < other.hook && one.path != other.path);
    let (path, number) = (one.path.as_str(), one.hook);
    assert!(path.starts_with(&format!("/hooks/{number}/")) && path.len() > 40, "{path}");
    let list = hooks(&mut ann, json!({"type": "hooks", "room": "OPS"})).await;
    let told: Vec<_> = list.iter().map(|it| (it.hook, it.name.as_str())).collect();
    assert_eq!(told, [(one.hook, "alerts"), (other.hook, "builds")]);
    assert!(list.iter().all(|it| it.by.as_ref().unwrap().as_str() == "Ann" && !it.mentions));
    let left = hooks(&mut ann, json!({"type": "unhook", "hook": one.hook})).await;
    assert_eq!(left, list[1..]);
    assert_eq!(
        refused(&mut ann, json!({"type": "unhook", "hook": one.hook})).await,
        Code::NotFound
    );
    let third = hook(&mut ann, "ops", "alerts").await;
    assert!(third.hook > other.hook, "no number is given twice");
    says(&server, &third, "x").await;
    assert_eq!(ann.message().await.content.as_str(), "x");
}

/// Whether anybody is connected under those names or not.
#[tokio::test]
async fn a_hook_looks_like_nobody_else() {
    let server = TestServer::start().await;
    drop(comes(&server, BOB).await);
    let mut ann = owner(&server, "ops").await;
    hook(&mut ann, "ops", "alerts").await;
    for name in ["B\u{43e}b", "\u{410}nn", "a1erts"] {
        assert_eq!(refused(&mut ann, make("ops", name)).await, Code::NameSimilar, "{name}");
    }
    hook(&mut ann, "ops", "Alerts").await;
}

#[tokio::test]
async fn nobody_else_does() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let made = hook(&mut ann, "ops", "alerts").await;
    let list = json!({"type": "hooks", "room": "ops"});
    let end = json!({"type": "unhook", "hook": made.hook});
    let mut guest = server.enter("ops", "Guest").await;
    let mut bob = comes_to(&server, "ops", BOB).await;
    for envelope in [make("ops", "x"), list.clone(), end.clone()] {
        assert_eq!(refused(&mut guest, envelope).await, Code::NoName);
    }
    assert_eq!(refused(&mut bob, make("ops", "x")).await, Code::NotAllowed);
    assert_eq!(refused(&mut bob, list).await, Code::NotAllowed);
    assert_eq!(refused(&mut bob, end).await, Code::NotFound);
    assert_eq!(refused(&mut bob, make("lobby", "x")).await, Code::NotAllowed);
    says(&server, &made, "still here").await;
}

#[tokio::test]
async fn in_a_room_without_owner_the_operator_s_moderators_do() {
    let moderated = Moderated::start().await;
    let mut boss = moderated.person("lobby", "Mod", MOD_KEY).await;
    let made = hook(&mut boss, "lobby", "alerts").await;
    says(&moderated.server, &made, "x").await;
    assert_eq!(boss.message().await.sender.as_str(), "alerts");
    assert!(hooks(&mut boss, json!({"type": "unhook", "hook": made.hook})).await.is_empty());
}

#[tokio::test]
async fn of_a_private_room_its_members_alone_know() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let (mut bob, mut cy) = (comes(&server, BOB).await, comes(&server, CY).await);
    let room = private(&mut ann, "Ops").await;
    added(&mut ann, &room, "Bob").await;
    let made = hook(&mut ann, &room, "alerts").await;
    assert_eq!(refused(&mut bob, make(&room, "x")).await, Code::NotAllowed);
    for envelope in [make(&room, "x"), json!({"type": "hooks", "room": room})] {
        assert_eq!(refused(&mut cy, envelope).await, Code::NoSuchRoom);
    }
    let unhook = json!({"type": "unhook", "hook": made.hook});
    assert_eq!(refused(&mut cy, unhook).await, Code::NotFound);
    join(&mut bob, &room).await;
    says(&server, &made, "x").await;
    assert_eq!(bob.message().await.room.as_str(), room);
    // It ends with its room.
    ask(&mut ann, remove(&room, "Bob")).await;
    ask(&mut ann, remove(&room, "Ann")).await;
    let answer = post(server.address, made.path.as_str(), &[], r#"{"text":"x"}"#).await;
    assert_eq!(answer.told(), (404, "no_service"));
}

#[tokio::test]
async fn a_hook_speaks_in_nobody_s_name_and_in_no_direct_room() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let _bob = comes_to(&server, "ops", BOB).await;
    assert_eq!(refused(&mut ann, make("ops", "BOB")).await, Code::NameTaken);
    assert_eq!(refused(&mut ann, make("ops", "Ann")).await, Code::NameTaken);
    assert_eq!(refused(&mut ann, make("ops", " ")).await, Code::BadName);
    let pair = direct(&mut ann, &["Bob"]).await;
    assert_eq!(refused(&mut ann, make(&pair, "x")).await, Code::NotAllowed);
}

#[tokio::test]
async fn who_is_muted_or_banned_there_makes_none() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut ann = comes(&server.server, ANN).await;
    let created = json!({"type": "create", "room": "ops"});
    ask(&mut ann, created).await;
    join(&mut moderator, "ops").await;
    for (what, code) in [
        (json!({"type": "mute", "user": "Ann", "seconds": 600}), Code::Muted),
        (json!({"type": "ban", "user": "Ann", "room": "ops"}), Code::Banned),
    ] {
        let done = ask(&mut moderator, what.clone()).await;
        assert!(matches!(done, ToClient::Moderated(_)), "{done:?}");
        assert_eq!(refused(&mut ann, make("ops", "x")).await, code, "{what}");
        let lift = format!("un{}", what["type"].as_str().unwrap());
        let mut lift = json!({"type": lift, "user": "Ann"});
        if let Some(room) = what.get("room") {
            lift["room"] = room.clone();
        }
        ask(&mut moderator, lift).await;
    }
    hook(&mut ann, "ops", "x").await;
}

#[tokio::test]
async fn a_room_has_twenty_hooks_at_most() {
    let mut config = Config { message_rate: 0, ..Config::for_tests() };
    config.limits.create_rate = 0;
    let server = TestServer::start_with(config).await;
    let mut ann = owner(&server, "ops").await;
    for nth in 0..20 {
        hook(&mut ann, "ops", &format!("hook {nth}")).await;
    }
    assert_eq!(refused(&mut ann, make("ops", "one more")).await, Code::NotAllowed);
    let list = hooks(&mut ann, json!({"type": "hooks", "room": "ops"})).await;
    assert_eq!(list.len(), 20);
    hooks(&mut ann, json!({"type": "unhook", "hook": list[0].hook})).await;
    hook(&mut ann, "ops", "one more").await;
}
