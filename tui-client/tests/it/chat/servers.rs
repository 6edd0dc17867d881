//! Which of several servers is dialled, and when. What the browser's client does as well stands in the
//! scenarios.

use std::time::Duration;

use nebula::chat;
use nebula::chat::{Effect, Wait};

use crate::client::{Client, servers};

/// In the room, at the first of three servers.
fn at_three() -> Client {
    let mut client = Client::entered(80, 12);
    client.screen.chat.servers = servers(&["ws://a.example", "ws://b.example", "ws://c.example"]);
    client.did();
    client
}

/// Loses the connection: the host that is dialled next, and when.
fn after(client: &mut Client, code: Option<u16>) -> (String, Wait) {
    client.happens(chat::Event::Lost { code, reason: "gone".to_owned() });
    let did = client.did();
    let waits = did.iter().filter_map(|effect| match effect {
        Effect::Dial(_, wait) => Some(*wait),
        _ => None,
    });
    let waits: Vec<_> = waits.collect();
    let turned = did.iter().find_map(|effect| match effect {
        Effect::TurnTo(server) => Some(server),
        _ => None,
    });
    let current = client.screen.chat.servers.current();
    assert!(turned.is_none() || turned == current, "{did:?}");
    assert_eq!(waits.len(), 1, "{did:?}");
    (current.and_then(|server| server.host_str()).unwrap()[..1].to_owned(), waits[0])
}

/// With little time for an answer, since another one may be there.
const AT_ONCE: Wait = Wait { answer: Duration::from_secs(3), ..Wait::NONE };

fn spread(ms: u64) -> Wait {
    Wait { spread: Duration::from_millis(ms), ..Wait::NONE }
}

fn enters(client: &mut Client) {
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
}

#[test]
fn all_are_tried_at_once_and_then_after_a_wait_that_grows_with_each_round() {
    let mut client = at_three();
    client.happens(chat::Event::Stable);
    let at_once = |host: &str| (host.to_owned(), AT_ONCE);
    assert_eq!(after(&mut client, None), at_once("b"));
    assert_eq!(after(&mut client, Some(503)), at_once("c"));
    assert_eq!(after(&mut client, Some(1013)), ("a".to_owned(), spread(1000)));
    // Where none answers soon, each gets more time.
    let at_once_but_longer = |host: &str| (host.to_owned(), Wait::NONE);
    assert_eq!(after(&mut client, Some(502)), at_once_but_longer("b"));
    client.happens(chat::Event::ComeBackAfter(Duration::from_secs(9)));
    assert_eq!(after(&mut client, Some(503)), at_once_but_longer("c"));
    client.happens(chat::Event::ComeBackAfter(Duration::from_secs(7)));
    let least = Duration::from_secs(9);
    let (host, wait) = after(&mut client, Some(503));
    assert_eq!(
        (host.as_str(), wait),
        ("a", Wait { least, spread: Duration::from_secs(2), ..Wait::NONE })
    );
    assert!(client.screen()[0].contains("@ a.example"), "{:?}", client.screen());
    // One lets in: what the others asked for is over, and the round begins anew.
    client.happens(chat::Event::ComeBackAfter(Duration::from_secs(60)));
    assert_eq!(after(&mut client, Some(503)), at_once_but_longer("b"));
    assert!(client.screen()[0].contains("@ b.example"), "{:?}", client.screen());
    enters(&mut client);
    client.happens(chat::Event::Stable);
    assert_eq!(after(&mut client, None), at_once("c"));
    assert_eq!(after(&mut client, None), at_once("a"));
    assert_eq!(after(&mut client, None), ("b".to_owned(), spread(1000)));
}

#[test]
fn who_is_cut_everywhere_soon_after_coming_in_does_not_come_back_at_once_for_ever() {
    let mut client = at_three();
    assert_eq!(after(&mut client, None), ("b".to_owned(), AT_ONCE));
    for host in ["c", "a", "b"] {
        enters(&mut client);
        assert_eq!(after(&mut client, Some(1011)), (host.to_owned(), spread(1000)));
    }
    enters(&mut client);
    client.happens(chat::Event::Stable);
    assert_eq!(after(&mut client, None), ("c".to_owned(), AT_ONCE));
}

#[test]
fn what_is_about_the_person_is_no_reason_to_go_to_another_server() {
    let mut client = at_three();
    for (code, ms) in [(401, 500), (403, 1000), (407, 2000)] {
        let (host, wait) = after(&mut client, Some(code));
        assert_eq!((host.as_str(), wait.spread), ("a", spread(ms).spread));
    }
    let mut client = at_three();
    client.types("/join ops\n");
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    client.did();
    assert_eq!(after(&mut client, None).0, "b");
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"error","code":"banned","content":"gone"}"#);
    assert_eq!(after(&mut client, Some(4003)).0, "b", "in another room of the same one");
}
