//! What programs post is read as it was meant, and no word of it is lost.

use serde_json::{Value, json};

use super::{example, examples, hook, owner, post, says};
use crate::rooms::{BOB, CY, comes_to, join};
use crate::support::harness::{TestServer, query, say};

/// Fields that nobody reads: what things are called, where pictures are, and what is told elsewhere.
const UNSEEN: [&str; 13] = [
    "type",
    "username",
    "channel",
    "color",
    "fallback",
    "style",
    "icon_emoji",
    "icon_url",
    "footer_icon",
    "author_icon",
    "mrkdwn_in",
    "action_id",
    "callback_id",
];

/// The words of everything that is to be seen.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => {
            let text = text.replace("&amp;", "&").replace("&lt;", " ").replace("&gt;", " ");
            let text = text.replace("<!", "<@");
            let is_sign = |c: char| !c.is_alphanumeric();
            text.split(is_sign).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        }
        Value::Array(list) => list.iter().flat_map(words).collect(),
        Value::Object(fields) => {
            let is_button = fields.get("type") == Some(&json!("button"));
            let seen = fields.iter().filter(|(name, _)| {
                let is_hidden = is_button && *name == "value";
                !UNSEEN.contains(&name.as_str()) && !is_hidden
            });
            seen.flat_map(|(_, value)| words(value)).collect()
        }
        _ => Vec::new(),
    }
}

/// The body as it is sent, in a form where the program sends it so.
fn sent(example: &Value) -> String {
    let body = match &example["body"] {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    match example["form"] == true {
        true => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.append_pair("payload", &body).append_pair("more", "x");
            form.finish()
        }
        false => body,
    }
}

#[tokio::test]
async fn what_programs_post_is_shown_with_all_its_words() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "alerts").await;
    for path in examples(".") {
        let example = example(&path);
        let answer = post(server.address, hook.path.as_str(), &[], sent(&example)).await;
        assert_eq!(answer.told(), (200, "ok"), "{path}");
        assert!(answer.head.contains("content-type: text/plain"), "{}", answer.head);
        let message = ann.message().await;
        assert_eq!(message.content.as_str(), example["text"], "{path}");
        let seen = message.content.as_str();
        for word in words(&example["body"]).iter().filter(|word| *word != "text") {
            assert!(seen.contains(word.as_str()), "{path}: {word} is missing in {seen}");
        }
    }
}

#[tokio::test]
async fn it_is_said_in_the_hook_s_name_and_marked_as_a_program_s() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "alerts").await;
    let body = json!({"text": "x", "username": "Ann", "channel": "#OPS"}).to_string();
    assert_eq!(post(server.address, hook.path.as_str(), &[], body).await.told(), (200, "ok"));
    let live = ann.message().await;
    assert_eq!((live.sender.as_str(), live.bot), ("alerts", true));
    // From memory, and from the database.
    let mut bob = server.connect_with(&query("ops", "Bob", "&history=5"), Some(BOB.1)).await;
    let page = bob.history().await;
    assert_eq!(page.messages, std::slice::from_ref(&live));
    bob.expect_entry().await;
    drop((ann, bob));
    let mut cy = comes_to(&server, "lobby", CY).await;
    let before = json!({"type": "join", "room": "ops", "history": 5});
    cy.send(before.to_string()).await;
    assert_eq!(cy.history().await.messages, [live]);
}

#[tokio::test]
async fn whoever_has_the_hook_s_name_can_change_nothing_of_it() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let made = hook(&mut ann, "ops", "alerts").await;
    says(&server, &made, "x").await;
    let said = ann.message().await;
    let mut thief = comes_to(&server, "ops", ("alerts", 30)).await;
    for envelope in [
        json!({"type": "edit", "room": "ops", "message": said.id, "content": "y"}),
        json!({"type": "delete", "room": "ops", "message": said.id}),
    ] {
        let code = crate::rooms::refused(&mut thief, envelope).await;
        assert_eq!(code, protocol::Code::NotAllowed);
    }
    // A message of theirs is not a program's.
    thief.send(say("ops", "z")).await;
    assert!(!thief.message().await.bot);
}

#[tokio::test]
async fn a_long_text_is_cut_and_says_so() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "alerts").await;
    says(&server, &hook, &"é".repeat(4096)).await;
    assert_eq!(ann.message().await.content.as_str(), "é".repeat(4096));
    says(&server, &hook, &"é".repeat(5000)).await;
    let message = ann.message().await;
    let text = message.content.as_str();
    assert_eq!(text.chars().count(), 4096);
    assert!(text.ends_with("é\n(cut here: the text has 5000 characters)"), "{text}");
}

#[tokio::test]
async fn it_mentions_nobody_unless_the_hook_was_made_so() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "alerts").await;
    says(&server, &hook, "<!here> <@Ann>: look").await;
    let message = ann.message().await;
    assert_eq!(message.content.as_str(), "@here @Ann: look");
    assert!(message.mentions.is_empty() && message.everybody.is_none());
}

#[tokio::test]
async fn a_private_room_is_called_by_its_title() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "lobby", crate::rooms::ANN).await;
    let room = crate::rooms::private(&mut ann, "Ops East").await;
    join(&mut ann, &room).await;
    let hook = hook(&mut ann, &room, "alerts").await;
    for channel in ["#ops east", "Ops East", &room] {
        let body = json!({"text": channel, "channel": channel}).to_string();
        assert_eq!(post(server.address, hook.path.as_str(), &[], body).await.told(), (200, "ok"));
        assert_eq!(ann.message().await.content.as_str(), channel);
    }
}
