//! Clocks that are wrong: at the start and while the server runs, by hours, years and centuries. None
//! of them destroys anything, and each is told.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use protocol::{Code, Message, MessageId, ToClient};
use rusqlite::Connection;
use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{interval, timeout};

use crate::auth::tokens::{self, SECRET, claims, hs256, in_seconds};
use crate::people::moderation::{MOD_HASH, MOD_KEY};
use crate::support::child::{Server, operator};
use crate::support::clock::Clock;
use crate::support::harness::{PATIENCE, Peer, get, query, say};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
const OWNER: u8 = 7;

/// A folder with a database and a clock that can be turned.
struct Clocked {
    folder: TempDir,
    clock: Clock,
}

impl Clocked {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::new(&folder.path().join("clock"));
        let clocked = Clocked { folder, clock };
        std::fs::write(clocked.path("moderators"), MOD_HASH).unwrap();
        clocked
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn db(&self) -> Connection {
        Connection::open(self.path("nebula.db")).unwrap()
    }

    async fn start(&self, flags: &[&str]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        command
            .args(["--listen", "127.0.0.1:0", "--keep-every", "20ms", "--message-rate", "0"])
            .args(flags)
            .arg("--db")
            .arg(self.path("nebula.db"))
            .envs(self.clock.variables());
        if !flags.contains(&"--token-key") {
            command.arg("--moderators").arg(self.path("moderators"));
        }
        Server::spawn(&mut command).await
    }
}

