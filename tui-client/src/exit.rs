//! How the program ends, as its exit code says it.

use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// As the person wished.
    Success,
    /// The server refused.
    Refused,
    /// It was used wrongly, or the terminal or the server could not be reached.
    UsageOrConnection,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success => ExitCode::SUCCESS,
            Exit::Refused => ExitCode::from(1),
            Exit::UsageOrConnection => ExitCode::from(2),
        }
    }
}
