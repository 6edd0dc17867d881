//! What the operator brings in from outside, as acts: what was said elsewhere.
//!
//! Plain data. This file does not know where it comes from, or how anything is stored.

use protocol::{Body, Reaction, Ref, RoomName, TopicText, UserName};
use serde::{Deserialize, Serialize};

/// Takes in something that was said elsewhere, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    pub(crate) room: RoomName,
    /// Which one it is among all that were ever said anywhere: what has the same is the same.
    pub(crate) origin: Ref,
    /// Who said it: nobody of this server, whoever has the name here.
    pub(crate) sender: UserName,
    /// When it was said, in milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) what: Imported,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Imported {
    Message(ImportedMessage),
    Topic(TopicText),
}

/// A message as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportedMessage {
    /// None if it was deleted.
    pub(crate) content: Option<Body>,
    /// The origin of the message that it answers.
    pub(crate) reply: Option<Ref>,
    /// When its text was last edited.
    pub(crate) edited: Option<u64>,
    pub(crate) reactions: Vec<Reaction>,
    /// A program said it.
    pub(crate) bot: bool,
}

impl Import {
    /// Bytes of its texts, about.
    pub(crate) fn bytes(&self) -> usize {
        match &self.what {
            Imported::Topic(topic) => topic.as_str().len(),
            Imported::Message(message) => {
                let users = message.reactions.iter().flat_map(|it| &it.users);
                let content = message.content.as_ref().map_or(0, |it| it.as_str().len());
                content + users.map(|user| user.as_str().len() + 1).sum::<usize>()
            }
        }
    }
}
