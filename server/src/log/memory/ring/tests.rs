//! What a room in memory answers, and what it does not.

use protocol::TopicText;

use super::*;
use crate::frame::{Delivery, Frame};

fn id(n: u64) -> MessageId {
    MessageId::try_from(n).unwrap()
}

fn stored(n: u64, bytes: usize) -> Stored {
    changed(n, n, bytes)
}

/// The message as it is since a change.
fn changed(change: u64, message: u64, bytes: usize) -> Stored {
    let frame = Frame::text("x".repeat(bytes), Delivery::Always);
    Stored { id: id(message), change: id(change), frame }
}

fn found(messages: Vec<Stored>, floor: u64) -> Page {
    let head = messages.last().map_or(id(floor), |newest| newest.id);
    let beyond = (floor > 0).then_some(id(floor));
    let topic = Some(Topic::default());
    Page { messages, beyond, head, topic, ..Page::default() }
}

fn asked(since: u64, before: Option<u64>, limit: usize) -> Asked {
    let span = before.map_or(Span::Newest, |before| Span::Before(id(before)));
    Asked { since: id(since), span, limit }
}

/// Each change that is told, and of which message.
fn changes(page: &Page) -> Vec<(u64, u64)> {
    page.changes.list.iter().map(|state| (state.change.get(), state.id.get())).collect()
}

fn ids(page: &Page) -> Vec<u64> {
    page.messages.iter().map(|message| message.id.get()).collect()
}

#[test]
fn a_room_never_read_answers_nothing() {
    let mut ring = Ring::default();
    ring.push(stored(5, 1));
    assert!(ring.page(&asked(0, None, 1)).is_none());
}

#[test]
fn what_was_read_and_what_came_meanwhile_join_without_a_repeat() {
    let mut ring = Ring::default();
    ring.push(stored(5, 1));
    ring.push(stored(6, 1));
    ring.seed(found(vec![stored(3, 1), stored(4, 1), stored(5, 1)], 2));
    let page = ring.page(&asked(2, None, 10)).unwrap();
    assert_eq!(ids(&page), [3, 4, 5, 6]);
    assert_eq!(page.beyond, None);
    assert_eq!(page.head, id(6));
    assert!(ring.page(&asked(1, None, 10)).is_none(), "message 2 is not here");
    let page = ring.page(&asked(0, Some(6), 2)).unwrap();
    assert_eq!((ids(&page), page.beyond), (vec![4, 5], Some(id(3))));
}

#[test]
fn an_empty_room_is_known_to_be_empty() {
    let mut ring = Ring::default();
    ring.seed(found(Vec::new(), 0));
    let page = ring.page(&asked(0, None, 50)).unwrap();
    assert_eq!((ids(&page), page.beyond, page.head), (vec![], None, MessageId::ZERO));
}

#[test]
fn a_sign_of_life_costs_no_read_whatever_is_not_here() {
    let mut ring = Ring::default();
    assert!(ring.is_new() && ring.page(&asked(0, Some(1), 1)).is_none());
    ring.seed(found(vec![stored(7, 1)], 5));
    let page = ring.page(&asked(0, Some(1), 1)).unwrap();
    assert_eq!((ids(&page), page.beyond, page.head), (vec![], None, id(7)));
    assert!(!ring.is_new() && ring.page(&asked(0, Some(7), 1)).is_none());
}

#[test]
fn it_keeps_its_bounds_and_remembers_its_floor() {
    let mut ring = Ring::default();
    ring.seed(found(Vec::new(), 0));
    let count = RING_MESSAGES_MAX as u64 + 7;
    (1..=count).for_each(|n| ring.push(stored(n, 1)));
    assert_eq!(ring.stored.len(), RING_MESSAGES_MAX);
    assert!(ring.page(&asked(6, None, 200)).is_none());
    assert_eq!(ring.page(&asked(7, None, 200)).unwrap().messages.len(), RING_MESSAGES_MAX);
    ring.push(stored(count + 1, RING_BYTES_MAX - 100));
    assert!(ring.bytes <= RING_BYTES_MAX);
    ring.push(stored(count + 2, RING_BYTES_MAX + 1));
    assert_eq!((ring.stored.len(), ring.bytes), (0, 0));
    assert_eq!(ring.page(&asked(count + 2, None, 5)).unwrap().head, id(count + 2));
}

