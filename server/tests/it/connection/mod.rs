//! What one connection may say and ask, and what it hears.

mod history;
mod hostile;
mod limits;
mod messages;
mod reading;
pub(crate) mod resume;
mod slow;
mod waiting;
