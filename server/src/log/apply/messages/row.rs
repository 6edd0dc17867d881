//! How a message stands in the database.

use protocol::{Body, DELETED_CONTENT, Message, Ref, RoomName, UserName, parse_reactions};
use rusqlite::Row;

use crate::log::database::column::{checked, id, optional, optional_id, unsigned};

/// What [`read_message`] reads.
pub(crate) const COLUMNS: &str = "id, author, content, at, ref, change, reply, edited, reactions";
/// How many these are.
pub(super) const COLUMN_COUNT: usize = 9;

/// Rows were checked when they came in; one that does not pass now is damage. A message without
/// content was deleted.
pub(crate) fn read_message(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let reference: Option<String> = row.get(4)?;
    let content: String = row.get(2)?;
    let deleted = content.is_empty();
    let content = if deleted { DELETED_CONTENT.to_owned() } else { content };
    let reactions = row.get_ref(8)?.as_str_or_null()?.map(parse_reactions).transpose();
    Ok(Message {
        room: room.clone(),
        id: id(row, 0)?,
        sender: checked(1, UserName::known(row.get_ref(1)?.as_str()?))?,
        content: checked(2, Body::stored(content))?,
        at: unsigned(row, 3)?,
        reference: checked(4, reference.as_deref().map(Ref::try_from).transpose())?,
        change: optional_id(row, 5)?,
        deleted,
        reply: optional_id(row, 6)?,
        edited: optional(row, 7)?,
        reactions: checked(8, reactions)?.unwrap_or_default(),
    })
}
