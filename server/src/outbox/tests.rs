//! The promises of the outbox, one test each.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use protocol::Refusal;

use super::queue::REPLAYED_MAX;
use super::*;
use crate::config::ROOMS_PER_CONNECTION_MAX;
use crate::frame::Delivery;

const BOUNDS: Bounds = Bounds { bytes_max: 100, frames_max: 5 };
const ROOM: u64 = 7;

fn outbox() -> Outbox {
    Outbox::new(&Arc::new(OutboxShared { bounds: BOUNDS, metrics: Arc::default() }))
}

/// Bytes that wait, as they are counted.
fn counted(outbox: &Outbox) -> i64 {
    let metrics = outbox.lock().shared.metrics.clone();
    metrics.outbox_bytes.load(std::sync::atomic::Ordering::Relaxed)
}

fn plain(text: &str) -> Arc<Frame> {
    Frame::text(text.into(), Delivery::Always)
}

fn numbered(room_tag: u64, number: u64) -> Arc<Frame> {
    Frame::text(format!("m{number}"), Delivery::Sequenced { room_tag, number })
}

fn latest(room_tag: u64, text: &str) -> Arc<Frame> {
    Frame::text(text.into(), Delivery::Coalesced { room_tag })
}

/// What a write pump would find now; `None` if it would sleep.
fn taken(outbox: &Outbox) -> Option<Result<Vec<String>, End>> {
    let mut batch = Vec::new();
    let polled = {
        let mut take = pin!(outbox.take(&mut batch));
        take.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    match polled {
        Poll::Pending => None,
        Poll::Ready(Err(end)) => Some(Err(end)),
        Poll::Ready(Ok(())) => {
            Some(Ok(batch.iter().map(|frame| frame.envelope().to_owned()).collect()))
        }
    }
}

fn release(outbox: &Outbox, first: &str, replayed: Option<(u64, u64)>) {
    outbox.release(Release { first: vec![plain(first)], replayed, ..Release::default() });
}

fn expect(outbox: &Outbox, frames: &[&str]) {
    assert_eq!(taken(outbox), Some(Ok(frames.iter().map(|&text| text.to_owned()).collect())));
}

#[test]
fn what_a_room_is_follows_the_list_that_an_entry_brings() {
    let outbox = outbox();
    let entered = || outbox.push(&Frame::entry(ROOM));
    let room = Frame::text("room".into(), Delivery::Entry { room_tag: ROOM });
    let entry = || Some((ROOM, Some(room.clone())));
    // The read ends first.
    outbox.hold();
    outbox.release(Release { entry: entry(), ..Release::default() });
    outbox.push(&latest(ROOM, "old"));
    expect(&outbox, &["old"]);
    outbox.push(&latest(ROOM, "first"));
    entered();
    outbox.push(&latest(ROOM, "second"));
    expect(&outbox, &["first", "room", "second"]);
    // The hub is first, and more comes while the room is read.
    outbox.hold();
    outbox.push(&latest(ROOM, "third"));
    entered();
    outbox.push(&numbered(ROOM, 6));
    outbox.push(&latest(ROOM, "fourth"));
    let first = vec![plain("history")];
    outbox.release(Release {
        first,
        replayed: Some((ROOM, 5)),
        entry: entry(),
        ..Release::default()
    });
    expect(&outbox, &["history", "third", "room", "m6", "fourth"]);
    // Two entries, of which the first has nothing to tell.
    outbox.hold();
    outbox.release(Release { entry: Some((ROOM, None)), ..Release::default() });
    outbox.release(Release { entry: entry(), ..Release::default() });
    entered();
    outbox.push(&plain("left"));
    entered();
    expect(&outbox, &["left", "room"]);
}

#[test]
fn everything_that_waits_is_taken_at_once_and_in_order() {
    let outbox = outbox();
    assert_eq!(taken(&outbox), None);
    ["a", "b", "c"].iter().for_each(|text| outbox.push(&plain(text)));
    expect(&outbox, &["a", "b", "c"]);
    assert_eq!(taken(&outbox), None);
}

#[test]
fn one_frame_too_many_ends_the_connection_as_too_slow() {
    let outbox = outbox();
    (0..BOUNDS.frames_max).for_each(|_| outbox.push(&plain("x")));
    assert!(outbox.lock().end.is_none());
    outbox.push(&plain("x"));
    assert_eq!(taken(&outbox), Some(Err(End::Refused(Refusal::TooSlow))));
    assert_eq!(outbox.lock().bytes, 0);
}

#[test]
fn one_byte_too_many_ends_the_connection_as_too_slow() {
    let outbox = outbox();
    outbox.push(&plain(&"x".repeat(BOUNDS.bytes_max - 2)));
    assert!(outbox.lock().end.is_none());
    outbox.push(&Frame::raw(vec![0]));
    assert_eq!(taken(&outbox), Some(Err(End::Refused(Refusal::TooSlow))));
}

#[test]
fn what_waits_before_the_end_is_still_given_out_and_the_first_end_counts() {
    let outbox = outbox();
    outbox.push(&plain("a"));
    outbox.end(End::Refused(Refusal::Stopping { retry_ms: 1 }));
    outbox.end(End::Gone);
    outbox.push(&plain("too late"));
    expect(&outbox, &["a"]);
    assert_eq!(taken(&outbox), Some(Err(End::Refused(Refusal::Stopping { retry_ms: 1 }))));
}

#[test]
fn a_newer_presence_replaces_the_one_of_its_room_that_still_waits() {
    let outbox = outbox();
    let news = [latest(1, "one"), plain("join"), latest(2, "other"), latest(1, "newer")];
    news.iter().for_each(|frame| outbox.push(frame));
    expect(&outbox, &["join", "other", "newer"]);
    outbox.push(&latest(1, "next"));
    expect(&outbox, &["next"]);
}

#[test]
fn a_replay_goes_first_and_what_it_contains_is_not_told_twice() {
    let outbox = outbox();
    outbox.hold();
    outbox.push(&plain("join"));
    outbox.push(&numbered(ROOM, 4));
    outbox.push(&numbered(ROOM, 6));
    assert_eq!(taken(&outbox), None, "held");
    release(&outbox, "history", Some((ROOM, 5)));
    outbox.push(&numbered(ROOM, 7));
    expect(&outbox, &["history", "join", "m6", "m7"]);
}

#[test]
fn what_a_replay_contains_is_skipped_also_when_it_comes_after_it() {
    let outbox = outbox();
    outbox.hold();
    release(&outbox, "history", Some((ROOM, 5)));
    outbox.push(&numbered(ROOM, 5));
    outbox.push(&numbered(ROOM + 1, 3));
    outbox.push(&numbered(ROOM, 6));
    expect(&outbox, &["history", "m3", "m6"]);
    assert!(outbox.lock().replayed.is_empty(), "nothing older can come any more");
}

#[test]
fn replays_of_rooms_that_were_left_are_forgotten_in_time() {
    let outbox = outbox();
    let rooms = 3 * REPLAYED_MAX as u64;
    for room_tag in 0..rooms {
        outbox.hold();
        release(&outbox, "replay", Some((room_tag, 5)));
        expect(&outbox, &["replay"]);
    }
    assert_eq!(outbox.lock().replayed.len(), REPLAYED_MAX);
    // Those of as many rooms as one may be in are the newest.
    for room_tag in rooms - ROOMS_PER_CONNECTION_MAX as u64..rooms {
        outbox.push(&numbered(room_tag, 5));
    }
    assert_eq!(taken(&outbox), None);
}

#[test]
fn a_page_stands_before_what_came_while_it_was_read_and_skips_nothing() {
    let outbox = outbox();
    outbox.hold();
    release(&outbox, "replay", Some((ROOM, 5)));
    expect(&outbox, &["replay"]);
    outbox.hold();
    [5, 6].iter().for_each(|&number| outbox.push(&numbered(ROOM, number)));
    assert_eq!(taken(&outbox), None);
    release(&outbox, "page", None);
    expect(&outbox, &["page", "m6"]);
}

/// An answer does not overtake what was told before its question was heard.
#[test]
fn a_page_stands_behind_what_waited_before_it_was_read() {
    let outbox = outbox();
    outbox.push(&latest(1, "list"));
    outbox.push(&numbered(ROOM, 3));
    outbox.hold();
    // It takes the place of one from before.
    outbox.push(&latest(1, "newer"));
    outbox.push(&numbered(ROOM, 4));
    assert_eq!(taken(&outbox), None, "held");
    release(&outbox, "page", None);
    expect(&outbox, &["m3", "page", "newer", "m4"]);
    // What a replay contains is left out wherever it stood.
    [3, 6].iter().for_each(|&number| outbox.push(&numbered(ROOM, number)));
    outbox.hold();
    release(&outbox, "replay", Some((ROOM, 5)));
    expect(&outbox, &["m6", "replay"]);
}

#[test]
fn of_a_room_that_is_dropped_nothing_goes_out_that_waited() {
    let outbox = outbox();
    let within = |text: &str, room_tag| Frame::text(text.into(), Delivery::Within { room_tag });
    outbox.push(&within("before", ROOM));
    expect(&outbox, &["before"]);
    outbox.hold();
    outbox.push(&within("joined", ROOM));
    outbox.push(&numbered(ROOM, 6));
    outbox.push(&latest(ROOM, "list"));
    outbox.push(&Frame::entry(ROOM));
    outbox.push(&within("another room", ROOM + 1));
    outbox.release(Release { dropped: Some(ROOM), ..Release::default() });
    expect(&outbox, &["another room"]);
    assert_eq!(counted(&outbox), 0);
}

#[test]
fn a_page_has_room_while_few_frames_wait() {
    let outbox = outbox();
    let has_room = || {
        let mut waiting = pin!(outbox.has_room());
        waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    outbox.push(&plain("a"));
    assert_eq!(has_room(), Poll::Ready(()));
    outbox.push(&plain("b"));
    assert_eq!(has_room(), Poll::Pending);
}

#[test]
fn a_page_has_room_once_three_quarters_are_free() {
    let outbox = outbox();
    let has_room = || {
        let mut waiting = pin!(outbox.has_room());
        waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    outbox.push(&plain(&"x".repeat(BOUNDS.bytes_max / 4 - 2)));
    assert_eq!(has_room(), Poll::Ready(()));
    outbox.push(&plain(""));
    assert_eq!(has_room(), Poll::Pending);
    assert!(taken(&outbox).is_some());
    assert_eq!(has_room(), Poll::Ready(()));
}

#[test]
fn a_read_pump_is_told_to_leave_rooms_and_of_the_end() {
    let outbox = outbox();
    let told = || {
        let mut waiting = pin!(outbox.told());
        waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    assert_eq!((told(), outbox.told_now()), (Poll::Pending, None));
    outbox.leave(7);
    outbox.leave(8);
    assert_eq!((told(), outbox.told_now()), (Poll::Ready(()), Some(Signal::Leave)));
    assert_eq!(outbox.to_leave(), [7, 8]);
    assert_eq!((told(), outbox.told_now()), (Poll::Pending, None));
    outbox.leave(7);
    outbox.end(End::Gone);
    assert_eq!((told(), outbox.told_now()), (Poll::Ready(()), Some(Signal::End(End::Gone))));
}

#[test]
fn an_empty_outbox_is_small_and_allocates_nothing_for_its_frames() {
    let outbox = outbox();
    assert_eq!(outbox.lock().waiting.capacity(), 0);
    let bytes = size_of::<Mutex<Queue>>();
    assert!(bytes <= 152, "{bytes} bytes");
}

#[test]
fn what_waits_is_counted_however_it_goes() {
    let metrics = {
        let outbox = outbox();
        let waits = |bytes: usize| assert_eq!(counted(&outbox), i64::try_from(bytes).unwrap());
        outbox.push(&latest(1, "one"));
        outbox.push(&latest(1, "newer"));
        waits(2 + 5);
        outbox.hold();
        outbox.push(&numbered(ROOM, 4));
        release(&outbox, "history", Some((ROOM, 4)));
        waits(2 + 7 + 2 + 5);
        expect(&outbox, &["newer", "history"]);
        waits(0);
        let all = [&outbox, &outbox];
        let metrics = outbox.lock().shared.metrics.clone();
        assert_eq!(Outbox::push_all(all.into_iter(), &plain("x"), &metrics), 2);
        waits(2 * 3);
        (0..BOUNDS.frames_max).for_each(|_| outbox.push(&plain("x")));
        waits(0);
        let other = Outbox::new(&outbox.lock().shared.clone());
        other.push(&plain("never read"));
        assert_ne!(counted(&outbox), 0);
        metrics
    };
    assert_eq!(metrics.outbox_bytes.load(std::sync::atomic::Ordering::Relaxed), 0);
}
