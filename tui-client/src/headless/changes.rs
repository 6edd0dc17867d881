//! What others do to messages, in words: edits, deletions and reactions.
//!
//! This file does not know how lines look.

use protocol::{MessageId, ToClient, UserName};

use super::lines::brief;
use super::teller::News;
use crate::chat::plain_text::plain_line;
use crate::chat::{Event, Model, Room, What};
use crate::text::{bracketed, clean_line, isolated, shown};

/// What an event that was not taken in yet has to tell, if it changes a message.
pub(super) fn told(model: &Model, event: &Event) -> Option<News> {
    let Event::Received(envelope) = event else { return None };
    let (name, id, by) = match envelope {
        ToClient::Edited(it) => (&it.room, it.id, &it.sender),
        ToClient::Deleted(it) => (&it.room, it.id, &it.by),
        ToClient::Reacted(it) => (&it.room, it.id, &it.sender),
        _ => return None,
    };
    let me = model.me.as_ref();
    // What is heard again was told, and what oneself does is known.
    let room = model.rooms.iter().find(|room| room.name == *name && id > room.head)?;
    if Some(by) == me {
        return None;
    }
    let who = isolated(&bracketed(&clean_line(by.as_str())));
    let words = match envelope {
        ToClient::Edited(it) => format!("{who} edited: {}", shown(it.content.as_str())),
        ToClient::Reacted(it) => {
            let (did, to) = if it.on { ("reacted", "to") } else { ("removed", "from") };
            let emoji = clean_line(it.emoji.as_str());
            format!("{who} {did} {emoji} {to} {}", quoted(room, it.message, me))
        }
        _ => format!("{who} deleted a message"),
    };
    Some(News { room: room.in_words(me), what: What::Note(words) })
}

/// The first words of a message.
fn quoted(room: &Room, id: MessageId, me: Option<&UserName>) -> String {
    match room.shown_by_id(id, me) {
        Some(message) => {
            format!("\"{}\"", brief(&plain_line(message.content.as_str())))
        }
        None => "an earlier message".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use protocol::RoomName;

    use super::*;
    use crate::chat::update::update;
    use crate::headless::lines::Liner;

    fn lines(model: &mut Model, envelope: &str) -> Vec<String> {
        let event = Event::Received(ToClient::parse(envelope).unwrap());
        let news = told(model, &event);
        update(model, event);
        news.iter().flat_map(|news| Liner::new(TimeZone::UTC).lines(news)).collect()
    }

    #[test]
    fn what_others_change_is_told_once() {
        let (room, me) = (RoomName::try_from("dev").unwrap(), UserName::try_from("Bob").ok());
        let mut model = Model::new(room, me, "s".to_owned());
        let said = r#"{"type":"message","room":"dev","sender":"Ann","content":"first ||words||","id":1,"at":0}"#;
        assert_eq!(lines(&mut model, said), Vec::<String>::new());
        for (envelope, line) in [
            (
                r#"{"type":"reacted","room":"dev","message":1,"emoji":"👍","on":true,"sender":"Ann","id":2,"at":0}"#,
                "-- Ann reacted 👍 to \"first (spoiler)\"",
            ),
            (
                r#"{"type":"reacted","room":"dev","message":1,"emoji":"👍","on":false,"sender":"Ann","id":3,"at":0}"#,
                "-- Ann removed 👍 from \"first (spoiler)\"",
            ),
            (
                r#"{"type":"edited","room":"dev","message":1,"content":"text","sender":"Ann","id":4,"at":0}"#,
                "-- Ann edited: text",
            ),
            (
                r#"{"type":"deleted","room":"dev","message":1,"by":"Ann","id":5,"at":0}"#,
                "-- Ann deleted a message",
            ),
            (
                r#"{"type":"reacted","room":"dev","message":9,"emoji":"👍","on":true,"sender":"Ann","id":12,"at":0}"#,
                "-- Ann reacted 👍 to an earlier message",
            ),
        ] {
            assert_eq!(lines(&mut model, envelope), [line]);
            assert_eq!(lines(&mut model, envelope), Vec::<String>::new(), "told twice");
        }
        let own = r#"{"type":"deleted","room":"dev","message":1,"by":"Bob","id":20,"at":0}"#;
        assert_eq!(lines(&mut model, own), Vec::<String>::new());
    }
}
