//! Rooms: their numbers and kinds, and what people do to them.

mod access;
mod answers;
mod create;
mod end;
mod invited;
mod members;
pub(super) mod numbers;
mod persons;
mod setting;
#[cfg(test)]
mod tests;

pub(super) use self::access::{is_moderator, may_set_topic, yours};
pub(in crate::log) use self::access::{kind_of, look, role_of};
pub(in crate::log) use self::create::users;
pub(super) use self::create::{begun, create, direct, note_topic};
pub(super) use self::end::forget_if_empty;
pub(super) use self::invited::{admit, may_invite};
pub(super) use self::members::{add, remove, set_role, succeed};
pub(in crate::log) use self::numbers::room_number;
pub(super) use self::persons::{find as person_called, name_of};
pub(super) use self::setting::{keep_room, keep_room_as};
pub(in crate::log) use self::setting::{notify_of, place};
