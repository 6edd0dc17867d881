//! What is shown in place of a room's newest messages: those around one that somebody went to, until they read on
//! to the newest or go back.
//!
//! This file does not know who asks for pages.

use std::collections::VecDeque;

use protocol::{History, MessageId, UserName};

use super::{ENTRIES_MAX, Entry, Page, Past, Place, Room, What, mentions_me};

impl Room {
    /// What of it is shown.
    pub fn lines(&self) -> &VecDeque<Entry> {
        self.past.as_ref().map_or(&self.entries, |past| &past.entries)
    }

    /// Where a place is, or would be, among what is shown.
    pub fn line_index(&self, place: Place) -> usize {
        self.lines().partition_point(|entry| entry.place < place)
    }

    /// The server has messages older than those that are shown.
    pub fn has_older(&self) -> bool {
        self.past.as_ref().map_or(self.more, |past| past.more)
    }

    /// The newest are shown again.
    pub fn leave_past(&mut self) {
        self.past = None;
        self.jumping = None;
    }

    /// Where a message stands that is here, among the newest or in their place.
    pub fn entry(&self, id: MessageId) -> Option<&Entry> {
        let in_past = self.past.as_ref().and_then(|past| found(&past.entries, id));
        found(&self.entries, id).or(in_past)
    }

    /// A page comes to what is shown in place of the newest, or begins it.
    pub fn past_came(&mut self, asked: Page, page: History, me: Option<&UserName>) {
        let is_empty = page.messages.is_empty();
        let made = page.messages.into_iter().map(|message| {
            let is_mention = mentions_me(&message, me, &self.people);
            Entry { place: Place::of(message.id), what: What::Message(message), is_mention }
        });
        let made: VecDeque<_> = made.collect();
        let has_newer = match (asked, &mut self.past) {
            (Page::Around(_), past) => {
                *past = Some(Past { entries: made, more: page.more });
                page.newer
            }
            (Page::After(_), Some(past)) => {
                past.entries.extend(made);
                let old = past.entries.len().saturating_sub(ENTRIES_MAX);
                past.entries.drain(..old);
                past.more |= old > 0;
                page.more && !is_empty
            }
            (Page::Older(_), Some(past)) => {
                let newer = std::mem::replace(&mut past.entries, made);
                past.entries.extend(newer);
                past.entries.truncate(ENTRIES_MAX);
                past.more = page.more && !is_empty;
                true
            }
            _ => return,
        };
        self.join_past(has_newer);
    }

    /// What is read on to has met what was there.
    fn join_past(&mut self, has_newer: bool) {
        let first = self.oldest();
        let last = self.past.as_ref().and_then(|past| past.entries.back()).map(|it| it.place.id);
        let meets = first.is_some_and(|first| last.is_some_and(|last| last >= first));
        if has_newer && !meets {
            return;
        }
        let Some(Past { mut entries, more }) = self.past.take() else { return };
        entries.retain(|entry| first.is_none_or(|first| entry.place.id < first));
        entries.append(&mut self.entries);
        // A note may stand before the first message that was here.
        entries.make_contiguous().sort_by_key(|entry| entry.place);
        (self.entries, self.more) = (entries, more);
        self.changes += 1;
    }
}

fn found(entries: &VecDeque<Entry>, id: MessageId) -> Option<&Entry> {
    let place = Place::of(id);
    let at = entries.partition_point(|entry| entry.place < place);
    entries.get(at).filter(|entry| entry.place == place)
}