#[test]
fn what_changed_before_a_room_was_opened_is_never_taken_for_nothing() {
    let mut ring = Ring::default();
    ring.learn_topic(Some(Topic::default()));
    let count = RING_MESSAGES_MAX as u64 + 3;
    (5..5 + count).for_each(|n| ring.push(stored(n, 1)));
    ring.change(changed(300, 7, 1));
    assert!(ring.page(&asked(4, None, 50)).is_none(), "the database knows them");
    ring.change(changed(301, 9, 1));
    let page = ring.page(&asked(7, None, 200)).unwrap();
    assert_eq!((page.messages.len(), page.changes.floor), (RING_MESSAGES_MAX, id(7)));
    assert_eq!(page.messages[1].change, id(301), "it is in the page as it is now");
    assert_eq!(changes(&page), [(300, 7)], "so that it is told no second time");
}

#[test]
fn a_tombstone_takes_its_messages_place_and_is_told_to_who_has_the_message() {
    let mut ring = Ring::default();
    ring.seed(found(vec![stored(1, 10), stored(2, 10)], 0));
    ring.change(changed(3, 1, 5));
    ring.push(stored(4, 10));
    let page = ring.page(&asked(0, None, 50)).unwrap();
    assert_eq!((ids(&page), page.head), (vec![1, 2, 4], id(4)));
    assert_eq!(page.messages[0].frame.envelope().len(), 5);
    assert_eq!(changes(&ring.page(&asked(2, None, 50)).unwrap()), [(3, 1)]);
    assert!(changes(&ring.page(&asked(3, None, 50)).unwrap()).is_empty());
    ring.change(changed(5, 4, 5));
    assert_eq!(ring.page(&asked(4, None, 50)).unwrap().head, id(5));
    let bytes: usize = ring.stored.iter().map(|stored| stored.frame.bytes().len()).sum();
    assert_eq!(ring.bytes, bytes);
}

#[test]
fn what_was_read_before_a_change_is_of_no_use() {
    let mut ring = Ring::default();
    let read = found(vec![stored(1, 10)], 0);
    ring.change(changed(2, 1, 5));
    ring.seed(read);
    assert!(ring.page(&asked(0, None, 50)).is_none());
    let mut read = found(vec![stored(1, 5)], 0);
    read.changes.list = vec![changed(2, 1, 5)];
    read.head = id(2);
    ring.seed(read);
    assert_eq!(changes(&ring.page(&asked(1, None, 50)).unwrap()), [(2, 1)]);
}

#[test]
fn who_missed_more_changes_than_it_keeps_is_not_answered_here() {
    for (bytes, kept) in [(1, RING_CHANGES_MAX), (1000, RING_CHANGES_BYTES_MAX / 1000)] {
        let (mut ring, kept) = (Ring::default(), kept as u64);
        let count = RING_CHANGES_MAX as u64 + 1;
        ring.seed(found((1..=count).map(|n| stored(n, 1)).collect(), 0));
        (1..=count).for_each(|n| ring.change(changed(count + n, n, bytes)));
        assert_eq!(ring.changes.len() as u64, kept);
        let oldest = 2 * count - kept;
        assert!(ring.page(&asked(oldest - 1, None, 50)).is_none());
        let page = ring.page(&asked(oldest, None, 50)).unwrap();
        assert_eq!(page.changes.list.len() as u64, kept);
        assert!(ring.page(&asked(0, None, 5)).is_some(), "who has nothing missed nothing");
    }
}

