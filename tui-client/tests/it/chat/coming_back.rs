//! Coming back: under which name, into which rooms, and what is said meanwhile.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{TryRecvError, channel};
use std::time::Duration;

use nebula::chat;
use nebula::chat::{Connection, Effect, Hello, Wait};
use nebula::net::Endpoint;
use nebula::screen::Event;
use protocol::{Connect, ToServer};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::accept_hdr;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::client::{Client, sent};
use crate::terminal::hostile::speak;

/// A connection that moves only while its next event is waited for.
struct Dialled {
    runtime: Runtime,
    outgoing: mpsc::Sender<ToServer>,
    events: mpsc::Receiver<chat::Event>,
}

impl Dialled {
    fn to(address: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = format!("ws://{address}").parse().unwrap();
        let (login, key, token, label, trust) = (None, None, None, None, Arc::default());
        let endpoint = Endpoint { server, login, key, token, label, trust };
        let room = "dev".try_into().unwrap();
        let connect = Connect { room, user: None, since: None, history: None };
        let hello = Hello { connect, code: None };
        let (tell, events) = mpsc::channel(8);
        let (outgoing, queue) = mpsc::channel(1);
        runtime.spawn(nebula::net::connect(endpoint, hello, Wait::NONE, queue, tell));
        Dialled { runtime, outgoing, events }
    }

    fn next(&mut self) -> Option<chat::Event> {
        self.runtime.block_on(self.events.recv())
    }
}

/// The query of the last attempt to connect, if there was one.
fn dialled(client: &mut Client) -> Option<String> {
    let dials = client.did().into_iter().filter_map(|action| match action {
        Effect::Dial(hello, _) => Some(hello.connect.to_query()),
        _ => None,
    });
    dials.last()
}

fn lost(client: &mut Client, code: Option<u16>, reason: &str) {
    client.happens(chat::Event::Lost { code, reason: reason.to_owned() });
}

