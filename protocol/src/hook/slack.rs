//! What programs post to Slack's incoming webhooks: JSON, or a form whose `payload` is that.
//!
//! Whatever is of another kind than Slack says is left out, as Slack does. A `username` counts for nothing: nobody
//! speaks in another's name.

use serde_json::Value;

use super::{BadPost, Posted, attachments, blocks, mrkdwn};

/// Lines of a text that are looked for in blocks: it tells in short what they say.
const REPEATED_LINES_MAX: usize = 10;

/// Reads a body, of whatever kind its sender says that it is.
///
/// # Errors
/// [`BadPost`] if there is nothing to say in it.
pub fn slack(body: &[u8]) -> Result<Posted, BadPost> {
    posted(&payload(body)?)
}

/// The same, where it is read already.
///
/// # Errors
/// [`BadPost::NoText`].
pub(crate) fn posted(payload: &Value) -> Result<Posted, BadPost> {
    let mut lines = blocks::lines(&payload["blocks"]);
    lines.extend(attachments::lines(&payload["attachments"]));
    if let Some(text) = payload["text"].as_str().map(mrkdwn::translated) {
        // Beside blocks it is often the same once more, for where they cannot be shown.
        let is_short = text.lines().count() <= REPEATED_LINES_MAX;
        let is_said =
            is_short && text.lines().all(|it| lines.iter().any(|line| line.contains(it.trim())));
        if !is_said {
            lines.insert(0, text);
        }
    }
    let channel = payload["channel"].as_str().map(str::trim).filter(|it| !it.is_empty());
    Posted::new(&lines, channel)
}

pub(super) fn payload(body: &[u8]) -> Result<Value, BadPost> {
    let is_json = body.trim_ascii_start().starts_with(b"{");
    let parsed = match is_json {
        true => serde_json::from_slice(body),
        false => {
            let mut fields = url::form_urlencoded::parse(body.trim_ascii());
            let payload = fields.find(|(name, _)| name == "payload");
            let (_, payload) = payload.ok_or(BadPost::InvalidPayload)?;
            serde_json::from_str(&payload)
        }
    };
    parsed.ok().filter(Value::is_object).ok_or(BadPost::InvalidPayload)
}