async fn stop(mut server: Server) {
    server.signal(Signal::TERM);
    let status = timeout(PATIENCE, server.child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
}

async fn enter(server: &Server, user: &str, key: u8) -> Peer {
    let url = format!("ws://{}/?{}", server.address, query("dev", user, ""));
    let mut peer = Peer::dial(&url, Some(key)).await.unwrap();
    peer.expect_entry().await;
    peer
}

async fn hears(peer: &mut Peer, text: &str) -> Message {
    peer.send(say("dev", text)).await;
    loop {
        if let ToClient::Message(message) = peer.next().await {
            return message;
        }
    }
}

/// What somebody finds in the room.
async fn texts(server: &Server) -> Vec<String> {
    static READERS: AtomicU32 = AtomicU32::new(0);
    let name = format!("Reader {}", READERS.fetch_add(1, Ordering::Relaxed));
    let url = format!("ws://{}/?{}", server.address, query("dev", &name, "&history=200"));
    let history = Peer::dial(&url, None).await.unwrap().history().await;
    history.messages.iter().map(|message| message.content.as_str().to_owned()).collect()
}

/// Waits until `/readyz` says this.
async fn says(server: &Server, words: &str) {
    let looks = async {
        let mut ticks = interval(Duration::from_millis(20));
        while !get(server.address.parse().unwrap(), "/readyz").await.contains(words) {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, looks).await.unwrap_or_else(|_| panic!("it never says {words}"));
}

/// How many seconds a message's time is off the true one.
fn off(message: &Message) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(message.at / 1000).unwrap() - i64::try_from(now.as_secs()).unwrap()
}

fn is_near(off: i64, wanted: i64) -> bool {
    // The machine of the test may be slow.
    (off - wanted).abs() < 120
}

/// A name is kept for who is not there.
async fn is_claimed(server: &Server, name: &str) {
    let url = format!("ws://{}/?{}", server.address, query("dev", name, ""));
    let mut other = Peer::dial(&url, Some(99)).await.unwrap();
    other.expect_refusal(Code::NameTaken, 4001).await;
}

/// Starts, talks and stops with each wrong clock in turn, and with a right one after each.
#[tokio::test]
async fn a_start_with_a_wrong_clock_destroys_nothing_and_is_told() {
    let clocked = Clocked::new();
    let keep = ["--keep", "30d"];
    let server = clocked.start(&keep).await;
    let mut owner = enter(&server, "Owner", OWNER).await;
    let mut last = hears(&mut owner, "first").await.id;
    let mut said = vec!["first".to_owned()];
    stop(server).await;
    for (offset, words, stamped) in [
        (100 * DAY, "--accept-clock", 0),
        (400 * DAY, "--accept-clock", 0),
        (50 * YEAR, "--accept-clock", 0),
        (235 * YEAR, "impossible", 0),
        (-3 * YEAR, "impossible", 0),
        (-60 * DAY, "behind", -60 * DAY),
        (5 * HOUR, "ready\n", 5 * HOUR),
        (-5 * HOUR, "ready\n", -5 * HOUR),
    ] {
        for (offset, words, stamped) in [(offset, words, stamped), (0, "ready\n", 0)] {
            clocked.clock.turn(offset);
            let server = clocked.start(&keep).await;
            says(&server, words).await;
            is_claimed(&server, "Owner").await;
            let mut owner = enter(&server, "Owner", OWNER).await;
            let text = format!("{} at {offset}", said.len());
            let message = hears(&mut owner, &text).await;
            assert!(message.id > last, "{text}");
            assert!(is_near(off(&message), stamped), "{text}: {}", off(&message));
            last = message.id;
            said.push(text);
            assert_eq!(texts(&server).await, said);
            stop(server).await;
        }
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!(last.get() < u64::try_from((now + Duration::from_secs(86400)).as_micros()).unwrap());
}

#[tokio::test]
async fn a_clock_that_somebody_accepts_counts_and_so_does_a_right_one_after_it() {
    let clocked = Clocked::new();
    let keep = ["--keep", "30d"];
    let server = clocked.start(&keep).await;
    hears(&mut enter(&server, "Owner", OWNER).await, "old").await;
    stop(server).await;
    clocked.clock.turn(400 * DAY);
    let server = clocked.start(&["--keep", "30d", "--accept-clock"]).await;
    says(&server, "ready\n").await;
    while !texts(&server).await.is_empty() {}
    // Nobody came under that name for 400 days.
    hears(&mut enter(&server, "Owner", 99).await, "new").await;
    stop(server).await;
    let server = clocked.start(&keep).await;
    says(&server, "ready\n").await;
    stop(server).await;
    // All of it was a mistake.
    clocked.clock.turn(0);
    let server = clocked.start(&keep).await;
    says(&server, "behind").await;
    let message = hears(&mut enter(&server, "Owner", 99).await, "again").await;
    assert!(is_near(off(&message), 0));
    stop(server).await;
    let server = clocked.start(&["--accept-clock"]).await;
    says(&server, "ready\n").await;
    stop(server).await;
    let server = clocked.start(&keep).await;
    says(&server, "ready\n").await;
    let message = hears(&mut enter(&server, "Owner", 99).await, "and again").await;
    assert!(is_near(off(&message), 0));
    assert_eq!(texts(&server).await, ["new", "again", "and again"]);
    // When the name was used last is no time to come.
    stop(server).await;
    let used: i64 = clocked
        .db()
        .query_row("SELECT used FROM names WHERE key = 'owner'", [], |row| row.get(0))
        .unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!(u128::try_from(used).unwrap() <= now.as_millis());
}

/// The clock is set while the server runs, which loses no ban and no message, whatever is kept how long.
#[tokio::test]
async fn a_step_of_the_clock_destroys_nothing_and_is_told() {
    let clocked = Clocked::new();
    let mut server = clocked.start(&["--keep", "1h", "--name-expiry", "1h"]).await;
    drop(enter(&server, "Away", OWNER).await);
    let mut owner = enter(&server, "Owner", OWNER).await;
    let mut moderator = enter(&server, "Mod", MOD_KEY).await;
    let mut last = hears(&mut owner, "first").await.id;
    let mut said = vec!["first".to_owned()];
    let act = r#"{"type":"ban","user":"Eve","seconds":3600}"#;
    moderator.send(act).await;
    while !matches!(moderator.next().await, ToClient::Moderated(_)) {}
    for (offset, words, stamped) in [
        (5 * HOUR, "ready\n", 5 * HOUR),
        (-5 * HOUR, "ready\n", -5 * HOUR),
        (400 * DAY, "--accept-clock", -5 * HOUR),
        (10 * YEAR, "--accept-clock", -5 * HOUR),
        (235 * YEAR, "impossible", -5 * HOUR),
        (-10 * YEAR, "impossible", -5 * HOUR),
        (-60 * DAY, "behind", -60 * DAY),
        (0, "ready\n", 0),
    ] {
        clocked.clock.turn(offset);
        says(&server, words).await;
        let message = hears(&mut owner, &format!("{offset}")).await;
        assert!(message.id > last);
        assert!(is_near(off(&message), stamped), "{offset}: {}", off(&message));
        last = message.id;
        said.push(format!("{offset}"));
        is_claimed(&server, "Away").await;
        let url = format!("ws://{}/?{}", server.address, query("dev", "Eve", ""));
        Peer::dial(&url, Some(5)).await.unwrap().expect_refusal(Code::Banned, 4003).await;
        assert_eq!(texts(&server).await, said);
    }
    server.says("the machine's clock was set").await;
    server.says("far ahead of the last time known").await;
    server.says("impossible").await;
    server.says("is trusted again").await;
    stop(server).await;
    // Bans hold until the time of day that was meant.
    let (code, bans) = operator(&["bans"], "--db", &clocked.path("nebula.db"));
    assert!(code == Some(0) && bans.contains("Eve"), "{bans}");
}

#[tokio::test]
async fn a_new_server_without_any_time_stores_and_finds_the_time_later() {
    for offset in [235 * YEAR, -56 * YEAR] {
        let clocked = Clocked::new();
        clocked.clock.turn(offset);
        let server = clocked.start(&["--keep", "30d"]).await;
        says(&server, "impossible").await;
        let mut owner = enter(&server, "Owner", OWNER).await;
        let first = hears(&mut owner, "first").await;
        assert!(first.at < 600_000 && first.id > MessageId::ZERO, "{first:?}");
        stop(server).await;
        clocked.clock.turn(0);
        let server = clocked.start(&["--keep", "30d"]).await;
        says(&server, "ready\n").await;
        is_claimed(&server, "Owner").await;
        let mut owner = enter(&server, "Owner", OWNER).await;
        let second = hears(&mut owner, "second").await;
        assert!(second.id > first.id && is_near(off(&second), 0), "{second:?}");
        assert_eq!(texts(&server).await, ["first", "second"]);
        stop(server).await;
    }
}

/// Off for weeks is nothing; off for longer than half of what names are kept for is asked about.
#[tokio::test]
async fn a_server_that_was_off_for_weeks_starts_as_always() {
    for (days, words) in [(21, "ready\n"), (100, "--accept-clock")] {
        let clocked = Clocked::new();
        let server = clocked.start(&[]).await;
        hears(&mut enter(&server, "Owner", OWNER).await, "before").await;
        stop(server).await;
        let ago = days * DAY * 1000;
        clocked.db().execute("UPDATE clock SET known = known - ?1", [ago]).unwrap();
        clocked.db().execute("UPDATE messages SET at = at - ?1", [ago]).unwrap();
        clocked.db().execute("UPDATE names SET used = used - ?1", [ago]).unwrap();
        let server = clocked.start(&[]).await;
        says(&server, words).await;
        let mut owner = enter(&server, "Owner", OWNER).await;
        let stamped = if days == 21 { 0 } else { -days * DAY };
        assert!(is_near(off(&hears(&mut owner, "after").await), stamped));
        assert_eq!(texts(&server).await, ["before", "after"]);
        stop(server).await;
        let server = clocked.start(&["--accept-clock"]).await;
        says(&server, "ready\n").await;
        assert!(is_near(off(&hears(&mut enter(&server, "Owner", OWNER).await, "x").await), 0));
        stop(server).await;
    }
}

/// What an older server left behind after a wrong run: times to come, and no note of the time.
#[tokio::test]
async fn times_to_come_in_the_database_hold_nothing_up() {
    let clocked = Clocked::new();
    let keep = ["--keep", "30d"];
    let server = clocked.start(&keep).await;
    let mut owner = enter(&server, "Owner", OWNER).await;
    for text in ["old", "to come", "older than it says", "young"] {
        hears(&mut owner, text).await;
    }
    stop(server).await;
    let set = |text: &str, days: i64| {
        let set = "UPDATE messages SET at = at + ?1 WHERE content = ?2";
        clocked.db().execute(set, rusqlite::params![days * DAY * 1000, text]).unwrap();
    };
    clocked.db().execute("DELETE FROM clock", []).unwrap();
    for (text, days) in [("old", -40), ("to come", 400), ("older than it says", -35)] {
        set(text, days);
    }
    let server = clocked.start(&keep).await;
    says(&server, "ready\n").await;
    while texts(&server).await != ["young"] {}
    stop(server).await;
    set("young", 400);
    clocked.db().execute("DELETE FROM clock", []).unwrap();
    let server = clocked.start(&keep).await;
    says(&server, "ready\n").await;
    let message = hears(&mut enter(&server, "Owner", OWNER).await, "now").await;
    assert!(is_near(off(&message), 0));
    assert_eq!(texts(&server).await, ["young", "now"]);
    stop(server).await;
}

/// A token is good until the time that it says, whatever the machine's clock says meanwhile.
#[tokio::test]
async fn a_wrong_clock_neither_ends_tokens_nor_makes_them_good_again() {
    let clocked = Clocked::new();
    let key = clocked.path("key");
    std::fs::write(&key, SECRET).unwrap();
    let flags = ["--token-key", key.to_str().unwrap()];
    let server = clocked.start(&flags).await;
    let good = hs256(&claims("Ann", &["*"], json!({"exp": in_seconds(DAY)})));
    let over = hs256(&claims("Bob", &["*"], json!({"exp": in_seconds(-60)})));
    let are_told_apart = async |server: &Server| {
        let mut ann = tokens::connect(&server.address, "room=dev", &good).await;
        ann.expect_entry().await;
        let mut bob = tokens::connect(&server.address, "room=dev", &over).await;
        bob.expect_refusal(Code::TokenExpired, 4003).await;
    };
    are_told_apart(&server).await;
    for (offset, words) in
        [(400 * DAY, "--accept-clock"), (-3 * YEAR, "impossible"), (-5 * HOUR, "ready\n")]
    {
        clocked.clock.turn(offset);
        says(&server, words).await;
        are_told_apart(&server).await;
    }
    clocked.clock.turn(0);
    says(&server, "ready\n").await;
    stop(server).await;
    for (offset, words) in [(400 * DAY, "--accept-clock"), (-3 * YEAR, "impossible")] {
        clocked.clock.turn(offset);
        let server = clocked.start(&flags).await;
        says(&server, words).await;
        are_told_apart(&server).await;
        stop(server).await;
    }
}
