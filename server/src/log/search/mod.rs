//! The index of words: what stands in it of a message, how it follows the messages, and what is asked of it.
//!
//! It is made of what the database holds, so each server has its own, and nothing about it is in the order of events.
//! Messages come into it a moment after they were stored; an edit, a deletion and what is cleared away change it in
//! the transaction that changes the text. These files do not know who asks, or who hears of anything.

mod entry;
pub(in crate::log) mod expression;
pub(in crate::log) mod index;
pub(in crate::log) mod indexer;
