//! What the operator does with the binary, and what it prints.

mod audit;
mod defaults;
pub(crate) mod operations;
mod output;
mod settings;
mod top;
mod transfer;
