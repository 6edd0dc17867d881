//! The configuration file, read into single settings that know their lines.
//!
//! This file does not know which settings there are.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use toml::de::{DeArray, DeTable, DeValue};

/// One line's worth of configuration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its name; inside a table, with the table's name and a dot before it.
    pub(super) key: String,
    /// What it is set to, as text.
    pub(super) value: Result<String, String>,
    /// Where it stands, from 1.
    pub(super) line: usize,
}

/// A file that was asked for has to be there; the usual one need not.
pub(super) fn text(path: &Path, asked_for: bool) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !asked_for => Ok(None),
        Err(error) => {
            let from = if asked_for { " (--config or NEBULA_CONFIG)" } else { "" };
            Err(error).with_context(|| format!("cannot read the settings file {path:?}{from}"))
        }
    }
}

/// Reads a file's text.
pub(super) fn read(text: &str) -> Result<Vec<Item>, String> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line(text, span.start));
        format!("{line}: {}", error.message())
    })?;
    let mut items = Vec::new();
    collect(text, "", table.get_ref(), &mut items);
    items.sort_by_key(|item| item.line);
    Ok(items)
}

fn collect(text: &str, before: &str, table: &DeTable<'_>, items: &mut Vec<Item>) {
    for (key, value) in table {
        let name = format!("{before}{}", key.get_ref());
        let value = match value.get_ref() {
            // One level: no setting lies deeper.
            DeValue::Table(inner) if before.is_empty() => {
                collect(text, &format!("{name}."), inner, items);
                continue;
            }
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Boolean(is) => Ok(is.to_string()),
            DeValue::Array(parts) => list(parts),
            other => Err(format!("must be quoted text, not {}", other.type_str())),
        };
        items.push(Item { key: name, value, line: line(text, key.span().start) });
    }
}

/// Several texts, with commas between.
fn list(parts: &DeArray<'_>) -> Result<String, String> {
    let texts = parts.iter().map(|part| match part.get_ref() {
        DeValue::String(text) => Ok(text.as_ref()),
        other => Err(format!("must be a list of quoted texts, not of {}", other.type_str())),
    });
    Ok(texts.collect::<Result<Vec<_>, _>>()?.join(","))
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Several texts as TOML holds them.
pub(super) fn quoted_list(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Text as TOML holds it; none of these values has control characters.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_know_their_lines() {
        let item = |key: &str, value: &str, line| Item {
            key: key.to_owned(),
            value: Ok(value.to_owned()),
            line,
        };
        let text = "# mine\nroom = \"dev\"\nplain = true\n\n[keys]\n\"C-x\" = 'help'\n";
        let expected =
            [item("room", "dev", 2), item("plain", "true", 3), item("keys.C-x", "help", 6)];
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(read("").unwrap(), []);
        let list = "highlight = ['a', 'b']";
        assert_eq!(read(list).unwrap(), [item("highlight", "a,b", 1)]);
        assert!(read("highlight = ['a', 1]").unwrap()[0].value.is_err());
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        assert!(read("room = \"dev\"\nuser = \n").unwrap_err().starts_with("2: "));
        assert!(read("a = 1\na = 2\n").unwrap_err().starts_with("2: "));
        assert!(read("a = 1\n").unwrap()[0].value.is_err());
    }
}
