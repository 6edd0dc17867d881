//! What a bot may do, and that it is not more by WebSocket than over HTTP.

use protocol::{Code, ToClient};
use serde_json::{Value, json};
use server::Config;
use server::config::Guests;

use super::{Bot, command};
use crate::auth::tokens::SECRET;
use crate::people::moderation::{MOD_KEY, Moderated};
use crate::rooms::{ANN, add, ask, comes_to, direct, join, private, refused, says};
use crate::support::harness::{Peer, TestServer, get};
use crate::support::kept::{file, kept, kept_with};

/// The bot on a WebSocket.
async fn connect(server: &TestServer, bot: &Bot, query: &str) -> Peer {
    let mut request = Peer::request(&server.url(query), None).unwrap();
    let bearer = format!("Bearer {}", bot.token);
    request.headers_mut().insert("Authorization", bearer.parse().unwrap());
    Peer::dial_request(request).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_not_a_bots_is_not_there_for_it() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "dev"]);
    let mut ann = comes_to(&server, "ops", ANN).await;
    let hers = says(&mut ann, "ops", "x").await;
    let room = private(&mut ann, "Team").await;
    let not_there = (404, "no_such_room".to_owned());
    let closed = room.replace('+', "%2B");
    for room in ["ops", "new", &closed, "%2Bnone", "%40none"] {
        for (asked, body) in [
            ("GET rooms/R/messages", Value::Null),
            ("GET rooms/R/people", Value::Null),
            ("POST rooms/R/messages", json!({"content": "x"})),
            ("PATCH rooms/R/messages/M", json!({"content": "x"})),
            ("DELETE rooms/R/messages/M", Value::Null),
            ("PUT rooms/R/messages/M/reactions/%F0%9F%91%8D", Value::Null),
            ("DELETE rooms/R/messages/M/reactions/%F0%9F%91%8D", Value::Null),
        ] {
            let asked = asked.replace('R', room).replace('M', &hers.to_string());
            assert_eq!(bot.is_refused(&asked, body).await, not_there, "{asked}");
        }
    }
    let mut peer = connect(&server, &bot, "room=ops").await;
    peer.expect_refusal(Code::NoSuchRoom, 4003).await;
    let mut peer = connect(&server, &bot, "room=dev").await;
    peer.expect_entry().await;
    for room in ["ops", &*room] {
        peer.send(json!({"type": "join", "room": room}).to_string()).await;
        assert_eq!(peer.refusal().await, Code::NoSuchRoom, "{room}");
    }
    // Its members decide who belongs to a private room.
    join(&mut ann, &room).await;
    assert!(matches!(ask(&mut ann, add(&room, "builds")).await, ToClient::Added(_)));
    let say = format!("POST rooms/{closed}/messages");
    assert_eq!(bot.asks(&say, json!({"content": "here"})).await.0, 201);
    assert_eq!(ann.message().await.content.as_str(), "here");
    let address = direct(&mut ann, &["builds"]).await.replace('@', "%40");
    let (status, said) =
        bot.asks(&format!("POST rooms/{address}/messages"), json!({"content": "x"})).await;
    assert_eq!(status, 201, "also the first message there: {said}");
    drop((ann, peer));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_only_reads_changes_nothing() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["reader", "--rooms", "*", "--read-only"]);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let hers = says(&mut ann, "dev", "x").await;
    let message = format!("rooms/dev/messages/{hers}");
    let not_allowed = (403, "not_allowed".to_owned());
    for (asked, body) in [
        ("POST rooms/dev/messages".to_owned(), json!({"content": "x"})),
        (format!("PATCH {message}"), json!({"content": "x"})),
        (format!("DELETE {message}"), Value::Null),
        (format!("PUT {message}/reactions/%F0%9F%91%8D"), Value::Null),
        (format!("DELETE {message}/reactions/%F0%9F%91%8D"), Value::Null),
    ] {
        assert_eq!(bot.is_refused(&asked, body).await, not_allowed, "{asked}");
    }
    let mut peer = connect(&server, &bot, "room=dev").await;
    peer.expect_entry().await;
    for envelope in [
        json!({"type": "message", "room": "dev", "content": "x"}),
        json!({"type": "topic", "room": "dev", "content": "x"}),
        json!({"type": "create", "room": "new"}),
        json!({"type": "direct", "users": ["Ann"]}),
        json!({"type": "setting", "room": "dev", "muted": true}),
    ] {
        assert_eq!(refused(&mut peer, envelope).await, Code::NotAllowed);
    }
    assert!(matches!(ask(&mut peer, json!({"type": "rooms"})).await, ToClient::Rooms(_)));
    drop((ann, peer));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_gets_no_key_that_could_do_more_than_its_token() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "*"]);
    let mut peer = connect(&server, &bot, "room=dev&username=Somebody").await;
    peer.expect_entry().await;
    says(&mut peer, "dev", "as itself").await;
    for envelope in [
        json!({"type": "link"}),
        json!({"type": "devices"}),
        json!({"type": "invite", "rooms": ["dev"]}),
        json!({"type": "hook", "room": "dev", "name": "x"}),
        json!({"type": "hooks", "room": "dev"}),
    ] {
        assert_eq!(refused(&mut peer, envelope).await, Code::NotAllowed);
    }
    // Its name is its own.
    let mut other = server.connect_with("room=dev&username=Builds", Some(1)).await;
    other.expect_refusal(Code::NameTaken, 4001).await;
    drop(peer);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_bot_is_out_at_once_and_its_name_is_free() {
    let (server, folder) = kept().await;
    let db = file(&folder);
    let bot = Bot::new(&db, server.address, &["builds", "--rooms", "*"]);
    let mut peer = connect(&server, &bot, "room=dev").await;
    peer.expect_entry().await;
    assert_eq!(command(&["revoke-bot", "Builds"], &db), (0, "the bot Builds has ended".to_owned()));
    peer.expect_refusal(Code::Revoked, 4003).await;
    assert_eq!(bot.is_refused("GET rooms", Value::Null).await, (401, "bad_token".to_owned()));
    let mut peer = connect(&server, &bot, "room=dev").await;
    peer.expect_refusal(Code::BadToken, 4003).await;
    comes_to(&server, "dev", ("builds", 7)).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_comes_in_where_people_need_an_invite_or_a_signed_token() {
    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&key, SECRET).unwrap();
    for config in [
        Config { members: true, guests: Guests::Off, ..Config::for_tests() },
        Config { token_key: Some(key.path().to_owned()), ..Config::for_tests() },
    ] {
        let (server, folder) = kept_with(config).await;
        let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "*"]);
        let mut peer = connect(&server, &bot, "room=dev").await;
        peer.expect_entry().await;
        assert_eq!(bot.asks("POST rooms/dev/messages", json!({"content": "x"})).await.0, 201);
        let heard = peer.message().await;
        assert!(heard.bot && heard.sender.as_str() == "builds");
        drop(peer);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_and_a_mute_hold_for_a_bot_too() {
    let Moderated { server, folder } = Moderated::start().await;
    // It has opened its database.
    assert!(get(server.metrics, "/readyz").await.contains(" 200 "));
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "*"]);
    let mut moderator = comes_to(&server, "dev", ("Mod", MOD_KEY)).await;
    let say = json!({"content": "x"});
    for (act, code) in [("mute", "muted"), ("ban", "banned")] {
        let done = json!({"type": act, "room": "dev", "user": "builds", "seconds": 600});
        assert!(matches!(ask(&mut moderator, done).await, ToClient::Moderated(_)));
        let told = bot.is_refused("POST rooms/dev/messages", say.clone()).await;
        assert_eq!(told, (403, code.to_owned()));
        let undone = json!({"type": format!("un{act}"), "room": "dev", "user": "builds"});
        assert!(matches!(ask(&mut moderator, undone).await, ToClient::Moderated(_)));
        assert_eq!(bot.asks("POST rooms/dev/messages", say.clone()).await.0, 201);
    }
    drop(moderator);
    server.stop().await;
}
