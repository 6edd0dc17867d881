//! What is being written, looked at as a formatted text: pictures for names, and code.
//!
//! These files do not know keys, or where one types.

pub mod code;
pub mod emoji;
#[cfg(test)]
mod tests;
