//! What of a room counts as read, and where the line above the new messages stands.
//!
//! This file does not know the screen.

use protocol::{MessageId, UserName};

use super::{Reading, Room};

impl Room {
    /// Nobody looks at it any more: what comes from now on is new.
    pub fn look_away(&mut self) {
        self.looked_away = Some(match self.counts.is_told() {
            true => self.counts.marker(),
            false => self.read,
        });
    }

    /// It is entered for the first time: what is there already is no news, unless the server knows better.
    pub fn entered(&mut self, looked_at: bool) {
        if !std::mem::replace(&mut self.known, true) && !self.counts.is_told() {
            self.read = self.head;
            self.looked_away = Some(self.read).filter(|_| !looked_at);
        }
    }

    /// What is here was seen as it came. While no line stands, nothing was missed, and none is to
    /// come.
    pub fn saw(&mut self, me: Option<&UserName>, before: Option<MessageId>) {
        self.read = self.head;
        if before.is_none() && self.new_line(me).is_some() {
            self.looked_away = None;
        }
    }

    /// A page came while the end is shown. What was missed while disconnected is new to whoever looks
    /// at the end, until they do something.
    pub fn caught_up(&mut self, resumed: bool, me: Option<&UserName>) {
        if resumed && self.unread(me) > 0 {
            self.behind = true;
            self.looked_away.get_or_insert(self.read);
        } else if !self.behind {
            self.read = self.head;
        }
    }

    /// The person is here: what is shown is read.
    pub fn attended(&mut self) {
        self.behind = false;
        if self.reading == Reading::End {
            self.read = self.head;
        }
    }

    /// Shows the end, which is read with that.
    pub fn to_bottom(&mut self) {
        self.reading = Reading::End;
        self.past = None;
        self.behind = false;
        self.read = self.head;
        self.trim();
    }
}
