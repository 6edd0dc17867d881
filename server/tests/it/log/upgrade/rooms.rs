//! Rooms of an earlier server whose names begin with what only private and direct rooms have now.

use protocol::Code;

use super::{BEFORE_ROOMS, Old, resume};
use crate::support::harness::query;

/// One more room, in which something was said.
fn said_in(old: &Old, room: &str) {
    let db = old.db();
    db.execute("INSERT INTO rooms (key) VALUES (?1)", [room]).unwrap();
    let say = "INSERT INTO messages (id, room, author, owner, content, at)
        SELECT (SELECT max(id) + 1 FROM messages), id, 'Ann', 'ann', key, 1 FROM rooms
        WHERE key = ?1";
    assert_eq!(db.execute(say, [room]).unwrap(), 1);
}

#[tokio::test]
async fn an_open_room_with_a_sign_in_front_gets_a_name_that_no_other_has() {
    let old = Old::of(BEFORE_ROOMS);
    for room in ["+ops", "@ops", "+c++", "-c++"] {
        said_in(&old, room);
    }
    let ban = "UPDATE sanctions SET room_key = '+c++', room = '+c++' WHERE user_key = 'ned'";
    assert_eq!(old.db().execute(ban, []).unwrap(), 1);
    let server = old.start().await;
    resume(&server, super::DEV, 0).await;
    let db = old.db();
    let key = |message: &str| -> String {
        let key = "SELECT key FROM rooms JOIN messages ON room = rooms.id WHERE content = ?1";
        db.query_row(key, [message], |row| row.get(0)).unwrap()
    };
    assert_eq!((key("+ops"), key("-c++")), ("-ops".to_owned(), "-c++".to_owned()));
    for (message, start) in [("@ops", "-ops-"), ("+c++", "-c++-")] {
        assert!(key(message).starts_with(start), "{}", key(message));
    }
    for message in ["+ops", "@ops", "+c++"] {
        let page = resume(&server, &key(message), 0).await;
        assert_eq!(page.messages[0].content.as_str(), message);
    }
    let mut peer = server.connect_with(&query("+ops", "Dan", ""), Some(super::STRANGER)).await;
    peer.expect_refusal(Code::NoSuchRoom, 4003).await;
    // What held there holds there.
    let mut ned = server.connect_with(&query(&key("+c++"), "Ned", ""), None).await;
    ned.expect_refusal(Code::Banned, 4003).await;
}
