//! What other programs post to hooks, as texts that people read.
//!
//! Programs send what they send to Slack, and GitHub its events. Nothing that has words in it is left out. This
//! file does not know HTTP, or which hooks there are.

mod attachments;
mod blocks;
mod github;
mod mrkdwn;
mod slack;

pub use self::github::github;
pub(crate) use self::mrkdwn::entities;
pub(crate) use self::slack::posted;
pub use self::slack::slack;

use crate::envelope::{Body, CONTENT_CHARS_MAX};

/// Largest body that a hook takes: a hundred alerts in one with all their labels.
pub const HOOK_BYTES_MAX: usize = 256 * 1024;

/// What a program says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// As people read it.
    pub text: Body,
    /// It was too long, and is cut.
    pub is_cut: bool,
    /// Where it wants to say it, as it spells that; none is where the hook speaks.
    pub channel: Option<String>,
}

/// Why nothing is said, in the words that programs know from Slack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPost {
    /// It is no JSON object, and no form with one.
    #[error("invalid_payload")]
    InvalidPayload,
    /// There is nothing to see in it.
    #[error("no_text")]
    NoText,
}

impl Posted {
    /// Lines as one text, which is cut where it is too long, and says so.
    fn new(lines: &[String], channel: Option<&str>) -> Result<Self, BadPost> {
        let text = lines.join("\n");
        let text = text.trim();
        let chars = text.chars().count();
        let is_cut = chars > CONTENT_CHARS_MAX;
        let text = if is_cut { cut(text, chars) } else { text.to_owned() };
        let text = Body::try_from(text).map_err(|_| BadPost::NoText)?;
        Ok(Posted { text, is_cut, channel: channel.map(str::to_owned) })
    }
}

fn cut(text: &str, chars: usize) -> String {
    let note = format!("\n(cut here: the text has {chars} characters)");
    let left = CONTENT_CHARS_MAX.saturating_sub(note.chars().count());
    text.chars().take(left).chain(note.chars()).collect()
}
