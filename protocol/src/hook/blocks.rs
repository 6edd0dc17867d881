//! Slack's blocks, as lines of text.
//!
//! This file does not know what is around them.

use serde_json::Value;

use super::mrkdwn::{link, plain, translated};

/// The lines of a list of blocks; nothing if it is none.
pub(super) fn lines(blocks: &Value) -> Vec<String> {
    blocks.as_array().into_iter().flatten().flat_map(block).collect()
}

fn block(block: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    match block["type"].as_str() {
        Some("header") => lines.extend(text(&block["text"]).map(|it| format!("**{it}**"))),
        Some("context" | "actions") => {
            let elements = block["elements"].as_array().into_iter().flatten();
            let pieces: Vec<_> = elements.filter_map(element).collect();
            lines.push(pieces.join(" "));
        }
        Some("image") => {
            lines.extend(text(&block["title"]));
            lines.extend(picture(block));
        }
        Some("markdown") => lines.extend(block["text"].as_str().map(str::to_owned)),
        Some("rich_text") => lines.push(rich(&block["elements"])),
        _ => {
            lines.extend(text(&block["text"]));
            let fields = block["fields"].as_array().into_iter().flatten();
            lines.extend(fields.filter_map(text));
            lines.extend(element(&block["accessory"]));
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

/// A text object, or a text alone.
fn text(value: &Value) -> Option<String> {
    match value["type"].as_str() {
        Some("plain_text") => value["text"].as_str().map(plain),
        Some(_) => value["text"].as_str().map(translated),
        None => value.as_str().map(translated),
    }
}

/// A piece of a line: a text, a picture, or a button, of which the words count and where it leads.
pub(super) fn element(element: &Value) -> Option<String> {
    match element["type"].as_str() {
        Some("image") => picture(element),
        Some("mrkdwn" | "plain_text") => text(element),
        _ => {
            let words = text(&element["text"])?;
            Some(match element["url"].as_str() {
                Some(url) => link(&words, url),
                None => words,
            })
        }
    }
}

fn picture(image: &Value) -> Option<String> {
    let words = image["alt_text"].as_str().map(plain).unwrap_or_default();
    match image["image_url"].as_str() {
        Some(url) => Some(link(&words, url)),
        None => Some(words).filter(|words| !words.is_empty()),
    }
}

/// Text that was written in Slack's own editor: sections, lists, quotes and code, of pieces.
fn rich(elements: &Value) -> String {
    let mut told = String::new();
    for element in elements.as_array().into_iter().flatten() {
        match element["type"].as_str() {
            Some("text") => told.push_str(element["text"].as_str().unwrap_or_default()),
            Some("link") => {
                let url = element["url"].as_str().unwrap_or_default();
                told.push_str(&link(element["text"].as_str().unwrap_or_default(), url));
            }
            Some("emoji") => {
                let name = element["name"].as_str().unwrap_or_default();
                told.push_str(&format!(":{name}:"));
            }
            _ => {
                if !told.is_empty() && !told.ends_with('\n') {
                    told.push('\n');
                }
                told.push_str(&rich(&element["elements"]));
            }
        }
    }
    told
}
