//! How outgoing hooks treat receivers that are slow or away.
//!
//! No flags set it: a receiver cannot know them. This file does not know what is sent.

use std::time::Duration;

/// Times of what outgoing hooks send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookTimes {
    /// For one try, from looking up the receiver's name to the end of its answer: a receiver takes what it is sent and
    /// works on it afterwards.
    pub one_try: Duration,
    /// Until what failed is tried again, the first time. It doubles with every further failure, and is shortened by up
    /// to half at random.
    pub wait_min: Duration,
    /// What that grows to: a receiver that is back hears of it soon.
    pub wait_max: Duration,
    /// For how long a message is tried: a restart or a repair takes less, and what is older has been read by people.
    pub keep: Duration,
}

impl Default for WebhookTimes {
    fn default() -> Self {
        WebhookTimes {
            one_try: Duration::from_secs(5),
            wait_min: Duration::from_secs(2),
            wait_max: Duration::from_secs(5 * 60),
            keep: Duration::from_secs(60 * 60),
        }
    }
}
