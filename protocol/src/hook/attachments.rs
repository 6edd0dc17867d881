//! Slack's attachments, as lines of text.
//!
//! This file does not know what is around them.

use serde_json::Value;

use super::blocks;
use super::mrkdwn::{link, plain, translated};

/// The lines of a list of attachments; nothing if it is none.
pub(super) fn lines(attachments: &Value) -> Vec<String> {
    attachments.as_array().into_iter().flatten().flat_map(attachment).collect()
}

/// What an attachment shows. What it would tell where it cannot be shown counts only if it shows nothing.
fn attachment(attachment: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(attachment["pretext"].as_str().map(translated));
    lines.extend(linked(attachment, "author_name", "author_link"));
    let title = linked(attachment, "title", "title_link");
    lines.extend(title.filter(|it| !it.trim().is_empty()).map(|it| format!("**{it}**")));
    lines.extend(attachment["text"].as_str().map(translated));
    lines.extend(attachment["fields"].as_array().into_iter().flatten().filter_map(field));
    lines.extend(blocks::lines(&attachment["blocks"]));
    lines.extend(attachment["image_url"].as_str().map(str::to_owned));
    let actions = attachment["actions"].as_array().into_iter().flatten();
    let actions: Vec<_> = actions.filter_map(blocks::element).collect();
    lines.push(actions.join(" "));
    lines.extend(attachment["footer"].as_str().map(translated));
    lines.retain(|line| !line.trim().is_empty());
    if lines.is_empty() {
        lines.extend(attachment["fallback"].as_str().map(translated));
    }
    lines
}

/// Words that may lead somewhere.
fn linked(attachment: &Value, words: &str, url: &str) -> Option<String> {
    let words = attachment[words].as_str()?;
    Some(match attachment[url].as_str() {
        Some(url) if !url.is_empty() => link(&plain(words), url),
        _ => translated(words),
    })
}

/// What a field is called, and what it says, which may be a number.
fn field(field: &Value) -> Option<String> {
    let value = match &field["value"] {
        Value::String(text) => translated(text),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let title = field["title"].as_str().map(plain).unwrap_or_default();
    let title = title.trim().trim_end_matches(':');
    match (title.is_empty(), value.trim().is_empty()) {
        (true, true) => None,
        (true, false) => Some(value),
        (false, true) => Some(format!("**{title}**")),
        (false, false) => Some(format!("**{title}:** {value}")),
    }
}
