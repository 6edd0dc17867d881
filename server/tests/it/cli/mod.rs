//! What the operator does with the binary, and what it prints.

mod defaults;
pub(crate) mod operations;
mod output;
mod settings;
mod top;
