//! What of a message is highlighted: whom it mentions, and words that a person wants to see.
//!
//! This file does not know how that is drawn.

use std::ops::Range;

use protocol::formatting::outside_code;
use protocol::{Everybody, Message, UserName, mentions, words};

use super::room::calls;

/// Words that a person can have: more would highlight everything.
pub const WORDS_MAX: usize = 50;

/// A message of somebody else has one of these words, as a whole, in any case, outside code.
pub fn has_word(message: &Message, wanted: &[String], me: Option<&UserName>) -> bool {
    let is_others = Some(&message.sender) != me && !message.deleted;
    let text = outside_code(message.content.as_str());
    is_others && wanted.iter().any(|word| !words(&text, word).is_empty())
}

/// The parts of a text that are highlighted, in their order, and whether each is for this person. Of `longer_names`,
/// a text may mean one instead of theirs.
pub fn marks(
    message: &Message,
    me: Option<&UserName>,
    longer_names: &[UserName],
    wanted: &[String],
) -> Vec<(Range<usize>, bool)> {
    let text = outside_code(message.content.as_str());
    let named = &message.mentions;
    let reader = me.filter(|me| **me != message.sender);
    let mut marks = Vec::new();
    if let Some(me) = reader {
        let others = longer_names.iter().chain(named);
        marks.extend(mentions(&text, me, others).into_iter().map(|part| (part, true)));
    }
    if Some(&message.sender) != me {
        let parts = wanted.iter().flat_map(|word| words(&text, word));
        marks.extend(parts.map(|part| (part, true)));
    }
    let others = named.iter().filter(|name| Some(*name) != reader);
    marks.extend(others.flat_map(|name| mentions(&text, name, named)).map(|part| (part, false)));
    let everybody = message.everybody.map(|everybody| match everybody {
        Everybody::All => "@all",
        Everybody::Here => "@here",
    });
    let parts = everybody.into_iter().flat_map(|sign| words(&text, sign));
    marks.extend(parts.map(|part| (part, calls(message, me))));
    marks.sort_by_key(|(part, is_mine)| (part.start, !is_mine));
    marks
}

#[cfg(test)]
mod tests {
    use protocol::{Body, MessageId, RoomName};

    use super::*;

    fn name(name: &str) -> UserName {
        UserName::try_from(name).unwrap()
    }

    fn said(sender: &str, text: &str) -> Message {
        let (content, id) = (Body::try_from(text).unwrap(), MessageId::try_from(1).unwrap());
        Message::new(RoomName::general(), name(sender), content, id, 0)
    }

    fn shown(message: &Message, wanted: &[String]) -> Vec<(String, bool)> {
        let me = name("Ann");
        let marks = marks(message, Some(&me), &[], wanted).into_iter();
        marks.map(|(part, is_mine)| (message.content.as_str()[part].to_owned(), is_mine)).collect()
    }

    #[test]
    fn names_words_and_everybody_are_highlighted() {
        let mine = |text: &str| (text.to_owned(), true);
        let others = |text: &str| (text.to_owned(), false);
        let mut message = said("Bob", "@ann, @Ann Lee and @cy: DEPLOY for @all, not `deploy`");
        message.mentions = vec![name("Ann"), name("Ann Lee"), name("Cy")];
        message.everybody = Some(Everybody::All);
        assert_eq!(
            shown(&message, &["deploy".to_owned()]),
            [mine("ann"), others("Ann Lee"), others("cy"), mine("DEPLOY"), mine("@all")]
        );
        message.everybody = None;
        assert_eq!(shown(&message, &[]), [mine("ann"), others("Ann Lee"), others("cy")]);
    }

    #[test]
    fn in_what_one_says_oneself_nothing_is_for_oneself() {
        let mut message = said("Ann", "Ann deploys: deploy @here");
        message.everybody = Some(Everybody::Here);
        assert_eq!(shown(&message, &["deploy".to_owned()]), [("@here".to_owned(), false)]);
        assert!(!has_word(&message, &["deploy".to_owned()], Some(&name("Ann"))));
        assert!(has_word(&message, &["deploy".to_owned()], Some(&name("Bob"))));
        assert!(!has_word(&said("Ann", "`deploy`"), &["deploy".to_owned()], None));
    }
}
