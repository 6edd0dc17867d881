//! What other programs keep of conversations, as it stands in their files.
//!
//! This file does not know where the files are, or where what they say goes.

mod slack;
mod slack_text;

use crate::name::{USER_CHARS_MAX, UserName};

pub use self::slack::{
    BadArchive, SlackChannel, SlackPeople, SlackReaction, SlackSaid, SlackTopic, slack_channels,
    slack_day,
};

/// A name as it may be here: what no name has is left out, and it is cut where it is too long. False if it is not
/// as it was.
pub fn fitting_name(text: &str) -> (UserName, bool) {
    let text = text.trim();
    if let Ok(whole) = UserName::try_from(text) {
        return (whole, true);
    }
    let fits = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_');
    let fitting: String = text.chars().filter(fits).take(USER_CHARS_MAX).collect();
    (UserName::try_from(fitting.trim()).unwrap_or_else(|_| UserName::nobody()), false)
}
