//! What the program is asked for: arguments, and the settings that they, the environment and a file make
//! together.

pub mod args;
mod parse;
pub mod settings;
