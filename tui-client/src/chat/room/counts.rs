//! What of a room is unread for a person on all of their devices: what the server counted last, and what was heard
//! since.
//!
//! Each function says whether the server has to be asked again. This file does not know when it is, or what is in
//! sight.

use std::collections::VecDeque;

use protocol::{MessageId, Reading as Told, UNREAD_MAX};

/// Messages that are counted apart; of more the oldest are counted as if the server had told of them.
const HEARD_MAX: usize = UNREAD_MAX as usize;

#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// The server has counted.
    is_told: bool,
    /// What it counted last, and what became of that.
    told: Told,
    /// Live messages of others behind that, ascending, and whether they mention this person.
    heard: VecDeque<(MessageId, bool)>,
}

impl Counts {
    pub fn is_told(&self) -> bool {
        self.is_told
    }

    pub fn unread(&self) -> usize {
        counted(self.told.unread).saturating_add(self.heard.len())
    }

    pub fn mentions(&self) -> usize {
        let heard = self.heard.iter().filter(|(_, is_mention)| *is_mention).count();
        counted(self.told.mentions).saturating_add(heard)
    }

    /// The room is marked as unread.
    pub fn is_marked(&self) -> bool {
        self.told.marked.is_some()
    }

    /// What comes behind this is unread.
    pub fn marker(&self) -> MessageId {
        let read = self.told.read.unwrap_or_default();
        let before = |id: MessageId| MessageId::try_from(id.get().saturating_sub(1)).ok();
        self.told.marked.and_then(before).map_or(read, |before| before.min(read))
    }

    /// The newest message that is known.
    pub fn newest(&self) -> MessageId {
        let told = self.told.head.unwrap_or_default();
        self.heard.back().map_or(told, |(id, _)| told.max(*id))
    }

    /// The server has counted. What was read since is read, if that is all there is.
    pub fn tell(&mut self, told: Told) {
        let read = self.told.read.unwrap_or_default();
        (self.is_told, self.told) = (true, told);
        let head = told.head.unwrap_or_default();
        self.heard.retain(|(id, _)| *id > head);
        if read > told.read.unwrap_or_default() && !self.is_marked() && read >= self.newest() {
            self.read_up_to(read);
        }
    }

    /// Somebody else says something.
    pub fn hear(&mut self, id: MessageId, is_mention: bool) {
        let at = self.heard.partition_point(|(other, _)| *other < id);
        let is_known = self.heard.get(at).is_some_and(|(other, _)| *other == id);
        if is_known || id <= self.told.head.unwrap_or_default() {
            return;
        }
        self.heard.insert(at, (id, is_mention));
        if self.heard.len() > HEARD_MAX
            && let Some((id, is_mention)) = self.heard.pop_front()
        {
            self.told.unread = self.told.unread.saturating_add(1);
            self.told.mentions = self.told.mentions.saturating_add(is_mention.into());
            self.told.head = Some(id);
        }
    }

    /// Who says something has read what came before, unless the room is marked.
    pub fn say(&mut self, id: MessageId) -> bool {
        if id <= self.told.head.unwrap_or_default() {
            return false;
        }
        if self.is_marked() {
            self.told.read = self.told.read.max(Some(id));
            return true;
        }
        self.read_up_to(id);
        false
    }

    /// The person has read up to there on another device.
    pub fn read(&mut self, upto: MessageId) -> bool {
        if Some(upto) <= self.told.read {
            return false;
        }
        if !self.is_marked() && upto >= self.newest() {
            self.read_up_to(upto);
            return false;
        }
        self.told.read = Some(upto);
        true
    }

    /// The room is marked as unread from there on, or no longer.
    pub fn mark(&mut self, marked: Option<MessageId>) -> bool {
        std::mem::replace(&mut self.told.marked, marked) != marked
    }

    /// Somebody has changed a message.
    pub fn change(&self, message: MessageId) -> bool {
        self.is_told && message > self.marker()
    }

    /// All up to this message is in sight here.
    pub fn see(&mut self, newest: MessageId) {
        self.told.marked = None;
        self.read_up_to(newest.max(self.newest()));
    }

    fn read_up_to(&mut self, id: MessageId) {
        (self.told.unread, self.told.mentions) = (0, 0);
        self.told.read = self.told.read.max(Some(id));
        self.told.head = self.told.head.max(Some(id));
        self.heard.retain(|(other, _)| *other > id);
    }
}

fn counted(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