/// The server lets nobody in, and says why.
fn refuses(client: &mut Client, kind: &str, code: u16, reason: &str) {
    client.happens(chat::Event::Connected);
    client.hears(&format!(r#"{{"type":"error","code":"{kind}","content":"{reason}"}}"#));
    lost(client, Some(code), reason);
}

/// In two rooms, the second one shown.
fn in_two_rooms() -> Client {
    let mut client = Client::entered(80, 12);
    client.types("/join ops\n");
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    client.did();
    client
}

#[test]
fn a_name_that_is_refused_gives_way_to_the_one_before() {
    let mut client = in_two_rooms();
    client.types("/nick Bob\n");
    assert!(dialled(&mut client).unwrap().contains("username=Bob"));
    refuses(&mut client, "name_taken", 4001, "this name is in use");
    assert!(dialled(&mut client).unwrap().contains("username=Alice"));
    let screen = client.screen().join("");
    assert!(
        screen.contains("You are still Alice. Not renamed to Bob: this name is in use"),
        "{screen}"
    );
    // That one is held to.
    refuses(&mut client, "name_taken", 4001, "this name is in use");
    assert_eq!(dialled(&mut client), None);
    assert!(matches!(client.screen.chat.connection, Connection::Refused { over_name: true, .. }));
}

#[test]
fn a_busy_server_is_not_dialled_before_the_time_it_asked_for() {
    for (status, value, time) in [
        ("429 Too Many Requests", "17", Some(17)),
        ("503 Service Unavailable", " 3 ", Some(3)),
        ("503 Service Unavailable", "Thu, 01 Jan 1970 00:00:10 GMT", None),
        ("503 Service Unavailable", "soon", None),
        ("503 Service Unavailable", "-1", None),
        ("503 Service Unavailable", "0", Some(0)),
        ("503 Service Unavailable", "99999999999999999999999", Some(u64::MAX)),
        ("500 Internal Server Error", "17", None),
    ] {
        let answer = format!("{status}\r\nRetry-After: {value}");
        let mut line = Dialled::to(&crate::net::faults::answering(&answer));
        let mut told = None;
        loop {
            match line.next().unwrap() {
                chat::Event::ComeBackAfter(time) => told = Some(time.as_secs()),
                chat::Event::Lost { .. } => break,
                _ => {}
            }
        }
        assert_eq!(told, time, "{answer}");
    }
    // A date in the future, too.
    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(100);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT");
    let answer = format!("503 Service Unavailable\r\nRetry-After: {date}");
    let mut line = Dialled::to(&crate::net::faults::answering(&answer));
    assert!(matches!(line.next(), Some(chat::Event::DialIn(0))));
    let told = line.next();
    let is_near = |time: &Duration| (90..=100).contains(&time.as_secs());
    assert!(matches!(&told, Some(chat::Event::ComeBackAfter(time)) if is_near(time)), "{told:?}");

    // No server keeps anybody away for longer than some minutes.
    for (asked, waits) in [(0, 0), (17, 17), (86_400, 300), (u64::MAX, 300)] {
        let mut client = Client::new(80, 12);
        client.did();
        client.happens(chat::Event::ComeBackAfter(Duration::from_secs(asked)));
        lost(&mut client, None, "busy");
        let least = Duration::from_secs(waits);
        let waits = Wait { least, spread: Duration::from_millis(500), ..Wait::NONE };
        let dials = client.did();
        assert!(matches!(&dials[..], [Effect::Dial(_, wait)] if *wait == waits), "{dials:?}");
        client.happens(chat::Event::DialIn(9));
        assert!(client.screen().join("").contains("retry in 9 s"));
    }
}

#[test]
fn who_is_not_let_into_one_room_comes_back_in_another_until_there_is_none() {
    let mut client = in_two_rooms();
    lost(&mut client, None, "cut");
    assert!(dialled(&mut client).unwrap().starts_with("room=ops&"));
    refuses(&mut client, "banned", 4003, "you are banned here");
    assert!(dialled(&mut client).unwrap().starts_with("room=dev&"));
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"dev","sender":"Alice"}"#);
    assert!(client.screen().join("").contains("you are banned here"));
    // A ban in the whole server ends it at once, and one on the way back with the last room.
    lost(&mut client, None, "cut");
    client.did();
    refuses(&mut client, "banned", 4003, "you are banned here");
    assert_eq!(dialled(&mut client), None);
    client.types("/reconnect\n");
    assert!(dialled(&mut client).unwrap().starts_with("room=ops&"), "as one wishes");
    let mut client = in_two_rooms();
    lost(&mut client, Some(4003), "you are banned");
    assert_eq!(dialled(&mut client), None);
    let mut client = in_two_rooms();
    lost(&mut client, None, "cut");
    client.did();
    refuses(&mut client, "token_expired", 4003, "your token is too old");
    assert_eq!(dialled(&mut client), None);
    assert!(matches!(client.screen.chat.connection, Connection::Refused { over_name: false, .. }));
}

#[test]
fn what_a_moderator_types_without_a_line_is_not_done_later() {
    let mut client = in_two_rooms();
    client.hears(r#"{"type":"message","room":"ops","sender":"Bob","content":"x","id":1,"at":0}"#);
    lost(&mut client, None, "cut");
    client.did();
    for typed in ["/kick Bob", "/ban -s Bob 2h"] {
        client.types(&format!("{typed}\n"));
        assert_eq!(sent(&client.did()), Vec::<String>::new());
        assert!(client.screen()[10].starts_with("Not possible: you are not in this room"));
    }
}

#[test]
fn when_the_wait_is_over_it_is_told_that_one_dials() {
    let mut client = in_two_rooms();
    lost(&mut client, None, "cut");
    client.happens(chat::Event::DialIn(1));
    assert!(client.screen()[10].contains("○ offline since 00:00, retry in 1 s"));
    client.happens(chat::Event::DialIn(0));
    assert!(
        client.screen()[10].contains("offline since 00:00, connecting …"),
        "{}",
        client.screen()[10]
    );

    let mut dialled = Dialled::to("127.0.0.1:1");
    assert!(matches!(dialled.next(), Some(chat::Event::DialIn(0))));
}

#[test]
fn why_a_server_closed_is_read_though_one_was_writing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut dialled = Dialled::to(&listener.local_addr().unwrap().to_string());
    let (tell, asked) = channel();
    let server = std::thread::spawn(move || {
        let mut socket = accept_hdr(listener.accept().unwrap().0, speak).unwrap();
        socket.get_ref().peek(&mut [0]).unwrap();
        tell.send(()).unwrap();
        let reason = "you are banned".into();
        socket.close(Some(CloseFrame { code: 4003.into(), reason })).unwrap();
        // What was written to it is unread: its end is a reset, and writing fails from now on.
    });
    while !matches!(dialled.next(), Some(chat::Event::Connected)) {}
    while asked.try_recv() == Err(TryRecvError::Empty) {
        dialled.runtime.block_on(tokio::task::yield_now());
    }
    server.join().unwrap();
    dialled
        .outgoing
        .try_send(ToServer::parse(r#"{"type":"leave","room":"dev"}"#).unwrap())
        .unwrap();
    match dialled.next() {
        Some(chat::Event::Lost { code: Some(4003), reason }) => {
            assert_eq!(reason, "you are banned")
        }
        other => panic!("{other:?}"),
    }
}

/// The server asks for time, and the client waits as long as it says.
fn waits(client: &mut Client) {
    client.hears(
        r#"{"type":"error","code":"too_fast","content":"wait","room":"ops","retry_ms":700}"#,
    );
    let did = client.did();
    let [Effect::After(wait, timer)] = &did[..] else { panic!("it does not wait: {did:?}") };
    assert_eq!(wait.as_millis(), 700);
    assert_eq!(client.screen.chat.notice, None);
    client.happens(chat::Event::Time(timer.clone()));
}

#[test]
fn people_and_a_leave_that_the_server_had_no_time_for_are_asked_for_again() {
    let mut client = in_two_rooms();
    client.happens(Event::Resize(200, 60));
    client.hears(r#"{"type":"presence","room":"ops","users":["Alice","Bob"],"count":300}"#);
    let asked = r#"{"type":"presence","room":"ops","after":"Bob"}"#;
    assert_eq!(sent(&client.did()), [asked]);
    waits(&mut client);
    assert_eq!(sent(&client.did()), [asked]);
    client.types("/leave\n");
    let left = r#"{"type":"leave","room":"ops"}"#;
    assert_eq!(sent(&client.did()), [left]);
    waits(&mut client);
    assert_eq!(sent(&client.did()), [left]);
}

#[test]
fn who_is_refused_in_one_room_can_join_another() {
    let mut client = Client::new(80, 12);
    client.did();
    refuses(&mut client, "wrong_room", 4003, "your token does not open this room");
    assert_eq!(dialled(&mut client), None);
    assert!(matches!(client.screen.chat.connection, Connection::Refused { .. }));
    client.types("/join ops\n");
    assert!(dialled(&mut client).unwrap().starts_with("room=ops&"));
    client.happens(chat::Event::Connected);
    client.hears(r#"{"type":"join","room":"ops","sender":"Alice"}"#);
    assert_eq!(client.screen.chat.connection, Connection::Online);
    // That one is refused, too: it is left aside, and the way back in is open.
    client.types("/join secret\n");
    let no = r#"{"type":"error","code":"wrong_room","content":"not this one","room":"secret"}"#;
    client.types("/room ops\n");
    client.hears(no);
    assert_eq!(client.screen.chat.connection, Connection::Online);
    assert_eq!(client.screen.chat.notice.as_deref(), Some("#secret: not this one"));
    client.did();
    client.types("/join secret\n");
    assert_eq!(sent(&client.did()), [r#"{"type":"join","room":"secret","history":100}"#]);
    // And where one was refused alone, the same room may be tried again.
    let mut client = Client::new(80, 12);
    client.did();
    refuses(&mut client, "banned", 4003, "you are banned here");
    dialled(&mut client);
    client.types("/join dev\n");
    assert!(dialled(&mut client).unwrap().starts_with("room=dev&"));
}

#[test]
fn leaving_a_room_shows_the_one_before_it() {
    let mut client = Client::entered(80, 12);
    for room in ["one", "two", "three"] {
        client.types(&format!("/join {room}\n"));
        client.hears(&format!(r#"{{"type":"join","room":"{room}","sender":"Alice"}}"#));
    }
    client.types("/room one\n");
    for shown in ["three", "two", "dev"] {
        client.types("/leave\n");
        assert_eq!(client.screen.chat.room().name.as_str(), shown);
    }
}

#[test]
fn a_time_that_the_server_asked_for_ends_with_its_connection() {
    let mut client = in_two_rooms();
    client.hears(r#"{"type":"error","code":"stopping","content":"stopping","retry_ms":60000}"#);
    client.types("/reconnect\n");
    client.happens(chat::Event::Connected);
    client.did();
    lost(&mut client, None, "cut");
    let least = client.did().into_iter().find_map(|effect| match effect {
        Effect::Dial(_, wait) => Some(wait.least),
        _ => None,
    });
    assert_eq!(least, Some(Duration::ZERO));
}

#[test]
fn what_a_moderator_asked_for_under_one_name_is_not_done_under_another() {
    for (typed, is_let_in) in [("/nick Carol", true), ("/nick Carol", false), ("/nick alice", true)]
    {
        let mut client = in_two_rooms();
        client.types("/kick Bob\n");
        client.hears(r#"{"type":"error","code":"too_fast","content":"x","room":"ops","ref":"s-1","retry_ms":700}"#);
        client.types(&format!("{typed}\n"));
        if !is_let_in {
            refuses(&mut client, "name_taken", 4001, "this name is in use");
        }
        client.happens(chat::Event::Connected);
        client.happens(chat::Event::Time(chat::Timer::Resend));
        client.did();
        let name = if is_let_in { typed.trim_start_matches("/nick ") } else { "Alice" };
        client.hears(&format!(r#"{{"type":"join","room":"ops","sender":"{name}"}}"#));
        let sent = sent(&client.did());
        let is_done = sent.iter().any(|envelope| envelope.contains("kick"));
        assert_eq!(is_done, name != "Carol", "{typed}: {sent:?}");
        let notice = client.screen.chat.notice.clone();
        let is_told = notice.as_deref() == Some("Not done, since your name has changed: /kick Bob");
        assert_eq!(is_told, name == "Carol", "{notice:?}");
    }
}

#[test]
fn a_late_answer_about_a_room_that_was_left_is_not_told() {
    let mut client = in_two_rooms();
    client.types("/leave\n");
    client.hears(
        r#"{"type":"error","code":"too_fast","content":"wait","room":"ops","retry_ms":700}"#,
    );
    client.hears(r#"{"type":"error","code":"not_in_room","content":"join it first","room":"ops"}"#);
    assert_eq!(client.screen.chat.notice, None);
    client.hears(r#"{"type":"error","code":"not_in_room","content":"join it first","room":"dev"}"#);
    assert_eq!(client.screen.chat.notice.as_deref(), Some("join it first"));
}
