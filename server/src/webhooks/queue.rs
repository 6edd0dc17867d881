//! What waits for the receiver of a hook.
//!
//! Bounded, and pure. This file does not know who waits for it, or how anything is sent.

use std::collections::VecDeque;

use bytes::Bytes;
use protocol::MessageId;
use tokio::time::Instant;

/// Messages that wait for a receiver: one in a quarter of a minute, in the hour for which it may be away.
pub(super) const MESSAGES_MAX: usize = 256;
/// Bytes of these: the longest messages are thirty. All hooks together then hold 64 MiB at most.
pub(super) const BYTES_MAX: usize = 1024 * 1024;

/// A message that is to be sent.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) id: MessageId,
    /// Its envelope.
    pub(super) body: Bytes,
    /// When it was said.
    pub(super) said: Instant,
}

/// Messages in the order in which they were said. The first stays until it is dealt with.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// Something found no place since nothing waited last.
    was_full: bool,
}

/// There is no place for one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full {
    /// It is the first that found none.
    pub(super) is_news: bool,
}

impl Queue {
    /// # Errors
    /// [`Full`].
    pub(super) fn push(&mut self, waiting: Waiting) -> Result<(), Full> {
        let bytes = self.bytes + waiting.body.len();
        if self.waiting.len() == MESSAGES_MAX || bytes > BYTES_MAX {
            let is_news = !std::mem::replace(&mut self.was_full, true);
            return Err(Full { is_news });
        }
        self.bytes = bytes;
        self.waiting.push_back(waiting);
        Ok(())
    }

    pub(super) fn first(&self) -> Option<&Waiting> {
        self.waiting.front()
    }

    /// The first is dealt with.
    pub(super) fn pop(&mut self) {
        if let Some(gone) = self.waiting.pop_front() {
            self.bytes -= gone.body.len();
        }
        self.was_full &= !self.waiting.is_empty();
    }

    /// Nothing waits any more; how many did.
    pub(super) fn clear(&mut self) -> usize {
        let count = self.waiting.len();
        *self = Queue::default();
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(number: u64, bytes: usize) -> Waiting {
        let id = MessageId::try_from(number).unwrap();
        Waiting { id, body: vec![0; bytes].into(), said: Instant::now() }
    }

    #[test]
    fn so_many_messages_wait_and_it_is_news_once_that_there_are_no_more_places() {
        let mut queue = Queue::default();
        for number in 1..=256 {
            assert_eq!(queue.push(waiting(number, 1)), Ok(()));
        }
        assert_eq!(queue.push(waiting(257, 1)), Err(Full { is_news: true }));
        assert_eq!(queue.push(waiting(258, 1)), Err(Full { is_news: false }));
        queue.pop();
        assert_eq!(queue.push(waiting(259, 1)), Ok(()));
        assert_eq!(queue.push(waiting(260, 1)), Err(Full { is_news: false }));
        let mut order = Vec::new();
        while let Some(first) = queue.first() {
            order.push(first.id.get());
            queue.pop();
        }
        assert_eq!(order, (2..=256).chain([259]).collect::<Vec<_>>());
        (0..256).for_each(|number| queue.push(waiting(number + 1, 1)).unwrap());
        assert_eq!(queue.push(waiting(300, 1)), Err(Full { is_news: true }));
        assert_eq!(queue.clear(), 256);
        assert!(queue.first().is_none());
    }

    #[test]
    fn so_many_bytes_wait() {
        let mut queue = Queue::default();
        queue.push(waiting(1, BYTES_MAX - 10)).unwrap();
        queue.push(waiting(2, 10)).unwrap();
        assert!(queue.push(waiting(3, 1)).is_err());
        queue.pop();
        queue.push(waiting(4, BYTES_MAX - 10)).unwrap();
    }
}
