//! What the operator is told of who did what to whom, while the server runs.

use serde_json::Value;

use crate::people::moderation::{Moderated, moderated};
use crate::support::child::operator;
use crate::support::harness::say;

#[tokio::test]
async fn the_operator_is_told_who_did_what_to_whom() {
    let server = Moderated::start().await;
    let db = server.folder.path().join("nebula.db");
    let mut eve = server.server.enter("dev", "Eve").await;
    eve.send(say("dev", "rude words")).await;
    let message = eve.message().await.id;
    let mut moderator = server.moderator("dev").await;
    for act in [
        r#"{"type":"mute","room":"dev","user":"Eve","seconds":60,"reason":"rude\nwords"}"#,
        r#"{"type":"unmute","room":"dev","user":"Eve"}"#,
        r#"{"type":"ban","user":"Eve"}"#,
    ] {
        moderator.send(act).await;
        moderated(&mut moderator).await;
    }
    moderator.send(format!(r#"{{"type":"delete","room":"dev","message":{message}}}"#)).await;
    while !matches!(moderator.next().await, protocol::ToClient::Deleted(_)) {}
    assert_eq!(operator(&["unban", "Eve"], "--db", &db).0, Some(0));
    assert_eq!(operator(&["invite", "--note", "the team"], "--db", &db).0, Some(0));
    let (code, text) = operator(&["audit"], "--db", &db);
    assert_eq!(code, Some(0), "{text}");
    let lines: Vec<_> = text.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert!(lines[0].starts_with("mute     Eve #dev, by Mod, until 20"), "{text}");
    assert!(lines[0].ends_with(r": rude\nwords"), "{text}");
    assert_eq!(
        lines[1..],
        [
            "unmute   Eve #dev, by Mod",
            "ban      Eve *, by Mod",
            &format!("delete   Eve #dev, by Mod, number {message}"),
            "unban    Eve *, by the operator",
            "invite   - *, by the operator, number 1: the team",
        ]
    );
    assert!(!text.contains("rude words"), "what was said is in no audit: {text}");
    let (_, json) = operator(&["audit", "--json"], "--db", &db);
    let entries: Vec<Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 6, "{json}");
    assert_eq!((&entries[0]["did"], &entries[0]["text"]), (&"mute".into(), &"rude\nwords".into()));
    assert_eq!(
        (&entries[3]["whom"], &entries[3]["number"]),
        (&"Eve".into(), &message.get().into())
    );
    assert!(entries[4].get("by").is_none() && entries[4]["at"].is_u64(), "{json}");
    assert_eq!(
        operator(&["audit", "--since", "2100-01-01"], "--db", &db),
        (Some(0), String::new())
    );
}
