//! How a message stands in the database.

use protocol::{
    Body, DELETED_CONTENT, Everybody, Message, MessageId, Ref, RoomName, ToClient, UserName,
    encode_with_reactions, parse_reactions,
};
use rusqlite::Row;

use crate::log::database::column::{checked, id, optional, optional_id, unsigned};

/// What is read of a row.
pub(crate) const COLUMNS: &str =
    "id, author, content, at, ref, change, reply, edited, mentions, everybody, bot, reactions";
/// Where the reactions stand, which are the last of these.
const REACTIONS: usize = 11;
/// How many these are.
pub(super) const COLUMN_COUNT: usize = REACTIONS + 1;

/// A message with all that is on it.
pub(super) fn read_message(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let reactions = reactions_of(row)?.map(parse_reactions).transpose();
    let reactions = checked(REACTIONS, reactions)?.unwrap_or_default();
    Ok(Message { reactions, ..read_bare(row, room)? })
}

/// The `message` envelope, with what is on it copied as it is kept.
pub(crate) fn read_envelope(
    row: &Row<'_>,
    room: &RoomName,
) -> rusqlite::Result<(MessageId, MessageId, String)> {
    let message = read_bare(row, room)?;
    let (id, change) = (message.id, message.change.unwrap_or(message.id));
    let envelope = match reactions_of(row)? {
        Some(reactions) => checked(REACTIONS, encode_with_reactions(message, reactions))?,
        None => ToClient::Message(message).encode(),
    };
    Ok((id, change, envelope))
}

fn reactions_of<'a>(row: &'a Row<'_>) -> rusqlite::Result<Option<&'a str>> {
    Ok(row.get_ref(REACTIONS)?.as_str_or_null()?)
}

/// Rows were checked when they came in; one that does not pass now is damage. A message without
/// content was deleted.
fn read_bare(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let reference: Option<String> = row.get(4)?;
    let content: String = row.get(2)?;
    let deleted = content.is_empty();
    let content = if deleted { DELETED_CONTENT.to_owned() } else { content };
    let names = row.get_ref(8)?.as_str_or_null()?.unwrap_or_default();
    Ok(Message {
        room: room.clone(),
        id: id(row, 0)?,
        sender: checked(1, UserName::known(row.get_ref(1)?.as_str()?))?,
        content: checked(2, Body::stored(content))?,
        at: unsigned(row, 3)?,
        reference: checked(4, reference.as_deref().map(Ref::try_from).transpose())?,
        bot: row.get::<_, Option<i64>>(10)?.is_some(),
        change: optional_id(row, 5)?,
        deleted,
        reply: optional_id(row, 6)?,
        edited: optional(row, 7)?,
        mentions: checked(8, names.lines().map(UserName::known).collect())?,
        everybody: row.get::<_, Option<i64>>(9)?.map(everybody_of),
        reactions: Vec::new(),
    })
}

/// How names stand in it; none is nothing.
pub(super) fn written_names(names: &[UserName]) -> Option<String> {
    let names: Vec<_> = names.iter().map(UserName::as_str).collect();
    Some(names.join("\n")).filter(|names| !names.is_empty())
}

/// How everybody stands in it.
pub(super) fn written_everybody(everybody: Option<Everybody>) -> Option<i64> {
    everybody.map(|everybody| match everybody {
        Everybody::All => 1,
        Everybody::Here => 2,
    })
}

fn everybody_of(written: i64) -> Everybody {
    if written == 1 { Everybody::All } else { Everybody::Here }
}
