//! Who said a message, so that nobody takes a program for a person.
//!
//! This file does not know where the name stands.

use protocol::Message;

use crate::text;

/// The name, as it stands within a sentence.
pub fn sender(message: &Message) -> String {
    format!("{}{}", text::name(message.sender.as_str()), bot_mark(message))
}

/// What stands behind the name of a program.
pub fn bot_mark(message: &Message) -> &'static str {
    if message.bot { " (bot)" } else { "" }
}
