//! The text of a message of Slack's, as people read it here.
//!
//! This file does not know who said it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::hook::posted;

/// What people read, with links to its files.
pub(super) fn text(
    it: &Value,
    names: &BTreeMap<&str, &str>,
    is_action: bool,
) -> Result<(String, bool), &'static str> {
    const BLANK: &str = "without any visible text";
    let mut message = it.clone();
    let mut text = with_names(it["text"].as_str().unwrap_or_default(), names);
    if is_action {
        text.insert_str(0, "/me ");
    }
    for file in it["files"].as_array().into_iter().flatten() {
        let name = file["title"].as_str().or(file["name"].as_str()).unwrap_or("file");
        let link = file["permalink"].as_str().or(file["url_private"].as_str());
        let link = link.map_or_else(|| name.to_owned(), |url| format!("<{url}|{name}>"));
        text = format!("{text}\n{link}");
    }
    message["text"] = text.trim().into();
    let posted = posted(&message).map_err(|_| BLANK)?;
    Ok((posted.text.as_str().to_owned(), posted.is_cut))
}

/// Gives people and channels their names, where Slack has only ids.
fn with_names(text: &str, names: &BTreeMap<&str, &str>) -> String {
    let (mut told, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("<@").into_iter().chain(rest.find("<#")).min() {
        let inside = at + 2;
        let Some(length) = rest[inside..].find('>') else { break };
        let (id, words) = match rest[inside..inside + length].split_once('|') {
            Some((id, words)) => (id, Some(words).filter(|words| !words.is_empty())),
            None => (&rest[inside..inside + length], None),
        };
        let name = names.get(id).copied().or(words).unwrap_or(id);
        told.push_str(&rest[..inside]);
        told.push_str(id);
        told.push('|');
        told.push_str(&name.replace(['|', '>'], ""));
        rest = &rest[inside + length..];
    }
    told + rest
}
