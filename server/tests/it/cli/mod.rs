//! What the operator does with the binary, and what it prints.

pub(crate) mod operations;
mod output;
mod settings;
