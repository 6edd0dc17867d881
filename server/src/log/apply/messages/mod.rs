//! Messages: said once, and what becomes of them.

mod delete;
mod done;
mod edit;
#[cfg(test)]
mod index_tests;
mod react;
mod row;
mod say;
mod target;
#[cfg(test)]
mod tests;

pub(super) use self::delete::{delete, delete_own};
pub(super) use self::done::expire as forget_done;
pub(super) use self::edit::edit;
pub(super) use self::react::react;
pub(crate) use self::row::{COLUMNS, read_envelope};
pub(super) use self::say::{is_new_person, mention, reply, say, say_as_hook};
