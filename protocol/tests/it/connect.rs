//! How a connection opens: queries and keys.

use protocol::{Connect, HISTORY_MAX, KEY_BYTES_MAX, KEY_BYTES_MIN, Key, Refusal};

#[test]
fn what_is_not_said_has_a_default() {
    for query in ["", "room=", "room=&username=&since=&history=", "unknown=1"] {
        let connect = Connect::from_query(query).unwrap();
        assert_eq!(connect.to_query(), "room=general", "{query}");
        assert_eq!((connect.user, connect.since, connect.history), (None, None, None));
    }
}

#[test]
fn a_query_says_it_all() {
    let connect =
        Connect::from_query("room=caf%C3%A9&username=Zo%C3%AB+B&since=7&history=999").unwrap();
    assert_eq!(connect.room.as_str(), "café");
    assert_eq!(connect.user.as_ref().unwrap().as_str(), "Zoë B");
    assert_eq!(connect.since.unwrap().get(), 7);
    assert_eq!(connect.history, Some(HISTORY_MAX));
    assert_eq!(Connect::from_query(&connect.to_query()).unwrap(), connect);
}

#[test]
fn a_bad_query_says_why() {
    let refused = |query: &str| Connect::from_query(query).unwrap_err();
    assert!(matches!(refused("room=%00"), Refusal::BadRoom(_)));
    assert!(matches!(refused("room=%FF"), Refusal::BadRoom(_)), "not UTF-8");
    assert!(matches!(refused("username=+a"), Refusal::BadName(_)));
    for query in ["since=x", "since=-1", "since=9007199254740992", "history=-1", "room=a&room=b"] {
        assert!(matches!(refused(query), Refusal::BadField(_)), "{query}");
    }
    for query in ["room=%00", "username=+a", "since=x"] {
        assert_eq!(refused(query).close_code(), Some(4002));
    }
}

#[test]
fn a_key_rides_in_a_subprotocol() {
    let bytes: Vec<u8> = (0..32).collect();
    let key = Key::new(&bytes).unwrap();
    let header = format!("nebula.v1, {}", key.to_subprotocol());
    assert_eq!(Key::from_subprotocols(&header), Ok(Some(key.clone())));
    assert_eq!(Key::from_subprotocols("nebula.v1"), Ok(None));
    let twice = format!("{header}, {}", key.to_subprotocol());
    assert_eq!(Key::from_subprotocols(&twice), Err(Refusal::BadKey));
    assert_eq!(format!("{key:?}"), "Key(..)", "a secret is not printed");
    for bad in ["nebula.key.", "nebula.key.short", "nebula.key.????????????????????????"] {
        assert_eq!(Key::from_subprotocols(bad), Err(Refusal::BadKey), "{bad}");
    }
    assert!(Key::new(&[0; KEY_BYTES_MIN]).is_ok() && Key::new(&[0; KEY_BYTES_MAX]).is_ok());
    assert!(
        Key::new(&[0; KEY_BYTES_MIN - 1]).is_err() && Key::new(&[0; KEY_BYTES_MAX + 1]).is_err()
    );
}
