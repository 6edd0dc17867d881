//! One person on devices that are connected to several nodes, and invites that are good on all of them.

use protocol::Code;

use crate::people::devices::{code, device, linked, list, listed, numbers, refused};
use crate::people::invites;
use crate::people::moderation::{self, MOD_KEY};
use crate::support::engine::Engine;
use crate::support::harness::say;
use crate::support::nodes::Nodes;

#[tokio::test]
async fn a_device_is_linked_on_one_node_and_used_and_revoked_on_others() {
    let nodes = Nodes::start(Engine::shared().await, "devices", 2).await;
    let [a, b] = &*nodes.servers else { panic!() };
    let mut laptop = device(a, "Alice", 1).await;
    let code = code(&mut laptop).await;
    let mut phone = linked(b, &code, 2).await;
    phone.send(say("dev", "from the phone")).await;
    assert_eq!(laptop.message().await.sender.as_str(), "Alice");
    assert_eq!(numbers(&list(&mut phone).await), [(1, false), (2, true)]);
    // The order says whose the key is, whichever node it comes to.
    let mut tablet = device(a, "alice", 2).await;
    laptop.send(r#"{"type":"revoke","device":2}"#).await;
    assert_eq!(numbers(&listed(&mut laptop).await), [(1, true)]);
    for there in [&mut phone, &mut tablet] {
        there.expect_refusal(Code::Revoked, 4003).await;
    }
    for node in [a, b] {
        refused(node, "Alice", 2, None, Code::Revoked).await;
    }
    refused(b, "Mallory", 3, Some(&code), Code::BadCode).await;
    let mut late = nodes.start_one(2).await;
    refused(&late, "Alice", 2, None, Code::Revoked).await;
    let mut laptop = device(&late, "Alice", 1).await;
    assert_eq!(numbers(&list(&mut laptop).await), [(1, true)]);
    drop(laptop);
    late.stop().await;
    late = nodes.start_one(2).await;
    refused(&late, "Alice", 2, None, Code::Revoked).await;
}

#[tokio::test]
async fn an_invite_is_good_on_every_node_and_used_up_on_all() {
    let mut nodes = Nodes::none(Engine::shared().await, "invites");
    for at in 0..2 {
        let mut config = nodes.config(at);
        config.moderators = moderation::config(nodes.folder.path()).moderators;
        nodes.servers.push(Nodes::start_with(config).await);
    }
    let [a, b] = &*nodes.servers else { panic!() };
    let mut moderator = device(a, "Mod", MOD_KEY).await;
    let made = invites::invite(&mut moderator, r#","uses":2"#).await;
    drop(invites::comes(b, "Alice", 1, Some(made.code.as_str())).await);
    drop(invites::comes(a, "Bob", 2, Some(made.code.as_str())).await);
    invites::refused(b, "Carol", 3, Some(made.code.as_str()), Code::BadCode).await;
}
