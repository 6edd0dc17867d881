//! Any hook, and anything that a program may post.

use proptest::prelude::*;
use protocol::{Hook, HookEntry, HookPath, Hooks, ToClient};
use serde_json::json;

use crate::laws::{reference, room, user};

pub(crate) fn of_hooks_to_client() -> impl Strategy<Value = ToClient> {
    let entry = (any::<u32>(), user(), any::<bool>(), proptest::option::of(user()))
        .prop_map(|(hook, name, mentions, by)| HookEntry { hook, name, mentions, by });
    prop_oneof![
        (any::<u32>(), room(), user(), "[A-Z0-9]{32}", reference()).prop_map(
            |(hook, room, name, secret, reference)| {
                let path = HookPath::new(hook, &secret);
                ToClient::Hook(Hook { hook, room, name, path, reference })
            }
        ),
        (room(), proptest::collection::vec(entry, 0..4), reference())
            .prop_map(|(room, hooks, reference)| ToClient::Hooks(Hooks { room, hooks, reference })),
    ]
}

/// Texts of what means something in them, where programs put texts.
pub(crate) fn posted() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[<>|!@#&;*_~`\\n ]{0,6}",
        Just("https://a.example/é".to_owned()),
        Just("```".to_owned()),
        "\\PC{0,6}",
    ];
    let text = proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    (text.clone(), text.clone(), text).prop_map(|(one, two, three)| {
        let blocks = json!([
            {"type": "section", "text": {"type": "mrkdwn", "text": one}, "fields": [two]},
            {"type": "rich_text", "elements": [{"type": "link", "url": one, "text": two}]},
        ]);
        let attachment = json!({"title": two, "title_link": three, "blocks": blocks, "text": one});
        let commits = json!([{"id": two, "url": one, "message": three}]);
        let issue = json!({"title": one, "body": two, "html_url": three});
        json!({
            "text": three, "attachments": [attachment], "blocks": blocks, "ref": one,
            "commits": commits, "action": "opened", "issue": issue,
        })
        .to_string()
    })
}
