//! Which files of a folder belong to the browser client, by their names in it, such as `core/emoji.js`.
//!
//! This file does not know what is done with them: both the server and what builds it use it.

use std::path::Path;
use std::{fs, io};

/// What is served; anything else in the folder is for who works on it.
const ENDINGS: [&str; 6] = ["css", "html", "js", "png", "svg", "webmanifest"];
/// Its own tests, and what they need.
const TESTS: &str = "test";

/// In the order of their names.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    add(folder, "", &mut names)?;
    names.sort_unstable();
    Ok(names)
}

fn add(folder: &Path, within: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else { continue };
        let full = format!("{within}{name}");
        if path.is_dir() {
            if full != TESTS && !name.starts_with('.') {
                add(&path, &format!("{full}/"), names)?;
            }
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|it| ending == *it)) {
            names.push(full);
        }
    }
    Ok(())
}
