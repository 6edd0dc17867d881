//! The life of messages: what becomes of them by others, and by what oneself does and is not confirmed.

mod apply;
mod change;
mod composing;
mod own;
mod pending;
mod shown;
mod written;

pub use change::Change;
pub use composing::Composing;
pub use pending::{Act, Pending, Target};
pub use shown::is_own;