#[test]
fn a_message_that_changes_again_is_told_once_as_it_is_now() {
    let mut ring = Ring::default();
    ring.seed(found(vec![stored(1, 1), stored(2, 1)], 0));
    ring.change(changed(3, 1, 10));
    ring.change(changed(4, 2, 10));
    ring.change(changed(5, 1, 20));
    let page = ring.page(&asked(2, None, 50)).unwrap();
    assert_eq!((changes(&page), page.head), (vec![(4, 2), (5, 1)], id(5)));
    let bytes: usize = ring.changes.iter().map(|state| state.frame.bytes().len()).sum();
    assert_eq!(ring.changes_bytes, bytes);
    assert_eq!(page.changes.list[1].frame.envelope().len(), 20);
}

#[test]
fn a_room_that_has_to_give_up_all_gives_up_its_changes_too() {
    let mut ring = Ring::default();
    ring.seed(found(vec![stored(1, 1)], 0));
    ring.change(changed(2, 1, 10));
    while ring.drop_oldest() {}
    assert_eq!(ring.bytes(), 0);
    assert!(ring.page(&asked(1, None, 50)).is_none(), "the database knows what changed");
    assert!(ring.page(&asked(2, None, 50)).is_some());
}

#[test]
fn what_was_cleared_away_is_not_found_and_the_head_stays() {
    let mut ring = Ring::default();
    ring.seed(found((3..=6).map(|n| stored(n, 1)).collect(), 2));
    ring.clear(id(4));
    let page = ring.page(&asked(0, None, 10)).unwrap();
    assert_eq!((ids(&page), page.beyond, page.head), (vec![5, 6], None, id(6)));
    ring.clear(id(6));
    let page = ring.page(&asked(0, None, 10)).unwrap();
    assert_eq!((ids(&page), page.beyond, page.head), (vec![], None, id(6)));
    assert_eq!(ring.bytes, 0);
    ring.push(stored(7, 1));
    assert_eq!(ids(&ring.page(&asked(6, None, 10)).unwrap()), [7]);
}

#[test]
fn what_is_cleared_away_while_it_is_read_stays_so() {
    let mut ring = Ring::default();
    ring.clear(id(4));
    ring.push(stored(7, 1));
    ring.seed(found((3..=6).map(|n| stored(n, 1)).collect(), 2));
    let page = ring.page(&asked(0, None, 10)).unwrap();
    assert_eq!((ids(&page), page.beyond, page.head), (vec![5, 6, 7], None, id(7)));
}

#[test]
fn changes_of_what_was_cleared_away_are_not_told_and_that_is_told() {
    let mut ring = Ring::default();
    ring.seed(found((1..=3).map(|n| stored(n, 1)).collect(), 0));
    ring.change(changed(4, 1, 1));
    ring.push(stored(5, 1));
    ring.change(changed(6, 5, 1));
    // The message is gone, and with it what there is to tell of it.
    ring.clear(id(1));
    assert!(ring.page(&asked(3, None, 10)).is_none(), "the database knows that there were more");
    let page = ring.page(&asked(5, None, 10)).unwrap();
    assert_eq!((ids(&page), page.head), (vec![], id(6)));
    assert_eq!(changes(&page), [(6, 5)]);
    ring.clear(id(6));
    assert_eq!(ring.page(&asked(6, None, 10)).unwrap().head, id(6));
    assert!(ring.changes.is_empty() && ring.changes_bytes == 0);
}

#[test]
fn a_topic_that_was_read_is_no_word_on_what_was_committed_before_it() {
    let topic = |n: u64| Topic { id: id(n), content: TopicText::try_from("x").unwrap() };
    let mut ring = Ring::default();
    ring.seed(found((1..=9).map(|n| stored(n, 1)).collect(), 0));
    // Somebody else read it while the message 10 is committed and not here yet.
    ring.learn_topic(Some(topic(11)));
    assert_eq!(ring.page(&asked(0, None, 50)).unwrap().head, id(9));
    ring.push(stored(10, 1));
    ring.set_topic(topic(11));
    let page = ring.page(&asked(9, None, 50)).unwrap();
    assert_eq!((page.head, page.messages.len(), page.topic), (id(11), 1, Some(topic(11))));
    ring.learn_topic(Some(topic(8)));
    assert_eq!(ring.page(&asked(9, None, 50)).unwrap().topic, Some(topic(11)));
}
