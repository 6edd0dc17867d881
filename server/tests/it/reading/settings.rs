//! How somebody is told of a room, and from where on they marked it as unread.

use protocol::{MessageId, Notify, ToClient};
use serde_json::json;

use super::{entry, reads, says, sets, unread};
use crate::rooms::{ANN, BOB, comes, comes_to, until};
use crate::support::harness::TestServer;

#[tokio::test]
async fn what_a_room_notifies_of_is_kept_with_the_person() {
    let server = TestServer::start().await;
    let (mut ann, mut phone) = (comes(&server, ANN).await, comes(&server, ANN).await);
    for (setting, notify) in [
        (json!({"room": "dev", "joined": true, "notify": "everything"}), Notify::Everything),
        (json!({"room": "dev", "muted": false}), Notify::Everything),
        (json!({"room": "dev", "notify": "mentions"}), Notify::Mentions),
        (json!({"room": "dev", "muted": true}), Notify::Nothing),
        (json!({"room": "dev", "muted": false}), Notify::Default),
        (json!({"room": "dev", "notify": "nothing"}), Notify::Nothing),
        (json!({"room": "dev", "notify": "default"}), Notify::Default),
    ] {
        let set = sets(&mut ann, setting.clone()).await;
        let muted = notify == Notify::Nothing;
        assert_eq!((set.notify, set.muted, set.joined), (notify, muted, true), "{setting}");
        let listed = entry(&mut ann, "dev").await;
        assert_eq!((listed.notify, listed.muted), (notify, muted), "{setting}");
    }
    let is_set =
        |it: &ToClient| matches!(it, ToClient::Setting(it) if it.notify == Notify::Mentions);
    until(&mut phone, is_set).await;
    server.stop().await;
}

#[tokio::test]
async fn a_room_is_unread_from_where_somebody_marked_it_until_they_end_that() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut phone = comes(&server, ANN).await;
    sets(&mut ann, json!({"room": "dev", "joined": true})).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let mut said = Vec::new();
    for text in ["one", "two @Ann", "three"] {
        said.push(says(&mut bob, "dev", text).await.id);
    }
    reads(&mut ann, "dev", said[2].get()).await;
    assert_eq!(unread(&mut ann, "dev").await, (0, 0));
    let marked = sets(&mut ann, json!({"room": "dev", "marked": said[1]})).await;
    assert_eq!(marked.marked, Some(said[1]));
    until(&mut phone, |it| matches!(it, ToClient::Setting(it) if it.marked == Some(said[1]))).await;
    let now = entry(&mut ann, "dev").await.reading;
    assert_eq!((now.unread, now.mentions, now.marked), (2, 1, Some(said[1])));
    assert_eq!(now.read, Some(said[2]), "the marker itself does not go back");
    // Of what is unread anyway it changes nothing.
    says(&mut bob, "dev", "four").await;
    let late = MessageId::try_from(said[2].get() + 1_000_000_000).unwrap();
    sets(&mut ann, json!({"room": "dev", "marked": late})).await;
    assert_eq!(unread(&mut ann, "dev").await, (1, 0));
    let ended = sets(&mut ann, json!({"room": "dev", "marked": 0})).await;
    assert_eq!(ended.marked, None);
    assert_eq!(unread(&mut ann, "dev").await, (1, 0));
    server.stop().await;
}
